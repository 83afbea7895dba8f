"""`Desk`: one account as an order node deals with it: its venue, its records, and what is looked at once an order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, Protocol, TypeVar

from pydantic import JsonValue

from treadle.model.record import TURN, Turn
from treadle.node.context import Level, Resource
from treadle.node.exchange import Records
from treadle.packs.trading.accounting import Traded
from treadle.packs.trading.equity import note_equity
from treadle.packs.trading.orders.books import Book, Books, Placed, key_of
from treadle.packs.trading.orders.record import OrderRecord, read_fill, read_record, write_fill
from treadle.packs.trading.venue.account import Account, Position
from treadle.packs.trading.venue.market_data import Market, Quote
from treadle.packs.trading.venue.order import Fill, Order
from treadle.packs.trading.venue.protocol import Venue
from treadle.packs.trading.venue.provider import ProviderRef, write_provider
from treadle.packs.trading.venue.venues import Asker, Venues, account_of

R = TypeVar("R", bound=Resource)
_BEFORE = 60_000
"""Milliseconds: a venue's clock may be so much behind ours."""


Later = Callable[[], object] | None
"""What is called where a record that is to be written later is lost; see `Records.put`."""


class Dealer(Asker, Protocol):
    """Who deals: a node's `Context`, or the check of a deployment that is about to go on."""

    @property
    def records(self) -> Records: ...
    def resource(self, kind: type[R]) -> R: ...
    def log(self, message: str, *, level: Level = "info", **data: JsonValue) -> None: ...


