"""Backtests: what was tested, how far it is, and what came of it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "backtests",
        _text("id"),
        _text("workflow"),
        _text("version", nullable=True, comment="null: what was tested is no version"),
        _text("title"),
        _text("kind"),
        _text("state"),
        sa.Column("progress", sa.Double, nullable=False),
        _text("request", comment="JSON, as it was asked for"),
        _text("digest", comment="of the data: what was tried over the same is counted"),
        _text("summary", comment="JSON: its period, its figures"),
        _text("error", nullable=True, comment="JSON"),
        sa.Column("variants", sa.Integer(), nullable=False, comment="how many were tried in it"),
        _text("worker", nullable=True, comment="the process that looks after it while it is under way"),
        _text("account", nullable=True, comment="who started it"),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("started_at", sa.BigInteger()),
        sa.Column("finished_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("backtests_by_workflow", "backtests", ["workflow", "id"])
    unfinished = sa.text("finished_at IS NULL")
    op.create_index(
        "backtests_unfinished", "backtests", ["worker"], sqlite_where=unfinished, postgresql_where=unfinished
    )
    op.create_table(
        "backtest_parts",
        _text("backtest"),
        _text("name"),
        sa.Column("bytes", sa.LargeBinary(), nullable=False, comment="zstd"),
        sa.PrimaryKeyConstraint("backtest", "name"),
    )


def downgrade() -> None:
    for table in ("backtest_parts", "backtests"):
        op.drop_table(table)


def _text(name: str, *, nullable: bool = False, comment: str | None = None) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=nullable, comment=comment)
