"""The moments that a generated step goes through, side by side with what it reads of each, and what it keeps."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from decimal import Decimal
from typing import Any

from treadle.packs.trading.orders.limits import Limits
from treadle.service.backtests.program.columns import Panel
from treadle.service.backtests.program.generating import Generated
from treadle.service.backtests.program.moments import bars_at
from treadle.service.backtests.program.planning import Program
from treadle.service.backtests.program.reading import FAILURES
from treadle.service.backtests.program.records import Kept
from treadle.service.backtests.program.trading import Trading
from treadle.simulation.compiled.opening import join, split
from treadle.simulation.market.scale import Scale

_UNSET, _NUMBER, _OTHER = range(3)
PIECE = 1 << 15
"""Moments that are at hand at once in plain Python, where lists take several times what arrays do."""


class Lane:
    """`moments` are the numbers of those that are gone through; None: all of them."""

    def __init__(
        self, program: Program, panel: Panel, generated: Generated, odd: Any, moments: Any, limits: Limits,
        *, is_jitted: bool,
    ) -> None:  # fmt: skip
        import numpy

        self.program, self.panel, self.generated, self.is_jitted = program, panel, generated, is_jitted
        self.odd, self.limits = odd, limits
        self.more: tuple[Any, ...] = ()
        """What the code takes beside (see `hoisting`)."""
        every = program.moments
        self._is_every = moments is None
        self.moments = numpy.arange(len(every), dtype=numpy.int64) if moments is None else moments
        self._known = every.known if moments is None else every.known[moments]
        self._bars = every.bars if moments is None else bars_at(self._known)
        self._is_view = isinstance(self._bars, slice) and is_jitted
        self.arrays: list[Any] = []
        """What is read of the moments from `first` to `end`, which are at hand."""
        self._have(0, len(self) if is_jitted else 0)
        most = limits.max_orders_per_minute or 0
        self.most = most
        self._begin()
        self._has_equity = limits.max_daily_loss is not None or limits.max_drawdown_pct is not None

    def over(self, panel: Panel) -> Lane:
        """The same moments with the columns of another panel, and with nothing kept yet."""
        lane = copy(self)
        lane.panel = panel
        lane._have(lane.first, lane.end)
        lane._begin()
        return lane

    def _begin(self) -> None:
        import numpy

        count = len(self.generated.variables)
        self.io = self._flat([0, -1])
        self.keep = numpy.zeros(max(1, count)) if self.is_jitted else [0.0] * count
        self.kind = self._flat([0] * max(1, count))
        self.risk, self.sent = self._flat([0] * 8), self._flat([0] * (self.most + 1))
        self.fails = self._flat([0] * len(FAILURES))
        self.tables = [self._flat(table) for table in self.generated.tables]
        self.held = self._flat([0])

    def __len__(self) -> int:
        return len(self.moments)

    @property
    def arguments(self) -> tuple[Any, ...]:
        jj, tt, kk, px, odd, *columns = self.arrays
        kept = (self.keep, self.kind, self.risk, self.sent, self.fails, self.held)
        return (jj, tt, kk, px, odd, *kept, *self.tables, *columns, *self.more)

    def _flat(self, values: list[int]) -> Any:
        if not self.is_jitted:
            return values
        import numpy

        return numpy.array(values, dtype=numpy.int64)

    def _have(self, first: int, end: int) -> None:
        """Have these moments at hand."""
        self.first, self.end = first, end
        every, chosen, known = self.program.moments, self.moments[first:end], self._known[first:end]
        one_by_one = slice(first, end) if self._is_every else chosen
        begin = getattr(self._bars, "start", None)  # of a slice
        place: Any = self._bars[first:end] if begin is None else slice(begin + first, begin + end)
        arrays: list[Any] = [chosen, every.times[one_by_one], known, self.program.prices.close[place],
                             self.odd[one_by_one]]  # fmt: skip
        for index, port in self.generated.columns:
            column = self.panel.column(index, port)
            arrays += [column.values[place], column.errors[place]]
        self.arrays = arrays if self.is_jitted else [one.tolist() for one in arrays]

    def go(self, step: Callable[..., int], trading: Trading, at: int, end: int) -> tuple[int, int]:
        """Go on from `at` to `end`, or as far as is at hand: why it stopped, and where."""
        if not self.first <= at < self.end:
            self._have(at, min(len(self), at + PIECE))
        first = self.first
        self.io[1] = -1
        if (needed := len(trading.acc) + len(self.sent) + len(trading.orders) + 1) > len(self.held):
            self.held = self._flat([0] * needed)
        status = step(
            at - first, min(end, self.end) - first, self.io, trading.acc, trading.orders, trading.over, trading.fills,
            trading.rules, *trading.bars, *self.arguments,
        )  # fmt: skip
        return status, first + int(self.io[0])

    def fill_in(self, index: int, at: int) -> None:
        """Calculate the column of a node at the bar of a moment that is at hand."""
        bar = max(int(self._known[at]) - 1, 0)
        self.panel.exact(index, bar)
        for number, (owner, port) in enumerate(self.generated.columns):
            if owner == index and not self._is_view:
                column = self.panel.column(owner, port)
                self.arrays[5 + 2 * number][at - self.first] = float(column.values[bar])
                self.arrays[6 + 2 * number][at - self.first] = float(column.errors[bar])

    def know(self, code: str) -> None:
        """Runs that fail with this code may be counted: why they do is on record."""
        if code in FAILURES and not self.fails[FAILURES.index(code)]:
            self.fails[FAILURES.index(code)] = 1

    def failed(self) -> dict[str, int]:
        """How many were counted, by code."""
        return {code: int(self.fails[at]) - 1 for at, code in enumerate(FAILURES) if self.fails[at] > 1}

    # Between the numbers of the step and what the exact one keeps

    def lend(self, kept: Kept, account: str, scale: Scale) -> None:
        for slot, name in enumerate(self.generated.variables):
            if self.kind[slot] == _NUMBER:
                kept.state[name] = float(self.keep[slot])
        if self.most:
            count = int(self.sent[0])
            kept.sent = [int(self.sent[1 + at % self.most]) for at in range(max(0, count - self.most), count)]
        if self._has_equity and self.risk[0]:
            peak, last, began = (scale.money(join(self.risk[at], self.risk[at + 1])) for at in (1, 3, 5))
            days = {"UTC": {"day": _date(int(self.risk[7])), "began": str(began)}}
            kept.records["risk"] = {account: {"peak": str(peak), "last": str(last), "days": days}}

    def take_back(self, kept: Kept, account: str, scale: Scale) -> None:
        for slot, name in enumerate(self.generated.variables):
            value = kept.state.get(name)
            if value is None:
                self.kind[slot] = _UNSET
            elif isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 2**53:
                self.keep[slot], self.kind[slot] = float(value), _NUMBER
            else:
                self.kind[slot] = _OTHER
        if self.most:
            recent = kept.sent[-self.most :]
            self.sent[0] = len(recent)
            for at, time in enumerate(recent):
                self.sent[1 + at % self.most] = time
        found = kept.records.get("risk", {}).get(account)
        if self._has_equity and found is not None and "UTC" in found.get("days", {}):
            today = found["days"]["UTC"]
            self.risk[0], self.risk[7] = 1, _day(today["day"])
            for at, text in ((1, found["peak"]), (3, found["last"]), (5, today["began"])):
                self.risk[at], self.risk[at + 1] = split(int(Decimal(text) / scale.unit), self.is_jitted)


def _date(day: int) -> str:
    from datetime import date, timedelta

    return (date(1970, 1, 1) + timedelta(days=day)).isoformat()


def _day(written: str) -> int:
    from datetime import date

    return (date.fromisoformat(written) - date(1970, 1, 1)).days
