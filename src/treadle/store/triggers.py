"""Triggers: what starts the runs of a deployment, and when each fired last."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from treadle.errors import NotFound
from treadle.store.codec import decode, encode
from treadle.store.database import Database
from treadle.store.rows import from_micros, to_micros

TriggerStatus = Literal["armed", "paused"]
_COLUMNS = "deployment, id, node, type, config, topic, status, armed_at, last_fired_at"
_REVISION = ("@triggers", "revision")
_WAITED_OUT = 600 * 1_000_000
_PAUSED = "@paused:"
"""Before a deployment's id: the owner of what its paused triggers are called that its version does not have."""


@dataclass(frozen=True, slots=True)
class Trigger:
    """One trigger of a deployment. `node` is the trigger node that is live in its runs, None where something stands in
    for one (`--every 5m`); `topic` is of those that hear events. It fires for times later than `armed_at` and
    `last_fired_at`."""

    deployment: str
    id: str
    node: str | None
    type: str
    config: Mapping[str, Any] = field(default_factory=dict[str, Any])
    topic: str | None = None
    status: TriggerStatus = "armed"
    armed_at: datetime | None = None
    last_fired_at: datetime | None = None


class Triggers(Database):
    async def save_triggers(self, deployment_id: str, triggers: Iterable[Trigger]) -> None:
        """Replace the set of a deployment's triggers; one that is there already keeps when it last fired, unless the
        new one says."""
        rows = [trigger_row(trigger, self._now()) for trigger in triggers]
        await self.write(lambda connection: write_triggers(connection, deployment_id, rows))

    async def list_triggers(
        self, *, deployment: str | None = None, topic: str | None = None, armed_only: bool = False
    ) -> list[Trigger]:
        """By deployment and id. `armed_only`: those that fire, which are the armed ones of active deployments."""
        statement = (
            f"SELECT {_COLUMNS} FROM triggers"
            " WHERE (?1 IS NULL OR deployment = ?1) AND (?2 IS NULL OR topic = ?2)"
            " AND (NOT ?3 OR (status = 'armed'"
            " AND deployment IN (SELECT id FROM deployments WHERE status = 'active')))"
            " ORDER BY deployment, id"
        )
        # Read in the reader's thread: ten thousand rows would hold the loop up.
        return await self.read(
            lambda c: [_read_trigger(row) for row in c.execute(statement, (deployment, topic, armed_only))]
        )

    async def get_trigger(self, deployment_id: str, trigger_id: str) -> Trigger:
        """Raises `NotFound`."""
        statement = f"SELECT {_COLUMNS} FROM triggers WHERE deployment = ? AND id = ?"
        row = await self.read(lambda c: c.execute(statement, (deployment_id, trigger_id)).fetchone())
        if row is None:
            raise _unknown(deployment_id, trigger_id)
        return _read_trigger(row)

    async def pause_trigger(self, deployment_id: str, trigger_id: str) -> Trigger:
        """Let it fire no more. Raises `NotFound`."""
        return await self._change(deployment_id, trigger_id, "status = 'paused'")

    async def resume_trigger(self, deployment_id: str, trigger_id: str, *, now: datetime) -> Trigger:
        """Let a paused one fire again, for times later than `now`; an armed one stays as it is. Raises `NotFound`."""
        change = "armed_at = CASE status WHEN 'paused' THEN ? ELSE armed_at END, status = 'armed'"
        return await self._change(deployment_id, trigger_id, change, to_micros(now))

    async def put_back_trigger(self, deployment_id: str, trigger_id: str, *, to: datetime) -> Trigger:
        """Note that it was armed, and fired last, no later than `to`: the clock was put back. Raises `NotFound`.

        Put back by no more than ten minutes, it keeps when it fired last: its fire times up to then had their runs,
        and start no second ones when they come round again. Further back, waiting for that would stop it for too long.
        """
        at = to_micros(to)
        change = (
            "armed_at = min(armed_at, ?),"
            " last_fired_at = CASE WHEN last_fired_at > ? THEN min(last_fired_at, ?) ELSE last_fired_at END"
        )
        return await self._change(deployment_id, trigger_id, change, at, at + _WAITED_OUT, at)

    async def triggers_revision(self) -> int:
        """A number that goes up whenever a trigger or a deployment is changed by somebody; firing is no change."""
        return await self.read(read_revision)

    async def listening_stamp(self) -> object:
        """Another value once anything has changed of what deployments listen to: triggers, deployments, which version
        is the latest."""

        def query(connection: sqlite3.Connection) -> object:
            released: Any = connection.execute("SELECT count(*), max(at) FROM releases").fetchone()
            return read_revision(connection), *released

        return await self.read(query)

    async def _change(self, deployment_id: str, trigger_id: str, change: str, *values: int) -> Trigger:
        def work(connection: sqlite3.Connection) -> Trigger:
            row = connection.execute(
                f"UPDATE triggers SET {change} WHERE deployment = ? AND id = ? RETURNING {_COLUMNS}",
                (*values, deployment_id, trigger_id),
            ).fetchone()
            if row is None:
                raise _unknown(deployment_id, trigger_id)
            raise_revision(connection)
            return _read_trigger(row)

        return await self.write(work)


