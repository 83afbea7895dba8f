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
    Double,
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
    Column("parent", Text, comment="the run that started it as a child and is told when it finishes"),
    Column("origin", Text, comment="what else is known of where it came from; see `treadle.model.run.Origin`"),
    Column("lane", Text, comment="runs of one lane are admitted a few at a time; see `treadle.store.lanes`"),
    Column("due_at", Micros, comment="the fire time it was started for"),
    Column("counters", Text, comment="what its nodes counted, by name"),
    Column("nudged", Integer, nullable=False, comment="how much it waits for came while it was being driven"),
    Column("dismissed_at", Micros, comment="when a person put a failed run aside"),
)
_due = text("wake_at IS NOT NULL")
_parented = text("parent IS NOT NULL")
_laned = text("lane IS NOT NULL")
_nudged = text("nudged > 0")
_deployed = text("deployment IS NOT NULL")
_expiring = text("expires_at IS NOT NULL")
_unusual = text("mode <> 'live'")
# Run ids sort by time, so an index that ends in `id` lists newest first without a sort.
# By status first: one filter or both are a merge of at most six ranges, and one index less to write.
Index("runs_by_workflow", runs.c.workflow, runs.c.status, runs.c.id)
Index("runs_by_mode", runs.c.mode, runs.c.id, sqlite_where=_unusual, postgresql_where=_unusual)
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
Index("runs_by_parent", runs.c.parent, sqlite_where=_parented, postgresql_where=_parented)
Index(
    "runs_by_lane",
    runs.c.lane,
    runs.c.status,
    runs.c.created_at,
    runs.c.id,
    sqlite_where=_laned,
    postgresql_where=_laned,
)
Index("runs_nudged", runs.c.worker, sqlite_where=_nudged, postgresql_where=_nudged)
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
    Column("serial", BigInteger, comment="of the commit that brought it; see `feed`"),
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
    Column("serial", BigInteger, comment="as in `journal`"),
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
    Column("number", Integer, nullable=False, comment="1, 2, 3 … within the workflow, in the order they came"),
    _required("form"),
    _required("document"),
    Column("note", Text),
    Column("author", Text),
    Column("created_at", Micros, nullable=False, comment="when it was last made the latest"),
)
Index("versions_by_time", versions.c.workflow, versions.c.created_at)
Index("versions_by_number", versions.c.workflow, versions.c.number, unique=True)

releases = Table(
    "releases",
    metadata,
    Column("workflow", Text, primary_key=True, nullable=False),
    Column("at", Micros, primary_key=True, nullable=False, autoincrement=False),
    _required("version"),
    _required("kind"),
    Column("note", Text),
    Column("author", Text),
)

drafts = Table(
    "drafts",
    metadata,
    Column("workflow", Text, primary_key=True, nullable=False),
    Column("revision", Integer, nullable=False, comment="goes up with every change; who writes names the one it read"),
    _required("form"),
    _required("document"),
    Column("base_version", Text, comment="the version it was begun from"),
    Column("updated_at", Micros, nullable=False),
)

deployments = Table(
    "deployments",
    metadata,
    Column("id", Text, primary_key=True, nullable=False),
    _required("name"),
    _required("workflow"),
    Column("version", Text, comment="null: the latest"),
    _required("mode"),
    _required("status"),
    _required("input"),
    _required("params"),
    _required("profiles"),
    _required("limits"),
    Column("created_at", Micros, nullable=False),
)

triggers = Table(
    "triggers",
    metadata,
    Column("deployment", Text, primary_key=True, nullable=False),
    Column("id", Text, primary_key=True, nullable=False, comment="its node, or what stands in for one"),
    Column("node", Text, comment="the trigger node that is live in its runs"),
    _required("type"),
    _required("config"),
    Column("topic", Text, comment="of those that hear events"),
    _required("status"),
    Column("armed_at", Micros, nullable=False, comment="from when on it fires"),
    Column("last_fired_at", Micros),
)
_topical = text("topic IS NOT NULL")
Index("triggers_by_topic", triggers.c.topic, sqlite_where=_topical, postgresql_where=_topical)

