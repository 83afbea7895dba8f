"""What can be traded with at a moment: bid and ask, and the orders behind them."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal, NamedTuple

from treadle.packs.trading.simulated.listing import BASES
from treadle.packs.trading.simulated.noise import hash_one, key_of
from treadle.packs.trading.simulated.paths import POINT
from treadle.packs.trading.simulated.ticks import MINUTE, Ticks
from treadle.packs.trading.venue.market_data import Level, OrderBook, PublicTrade, Quote

_STANDS = 5_000
"""Milliseconds for which an order book keeps its shape."""
_FIELD = 65_536.0


class Best(NamedTuple):
    """In ticks."""

    bid: int
    ask: int
    last: int


def best_of(ticks: Ticks, at: int) -> Best:
    last = ticks.price(at)
    half = _half(ticks, at, last)
    most = ticks.ticks_in_one - 1 if ticks.listing.side is not None else last + half
    return Best(max(last - half, 1), min(last + half, most), last)


def quote_of(ticks: Ticks, at: int) -> Quote:
    bid, ask, last = best_of(ticks, at)
    places = -ticks.listing.places
    volume = Decimal(ticks.day_volume(at)) / ticks.lots_in_one
    return Quote(ticks.market.symbol, Decimal(bid).scaleb(places), Decimal(ask).scaleb(places),
                 Decimal(last).scaleb(places), at, volume)  # fmt: skip


def book_of(ticks: Ticks, at: int, depth: int) -> OrderBook:
    bid, ask, _ = best_of(ticks, at)
    bids = _levels(ticks, at, bid, -1, depth)
    return OrderBook(ticks.market.symbol, bids, _levels(ticks, at, ask, 1, depth), at)


def trades_of(ticks: Ticks, after: int, until: int) -> list[PublicTrade]:
    """What others traded after `after` and up to `until`: what candles are made of."""
    found: list[PublicTrade] = []
    places, symbol = -ticks.listing.places, ticks.market.symbol
    for point in range(after // POINT + 1, until // POINT + 1):
        at = point * POINT
        minute, within = divmod(at, MINUTE)
        moment = ticks.moment(minute)
        price, volume = moment.price[within // POINT], moment.volume[within // POINT]
        if volume:
            side: Literal["buy", "sell"] = "buy" if price >= ticks.price(at - POINT) else "sell"
            quantity = Decimal(volume) / ticks.lots_in_one
            found.append(PublicTrade(symbol, str(point), side, Decimal(price).scaleb(places), quantity, at))
    return found


def _half(ticks: Ticks, at: int, last: int) -> int:
    """Half of the spread, wider now and then."""
    if ticks.listing.side is not None:
        return 1 + hash_one(key_of(ticks.seed, ticks.market.symbol, ticks.place, "spread"), at // _STANDS) % 3
    drawn = hash_one(key_of(ticks.seed, ticks.market.symbol, ticks.place, "spread"), at // _STANDS) >> 48
    return max(1, int(last * BASES[ticks.listing.base].spread / 2 * (0.7 + 0.6 * drawn / _FIELD) + 0.5))


def _levels(ticks: Ticks, at: int, price: int, step: Literal[-1, 1], depth: int) -> list[Level]:
    key = key_of(ticks.seed, ticks.market.symbol, ticks.place, "bids" if step < 0 else "asks")
    place, places = at // _STANDS * 1_000, -ticks.listing.places
    apart = max(1, int(price * BASES[ticks.listing.base].spread / 3)) if ticks.listing.side is None else 2
    share = ticks.busy * (0.15 if ticks.listing.side is None else 1)
    most = ticks.ticks_in_one - 1 if ticks.listing.side is not None else None
    found: list[Level] = []
    for level in range(min(depth, 1_000)):
        if price < 1 or (most is not None and price > most):
            break
        drawn = hash_one(key, place + level)
        lots = max(1, int(share * (0.3 + (drawn & 0xFFFF) / _FIELD) * (1 + 0.15 * min(level, 20))))
        found.append(Level(Decimal(price).scaleb(places), Decimal(lots) / ticks.lots_in_one))
        price += step * apart * (1 + (drawn >> 32) % 3)
    return found
