"""The list of a million runs, by every combination of filters."""

from __future__ import annotations

import asyncio
import random
import sqlite3
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.row import Row
from benchmarks.sampling import median, quantile
from treadle.model.ids import RunId, first_id_at
from treadle.store.rows import RUN_COLUMNS, to_micros
from treadle.store.run_ranges import RunFilter
from treadle.store.sqlite_journal import SqliteStore

RUNS = 1_000_000
MUST_MS = 50.0
_BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
_DAYS = 200
_TIMES = 7
_STATUSES = ("completed", "failed", "cancelled", "suspended", "queued", "running")
_SHARES = (90, 6, 2, 1.5, 0.3, 0.2)


def measure(scale: float) -> Iterator[Row]:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "treadle.db"
        count = max(10_000, int(RUNS * scale))
        built = time.perf_counter()
        asyncio.run(_make(path))
        _fill(path, count)
        yield Row("run_list_built_in", time.perf_counter() - built, "s", "lower")
        found = asyncio.run(_measure(path))
        every = [took for times in found.values() for took in times]
        worst = max(found, key=lambda name: median(found[name]))
        yield Row("run_list_any_filter_p95", quantile(every, 0.95), "ms", "lower", must=MUST_MS)
        yield Row(f"run_list_worst_filter_p50 ({worst})", median(found[worst]), "ms", "lower", must=MUST_MS)


async def _make(path: Path) -> None:
    async with SqliteStore(path, synchronous="OFF"):
        pass


def _fill(path: Path, count: int) -> None:
    """Runs as years of use leave them: one workflow with half of them, many with few; indexes are made afterwards."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("PRAGMA journal_mode = MEMORY")
    indexes = connection.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'runs' AND sql IS NOT NULL"
    ).fetchall()
    for name, _ in indexes:
        connection.execute(f"DROP INDEX {name}")
    marks = ", ".join("?" * len(RUN_COLUMNS))
    connection.execute("BEGIN")
    connection.executemany(f"INSERT INTO runs VALUES ({marks})", _rows(count))
    connection.execute("COMMIT")
    for _, statement in indexes:
        connection.execute(statement)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.close()


def _rows(count: int) -> Iterator[tuple[Any, ...]]:
    dice = random.Random(1)
    step = timedelta(days=_DAYS) / count
    statuses = dice.choices(_STATUSES, _SHARES, k=count)
    ranks = dice.choices(range(40), [2.0 ** -min(rank, 8) for rank in range(40)], k=count)
    columns = {name: index for index, name in enumerate(RUN_COLUMNS)}
    for index in range(count):
        at = _BEGIN + step * index
        rank = ranks[index]
        row: list[Any] = [None] * len(RUN_COLUMNS)
        created = to_micros(at)
        is_over = statuses[index] in ("completed", "failed", "cancelled")
        given = {
            "id": f"{first_id_at(at)[:11]}{index:010d}",
            "workflow": f"workflow-{rank}",
            "version": "0123456789ab",
            "status": statuses[index],
            # One that only runs on paper, and a share of all others.
            "mode": "paper" if rank == 2 or index % 13 == 0 else "test" if index % 101 == 0 else "live",
            "input": '{"customer": "C-1001", "amount": 12.5}',
            "deployment": f"deployment-{rank}" if index % 3 else None,
            "params": "{}",
            "save": "all",
            "epoch": 1,
            "created_at": created,
            "finished_at": created + 5_000_000 if is_over else None,
            "wake_at": created + 9_000_000_000 if statuses[index] == "suspended" else None,
            "output": '{"ok": true, "total": 15.0}' if is_over else None,
            "error": '{"type": "timeout", "message": "It took too long."}' if statuses[index] == "failed" else None,
            "cancel_requested": 0,
            "nudged": 0,
            "retention": 2_592_000_000_000,
            "expires_at": created + 2_592_000_000_000 if is_over else None,
            "parent": f"r{dice.randrange(200):020d}" if index % 50 == 0 else None,
        }
        for name, value in given.items():
            row[columns[name]] = value
        yield tuple(row)


async def _measure(path: Path) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {}
    async with SqliteStore(path) as store:
        for name, wanted in _filters():
            times: list[float] = []
            for _ in range(_TIMES):
                started = time.perf_counter()
                await store.list_summaries(wanted, limit=50)
                times.append((time.perf_counter() - started) * 1000)
            found[name] = times
    return found


def _filters() -> Iterator[tuple[str, RunFilter]]:
    """Each filter alone and with every other, with values that hold much, little and nothing."""
    most = frozenset(f"workflow-{rank}" for rank in range(38))
    middle = _BEGIN + timedelta(days=_DAYS / 2)
    choices: dict[str, list[dict[str, Any]]] = {
        "workflow": [{}, *({"workflow": f"workflow-{rank}"} for rank in (0, 2, 30, 99))],
        "deployment": [{}, *({"deployment": f"deployment-{rank}"} for rank in (0, 30, 99))],
        "status": [{}, *({"statuses": (name,)} for name in ("completed", "failed", "running")),
                   {"statuses": ("queued", "running", "suspended")}],
        "mode": [{}, *({"mode": mode} for mode in ("live", "paper", "test"))],
        "time": [{}, {"since": middle, "until": middle + timedelta(hours=1)}, {"until": middle}],
        "hidden": [{}, {"hidden": frozenset({"workflow-0"})}, {"hidden": most}],
        "parent": [{}, {"parent": RunId(f"r{7:020d}")}],
    }  # fmt: skip
    for chosen in product(*(range(len(values)) for values in choices.values())):
        given: dict[str, Any] = {}
        names: list[str] = []
        for (name, values), index in zip(choices.items(), chosen, strict=True):
            given |= values[index]
            if index:
                names.append(f"{name} {index}")
        yield ", ".join(names) or "none", RunFilter(**given)