metrics = Table(
    "metrics",
    metadata,
    Column("deployment", Text, primary_key=True, nullable=False),
    Column("name", Text, primary_key=True, nullable=False, comment="a total, `ms:<bucket>`, or `counter:<name>`"),
    Column("value", Double, nullable=False),
)

limits = Table(
    "limits",
    metadata,
    Column("key", Text, primary_key=True, nullable=False),
    Column("free_at", Micros, nullable=False, comment="when the whole burst is free again"),
)

slots = Table(
    "slots",
    metadata,
    Column("key", Text, primary_key=True, nullable=False),
    Column("token", Text, primary_key=True, nullable=False, comment="who was given the slot"),
    Column("at", Micros, nullable=False),
    Column("used", Boolean, nullable=False, comment="whether its holder has gone on"),
)
Index("slots_by_time", slots.c.key, slots.c.used, slots.c.at)

signals = Table(
    "signals",
    metadata,
    Column("id", Text, primary_key=True, nullable=False),
    _required("name"),
    _required("key"),
    Column("run_id", Text, comment="the only run it is meant for"),
    _required("payload"),
    Column("at", Micros, nullable=False),
    Column("taken_by", Text, comment="the waiting node's token"),
    Column("taker", Text, comment="the run of that node"),
)
_untaken = text("taken_by IS NULL")
_taken = text("taken_by IS NOT NULL")
_addressed = text("run_id IS NOT NULL")
Index(
    "signals_untaken",
    signals.c.name,
    signals.c.key,
    signals.c.run_id,
    signals.c.at,
    sqlite_where=_untaken,
    postgresql_where=_untaken,
)
Index("signals_taken", signals.c.taken_by, sqlite_where=_taken, postgresql_where=_taken)
Index("signals_by_taker", signals.c.taker, sqlite_where=_taken, postgresql_where=_taken)
Index("signals_by_run", signals.c.run_id, sqlite_where=_addressed, postgresql_where=_addressed)

waits = Table(
    "waits",
    metadata,
    Column("token", Text, primary_key=True, nullable=False, comment="the node's idempotency key"),
    Column("name", Text, primary_key=True, nullable=False),
    _required("key"),
    _required("run_id"),
    Column("at", Micros, nullable=False),
)
Index("waits_by_name", waits.c.name, waits.c.key, waits.c.at)
Index("waits_by_run", waits.c.run_id)

tasks = Table(
    "tasks",
    metadata,
    Column("id", Text, primary_key=True, nullable=False, comment="the node's idempotency key"),
    _required("run_id"),
    _required("path"),
    _required("kind"),
    _required("status"),
    _required("content"),
    Column("answer", Text),
    Column("created_at", Micros, nullable=False),
    Column("deadline_at", Micros),
    Column("answered_at", Micros),
)
Index("tasks_by_status", tasks.c.status, tasks.c.created_at)
Index("tasks_by_run", tasks.c.run_id)

events = Table(
    "events",
    metadata,
    Column("id", Text, primary_key=True, nullable=False),
    _required("topic"),
    _required("payload"),
    Column("at", Micros, nullable=False),
    Column("delivered_at", Micros),
)
_undelivered = text("delivered_at IS NULL")
Index("events_undelivered", events.c.at, sqlite_where=_undelivered, postgresql_where=_undelivered)

feed = Table(
    "feed",
    metadata,
    Column("serial", Serial, primary_key=True, autoincrement=False, nullable=False, comment="1, 2, 3 … as committed"),
    _required("run_id"),
    Column("at", Micros, nullable=False),
    Column("status", Text, comment="what the run's became with this; null: it stayed"),
)
Index("feed_by_run", feed.c.run_id, feed.c.serial)

# Who may do what. Tokens, keys and links are kept as SHA-256 digests, passwords as argon2 hashes.

users = Table(
    "users",
    metadata,
    Column("id", Text, primary_key=True, nullable=False),
    Column("name", Text, nullable=False, unique=True, comment="what they sign in with: a word or an e-mail address"),
    _required("role"),
    Column("password", Text, comment="argon2; null: signs in by link only"),
    Column("quotas", Text, comment="JSON; null: those of the installation"),
    Column("created_at", Micros, nullable=False),
    Column("disabled_at", Micros),
)

