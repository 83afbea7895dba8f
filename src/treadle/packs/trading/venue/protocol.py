"""`Venue`: what trading nodes need of an exchange, a broker or a simulation. Adapters are named in `venues`."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Collection, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal, Protocol

from treadle.packs.trading.venue.account import Account, Position
from treadle.packs.trading.venue.market_data import Bars, Funding, Market, OrderBook, Quote
from treadle.packs.trading.venue.order import Fill, Order, OrderKind, OrderRequest

Channel = Literal["ticker", "trades", "orderbook", "candles"]


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a venue can do; what it cannot is refused by name (`not_supported`), never left out in silence.

    `keeps_brackets`: stop-loss and take-profit of an order are kept at the venue. Its orders and fills of them are told
    of under `<client id>-…`, or without a client id. `keeps_groups`: one cancels the other there. `places_pairs`: so do
    two that are sent as one, see `PairVenue`. `channels` are
    pushed, without asking. `timeframes` is empty where any can be had.
    """

    orders: frozenset[OrderKind] = frozenset({"market", "limit"})
    channels: frozenset[Channel] = frozenset()
    timeframes: frozenset[str] = frozenset()
    modifies: bool = False
    keeps_brackets: bool = False
    keeps_groups: bool = False
    places_pairs: bool = False
    reduces_only: bool = False
    posts_only: bool = False
    shorts: bool = False
    has_positions: bool = False
    has_funding: bool = False
    is_simulated: bool = False
    fills_at_next_bar: bool = False
    """A market order stays open until the feed's next bar: who waits for it in a run waits for what that run delays."""
    prices_by_bar: bool = False
    """Its prices are those of the last bar, and as old as that is."""
    min_client_id: int = 1
    max_client_id: int = 36
    """Characters that a client order id may have; they are `a-z`, `0-9` and `-`."""
    quotes: Collection[str] = field(default=())
    """Assets that prices are told in, where the venue is asked for equity."""


class Venue(Protocol):
    """One account at one venue. Every method raises `NodeError` with a code of `treadle.packs.trading.venue.refusal`;
    what could not be told whether it happened, `Unsettled`.

    Symbols are written as `BTC/USDT`, perpetuals as `BTC/USDT:USDT`, a prediction market's sides as `SLUG:YES`.
    """

    name: str
    capabilities: Capabilities

    async def market(self, symbol: str) -> Market:
        """The market and its rules; may be asked often, so it is remembered. Raises `unknown_symbol`."""
        ...

    async def symbols(self) -> Sequence[str]:
        """All that can be traded."""
        ...

    async def quote(self, symbol: str) -> Quote: ...

    async def candles(
        self, symbol: str, timeframe: str, *, bars: int, until: int | None = None, closed_only: bool = True
    ) -> Bars:
        """The last `bars` candles that opened before `until` (ms; None: now), oldest first; fewer where there are no
        more. With `closed_only` the one that still changes is left out."""
        ...

    async def order_book(self, symbol: str, *, depth: int = 50) -> OrderBook: ...

    async def funding(self, symbol: str) -> Funding: ...

    async def account(self) -> Account: ...

    async def positions(self, symbol: str | None = None) -> Sequence[Position]:
        """Those that are not zero. At a spot venue, what is held of each base asset beside the quote assets, where an
        entry price is known."""
        ...

    async def place(self, order: OrderRequest) -> Order:
        """Send the order. The same `client_id` again gives the order there is. Raises what the venue refuses it for,
        `Unsettled` where it may have got through."""
        ...

    async def modify(
        self, symbol: str, client_id: str, *,
        quantity: Decimal | None = None, price: Decimal | None = None, stop_price: Decimal | None = None,
        stop_loss: Decimal | None = None, take_profit: Decimal | None = None,
    ) -> Order: ...  # fmt: skip

    async def cancel(self, symbol: str, client_id: str) -> Order:
        """The order as it is then: one that was filled first is `filled`, which is no error."""
        ...

    async def fetch(self, symbol: str, client_id: str) -> Order | None:
        """The order with its fills; None where the venue has never had it."""
        ...

    async def open_orders(self, symbol: str | None = None) -> Sequence[Order]: ...

    async def fills(self, symbol: str, *, since: int) -> Sequence[Fill]:
        """All of this account from `since` (ms) on, in order."""
        ...

    def stream(self, channel: Channel, symbol: str, *, timeframe: str | None = None) -> AsyncGenerator[dict[str, Any]]:
        """Items as they come, with `id` (one item has one id, whoever listens), `at` (ms) and what the channel tells:
        ticker: bid, ask, last, volume; trades: price, quantity, side; orderbook: bids, asks; candles: as a candle with
        `closed`. Connects again by itself; ends only with `aclose`, raises what will not get better."""
        ...

    async def aclose(self) -> None: ...


class PairVenue(Venue, Protocol):
    """A venue that `places_pairs`."""

    async def place_pair(self, first: OrderRequest, second: OrderRequest) -> tuple[Order, Order]:
        """Two orders of one side, quantity and `group`, of which one cancels the other: both are placed, or neither.
        As `place` otherwise: each has its client id, is fetched by it, and to cancel one is to cancel both."""
        ...
