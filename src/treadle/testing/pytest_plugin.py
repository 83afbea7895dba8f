"""The pytest plugin: `*.test.yaml` files are tests. Installed with Treadle; `-p no:treadle` leaves it out."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from treadle.errors import NotFound, TreadleError

if TYPE_CHECKING:
    from treadle.model.workflow import Workflow
    from treadle.node import Registry
    from treadle.testing.cases.suite import Loaded

_ENDINGS = (".test.yaml", ".test.yml")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> CaseFileCollector | None:
    """Collect a test file of a workflow."""
    if file_path.name.endswith(_ENDINGS):
        return CaseFileCollector.from_parent(parent, path=file_path)  # pyright: ignore[reportUnknownMemberType]
    return None


class CaseFailed(Exception):
    """A test of a workflow has failed; the message is what `treadle test` would say."""


class CaseFileCollector(pytest.File):
    """A test file: its tests, or every problem in it."""

    def collect(self) -> Iterable[pytest.Item]:
        from treadle.testing.cases.reading import read_case_file
        from treadle.testing.cases.suite import Loaded, find_subject

        try:
            file = read_case_file(self.path)
            loaded = Loaded(file, find_subject(file.workflow, self.path, _registry(), find_version=_find_version))
        except TreadleError as error:
            # A failed collection would keep every other test from running.
            yield BrokenFile.from_parent(  # pyright: ignore[reportUnknownMemberType]
                self, name="readable", told=_told(error)
            )
            return
        for number, case in enumerate(file.cases):
            yield CaseItem.from_parent(  # pyright: ignore[reportUnknownMemberType]
                self, name=case.name, loaded=loaded, number=number
            )


class BrokenFile(pytest.Item):
    """A test file that cannot be read, or whose workflow cannot run: one test, which fails and says why."""

    def __init__(self, *, told: str, **more: Any) -> None:
        super().__init__(**more)  # pyright: ignore[reportUnknownMemberType]
        self._told = told

    def runtest(self) -> None:
        raise CaseFailed(self._told)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        return str(excinfo.value)

    def reportinfo(self) -> tuple[Path, int, str]:
        return self.path, 0, self.name


class CaseItem(pytest.Item):
    """One test of a workflow."""

    def __init__(self, *, loaded: Loaded, number: int, **more: Any) -> None:
        super().__init__(**more)  # pyright: ignore[reportUnknownMemberType]
        self._loaded = loaded
        self._number = number

    def runtest(self) -> None:
        """Run it. Raises `CaseFailed`."""
        from treadle.testing.cases.suite import run_one

        outcome = run_one(self._loaded, self._number)
        if not outcome.passed:
            raise CaseFailed("\n".join(outcome.text()))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        if isinstance(excinfo.value, CaseFailed):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        return self.path, self._loaded.file.lines[self._number] - 1, self.name


@cache
def _registry() -> Registry:
    from treadle.service.project import installed_registry
    from treadle.service.settings import load_settings

    return installed_registry(load_settings()[0])


def _find_version(name: str, version: str) -> Workflow:
    """A stored version, from the store that `treadle test` would look in. Raises `NotFound`."""
    import asyncio

    from treadle.service.application import Application
    from treadle.service.settings import load_settings
    from treadle.store.database import parse_location

    settings = load_settings()[0]
    path = parse_location(settings.db)
    if not path.exists():
        raise NotFound(
            f"There is no store at `{path}` to find version {version} of `{name}` in.",
            code="no_store",
            remedy="Run pytest in the project's folder, set TREADLE_DB, or name a file: `workflow: FILE`.",
        )

    async def read() -> Workflow:
        async with Application(settings, registry=_registry(), drives=False) as application:
            return await application.get_workflow(name, version)

    return asyncio.run(read())


def _told(error: TreadleError) -> str:
    from treadle.testing.cases.suite import issues_of

    lines = [str(error)]
    for issue in issues_of(error):
        place = f"line {issue.line}: " if issue.line is not None else ""
        lines.append(f"  {place}{issue.message}{f' {issue.remedy}' if issue.remedy else ''}")
    return "\n".join(lines)
