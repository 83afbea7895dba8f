"""The first schema."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_TABLES = (
    "cache", "claims", "deployments", "journal", "payloads", "run_logs", "runs", "state",
    "versions", "workers",
)  # fmt: skip


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def _number(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=nullable)


def upgrade() -> None:
    _create_runs()
    op.create_table(
        "journal",
        _text("run_id"),
        _text("scope"),
        _text("node"),
        sa.Column("sequence", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.SmallInteger(), nullable=False),
        _number("at"),
        _text("body"),
        sa.PrimaryKeyConstraint("run_id", "scope", "node", "sequence"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "payloads",
        _text("run_id"),
        sa.Column("digest", sa.Text(), nullable=False, comment="SHA-256 of the text: its id and its checksum"),
        _text("codec"),
        _number("size"),
        sa.Column("bytes", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("run_id", "digest"),
    )
    op.create_table(
        "run_logs",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        _text("run_id"),
        _number("at"),
        _text("path"),
        _text("level"),
        _text("message"),
        _text("data"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("run_logs_by_run", "run_logs", ["run_id", "id"])
    _create_keyed()
    op.create_table(
        "workers",
        _text("id"),
        _text("host"),
        _number("pid"),
        sa.Column(
            "process_start",
            sa.Text(),
            nullable=True,
            comment="tells a process from a later one with the same pid; null: unknown",
        ),
        _number("heartbeat_at"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "versions",
        _text("workflow"),
        _text("version"),
        _text("form"),
        _text("document"),
        _number("created_at"),
        sa.PrimaryKeyConstraint("workflow", "version"),
    )
    op.create_index("versions_by_time", "versions", ["workflow", "created_at"])
    op.create_table(
        "deployments",
        _text("id"),
        _text("name"),
        _text("workflow"),
        sa.Column("version", sa.Text(), nullable=True, comment="null: the latest"),
        _text("mode"),
        _text("status"),
        _text("trigger"),
        _text("params"),
        _number("created_at"),
        _number("last_fired_at", nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )


def _create_runs() -> None:
    op.create_table(
        "runs",
        _text("id"),
        _text("workflow"),
        _text("version"),
        _text("status"),
        _text("mode"),
        _text("input"),
        _text("trigger", nullable=True),
        _text("fired", nullable=True),
        _text("deployment", nullable=True),
        _text("params"),
        _text("save"),
        _number("epoch"),
        sa.Column("worker", sa.Text(), nullable=True, comment="who holds the lease"),
        _number("created_at"),
        _number("finished_at", nullable=True),
        sa.Column("wake_at", sa.BigInteger(), nullable=True, comment="when a suspended run is due"),
        _text("output", nullable=True),
        _text("error", nullable=True),
        sa.Column("cancel_requested", sa.Boolean(), nullable=False),
        sa.Column("retention", sa.BigInteger(), nullable=True, comment="how long the run is kept after it finished"),
        _number("expires_at", nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    due, expiring = sa.text("status = 'suspended'"), sa.text("expires_at IS NOT NULL")
    op.create_index("runs_by_status", "runs", ["status", "id"])
    deployed = sa.text("deployment IS NOT NULL")
    by_deployment = ["deployment", "status", "id"]
    op.create_index("runs_by_deployment", "runs", by_deployment, sqlite_where=deployed, postgresql_where=deployed)
    op.create_index("runs_by_workflow", "runs", ["workflow", "id"])
    op.create_index("runs_due", "runs", ["wake_at"], sqlite_where=due, postgresql_where=due)
    op.create_index("runs_expiring", "runs", ["expires_at"], sqlite_where=expiring, postgresql_where=expiring)


def _create_keyed() -> None:
    op.create_table("state", _text("owner"), _text("key"), _text("value"), sa.PrimaryKeyConstraint("owner", "key"))
    op.create_table(
        "claims",
        _text("owner"),
        _text("key"),
        _text("token"),
        _number("at"),
        sa.PrimaryKeyConstraint("owner", "key"),
    )
    op.create_table("cache", _text("key"), _text("outputs"), _number("expires_at"), sa.PrimaryKeyConstraint("key"))
    op.create_index("cache_expiring", "cache", ["expires_at"])


def downgrade() -> None:
    for table in _TABLES:
        op.drop_table(table)
