"""Signals: what is sent to runs from outside, and who waits for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from treadle.model.ids import RunId
from treadle.model.signal import Signal
from treadle.store.codec import decode, encode
from treadle.store.database import Database
from treadle.store.giving import SIGNAL_COLUMNS, Woken, send, take
from treadle.store.rows import from_micros, to_micros


@dataclass(frozen=True, slots=True)
class Wait:
    """A node that waits for a signal of this name; `token` is its idempotency key, or that of one of its calls."""

    token: str
    name: str
    key: str
    run_id: RunId
    since: datetime


class Signals(Database):
    """Implements `treadle.engine.exchange.SignalStore`, and the side of those who send."""

    async def take_signal(
        self, names: Sequence[str], *, key: str, run_id: RunId, token: str, now: datetime
    ) -> Signal | None:
        at = to_micros(now)
        return await self.write(lambda c: take(c, names, key=key, run_id=run_id, token=token, at=at))

    async def send_signal(self, signal: Signal, *, now: datetime | None = None, sender: str | None = None) -> Woken:
        """Keep the signal for whoever waits for it, now or later; a run that waits is due at once.

        With a `sender`, a user's id, only runs that they may operate get it; one meant for a run gets there anyway.
        Sent again under the same id, nothing happens. Raises `NotFound` and `Conflict` (`run_finished`) when it is
        meant for a run that is not there or has finished.
        """
        at = to_micros(signal.at or now or self._now())
        row = (signal.id, signal.name, signal.key, signal.run_id, encode(signal.payload), at, sender)
        return await self.write(lambda connection: send(connection, row))

    async def list_signals(self, *, key: str | None = None, of: str | None = None) -> list[Signal]:
        """Those that nobody has taken yet, oldest first; with `key`, those about it; with `of`, a user's id, without
        what other users sent by a key."""
        statement = (
            f"SELECT {SIGNAL_COLUMNS} FROM signals WHERE taken_by IS NULL AND (?1 IS NULL OR key = ?1)"
            " AND (?2 IS NULL OR run_id IS NOT NULL OR sender IS NULL OR sender = ?2) ORDER BY at, id"
        )
        rows = await self.read(lambda c: c.execute(statement, (key, of)).fetchall())
        return [
            Signal(id, name, key, decode(payload), run and RunId(run), from_micros(at))
            for id, name, key, run, payload, at, _ in rows
        ]

    async def drop_signal(self, signal_id: str) -> bool:
        """Forget a signal that nobody has taken; False: there is none such."""
        statement = "DELETE FROM signals WHERE id = ? AND taken_by IS NULL"
        return await self.write(lambda connection: connection.execute(statement, (signal_id,)).rowcount > 0)

    async def find_waits(self, run_id: RunId) -> list[Wait]:
        """What the nodes of a run wait for, longest first."""
        statement = "SELECT token, name, key, run_id, at FROM waits WHERE run_id = ? ORDER BY at, name"
        rows = await self.read(lambda c: c.execute(statement, (run_id,)).fetchall())
        return [Wait(token, name, key, RunId(run), from_micros(at)) for token, name, key, run, at in rows]
