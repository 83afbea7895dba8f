"""The tables, declared once for SQLite and PostgreSQL.

Times are whole microseconds since 1970 in UTC. Values are text written by `treadle.store.codec`; text that
starts with `@` names a row of `payloads` of the same run (JSON never starts so). `schema.sql` and the
migrations are made from these declarations and tested to be equal to them.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Double, Index, Integer, LargeBinary, SmallInteger, Table, Text, text
from sqlalchemy.dialects import sqlite
from sqlalchemy.schema import CreateIndex, CreateTable

from treadle.store.access_tables import metadata  # with the tables that it declares
from treadle.store.columns import Micros, Serial, key, required, time

runs = Table(
    "runs",
    metadata,
    key("id"),
    required("workflow"),
    required("version"),
    required("status"),
    required("mode"),
    required("input"),
    Column("trigger", Text),
    Column("fired", Text),
    Column("deployment", Text),
    required("params"),
    required("save"),
    Column("epoch", BigInteger, nullable=False),
    Column("worker", Text, comment="who holds the lease"),
    time("created_at"),
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
# What stands behind the id is there to be looked at without the row: see `treadle.store.run_ranges`.
Index("runs_by_workflow", runs.c.workflow, runs.c.status, runs.c.id, runs.c.mode)
Index("runs_by_mode", runs.c.mode, runs.c.id, sqlite_where=_unusual, postgresql_where=_unusual)
Index("runs_by_status", runs.c.status, runs.c.id)
Index(
    "runs_by_deployment",
    runs.c.deployment,
    runs.c.status,
    runs.c.id,
    runs.c.workflow,
    runs.c.mode,
    sqlite_where=_deployed,
    postgresql_where=_deployed,
)
Index("runs_due", runs.c.wake_at, sqlite_where=_due, postgresql_where=_due)
Index("runs_by_parent", runs.c.parent, runs.c.id, sqlite_where=_parented, postgresql_where=_parented)
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
    key("run_id"),
    key("scope"),
    key("node"),
    Column("sequence", Integer, primary_key=True, nullable=False, autoincrement=False),
    Column("kind", SmallInteger, nullable=False),
    time("at"),
    required("body"),
    Column("serial", BigInteger, comment="of the commit that brought it; see `feed`"),
    sqlite_with_rowid=False,
)

payloads = Table(
    "payloads",
    metadata,
    key("run_id"),
    Column(
        "digest",
        Text,
        primary_key=True,
        nullable=False,
        comment="SHA-256 of the text: its id and its checksum",
    ),
    required("codec"),
    Column("size", BigInteger, nullable=False),
    Column("bytes", LargeBinary, nullable=False),
)

run_logs = Table(
    "run_logs",
    metadata,
    Column("id", Serial, primary_key=True, autoincrement=True, nullable=False),
    required("run_id"),
    time("at"),
    required("path"),
    required("level"),
    required("message"),
    required("data"),
    Column("serial", BigInteger, comment="as in `journal`"),
)
Index("run_logs_by_run", run_logs.c.run_id, run_logs.c.id)

state = Table(
    "state",
    metadata,
    key("owner"),
    key("key"),
    required("value"),
)

claims = Table(
    "claims",
    metadata,
    key("owner"),
    key("key"),
    required("token"),
    time("at"),
)

cache = Table(
    "cache",
    metadata,
    key("key"),
    required("outputs"),
    time("expires_at"),
)
Index("cache_expiring", cache.c.expires_at)

workers = Table(
    "workers",
    metadata,
    key("id"),
    required("host"),
    Column("pid", BigInteger, nullable=False),
    Column("process_start", Text, comment="tells a process from a later one with the same pid; null: unknown"),
    time("heartbeat_at"),
)

versions = Table(
    "versions",
    metadata,
    key("workflow"),
    key("version"),
    Column("number", Integer, nullable=False, comment="1, 2, 3 … within the workflow, in the order they came"),
    required("form"),
    required("document"),
    Column("note", Text),
    Column("author", Text),
    Column("created_at", Micros, nullable=False, comment="when it was last made the latest"),
)
Index("versions_by_time", versions.c.workflow, versions.c.created_at)
Index("versions_by_number", versions.c.workflow, versions.c.number, unique=True)

releases = Table(
    "releases",
    metadata,
    key("workflow"),
    Column("at", Micros, primary_key=True, nullable=False, autoincrement=False),
    required("version"),
    required("kind"),
    Column("note", Text),
    Column("author", Text),
)

drafts = Table(
    "drafts",
    metadata,
    key("workflow"),
    Column("revision", Integer, nullable=False, comment="goes up with every change; who writes names the one it read"),
    required("form"),
    required("document"),
    Column("base_version", Text, comment="the version it was begun from"),
    time("updated_at"),
    Column("about", Text, comment="JSON: title, description and tags, as far as the draft can be read"),
)

deployments = Table(
    "deployments",
    metadata,
    key("id"),
    required("name"),
    required("workflow"),
    Column("version", Text, comment="null: the latest"),
    required("mode"),
    required("status"),
    required("input"),
    required("params"),
    required("profiles"),
    required("limits"),
    time("created_at"),
    Column("account", Text, comment="who deployed it: its runs are theirs where nobody owns the workflow"),
)

triggers = Table(
    "triggers",
    metadata,
    key("deployment"),
    key("id", comment="its node, or what stands in for one"),
    Column("node", Text, comment="the trigger node that is live in its runs"),
    required("type"),
    required("config"),
    Column("topic", Text, comment="of those that hear events"),
    required("status"),
    Column("armed_at", Micros, nullable=False, comment="from when on it fires"),
    Column("last_fired_at", Micros),
)
_topical = text("topic IS NOT NULL")
Index("triggers_by_topic", triggers.c.topic, sqlite_where=_topical, postgresql_where=_topical)

metrics = Table(
    "metrics",
    metadata,
    key("deployment"),
    key("name", comment="a total, `ms:<bucket>`, or `counter:<name>`"),
    Column("value", Double, nullable=False),
)

limits = Table(
    "limits",
    metadata,
    key("key"),
    Column("free_at", Micros, nullable=False, comment="when the whole burst is free again"),
)

slots = Table(
    "slots",
    metadata,
    key("key"),
    key("token", comment="who was given the slot"),
    time("at"),
    Column("used", Boolean, nullable=False, comment="whether its holder has gone on"),
)
Index("slots_by_time", slots.c.key, slots.c.used, slots.c.at)

signals = Table(
    "signals",
    metadata,
    key("id"),
    required("name"),
    required("key"),
    Column("run_id", Text, comment="the only run it is meant for"),
    required("payload"),
    time("at"),
    Column("taken_by", Text, comment="the waiting node's token"),
    Column("taker", Text, comment="the run of that node"),
    Column("sender", Text, comment="the user whose runs alone may take it; null: any"),
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
    key("token", comment="the node's idempotency key"),
    key("name"),
    required("key"),
    required("run_id"),
    time("at"),
)
Index("waits_by_name", waits.c.name, waits.c.key, waits.c.at)
Index("waits_by_run", waits.c.run_id)

tasks = Table(
    "tasks",
    metadata,
    key("id", comment="the node's idempotency key"),
    required("run_id"),
    required("path"),
    required("kind"),
    required("status"),
    required("content"),
    Column("answer", Text),
    time("created_at"),
    Column("deadline_at", Micros),
    Column("answered_at", Micros),
)
Index("tasks_by_status", tasks.c.status, tasks.c.created_at)
Index("tasks_by_run", tasks.c.run_id)

events = Table(
    "events",
    metadata,
    key("id"),
    required("topic"),
    required("payload"),
    time("at"),
    Column("delivered_at", Micros),
)
_undelivered = text("delivered_at IS NULL")
Index("events_undelivered", events.c.at, sqlite_where=_undelivered, postgresql_where=_undelivered)

feed = Table(
    "feed",
    metadata,
    Column("serial", Serial, primary_key=True, autoincrement=False, nullable=False, comment="1, 2, 3 … as committed"),
    required("run_id"),
    time("at"),
    Column("status", Text, comment="what the run's became with this; null: it stayed"),
)
Index("feed_by_run", feed.c.run_id, feed.c.serial)

templates = Table(
    "templates",
    metadata,
    key("name"),
    Column("document", Text, nullable=False, comment="its file: a workflow file with a section `template`"),
    Column("owner", Text, comment="a user; null: nobody's in particular"),
    Column("author", Text, comment="a name for people"),
    time("created_at"),
    time("updated_at"),
)

template_uses = Table(
    "template_uses",
    metadata,
    key("workflow", comment="what was made of it"),
    required("template"),
    time("at"),
)
Index("template_uses_by_template", template_uses.c.template, template_uses.c.at)

template_reviews = Table(
    "template_reviews",
    metadata,
    key("template"),
    key("user_id", comment="empty: whoever works on the machine itself"),
    required("name"),
    Column("rating", Integer, nullable=False, comment="1 to 5"),
    Column("comment", Text),
    time("at"),
)


editing = Table(
    "editing",
    metadata,
    key("workflow"),
    Column("window", Text, nullable=False, comment="tells one editor from the next, also of one user"),
    Column("user_id", Text, comment="null: whoever works on the machine itself"),
    required("name"),
    time("since"),
    time("seen_at"),
)

records = Table(
    "records",
    metadata,
    Column("serial", Serial, primary_key=True, autoincrement=True, nullable=False, comment="as first written"),
    required("kind"),
    required("key"),
    Column("test", Text, nullable=False, comment="the run that alone sees it, a test; empty: it is real"),
    Column("owner", Text, nullable=False, comment="who wrote it first: `deployment:<id>` or `workflow:<name>`"),
    Column("group", Text, nullable=False, comment="what it belongs to: an account; empty: nothing"),
    required("value"),
    Column("is_open", Boolean, nullable=False, comment="something is still to become of it"),
    Column("at", Micros, nullable=False, comment="when it was first written"),
)
_open = text("is_open")
_tested = text("test <> ''")
Index("records_by_key", records.c.kind, records.c.key, records.c.test, unique=True)
Index("records_by_owner", records.c.owner, records.c.kind, records.c.serial)
Index("records_by_group", records.c.group, records.c.kind, records.c.serial)
Index("records_open", records.c.kind, records.c.serial, sqlite_where=_open, postgresql_where=_open)
Index("records_by_test", records.c.test, sqlite_where=_tested, postgresql_where=_tested)

backtests = Table(
    "backtests",
    metadata,
    key("id"),
    required("workflow"),
    Column("version", Text, comment="null: what was tested is no version"),
    required("title"),
    required("kind"),
    required("state"),
    Column("progress", Double, nullable=False),
    Column("request", Text, nullable=False, comment="JSON, as it was asked for"),
    Column("digest", Text, nullable=False, comment="of the data: what was tried over the same is counted"),
    Column("summary", Text, nullable=False, comment="JSON: its period, its figures"),
    Column("error", Text, comment="JSON"),
    Column("variants", Integer, nullable=False, comment="how many were tried in it"),
    Column("worker", Text, comment="the process that looks after it while it is under way"),
    Column("account", Text, comment="who started it"),
    time("created_at"),
    Column("started_at", Micros),
    Column("finished_at", Micros),
)
_unfinished = text("finished_at IS NULL")
Index("backtests_by_workflow", backtests.c.workflow, backtests.c.id)
Index("backtests_unfinished", backtests.c.worker, sqlite_where=_unfinished, postgresql_where=_unfinished)

backtest_parts = Table(
    "backtest_parts",
    metadata,
    key("backtest"),
    key("name"),
    Column("bytes", LargeBinary, nullable=False, comment="zstd"),
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
