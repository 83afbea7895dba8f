"""Lanes: the runs that may only be under way a few at a time, and the queue of those that wait their turn.

A run keeps its place in its lane from when it is admitted until it has finished: while it is suspended, and while the
process that drove it is dead. Who waits comes in the order in which they were accepted, whatever process looks; one
that has to wait for its rate as well lets others by until its time has come.
"""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from typing import Any

from treadle.errors import Conflict
from treadle.model.run import Origin
from treadle.store.codec import decode
from treadle.store.rows import CREATED, LANE, ORIGIN, RUN_COLUMNS, WAKE_AT, from_micros, read_origin, write_origin
from treadle.store.slots import drop_rate, give_back_slot, give_slot, reserve, start_over

_ID, _CANCEL, _DEPLOYMENT = map(RUN_COLUMNS.index, ("id", "cancel_requested", "deployment"))
_OF_DEPLOYMENT = "(key = ? OR (key > ? AND key < ?))"
"""Keys of one deployment lie side by side; `0` follows `/`."""
_PAUSED = "SELECT 1 FROM deployments WHERE id = ? AND status = 'paused'"
# Also where its deployment is paused: a run that has begun before, and is tried again.
_READY = (
    "lane = ? AND status = 'queued' AND (wake_at IS NULL OR wake_at <= ?) AND NOT cancel_requested"
    " AND (json_extract(origin, '$.deadline_from') IS NOT NULL"
    " OR NOT EXISTS (SELECT 1 FROM deployments WHERE id = runs.deployment AND status = 'paused'))"
)


def has_room(connection: sqlite3.Connection, lane: str, limit: int, *, at: int) -> bool:
    """Whether a new run may begin: there is a place that nobody has and nobody waits for."""
    free = limit - _count_active(connection, lane)
    return free > 0 and _count_ready(connection, lane, at, most=free) < free


def _count_active(connection: sqlite3.Connection, lane: str) -> int:
    statement = "SELECT count(*) FROM runs WHERE lane = ? AND status IN ('running', 'suspended')"
    return connection.execute(statement, (lane,)).fetchone()[0]


def _count_ready(
    connection: sqlite3.Connection, lane: str, at: int, *, most: int, before: tuple[int, str] | None = None
) -> int:
    """How many wait for nothing but a place, up to `most`; with `before`, of those that come before this (created_at,
    id)."""
    bound = "" if before is None else " AND (created_at, id) < (?, ?)"
    statement = f"SELECT count(*) FROM (SELECT 1 FROM runs WHERE {_READY}{bound} LIMIT ?)"
    return connection.execute(statement, (lane, at, *(before or ()), most)).fetchone()[0]


def count_queued(connection: sqlite3.Connection, deployment_id: str) -> int:
    """How many runs of a deployment wait their turn."""
    statement = "SELECT count(*) FROM runs WHERE deployment = ? AND status = 'queued'"
    return connection.execute(statement, (deployment_id,)).fetchone()[0]


def last_in_line(connection: sqlite3.Connection, lane: str) -> int | None:
    """When the run was created that waits last in a lane."""
    statement = "SELECT max(created_at) FROM runs WHERE lane = ? AND status = 'queued'"
    return connection.execute(statement, (lane,)).fetchone()[0]


def enter_lane(connection: sqlite3.Connection, row: list[Any], *, at: int) -> Conflict | None:
    """Let a queued run (its `row` has `RUN_COLUMNS`) begin; what speaks against it, once it is put back in the queue.

    One that is to be cancelled needs no place.
    """
    origin = Origin() if row[ORIGIN] is None else read_origin(decode(row[ORIGIN]))
    lane, limit = row[LANE], origin.lane_limit
    begun = row[_CANCEL] or origin.deadline_from is not None
    if not begun and connection.execute(_PAUSED, (row[_DEPLOYMENT],)).fetchone() is not None:
        connection.execute("UPDATE runs SET wake_at = NULL WHERE id = ?", (row[_ID],))
        call_up(connection, lane, at=at)
        return Conflict(
            f"Run `{row[_ID]}` waits: its deployment `{row[_DEPLOYMENT]}` is paused.",
            code="not_active",
            remedy=f"It begins after `treadle start {row[_DEPLOYMENT]}`.",
            run=row[_ID],
        )
    if lane is not None and limit is not None and not row[_CANCEL]:
        active = _count_active(connection, lane)
        ahead = _count_ready(connection, lane, at, most=limit, before=(row[CREATED], row[_ID]))
        if active + ahead >= limit:
            # Not due any more: whoever makes room for it says so.
            connection.execute("UPDATE runs SET wake_at = NULL WHERE id = ?", (row[_ID],))
            call_up(connection, lane, at=at)
            return Conflict(
                f"Run `{row[_ID]}` waits its turn: {active + ahead} of {limit} places are taken.",
                code="lane_full",
                remedy="It begins when a run before it has finished.",
                run=row[_ID],
            )
    if not row[_CANCEL] and (slot := _slot_of(connection, row, at)) > at:
        connection.execute("UPDATE runs SET wake_at = ? WHERE id = ?", (slot, row[_ID]))
        call_up(connection, lane, at=at)
        until = from_micros(slot).isoformat(timespec="seconds")
        return Conflict(
            f"Run `{row[_ID]}` waits until {until}: others have used up the rate.",
            code="rate_full",
            remedy="It begins by itself then.",
            run=row[_ID],
        )
    if row[_CANCEL]:
        _leave_rate(connection, row, at)
    # The time it waited in the queue is not its own.
    row[ORIGIN] = write_origin(replace(origin, deadline_from=from_micros(at).isoformat()))
    connection.execute("UPDATE runs SET origin = ? WHERE id = ?", (row[ORIGIN], row[_ID]))
    row[WAKE_AT] = None
    return None


