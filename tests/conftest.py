"""The order of the tests: quick ones first, those that start processes next, those that kill them last."""

from __future__ import annotations

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=_rank)


def _rank(item: pytest.Item) -> int:
    if item.get_closest_marker("chaos"):
        return 2
    return 1 if item.get_closest_marker("slow") else 0
