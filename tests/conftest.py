"""The order of the tests: quick ones first, those that start processes next, those that kill them last.

Two of them run side by side; those that drive a browser, and those that kill processes, one after another.
"""

from __future__ import annotations

import gc
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

_TESTS = Path(__file__).parent
_LOGGERS = ("treadle", "uvicorn", "uvicorn.error")


@pytest.fixture(autouse=True)
def logs_as_they_were() -> Iterator[None]:
    """Commands send logs to standard error for as long as the process lives: no test is to meet what another set up."""
    kept = [(log, log.handlers, log.level, log.propagate) for log in map(logging.getLogger, _LOGGERS)]
    yield
    for log, handlers, level, propagate in kept:
        log.handlers, log.level, log.propagate = handlers, level, propagate


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=_rank)
    for item in items:
        if item.path.is_relative_to(_TESTS / "ui"):
            item.add_marker(pytest.mark.xdist_group("browser"))
        elif item.get_closest_marker("chaos"):
            item.add_marker(pytest.mark.xdist_group("chaos"))


def pytest_collection_finish() -> None:
    """What was collected stays: looking for garbage in it again and again would hold up what is timed."""
    gc.collect()
    gc.freeze()


def _rank(item: pytest.Item) -> int:
    if item.get_closest_marker("chaos"):
        return 2
    return 1 if item.get_closest_marker("slow") else 0
