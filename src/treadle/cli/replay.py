"""`treadle replay`: what a version would have made of runs that are recorded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from treadle.cli.command import Invocation, command
from treadle.cli.period import Since, Until, read_time
from treadle.cli.progress import progress_bar
from treadle.errors import InvalidWorkflow

if TYPE_CHECKING:
    from treadle.cli.screen import Screen
    from treadle.engine.plan import Plan
    from treadle.engine.replay_report import ReplayReport, RunReplay
    from treadle.model.run import RunRecord
    from treadle.service.application import Application
    from treadle.service.replays import Replays
    from treadle.service.reporting.frame import Figure, Report

_SHOWN_RUNS = 20
_COLOURS = {"same": "green", "different": "yellow", "undetermined": "magenta", "failed": "red"}


@command
def replay(
    invocation: Invocation,
    of: Annotated[str, typer.Option("--of", metavar="NAME|RUN", help="A deployment, a workflow, or one run.")],
    with_: Annotated[str, typer.Option("--with", metavar="FILE|VERSION", help="What to replay the runs with.")],
    since: Since = None,
    until: Until = None,
    status: Annotated[str | None, typer.Option(help="Only runs that completed, failed, or were cancelled.")] = None,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, help="The newest so many.")] = 1000,
    stub: Annotated[
        list[str] | None,
        typer.Option("--stub", metavar="NODE=JSON", help="What an effect that was never made comes to."),
    ] = None,
    report: Annotated[
        Path | None, typer.Option("--report", metavar="FILE", help="Write a page with figures and what is different.")
    ] = None,
    workflow: Annotated[str | None, typer.Option(help="Which workflow of a file with several.")] = None,
) -> None:
    """Replay recorded runs with another version: what would have come out differently.

    Nothing is done and nothing is written. What the world answered then stands in for it. An effect that no recorded
    run has made comes to what a [bold]--stub[/] says, or the replay of that run ends there, undetermined.
    """
    from treadle.cli.session import wait_for

    wait_for(_replay(invocation, of, with_, (since, until), status, limit, stub or [], workflow, report))


async def _replay(
    invocation: Invocation,
    of: str,
    with_: str,
    times: tuple[str | None, str | None],
    status: str | None,
    limit: int,
    stubs: Sequence[str],
    workflow: str | None,
    page: Path | None,
) -> None:
    from treadle.cli.session import reading
    from treadle.cli.writing import write_file
    from treadle.errors import NotFound
    from treadle.service.replay_frame import describe_report, frame_of
    from treadle.service.replays import ENDED, Replays
    from treadle.service.reporting.page import write_page

    if status is not None and status not in ENDED:
        raise InvalidWorkflow(
            f"Runs that are `{status}` cannot be replayed.",
            code="unknown_status",
            remedy=f"It is one of {', '.join(ENDED)}.",
        )
    since, until = (read_time(name, text) for name, text in zip(("since", "until"), times, strict=True))
    given = dict(_read_stub(text) for text in stubs)
    async with reading(invocation) as application:
        replays = Replays(application)
        selection = replace(await replays.find_selection(of), since=since, until=until, limit=limit)
        if status is not None:
            selection = replace(selection, statuses=(status,))
        selected = await replays.select(selection)
        if not selected.runs and not selected.corrupt:
            raise NotFound(
                f"There are no finished runs of `{of}` to replay.",
                code="nothing_recorded",
                remedy="`treadle list` shows the runs there are.",
            )
        plan = await _plan(invocation, application, replays, with_, selected.runs, workflow)
        with progress_bar(invocation.screen, "Replaying") as progress:
            report = await replays.replay(selected, plan, stubs=given, progress=progress)
    frame = frame_of(report)
    if page is not None:
        write_file(page, write_page(frame))
    if invocation.json:
        invocation.screen.print_json(describe_report(report, frame))
        return
    _print_report(invocation.screen, report, frame)
    if page is not None:
        invocation.screen.say(f"[dim]Written to {page}[/]")


async def _plan(
    invocation: Invocation,
    application: Application,
    replays: Replays,
    with_: str,
    runs: Sequence[RunRecord],
    workflow: str | None,
) -> Plan:
    from treadle.cli.source import is_file, read_one
    from treadle.service.project import installed_registry

    if is_file(with_):
        document = read_one(with_, installed_registry(invocation.settings()), name=workflow)
        if document.workflow is None:
            raise InvalidWorkflow(f"`{with_}` cannot be read.")
        from treadle.engine.compile import compile_plan

        return compile_plan(document.workflow, application.registry)
    names = sorted({run.workflow for run in runs})
    if workflow is None and len(names) != 1:
        raise InvalidWorkflow(
            f"The runs are of {len(names)} workflows.",
            code="ambiguous_workflow",
            remedy=f"Say whose version `{with_}` is: `--workflow NAME` ({', '.join(names)}).",
        )
    name = workflow or names[0]
    found = await application.get_workflow(name, None if with_ == "latest" else with_)
    return await replays.get_plan(name, found.version)


def _read_stub(text: str) -> tuple[str, Any]:
    from treadle.cli.source import read_value

    path, equals, value = text.partition("=")
    if not equals or not path:
        raise InvalidWorkflow(
            f"`{text}` is no stub.",
            code="invalid_stub",
            remedy="Write `--stub NODE=JSON`: `--stub 'fetch={\"id\": 7}'`.",
        )
    return path, read_value(value)


# What people are shown


def _print_report(screen: Screen, report: ReplayReport, frame: Report) -> None:
    from rich.markup import escape

    from treadle.cli.mark import count

    verdicts = ", ".join(
        f"[{_COLOURS[name]}]{number} {'could not be replayed' if name == 'failed' else name}[/]"
        for name, number in report.verdicts.items()
        if number
    )
    version = f"[bold]{report.workflow}[/] [dim]{report.version}[/]"
    screen.say(f"Replayed {count(len(report.runs), 'run')} with {version}: {verdicts}.")
    told = [run for run in report.runs if run.verdict != "same"]
    for run in told[:_SHOWN_RUNS]:
        _print_run(screen, run)
    if len(told) > _SHOWN_RUNS:
        screen.say(f"[dim]… and {count(len(told) - _SHOWN_RUNS, 'more run')}; --json has them all.[/]")
    _print_sums(screen, frame)
    for path, changes in report.effects.items():
        words = {"made": "would be made", "not_made": "would not be made", "other_arguments": "asked something else"}
        screen.say(f"[bold]{path}[/]: {', '.join(f'{words[name]} {number}×' for name, number in changes.items())}")
    for finding in frame.findings:
        if finding.severity != "info":
            screen.say(f"[yellow]![/] {escape(finding.message)}")


def _print_run(screen: Screen, run: RunReplay) -> None:
    from rich.markup import escape

    from treadle.service.replay_text import MOST, describe_differences, describe_effect

    screen.say(f"\n[bold]{run.run_id}[/]  [{_COLOURS[run.verdict]}]{run.verdict}[/]")
    if run.reason:
        screen.say(f"  {escape(run.reason)}")
    for line in describe_differences(run.differences()):
        screen.say(f"  {escape(line)}")
    for effect in run.effects:
        screen.say(f"  {escape(describe_effect(effect))}")
    for node in run.nodes[:MOST]:
        screen.say(f"  [dim]{escape(node.path)}: {node.before or 'not there'} → {node.after or 'not there'}[/]")
    if len(run.nodes) > MOST:
        screen.say(f"  [dim]… and {len(run.nodes) - MOST} more nodes[/]")
    for path in run.unknown:
        screen.say(
            f"  [magenta]What `{escape(path)}` comes to is not recorded[/]: say it with --stub '{escape(path)}=…'"
        )
    if run.depends:
        shown = ", ".join(run.depends[:MOST]) + (", …" if len(run.depends) > MOST else "")
        screen.say(f"  [dim]That decides {escape(shown)}[/]")


def _print_sums(screen: Screen, frame: Report) -> None:
    from treadle.cli.screen import new_table
    from treadle.service.reporting.shown import show_difference, show_value

    if not frame.figures:
        return
    screen.say("\n[dim]Of the runs that could be replayed to their end:[/]")
    table = new_table("", "before", "after", "difference", right=["before", "after", "difference"])
    for one in frame.figures:
        before, after = one.values
        shown = [show_value(value, one.kind, one.unit) for value in (before, after)]
        table.add_row(_title(one), *shown, show_difference(before, after, one.kind, one.unit))
    screen.print_table(table)


def _title(figure: Figure) -> str:
    from rich.markup import escape

    title = figure.title if figure.group in ("Runs", "Outcomes") else f"{figure.group}: {figure.title}"
    return escape(title[0].lower() + title[1:])
