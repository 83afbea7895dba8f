"""The tables, declared once for SQLite and PostgreSQL.

Times are whole microseconds since 1970 in UTC. Values are text written by `treadle.store.codec`; text that
starts with `@` names a row of `payloads` of the same run (JSON never starts so). `schema.sql` and the
migrations are made from these declarations and tested to be equal to them.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects import sqlite
from sqlalchemy.schema import CreateIndex, CreateTable

metadata = MetaData()

Micros = BigInteger
Serial = BigInteger().with_variant(Integer, "sqlite")


def _required(name: str, kind: type = Text) -> Column[str]:
    return Column(name, kind, nullable=False)


runs = Table(
    "runs",
    metadata,
    Column("id", Text, primary_key=True, nullable=False),
    _required("workflow"),
    _required("version"),
    _required("status"),
    _required("mode"),
    _required("input"),
    Column("trigger", Text),
    Column("fired", Text),
    Column("deployment", Text),
    _required("params"),
    _required("save"),
    Column("epoch", BigInteger, nullable=False),
    Column("worker", Text, comment="who holds the lease"),
    Column("created_at", Micros, nullable=False),
    Column("finished_at", Micros),
    Column("wake_at", Micros, comment="when a suspended run is due"),
    Column("output", Text),
    Column("error", Text),
    Column("cancel_requested", Boolean, nullable=False),
    Column("retention", Micros, comment="how long the run is kept after it finished"),
    Column("expires_at", Micros),
)
_due = text("status = 'suspended'")
_deployed = text("deployment IS NOT NULL")
_expiring = text("expires_at IS NOT NULL")
# Run ids sort by time, so an index that ends in `id` lists newest first without a sort.
Index("runs_by_workflow", runs.c.workflow, runs.c.id)
Index("runs_by_status", runs.c.status, runs.c.id)
Index(
    "runs_by_deployment",
    runs.c.deployment,
    runs.c.status,
    runs.c.id,
    sqlite_where=_deployed,
    postgresql_where=_deployed,
)
Index("runs_due", runs.c.wake_at, sqlite_where=_due, postgresql_where=_due)
Index("runs_expiring", runs.c.expires_at, sqlite_where=_expiring, postgresql_where=_expiring)

journal = Table(
    "journal",
    metadata,
    Column("run_id", Text, primary_key=True, nullable=False),
    Column("scope", Text, primary_key=True, nullable=False),
    Column("node", Text, primary_key=True, nullable=False),
    Column("sequence", Integer, primary_key=True, nullable=False, autoincrement=False),
    Column("kind", SmallInteger, nullable=False),
    Column("at", Micros, nullable=False),
    _required("body"),
    sqlite_with_rowid=False,
)

payloads = Table(
    "payloads",
    metadata,
    Column("run_id", Text, primary_key=True, nullable=False),
    Column(
        "digest",
        Text,
        primary_key=True,
        nullable=False,
        comment="SHA-256 of the text: its id and its checksum",
    ),
    _required("codec"),
    Column("size", BigInteger, nullable=False),
    Column("bytes", LargeBinary, nullable=False),
)

run_logs = Table(
    "run_logs",
    metadata,
    Column("id", Serial, primary_key=True, autoincrement=True, nullable=False),
    _required("run_id"),
    Column("at", Micros, nullable=False),
    _required("path"),
    _required("level"),
    _required("message"),
    _required("data"),
)
Index("run_logs_by_run", run_logs.c.run_id, run_logs.c.id)

state = Table(
    "state",
    metadata,
    Column("owner", Text, primary_key=True, nullable=False),
    Column("key", Text, primary_key=True, nullable=False),
    _required("value"),
)

claims = Table(
    "claims",
    metadata,
    Column("owner", Text, primary_key=True, nullable=False),
    Column("key", Text, primary_key=True, nullable=False),
    _required("token"),
    Column("at", Micros, nullable=False),
)

cache = Table(
    "cache",
    metadata,
    Column("key", Text, primary_key=True, nullable=False),
    _required("outputs"),
    Column("expires_at", Micros, nullable=False),
)
Index("cache_expiring", cache.c.expires_at)

workers = Table(
    "workers",
    metadata,
    Column("id", Text, primary_key=True, nullable=False),
    _required("host"),
    Column("pid", BigInteger, nullable=False),
    Column("process_start", Text, comment="tells a process from a later one with the same pid; null: unknown"),
    Column("heartbeat_at", Micros, nullable=False),
)

versions = Table(
    "versions",
    metadata,
    Column("workflow", Text, primary_key=True, nullable=False),
    Column("version", Text, primary_key=True, nullable=False),
    _required("form"),
    _required("document"),
    Column("created_at", Micros, nullable=False),
)
Index("versions_by_time", versions.c.workflow, versions.c.created_at)

deployments = Table(
    "deployments",
    metadata,
    Column("id", Text, primary_key=True, nullable=False),
    _required("name"),
    _required("workflow"),
    Column("version", Text, comment="null: the latest"),
    _required("mode"),
    _required("status"),
    _required("trigger"),
    _required("params"),
    Column("created_at", Micros, nullable=False),
    Column("last_fired_at", Micros),
)


def sqlite_script() -> str:
    """What `schema.sql` holds: the statements that make a new SQLite database."""
    dialect = sqlite.dialect()
    statements: list[str] = []
    for table in metadata.sorted_tables:
        statements.append(str(CreateTable(table).compile(dialect=dialect)))
        for index in sorted(table.indexes, key=lambda index: str(index.name)):
            statements.append(str(CreateIndex(index).compile(dialect=dialect)))
    lines = [line.rstrip().replace("\t", "    ") for line in ";\n\n".join(s.strip() for s in statements).splitlines()]
    return "\n".join(lines) + ";\n"
