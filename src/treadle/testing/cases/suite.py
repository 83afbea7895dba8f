"""Many tests: found, read and run, in this process or in several, with what they covered."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from time import perf_counter

from treadle.authoring.check.file import check_file
from treadle.errors import InvalidWorkflow, NotFound, TreadleError
from treadle.model.issue import Issue
from treadle.model.workflow import Workflow
from treadle.node import Registry
from treadle.service.project import installed_registry
from treadle.service.settings import load_settings
from treadle.testing.cases.model import CaseFile, WorkflowRef
from treadle.testing.cases.outcome import CaseOutcome, CasesReport, Extent, cover
from treadle.testing.cases.reading import read_case_file
from treadle.testing.cases.running import Subject, extent_of, load_subject, run_case

FindVersion = Callable[[str, str], Workflow]
"""A stored version by name and version. Raises `NotFound`."""
Progress = Callable[[CaseOutcome], None]
_FEW = 40
"""Tests that one process gets through before another would have begun."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """A test file with its workflow, which was found and checked."""

    file: CaseFile
    subject: Subject


def load_cases(
    paths: Iterable[Path], registry: Registry, *, find_version: FindVersion | None = None
) -> tuple[list[Loaded], list[tuple[str, TreadleError]]]:
    """Read test files and find their workflows: those that can be run, and for the others what is wrong."""
    loaded: list[Loaded] = []
    wrong: list[tuple[str, TreadleError]] = []
    for path in paths:
        try:
            file = read_case_file(path)
            loaded.append(Loaded(file, find_subject(file.workflow, path, registry, find_version=find_version)))
        except TreadleError as error:
            wrong.append((str(path), error))
    return loaded, wrong


def find_subject(
    ref: WorkflowRef, path: Path, registry: Registry, *, find_version: FindVersion | None = None
) -> Subject:
    """The workflow that a test file names. Raises `NotFound`, `InvalidWorkflow` with every issue of it."""
    if ref.file is None:
        if find_version is None or ref.name is None or ref.version is None:
            raise NotFound(
                f"`{path}` tests version {ref.version} of `{ref.name}`, and there is no store to find it in.",
                code="no_store",
                remedy="Name a file: `workflow: FILE`.",
            )
        return load_subject(find_version(ref.name, ref.version), registry, path=None)
    file = path.parent / ref.file
    if not file.is_file():
        raise NotFound(
            f"`{path}` tests `{ref.file}`, which is not there.",
            code="unknown_file",
            remedy="Correct `workflow:`; it counts from the folder of the test file.",
        )
    checked = check_file(file.read_bytes(), registry, source=str(file))
    if not checked.result.valid:
        raise InvalidWorkflow(f"`{file}` cannot run.", issues=checked.result.issues, source=str(file))
    found = {workflow.name: workflow for workflow in checked.workflows}
    if ref.name is None and len(found) != 1:
        listed = ", ".join(f"`{name}`" for name in found)
        raise InvalidWorkflow(
            f"`{file}` holds {len(found)} workflows.",
            code="ambiguous_workflow",
            remedy=f"Write `workflow: {{file: {ref.file}, name: …}}`: {listed}.",
        )
    workflow = found.get(ref.name) if ref.name is not None else next(iter(found.values()))
    if workflow is None:
        listed = ", ".join(f"`{name}`" for name in found)
        raise NotFound(
            f"`{file}` holds no workflow `{ref.name}`.", code="unknown_workflow", remedy=f"It holds {listed}."
        )
    return load_subject(workflow, registry, path=file)


def run_cases(loaded: Sequence[Loaded], *, jobs: int | None = None, progress: Progress | None = None) -> CasesReport:
    """Run all tests, in `jobs` processes (default: as many as pay off), and say what they covered."""
    start = perf_counter()
    total = sum(len(one.file.cases) for one in loaded)
    workers = min(total, jobs if jobs is not None else min(os.cpu_count() or 1, 1 + total // _FEW))
    outcomes: dict[tuple[int, int], CaseOutcome] = {}
    done = _run_here(loaded) if workers <= 1 else _run_apart(loaded, workers)
    for at, outcome in done:
        outcomes[at] = outcome
        if progress is not None:
            progress(outcome)
    ordered = tuple(outcomes[at] for at in sorted(outcomes))
    extents = _extents(loaded)
    coverage = cover(extents, (outcome.trace for outcome in ordered if outcome.trace is not None))
    return CasesReport(ordered, coverage, perf_counter() - start)


def _extents(loaded: Sequence[Loaded]) -> dict[str, Extent]:
    return {one.subject.key: extent_of(one.subject) for one in loaded}


def _run_here(loaded: Sequence[Loaded]) -> Iterator[tuple[tuple[int, int], CaseOutcome]]:
    for at, one in enumerate(loaded):
        for number in range(len(one.file.cases)):
            yield (at, number), run_one(one, number)


def run_one(loaded: Loaded, number: int) -> CaseOutcome:
    """Run one test of a file."""
    file = loaded.file
    return asyncio.run(run_case(file.cases[number], loaded.subject, file=file.path, line=file.lines[number]))


def _run_apart(loaded: Sequence[Loaded], workers: int) -> Iterator[tuple[tuple[int, int], CaseOutcome]]:
    total = sum(len(one.file.cases) for one in loaded)
    size = max(1, total // (workers * 4))
    # Not forked: this process may have threads, which a fork would leave behind with their locks.
    with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as pool:
        futures = {
            pool.submit(_work, one.file, one.subject.key, one.subject.workflow, first, size): (at, first)
            for at, one in enumerate(loaded)
            for first in range(0, len(one.file.cases), size)
        }
        for future in as_completed(futures):
            at, first = futures[future]
            for offset, outcome in enumerate(future.result()):
                yield (at, first + offset), outcome


def _work(file: CaseFile, key: str, workflow: Workflow, first: int, size: int) -> list[CaseOutcome]:
    loaded = Loaded(file, Subject(key, workflow, _registry()))
    return [run_one(loaded, number) for number in range(first, min(first + size, len(file.cases)))]


@cache
def _registry() -> Registry:
    return installed_registry(load_settings()[0])


def issues_of(error: TreadleError) -> tuple[Issue, ...]:
    return error.issues if isinstance(error, InvalidWorkflow) else ()
