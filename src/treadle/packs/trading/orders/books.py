"""`Books`: the fills of each bot as this process knows them, carried on fill by fill."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, NamedTuple
from weakref import WeakValueDictionary

from treadle.node import Permissions
from treadle.packs.trading.accounting import Holding, Traded, in_order, place_of
from treadle.packs.trading.orders.record import read_fill
from treadle.packs.trading.venue.order import Fill

_MOST = 512


class Placed(NamedTuple):
    """Where a fill was first heard of."""

    run: str
    path: str


NOWHERE = Placed("", "")


class Tally(NamedTuple):
    """What the fills that one place has heard of came to."""

    profit: Decimal
    trades: int
    wins: int


class Book:
    """Of one bot at one account. `last` is the key of the record that it has read up to."""

    def __init__(self) -> None:
        self.last: str | None = None
        self.holdings: dict[str, Holding] = {}
        self._fills: dict[str, dict[str, Traded]] = {}
        self._newest: dict[str, tuple[int, int, str]] = {}
        self._places: dict[Placed, list[tuple[str, str]]] = {}
        self._heard: dict[tuple[str, str], Placed] = {}
        self._orders: dict[str, list[tuple[str, str]]] = {}
        """The fills of each order."""
        self._closers: dict[str, Placed] = {}
        """By order: where it was first heard of that it closes something."""

    def has(self, fill: Fill) -> bool:
        return fill.id in self._fills.get(fill.symbol, ())

    def fills_of(self, client_id: str, symbol: str) -> list[Fill]:
        found = self._orders.get(client_id, ())
        return [self._fills[theirs][id].fill for theirs, id in found if theirs == symbol]

    def filled(self, client_id: str, symbol: str) -> Decimal:
        return sum((one.quantity for one in self.fills_of(client_id, symbol)), Decimal(0))

    def holding(self, symbol: str) -> Holding:
        return self.holdings.get(symbol) or Holding(symbol)

    def add(self, fill: Fill, place: Placed) -> list[Traded]:
        """Take a fill in, once; all that came to something else by it, itself first. One that comes late changes what
        the later ones came to."""
        known = self._fills.setdefault(fill.symbol, {})
        if fill.id in known:
            return []
        changed: list[Traded]
        if place_of(fill) > self._newest.get(fill.symbol, (-1, 0, "")):
            self._newest[fill.symbol] = place_of(fill)
            holding = self.holdings.setdefault(fill.symbol, Holding(fill.symbol))
            changed = [holding.take(fill)]
            known[fill.id] = changed[0]
        else:
            holding = Holding(fill.symbol)
            changed = []
            for one in in_order([*(item.fill for item in known.values()), fill]):
                traded = holding.take(one)
                before = known.get(one.id)
                known[one.id] = traded
                if one.id == fill.id:
                    changed.insert(0, traded)
                elif before is None or before.profit != traded.profit or before.closed != traded.closed:
                    changed.append(traded)
            self.holdings[fill.symbol] = holding
        self._heard[fill.symbol, fill.id] = place
        self._orders.setdefault(fill.client_id, []).append((fill.symbol, fill.id))
        if place != NOWHERE:
            self._places.setdefault(place, []).append((fill.symbol, fill.id))
        if changed[0].closed:
            self._closers.setdefault(fill.client_id, place)
        return changed

    def tally(self, place: Placed) -> Tally:
        heard = [self._fills[symbol][id] for symbol, id in self._places.get(place, ())]
        closing: dict[str, Decimal] = {}
        for one in heard:
            if one.closed and self._closers.get(one.fill.client_id) == place:
                closing[one.fill.client_id] = closing.get(one.fill.client_id, Decimal(0)) + one.profit
        wins = sum(1 for profit in closing.values() if profit > 0)
        return Tally(sum((one.profit for one in heard), Decimal(0)), len(closing), wins)

    def read(self, values: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
        """Take in what others have recorded; those that nobody has counted yet are given back."""
        uncounted: list[Mapping[str, Any]] = []
        for value in values:
            fill, place = read_fill(value), Placed(value.get("run", ""), value.get("path", ""))
            if place == NOWHERE:
                uncounted.append(value)
            self.add(fill, place)
            self.last = key_of(value["group"], fill)
        return uncounted

    def adopt(self, fill: Fill, place: Placed) -> None:
        """Count a fill, that was heard of nowhere, at this place."""
        self._heard[fill.symbol, fill.id] = place
        self._places.setdefault(place, []).append((fill.symbol, fill.id))
        if self._closers.get(fill.client_id) == NOWHERE:
            self._closers[fill.client_id] = place

    def traded(self, fill: Fill) -> Traded:
        return self._fills[fill.symbol][fill.id]

    def heard(self, fill: Fill) -> Placed:
        """Where it was first heard of."""
        return self._heard[fill.symbol, fill.id]


class Books:
    """A resource. What was not asked for in a long time is read from the records again."""

    def __init__(self, permissions: Permissions) -> None:
        self._books: OrderedDict[tuple[str, str], Book] = OrderedDict()
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def lock(self, account: str) -> asyncio.Lock:
        """Held from looking at an account's limits until what they let through is on record."""
        return self._locks.setdefault(account, asyncio.Lock())

    def of(self, owner: str, account: str) -> Book:
        book = self._books.setdefault((owner, account), Book())
        self._books.move_to_end((owner, account))
        while len(self._books) > _MOST:
            self._books.popitem(last=False)
        return book

    def forget(self) -> None:
        """All of them: they are read from the records again."""
        self._books.clear()

    async def aclose(self) -> None:
        self.forget()


def key_of(account: str, fill: Fill) -> str:
    """The key of a fill's record."""
    return f"{account}/{fill.symbol}/{fill.id}"
