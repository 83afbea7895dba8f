"""`treadle fork`: a new run that goes on from the middle of another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from treadle.cli.command import COMPLETED, Invocation, command
from treadle.cli.status import RunArgument
from treadle.errors import InvalidWorkflow

if TYPE_CHECKING:
    from treadle.service.forks import PreparedFork


@command
def fork(
    invocation: Invocation,
    run: RunArgument,
    at: Annotated[
        str, typer.Option("--at", metavar="NODE", help="From which node on it runs anew: `send`, `each[2]/send`.")
    ],
    set_: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="PATH=JSON",
            help="What a node is to have given: `fetch={…}`, `fetch.status=404`, a text as `name='\"Ada\"'`.",
        ),
    ] = None,
    version: Annotated[
        str | None, typer.Option(metavar="V", help="Go on with another version: its number, digest, or `latest`.")
    ] = None,
    upstream_only: Annotated[
        bool, typer.Option("--upstream-only", help="Keep only what the node needs; branches beside it run anew too.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only show what would be kept and what would run.")
    ] = False,
    wait: Annotated[bool, typer.Option("--wait", help="Wait until a suspended fork has finished.")] = False,
) -> int:
    """Start a new run that goes on from the middle of another.

    What does not follow from the node has the results it had there; the node, and what follows from it, runs anew.
    The run it is forked from stays as it is.
    """
    from treadle.cli.session import wait_for

    return wait_for(
        _fork(invocation, run, at, read_edits(set_ or []), version, upstream_only=upstream_only, dry=dry_run, wait=wait)
    )


async def _fork(
    invocation: Invocation,
    text: str,
    at: str,
    edits: dict[str, Any],
    version: str | None,
    *,
    upstream_only: bool,
    dry: bool,
    wait: bool,
) -> int:
    from treadle.cli.driving_on import drive_on
    from treadle.cli.outcome import describe_result, print_result, stand
    from treadle.cli.session import driving
    from treadle.service.forks import Forks
    from treadle.service.runs import Runs

    async with driving(invocation) as application:
        forks = Forks(application)
        run_id = await Runs(application).find_id(text)
        prepared = await forks.prepare(run_id, at=at, outputs=edits, version=version, upstream_only=upstream_only)
        if dry:
            _show_plan(invocation, prepared)
            return COMPLETED
        fork_id = await forks.create(prepared)
        if not invocation.json:
            _note(invocation, prepared)
        result, code = await drive_on(invocation, application, lambda: application.go_on(fork_id), wait=wait)
        standing = await stand(application, result)
    if invocation.json:
        described = _describe(prepared)
        invocation.screen.print_json({**describe_result(result), "fork": {**described, "run": run_id}})
    else:
        print_result(invocation, standing)
    return code


def read_edits(pairs: Sequence[str], option: str = "--set") -> dict[str, Any]:
    """Values by what they are of, as `--set` takes them. Raises `InvalidWorkflow` (`invalid_argument`)."""
    from treadle.cli.source import read_json

    edits: dict[str, Any] = {}
    for pair in pairs:
        path, equals, value = pair.partition("=")
        if not equals or not path.strip():
            raise InvalidWorkflow(
                f"`{option} {pair}` says neither which node nor what it gave.",
                code="invalid_argument",
                remedy=f"Write `{option} fetch='{{\"price\": 7}}'`, or one port of it: `{option} fetch.status=404`.",
            )
        try:
            edits[path.strip()] = read_json(value, f"`{value}`")
        except InvalidWorkflow as error:
            if value.startswith("@"):
                raise
            raise InvalidWorkflow(
                error.message,
                code=error.code,
                remedy=f"A text is JSON in quotes: `{option} '{path}=\"{value}\"'`."
                if value[:1] not in ("{", "[", '"')
                else "Correct it; the shell leaves quotes alone within '…'.",
            ) from None
    return edits


def _describe(prepared: PreparedFork) -> dict[str, Any]:
    plan = prepared.plan
    return {
        "run": prepared.source,
        "at": plan.at,
        "version": prepared.run.version,
        "kept": list(plan.kept),
        "edited": list(plan.edited),
        "anew": list(plan.anew),
        "effects": list(plan.effects),
    }


def _show_plan(invocation: Invocation, prepared: PreparedFork) -> None:
    from rich.markup import escape

    screen, plan = invocation.screen, prepared.plan
    if invocation.json:
        screen.print_json(_describe(prepared))
        return
    effects = set(plan.effects)
    for title, paths, style in (("kept", plan.kept, "dim"), ("edited", plan.edited, "yellow"), ("anew", plan.anew, "")):
        for path in paths:
            touches = "  [yellow]touches the world[/]" if title == "anew" and path in effects else ""
            screen.say(f"[{style or 'bold'}]{title:<8}[/]{escape(path)}{touches}")
    screen.note("[dim]Nothing has been changed. Leave out `--dry-run` to do it.[/]")


def _note(invocation: Invocation, prepared: PreparedFork) -> None:
    from treadle.cli.mark import count

    plan = prepared.plan
    edited = f", {len(plan.edited)} edited" if plan.edited else ""
    invocation.screen.note(
        f"[dim]Fork of {prepared.source} at {plan.at}: {count(len(plan.kept), 'result')} kept{edited}, "
        f"{count(len(plan.anew), 'node')} to run.[/]"
    )
