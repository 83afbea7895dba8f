"""What fills come to: position, average price, profit, fees, exact to the last digit.

The fills of a symbol may come in any order, more than once, and some of them late: they are put in order by time,
sequence and id, and each counts once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import NamedTuple

from treadle.packs.trading.exact import divide, tidy
from treadle.packs.trading.venue.order import Fill, Side

_EXACT = Context(prec=120)
_SHARE = Decimal("1e-18")
"""What a part of a position has cost is rounded to this; what is left keeps the rest, so nothing is lost."""
_NONE = Decimal(0)


class Traded(NamedTuple):
    """What a fill came to. `closed` is how much of a position it closed; `profit` what that brought, its part of the
    fees of the way in and those of the way out taken off, as far as they were paid in the quote asset."""

    fill: Fill
    closed: Decimal
    gross: Decimal
    profit: Decimal


@dataclass(slots=True)
class Holding:
    """Of one symbol. `quantity` is negative where it is short; `cost` is what it was entered for, without fees; `fees`
    are all that were paid, by asset. `realised` is before fees, `profit` after those in the quote asset."""

    symbol: str
    quantity: Decimal = _NONE
    cost: Decimal = _NONE
    entry_fees: Decimal = _NONE
    realised: Decimal = _NONE
    profit: Decimal = _NONE
    fees: dict[str, Decimal] = field(default_factory=dict[str, Decimal])

    @property
    def average(self) -> Decimal | None:
        """What a unit was entered at; None where there is none."""
        return divide(self.cost, abs(self.quantity)) if self.quantity else None

    def open_profit(self, price: Decimal) -> Decimal:
        """What closing all of it at `price` would bring, before fees."""
        worth = _EXACT.multiply(abs(self.quantity), price)
        return _EXACT.subtract(worth, self.cost) if self.quantity > 0 else _EXACT.subtract(self.cost, worth)

    def take(self, fill: Fill) -> Traded:
        """Take the next fill in. They have to come in order, each once: see `account`."""
        if fill.fee:
            self.fees[fill.fee_asset] = _EXACT.add(self.fees.get(fill.fee_asset, _NONE), fill.fee)
        base, quote = assets_of(self.symbol)
        is_of_base = fill.fee_asset == base and not is_derivative(self.symbol)
        fee = fill.fee if fill.fee_asset == quote or not (quote or is_of_base) else _NONE
        before = abs(self.quantity)
        if not before or (self.quantity > 0) == (fill.side == "buy"):
            self._enter(fill.side, fill.quantity, fill.price, fee)
            if is_of_base and fill.side == "buy":
                self.quantity = _EXACT.subtract(self.quantity, fill.fee)  # what was kept of it is not held
            return Traded(fill, _NONE, _NONE, _NONE)
        closed = min(fill.quantity, before)
        fee_out = self._share(fee, closed, fill.quantity)
        gross, profit = self._leave(closed, fill.price, fee_out)
        if fill.quantity > closed:
            over = _EXACT.subtract(fill.quantity, closed)
            self._enter(fill.side, over, fill.price, _EXACT.subtract(fee, fee_out))
        elif is_of_base and fill.fee and self.quantity > 0:
            lost = self._leave(min(fill.fee, self.quantity), _NONE, _NONE)
            gross, profit = _EXACT.add(gross, lost[0]), _EXACT.add(profit, lost[1])
        return Traded(fill, closed, gross, profit)

    def _enter(self, side: Side, quantity: Decimal, price: Decimal, fee: Decimal) -> None:
        self.quantity = (_EXACT.add if side == "buy" else _EXACT.subtract)(self.quantity, quantity)
        self.cost = _EXACT.add(self.cost, _EXACT.multiply(quantity, price))
        self.entry_fees = _EXACT.add(self.entry_fees, fee)

    def _leave(self, closed: Decimal, price: Decimal, fee_out: Decimal) -> tuple[Decimal, Decimal]:
        held, was_long = abs(self.quantity), self.quantity > 0
        cost, fee_in = self._share(self.cost, closed, held), self._share(self.entry_fees, closed, held)
        worth = _EXACT.multiply(closed, price)
        gross = _EXACT.subtract(worth, cost) if was_long else _EXACT.subtract(cost, worth)
        profit = _EXACT.subtract(gross, _EXACT.add(fee_in, fee_out))
        self.cost, self.entry_fees = _EXACT.subtract(self.cost, cost), _EXACT.subtract(self.entry_fees, fee_in)
        self.quantity = _EXACT.subtract(self.quantity, closed) if was_long else _EXACT.add(self.quantity, closed)
        self.realised, self.profit = _EXACT.add(self.realised, gross), _EXACT.add(self.profit, profit)
        return gross, profit

    @staticmethod
    def _share(whole: Decimal, part: Decimal, of: Decimal) -> Decimal:
        if part == of or not whole:
            return whole
        return _EXACT.divide(_EXACT.multiply(whole, part), of).quantize(_SHARE, ROUND_HALF_EVEN, _EXACT)


def in_order(fills: Iterable[Fill]) -> list[Fill]:
    """Each once, oldest first."""
    once: dict[tuple[str, str], Fill] = {}
    for fill in fills:
        once.setdefault((fill.symbol, fill.id), fill)
    return sorted(once.values(), key=place_of)


def place_of(fill: Fill) -> tuple[int, int, str]:
    return fill.at, fill.sequence, fill.id


def account(fills: Iterable[Fill]) -> Mapping[str, Holding]:
    """What is held of each symbol, and what it has brought."""
    held: dict[str, Holding] = {}
    for fill in in_order(fills):
        held.setdefault(fill.symbol, Holding(fill.symbol)).take(fill)
    return held


def assets_of(symbol: str) -> tuple[str, str]:
    """Base and what profit is told in: of `BTC/USDT:USDT`, BTC and USDT. A symbol that does not say has none."""
    base, mark, rest = symbol.partition("/")
    if not mark:
        return symbol, ""
    quote, _, settle = rest.partition(":")
    return base, settle or quote


def is_derivative(symbol: str) -> bool:
    return ":" in symbol


def shown(value: Decimal) -> Decimal:
    """As it is told: without needless zeros."""
    return tidy(value) if len(value.as_tuple().digits) <= 28 else value