def _slot_of(connection: sqlite3.Connection, row: list[Any], at: int) -> int:
    """When a run that was queued for its deployment's rate may begin: it may come late, and others with it."""
    rate = _rate_of(connection, row[_DEPLOYMENT])
    key = None if rate is None else _find_rate_key(connection, row[_DEPLOYMENT], row[_ID])
    if rate is None or key is None:
        return at  # or it is tried again: that it began was counted then
    number, period, burst = rate["number"], rate["period"], rate["burst"]
    return reserve(connection, key, number=number, period=period, burst=burst, token=row[_ID], at=at)


def _leave_rate(connection: sqlite3.Connection, row: list[Any], at: int) -> None:
    rate = _rate_of(connection, row[_DEPLOYMENT])
    key = None if rate is None else _find_rate_key(connection, row[_DEPLOYMENT], row[_ID])
    if rate is not None and key is not None:
        give_back_slot(connection, key, number=rate["number"], period=rate["period"], token=row[_ID], at=at)


def _rate_of(connection: sqlite3.Connection, deployment_id: str | None) -> dict[str, Any] | None:
    found = connection.execute("SELECT limits FROM deployments WHERE id = ?", (deployment_id,)).fetchone()
    return None if found is None else decode(found[0]).get("rate")


def _find_rate_key(connection: sqlite3.Connection, deployment_id: str, run_id: str) -> str | None:
    """Which rate of its deployment a run has a slot of."""
    found = connection.execute(
        f"SELECT key FROM slots WHERE {_OF_DEPLOYMENT} AND token = ?", (*_rate_names(deployment_id), run_id)
    ).fetchone()
    return None if found is None else found[0]


def change_rate(
    connection: sqlite3.Connection, deployment_id: str, rate: dict[str, Any] | None, *, keeps_keys: bool, at: int
) -> None:
    """Another `rate` counts from now on for the runs in the queue, too; in their order each has a slot of it.

    Whose key is not known, since it was accepted under another (not `keeps_keys`), shares one rate with its like.
    """
    names = _rate_names(deployment_id)
    queued = connection.execute(
        f"SELECT id, (SELECT key FROM slots WHERE {_OF_DEPLOYMENT} AND token = runs.id) FROM runs"
        " WHERE deployment = ? AND status = 'queued' AND NOT cancel_requested"
        " AND json_extract(origin, '$.deadline_from') IS NULL ORDER BY created_at, id",
        (*names, deployment_id),
    ).fetchall()
    statement = f"SELECT key FROM slots WHERE {_OF_DEPLOYMENT} UNION SELECT key FROM limits WHERE {_OF_DEPLOYMENT}"
    for (key,) in connection.execute(statement, names * 2).fetchall():
        if rate is None:
            drop_rate(connection, key)
        else:
            start_over(connection, key, number=rate["number"], period=rate["period"])
    for run_id, key in queued:
        slot = at
        if rate is not None:
            mine = (key if keeps_keys else None) or rate_name(deployment_id)
            number, period, burst = rate["number"], rate["period"], rate["burst"]
            slot = give_slot(connection, mine, number, period, burst, run_id, at)
        connection.execute("UPDATE runs SET wake_at = ? WHERE id = ?", (slot if slot > at else None, run_id))


def _rate_names(deployment_id: str) -> tuple[str, str, str]:
    name = rate_name(deployment_id)
    return name, f"{name}/", f"{name}0"


def rate_name(deployment_id: str, key: str | None = None) -> str:
    """What the rate of a deployment, or of one of its keys, is kept under."""
    return f"deployment:{deployment_id}" if key is None else f"deployment:{deployment_id}/{key}"


def call_up(connection: sqlite3.Connection, lane: str | None, *, at: int) -> None:
    """Make as many of those who wait in a lane due as it has places; call it when a place is free."""
    first = [] if lane is None else _find_ready(connection, lane, at, most=1)
    if lane is None or not first:
        return
    active = _count_active(connection, lane)
    for place, (run_id, wake_at, limit) in enumerate(_find_ready(connection, lane, at, most=first[0][2] - active)):
        if active + place < limit and wake_at is None:
            connection.execute("UPDATE runs SET wake_at = ? WHERE id = ?", (at, run_id))


def _find_ready(connection: sqlite3.Connection, lane: str, at: int, *, most: int) -> list[tuple[str, int | None, int]]:
    """(id, when it is due, how many there may be) of those who wait for nothing but a place, in their order."""
    limit = "coalesce(json_extract(origin, '$.lane_limit'), 1)"
    statement = f"SELECT id, wake_at, {limit} FROM runs WHERE {_READY} ORDER BY created_at, id LIMIT ?"
    return connection.execute(statement, (lane, at, max(most, 0))).fetchall()
