"""Admission: one transaction that uses up a fire time and decides whether its run begins, waits or is left out."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal, NamedTuple

from treadle.engine.journal import Batch, StateChange
from treadle.errors import Conflict
from treadle.model.run import Origin, RunRecord
from treadle.store.counting import count_skipped
from treadle.store.deployments import Overlap
from treadle.store.group import write_batches
from treadle.store.lanes import count_queued, has_room, last_in_line
from treadle.store.rows import BatchRows, from_micros, to_micros
from treadle.store.slots import DUE, reserve, slot_at
from treadle.store.watches import WatchedItem, start_item
from treadle.store.workers import Workers


class Fired(NamedTuple):
    """What started a run: a trigger of a deployment, at a fire time, or for an event (`seed`) or an `item`; each starts
    one."""

    deployment: str
    trigger: str
    due: datetime | None = None
    seed: str | None = None
    item: WatchedItem | None = None
    """Where the trigger watches: what it has heard."""


class RateKey(NamedTuple):
    """A rate that a run is to keep to; see `treadle.store.slots`."""

    key: str
    number: float
    period: float
    burst: int = 1


@dataclass(frozen=True, slots=True)
class Admission:
    """What became of a run that asked to begin; one that is queued for its rate is due at `wake_at`. `full`: nothing
    was used up, and it may ask again."""

    outcome: Literal["running", "queued", "skipped", "full"]
    wake_at: datetime | None = None


class Admissions(Workers):
    _retention: float | None

    async def admit(
        self,
        record: RunRecord,
        *,
        fired: Fired | None = None,
        limit: int | None = None,
        overlap: Overlap = "skip",
        rate: RateKey | None = None,
        state: Sequence[StateChange] = (),
        driven: bool = True,
        most_queued: int | None = None,
        foretold: Callable[[Admission], None] | None = None,
    ) -> Admission:
        """Insert a run, and apply `state` with it, as running (leased to this process if it is `driven` here), or as
        queued where its lane already has `limit` runs or its rate makes it wait; with `overlap` skip it is left out
        instead. A fire time is used up either way; one transaction. Where it would have to wait and `most_queued` wait
        already, it is not taken at all (`full`). `foretold`: see `Writer.call`.

        Raises `Conflict`: `already_fired` for a fire time or event that has been used up, `not_active` when the
        deployment has been paused or stopped, `not_listening` for an item, `run_exists`. Nothing is changed then.
        """
        registered = self._register() if driven and self._heart is None else None
        worker = self.worker_id if driven else None
        now = self._now()

        def work(connection: sqlite3.Connection) -> Admission:
            at = to_micros(now)
            if record.deployment is not None:
                _require_active(connection, record.deployment)
            lane = record.lane
            waits = lane is not None and limit is not None and not has_room(connection, lane, limit, at=at)
            taken: dict[str, Any] | None = None if rate is None else {**rate._asdict(), "at": at}
            slot = at if taken is None else slot_at(connection, **taken)
            if most_queued is not None and (waits or slot > at) and overlap == "queue":
                queued_now = 0 if record.deployment is None else count_queued(connection, record.deployment)
                if queued_now >= most_queued:
                    return Admission("full")
            if fired is not None:
                _use_up(connection, fired, record, at)
            if (waits or slot > at) and overlap == "skip":
                if record.deployment is not None:
                    count_skipped(connection, record.deployment)
                return Admission("skipped")
            if taken is not None:
                slot = reserve(connection, token=record.id, **taken)
            queued = waits or slot > at
            origin = record.origin
            if lane is not None:
                origin = replace(origin or Origin(), lane_limit=limit)
            wake_at = from_micros(slot) if slot > at else None
            opens = replace(record, status="queued" if queued else "running", wake_at=wake_at, origin=origin)
            last = last_in_line(connection, lane) if queued and lane is not None else None
            if last is not None and (record.created_at is None or to_micros(record.created_at) <= last):
                # Accepted later, it comes later, also where the clock was put back.
                opens = replace(opens, created_at=from_micros(last + 1))
            batch = Batch(record.id, record.epoch, opens=opens, state=state)
            rows = BatchRows(batch, worker=None if queued else worker, now=lambda: now, retention=self._retention)
            if rows.large:
                rows.spill()
            (problem,) = write_batches(connection, [rows])
            if problem is not None:
                raise problem
            return Admission("queued" if queued else "running", wake_at)

        admission = await self.write(work, foretold=foretold if registered is None else None)
        if registered is not None:
            await registered
        return admission


def _require_active(connection: sqlite3.Connection, deployment_id: str) -> None:
    found = connection.execute("SELECT status FROM deployments WHERE id = ?", (deployment_id,)).fetchone()
    if found is not None and found[0] != "active":
        raise Conflict(
            f"Deployment `{deployment_id}` is {found[0]}: no run of it is started.",
            code="not_active",
            remedy=f"Start it first: `treadle start {deployment_id}`.",
            deployment=deployment_id,
            status=found[0],
        )


def _use_up(connection: sqlite3.Connection, fired: Fired, record: RunRecord, at: int) -> None:
    due = at if fired.due is None else to_micros(fired.due)
    if fired.item is not None:
        start_item(connection, (fired.deployment, fired.trigger), fired.item)
        statement = "UPDATE triggers SET last_fired_at = max(coalesce(last_fired_at, 0), ?)"
        connection.execute(f"{statement} WHERE deployment = ? AND id = ?", (due, fired.deployment, fired.trigger))
        return
    # Of a run that is not kept, no row will tell that it was started, should the clock be put back and the time come
    # round again.
    key = fired.seed
    if key is None and fired.due is not None and record.save != "all":
        key = f"{DUE}{due}"
    if key is not None:
        owner = f"fired:{fired.deployment}/{fired.trigger}"
        added = connection.execute(
            "INSERT OR IGNORE INTO claims (owner, key, token, at) VALUES (?, ?, ?, ?)", (owner, key, record.id, at)
        ).rowcount
        if not added:
            raise _already_fired(fired, fired.seed or str(fired.due))
    changed = connection.execute(
        "UPDATE triggers SET last_fired_at = max(coalesce(last_fired_at, 0), ?) WHERE deployment = ? AND id = ?"
        " AND (? OR last_fired_at IS NULL OR last_fired_at < ?)",
        (due, fired.deployment, fired.trigger, fired.seed is not None, due),
    ).rowcount
    if not changed and _has_trigger(connection, fired):
        raise _already_fired(fired, str(fired.due))


def _has_trigger(connection: sqlite3.Connection, fired: Fired) -> bool:
    statement = "SELECT 1 FROM triggers WHERE deployment = ? AND id = ?"
    return connection.execute(statement, (fired.deployment, fired.trigger)).fetchone() is not None


def _already_fired(fired: Fired, what: str) -> Conflict:
    return Conflict(
        f"Trigger `{fired.trigger}` of `{fired.deployment}` has fired for {what} already.",
        code="already_fired",
        remedy="Nothing needs doing: its run was started then.",
        deployment=fired.deployment,
        trigger=fired.trigger,
    )
