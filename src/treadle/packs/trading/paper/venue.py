"""`PaperVenue`: an exchange of our own, over anybody's prices."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeVar

from treadle.errors import NodeError
from treadle.packs.trading.paper.account import PaperAccount, PaperDesk, UnknownDesk
from treadle.packs.trading.paper.accounts import Accounts, StoredOrder
from treadle.packs.trading.paper.bar_feed import BarFeed, RunFeed
from treadle.packs.trading.paper.feed import Feed
from treadle.packs.trading.paper.feeds import open_feed
from treadle.packs.trading.paper.filters import check_filters, off_grid, refuse_want
from treadle.packs.trading.paper.looking import know_markets, look
from treadle.packs.trading.paper.settings import PaperSettings, read_settings
from treadle.packs.trading.paper.telling import KINDS, row_of, tell_fill, tell_order
from treadle.packs.trading.paper.worth import tell_account, tell_positions
from treadle.packs.trading.venue.account import Account, Position
from treadle.packs.trading.venue.market_data import Bars, Funding, Market, OrderBook, Quote
from treadle.packs.trading.venue.order import Fill, Order, OrderRequest
from treadle.packs.trading.venue.protocol import Capabilities, Channel
from treadle.packs.trading.venue.refusal import refusal
from treadle.packs.trading.venue.venues import Opening
from treadle.simulation.market import orders as o
from treadle.simulation.market.desk import Want
from treadle.simulation.market.scale import scale_of

T = TypeVar("T")
_DEPTHS, _DEPTHS_ELSEWHERE = (5, 50, 1_000), (100, 1_000)
"""Levels of a book that an order may take from; more are asked for where it needs them."""


async def open_paper(opening: Opening) -> PaperVenue:
    """The account `opening.account` of `paper.db`, over the prices of `opening.inner` or of the settings' feed."""
    settings = read_settings(opening.settings)
    place = opening.permissions.workspace / ".treadle" / "paper.db"
    try:
        accounts = Accounts(place)
    except (OSError, sqlite3.Error) as error:
        raise NodeError(
            f"The paper accounts cannot be kept in {place}: {error}.",
            code="no_account_file",
            remedy="Let this process write to the folder, or put a file that is damaged aside.",
            retryable=False,
        ) from error
    try:
        account = PaperAccount(accounts, opening.account, settings)
        feed = await open_feed(opening, settings, account)
    except BaseException:
        accounts.close()
        raise
    return PaperVenue(account, feed, opening.now)


