"""`Scale`: exact decimals ↔ whole numbers. Prices in ticks, quantities in lots, money in `unit`s of the quote asset."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Context, Decimal, Inexact

EXACT = Context(prec=80, traps=[Inexact])
"""Raises `decimal.Inexact` rather than round."""
RATE = 100_000_000
"""Rates (fees, slippage, funding, shares) are whole parts of this."""
WALLET_PLACES = 18
"""Balances are kept in 10⁻¹⁸ of their asset, so that markets of unlike ticks add up in one purse."""
_MONEY_PLACES = 8


@dataclass(frozen=True, slots=True)
class Scale:
    """Of one market. `unit` is 10⁻⁸ of the quote asset, or what a tick × lot needs where that is finer; fees are
    rounded up to it. `multiplier` is how many units one lot costs at a price of one tick."""

    tick: Decimal
    lot: Decimal
    unit: Decimal
    multiplier: int

    def ticks(self, price: Decimal) -> int:
        """Raises `ValueError` where the price is no multiple of the tick."""
        return _whole(price, self.tick, "tick")

    def lots(self, quantity: Decimal) -> int:
        """Raises `ValueError` where the quantity is no multiple of the lot."""
        return _whole(quantity, self.lot, "lot")

    def nearest_ticks(self, price: float | Decimal) -> int:
        return round(Decimal(str(price)) / self.tick)

    def nearest_lots(self, quantity: float | Decimal) -> int:
        return round(Decimal(str(quantity)) / self.lot)

    def price(self, ticks: int) -> Decimal:
        return times(self.tick, ticks)

    def quantity(self, lots: int) -> Decimal:
        return times(self.lot, lots)

    def money(self, units: int) -> Decimal:
        return times(self.unit, units)

    @property
    def wallet_per_money(self) -> int:
        """How many units of a purse one unit of money is."""
        return to_wallet(self.unit)

    @property
    def wallet_per_lot(self) -> int:
        return to_wallet(self.lot)


def scale_of(tick: Decimal, lot: Decimal, contract_size: Decimal = Decimal(1)) -> Scale:
    """Raises `ValueError` where a market is finer than a purse can tell (10⁻¹⁸)."""
    if tick <= 0 or lot <= 0 or contract_size <= 0:
        raise ValueError(f"tick {tick}, lot {lot} and contract size {contract_size} have to be more than 0")
    worth = EXACT.multiply(EXACT.multiply(tick, lot), contract_size).normalize(EXACT)
    places = max(_MONEY_PLACES, -int(worth.as_tuple().exponent))
    if max(places, -int(lot.normalize().as_tuple().exponent)) > WALLET_PLACES:
        raise ValueError(f"tick {tick} × lot {lot} is finer than 10^-{WALLET_PLACES}")
    unit = Decimal((0, (1,), -places))
    return Scale(tick, lot, unit, _whole(worth, unit, "unit"))


def to_rate(share: Decimal) -> int:
    """Of a share (0.001), in parts of `RATE`; finer ones are rounded to the nearest."""
    return round(share * RATE)


def to_wallet(amount: Decimal) -> int:
    """Raises `ValueError` where it is finer than 10⁻¹⁸."""
    return _whole(amount, Decimal((0, (1,), -WALLET_PLACES)), "smallest unit")


def from_wallet(amount: int) -> Decimal:
    return short(EXACT.scaleb(Decimal(amount), -WALLET_PLACES))


def times(unit: Decimal, number: int) -> Decimal:
    return short(EXACT.multiply(unit, Decimal(number)))


def short(value: Decimal) -> Decimal:
    """The same number, without zeros at its end and without an exponent."""
    tidy = value.normalize(EXACT)
    return tidy.quantize(Decimal(1), context=EXACT) if int(tidy.as_tuple().exponent) > 0 else tidy


def _whole(value: Decimal, step: Decimal, name: str) -> int:
    whole, rest = EXACT.divmod(value, step)
    if rest:
        raise ValueError(f"{value} is no multiple of the {name} {step}")
    return int(whole)
