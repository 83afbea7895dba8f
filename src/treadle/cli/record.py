"""`treadle test record`: make a test of a recorded run."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from treadle.cli.command import COMPLETED, Invocation, command
from treadle.errors import Conflict, InvalidWorkflow

if TYPE_CHECKING:
    from treadle.model.run import RunRecord


@command
def record(
    invocation: Invocation,
    run: Annotated[str, typer.Argument(metavar="RUN", help="A run's id, its beginning, or `last`.")],
    output: Annotated[
        str | None, typer.Option("--output", "-o", metavar="FILE", help="Where to; default: a name from the run.")
    ] = None,
    workflow: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="The workflow's file; default: the one in this folder of its name."),
    ] = None,
    name: Annotated[str | None, typer.Option(help="The test's name.")] = None,
) -> int:
    """Make a test of a recorded run: its input, what the world answered, and what came out.

    The test is run at once; it passes until the workflow does something else. Known secrets are left out.
    """
    from treadle.cli.session import wait_for

    return wait_for(_record(invocation, run, output, workflow, name))


async def _record(invocation: Invocation, text: str, output: str | None, workflow: str | None, name: str | None) -> int:
    from treadle.cli.session import reading
    from treadle.service.runs import Runs
    from treadle.testing.cases.reading import parse_case_file
    from treadle.testing.cases.recordings import Recordings, file_name_of
    from treadle.testing.cases.running import run_case
    from treadle.testing.cases.suite import find_subject

    screen = invocation.screen
    async with reading(invocation) as application:
        run = await application.store.get_run(await Runs(application).find_id(text))
        stored = await application.get_workflow(run.workflow, run.version)
        registry = application.registry
        path = Path(output or file_name_of(run))
        _require_new(path)
        found = _find_files(run, workflow)
        file = found[0] if len(found) == 1 else None
        of = None if file is None else _relative(file, path, run)
        content = await Recordings(application).record(run.id, workflow=of, name=name)
    case_file = parse_case_file(content, str(path))
    subject = find_subject(case_file.workflow, path, registry, find_version=lambda _name, _version: stored)
    outcome = await run_case(case_file.cases[0], subject, file=str(path), line=1)
    write_file(path, content, overwrite=False)
    if invocation.json:
        screen.print_json({"file": str(path), **outcome.to_dict()})
    else:
        screen.say(f"Wrote [bold]{path}[/]. [dim]Run it: treadle test {path}[/]")
    if file is None:
        why = f"{', '.join(f'`{one}`' for one in found)} all hold it" if found else "no file here holds it"
        screen.note(
            f"[yellow]It tests version {run.version} of `{run.workflow}` in the store[/]: {why}. To test a file, name "
            "it with [bold]--workflow FILE[/]."
        )
    if not outcome.passed:
        changed = subject.workflow.version != run.version
        why = (
            f"`{file}` is not what the run was of (version {run.version})" if changed else "the run cannot be repeated"
        )
        screen.note(f"[yellow]It does not pass as it is:[/] {why}.")
        for line in outcome.text():
            screen.err.print(f"    {line}", highlight=False, markup=False, soft_wrap=True)
    return COMPLETED


def _find_files(run: RunRecord, given: str | None) -> list[Path]:
    """The workflow's file: the one given, or those here that hold a workflow of its name; of several, the one that is
    named after it."""
    if given is not None:
        from treadle.cli.source import read_text

        read_text(given)
        return [Path(given)]
    here = [path for pattern in ("*.yaml", "*.yml", "*.json") for path in sorted(Path().glob(pattern))]
    found = [path for path in here if ".test." not in path.name and run.workflow in _names(path)]
    named = [path for path in found if path.stem == run.workflow]
    return named if len(named) == 1 else found


def _names(path: Path) -> list[str]:
    from treadle.authoring.document import load_workflow

    try:
        return [workflow.name for workflow in load_workflow(path.read_bytes(), source=str(path)).workflows]
    except OSError:
        return []


def _relative(file: Path, path: Path, run: RunRecord) -> str | dict[str, str]:
    """The workflow's file as it is named from the test's folder."""
    named = Path(os.path.relpath(file, path.parent)).as_posix()
    return named if len(_names(file)) == 1 else {"file": named, "name": run.workflow}


def _require_new(path: Path) -> None:
    if path.exists():
        raise Conflict(
            f"`{path}` is there already.", code="file_exists", remedy="Name another with `-o FILE`, or remove it."
        )


def write_file(path: Path, text: str, *, overwrite: bool) -> None:
    """Raises `InvalidWorkflow` (`unwritable`)."""
    try:
        with path.open("w" if overwrite else "x", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise InvalidWorkflow(
            f"`{path}` cannot be written: {error.strerror}.",
            code="unwritable",
            remedy="Name a file in a folder that is there and that you may write to.",
        ) from None