def write_triggers(connection: sqlite3.Connection, deployment_id: str, rows: Iterable[tuple[Any, ...]]) -> None:
    """See `Triggers.save_triggers`; inside a transaction of the caller's."""
    kept = list(rows)
    _remember_paused(connection, deployment_id, {row[1] for row in kept})
    marks = ", ".join("?" for _ in kept)
    connection.execute(
        f"DELETE FROM triggers WHERE deployment = ? AND id NOT IN ({marks})", (deployment_id, *(row[1] for row in kept))
    )
    connection.executemany(
        f"INSERT INTO triggers ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (deployment, id) DO UPDATE SET node = excluded.node, type = excluded.type,"
        " config = excluded.config, topic = excluded.topic, status = excluded.status, armed_at = excluded.armed_at,"
        " last_fired_at = coalesce(excluded.last_fired_at, last_fired_at)",
        kept,
    )
    _pause_again(connection, deployment_id)
    raise_revision(connection)


def _remember_paused(connection: sqlite3.Connection, deployment_id: str, stay: set[str]) -> None:
    paused = "SELECT id FROM triggers WHERE deployment = ? AND status = 'paused'"
    gone = [(f"{_PAUSED}{deployment_id}", name) for (name,) in connection.execute(paused, (deployment_id,))]
    connection.executemany(
        "INSERT OR IGNORE INTO state (owner, key, value) VALUES (?, ?, 'true')",
        [(owner, name) for owner, name in gone if name not in stay],
    )


def _pause_again(connection: sqlite3.Connection, deployment_id: str) -> None:
    """One that was paused when it went comes back paused: a roll back starts nothing that somebody has put to rest."""
    owner = f"{_PAUSED}{deployment_id}"
    back = "SELECT id FROM triggers JOIN state ON state.key = triggers.id WHERE deployment = ? AND owner = ?"
    found = [(name,) for (name,) in connection.execute(back, (deployment_id, owner))]
    connection.executemany(
        "UPDATE triggers SET status = 'paused' WHERE deployment = ? AND id = ?",
        [(deployment_id, *one) for one in found],
    )
    connection.executemany("DELETE FROM state WHERE owner = ? AND key = ?", [(owner, *one) for one in found])


def arm_triggers(connection: sqlite3.Connection, deployment_id: str, *, at: datetime) -> None:
    """A deployment that rested is active again: what its triggers missed before `at` is not made up for."""
    connection.execute("UPDATE triggers SET armed_at = ? WHERE deployment = ?", (to_micros(at), deployment_id))
    raise_revision(connection)


def raise_revision(connection: sqlite3.Connection) -> None:
    """Tell every supervisor to look again; inside the transaction of whatever has changed."""
    connection.execute(
        "INSERT INTO state (owner, key, value) VALUES (?, ?, '1')"
        " ON CONFLICT (owner, key) DO UPDATE SET value = CAST(CAST(value AS INTEGER) + 1 AS TEXT)",
        _REVISION,
    )


def read_revision(connection: sqlite3.Connection) -> int:
    """See `Triggers.triggers_revision`; inside a transaction of the caller's."""
    row: Any = connection.execute("SELECT value FROM state WHERE owner = ? AND key = ?", _REVISION).fetchone()
    return 0 if row is None else int(row[0])


def _unknown(deployment_id: str, trigger_id: str) -> NotFound:
    return NotFound(
        f"The deployment `{deployment_id}` has no trigger `{trigger_id}`.",
        code="unknown_trigger",
        remedy="`treadle schedule list` lists those that run on time.",
    )


def trigger_row(trigger: Trigger, now: datetime) -> tuple[Any, ...]:
    return (
        trigger.deployment,
        trigger.id,
        trigger.node,
        trigger.type,
        encode(trigger.config),
        trigger.topic,
        trigger.status,
        to_micros(trigger.armed_at or now),
        None if trigger.last_fired_at is None else to_micros(trigger.last_fired_at),
    )


def _read_trigger(row: tuple[Any, ...]) -> Trigger:
    deployment, name, node, kind, config, topic, status, armed_at, last_fired_at = row
    return Trigger(
        deployment=deployment,
        id=name,
        node=node,
        type=kind,
        config=decode(config),
        topic=topic,
        status=status,
        armed_at=from_micros(armed_at),
        last_fired_at=None if last_fired_at is None else from_micros(last_fired_at),
    )
