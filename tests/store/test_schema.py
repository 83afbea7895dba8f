"""One schema, however a database came by it."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable

from treadle.engine.journal import EntryKind
from treadle.errors import StoreError
from treadle.model.ids import RunId
from treadle.store import schema
from treadle.store.rows import RUN_COLUMNS, from_micros
from treadle.store.sqlite_journal import SqliteStore
from treadle.store.tables import metadata, runs, sqlite_script
from treadle.testing.journal_contract import open_run


def read_schema(path: Path) -> dict[str, str]:
    connection = sqlite3.connect(path)
    rows = connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
    connection.close()
    return {name: re.sub(r"\s+", "", sql) for name, sql in rows}


async def test_migrations_make_the_schema_that_a_new_file_gets(tmp_path: Path) -> None:
    async with SqliteStore(tmp_path / "new.db"):
        pass

    schema.upgrade(f"sqlite:///{tmp_path / 'migrated.db'}")

    assert len(read_schema(tmp_path / "new.db")) > 15
    assert read_schema(tmp_path / "migrated.db") == read_schema(tmp_path / "new.db")


def test_the_script_is_made_from_the_tables() -> None:
    script = (Path(schema.__file__).parent / "schema.sql").read_text(encoding="utf-8")

    assert script == sqlite_script()


def test_the_order_of_columns_in_statements_is_that_of_the_table() -> None:
    assert tuple(column.name for column in runs.columns) == RUN_COLUMNS


def test_the_tables_fit_postgresql() -> None:
    dialect = postgresql.dialect()

    statements = [str(CreateTable(table).compile(dialect=dialect)) for table in metadata.sorted_tables]
    indexes = [str(CreateIndex(index).compile(dialect=dialect)) for index in runs.indexes]

    assert any("BYTEA" in statement for statement in statements)
    assert any("WHERE wake_at IS NOT NULL" in statement for statement in indexes)


async def test_a_migration_goes_down_and_up_again(path: Path) -> None:
    async with SqliteStore(path):
        pass
    before = read_schema(path)

    schema.downgrade(f"sqlite:///{path}", "base")
    empty = read_schema(path)
    schema.upgrade(f"sqlite:///{path}")

    assert list(empty) == ["alembic_version"]
    assert read_schema(path) == before


async def test_a_database_that_is_behind_is_upgraded_when_opened(path: Path) -> None:
    async with SqliteStore(path):
        pass
    schema.downgrade(f"sqlite:///{path}", "base")

    async with SqliteStore(path) as store:
        record = await open_run(store)
        found = await store.get_run(record.id)

    assert found.workflow == "orders"


@pytest.fixture
def first(path: Path) -> Path:
    """A store as revision 0001 wrote it: runs, two versions of one workflow and one of another, deployments."""
    schema.upgrade(f"sqlite:///{path}", "0001")
    connection = sqlite3.connect(path)
    run = (
        'INSERT INTO runs (id, workflow, version, status, mode, input, "trigger", fired, deployment, params, save,'
        " epoch, worker, created_at, finished_at, wake_at, output, error, cancel_requested, retention, expires_at)"
        " VALUES (?, 'orders', 'v1', ?, 'live', '{\"n\":3}', 'tick', '7', 'bot', '{}', 'all', 4, NULL, 1000000, ?, ?,"
        " ?, NULL, 0, NULL, NULL)"
    )
    connection.execute(run, ("r-done", "completed", 2_000_000, None, '"right"'))
    connection.execute(run, ("r-waiting", "suspended", None, 9_000_000, None))
    connection.execute("INSERT INTO journal VALUES ('r-waiting', '', 'wait', 0, 4, 1500000, '{\"until\":null}')")
    version = "INSERT INTO versions (workflow, version, form, document, created_at) VALUES (?, ?, 'nodes', ?, ?)"
    connection.execute(version, ("orders", "bbb", '{"name":"orders"}', 5_000_000))
    connection.execute(version, ("orders", "aaa", '{"name":"older"}', 3_000_000))
    connection.execute(version, ("other", "ccc", "{}", 4_000_000))
    deployment = (
        'INSERT INTO deployments (id, name, workflow, version, mode, status, "trigger", params, created_at,'
        " last_fired_at) VALUES (?, ?, 'orders', 'bbb', 'paper', ?, ?, '{\"size\":2}', 6000000, ?)"
    )
    trigger = '{"type":"trigger.interval","config":{"seconds":5.0},"node":"tick","input":{"topic":"tides"}}'
    connection.execute(deployment, ("bot", "bot", "active", trigger, 7_000_000))
    trigger = '{"type":"trigger.interval","config":{"seconds":60},"node":null,"input":{}}'
    connection.execute(deployment, ("idle", "idle", "stopped", trigger, None))
    connection.commit()
    connection.close()
    return path


def read_rows(path: Path, statement: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(path)
    rows = connection.execute(statement).fetchall()
    connection.close()
    return rows


async def test_runs_written_by_the_first_revision_are_kept(first: Path) -> None:
    async with SqliteStore(first) as store:
        done = await store.get_run(RunId("r-done"))
        waiting = await store.get_run(RunId("r-waiting"))
        entries = await store.load(RunId("r-waiting"))

    assert (done.status, done.output, done.input, done.fired, done.deployment) == (
        "completed",
        "right",
        {"n": 3},
        7,
        "bot",
    )
    assert (waiting.status, waiting.epoch, waiting.wake_at) == ("suspended", 4, from_micros(9_000_000))
    assert [(entry.node, entry.kind) for entry in entries] == [("wait", EntryKind.SUSPENSION)]
    assert read_rows(first, "SELECT DISTINCT nudged, parent, lane FROM runs") == [(0, None, None)]


async def test_versions_written_by_the_first_revision_are_numbered_as_they_came(first: Path) -> None:
    async with SqliteStore(first):
        pass

    rows = read_rows(first, "SELECT workflow, number, version, document FROM versions ORDER BY workflow, number")
    assert rows == [
        ("orders", 1, "aaa", '{"name":"older"}'),
        ("orders", 2, "bbb", '{"name":"orders"}'),
        ("other", 1, "ccc", "{}"),
    ]


async def test_deployments_written_by_the_first_revision_keep_their_trigger_and_input(first: Path) -> None:
    async with SqliteStore(first):
        pass

    assert read_rows(first, "SELECT id, version, mode, status, input, params, limits FROM deployments ORDER BY id") == [
        ("bot", "bbb", "paper", "active", '{"topic":"tides"}', '{"size":2}', "{}"),
        ("idle", "bbb", "paper", "stopped", "{}", '{"size":2}', "{}"),
    ]
    columns = "deployment, id, node, type, config, status, armed_at, last_fired_at"
    assert read_rows(first, f"SELECT {columns} FROM triggers ORDER BY deployment") == [
        ("bot", "tick", "tick", "trigger.interval", '{"seconds":5.0}', "armed", 6_000_000, 7_000_000),
        ("idle", "@every", None, "trigger.interval", '{"seconds":60}', "armed", 6_000_000, None),
    ]


async def test_a_store_of_the_first_revision_has_the_schema_of_a_new_file_once_opened(first: Path) -> None:
    async with SqliteStore(first), SqliteStore(first.with_name("new.db")):
        pass

    assert read_schema(first) == read_schema(first.with_name("new.db"))


async def test_back_at_the_first_revision_all_it_knew_is_as_it_was(first: Path) -> None:
    tables = ("runs", "journal", "versions", "deployments")
    before = {table: read_rows(first, f"SELECT * FROM {table} ORDER BY 1, 2") for table in tables}
    schema_before = read_schema(first)
    async with SqliteStore(first):
        pass

    schema.downgrade(f"sqlite:///{first}", "0001")

    assert read_schema(first) == schema_before
    after = {table: read_rows(first, f"SELECT * FROM {table} ORDER BY 1, 2") for table in tables}
    assert [after[table] for table in tables[:3]] == [before[table] for table in tables[:3]]
    assert [
        (*row[:6], json.loads(str(row[6])), *row[7:]) for row in after["deployments"]
    ] == [(*row[:6], json.loads(str(row[6])), *row[7:]) for row in before["deployments"]]  # fmt: skip


def test_a_migration_that_fails_half_way_leaves_everything_as_it_was(first: Path) -> None:
    with sqlite3.connect(first) as connection:
        connection.execute("UPDATE deployments SET \"trigger\" = 'not JSON' WHERE id = 'idle'")
    connection.close()
    before = read_schema(first)

    with pytest.raises(ValueError, match="Expecting value"):
        schema.upgrade(f"sqlite:///{first}")

    assert read_schema(first) == before
    assert read_rows(first, "SELECT version_num FROM alembic_version") == [("0001",)]
    assert read_rows(first, "SELECT count(*) FROM runs") == [(2,)]


def test_two_processes_that_open_an_old_store_at_once_upgrade_it_once(first: Path) -> None:
    code = f"""
