"""One schema, however a database came by it."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable

from treadle.errors import StoreError
from treadle.store import schema
from treadle.store.rows import RUN_COLUMNS
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
    assert any("WHERE status = 'suspended'" in statement for statement in indexes)


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
