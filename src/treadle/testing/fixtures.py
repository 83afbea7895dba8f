"""pytest fixtures. Put `pytest_plugins = ["treadle.testing.fixtures"]` into your `conftest.py`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from treadle.store.sqlite_journal import SqliteStore
from treadle.testing.clock import VirtualClock
from treadle.testing.harness import Harness


@pytest_asyncio.fixture(params=["memory", "sqlite"])
async def harness(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Harness]:
    """A harness of its own for each test, which runs twice: over a journal in memory and over a SQLite store."""
    if request.param == "memory":
        yield (harness := Harness())
        await harness.aclose()
        return
    clock = VirtualClock()
    async with SqliteStore(tmp_path / "treadle.db", synchronous="OFF", now=clock.now) as store:
        yield (harness := Harness(journal=store, clock=clock))
        await harness.aclose()


@pytest_asyncio.fixture
async def stored_harness(tmp_path: Path) -> AsyncIterator[tuple[Harness, SqliteStore]]:
    """A harness over a SQLite store, and the store, for what only a store can do."""
    clock = VirtualClock()
    async with SqliteStore(tmp_path / "treadle.db", synchronous="OFF", now=clock.now) as store:
        yield (harness := Harness(journal=store, clock=clock)), store
        await harness.aclose()


@pytest_asyncio.fixture
async def memory_harness() -> AsyncIterator[Harness]:
    """A harness over a journal in memory, for what has nothing to do with how it is kept."""
    yield (harness := Harness())
    await harness.aclose()
