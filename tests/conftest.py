"""The order of the tests: quick ones first, those that start processes next, those that kill them last."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

_LOGGERS = ("treadle", "uvicorn", "uvicorn.error")


@pytest.fixture(autouse=True)
def logs_as_they_were() -> Iterator[None]:
    """Commands send logs to standard error for as long as the process lives: no test is to meet what another set up."""
    kept = [(log, log.handlers, log.level, log.propagate) for log in map(logging.getLogger, _LOGGERS)]
    yield
    for log, handlers, level, propagate in kept:
        log.handlers, log.level, log.propagate = handlers, level, propagate


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=_rank)


def _rank(item: pytest.Item) -> int:
    if item.get_closest_marker("chaos"):
        return 2
    return 1 if item.get_closest_marker("slow") else 0