class PaperVenue:
    def __init__(self, account: PaperAccount, feed: Feed, now: Callable[[], datetime]) -> None:
        self.name = "paper"
        self.feed_of_prices = feed
        self._account, self._feed, self._clock = account, feed, now
        self._settings: PaperSettings = account.settings
        self._looking = asyncio.Lock()
        self.capabilities = Capabilities(
            orders=frozenset(KINDS),
            channels=frozenset(feed.channels),
            timeframes=frozenset(feed.timeframes),
            modifies=True,
            keeps_brackets=True,
            keeps_groups=True,
            reduces_only=True,
            posts_only=True,
            shorts=self._settings.shorts,
            has_positions=True,
            has_funding=True,
            is_simulated=True,
            fills_at_next_bar=not feed.trades_at_once,
            prices_by_bar=isinstance(feed, BarFeed),
            max_client_id=64,
            quotes=(self._settings.told_in,),
        )

    # What the markets are

    async def market(self, symbol: str) -> Market:
        """With the fees of the settings, where they say any."""
        market = await self._feed.market(symbol)
        fees = self._settings.fees
        if fees.maker is None and fees.taker is None:
            return market
        return replace(
            market,
            maker=market.maker if fees.maker is None else fees.maker,
            taker=market.taker if fees.taker is None else fees.taker,
        )

    async def symbols(self) -> Sequence[str]:
        return await self._feed.symbols()

    async def quote(self, symbol: str) -> Quote:
        return await self._feed.quote(symbol, self._now())

    async def candles(
        self, symbol: str, timeframe: str, *, bars: int, until: int | None = None, closed_only: bool = True
    ) -> Bars:
        return await self._feed.candles(symbol, timeframe, self._now(), bars=bars, until=until, closed_only=closed_only)

    async def order_book(self, symbol: str, *, depth: int = 50) -> OrderBook:
        return await self._feed.order_book(symbol, self._now(), depth=depth)

    async def funding(self, symbol: str) -> Funding:
        return await self._feed.funding(symbol, self._now())

    # What the account has

    async def account(self) -> Account:
        await self._look()
        return await tell_account(self._account, self._feed, self._now())

    async def positions(self, symbol: str | None = None) -> Sequence[Position]:
        await self._look()
        return await tell_positions(self._account, self._feed, self._now(), symbol)

    async def fetch(self, symbol: str, client_id: str) -> Order | None:
        await self._look()
        return self._find(client_id)

    async def open_orders(self, symbol: str | None = None) -> Sequence[Order]:
        await self._look()
        found = self._account.accounts.open_orders(self._account.name)
        return [self._tell(one) for one in found if symbol in (None, one.symbol)]

    async def fills(self, symbol: str, *, since: int) -> Sequence[Fill]:
        await self._look()
        held = self._account.desks.get(symbol)
        if held is None:
            return []
        found = self._account.accounts.fills(self._account.name, symbol, since=since)
        return [tell_fill(one, client_id, symbol, held.scale, held.stored.quote) for one, client_id in found]

    # Orders

    async def place(self, order: OrderRequest) -> Order:
        if self._account.accounts.find(self._account.name, order.client_id) is not None:
            placed = await self.fetch(order.symbol, order.client_id)
            assert placed is not None
            return placed
        await know_markets(self._account, self._feed, order.symbol)
        # Whether it is open, and the rules, are asked each time; the feed remembers what can be.
        market = self._account.markets[order.symbol] = await self._feed.market(order.symbol)
        at = await self._arrival(order.symbol)
        quote = await self._feed.quote(order.symbol, at)
        check_filters(order, market, quote.last)
        await self._look()
        takes = self._feed.trades_at_once and _may_trade(order, quote)
        levels = await self._levels(order, market, quote, at) if takes else []
        placed = await self._do(lambda: self._put(order, market, quote, levels, at))
        placed = placed or self._find(order.client_id)
        assert placed is not None
        return placed

    async def modify(
        self, symbol: str, client_id: str, *,
        quantity: Decimal | None = None, price: Decimal | None = None, stop_price: Decimal | None = None,
        stop_loss: Decimal | None = None, take_profit: Decimal | None = None,
    ) -> Order:  # fmt: skip
        market = await self._feed.market(symbol)
        at = await self._arrival(symbol)
        quote = await self._feed.quote(symbol, at)
        await self._look()
        known = self._find(client_id)
        if known is None:
            raise _no_order(client_id, symbol)
        changed = replace(
            _request(known),
            quantity=known.quantity if quantity is None else quantity,
            price=known.price if price is None else price,
            stop_price=known.stop_price if stop_price is None else stop_price,
            stop_loss=stop_loss,
            take_profit=take_profit,
        )
        check_filters(changed, market, quote.last)
        moves = any(one is not None for one in (quantity, price, stop_price))
        takes = moves and self._feed.trades_at_once and not known.is_final and _may_trade(changed, quote)
        levels = await self._levels(changed, market, quote, at) if takes else []

        def change() -> None:
            with self._account.change(at):
                held = self._account.desks[symbol]
                row = next((one for one in held.desk.orders if one[o.NUMBER] == int(known.id)), None)
                if moves:
                    if row is None:
                        raise _is_over(known)
                    self._change(held, row, changed, levels, at)
                self._guard(held, known, row, changed, at)

        await self._do(change)
        return self._find(client_id) or known

    async def cancel(self, symbol: str, client_id: str) -> Order:
        await self._look()
        known = self._find(client_id)
        if known is None:
            raise _no_order(client_id, symbol)
        if known.is_final:
            return known

        def cancel() -> None:
            with self._account.change(self._time(symbol, self._now())):
                desk = self._account.desks[symbol].desk
                for row in list(desk.orders):
                    if row[o.NUMBER] == int(known.id):
                        desk.cancel(row)

        await self._do(cancel)
        return self._find(client_id) or known

    # Bars that a run brings

    async def feed(self, symbol: str, bars: Any) -> None:
        """At `feed: run`: the bars that the run was told of, each once and in order; with one, what rests here is
        matched. The same bar again changes nothing; one that is older than the newest is refused."""
        if not isinstance(self._feed, RunFeed):
            raise refusal(
                "not_supported",
                f"The prices of this paper account come from `{self._feed.name}`, not from runs.",
                remedy="Set `feed: run` in the settings of the provider.",
            )
        self._feed.take(symbol, bars)
        await self._look()

    def stream(self, channel: Channel, symbol: str, *, timeframe: str | None = None) -> AsyncGenerator[dict[str, Any]]:
        """As the feed tells it; with each item, what rests here is matched."""
        return self._stream(channel, symbol, timeframe)

    async def aclose(self) -> None:
        await self._feed.aclose()
        self._account.accounts.close()

    async def _stream(self, channel: Channel, symbol: str, timeframe: str | None) -> AsyncGenerator[dict[str, Any]]:
        source = self._feed.stream(channel, symbol, timeframe=timeframe)
        try:
            async for item in source:
                await self._look()
                yield item
        finally:
            await source.aclose()

    def _now(self) -> int:
        return round(self._clock().timestamp() * 1000)

    def _time(self, symbol: str, now: int) -> int:
        return self._feed.time(symbol, now) if isinstance(self._feed, BarFeed) else now

    async def _do(self, change: Callable[[], T]) -> T:
        """A change of the account, begun again where another process has opened a market that is new to this one."""
        while True:
            try:
                return change()
            except UnknownDesk:
                await know_markets(self._account, self._feed)

    async def _look(self) -> None:
        async with self._looking:
            await look(self._account, self._feed, self._now(), self._time)

    async def _arrival(self, symbol: str) -> int:
        """When an order that is sent now is there."""
        latency = self._settings.latency
        if isinstance(self._feed, BarFeed):
            at = self._feed.time(symbol, self._now())
            length = self._feed.length(symbol)
            return at + latency // length * length if length else at
        if latency and not self._feed.foresees:
            await asyncio.sleep(latency / 1000)
            return self._now()
        return self._now() + latency

    async def _levels(self, order: OrderRequest, market: Market, quote: Quote, at: int) -> list[tuple[int, int]]:
        """What the order may take, in ticks and lots, the best first."""
        assert market.tick is not None
        assert market.lot is not None
        tick, lot = market.tick, market.lot
        if isinstance(self._feed, BarFeed):
            lots = self._feed.offered(order.symbol, at, int(order.quantity // lot))
            return [(round(quote.last / tick), lots)] if lots else []
        buys = order.side == "buy"
        side: Sequence[tuple[Decimal, Decimal]] = []
        for depth in _DEPTHS if self._feed.foresees else _DEPTHS_ELSEWHERE:
            try:
                book = await self._feed.order_book(order.symbol, at, depth=depth)
                side = book.asks if buys else book.bids
            except NodeError as error:
                if error.code != "not_supported":
                    raise
                side = [(quote.ask if buys else quote.bid, order.quantity)]
            # What is beyond the limit is of no use, and the next one tells that nothing nearer was left out.
            is_enough = len(side) < depth or sum(one[1] for one in side) >= order.quantity
            limit = order.price if order.kind in ("limit", "stop_limit", "take_profit_limit") else None
            if is_enough or (limit is not None and (side[-1][0] > limit if buys else side[-1][0] < limit)):
                break
        return [(round(price / tick), lots) for price, quantity in side if (lots := int(quantity // lot))]

    def _put(
        self, order: OrderRequest, market: Market, quote: Quote, levels: list[tuple[int, int]], at: int
    ) -> Order | None:
        """The order as it stands now; None where there was one of its name."""
        account = self._account
        with account.change(at) as change:
            if change.has_client(account.name, order.client_id):
                return None
            held = account.open(market)
            desk, scale = held.desk, held.scale
            desk.last = scale.nearest_ticks(quote.last)
            if not account.broker.is_walked(desk):
                account.mark(order.symbol, walked=at, paid=at)
            group = 0
            if order.group is not None:
                group = change.group_of(account.name, order.group) or account.broker.count()
            try:
                row = row_of(order, scale, account.broker.count(), group=group, since=at)
            except ValueError:
                raise off_grid("price", order.price or quote.last, scale.tick, order.symbol) from None
            if not self._feed.trades_at_once and row[o.POST_ONLY] and o.is_limit(row) and o.is_reached(row, desk.last):
                raise refuse_want(Want(o.WOULD_TRADE), order)
            want = account.broker.place(desk, row)
            if want.reason != o.NONE:
                raise refuse_want(want, order)
            account.add(row, order.client_id, order.group)
            if self._feed.trades_at_once:
                self._arrive(held, row, levels or _beyond(row, quote, scale.nearest_ticks), quote, at)
                if row[o.STATUS] == o.REJECTED and not row[o.FILLED]:
                    raise refuse_want(Want(row[o.REASON]), order)
            fills = [fill for fill in desk.fills if fill.number == row[o.NUMBER]]
            quoted = held.stored.quote
        stored = StoredOrder(order.client_id, order.symbol, row.copy(), order.group, at, at)
        return tell_order(stored, scale, quoted, fills)

    def _arrive(self, held: PaperDesk, row: o.Row, levels: list[tuple[int, int]], quote: Quote, at: int) -> None:
        held.desk.arrive(row, levels, at, spread=max(0, held.scale.nearest_ticks(quote.spread)))

    def _change(
        self, held: PaperDesk, row: o.Row, changed: OrderRequest, levels: list[tuple[int, int]], at: int
    ) -> None:
        scale, desk = held.scale, held.desk
        row[o.QUANTITY] = scale.lots(changed.quantity)
        row[o.PRICE] = 0 if changed.price is None else scale.ticks(changed.price)
        row[o.STOP] = 0 if changed.stop_price is None else scale.ticks(changed.stop_price)
        row[o.SINCE], row[o.RESTED] = at, 0
        if o.remaining(row) <= 0:
            desk.cancel(row)
            return
        want = desk.check(row, lambda asset: self._account.broker.free(asset, but=row))
        if want.reason != o.NONE:
            raise refuse_want(want, changed)
        if levels:
            desk.arrive(row, levels, at)
            if row[o.STATUS] == o.REJECTED and not row[o.FILLED]:
                raise refuse_want(Want(row[o.REASON]), changed)

    def _guard(self, held: PaperDesk, known: Order, row: o.Row | None, changed: OrderRequest, at: int) -> None:
        """New stop-loss and take-profit: of what is to be filled, and of what has been."""
        desk = held.desk
        for price, field, kind in (
            (changed.stop_loss, o.STOP_LOSS, o.STOP_MARKET),
            (changed.take_profit, o.TAKE_PROFIT, o.TAKE_MARKET),
        ):
            if price is None:
                continue
            ticks = held.scale.ticks(price)
            children = [one for one in desk.orders if one[o.PARENT] == int(known.id)]
            own = [one for one in children if one[o.KIND] == kind]
            if row is not None:
                row[field] = ticks
            for child in own:
                child[o.STOP], child[o.SINCE], child[o.RESTED] = ticks, at, 0
            if not own and known.filled:
                if not self._account.broker.is_walked(desk):
                    self._account.mark(known.symbol, walked=at, paid=at)
                desk.guard(int(known.id), known.side == "buy", held.scale.lots(known.filled), kind, ticks, at)

    def _find(self, client_id: str) -> Order | None:
        stored = self._account.accounts.find(self._account.name, client_id)
        return None if stored is None else self._tell(stored)

    def _tell(self, stored: StoredOrder) -> Order:
        accounts, name = self._account.accounts, self._account.name
        held = self._account.desks.get(stored.symbol)
        if held is None:  # another process has opened it since this one looked
            row = next(one for one in accounts.desks(name) if one.symbol == stored.symbol)
            scale, quote = scale_of(row.tick, row.lot, row.contract), row.quote
        else:
            scale, quote = held.scale, held.stored.quote
        fills = accounts.fills_of(name, stored.row[o.NUMBER]) if stored.row[o.FILLED] else ()
        return tell_order(stored, scale, quote, fills)


def _may_trade(order: OrderRequest, quote: Quote) -> bool:
    """Whether something becomes of the order at this quote."""
    buys = order.side == "buy"
    if order.kind == "market":
        return True
    if order.kind == "limit":
        assert order.price is not None
        return order.price >= quote.ask if buys else order.price <= quote.bid
    assert order.stop_price is not None
    rising = buys == (order.kind in ("stop", "stop_limit"))
    return quote.last >= order.stop_price if rising else quote.last <= order.stop_price


def _beyond(row: o.Row, quote: Quote, ticks: Callable[[Decimal], int]) -> list[tuple[int, int]]:
    """The other side's best, which is out of reach."""
    return [(ticks(quote.ask if row[o.SIDE] == o.BUY else quote.bid), 0)]


def _request(order: Order) -> OrderRequest:
    return OrderRequest(
        order.client_id, order.symbol, order.side, order.kind, order.quantity, order.price, order.stop_price,
        reduce_only=order.reduce_only,
    )  # fmt: skip


def _no_order(client_id: str, symbol: str) -> NodeError:
    return refusal(
        "refused",
        f"There is no order `{client_id}` of {symbol} on this account.",
        remedy="Look at its open orders.",
        symbol=symbol,
        client_id=client_id,
    )


def _is_over(order: Order) -> NodeError:
    return refusal(
        "refused",
        f"The order `{order.client_id}` is {order.status}; nothing of it can be changed.",
        remedy="Place another one.",
        symbol=order.symbol,
        client_id=order.client_id,
    )
