"""The paper venue of the exact steps: the broker, filters and words of `packs.trading.paper`, over columns, without a
file."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from dataclasses import replace
from typing import Any, cast

from treadle.node import Permissions
from treadle.packs.trading.bars import milliseconds
from treadle.packs.trading.paper.account import PaperAccount, PaperDesk
from treadle.packs.trading.paper.accounts import DeskRow, StoredOrder
from treadle.packs.trading.paper.bar_feed import BarFeed, Series
from treadle.packs.trading.paper.filters import check_filters, off_grid, refuse_want
from treadle.packs.trading.paper.rules import rules_of
from treadle.packs.trading.paper.settings import PaperSettings
from treadle.packs.trading.paper.telling import KINDS, row_of, tell_order
from treadle.packs.trading.paper.worth import tell_account, tell_positions
from treadle.packs.trading.venue.account import Account, Position
from treadle.packs.trading.venue.market_data import Bars, Funding, Market, OrderBook, Quote
from treadle.packs.trading.venue.order import Fill, Order, OrderRequest
from treadle.packs.trading.venue.protocol import Capabilities, Channel
from treadle.packs.trading.venue.provider import ProviderRef
from treadle.packs.trading.venue.refusal import refusal
from treadle.packs.trading.venue.venues import Asker
from treadle.service.backtests.program.joined import join_prices
from treadle.service.backtests.program.prices import NAMES, Prices
from treadle.service.backtests.program.refusing import not_compiled
from treadle.simulation.market import orders as o
from treadle.simulation.market.broker import Broker
from treadle.simulation.market.desk import Desk, Want
from treadle.simulation.market.holding import Rules
from treadle.simulation.market.purse import Purse
from treadle.simulation.market.scale import Scale, scale_of, to_wallet


class Whole:
    """A column of whole numbers, one asked for at a time."""

    def __init__(self, column: Any) -> None:
        self._column = column

    def __getitem__(self, at: Any) -> Any:
        return self._column[at].tolist()

    def __len__(self) -> int:
        return len(self._column)


class ColumnSeries(Series):
    """The series of a feed, over columns."""

    def known(self, at: int) -> int:
        return int(cast("Any", self.closes).searchsorted(at, side="right"))


class ColumnFeed(BarFeed):
    def __init__(
        self, symbol: str, settings: PaperSettings, prices: Prices, *,
        allows_gaps: bool = False, known: Market | None = None,
    ) -> None:  # fmt: skip
        super().__init__("bars", settings, {symbol: known})
        self._allows_gaps = allows_gaps
        self.symbol, self.prices = symbol, prices
        rows = tuple(Whole(getattr(prices, name)) for name in NAMES)
        closes = _Closes(prices.closes)
        self._series = ColumnSeries(cast("Any", Whole(prices.times)), cast("Any", Whole(prices.opens)),
                                    cast("Any", closes), cast("Any", rows), prices.length, allows_gaps)  # fmt: skip

    def series(self, symbol: str) -> Series:
        if symbol != self.symbol:
            raise not_compiled(f"It asks for {symbol} beside {self.symbol}.")
        return self._series

    def time(self, symbol: str, now: int) -> int:
        return now

    def length(self, symbol: str) -> int:
        return self.prices.length

    async def candles(
        self, symbol: str, timeframe: str, at: int, *, bars: int, until: int | None, closed_only: bool
    ) -> Bars:
        length, joined = milliseconds(timeframe), None
        if until is not None or (length != self.prices.length and (joined := join_prices(self.prices, length)) is None):
            return await super().candles(symbol, timeframe, at, bars=bars, until=until, closed_only=closed_only)
        end = self.series(symbol).known(at)
        if joined is None:
            first = max(0, end - bars)
            told = {name: column[first:end] for name, column in self.prices.told.items()}
        else:
            told = joined.told(end, bars, closed_only=closed_only)
        # Without a timeframe nobody asks whether bars are missing.
        return {**told, "closed": True, **({} if self._allows_gaps else {"timeframe": timeframe})}

    async def symbols(self) -> Sequence[str]:
        return [self.symbol]

    def stream(self, channel: Channel, symbol: str, *, timeframe: str | None = None) -> AsyncGenerator[dict[str, Any]]:
        raise not_compiled("A node listens to the market.")


class _Closes(Whole):
    def searchsorted(self, at: int, side: str) -> Any:
        return self._column.searchsorted(at, side=side)


class StepAccount:
    """What `PaperAccount` is to those that tell of it."""

    def __init__(self, settings: PaperSettings, broker: Broker, held: PaperDesk) -> None:
        self.settings, self.broker = settings, broker
        self.desks: dict[str, PaperDesk] = {}
        self.held = held

    def open(self) -> None:
        self.desks[self.held.stored.symbol] = self.held


class StepVenue:
    """`name_of` and `number_of` are between the numbers of orders and their names."""

    def __init__(self, market: Market, settings: PaperSettings, feed: ColumnFeed) -> None:
        assert market.tick is not None
        assert market.lot is not None
        self.name = "paper"
        self.rules_market, self.settings, self.feed = market, settings, feed
        self.scale: Scale = scale_of(market.tick, market.lot, market.contract_size)
        self.rules: Rules = rules_of(market, self.scale, settings)
        self.stored = DeskRow(
            market.symbol, market.tick, market.lot, market.contract_size, market.base, market.quote, market.kind
        )
        self.now = 0
        self.names: dict[int, str] = {}
        self.numbers: dict[str, int] = {}
        self.placer = 0
        """Which node (its index) places orders now."""
        self.placers: dict[int, int] = {}
        """By the number of an order: which did."""
        self.capabilities = Capabilities(
            orders=frozenset(KINDS), modifies=True, keeps_brackets=True, keeps_groups=True, reduces_only=True,
            posts_only=True, shorts=settings.shorts, has_positions=True, has_funding=True, is_simulated=True,
            fills_at_next_bar=True, prices_by_bar=True, max_client_id=64, quotes=(settings.told_in,),
        )  # fmt: skip
        self.stand_at(*self.new_account())

    def new_account(self) -> tuple[Broker, Desk]:
        purse = Purse({})
        for asset, amount in self.settings.balance.items():
            purse.move(0, asset, to_wallet(amount), "deposit", "", 0)
        purse.entries.clear()
        broker = Broker(purse)
        return broker, broker.open(self.rules)

    def stand_at(self, broker: Broker, desk: Desk, *, is_open: bool = False) -> None:
        """Go on from this state of the account."""
        self.account_state = StepAccount(self.settings, broker, PaperDesk(desk, self.scale, self.stored))
        self.broker, self.desk = broker, desk
        if is_open:
            self.account_state.open()

    @property
    def is_open(self) -> bool:
        return bool(self.account_state.desks)

    # What the market is

    async def market(self, symbol: str) -> Market:
        market = await self.feed.market(symbol)
        fees = self.settings.fees
        return replace(
            market,
            maker=market.maker if fees.maker is None else fees.maker,
            taker=market.taker if fees.taker is None else fees.taker,
        )

    async def symbols(self) -> Sequence[str]:
        return await self.feed.symbols()

    async def quote(self, symbol: str) -> Quote:
        return await self.feed.quote(symbol, self.now)

    async def candles(
        self, symbol: str, timeframe: str, *, bars: int, until: int | None = None, closed_only: bool = True
    ) -> Bars:
        return await self.feed.candles(symbol, timeframe, self.now, bars=bars, until=until, closed_only=closed_only)

    async def order_book(self, symbol: str, *, depth: int = 50) -> OrderBook:
        return await self.feed.order_book(symbol, self.now, depth=depth)

    async def funding(self, symbol: str) -> Funding:
        return await self.feed.funding(symbol, self.now)

    # What the account has

    async def account(self) -> Account:
        return await tell_account(cast("PaperAccount", self.account_state), self.feed, self.now)

    async def positions(self, symbol: str | None = None) -> Sequence[Position]:
        return await tell_positions(cast("PaperAccount", self.account_state), self.feed, self.now, symbol)

    async def fetch(self, symbol: str, client_id: str) -> Order | None:
        row = self._row(client_id)
        return None if row is None else self._tell(client_id, row)

    async def open_orders(self, symbol: str | None = None) -> Sequence[Order]:
        if symbol not in (None, self.stored.symbol):
            return []
        return [self._tell(self.name_of(row), row) for row in sorted(self.desk.orders)]

    async def fills(self, symbol: str, *, since: int) -> Sequence[Fill]:
        return []

    # Orders

    async def place(self, order: OrderRequest) -> Order:
        if order.group is not None:
            raise not_compiled("Orders that cancel each other (a group) are placed.")
        market = await self.feed.market(order.symbol)
        at = self._arrival()
        quote = await self.feed.quote(order.symbol, at)
        check_filters(order, market, quote.last)
        desk, broker, last = self.desk, self.broker, self.desk.last
        desk.last = self.scale.nearest_ticks(quote.last)
        number = broker.number
        try:
            row = row_of(order, self.scale, broker.count(), group=0, since=at)
        except ValueError:
            raise off_grid("price", order.price or quote.last, self.scale.tick, order.symbol) from None
        want = Want(o.NONE)
        if row[o.POST_ONLY] and o.is_limit(row) and o.is_reached(row, desk.last):
            want = Want(o.WOULD_TRADE)
        if want.reason == o.NONE:
            was_open = self.is_open
            self.account_state.open()
            want = broker.place(desk, row)
            if want.reason != o.NONE and not was_open:
                self.account_state.desks.clear()
        if want.reason != o.NONE:
            broker.number, desk.last = number, last
            raise refuse_want(want, order)
        self.names[row[o.NUMBER]], self.numbers[order.client_id] = order.client_id, row[o.NUMBER]
        self.placers[row[o.NUMBER]] = self.placer
        return self._tell(order.client_id, row)

    async def modify(self, symbol: str, client_id: str, **given: Any) -> Order:
        raise not_compiled("Orders are changed.")

    async def cancel(self, symbol: str, client_id: str) -> Order:
        row = self._row(client_id)
        if row is None:
            raise refusal(
                "refused", f"There is no order `{client_id}` of {symbol} on this account.",
                remedy="Look at its open orders.", symbol=symbol, client_id=client_id,
            )  # fmt: skip
        if row[o.STATUS] < o.DONE:
            self.desk.cancel(row)
        return self._tell(client_id, row)

    async def aclose(self) -> None:
        return None

    def name_of(self, row: o.Row) -> str:
        number = row[o.NUMBER]
        if number not in self.names:
            parent = self.names.get(row[o.PARENT]) or f"t-{row[o.PARENT] or number}"
            kind = "" if not row[o.PARENT] else "-sl" if row[o.KIND] == o.STOP_MARKET else "-tp"
            self.names[number] = f"{parent}{kind}"
            self.numbers[self.names[number]] = number
        return self.names[number]

    def _row(self, client_id: str) -> o.Row | None:
        number = self.numbers.get(client_id)
        if number is None:
            return None
        return next((row for row in (*self.desk.orders, *self.desk.over) if row[o.NUMBER] == number), None)

    def _tell(self, client_id: str, row: o.Row) -> Order:
        stored = StoredOrder(client_id, self.stored.symbol, row, None, row[o.SINCE], self.now)
        return tell_order(stored, self.scale, self.stored.quote)

    def _arrival(self) -> int:
        length = self.feed.prices.length
        return self.now + self.settings.latency // length * length if length else self.now


class StepVenues:
    """Stands for `Venues`: there is one, whoever asks."""

    def __init__(self, venue: StepVenue) -> None:
        self.venue = venue

    async def of(self, ctx: Asker, provider: ProviderRef) -> StepVenue:
        return self.venue


NO_PERMISSIONS = Permissions()
