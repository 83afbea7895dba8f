"""Templates that are published here, what is made of templates, and what users say of them; who edits what."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "templates",
        _text("name"),
        _text("document", comment="its file: a workflow file with a section `template`"),
        _text("owner", nullable=True, comment="a user; null: nobody's in particular"),
        _text("author", nullable=True, comment="a name for people"),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "template_uses",
        _text("workflow", comment="what was made of it"),
        _text("template"),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("workflow"),
    )
    op.create_index("template_uses_by_template", "template_uses", ["template", "at"])
    op.create_table(
        "template_reviews",
        _text("template"),
        _text("user_id", comment="empty: whoever works on the machine itself"),
        _text("name"),
        sa.Column("rating", sa.Integer(), nullable=False, comment="1 to 5"),
        _text("comment", nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("template", "user_id"),
    )
    op.create_table(
        "editing",
        _text("workflow"),
        _text("window", comment="tells one editor from the next, also of one user"),
        _text("user_id", nullable=True, comment="null: whoever works on the machine itself"),
        _text("name"),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("workflow"),
    )


def downgrade() -> None:
    for table in ("editing", "template_reviews", "template_uses", "templates"):
        op.drop_table(table)


def _text(name: str, *, nullable: bool = False, comment: str | None = None) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=nullable, comment=comment)
