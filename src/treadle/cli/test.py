"""`treadle test`: run the tests of workflows, and make tests of recorded runs."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from treadle.cli.command import COMPLETED, FAILED, WRONG, Invocation, command
from treadle.cli.record import record, write_file
from treadle.errors import InvalidWorkflow

if TYPE_CHECKING:
    from treadle.cli.screen import Screen
    from treadle.errors import TreadleError
    from treadle.model.workflow import Workflow
    from treadle.testing.cases.outcome import CaseOutcome, CasesReport
    from treadle.testing.cases.suite import FindVersion, Loaded


class _RunsByDefault(TyperGroup):
    """`treadle test FILE` is `treadle test run FILE`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        is_named = bool(args) and args[0] in self.commands
        return super().parse_args(ctx, args if is_named or args[:1] in (["--help"], ["-h"]) else ["run", *args])


app = typer.Typer(
    help="Run the tests of workflows: [bold]treadle test FILE[/] is [bold]treadle test run FILE[/].",
    cls=_RunsByDefault,
)
app.command("record")(record)


@app.command("run")
@command
def run(
    invocation: Invocation,
    paths: Annotated[
        list[str] | None, typer.Argument(metavar="FILE|FOLDER…", help="Test files; default: those in this folder.")
    ] = None,
    jobs: Annotated[int | None, typer.Option("--jobs", "-j", min=1, help="Processes; default: as pays off.")] = None,
    fail_under: Annotated[
        float | None, typer.Option(metavar="PERCENT", min=0, max=100, help="Fail when less is covered.")
    ] = None,
    junit: Annotated[str | None, typer.Option(metavar="FILE", help="Write a JUnit report too.")] = None,
) -> int:
    """Run the tests of workflows, without network and without a store.

    Test files end in `.test.yaml`. What a test says stands in for the world; an effect without a stub fails the test.
    Exit code 1 when a test fails or too little is covered, 2 when a test file is malformed.
    """
    from treadle.service.project import installed_registry
    from treadle.testing.cases.junit import to_junit
    from treadle.testing.cases.reading import find_files
    from treadle.testing.cases.suite import load_cases, run_cases

    screen = invocation.screen
    files = find_files(paths or ["."])
    registry = installed_registry(invocation.settings())
    loaded, wrong = load_cases(files, registry, find_version=_finder(invocation))
    if wrong:
        return _refuse(invocation, wrong)
    if not loaded:
        raise InvalidWorkflow(
            "There are no tests here.",
            code="no_tests",
            remedy="Test files end in `.test.yaml`; `treadle test record RUN` writes one.",
        )
    with _bar(screen, loaded) as progress:
        report = run_cases(loaded, jobs=jobs, progress=progress)
    if junit is not None:
        write_file(Path(junit), to_junit(report), overwrite=True)
    if invocation.json:
        screen.print_json(report.to_dict())
    else:
        _print(screen, report)
    covered = report.share * 100
    if fail_under is not None and covered < fail_under:
        screen.note(f"[bold red]Covered {covered:.1f} %, less than {fail_under:g} %.[/]")
        return FAILED
    return FAILED if report.failed else COMPLETED


def _finder(invocation: Invocation) -> FindVersion:
    def find(name: str, version: str) -> Workflow:
        from treadle.cli.session import reading, wait_for

        async def read() -> Workflow:
            async with reading(invocation) as application:
                return await application.get_workflow(name, version)

        return wait_for(read())

    return find


def _refuse(invocation: Invocation, wrong: Sequence[tuple[str, TreadleError]]) -> int:
    """Every problem of every file at once."""
    from treadle.cli.screen import Screen
    from treadle.testing.cases.suite import issues_of

    screen = invocation.screen
    if invocation.json:
        files = [
            {"file": file, **error.to_dict(), "issues": [issue.to_dict() for issue in issues_of(error)]}
            for file, error in wrong
        ]
        screen.print_json({"error": {"code": "invalid_test", "message": "Tests cannot be run."}, "files": files})
    for _, error in wrong:
        (Screen() if screen.json else screen).print_error(error)
    return WRONG


@contextmanager
def _bar(screen: Screen, loaded: Sequence[Loaded]) -> Generator[Callable[[CaseOutcome], None]]:
    from treadle.cli.progress import progress_bar

    total, done = sum(len(one.file.cases) for one in loaded), count(1)
    with progress_bar(screen, "Testing") as progress:
        yield lambda _: progress(next(done), total)


def _print(screen: Screen, report: CasesReport) -> None:
    from rich.markup import escape

    from treadle.cli.mark import count as counted
    from treadle.cli.mark import show_duration, sign

    for one in report.failed:
        screen.say(f"{sign('failed').markup} [bold]{escape(one.name)}[/]  [dim]{escape(one.file)}:{one.line}[/]")
        for line in one.text():
            screen.say(f"    {escape(line)}")
        screen.say("")
    passed = len(report.outcomes) - len(report.failed)
    failed = f"[bold red]{len(report.failed)} failed[/], " if report.failed else ""
    screen.say(f"{failed}[green]{counted(passed, 'test')} passed[/] [dim]in {show_duration(report.seconds * 1000)}[/]")
    screen.say(f"\nCovered {report.share:.0%} of nodes and branches")
    for one in report.coverage:
        missed = [*one.missed_nodes, *one.missed_branches]
        never = (
            f"  [dim]never: {escape(', '.join(missed[:12]))}{', …' if len(missed) > 12 else ''}[/]" if missed else ""
        )
        screen.say(f"  {one.share:>4.0%}  {escape(one.workflow)}{never}")
