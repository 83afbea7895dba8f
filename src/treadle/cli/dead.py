"""`treadle dead`: the runs that failed and that nobody has seen to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from treadle.cli.command import COMPLETED, FAILED, Db, Debug, Invocation, Json, command, take_common
from treadle.errors import InvalidWorkflow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from treadle.service.application import Application
    from treadle.service.failures import Failures, Retried, Selection
    from treadle.store.dead_letters import DeadLetter

Runs = Annotated[list[str] | None, typer.Argument(metavar="[RUN]...", help="These runs: ids, or their beginnings.")]
Workflow = Annotated[str | None, typer.Option("--workflow", metavar="NAME", help="Only runs of this workflow.")]
Error = Annotated[
    str | None, typer.Option("--error", metavar="TEXT", help="Only of this error: its type, or a part of its message.")
]
Since = Annotated[
    str | None, typer.Option("--since", metavar="TIME", help="Only those that failed since then: a time, or `7d`.")
]
All = Annotated[bool, typer.Option("--all", help="All of them.")]

app = typer.Typer(help="List failed runs that nobody has seen to; try them again in bulk, or put them aside.")


@command
def _list(invocation: Invocation, workflow: Workflow = None, error: Error = None, since: Since = None) -> None:
    from treadle.cli.session import wait_for

    wait_for(_list_groups(invocation, workflow, error, since))


@app.callback(invoke_without_command=True)
def dead(
    ctx: typer.Context,
    workflow: Workflow = None,
    error: Error = None,
    since: Since = None,
    db: Db = None,
    json: Json = False,
    debug: Debug = False,
) -> None:
    """List failed runs that nobody has tried again or put aside, those of the same error together."""
    take_common(ctx, db=db, json=json, debug=debug)
    if ctx.invoked_subcommand is None:
        _list(ctx=ctx, workflow=workflow, error=error, since=since, db=None, json=False, debug=False)


@app.command("retry")
@command
def retry(
    invocation: Invocation,
    runs: Runs = None,
    workflow: Workflow = None,
    error: Error = None,
    since: Since = None,
    everything: All = False,
) -> int:
    """Go on with failed runs, a few at a time: what succeeded is kept, the rest is tried again.

    Exit code 1 when one of them fails again, or cannot be tried again; that stops none of the others.
    """
    from treadle.cli.session import wait_for

    return wait_for(_retry(invocation, runs or [], workflow, error, since, everything=everything))


@app.command("dismiss")
@command
def dismiss(
    invocation: Invocation,
    runs: Runs = None,
    workflow: Workflow = None,
    error: Error = None,
    since: Since = None,
    everything: All = False,
) -> None:
    """Put failed runs aside: they stay as they are, and are listed here no more."""
    from treadle.cli.session import wait_for

    wait_for(_dismiss(invocation, runs or [], workflow, error, since, everything=everything))


async def _list_groups(invocation: Invocation, workflow: str | None, error: str | None, since: str | None) -> None:
    from treadle.cli.mark import show_time
    from treadle.cli.screen import cut, new_table
    from treadle.cli.session import reading
    from treadle.service.failures import Failures, Selection, group_letters

    selection = Selection(workflow=workflow, error=error, since=_read_since(since))
    async with reading(invocation) as application:
        groups = group_letters(await Failures(application).find(selection))
    screen = invocation.screen
    if invocation.json:
        screen.print_json([group.to_dict() for group in groups])
        return
    if not groups:
        screen.say("[dim]No failed runs that nobody has seen to.[/]")
        return
    table = new_table("runs", "workflow", "node", "last failed", "newest run", "error", "", right=["runs"])
    for group in groups:
        newest = group.letters[0]
        message = cut(" ".join(group.message.split()), "dim")
        table.add_row(
            str(len(group.letters)),
            group.workflow,
            group.node or "",
            show_time(newest.failed_at),
            newest.run_id,
            group.type,
            message,
        )
    screen.print_table(table)
    screen.note(
        "[dim]What happened: treadle status RUN. Try them again: treadle dead retry RUN, --error TYPE or --all. "
        "Put them aside: treadle dead dismiss, with the same.[/]"
    )


async def _retry(
    invocation: Invocation,
    runs: Sequence[str],
    workflow: str | None,
    error: str | None,
    since: str | None,
    *,
    everything: bool,
) -> int:
    from treadle.cli.replay import progress_bar
    from treadle.cli.session import driving
    from treadle.service.failures import Failures

    done: list[Retried] = []
    async with driving(invocation) as application:
        failures = Failures(application)
        letters = await _select(application, failures, runs, workflow, error, since, everything=everything)
        with progress_bar(invocation.screen, "Trying again") as progress:
            progress(0, len(letters))

            def told(retried: Retried) -> None:
                done.append(retried)
                progress(len(done), len(letters))

            retried = await failures.retry(letters, told=told)
    _print_retried(invocation, retried)
    return FAILED if any(one.outcome in ("failed", "refused", "cancelled") for one in retried) else COMPLETED


async def _dismiss(
    invocation: Invocation,
    runs: Sequence[str],
    workflow: str | None,
    error: str | None,
    since: str | None,
    *,
    everything: bool,
) -> None:
    from treadle.cli.mark import count
    from treadle.cli.session import reading
    from treadle.service.failures import Failures

    async with reading(invocation) as application:
        failures = Failures(application)
        letters = await _select(application, failures, runs, workflow, error, since, everything=everything)
        number = await failures.dismiss(letters)
    if invocation.json:
        invocation.screen.print_json({"dismissed": [letter.run_id for letter in letters]})
    else:
        invocation.screen.say(f"Put aside {count(number, 'run')}.")


async def _select(
    application: Application,
    failures: Failures,
    runs: Sequence[str],
    workflow: str | None,
    error: str | None,
    since: str | None,
    *,
    everything: bool,
) -> list[DeadLetter]:
    """What is meant. Raises `InvalidWorkflow` (`nothing_selected`) where nothing says which, `NotFound`, `Conflict`."""
    from treadle.service.failures import Selection
    from treadle.service.runs import Runs

    run_ids = [await Runs(application).find_id(text) for text in runs]
    selection: Selection = Selection(workflow, error, _read_since(since), run_ids)
    if selection.is_everything and not everything:
        raise InvalidWorkflow(
            "Nothing says which runs are meant.",
            code="nothing_selected",
            remedy="Name runs, narrow them down with `--workflow`, `--error` or `--since`, or say `--all`.",
        )
    return await failures.find(selection)


def _read_since(text: str | None) -> Any:
    from treadle.cli.replay import read_time

    return read_time("since", text)


def _print_retried(invocation: Invocation, retried: Sequence[Retried]) -> None:
    from rich.markup import escape

    from treadle.cli.mark import count
    from treadle.service.failures import Retried as Outcome

    screen = invocation.screen
    if invocation.json:
        screen.print_json([one.to_dict() for one in retried])
        return
    if not retried:
        screen.say("[dim]No failed runs are meant by that.[/]")
        return
    told: list[Outcome] = [one for one in retried if one.outcome in ("failed", "refused", "cancelled")]
    for one in told:
        screen.say(f"[red]{one.outcome}[/]  {one.run_id}  {one.workflow}  [dim]{escape(one.reason)}[/]")
    outcomes = [one.outcome for one in retried]
    sums = ", ".join(f"{outcomes.count(name)} {name}" for name in dict.fromkeys(outcomes))
    screen.say(f"Tried {count(len(retried), 'run')} again: {sums}.")