import asyncio
from treadle.store.sqlite_journal import SqliteStore
async def main():
    async with SqliteStore({str(first)!r}):
        pass
asyncio.run(main())
"""

    processes = [subprocess.Popen([sys.executable, "-c", code]) for _ in range(2)]
    ended = [process.wait(timeout=60) for process in processes]

    assert ended == [0, 0]
    assert read_rows(first, "SELECT count(*) FROM triggers") == [(2,)]


async def test_opening_waits_for_another_who_is_making_the_file(path: Path) -> None:
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")  # what SQLite refuses a change of mode for without waiting
    opening = asyncio.create_task(SqliteStore(path, busy_timeout=30).open())

    await asyncio.wait([opening], timeout=0.2)
    other.execute("ROLLBACK")
    other.close()
    store = await opening

    await store.close()
    assert read_rows(path, "PRAGMA journal_mode") == [("wal",)]


async def test_a_file_that_stays_locked_is_said_to_be(path: Path) -> None:
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    with pytest.raises(StoreError) as caught:
        await SqliteStore(path, busy_timeout=0.05).open()

    other.close()
    assert caught.value.code == "database_locked"


async def test_two_old_stores_are_upgraded_at_once_in_one_process(first: Path) -> None:
    paths = [first.with_name(f"{number}.db") for number in range(4)]
    for path in paths:
        shutil.copy(first, path)

    opened = await asyncio.gather(*(SqliteStore(path).open() for path in paths))
    for store in opened:
        await store.close()

    assert [read_schema(path) for path in paths] == [read_schema(paths[0])] * 4
    assert [read_rows(path, "SELECT version_num FROM alembic_version") for path in paths] == [[(schema.HEAD,)]] * 4


async def test_a_database_from_a_later_version_is_refused_untouched(path: Path) -> None:
    async with SqliteStore(path):
        pass
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()

    with pytest.raises(StoreError, match="9999") as caught:
        await SqliteStore(path).open()

    assert caught.value.code == "newer_schema"


async def test_a_database_of_something_else_is_refused(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE customers (id)")
    connection.close()

    with pytest.raises(StoreError) as caught:
        await SqliteStore(path).open()

    assert caught.value.code == "not_a_store"


@pytest.fixture
def text_file(path: Path) -> Path:
    path.write_text("name: not a database\n" * 100)
    return path


async def test_a_file_that_is_no_database_is_refused(text_file: Path) -> None:
    with pytest.raises(StoreError) as caught:
        await SqliteStore(text_file).open()

    assert caught.value.code == "not_a_database"


async def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError) as caught:
        await SqliteStore(tmp_path / "missing" / "treadle.db").open()

    assert caught.value.code == "cannot_open"


async def test_opening_a_new_database_is_quick(tmp_path: Path) -> None:
    elapsed: list[float] = []

    for index in range(5):
        start = time.perf_counter()
        async with SqliteStore(tmp_path / f"{index}.db"):
            elapsed.append(time.perf_counter() - start)

    assert min(elapsed) < 0.15


def test_opening_a_store_imports_neither_alembic_nor_sqlalchemy(tmp_path: Path) -> None:
    code = f"""
import asyncio, sys
from treadle.store.sqlite_journal import SqliteStore
async def main():
    async with SqliteStore({str(tmp_path / "treadle.db")!r}):
        pass
asyncio.run(main())
print(sorted({{"alembic", "sqlalchemy", "zstandard", "numpy"}} & set(sys.modules)))
"""

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=True)

    assert done.stdout.strip() == "[]"
