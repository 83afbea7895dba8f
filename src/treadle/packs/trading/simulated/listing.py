"""What is traded in the simulated markets, and by which rules."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Literal

from treadle.model.nearest import suggest
from treadle.packs.trading.simulated.noise import Noise
from treadle.packs.trading.venue.market_data import Market
from treadle.packs.trading.venue.refusal import refusal

MINUTES_A_YEAR = 525_600
_YEAR = 19
"""2**19 minutes are 364 days."""


def _moves(name: str, a_year: float) -> Noise:
    """A path that moves by about `a_year` within one, and does not stray from where it stood for good."""
    return Noise(name, _YEAR, 0.6 * a_year, a_year / MINUTES_A_YEAR**0.5, regimes=True)


CRYPTO = _moves("crypto", 0.45)
SILVER = _moves("silver", 0.30)


@dataclass(frozen=True, slots=True)
class Base:
    """A price of its own: `price` times e to the sum of its paths. `volume` is about what is traded in a minute, in
    base; `spread` the distance of bid and ask as a share of the price."""

    name: str
    price: float
    paths: Sequence[Noise]
    volume: float
    spread: float


_BASES = (
    Base("BTC", 60_000, (CRYPTO, _moves("BTC", 0.20)), 8, 0.00006),
    Base("ETH", 3_000, (CRYPTO, _moves("ETH", 0.40)), 90, 0.00008),
    Base("SOL", 150, (CRYPTO, _moves("SOL", 0.65)), 1_500, 0.00015),
    Base("XRP", 0.6, (CRYPTO, _moves("XRP", 0.60)), 300_000, 0.0003),
    Base("DOGE", 0.15, (CRYPTO, _moves("DOGE", 0.80)), 900_000, 0.0003),
    Base("LTC", 90, (CRYPTO, SILVER, Noise("LTC", 10, 0.012, 0.0002)), 800, 0.0002),
    Base("BCH", 400, (CRYPTO, SILVER, Noise("BCH", 10, 0.012, 0.0002)), 180, 0.0002),
    Base("EUR", 1.09, (_moves("EUR", 0.07),), 600_000, 0.00004),
    Base("GBP", 1.27, (_moves("GBP", 0.08),), 400_000, 0.00005),
    Base("XAU", 2_400, (_moves("XAU", 0.14),), 40, 0.0001),
)
BASES: Mapping[str, Base] = {base.name: base for base in _BASES}


@dataclass(frozen=True, slots=True)
class Listing:
    """A market and where its price comes from: one base, or one divided by another. `gap` is about how far it strays
    from that. A prediction market pays at `settles` (ms) whether the base then stands above where it was at `opens`."""

    market: Market
    base: str
    over: str | None = None
    gap: float = 0
    side: Literal["YES", "NO"] | None = None
    opens: int = 0
    settles: int = 0

    @property
    def places(self) -> int:
        """Decimals of a price."""
        return -int(self.market.tick.as_tuple().exponent) if self.market.tick is not None else 0

    @property
    def lots_in_one(self) -> int:
        return int(1 / self.market.lot) if self.market.lot is not None else 1


def _spot(base: str, quote: str, tick: str, lot: str, notional: str) -> Market:
    return Market(
        f"{base}/{quote}", base, quote,
        tick=Decimal(tick), lot=Decimal(lot), min_quantity=Decimal(lot), max_quantity=Decimal(lot) * 100_000_000,
        min_notional=Decimal(notional), price_up=Decimal(5), price_down=Decimal("0.2"),
        maker=Decimal("0.001"), taker=Decimal("0.001"),
    )  # fmt: skip


def _perpetual(spot: Market) -> Market:
    return replace(
        spot, symbol=f"{spot.symbol}:{spot.quote}", kind="perpetual", maker=Decimal("0.0002"), taker=Decimal("0.0005"),
        max_leverage=Decimal(20),
    )  # fmt: skip


def _forex(base: str, tick: str, lot: str) -> Market:
    return replace(
        _spot(base, "USD", tick, lot, "1"), kind="forex", maker=Decimal(0), taker=Decimal(0), max_leverage=Decimal(30)
    )


_USDT = {
    "BTC": _spot("BTC", "USDT", "0.01", "0.00001", "5"),
    "ETH": _spot("ETH", "USDT", "0.01", "0.0001", "5"),
    "SOL": _spot("SOL", "USDT", "0.01", "0.001", "5"),
    "XRP": _spot("XRP", "USDT", "0.0001", "0.1", "5"),
    "DOGE": _spot("DOGE", "USDT", "0.00001", "1", "5"),
    "LTC": _spot("LTC", "USDT", "0.01", "0.001", "5"),
    "BCH": _spot("BCH", "USDT", "0.1", "0.001", "5"),
}
_LISTED = (
    *(Listing(market, base) for base, market in _USDT.items()),
    Listing(_spot("ETH", "BTC", "0.00001", "0.0001", "0.0001"), "ETH", "BTC", gap=0.0011),
    Listing(_spot("SOL", "BTC", "0.0000001", "0.01", "0.0001"), "SOL", "BTC", gap=0.0011),
    Listing(_spot("SOL", "ETH", "0.00001", "0.001", "0.001"), "SOL", "ETH", gap=0.0011),
    *(Listing(_perpetual(_USDT[base]), base, gap=0.0004) for base in ("BTC", "ETH", "SOL")),
    Listing(_forex("EUR", "0.00001", "1"), "EUR"),
    Listing(_forex("GBP", "0.00001", "1"), "GBP"),
    Listing(_forex("XAU", "0.01", "0.01"), "XAU"),
)
LISTED: Mapping[str, Listing] = {listing.market.symbol: listing for listing in _LISTED}
_MONTHLY = re.compile(r"(BTC|ETH|SOL)-UP-(20[0-9]{2})-(0[1-9]|1[0-2]):(YES|NO)")


def find_listing(symbol: str) -> Listing:
    """Raises `unknown_symbol`, with what there is."""
    listing = LISTED.get(symbol) or _prediction(symbol)
    if listing is None:
        every = f"There are {', '.join(LISTED)}, and prediction markets such as BTC-UP-2027-01:YES."
        raise refusal(
            "unknown_symbol",
            f"The simulated markets have no `{symbol[:80]}`.",
            remedy=suggest(symbol, list(LISTED), every),
            symbol=symbol,
        )
    return listing


def symbols_at(at: int) -> list[str]:
    """What can be traded then; of prediction markets, those of this month and of the next two."""
    now = datetime.fromtimestamp(at / 1000, UTC)
    months = [(now.year + (now.month - 1 + ahead) // 12, (now.month - 1 + ahead) % 12 + 1) for ahead in range(3)]
    return [
        *LISTED,
        *(f"{base}-UP-{year}-{month:02}:{side}" for year, month in months for base in ("BTC", "ETH", "SOL")
          for side in ("YES", "NO")),
    ]  # fmt: skip


def _prediction(symbol: str) -> Listing | None:
    found = _MONTHLY.fullmatch(symbol)
    if found is None:
        return None
    base, year, month, side = found[1], int(found[2]), int(found[3]), found[4]
    market = Market(
        symbol, symbol, "USDC", kind="prediction",
        tick=Decimal("0.001"), lot=Decimal(1), min_quantity=Decimal(5), max_quantity=Decimal(1_000_000),
        min_notional=Decimal(1), maker=Decimal(0), taker=Decimal(0),
    )  # fmt: skip
    after = (year + 1, 1) if month == 12 else (year, month + 1)
    opens, settles = (int(datetime(*when, 1, tzinfo=UTC).timestamp() * 1000) for when in ((year, month), after))
    return Listing(market, base, gap=0.009, side="YES" if side == "YES" else "NO", opens=opens, settles=settles)
