"""Watches: which process listens for which trigger, what it remembers, and how it goes.

One process listens for a trigger, and says so by the epoch of its turn: a run, or a memory, of an earlier turn is
refused. What is remembered is kept under the state of the deployment's triggers, and goes with it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, NamedTuple

from treadle.errors import Conflict
from treadle.store.codec import decode, encode
from treadle.store.counting import count_skipped
from treadle.store.group import write_state
from treadle.store.rows import from_micros, to_micros
from treadle.store.workers import Workers, find_worker, read_workers

Key = tuple[str, str]
"""A deployment's id and its trigger's."""
_TURN, _SHOWN = "@watch", "@shown"
_MOST_IDS = 64


@dataclass(frozen=True, slots=True)
class Turn:
    """One process's time of listening. Of the items, those before `at`, and at `at` those of `ids`, have had their
    runs. `about` tells the config under which something was `remembered`, `armed` when the trigger had been armed."""

    worker: str | None
    epoch: int
    about: str
    armed: int
    at: int = 0
    ids: tuple[str, ...] = ()
    remembered: Any = None

    def has_had(self, item_id: str, at: datetime) -> bool:
        """Whether an item that is heard of now has been heard of in an earlier turn."""
        micros = to_micros(at)
        return micros < self.at or (micros == self.at and item_id in self.ids)

    def after(self, item: WatchedItem) -> Turn:
        at = to_micros(item.at)
        remembered = self.remembered if item.remembers is None else item.remembers
        if at < self.at:
            return replace(self, remembered=remembered)
        ids = (*(self.ids if at == self.at else ()), item.id)
        return replace(self, at=at, ids=ids[-_MOST_IDS:], remembered=remembered)


class WatchedItem(NamedTuple):
    """An item whose run asks to begin, by who listens at `epoch`."""

    id: str
    at: datetime
    epoch: int
    remembers: Any = None


@dataclass(frozen=True, slots=True)
class Shown:
    """How a trigger listens: `since` when without a break, and what kept it from that last."""

    since: datetime | None = None
    item_at: datetime | None = None
    error: str | None = None
    error_at: datetime | None = None

    def to_dict(self) -> dict[str, Any]:
        times = {name: getattr(self, name) for name in ("since", "item_at", "error_at")}
        return {"error": self.error, **{name: None if at is None else to_micros(at) for name, at in times.items()}}

    @classmethod
    def of(cls, found: Mapping[str, Any]) -> Shown:
        times = {name: found[name] for name in ("since", "item_at", "error_at")}
        shown: dict[str, Any] = {name: None if at is None else from_micros(at) for name, at in times.items()}
        return cls(error=found["error"], **shown)


@dataclass(slots=True)
class Told:
    """What is written down of a trigger now and then: how it listens, and how many items found no room since."""

    shown: Shown
    dropped: int = field(default=0)


class Watches(Workers):
    async def find_free_watches(self, keys: Collection[Key]) -> list[Key]:
        """Of these, those for which no living process listens."""
        now = self._now()

        def query(connection: sqlite3.Connection) -> list[Key]:
            alive = {worker.id for worker in read_workers(connection) if worker.is_alive(now=now)}
            turns = ((key, _read_turn(connection, key)) for key in keys)
            return [key for key, turn in turns if turn is None or turn.worker not in alive]

        return await self.read(query) if keys else []

    async def take_watch(self, key: Key, *, about: str, armed_at: datetime) -> tuple[Turn, bool] | None:
        """Listen for a trigger from now on, and whether it has been paused since somebody listened last; None when
        another process does. What was remembered of another config is forgotten."""
        self._register()
        now, worker_id, armed = self._now(), self.worker_id, to_micros(armed_at)

        def work(connection: sqlite3.Connection) -> tuple[Turn, bool] | None:
            before = _read_turn(connection, key)
            if before is None:
                turn = Turn(worker_id, 1, about, armed)
                _write_turn(connection, key, turn)
                return turn, False
            if before.worker not in (None, worker_id):
                other = find_worker(connection, before.worker or "")
                if other is not None and other.is_alive(now=now):
                    return None
            turn = replace(before, worker=worker_id, epoch=before.epoch + 1, about=about, armed=armed)
            if before.about != about:
                turn = Turn(worker_id, turn.epoch, about, armed)
            _write_turn(connection, key, turn)
            return turn, before.armed != armed

        return await self.write(work)

    async def leave_watch(self, key: Key, *, epoch: int) -> None:
        """Listen no more."""

        def work(connection: sqlite3.Connection) -> None:
            turn = _read_turn(connection, key)
            if turn is not None and turn.epoch == epoch:
                _write_turn(connection, key, replace(turn, worker=None))
                shown = _read_shown(connection, key)
                if shown is not None:
                    _write(connection, key, _SHOWN, replace(shown, since=None).to_dict())

        await self.write(work)

    async def remember_watch(self, key: Key, value: Any, *, epoch: int) -> None:
        """Raises `Conflict` (`not_listening`) when another process listens by now."""

        def work(connection: sqlite3.Connection) -> None:
            turn = get_turn(connection, key, epoch=epoch)
            _write_turn(connection, key, replace(turn, remembered=value))

        await self.write(work)

    async def note_watches(self, told: Mapping[Key, Told]) -> None:
        def work(connection: sqlite3.Connection) -> None:
            for key, one in told.items():
                _write(connection, key, _SHOWN, one.shown.to_dict())
                if one.dropped:
                    count_skipped(connection, key[0], by=one.dropped)

        await self.write(work)

    async def list_watches(self, keys: Iterable[Key]) -> dict[Key, Shown]:
        """How those of these triggers listen that ever have; `since` only while a living process does."""
        now = self._now()

        def query(connection: sqlite3.Connection) -> dict[Key, Shown]:
            alive = {worker.id for worker in read_workers(connection) if worker.is_alive(now=now)}
            found: dict[Key, Shown] = {}
            for key in keys:
                turn, shown = _read_turn(connection, key), _read_shown(connection, key)
                if turn is not None:
                    shown = shown or Shown()
                    found[key] = shown if turn.worker in alive else replace(shown, since=None)
            return found

        return await self.read(query)


def start_item(connection: sqlite3.Connection, key: Key, item: WatchedItem) -> None:
    """A run of this item begins, or waits its turn; inside the transaction that admits it. Raises `Conflict`:
    `not_listening`, `already_fired`."""
    turn = get_turn(connection, key, epoch=item.epoch)
    if to_micros(item.at) == turn.at and item.id in turn.ids:
        raise Conflict(
            f"Trigger `{key[1]}` of `{key[0]}` has fired for {item.id} already.",
            code="already_fired",
            remedy="Nothing needs doing: its run was started then.",
            deployment=key[0],
            trigger=key[1],
        )
    _write_turn(connection, key, turn.after(item))


def get_turn(connection: sqlite3.Connection, key: Key, *, epoch: int) -> Turn:
    """The turn of `epoch`. Raises `Conflict` (`not_listening`) where it is over."""
    turn = _read_turn(connection, key)
    if turn is None or turn.epoch != epoch:
        raise Conflict(
            f"Another process listens for the trigger `{key[1]}` of `{key[0]}` by now.",
            code="not_listening",
            remedy="Nothing needs doing: it goes on from where this one was.",
            deployment=key[0],
            trigger=key[1],
        )
    return turn


def _owner(key: Key) -> str:
    return f"trigger:{key[0]}"


def _read(connection: sqlite3.Connection, key: Key, what: str) -> Any:
    statement = "SELECT value FROM state WHERE owner = ? AND key = ?"
    row = connection.execute(statement, (_owner(key), key[1] + what)).fetchone()
    return None if row is None else decode(row[0])


def _write(connection: sqlite3.Connection, key: Key, what: str, value: Any) -> None:
    write_state(connection, _owner(key), key[1] + what, encode(value))


def _read_turn(connection: sqlite3.Connection, key: Key) -> Turn | None:
    found = _read(connection, key, _TURN)
    if found is None:
        return None
    worker, epoch, about, armed, at, ids, remembered = found
    return Turn(worker, epoch, about, armed, at, tuple(ids), remembered)


def _write_turn(connection: sqlite3.Connection, key: Key, turn: Turn) -> None:
    row = [turn.worker, turn.epoch, turn.about, turn.armed, turn.at, list(turn.ids), turn.remembered]
    _write(connection, key, _TURN, row)


def _read_shown(connection: sqlite3.Connection, key: Key) -> Shown | None:
    found = _read(connection, key, _SHOWN)
    return None if found is None else Shown.of(found)