class Desk:
    """`place` is where what is heard of counts: a node's run and path; nowhere, where no run is."""

    def __init__(self, dealer: Dealer, provider: ProviderRef, venue: Venue, place: Placed) -> None:
        self.dealer = dealer
        self.provider = provider
        self.venue = venue
        self.place = place
        self.account_name = account_of(dealer, provider)
        owner = f"run:{dealer.run_id}" if dealer.mode == "test" else dealer.deployment or f"workflow:{dealer.workflow}"
        self._books = dealer.resource(Books)
        self.lock = self._books.lock(self.account_name)
        self.book: Book = self._books.of(owner, self.account_name)
        self.is_read = False
        """Whether the book has been read up to what others have recorded."""
        self._quotes: dict[str, Quote] = {}
        self._account: Account | None = None
        self._positions: Sequence[Position] | None = None

    @property
    def now(self) -> int:
        return round(self.dealer.now().timestamp() * 1000)

    # What is looked at

    async def market(self, symbol: str) -> Market:
        return await self.venue.market(symbol)

    async def quote(self, symbol: str) -> Quote:
        if symbol not in self._quotes:
            self._quotes[symbol] = await self.venue.quote(symbol)
        return self._quotes[symbol]

    async def account(self) -> Account:
        if self._account is None:
            self._account = await self.venue.account()
            await note_equity(self.dealer, self.account_name, self._account)
        return self._account

    async def positions(self) -> Sequence[Position]:
        if self._positions is None:
            self._positions = await self.venue.positions()
        return self._positions

    def look_again(self, *, prices: bool = False) -> None:
        """Something was ordered or traded: what the account was is no longer so; with `prices`, nor are they."""
        self._account = self._positions = None
        if prices:
            self._quotes.clear()

    # What is remembered

    async def find(self, client_id: str) -> OrderRecord | None:
        value = await self.dealer.records.get("order", client_id)
        return None if value is None else read_record(value)

    async def keep(self, record: OrderRecord, *, later: Later = None, turn: Turn | None = None) -> OrderRecord:
        """With `turn`, raises `Conflict` (`overtaken`) where somebody else was first, in whatever process."""
        name, value = record.client_id, record.value()
        await self.dealer.records.put(
            "order", name, value, group=self.account_name, is_open=record.is_open, later=later, turn=turn
        )
        return record

    async def keep_all(self, records: Sequence[OrderRecord], *, turn: Turn | None = None) -> None:
        """In one commit, or none of them."""
        for record in records[:-1]:
            await self.keep(record, later=self._books.forget, turn=turn)
        await self.keep(records[-1], turn=turn)

    async def turn(self, of: str) -> Turn:
        """The account's next turn: to be asked for before one looks at what is decided in it."""
        name = f"{of}/{self.account_name}"
        found = await self.dealer.records.get(TURN, name)
        return Turn(name, 0 if found is None else int(found["number"]))

    async def write(self) -> None:
        """What is still to be written of what was done before is: to be called before the venue is told to change
        anything that no record announces."""
        await self.dealer.records.write()

    async def open_records(self) -> list[OrderRecord]:
        """Of everybody who trades this account."""
        found = await self.dealer.records.list("order", group=self.account_name, mine=False, open_only=True)
        return [read_record(value) for value in found]

    def is_mine(self, record: OrderRecord) -> bool:
        if self.dealer.deployment is None:
            return record.deployment is None
        return record.deployment == self.dealer.deployment

    def written_provider(self) -> dict[str, Any]:
        return write_provider(replace(self.provider, symbol=None, limits={}))

    async def read_book(self) -> Book:
        """The book, with what others have recorded meanwhile; what nobody has counted is counted here."""
        book = self.book
        found = await self.dealer.records.list("fill", group=self.account_name, after=book.last)
        for value in book.read(found):
            if self.place.run:
                fill = read_fill(value)
                book.adopt(fill, self.place)
                await self._put(book.traded(fill))
        self.is_read = True
        return book

    async def take_fills(self, fills: Iterable[Fill]) -> int:
        """Record those that nobody has recorded yet; how many there were to write."""
        changed = await self._add(fills)
        await self._write(changed)
        return len(changed)

    async def _add(self, fills: Iterable[Fill]) -> list[Traded]:
        """Take them into the book; what has to be written of it."""
        fresh = list(fills)
        if fresh and not self.is_read:
            await self.read_book()
        changed: dict[str, Traded] = {}
        for fill in fresh:
            changed |= {one.fill.id: one for one in self.book.add(fill, self.place)}
        if changed:
            self.look_again()
        return list(changed.values())

    async def _write(
        self, changed: Sequence[Traded], record: OrderRecord | None = None, *, later: bool = False
    ) -> None:
        """In one commit, the fills before the order: what is on record as final lacks none of them. `later`: in that of
        what the node comes to."""
        forget = self._books.forget  # what is not written is not known
        try:
            for one in changed:
                await self._put(one, later=forget)
            if record is not None:
                await self.keep(record, later=forget)
            if not later:
                await self.write()
        except BaseException:
            forget()
            raise

    async def _put(self, traded: Traded, *, later: Later = None) -> None:
        fill, (run, path) = traded.fill, self.book.heard(traded.fill)
        value = write_fill(
            fill, group=self.account_name, run=run, path=path, profit=traded.profit if traded.closed else None
        )
        key = key_of(self.account_name, fill)
        await self.dealer.records.put("fill", key, value, group=self.account_name, is_open=not run, later=later)

    async def note(self, record: OrderRecord, order: Order, *, later: bool = False) -> OrderRecord:
        """Take in what the venue says of an order: its fills first, so that what is final lacks none. `later`: it is
        written with what comes next, nothing else being sent before that."""
        if not self.is_mine(record):
            # Its fills are for whose it is to record.
            return await self.keep(replace(record.with_order(order, now=self.now), lacks_fills=bool(order.filled)))
        changed = await self._add(order.fills)
        lacks = False
        if order.filled:
            book = self.book if self.is_read else await self.read_book()
            if book.filled(record.client_id, record.symbol) < order.filled:
                await self._write(changed)
                changed = await self._add(await self._fills_of(record, order))
                lacks = self.book.filled(record.client_id, record.symbol) < order.filled
        noted = record.with_order(order, now=self.now)
        if noted.lacks_fills != lacks:
            noted = replace(noted, lacks_fills=lacks)
        await self._write(changed, None if noted == record else noted, later=later)
        return noted

    async def _fills_of(self, record: OrderRecord, order: Order) -> list[Fill]:
        """What it was filled with, asked for by itself: the answer did not tell all."""
        again = await self.venue.fetch(record.symbol, record.client_id)
        if again is not None and sum((one.quantity for one in again.fills), Decimal(0)) >= order.filled:
            return list(again.fills)
        since = min(record.created_at or self.now, order.created_at or self.now) - _BEFORE
        found = await self.venue.fills(record.symbol, since=max(since, 0))
        return [one for one in found if one.client_id == record.client_id]


async def open_desk(ctx: Any, provider: ProviderRef) -> Desk:
    """The desk of a node."""
    venue = await ctx.resource(Venues).of(ctx, provider)
    return Desk(ctx, provider, venue, Placed(ctx.run_id, ctx.path))
