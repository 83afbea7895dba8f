"""A venue that does what a test tells it to: loses answers, tells of fills twice, fills in parts, fails to be asked.

The exchange itself (`Exchange`) outlives the venues that are opened on it, as a real one outlives our processes.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from treadle.errors import NodeError
from treadle.packs.trading.venue.account import Account, Balance, Position
from treadle.packs.trading.venue.market_data import Bars, Funding, Level, Market, OrderBook, Quote
from treadle.packs.trading.venue.order import Fill, Order, OrderRequest, OrderStatus
from treadle.packs.trading.venue.protocol import Capabilities, Channel
from treadle.packs.trading.venue.refusal import Unsettled, refusal
from treadle.packs.trading.venue.venues import KNOWN, Opening

Mishap = Literal["lost_before", "lost_after", "late", "half", "rests", "no_fills", "twice", "rejected"]
BTC = Market(
    "BTC/USDT", "BTC", "USDT", tick=Decimal("0.1"), lot=Decimal("0.001"), min_quantity=Decimal("0.001"),
    min_notional=Decimal(10), price_up=Decimal(2), price_down=Decimal("0.5"), taker=Decimal("0.001"),
)  # fmt: skip
ALL = Capabilities(
    orders=frozenset({"market", "limit", "stop", "stop_limit", "take_profit", "take_profit_limit"}),
    modifies=True, reduces_only=True, posts_only=True,
)  # fmt: skip
LATE = 5.0


@dataclass
class Exchange:
    """Prices are set by hand (`last`), `cash` and `held` are what the account has. `sent` counts what reached it by
    client id, `taken` the orders that were made of it."""

    markets: dict[str, Market] = field(default_factory=lambda: {BTC.symbol: BTC})
    last: dict[str, Decimal] = field(default_factory=lambda: {BTC.symbol: Decimal(50_000)})
    held: dict[str, Decimal] = field(default_factory=lambda: {"USDT": Decimal(100_000), "BTC": Decimal(0)})
    capabilities: Capabilities = ALL
    spread: Decimal = Decimal(10)
    orders: dict[str, Order] = field(default_factory=dict[str, Order])
    requests: dict[str, OrderRequest] = field(default_factory=dict[str, OrderRequest])
    trades: list[Fill] = field(default_factory=list[Fill])
    sent: Counter[str] = field(default_factory=Counter[str])
    taken: Counter[str] = field(default_factory=Counter[str])
    mishaps: list[Mishap | None] = field(default_factory=list[Mishap | None])
    """What happens to the next orders, one after another."""
    refuses: list[NodeError] = field(default_factory=list[NodeError])
    silent: int = 0
    """How many questions go unanswered."""
    asked: int = 0
    quote_age: float = 0.0
    tells_twice: bool = False
    late: list[tuple[float, OrderRequest]] = field(default_factory=list[tuple[float, OrderRequest]])
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    calls: Counter[str] = field(default_factory=Counter[str])
    opens: Callable[[Any], Any] = lambda venue: venue
    """Put around each venue that is opened here."""

    def price(self, symbol: str, side: str) -> Decimal:
        return self.last[symbol] + (self.spread / 2 if side == "buy" else -self.spread / 2)

    def take(self, request: OrderRequest, at: int, *, share: Decimal = Decimal(1), rests: bool = False) -> Order:
        """An order has arrived."""
        self.sent[request.client_id] += 1
        if request.client_id in self.orders:
            return self.orders[request.client_id]
        self.taken[request.client_id] += 1
        order = Order(
            request.client_id, str(next(self.numbers)), request.symbol, request.side, request.kind, "open",
            request.quantity, price=request.price, stop_price=request.stop_price, reduce_only=request.reduce_only,
            group=request.group, created_at=at, updated_at=at,
        )  # fmt: skip
        self.requests[request.client_id] = request
        self.orders[request.client_id] = order
        if not rests and request.stop_price is None:
            now = self.price(request.symbol, request.side)
            crosses = request.price is None or (request.price >= now if request.side == "buy" else request.price <= now)
            if crosses:
                self.fill(request.client_id, request.quantity * share, now, at)
            elif request.time_in_force in ("fok", "ioc"):
                self.orders[request.client_id] = replace(order, status="expired")
        return self.orders[request.client_id]

    def fill(self, client_id: str, quantity: Decimal, price: Decimal | None = None, at: int = 0) -> None:
        """Somebody trades with this order."""
        order = self.orders[client_id]
        price = price or order.price or order.stop_price or self.last[order.symbol]
        market, number = self.markets[order.symbol], next(self.numbers)
        fee = quantity * price * market.taker
        at = at or order.created_at + number
        fill = Fill(
            f"f{number}", client_id, order.id, order.symbol, order.side, quantity, price, fee, market.quote, at,
            sequence=number,
        )  # fmt: skip
        self.trades.append(fill)
        filled = order.filled + quantity
        paid = (order.average or Decimal(0)) * order.filled + price * quantity
        self.orders[client_id] = replace(
            order, filled=filled, average=paid / filled, fee=order.fee + fee, fee_asset=market.quote,
            status="filled" if filled == order.quantity else "partly_filled", updated_at=at,
            fills=(*order.fills, fill),
        )  # fmt: skip
        self.end_group(order, "expired")
        sign = 1 if order.side == "buy" else -1
        self.held[market.base] = self.held.get(market.base, Decimal(0)) + sign * quantity
        self.held[market.quote] -= sign * quantity * price + fee

    def end_group(self, order: Order, status: OrderStatus) -> None:
        """What becomes of the other of a pair."""
        for name, other in self.orders.items():
            is_other = order.group is not None and other.group == order.group and name != order.client_id
            if is_other and self.capabilities.places_pairs and not other.is_final:
                self.orders[name] = replace(other, status=status)

    def told(self, order: Order) -> Order:
        return replace(order, fills=order.fills * 2) if self.tells_twice else order

    def arrive(self, now: float) -> None:
        """What was late arrives."""
        for entry in [one for one in self.late if one[0] <= now]:
            self.late.remove(entry)
            self.take(entry[1], round(now * 1000))


class ScriptedVenue:
    """Public methods are those of `Venue`."""

    def __init__(self, exchange: Exchange, now: Callable[[], datetime], name: str) -> None:
        self.name = name
        self.exchange = exchange
        self.capabilities = exchange.capabilities
        self._now = now

    @property
    def at(self) -> int:
        return round(self._now().timestamp() * 1000)

    def _look(self, call: str) -> Exchange:
        self.exchange.calls[call] += 1
        self.exchange.arrive(self._now().timestamp())
        return self.exchange

    async def market(self, symbol: str) -> Market:
        if symbol not in self.exchange.markets:
            raise refusal("unknown_symbol", f"There is no market `{symbol}`.", remedy="Write another.", symbol=symbol)
        return self.exchange.markets[symbol]

    async def symbols(self) -> Sequence[str]:
        return list(self.exchange.markets)

    async def quote(self, symbol: str) -> Quote:
        await self.market(symbol)
        exchange = self._look("quote")
        at = self.at - round(exchange.quote_age * 1000)
        last = exchange.last[symbol]
        return Quote(symbol, exchange.price(symbol, "sell"), exchange.price(symbol, "buy"), last, at)

    async def candles(
        self, symbol: str, timeframe: str, *, bars: int, until: int | None = None, closed_only: bool = True
    ) -> Bars:
        raise NotImplementedError

    async def order_book(self, symbol: str, *, depth: int = 50) -> OrderBook:
        quote = await self.quote(symbol)
        return OrderBook(symbol, [Level(quote.bid, Decimal(1))], [Level(quote.ask, Decimal(1))], quote.at)

    async def funding(self, symbol: str) -> Funding:
        raise NotImplementedError

    async def account(self) -> Account:
        exchange = self._look("account")
        bound: dict[str, Decimal] = {}
        groups: set[str | None] = {None}
        for order in exchange.orders.values():
            is_bound = exchange.capabilities.places_pairs and order.group in groups - {None}  # by the other
            if not order.is_final and not order.reduce_only and not is_bound:
                groups.add(order.group)
                market = exchange.markets[order.symbol]
                price = order.price or order.stop_price or exchange.last[order.symbol]
                asset = market.quote if order.side == "buy" else market.base
                bound[asset] = bound.get(asset, Decimal(0)) + order.remaining * (price if order.side == "buy" else 1)
        balances = {
            asset: Balance(asset, total, total - bound.get(asset, Decimal(0))) for asset, total in exchange.held.items()
        }
        worth = exchange.held["USDT"]
        for symbol, market in exchange.markets.items():
            worth += exchange.held.get(market.base, Decimal(0)) * exchange.last[symbol]
        cash = exchange.held["USDT"]
        return Account("USDT", cash, worth, Decimal(0), balances["USDT"].free, Decimal(0), balances)

    async def positions(self, symbol: str | None = None) -> Sequence[Position]:
        exchange = self._look("positions")
        return [
            Position(name, held, exchange.last[name], exchange.last[name], Decimal(0))
            for name, market in exchange.markets.items()
            if symbol in (None, name) and (held := exchange.held.get(market.base, Decimal(0)))
        ]

    async def place(self, order: OrderRequest) -> Order:
        exchange = self._look("place")
        mishap = exchange.mishaps.pop(0) if exchange.mishaps else None
        if exchange.refuses:
            raise exchange.refuses.pop(0)
        match mishap:
            case "lost_before":
                raise Unsettled
            case "late":
                exchange.late.append((self._now().timestamp() + LATE, order))
                raise Unsettled
            case "lost_after":
                exchange.take(order, self.at)
                raise Unsettled
            case "half":
                return exchange.told(exchange.take(order, self.at, share=Decimal("0.5")))
            case "rests":
                return exchange.take(order, self.at, rests=True)
            case "no_fills":
                return replace(exchange.take(order, self.at), fills=())
            case "rejected":
                taken = exchange.take(order, self.at, rests=True)
                exchange.orders[order.client_id] = replace(taken, status="rejected", reason="it was not in the mood")
                return exchange.orders[order.client_id]
            case "twice":
                taken = exchange.take(order, self.at)
                return replace(taken, fills=taken.fills * 2)
            case _:
                return exchange.told(exchange.take(order, self.at))

    async def place_pair(self, first: OrderRequest, second: OrderRequest) -> tuple[Order, Order]:
        assert (first.side, first.quantity, first.group) == (second.side, second.quantity, second.group)
        exchange = self._look("place_pair")
        mishap = exchange.mishaps.pop(0) if exchange.mishaps else None
        if exchange.refuses:
            raise exchange.refuses.pop(0)
        if mishap == "lost_before":
            raise Unsettled
        if mishap == "late":
            exchange.late += [(self._now().timestamp() + LATE, one) for one in (first, second)]
            raise Unsettled
        orders = exchange.take(first, self.at, rests=True), exchange.take(second, self.at, rests=True)
        if mishap == "lost_after":
            raise Unsettled
        return orders

    async def modify(
        self, symbol: str, client_id: str, *,
        quantity: Decimal | None = None, price: Decimal | None = None, stop_price: Decimal | None = None,
        stop_loss: Decimal | None = None, take_profit: Decimal | None = None,
    ) -> Order:  # fmt: skip
        order = self._look("modify").orders[client_id]
        changed = replace(
            order, quantity=quantity or order.quantity, price=price or order.price,
            stop_price=stop_price or order.stop_price,
        )  # fmt: skip
        self.exchange.orders[client_id] = changed
        return changed

    async def cancel(self, symbol: str, client_id: str) -> Order:
        exchange = self._look("cancel")
        order = exchange.orders[client_id]
        if not order.is_final:
            exchange.orders[client_id] = replace(order, status="cancelled")
            exchange.end_group(order, "cancelled")
        return exchange.orders[client_id]

    async def fetch(self, symbol: str, client_id: str) -> Order | None:
        exchange = self._look("fetch")
        exchange.asked += 1
        if exchange.silent:
            exchange.silent -= 1
            raise refusal("venue_unreachable", "Nobody answers.", remedy="Wait.")
        found = exchange.orders.get(client_id)
        return None if found is None else exchange.told(found)

    async def open_orders(self, symbol: str | None = None) -> Sequence[Order]:
        found = self._look("open_orders").orders.values()
        return [one for one in found if not one.is_final and symbol in (None, one.symbol)]

    async def fills(self, symbol: str, *, since: int) -> Sequence[Fill]:
        found = [one for one in self._look("fills").trades if one.symbol == symbol and one.at >= since]
        return found * 2 if self.exchange.tells_twice else found

    async def stream(
        self, channel: Channel, symbol: str, *, timeframe: str | None = None
    ) -> AsyncGenerator[dict[str, Any]]:
        raise NotImplementedError
        yield {}

    async def aclose(self) -> None:
        pass


_EXCHANGES: dict[str, Exchange] = {}


async def open_scripted(opening: Opening) -> ScriptedVenue:
    exchange = _EXCHANGES[opening.venue]
    return exchange.opens(ScriptedVenue(exchange, opening.now, opening.venue))


@contextmanager
def listed(exchange: Exchange, name: str = "scripted") -> Iterator[Exchange]:
    """Make an exchange known under a name."""
    _EXCHANGES[name], KNOWN[name] = exchange, f"{__name__}:open_scripted"
    try:
        yield exchange
    finally:
        del _EXCHANGES[name], KNOWN[name]
