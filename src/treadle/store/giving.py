"""Giving signals to the nodes that wait for them, inside a transaction.

A signal is given to one waiting node for good in the transaction in which both are there: the one that sends it, or
the one that waits for it. What the node's `token` was given, it is given again however often it asks.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from treadle.errors import Conflict, NotFound
from treadle.model.ids import RunId
from treadle.model.run import FINISHED
from treadle.model.signal import Signal
from treadle.store.codec import decode
from treadle.store.rows import from_micros
from treadle.store.waking import wake_run

UNTAKEN_KEPT = 30 * 86_400_000_000
"""Microseconds that a signal which nobody has taken is kept, unless it is meant for one run: then as long as that."""

SIGNAL_COLUMNS = "id, name, key, run_id, payload, at, sender"

_REACHES = (
    " AND (?sender IS NULL OR NOT EXISTS (SELECT 1 FROM runs JOIN workflows ON workflows.name = runs.workflow"
    " WHERE runs.id = ?run AND workflows.owner IS NOT NULL AND workflows.owner <> ?sender AND NOT EXISTS ("
    " SELECT 1 FROM shares WHERE shares.workflow = workflows.name AND shares.level <> 'view'"
    " AND (shares.kind = 'everybody' OR (shares.kind = 'user' AND shares.subject = ?sender)"
    " OR (shares.kind = 'team' AND shares.subject IN (SELECT team_id FROM members WHERE user_id = ?sender))))))"
)
"""What was sent by a key reaches the runs alone that its sender may operate, whoever waits for it, and whenever."""


@dataclass(frozen=True, slots=True)
class Woken:
    """The run that something was given to, if any run waited, and how often its driver has been nudged since it took
    the run up (0: it was suspended, and is due now)."""

    run_id: RunId | None = None
    nudged: int = 0


def take(
    connection: sqlite3.Connection, names: Sequence[str], *, key: str, run_id: str, token: str, at: int
) -> Signal | None:
    """What `token` has, or is given now; None: it is noted as waiting."""
    row = _find_taken(connection, token, names)
    if row is None:
        row = _find_untaken(connection, names, key, run_id)
        if row is None:
            _wait(connection, token, names, key, run_id, at)
            return None
        connection.execute("UPDATE signals SET taken_by = ?, taker = ? WHERE id = ?", (token, run_id, row[0]))
        connection.execute("DELETE FROM waits WHERE token = ?", (token,))
    return _read(row)


def send(connection: sqlite3.Connection, row: Sequence[Any]) -> Woken:
    """Keep a signal (`SIGNAL_COLUMNS`) and give it to who has waited longest. One of its id that is there already
    stays as it is. Raises `NotFound`, `Conflict` (`run_finished`)."""
    if row[3] is not None:
        _require_unfinished(connection, row[3])
    added = connection.execute(
        f"INSERT OR IGNORE INTO signals ({SIGNAL_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)", row
    ).rowcount
    return _offer(connection, row) if added else Woken()


def give_back(connection: sqlite3.Connection, token: str) -> None:
    """`token` waits no more. What it was given and has not used goes to whoever else waits, or is kept."""
    connection.execute("DELETE FROM waits WHERE token = ?", (token,))
    rows = connection.execute(
        f"SELECT {SIGNAL_COLUMNS} FROM signals WHERE taken_by = ? ORDER BY at", (token,)
    ).fetchall()
    for row in rows:
        connection.execute("UPDATE signals SET taken_by = NULL, taker = NULL WHERE id = ?", (row[0],))
        _offer(connection, row)


def give_all_back(connection: sqlite3.Connection, token: str) -> None:
    """As `give_back`, for every call of the node whose token this is: the second goes by `<token>/1`."""
    calls = (token, f"{token}/", f"{token}0")  # 0 comes after / in the alphabet
    found = connection.execute(
        "SELECT token FROM waits WHERE token = ?1 OR (token >= ?2 AND token < ?3) UNION"
        " SELECT taken_by FROM signals WHERE taken_by = ?1 OR (taken_by >= ?2 AND taken_by < ?3)",
        calls,
    ).fetchall()
    # All its waits first: what one call gives back is not for another.
    connection.executemany("DELETE FROM waits WHERE token = ?", found)
    for (one,) in found:
        give_back(connection, one)


def leave_signals(connection: sqlite3.Connection, run_id: str) -> None:
    """The run has ended: nothing in it waits any more."""
    for (token,) in connection.execute("SELECT DISTINCT token FROM waits WHERE run_id = ?", (run_id,)).fetchall():
        give_back(connection, token)


def forget_signals(connection: sqlite3.Connection, run_ids: Sequence[tuple[str]]) -> None:
    """Drop what runs that are removed waited for, were sent, and have taken."""
    connection.executemany("DELETE FROM waits WHERE run_id = ?", run_ids)
    connection.executemany("DELETE FROM signals WHERE run_id = ?", run_ids)
    connection.executemany("DELETE FROM signals WHERE taken_by IS NOT NULL AND taker = ?", run_ids)


def purge_signals(connection: sqlite3.Connection, at: int) -> None:
    """Drop signals to nobody in particular that nobody has taken for 30 days."""
    connection.execute(
        "DELETE FROM signals WHERE taken_by IS NULL AND run_id IS NULL AND at <= ?", (at - UNTAKEN_KEPT,)
    )


def _find_taken(connection: sqlite3.Connection, token: str, names: Sequence[str]) -> tuple[Any, ...] | None:
    # By name too: the function may have been changed since, and take something else now.
    marks = ",".join("?" * len(names))
    statement = (
        f"SELECT {SIGNAL_COLUMNS} FROM signals WHERE taken_by = ? AND name IN ({marks}) ORDER BY at, rowid LIMIT 1"
    )
    return connection.execute(statement, (token, *names)).fetchone()


def _find_untaken(
    connection: sqlite3.Connection, names: Sequence[str], key: str, run_id: str
) -> tuple[Any, ...] | None:
    """The oldest; each query reads one row of the index, however many signals are kept."""
    found: list[tuple[Any, ...]] = []
    start = f"SELECT {SIGNAL_COLUMNS}, rowid FROM signals WHERE taken_by IS NULL AND name = ? AND key = ?"
    for name in names:
        for wanted in {key, ""}:
            query = f"{start} AND run_id = ? ORDER BY at LIMIT 1"
            found += connection.execute(query, (name, wanted, run_id)).fetchall()
        query = f"{start} AND run_id IS NULL{_reaches('signals.sender', '?')} ORDER BY at LIMIT 1"
        found += connection.execute(query, (name, key, run_id)).fetchall()
    return min(found, key=lambda row: (row[5], row[-1]), default=None)


def _reaches(sender: str, run: str) -> str:
    return _REACHES.replace("?sender", sender).replace("?run", run)


def _wait(connection: sqlite3.Connection, token: str, names: Sequence[str], key: str, run_id: str, at: int) -> None:
    marks = ",".join("?" * len(names))
    connection.execute(f"DELETE FROM waits WHERE token = ? AND name NOT IN ({marks})", (token, *names))
    connection.executemany(
        "INSERT INTO waits (token, name, key, run_id, at) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (token, name) DO UPDATE SET key = excluded.key",  # its place in the line stays
        [(token, name, key, run_id, at) for name in dict.fromkeys(names)],
    )


def _offer(connection: sqlite3.Connection, row: Sequence[Any]) -> Woken:
    """Give an untaken signal to the node that has waited for it longest."""
    signal_id, name, key, addressee, _payload, at, sender = row
    while waiter := _find_waiter(connection, name, key, addressee, sender):
        token, run_id = waiter
        connection.execute("DELETE FROM waits WHERE token = ?", (token,))
        nudged = wake_run(connection, run_id, at=at)
        if nudged is not None:
            connection.execute("UPDATE signals SET taken_by = ?, taker = ? WHERE id = ?", (token, run_id, signal_id))
            return Woken(RunId(run_id), nudged)
    return Woken()


def _find_waiter(
    connection: sqlite3.Connection, name: str, key: str, addressee: str | None, sender: str | None
) -> tuple[str, str] | None:
    if addressee is None:
        reaches = "" if sender is None else _reaches("?3", "waits.run_id")
        statement = f"SELECT token, run_id FROM waits WHERE name = ?1 AND key = ?2{reaches} ORDER BY at LIMIT 1"
        given = (name, key) if sender is None else (name, key, sender)
        return connection.execute(statement, given).fetchone()
    statement = "SELECT token, run_id FROM waits WHERE run_id = ? AND name = ? AND ? IN ('', key) ORDER BY at LIMIT 1"
    return connection.execute(statement, (addressee, name, key)).fetchone()


def _require_unfinished(connection: sqlite3.Connection, run_id: str) -> None:
    row = connection.execute("SELECT status FROM runs WHERE id = ?", (run_id,)).fetchone()
    require_unfinished(run_id, None if row is None else row[0])


def require_unfinished(run_id: str, status: str | None) -> None:
    """Raises `NotFound`, `Conflict` (`run_finished`) unless a signal can be sent to a run of this status (None: there
    is no such run)."""
    if status is None:
        raise NotFound(
            f"There is no run `{run_id}`.",
            code="unknown_run",
            remedy="`treadle list` shows the runs there are; old ones are removed after their retention.",
            run=run_id,
        )
    if status in FINISHED:
        raise Conflict(
            f"Run `{run_id}` is {status}: nothing in it waits for a signal any more.",
            code="run_finished",
            remedy="Send it to another run, or by a key to whichever run waits for it.",
            run=run_id,
            status=status,
        )


def _read(row: Sequence[Any]) -> Signal:
    signal_id, name, key, run_id, payload, at = row[:6]
    return Signal(
        id=signal_id,
        name=name,
        key=key,
        payload=decode(payload),
        run_id=None if run_id is None else RunId(run_id),
        at=from_micros(at),
    )
