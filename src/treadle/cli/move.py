"""`treadle move`: let waiting runs go on as another version of their workflow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from treadle.cli.command import COMPLETED, WRONG, Invocation, command
from treadle.errors import InvalidWorkflow

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from treadle.engine.moving import Move, MovedNode
    from treadle.service.application import Application
    from treadle.service.moves import Candidate, Moved, Moves

_SHOWN = 12
"""Nodes named in one list; of more, the number."""
_LISTS = (
    ("kept", "keeps", "green", "done"),
    ("again", "runs again", "yellow", "starts over as other work"),
    ("new", "runs anew", "cyan", "has not run yet"),
    ("later", "seen later", "dim", "kept if its inputs stay the same"),
    ("removed", "forgets", "red", "counts no more"),
)


@command
def move(
    invocation: Invocation,
    run: Annotated[str | None, typer.Argument(metavar="[RUN]", help="A run's id, its beginning, or `last`.")] = None,
    to: Annotated[
        str, typer.Option("--to", metavar="V", help="The version: its number, the beginning of its digest, `latest`.")
    ] = "latest",
    deployment: Annotated[str | None, typer.Option(metavar="NAME", help="All waiting runs of a deployment.")] = None,
    workflow: Annotated[str | None, typer.Option(metavar="NAME", help="All waiting runs of a workflow.")] = None,
    input_: Annotated[
        str | None, typer.Option("--input", metavar="JSON|@FILE", help="Input over that of the run, as a JSON object.")
    ] = None,
    pair: Annotated[
        list[str] | None, typer.Option("-i", metavar="KEY=VALUE", help="One input; may be repeated.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would happen.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> int:
    """Let waiting runs go on as another version of their workflow.

    Shows first what it means: which results are kept, what runs again and why, what counts no more. An effect whose
    type, config and inputs are unchanged is never repeated.
    """
    if sum(one is not None for one in (run, deployment, workflow)) != 1:
        raise InvalidWorkflow(
            "It has to be said what is to be moved.",
            code="invalid_argument",
            remedy="Name one run, or all waiting ones with `--deployment NAME` or `--workflow NAME`.",
        )
    from treadle.cli.session import wait_for
    from treadle.cli.source import read_input

    given = read_input(input_, pair or [])
    return wait_for(_move(invocation, run, to, deployment, workflow, given, dry=dry_run, yes=yes))


async def _move(
    invocation: Invocation,
    run: str | None,
    to: str,
    deployment: str | None,
    workflow: str | None,
    given: Mapping[str, Any],
    *,
    dry: bool,
    yes: bool,
) -> int:
    from treadle.cli.session import driving
    from treadle.service.deployments import Deployments
    from treadle.service.moves import Moves
    from treadle.service.version_names import number_versions

    async with driving(invocation) as application:
        moves = Moves(application)
        if run is not None:
            return await _move_one(invocation, application, moves, run, to, given, dry=dry, yes=yes)
        deployment_id = (await Deployments(application).get(deployment)).id if deployment is not None else None
        if workflow is not None:
            await application.get_workflow(workflow)
        candidates = await moves.plan_all(to, workflow=workflow, deployment=deployment_id, given=given)
        numbers = await number_versions(application.store)
        return await _move_many(invocation, moves, candidates, numbers, dry=dry, yes=yes)


async def _move_one(
    invocation: Invocation,
    application: Application,
    moves: Moves,
    run: str,
    to: str,
    given: Mapping[str, Any],
    *,
    dry: bool,
    yes: bool,
) -> int:
    from treadle.service.runs import Runs
    from treadle.service.version_names import number_versions

    plan = await moves.plan(await Runs(application).find_id(run), to, given=given)
    numbers = await number_versions(application.store, plan.run.workflow)
    if not invocation.json:
        _show(invocation, plan, numbers)
    if plan.problems or dry:
        if invocation.json:
            invocation.screen.print_json({**plan.to_dict(), "moved": False})
        elif dry and not plan.problems:
            invocation.screen.note("[dim]Nothing has been changed. Leave out `--dry-run` to do it.[/]")
        return WRONG if plan.problems else COMPLETED
    if not _agreed(invocation, "Move it?", yes=yes):
        return COMPLETED
    await moves.move(plan.run.id, plan.version, plan)
    if invocation.json:
        invocation.screen.print_json({**plan.to_dict(), "moved": True})
    else:
        number = _number(numbers, plan.run.workflow, plan.version)
        invocation.screen.say(f"Moved to version {number}. [dim]{plan.run.id}[/]")
    return COMPLETED


async def _move_many(
    invocation: Invocation,
    moves: Moves,
    candidates: Sequence[Candidate],
    numbers: Mapping[tuple[str, str], int],
    *,
    dry: bool,
    yes: bool,
) -> int:
    from treadle.cli.mark import count

    screen = invocation.screen
    ready = [one for one in candidates if one.move is not None and not one.move.problems]
    if not invocation.json:
        _show_many(invocation, candidates, numbers)
    done: Sequence[Moved] = ()
    if ready and not dry and _agreed(invocation, f"Move {count(len(ready), 'run')}?", yes=yes):
        done = await moves.move_all(ready)
    moved = {one.run_id for one in done if one.refusal is None}
    late = {one.run_id: one.refusal for one in done if one.refusal is not None}
    if invocation.json:
        shown = [
            {
                **(one.move.to_dict() if one.move is not None else {"run_id": one.run_id}),
                "moved": one.run_id in moved,
                "error": refusal.to_dict() if (refusal := one.refusal or late.get(one.run_id)) else None,
            }
            for one in candidates
        ]
        screen.print_json(shown)
    else:
        for run_id, refusal in late.items():
            screen.note(f"[red]{run_id}[/]  {refusal.message}")
        if done:
            screen.say(f"Moved {count(len(moved), 'run')}.")
    return COMPLETED if len(ready) == len(candidates) and not late else WRONG


def _agreed(invocation: Invocation, question: str, *, yes: bool) -> bool:
    if yes or invocation.json:
        return True
    import sys

    if not sys.stdin.isatty():
        raise InvalidWorkflow(
            "Nobody is there to be asked, and nothing has been done.",
            code="not_confirmed",
            remedy="Add `--yes` to do it, or `--dry-run` only to look.",
        )
    return typer.confirm(question)


def _number(numbers: Mapping[tuple[str, str], int], workflow: str, version: str) -> str:
    """What people call the version: its number; its digest where it is not in the store."""
    return str(numbers.get((workflow, version), version))


def _show(invocation: Invocation, plan: Move, numbers: Mapping[tuple[str, str], int]) -> None:
    from rich.markup import escape

    screen, workflow = invocation.screen, plan.run.workflow
    old, new = (_number(numbers, workflow, version) for version in (plan.run.version, plan.version))
    screen.say(f"[bold]{escape(workflow)}[/] version {old} → {new}  [dim]{plan.run.id}[/]")
    for name, title, style, means in _LISTS:
        nodes: Sequence[MovedNode] = getattr(plan, name)
        for at, node in enumerate(nodes[:_SHOWN]):
            what = "; ".join(node.reasons) or ("still waits" if node.waits else means)
            mark = "  [yellow]touches the world[/]" if _acts(name, node) else ""
            screen.say(f"[{style}]{title if at == 0 else '':<12}[/]{escape(node.path)}  [dim]{escape(what)}[/]{mark}")
        if len(nodes) > _SHOWN:
            screen.say(f"{'':<12}[dim]and {len(nodes) - _SHOWN} more[/]")
    for path in plan.abandoned:
        screen.say(f"[red]{'gives up':<12}[/]{escape(path)}  [dim]what it waits for is waited for no more[/]")
    for warning in plan.warnings[:_SHOWN]:
        screen.say(f"[yellow]Warning:[/] {escape(warning)}")
    if len(plan.warnings) > _SHOWN:
        screen.say(f"[yellow]Warning:[/] and {len(plan.warnings) - _SHOWN} more like these.")
    for problem in plan.problems:
        screen.note(f"[bold red]Cannot be moved:[/] {escape(problem.message)} [dim]({problem.code})[/]")
        if problem.remedy:
            screen.note(f"  {escape(problem.remedy)}")


def _acts(name: str, node: MovedNode) -> bool:
    """Whether the move makes it happen; what waits has not happened yet."""
    return node.kind == "effect" and not node.waits and name in ("again", "new")


def _show_many(invocation: Invocation, candidates: Sequence[Candidate], numbers: Mapping[tuple[str, str], int]) -> None:
    from treadle.cli.screen import cut, new_table

    if not candidates:
        invocation.screen.say("[dim]No run waits that is of another version.[/]")
        return
    sums = ["keeps", "again", "new", "later", "forgets"]
    table = new_table("run", "from", *sums, "", right=sums)
    for one in candidates:
        plan = one.move
        if plan is None:
            table.add_row(one.run_id, "", "", "", "", "", "", cut(one.refusal.message if one.refusal else "", "red"))
            continue
        sizes = [str(len(getattr(plan, name))) for name, *_ in _LISTS]
        why = " ".join(problem.message for problem in plan.problems) or " ".join(plan.warnings)
        old = _number(numbers, plan.run.workflow, plan.run.version)
        table.add_row(plan.run.id, old, *sizes, cut(why, "red" if plan.problems else "yellow"))
    invocation.screen.print_table(table)
