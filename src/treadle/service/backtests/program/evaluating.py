"""The figures of a variant from the fills that it left, without an object for each: what `tell_result` would say."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from treadle.service.backtests.program.moments import milliseconds_of
from treadle.service.backtests.program.planning import Program
from treadle.service.backtests.program.trading import Trading
from treadle.simulation.compiled import layout as y
from treadle.simulation.compiled.columns import to_floats
from treadle.simulation.compiled.figures import figures_of
from treadle.simulation.compiled.ledger import INEXACT
from treadle.simulation.compiled.opening import join, split, unpack_fills
from treadle.simulation.market.scale import WALLET_PLACES

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray

    Floats = NDArray[numpy.float64]


class Evaluating:
    """What all variants of a program are measured at: its looks, and the price at each."""

    def __init__(self, program: Program) -> None:
        import numpy

        prices = program.prices
        begin, end = milliseconds_of(program.since), milliseconds_of(program.until)
        ends = numpy.concatenate([[begin], program.moments.looks, [end]]).astype(numpy.int64)
        self.known = numpy.searchsorted(prices.closes, ends, side="right").astype(numpy.int64)
        self.ticks = numpy.where(self.known > 0, prices.close[numpy.maximum(self.known, 1) - 1], 0)
        self.span = float(end - begin)
        told = [Decimal(int(tick)) * prices.tick for tick in (self.ticks[self.ticks > 0][[0, -1]]).tolist()]
        self.held = float(told[1] / told[0] - 1) if int((self.ticks > 0).sum()) > 1 else None
        venue = program.open_venue()
        self.places = -int(venue.scale.unit.normalize().as_tuple().exponent)
        broker, desk = venue.new_account()
        rules = desk.rules
        self.cash, self.rest = divmod(broker.purse.total(rules.quote), rules.money)
        self.lots = broker.purse.total(rules.base) // rules.lot if rules.lot else 0

    def figures(self, trading: Trading) -> tuple[dict[str, Any], Floats | None]:
        """The figures and the returns of its equity."""
        return figures_of(self.equity(trading), self.profits(trading), span=self.span, held=self.held)

    def equity(self, trading: Trading) -> Floats:
        highs, lows = self._pairs(trading, len(self.known))
        cash = split(self.cash, trading.is_jitted)
        known, ticks = (self.known, self.ticks) if trading.is_jitted else (self.known.tolist(), self.ticks.tolist())
        count = int(trading.acc[y.FILLS])
        trading.names["curve"](trading.fills, count, trading.rules, *cash, self.lots, known, ticks, highs, lows)
        return self._floats(trading, highs, lows)

    def profits(self, trading: Trading) -> Floats:
        """Of each trade, as the book of a bot has them."""
        import numpy

        count = int(trading.acc[y.FILLS])
        highs, lows = self._pairs(trading, count)
        trades = trading.names["profits"](trading.fills, count, trading.rules, highs, lows)
        if trades != INEXACT:
            return self._floats(trading, highs[:trades], lows[:trades])
        exact = profits_in_parts(trading, 10 ** (WALLET_PLACES - self.places))
        return numpy.array([one / 10**WALLET_PLACES for one in exact])

    def _pairs(self, trading: Trading, count: int) -> tuple[Any, Any]:
        import numpy

        if not trading.is_jitted:
            return [0] * count, [0] * count
        pairs = numpy.empty((2, count), dtype=numpy.int64)
        return pairs[0], pairs[1]

    def _floats(self, trading: Trading, highs: Any, lows: Any) -> Floats:
        import numpy

        if trading.is_jitted:
            return to_floats(highs, lows, self.places)
        return numpy.array([join(0, low) / 10**self.places for low in lows], dtype=float)


def profits_in_parts(trading: Trading, per_unit: int) -> list[int]:
    """The profits of trades in 10⁻¹⁸, where what closes a part of a position takes a part of its cost, which is rounded
    (to the even one of two alike) to that: `packs.trading.accounting` on whole numbers."""
    multiplier = trading.venue.rules.multiplier * per_unit
    found: list[int] = []
    held = cost = entry = 0
    before, last = 0, (0, 0)
    for one in unpack_fills(trading.fills, int(trading.acc[y.FILLS])):
        fee = one.fee * per_unit
        if held * one.side >= 0:
            held += one.side * one.lots
            cost += one.lots * one.price * multiplier
            entry += fee
            before = one.number
            continue
        closed = min(one.lots, abs(held))
        fee_out = _part(fee, closed, one.lots)
        cost_in, fee_in = _part(cost, closed, abs(held)), _part(entry, closed, abs(held))
        gross = closed * one.price * multiplier - cost_in
        profit = (gross if held > 0 else -gross) - fee_in - fee_out
        cost, entry, held = cost - cost_in, entry - fee_in, held + one.side * closed
        if found and before == one.number and last == (one.number, one.side):
            found[-1] += profit
        else:
            found.append(profit)
        before, last = one.number, (one.number, one.side)
        if one.lots > closed:
            over = one.lots - closed
            held, cost, entry = held + one.side * over, cost + over * one.price * multiplier, entry + fee - fee_out
    return found


def _part(whole: int, part: int, of: int) -> int:
    if part == of or not whole:
        return whole
    found, rest = divmod(whole * part, of)
    return found + (2 * rest > of or (2 * rest == of and found % 2 == 1))
