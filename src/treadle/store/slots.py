"""Rates: who may go on when, over all processes that share the store.

A slot is given out by the generic cell rate algorithm: one every `period / number`, and a burst ahead of its time. It
says when its holder may ask again; who then may go on is decided by counting who has gone on in the last period, so
that those who come late, after a crash or a day without power, do not all come at once.
"""

from __future__ import annotations

import math
import sqlite3

_MINUTE, _DAY, _WEEK = 60_000_000, 86_400_000_000, 7 * 86_400_000_000
DUE = "due:"
"""What the key begins with by which a fire time is claimed whose run is not kept."""
_QUEUED = "token IN (SELECT id FROM runs WHERE status = 'queued')"
"""However late it comes, a run in the queue keeps to the rate it was accepted under."""


def purge_limits(connection: sqlite3.Connection, at: int) -> None:
    """Forget rates that are wholly free, with who took their slots, and events that started a run a week ago."""
    connection.execute("DELETE FROM limits WHERE free_at <= ?", (at,))
    connection.execute(
        f"DELETE FROM slots WHERE at <= ? AND key NOT IN (SELECT key FROM limits) AND (used OR NOT {_QUEUED})", (at,)
    )
    # What nobody has come for, of rates that are never wholly free.
    connection.execute(f"DELETE FROM slots WHERE at <= ? AND NOT used AND NOT {_QUEUED}", (at - _WEEK,))
    connection.execute("DELETE FROM claims WHERE owner LIKE 'fired:%' AND at <= ?", (at - _WEEK,))
    # A clock is put back by hours, not days; and there may be one for each second.
    connection.execute(f"DELETE FROM claims WHERE owner LIKE 'fired:%' AND key LIKE '{DUE}%' AND at <= ?", (at - _DAY,))


def slot_at(connection: sqlite3.Connection, key: str, *, number: float, period: float, burst: int, at: int) -> int:
    """When the next slot of `key` would be (microseconds): not later than `at` when there is one now."""
    free = _free_at(connection, key)
    slot = at if free is None else max(at, free - (burst - 1) * _interval(number, period))
    return slot if slot > at else _full_until(connection, key, "", number, period, burst, at) or slot


def reserve(
    connection: sqlite3.Connection, key: str, *, number: float, period: float, burst: int, token: str, at: int
) -> int:
    """When `token` may go on (microseconds): not later than `at` means now, and counts as done. In no `period` do more
    than `number` and `burst` go on, less one."""
    found = connection.execute("SELECT at FROM slots WHERE key = ? AND token = ?", (key, token)).fetchone()
    slot: int = give_slot(connection, key, number, period, burst, token, at) if found is None else found[0]
    if slot > at:
        return slot
    full_until = _full_until(connection, key, token, number, period, burst, at)
    # One that was given a slot and has not come for it holds nobody up.
    connection.execute(
        "UPDATE slots SET at = ?, used = ? WHERE key = ? AND token = ?",
        (full_until or at, full_until is None, key, token),
    )
    # What lies further back limits nobody; who has gone on and asks again that late is given another slot.
    oldest = at - max(round(period * 1_000_000), _MINUTE)
    connection.execute("DELETE FROM slots WHERE key = ? AND used = TRUE AND at <= ?", (key, oldest))
    return full_until or slot


def give_back_slot(
    connection: sqlite3.Connection, key: str, *, number: float, period: float, token: str, at: int
) -> None:
    """`token` does not go on: whoever asks next need not wait behind it."""
    statement = "DELETE FROM slots WHERE key = ? AND token = ? AND used = FALSE RETURNING at"
    freed = connection.execute(statement, (key, token)).fetchone()
    if freed is not None and freed[0] > at:
        statement = "UPDATE limits SET free_at = free_at - ? WHERE key = ?"
        connection.execute(statement, (_interval(number, period), key))


def start_over(connection: sqlite3.Connection, key: str, *, number: float, period: float) -> None:
    """Another rate counts from now on: those who have not gone on have no slots any more, those who have still
    count."""
    connection.execute("DELETE FROM slots WHERE key = ? AND used = FALSE", (key,))
    connection.execute("DELETE FROM limits WHERE key = ?", (key,))
    connection.execute(
        "INSERT INTO limits (key, free_at) SELECT key, max(at) + ? FROM slots WHERE key = ? GROUP BY key",
        (_interval(number, period), key),
    )


def drop_rate(connection: sqlite3.Connection, key: str) -> None:
    """There is no such rate any more."""
    connection.execute("DELETE FROM slots WHERE key = ?", (key,))
    connection.execute("DELETE FROM limits WHERE key = ?", (key,))


def give_slot(
    connection: sqlite3.Connection, key: str, number: float, period: float, burst: int, token: str, at: int
) -> int:
    """The next slot of `key`, for `token` to come for: `reserve` says then whether it goes on."""
    interval, free = _interval(number, period), _free_at(connection, key)
    slot = at if free is None else max(at, free - (burst - 1) * interval)
    connection.execute(
        "INSERT INTO limits (key, free_at) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET free_at = excluded.free_at",
        (key, max(at if free is None else free, slot) + interval),
    )
    connection.execute("INSERT INTO slots (key, token, at, used) VALUES (?, ?, ?, FALSE)", (key, token, slot))
    return slot


def _full_until(
    connection: sqlite3.Connection, key: str, token: str, number: float, period: float, burst: int, at: int
) -> int | None:
    """Until when others than `token` have used up the period that ends at `at`; None when they have not."""
    length = round(period * 1_000_000)
    found = connection.execute(
        "SELECT at FROM slots WHERE key = ? AND used = TRUE AND at > ? AND at <= ? AND token <> ?"
        " ORDER BY at DESC LIMIT 1 OFFSET ?",
        (key, at - length, at, token, math.ceil(number) + burst - 2),
    ).fetchone()
    return None if found is None else found[0] + length


def _free_at(connection: sqlite3.Connection, key: str) -> int | None:
    found = connection.execute("SELECT free_at FROM limits WHERE key = ?", (key,)).fetchone()
    return None if found is None else found[0]


def _interval(number: float, period: float) -> int:
    # Rounded up: a microsecond too late in each is within the limit, one too early is not.
    return -int(-period * 1_000_000 // number)
