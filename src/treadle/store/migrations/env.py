"""How Alembic reaches the database: the URL that `treadle.store.schema` puts into the configuration."""

from __future__ import annotations

from typing import Any

from alembic import context
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.pool import NullPool

from treadle.store.tables import metadata


def migrate() -> None:
    engine = create_engine(context.config.attributes["url"], poolclass=NullPool)
    if engine.dialect.name == "sqlite":
        _begin_for_real(engine)
    # One transaction for all: a crash half way leaves the schema as it was, and of two processes one waits.
    with engine.connect() as connection, connection.begin():
        context.configure(connection=connection, target_metadata=metadata)
        context.run_migrations()


def _begin_for_real(engine: Engine) -> None:
    """SQLite's driver begins a transaction only before a change of rows; changes of tables belong into it too."""

    @event.listens_for(engine, "connect")
    def take_over(connection: Any, _record: object) -> None:  # pyright: ignore[reportUnusedFunction]
        connection.isolation_level = None
        connection.execute("PRAGMA busy_timeout = 60000")

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:  # pyright: ignore[reportUnusedFunction]
        connection.exec_driver_sql("BEGIN IMMEDIATE")


migrate()
