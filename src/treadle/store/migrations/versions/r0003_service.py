"""What a server needs: who may do what, credentials under seal, an audit log, and the order in which runs changed.

As in 0002, a table that changes is put aside, made anew and filled from what was put aside.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_NEW_TABLES = (
    "api_keys", "audit", "credentials", "feed", "idempotency", "members", "profiles", "sessions", "shares",
    "sign_in_links", "teams", "users", "workflows",
)  # fmt: skip
_KEPT_OF_JOURNAL = "run_id, scope, node, sequence, kind, at, body"
_KEPT_OF_LOGS = "id, run_id, at, path, level, message, data"
_KEPT_OF_SIGNALS = "id, name, key, run_id, payload, at, taken_by, taker"
_SIGNAL_INDEXES = {
    "signals_untaken": (["name", "key", "run_id", "at"], "taken_by IS NULL"),
    "signals_taken": (["taken_by"], "taken_by IS NOT NULL"),
    "signals_by_taker": (["taker"], "taken_by IS NOT NULL"),
    "signals_by_run": (["run_id"], "run_id IS NOT NULL"),
}


def upgrade() -> None:
    _upgrade_journal()
    _replace_run_indexes(
        by_workflow=["workflow", "status", "id", "mode"],
        by_deployment=["deployment", "status", "id", "workflow", "mode"],
        by_parent=["parent", "id"],
    )
    unusual = sa.text("mode <> 'live'")
    op.create_index("runs_by_mode", "runs", ["mode", "id"], sqlite_where=unusual, postgresql_where=unusual)
    _replace_signals(_text("sender", nullable=True, comment="the user whose runs alone may take it; null: any"))
    _replace_drafts(
        _text("about", nullable=True, comment="JSON: title, description and tags, as far as the draft can be read")
    )
    _replace_deployments(
        _text("account", nullable=True, comment="who deployed it: its runs are theirs where nobody owns the workflow")
    )
    _create_users()
    _create_sharing()
    _create_credentials()
    _create_requests()


def downgrade() -> None:
    for table in _NEW_TABLES:
        op.drop_table(table)
    op.drop_index("runs_by_mode", table_name="runs")
    _replace_run_indexes(
        by_workflow=["workflow", "id"], by_deployment=["deployment", "status", "id"], by_parent=["parent"]
    )
    _downgrade_journal()
    _replace_signals()
    _replace_drafts()
    _replace_deployments()


def _replace_run_indexes(*, by_workflow: list[str], by_deployment: list[str], by_parent: list[str]) -> None:
    op.drop_index("runs_by_workflow", table_name="runs")
    op.create_index("runs_by_workflow", "runs", by_workflow)
    for name, columns in {"deployment": by_deployment, "parent": by_parent}.items():
        there = sa.text(f"{name} IS NOT NULL")
        op.drop_index(f"runs_by_{name}", table_name="runs")
        op.create_index(f"runs_by_{name}", "runs", columns, sqlite_where=there, postgresql_where=there)


def _text(name: str, *, nullable: bool = False, comment: str | None = None) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=nullable, comment=comment)


def _number(name: str, *, nullable: bool = False, comment: str | None = None) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=nullable, comment=comment)


def _serial(name: str, *, comment: str | None = None) -> sa.Column[int]:
    kind = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    return sa.Column(name, kind, nullable=False, autoincrement=False, comment=comment)


def _put_aside(table: str, *indexes: str) -> str:
    """Rename a table and give the names of its indexes free; its name from now on."""
    for index in indexes:
        op.drop_index(index, table_name=table)
    aside = f"{table}_aside"
    op.rename_table(table, aside)
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"ALTER INDEX {table}_pkey RENAME TO {aside}_pkey")
    return aside


# journal and run_logs


def _journal_columns() -> list[sa.Column[Any]]:
    """Those that 0002 has too."""
    return [
        _text("run_id"),
        _text("scope"),
        _text("node"),
        sa.Column("sequence", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("kind", sa.SmallInteger(), nullable=False),
        _number("at"),
        _text("body"),
    ]


def _log_columns() -> list[sa.Column[Any]]:
    """Those that 0002 has too."""
    kind = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    return [
        sa.Column("id", kind, nullable=False, autoincrement=True),
        _text("run_id"),
        _number("at"),
        _text("path"),
        _text("level"),
        _text("message"),
        _text("data"),
    ]


def _upgrade_journal() -> None:
    aside = _put_aside("journal")
    key = sa.PrimaryKeyConstraint("run_id", "scope", "node", "sequence")
    serial = _number("serial", nullable=True, comment="of the commit that brought it; see `feed`")
    op.create_table("journal", *_journal_columns(), serial, key, sqlite_with_rowid=False)
    _refill("journal", _KEPT_OF_JOURNAL, aside)
    aside = _put_aside("run_logs", "run_logs_by_run")
    serial = _number("serial", nullable=True, comment="as in `journal`")
    op.create_table("run_logs", *_log_columns(), serial, sa.PrimaryKeyConstraint("id"))
    _refill("run_logs", _KEPT_OF_LOGS, aside)
    op.create_index("run_logs_by_run", "run_logs", ["run_id", "id"])
    op.create_table(
        "feed",
        _serial("serial", comment="1, 2, 3 … as committed"),
        _text("run_id"),
        _number("at"),
        _text("status", nullable=True, comment="what the run's became with this; null: it stayed"),
        sa.PrimaryKeyConstraint("serial"),
    )
    op.create_index("feed_by_run", "feed", ["run_id", "serial"])


def _downgrade_journal() -> None:
    aside = _put_aside("journal")
    key = sa.PrimaryKeyConstraint("run_id", "scope", "node", "sequence")
    op.create_table("journal", *_journal_columns(), key, sqlite_with_rowid=False)
    _refill("journal", _KEPT_OF_JOURNAL, aside)
    aside = _put_aside("run_logs", "run_logs_by_run")
    op.create_table("run_logs", *_log_columns(), sa.PrimaryKeyConstraint("id"))
    _refill("run_logs", _KEPT_OF_LOGS, aside)
    op.create_index("run_logs_by_run", "run_logs", ["run_id", "id"])


def _replace_signals(*added: sa.Column[Any]) -> None:
    aside = _put_aside("signals", *_SIGNAL_INDEXES)
    op.create_table(
        "signals",
        _text("id"),
        _text("name"),
        _text("key"),
        _text("run_id", nullable=True, comment="the only run it is meant for"),
        _text("payload"),
        _number("at"),
        _text("taken_by", nullable=True, comment="the waiting node's token"),
        _text("taker", nullable=True, comment="the run of that node"),
        *added,
        sa.PrimaryKeyConstraint("id"),
    )
    _refill("signals", _KEPT_OF_SIGNALS, aside)
    for index, (columns, where) in _SIGNAL_INDEXES.items():
        there = sa.text(where)
        op.create_index(index, "signals", columns, sqlite_where=there, postgresql_where=there)


def _refill(table: str, columns: str, aside: str) -> None:
    order = " ORDER BY at, rowid" if (table, op.get_bind().dialect.name) == ("signals", "sqlite") else ""
    op.execute(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM {aside}{order}")
    if table == "run_logs" and op.get_bind().dialect.name == "postgresql":
        # The sequence that numbered the table goes with it: the new one starts after the highest number.
        op.execute("SELECT setval(pg_get_serial_sequence('run_logs', 'id'), coalesce(max(id), 1)) FROM run_logs")
    op.drop_table(aside)


# drafts


def _replace_drafts(*more: sa.Column[Any]) -> None:
    aside = _put_aside("drafts")
    op.create_table(
        "drafts",
        _text("workflow"),
        sa.Column(
            "revision",
            sa.Integer(),
            nullable=False,
            comment="goes up with every change; who writes names the one it read",
        ),
        _text("form"),
        _text("document"),
        _text("base_version", nullable=True, comment="the version it was begun from"),
        _number("updated_at"),
        *more,
        sa.PrimaryKeyConstraint("workflow"),
    )
    _refill("drafts", "workflow, revision, form, document, base_version, updated_at", aside)


def _replace_deployments(*more: sa.Column[Any]) -> None:
    aside = _put_aside("deployments")
    kept = ("id", "name", "workflow", "version", "mode", "status", "input", "params", "profiles", "limits")
    op.create_table(
        "deployments",
        *(
            _text(name, nullable=name == "version", comment="null: the latest" if name == "version" else None)
            for name in kept
        ),
        _number("created_at"),
        *more,
        sa.PrimaryKeyConstraint("id"),
    )
    _refill("deployments", ", ".join((*kept, "created_at")), aside)


# who may do what


def _create_users() -> None:
    op.create_table(
        "users",
        _text("id"),
        _text("name", comment="what they sign in with: a word or an e-mail address"),
        _text("role"),
        _text("password", nullable=True, comment="argon2; null: signs in by link only"),
        _text("quotas", nullable=True, comment="JSON; null: those of the installation"),
        _number("created_at"),
        _number("disabled_at", nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
    )
    op.create_table(
        "sessions",
        _text("digest"),
        _text("user_id"),
        _number("created_at"),
        _number("seen_at"),
        _number("expires_at"),
        _text("agent", nullable=True, comment="the browser, as it named itself"),
        sa.PrimaryKeyConstraint("digest"),
    )
    op.create_index("sessions_by_user", "sessions", ["user_id"])
    op.create_table(
        "sign_in_links",
        _text("digest"),
        _text("user_id"),
        _number("expires_at"),
        sa.PrimaryKeyConstraint("digest"),
    )
    op.create_table(
        "api_keys",
        _text("id"),
        _text("user_id"),
        _text("name"),
        _text("digest"),
        _text("scopes"),
        _number("created_at"),
        _number("expires_at", nullable=True),
        _number("used_at", nullable=True),
        _number("revoked_at", nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("digest"),
    )
    op.create_index("api_keys_by_user", "api_keys", ["user_id"])


def _create_sharing() -> None:
    op.create_table(
        "teams",
        _text("id"),
        _text("name"),
        _number("created_at"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
    )
    op.create_table("members", _text("team_id"), _text("user_id"), sa.PrimaryKeyConstraint("team_id", "user_id"))
    op.create_index("members_by_user", "members", ["user_id"])
    op.create_table(
        "workflows",
        _text("name"),
        _text("owner", nullable=True, comment="a user; null: everybody's, as far as their role goes"),
        _text("tags"),
        _number("created_at"),
        _number("deleted_at", nullable=True, comment="put into the bin; its versions and runs stay"),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_index("workflows_by_owner", "workflows", ["owner"])
    op.create_table(
        "shares",
        _text("workflow"),
        _text("kind", comment="user, team or everybody"),
        _text("subject", comment="the id of the user or team, or empty"),
        _text("level"),
        sa.PrimaryKeyConstraint("workflow", "kind", "subject"),
    )
    op.create_index("shares_by_subject", "shares", ["kind", "subject"])


def _create_credentials() -> None:
    op.create_table(
        "profiles",
        _text("name", comment="empty: the secrets of every run"),
        _text("provider", nullable=True, comment="what the fields are for: `http`, `smtp`, an exchange"),
        _text("owner", nullable=True, comment="a user; null: whoever may use credentials"),
        _number("created_at"),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "credentials",
        _text("profile"),
        _text("field"),
        _text("key_id", comment="which key sealed it"),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        _number("updated_at"),
        _text("updated_by", nullable=True),
        sa.PrimaryKeyConstraint("profile", "field"),
    )


def _create_requests() -> None:
    op.create_table(
        "audit",
        _serial("id", comment="1, 2, 3 … without a gap"),
        _number("at"),
        _text("actor", nullable=True, comment="the id of the user; null: somebody not signed in, or this machine"),
        _text("name"),
        _text("via"),
        _text("address", nullable=True),
        _text("action"),
        _text("subject", nullable=True),
        _text("outcome"),
        _text("details"),
        _text("digest", comment="SHA-256 over this row and the digest of the one before"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("audit_by_actor", "audit", ["actor", "id"])
    op.create_index("audit_by_subject", "audit", ["subject", "id"])
    op.create_table(
        "idempotency",
        _text("actor"),
        _text("key"),
        _text("request", comment="SHA-256 of method, path and body"),
        sa.Column("status", sa.Integer(), nullable=True, comment="null: under way"),
        _text("headers", nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        _number("expires_at"),
        sa.PrimaryKeyConstraint("actor", "key"),
    )
    op.create_index("idempotency_expiring", "idempotency", ["expires_at"])
