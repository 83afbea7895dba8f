"""Which schema a database has: made, found up to date, upgraded, or refused because it is newer than we
are.
"""

from __future__ import annotations

import sqlite3
import threading
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from treadle.errors import StoreError
from treadle.store.fault import translate

if TYPE_CHECKING:
    from alembic.config import Config

REVISIONS = ("0001", "0002", "0003", "0004", "0005", "0006")
"""Every revision there is, oldest first. The last is what `schema.sql` makes."""

HEAD = REVISIONS[-1]

_one_at_a_time = threading.Lock()
"""Alembic keeps the migration that it is in the midst of in a module: two threads would take each other's."""


def prepare(path: Path, connection: sqlite3.Connection) -> None:
    """Make the database at `path` ready for this version of Treadle.

    Raises `StoreError`: `newer_schema` when a later Treadle made it, `not_a_store` when something else did.
    """
    try:
        found = find_revision(connection)
        if found is None:
            _create(connection)
        elif found != HEAD:
            _check_known(found, path)
            upgrade(f"sqlite:///{path}")
    except sqlite3.Error as error:
        raise translate(error) from error


def find_revision(connection: sqlite3.Connection) -> str | None:
    """The schema's revision; None for an empty file. Raises `StoreError` (`not_a_store`)."""
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if not tables:
        return None
    if "alembic_version" in tables and (tables == {"alembic_version"} or "journal" in tables):
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        return "base" if row is None else str(row[0])
    raise StoreError(
        "The file is a database, but not one of Treadle's.",
        code="not_a_store",
        remedy="Name another file for the store.",
    )


def upgrade(url: str, revision: str = "head") -> None:
    """Bring the database at `url` up to `revision`."""
    from alembic import command  # half a second: only databases that are behind pay for it

    with _one_at_a_time:
        command.upgrade(_config(url), revision)


def downgrade(url: str, revision: str) -> None:
    """Take the database at `url` back to `revision` (`base` removes every table)."""
    from alembic import command

    with _one_at_a_time:
        command.downgrade(_config(url), revision)


def _config(url: str) -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(files("treadle.store") / "migrations").replace("%", "%%"))
    config.attributes["url"] = url
    return config


def _create(connection: sqlite3.Connection) -> None:
    script = (files("treadle.store") / "schema.sql").read_text(encoding="utf-8")
    connection.execute("BEGIN IMMEDIATE")
    try:
        # Another process may have made the tables while we waited for the lock.
        if find_revision(connection) is None:
            for statement in script.split(";\n"):
                if statement.strip():
                    connection.execute(statement)
            connection.execute(
                "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL,"
                " CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))"
            )
            connection.execute("INSERT INTO alembic_version (version_num) VALUES (?)", (HEAD,))
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


def _check_known(revision: str, path: Path) -> None:
    if revision not in (*REVISIONS, "base"):
        raise StoreError(
            f"The database `{path}` has schema {revision}; this Treadle knows none later than {HEAD}.",
            code="newer_schema",
            remedy="Install the Treadle that wrote it, or a later one, or name another file for the store.",
            revision=revision,
            known=HEAD,
        )
