"""What holders of perpetuals pay each other, from a file: `time,rate`, a row a payment."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from typing import Any

from treadle.errors import NodeError
from treadle.packs.trading.bars import read_times
from treadle.packs.trading.paper.feed import Payment
from treadle.packs.trading.venue.market_data import Funding
from treadle.packs.trading.venue.refusal import refusal

_HOUR = 3_600_000


@dataclass(frozen=True, slots=True)
class Rates:
    """At each of `times` (ms) those who are long pay a share of the notional (0.0001 is 0.01 %) to those who are
    short."""

    times: Sequence[int]
    rates: Sequence[Decimal]

    def funding(self, symbol: str, at: int) -> Funding:
        """What was paid last: what will be paid next is not known yet. Raises `NodeError` (`stale`)."""
        paid = bisect_right(self.times, at)
        if not paid:
            raise refusal(
                "stale", f"Nothing has been paid for {symbol} yet.", remedy="Wait for the first payment.", symbol=symbol
            )
        span = min((b - a for a, b in pairwise(self.times)), default=8 * _HOUR)
        next_at = self.times[paid] if paid < len(self.times) else self.times[-1] + span
        return Funding(symbol, self.rates[paid - 1], next_at, max(1, round(span / _HOUR)))

    def payments(self, after: int, until: int, price: Callable[[int], Decimal | None]) -> Sequence[Payment]:
        """Of those after `after` and up to `until`, at the price that there was."""
        first, end = bisect_right(self.times, after), bisect_right(self.times, until)
        found = ((self.times[one], self.rates[one], price(self.times[one])) for one in range(first, end))
        return [Payment(at, rate, known) for at, rate, known in found if known is not None]


def read_rates(columns: Mapping[str, Any], path: str) -> Rates:
    """Raises `NodeError` (`bad_settings`) by row and column."""
    if missing := [name for name in ("time", "rate") if name not in columns]:
        raise _wrong(path, f"it has no column `{'`, `'.join(missing)}`")
    times = read_times(columns["time"])
    late = next((row for row in range(1, len(times)) if times[row] <= times[row - 1]), None)
    if late is not None:
        raise _wrong(path, f"row {late + 1}, `time`: it does not come after the one before")
    rates: list[Decimal] = []
    for row, value in enumerate(columns["rate"], 1):
        try:
            rates.append(Decimal(str(value)))
        except InvalidOperation:
            raise _wrong(path, f"row {row}, `rate`: {str(value)[:40]!r} is not a number") from None
        if not rates[-1].is_finite():
            raise _wrong(path, f"row {row}, `rate`: {value} is not a number")
    return Rates(times, rates)


def _wrong(path: str, why: str) -> NodeError:
    return NodeError(
        f"`{path}` has no funding rates: {why}.",
        code="bad_settings",
        remedy="Give rows of `time,rate`, the oldest first.",
        retryable=False,
        path=path,
    )
