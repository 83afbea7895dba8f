"""The books of a process: each is counted once, and goes on with what was recorded since."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from treadle.model.record import Record
from treadle.service.bots.book import Book, keep_book
from treadle.service.bots.fill import RecordedFill, read_fill
from treadle.service.bots.series import AccountSeries, read_point
from treadle.store.sqlite_journal import SqliteStore

if TYPE_CHECKING:
    from treadle.service.bots.figures import BotFigures

SERIES = ("fill", "equity")
_AT_ONCE = 200
"""Fills that are counted without letting go of the loop."""
_MOST_POINTS = 100_000
"""Of a series in memory; then it is read anew, for the store has thinned it."""


@dataclass(slots=True)
class Ledger:
    """A book, what its accounts were worth, and how far all has been read."""

    book: Book = field(default_factory=Book)
    accounts: dict[str, AccountSeries] = field(default_factory=dict[str, AccountSeries])
    """By currency."""
    unreadable: int = 0
    """Records that are no fills."""
    serial: int = 0
    """Of the last record that was read."""
    figures: BotFigures | None = None
    """What it came to, once somebody has asked for that since."""

    @property
    def points(self) -> int:
        return sum(len(account.points) for account in self.accounts.values())

    @property
    def account(self) -> AccountSeries | None:
        """In the currency with the most points."""
        return max(self.accounts.values(), key=lambda one: len(one.points), default=None)


class Books:
    """What deployments have dealt, read from their records."""

    def __init__(self, store: SqliteStore) -> None:
        self._store = store
        self._ledgers: dict[str, Ledger] = {}
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._new: dict[str, None] = {}
        """Those that are to be counted for the first time, one after the other."""
        self._counting: asyncio.Task[None] | None = None

    async def close(self) -> None:
        if self._counting is not None:
            self._counting.cancel()
            await asyncio.gather(self._counting, return_exceptions=True)

    async def read_many(self, newest: Mapping[str, int], *, within: float) -> dict[str, Ledger]:
        """Those of several deployments, by id; `newest` are the serials of their last records. What has never been
        counted here, and takes longer than so many seconds, is left out: it is counted meanwhile, for the next time."""
        fresh = dict.fromkeys(one for one in newest if one not in self._ledgers)
        if fresh:
            self._new |= fresh
            if self._counting is None or self._counting.done():
                self._counting = asyncio.create_task(self._count_new())
            done, _ = await asyncio.wait([self._counting], timeout=within)
            for task in done:
                task.result()
        found: dict[str, Ledger] = {}
        for deployment_id, serial in newest.items():
            ledger = self._ledgers.get(deployment_id)
            if ledger is not None:
                found[deployment_id] = ledger if ledger.serial == serial else await self.read(deployment_id)
        return found

    async def _count_new(self) -> None:
        while self._new:
            deployment_id = next(iter(self._new))
            del self._new[deployment_id]
            await self.read(deployment_id)

    async def read(self, deployment_id: str) -> Ledger:
        """As it is now. Whoever has it must not change it."""
        async with self._locks[deployment_id]:
            owner = f"deployment:{deployment_id}"
            ledger = self._ledgers.get(deployment_id) or Ledger()
            found = await self._store.read_records_since(owner, SERIES, ledger.serial)
            fills = await _read_fills(found or ())
            if found is None or ledger.points > _MOST_POINTS or any(ledger.book.is_late(fill) for fill in fills):
                ledger = Ledger()
                found = await self._store.read_records_since(owner, SERIES, 0) or []
                fills = await _read_fills(found)
            await self._take(ledger, found, fills)
            self._ledgers[deployment_id] = ledger
            return ledger

    async def _take(self, ledger: Ledger, found: Sequence[Record], fills: Sequence[RecordedFill]) -> None:
        if not found:
            return
        ledger.serial, ledger.figures = found[-1].serial, None
        ledger.unreadable += sum(record.kind == "fill" for record in found) - len(fills)
        for record in found:
            point = read_point(record.value, record.at) if record.kind == "equity" else None
            if point is not None:
                currency = str(record.value.get("currency") or "")
                ledger.accounts.setdefault(currency, AccountSeries(currency)).take(record.group, point)
        if ledger.book.fills == 0 and len(fills) > _AT_ONCE:
            ledger.book = await asyncio.to_thread(keep_book, fills)
            return
        for at, fill in enumerate(fills, 1):
            ledger.book.take(fill)
            if at % _AT_ONCE == 0:
                await asyncio.sleep(0)


async def _read_fills(found: Sequence[Record]) -> list[RecordedFill]:
    return _readable(found) if len(found) <= _AT_ONCE else await asyncio.to_thread(_readable, found)


def _readable(found: Sequence[Record]) -> list[RecordedFill]:
    """Those that are fills, in their order."""
    fills: list[RecordedFill] = []
    for record in found:
        if record.kind != "fill":
            continue
        try:
            fills.append(read_fill(record.key, record.value))
        except (KeyError, ValueError, ArithmeticError, TypeError):
            continue
    return sorted(fills, key=lambda one: one.place)
