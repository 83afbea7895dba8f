"""Records: what deployments keep of their dealings with the outside."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    serial = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "records",
        sa.Column("serial", serial, autoincrement=True, nullable=False, comment="as first written"),
        _text("kind"),
        _text("key"),
        _text("test", comment="the run that alone sees it, a test; empty: it is real"),
        _text("owner", comment="who wrote it first: `deployment:<id>` or `workflow:<name>`"),
        _text("group", comment="what it belongs to: an account; empty: nothing"),
        _text("value"),
        sa.Column("is_open", sa.Boolean(), nullable=False, comment="something is still to become of it"),
        sa.Column("at", sa.BigInteger(), nullable=False, comment="when it was first written"),
        sa.PrimaryKeyConstraint("serial"),
    )
    op.create_index("records_by_key", "records", ["kind", "key", "test"], unique=True)
    op.create_index("records_by_owner", "records", ["owner", "kind", "serial"])
    op.create_index("records_by_group", "records", ["group", "kind", "serial"])
    for name, columns, where in (("open", ["kind", "serial"], "is_open"), ("by_test", ["test"], "test <> ''")):
        clause = sa.text(where)
        op.create_index(f"records_{name}", "records", columns, sqlite_where=clause, postgresql_where=clause)


def downgrade() -> None:
    op.drop_table("records")


def _text(name: str, *, comment: str | None = None) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False, comment=comment)