sessions = Table(
    "sessions",
    metadata,
    Column("digest", Text, primary_key=True, nullable=False),
    _required("user_id"),
    Column("created_at", Micros, nullable=False),
    Column("seen_at", Micros, nullable=False),
    Column("expires_at", Micros, nullable=False),
    Column("agent", Text, comment="the browser, as it named itself"),
)
Index("sessions_by_user", sessions.c.user_id)

sign_in_links = Table(
    "sign_in_links",
    metadata,
    Column("digest", Text, primary_key=True, nullable=False),
    _required("user_id"),
    Column("expires_at", Micros, nullable=False),
)

api_keys = Table(
    "api_keys",
    metadata,
    Column("id", Text, primary_key=True, nullable=False),
    _required("user_id"),
    _required("name"),
    Column("digest", Text, nullable=False, unique=True),
    _required("scopes"),
    Column("created_at", Micros, nullable=False),
    Column("expires_at", Micros),
    Column("used_at", Micros),
    Column("revoked_at", Micros),
)
Index("api_keys_by_user", api_keys.c.user_id)

teams = Table(
    "teams",
    metadata,
    Column("id", Text, primary_key=True, nullable=False),
    Column("name", Text, nullable=False, unique=True),
    Column("created_at", Micros, nullable=False),
)

members = Table(
    "members",
    metadata,
    Column("team_id", Text, primary_key=True, nullable=False),
    Column("user_id", Text, primary_key=True, nullable=False),
)
Index("members_by_user", members.c.user_id)

workflows = Table(
    "workflows",
    metadata,
    Column("name", Text, primary_key=True, nullable=False),
    Column("owner", Text, comment="a user; null: everybody's, as far as their role goes"),
    _required("tags"),
    Column("created_at", Micros, nullable=False),
    Column("deleted_at", Micros, comment="put into the bin; its versions and runs stay"),
)
Index("workflows_by_owner", workflows.c.owner)

shares = Table(
    "shares",
    metadata,
    Column("workflow", Text, primary_key=True, nullable=False),
    Column("kind", Text, primary_key=True, nullable=False, comment="user, team or everybody"),
    Column("subject", Text, primary_key=True, nullable=False, comment="the id of the user or team, or empty"),
    _required("level"),
)
Index("shares_by_subject", shares.c.kind, shares.c.subject)

# Credentials. `sealed` is AES-GCM under a key that is not in the database; see `treadle.service.vault`.

profiles = Table(
    "profiles",
    metadata,
    Column("name", Text, primary_key=True, nullable=False, comment="empty: the secrets of every run"),
    Column("provider", Text, comment="what the fields are for: `http`, `smtp`, an exchange"),
    Column("owner", Text, comment="a user; null: whoever may use credentials"),
    Column("created_at", Micros, nullable=False),
)

credentials = Table(
    "credentials",
    metadata,
    Column("profile", Text, primary_key=True, nullable=False),
    Column("field", Text, primary_key=True, nullable=False),
    Column("key_id", Text, nullable=False, comment="which key sealed it"),
    Column("sealed", LargeBinary, nullable=False),
    Column("updated_at", Micros, nullable=False),
    Column("updated_by", Text),
)

audit = Table(
    "audit",
    metadata,
    Column("id", Serial, primary_key=True, autoincrement=False, nullable=False, comment="1, 2, 3 … without a gap"),
    Column("at", Micros, nullable=False),
    Column("actor", Text, comment="the id of the user; null: somebody not signed in, or this machine"),
    _required("name"),
    _required("via"),
    Column("address", Text),
    _required("action"),
    Column("subject", Text),
    _required("outcome"),
    _required("details"),
    Column("digest", Text, nullable=False, comment="SHA-256 over this row and the digest of the one before"),
)
Index("audit_by_actor", audit.c.actor, audit.c.id)
Index("audit_by_subject", audit.c.subject, audit.c.id)

idempotency = Table(
    "idempotency",
    metadata,
    Column("actor", Text, primary_key=True, nullable=False),
    Column("key", Text, primary_key=True, nullable=False),
    Column("request", Text, nullable=False, comment="SHA-256 of method, path and body"),
    Column("status", Integer, comment="null: under way"),
    Column("headers", Text),
    Column("body", LargeBinary),
    Column("expires_at", Micros, nullable=False),
)
Index("idempotency_expiring", idempotency.c.expires_at)


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
