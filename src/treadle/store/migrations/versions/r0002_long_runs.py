"""What long-lived runs need: versions with a number and a note, drafts, triggers, signals, tasks, events, limits.

SQLite keeps the text of a table's declaration, and a migrated database is to hold the one a new file gets. So a table
that changes is put aside, made anew and filled from what was put aside.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_NEW_TABLES = ("drafts", "events", "limits", "metrics", "releases", "signals", "slots", "tasks", "triggers", "waits")
_KEPT_OF_RUNS = (
    'id, workflow, version, status, mode, input, "trigger", fired, deployment, params, save, epoch, worker, created_at,'
    " finished_at, wake_at, output, error, cancel_requested, retention, expires_at"
)
_KEPT_OF_VERSIONS = "workflow, version, form, document, created_at"
_RESET = 7
"""The kind of a journal entry that 0001 does not know: what stands before it counts no more."""


def upgrade() -> None:
    _upgrade_runs()
    _upgrade_versions()
    _create_releases()
    _create_drafts()
    _create_triggers()
    _upgrade_deployments()
    _create_counting()
    _create_signals()
    _create_tasks()


def downgrade() -> None:
    _downgrade_runs()
    _downgrade_versions()
    _downgrade_deployments()
    for table in _NEW_TABLES:
        op.drop_table(table)


def _text(name: str, *, nullable: bool = False, comment: str | None = None) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=nullable, comment=comment)


def _number(name: str, *, nullable: bool = False, comment: str | None = None) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=nullable, comment=comment)


def _integer(name: str, comment: str | None = None) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False, comment=comment)


def _index(name: str, table: str, columns: list[str], where: str | None = None, *, unique: bool = False) -> None:
    clause = None if where is None else sa.text(where)
    op.create_index(name, table, columns, unique=unique, sqlite_where=clause, postgresql_where=clause)


def _put_aside(table: str, *indexes: str) -> str:
    """Rename a table and give the names of its indexes free; its name from now on."""
    for index in indexes:
        op.drop_index(index, table_name=table)
    aside = f"{table}_aside"
    op.rename_table(table, aside)
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"ALTER INDEX {table}_pkey RENAME TO {aside}_pkey")
    return aside


# runs

_RUN_INDEXES = ("runs_by_status", "runs_by_deployment", "runs_by_workflow", "runs_due", "runs_expiring")


def _run_columns() -> list[sa.Column[Any]]:
    """Those that 0001 has too."""
    return [
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
        _text("worker", nullable=True, comment="who holds the lease"),
        _number("created_at"),
        _number("finished_at", nullable=True),
        _number("wake_at", nullable=True, comment="when a suspended run is due"),
        _text("output", nullable=True),
        _text("error", nullable=True),
        sa.Column("cancel_requested", sa.Boolean(), nullable=False),
        _number("retention", nullable=True, comment="how long the run is kept after it finished"),
        _number("expires_at", nullable=True),
    ]


def _index_runs(due: str) -> None:
    _index("runs_by_workflow", "runs", ["workflow", "id"])
    _index("runs_by_status", "runs", ["status", "id"])
    _index("runs_by_deployment", "runs", ["deployment", "status", "id"], "deployment IS NOT NULL")
    _index("runs_due", "runs", ["wake_at"], due)
    _index("runs_expiring", "runs", ["expires_at"], "expires_at IS NOT NULL")


def _upgrade_runs() -> None:
    aside = _put_aside("runs", *_RUN_INDEXES)
    op.create_table(
        "runs",
        *_run_columns(),
        _text("parent", nullable=True, comment="the run that started it as a child and is told when it finishes"),
        _text(
            "origin", nullable=True, comment="what else is known of where it came from; see `treadle.model.run.Origin`"
        ),
        _text(
            "lane", nullable=True, comment="runs of one lane are admitted a few at a time; see `treadle.store.lanes`"
        ),
        _number("due_at", nullable=True, comment="the fire time it was started for"),
        _text("counters", nullable=True, comment="what its nodes counted, by name"),
        _integer("nudged", "how much it waits for came while it was being driven"),
        _number("dismissed_at", nullable=True, comment="when a person put a failed run aside"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.execute(f"INSERT INTO runs ({_KEPT_OF_RUNS}, nudged) SELECT {_KEPT_OF_RUNS}, 0 FROM {aside}")
    op.drop_table(aside)
    _index_runs("wake_at IS NOT NULL")
    _index("runs_by_parent", "runs", ["parent"], "parent IS NOT NULL")
    _index("runs_by_lane", "runs", ["lane", "status", "created_at", "id"], "lane IS NOT NULL")
    _index("runs_nudged", "runs", ["worker"], "nudged > 0")


def _downgrade_runs() -> None:
    # 0001 knows no queue: what waits in it starts.
    op.execute("UPDATE runs SET status = 'running', worker = NULL, wake_at = NULL WHERE status = 'queued'")
    op.execute(
        "DELETE FROM journal WHERE EXISTS (SELECT 1 FROM journal AS reset WHERE reset.run_id = journal.run_id"
        " AND reset.scope = journal.scope AND reset.node = journal.node"
        f" AND reset.kind = {_RESET} AND reset.sequence >= journal.sequence)"
    )
    aside = _put_aside("runs", *_RUN_INDEXES, "runs_by_parent", "runs_by_lane", "runs_nudged")
    op.create_table("runs", *_run_columns(), sa.PrimaryKeyConstraint("id"))
    op.execute(f"INSERT INTO runs ({_KEPT_OF_RUNS}) SELECT {_KEPT_OF_RUNS} FROM {aside}")
    op.drop_table(aside)
    _index_runs("status = 'suspended'")


# versions


def _upgrade_versions() -> None:
    aside = _put_aside("versions", "versions_by_time")
    op.create_table(
        "versions",
        _text("workflow"),
        _text("version"),
        _integer("number", "1, 2, 3 … within the workflow, in the order they came"),
        _text("form"),
        _text("document"),
        _text("note", nullable=True),
        _text("author", nullable=True),
        _number("created_at", comment="when it was last made the latest"),
        sa.PrimaryKeyConstraint("workflow", "version"),
    )
    op.execute(
        f"INSERT INTO versions ({_KEPT_OF_VERSIONS}, number) SELECT {_KEPT_OF_VERSIONS},"
        f" row_number() OVER (PARTITION BY workflow ORDER BY created_at, version) FROM {aside}"
    )
    op.drop_table(aside)
    _index("versions_by_time", "versions", ["workflow", "created_at"])
    _index("versions_by_number", "versions", ["workflow", "number"], unique=True)


def _downgrade_versions() -> None:
    aside = _put_aside("versions", "versions_by_time", "versions_by_number")
    op.create_table(
        "versions",
        _text("workflow"),
        _text("version"),
        _text("form"),
        _text("document"),
        _number("created_at"),
        sa.PrimaryKeyConstraint("workflow", "version"),
    )
    op.execute(f"INSERT INTO versions ({_KEPT_OF_VERSIONS}) SELECT {_KEPT_OF_VERSIONS} FROM {aside}")
    op.drop_table(aside)
    _index("versions_by_time", "versions", ["workflow", "created_at"])


def _create_releases() -> None:
    op.create_table(
        "releases",
        _text("workflow"),
        sa.Column("at", sa.BigInteger(), autoincrement=False, nullable=False),
        _text("version"),
        _text("kind"),
        _text("note", nullable=True),
        _text("author", nullable=True),
        sa.PrimaryKeyConstraint("workflow", "at"),
    )
    op.execute(
        "INSERT INTO releases (workflow, at, version, kind)"
        " SELECT workflow, created_at, version, 'published' FROM versions"
    )


def _create_drafts() -> None:
    op.create_table(
        "drafts",
        _text("workflow"),
        _integer("revision", "goes up with every change; who writes names the one it read"),
        _text("form"),
        _text("document"),
        _text("base_version", nullable=True, comment="the version it was begun from"),
        _number("updated_at"),
        sa.PrimaryKeyConstraint("workflow"),
    )


# deployments and their triggers


def _create_triggers() -> None:
    op.create_table(
        "triggers",
        _text("deployment"),
        _text("id", comment="its node, or what stands in for one"),
        _text("node", nullable=True, comment="the trigger node that is live in its runs"),
        _text("type"),
        _text("config"),
        _text("topic", nullable=True, comment="of those that hear events"),
        _text("status"),
        _number("armed_at", comment="from when on it fires"),
        _number("last_fired_at", nullable=True),
        sa.PrimaryKeyConstraint("deployment", "id"),
    )
    _index("triggers_by_topic", "triggers", ["topic"], "topic IS NOT NULL")


def _upgrade_deployments() -> None:
    aside = _put_aside("deployments")
    op.create_table(
        "deployments",
        _text("id"),
        _text("name"),
        _text("workflow"),
        _text("version", nullable=True, comment="null: the latest"),
        _text("mode"),
        _text("status"),
        _text("input"),
        _text("params"),
        _text("profiles"),
        _text("limits"),
        _number("created_at"),
        sa.PrimaryKeyConstraint("id"),
    )
    for row in op.get_bind().execute(sa.text(f"SELECT * FROM {aside}")).mappings().all():
        trigger = json.loads(row["trigger"])
        _insert(
            "deployments",
            {name: row[name] for name in ("id", "name", "workflow", "version", "mode", "status", "params")}
            | {"input": _dump(trigger.pop("input", {})), "profiles": "[]", "limits": "{}"}
            | {"created_at": row["created_at"]},
        )
        if trigger.get("type"):
            _insert(
                "triggers",
                {
                    "deployment": row["id"],
                    "id": trigger.get("node") or "@every",
                    "node": trigger.get("node"),
                    "type": trigger["type"],
                    "config": _dump(trigger.get("config") or {}),
                    "topic": None,
                    "status": "armed",
                    "armed_at": row["created_at"],
                    "last_fired_at": row["last_fired_at"],
                },
            )
    op.drop_table(aside)


def _downgrade_deployments() -> None:
    bind = op.get_bind()
    aside = _put_aside("deployments")
    op.create_table(
        "deployments",
        _text("id"),
        _text("name"),
        _text("workflow"),
        _text("version", nullable=True, comment="null: the latest"),
        _text("mode"),
        _text("status"),
        _text("trigger"),
        _text("params"),
        _number("created_at"),
        _number("last_fired_at", nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    of_deployment = sa.text("SELECT * FROM triggers WHERE deployment = :id AND topic IS NULL ORDER BY id LIMIT 1")
    for row in bind.execute(sa.text(f"SELECT * FROM {aside}")).mappings().all():
        found = bind.execute(of_deployment, {"id": row["id"]}).mappings().first()
        trigger: dict[str, Any] = {"input": json.loads(row["input"])}
        if found is not None:
            trigger |= {"type": found["type"], "config": json.loads(found["config"]), "node": found["node"]}
        _insert(
            "deployments",
            {name: row[name] for name in ("id", "name", "workflow", "version", "mode", "params", "created_at")}
            | {"status": "active" if row["status"] == "active" else "stopped", "trigger": _dump(trigger)}
            | {"last_fired_at": None if found is None else found["last_fired_at"]},
        )
    op.drop_table(aside)


def _insert(table: str, row: Mapping[str, Any]) -> None:
    names, marks = (", ".join(form.format(name) for name in row) for form in ('"{}"', ":{}"))
    op.get_bind().execute(sa.text(f"INSERT INTO {table} ({names}) VALUES ({marks})"), dict(row))


def _dump(value: object) -> str:
    """As the store writes values: compact and in ASCII."""
    return json.dumps(value, separators=(",", ":"))


# what runs exchange with others


def _create_counting() -> None:
    op.create_table(
        "metrics",
        _text("deployment"),
        _text("name", comment="a total, `ms:<bucket>`, or `counter:<name>`"),
        sa.Column("value", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("deployment", "name"),
    )
    op.create_table(
        "limits",
        _text("key"),
        _number("free_at", comment="when the whole burst is free again"),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_table(
        "slots",
        _text("key"),
        _text("token", comment="who was given the slot"),
        _number("at"),
        sa.Column("used", sa.Boolean(), nullable=False, comment="whether its holder has gone on"),
        sa.PrimaryKeyConstraint("key", "token"),
    )
    _index("slots_by_time", "slots", ["key", "used", "at"])


def _create_signals() -> None:
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
        sa.PrimaryKeyConstraint("id"),
    )
    _index("signals_untaken", "signals", ["name", "key", "run_id", "at"], "taken_by IS NULL")
    _index("signals_taken", "signals", ["taken_by"], "taken_by IS NOT NULL")
    _index("signals_by_taker", "signals", ["taker"], "taken_by IS NOT NULL")
    _index("signals_by_run", "signals", ["run_id"], "run_id IS NOT NULL")
    op.create_table(
        "waits",
        _text("token", comment="the node's idempotency key"),
        _text("name"),
        _text("key"),
        _text("run_id"),
        _number("at"),
        sa.PrimaryKeyConstraint("token", "name"),
    )
    _index("waits_by_name", "waits", ["name", "key", "at"])
    _index("waits_by_run", "waits", ["run_id"])


def _create_tasks() -> None:
    op.create_table(
        "tasks",
        _text("id", comment="the node's idempotency key"),
        _text("run_id"),
        _text("path"),
        _text("kind"),
        _text("status"),
        _text("content"),
        _text("answer", nullable=True),
        _number("created_at"),
        _number("deadline_at", nullable=True),
        _number("answered_at", nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    _index("tasks_by_status", "tasks", ["status", "created_at"])
    _index("tasks_by_run", "tasks", ["run_id"])
    op.create_table(
        "events",
        _text("id"),
        _text("topic"),
        _text("payload"),
        _number("at"),
        _number("delivered_at", nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    _index("events_undelivered", "events", ["at"], "delivered_at IS NULL")
