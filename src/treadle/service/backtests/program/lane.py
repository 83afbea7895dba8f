"""The moments that a generated step goes through, side by side with what it reads of each, and what it keeps."""

from __future__ import annotations

from copy import copy
from decimal import Decimal
from typing import Any

from treadle.packs.trading.orders.limits import Limits
from treadle.service.backtests.program.columns import Panel
from treadle.service.backtests.program.generating import Generated
from treadle.service.backtests.program.planning import Program
from treadle.service.backtests.program.reading import FAILURES
from treadle.service.backtests.program.records import Kept
from treadle.simulation.compiled.opening import join, split
from treadle.simulation.market.scale import Scale

_UNSET, _NUMBER, _OTHER = range(3)


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
        every, prices = program.moments, program.prices
        self.moments = numpy.arange(len(every), dtype=numpy.int64) if moments is None else moments
        known = every.known if moments is None else every.known[moments]
        self._known = known
        place: Any
        if len(known) and known[0] and int(known[-1]) - int(known[0]) + 1 == len(known):
            place = slice(int(known[0]) - 1, int(known[-1]))  # a view, where they follow each other
        else:
            place = numpy.maximum(known - 1, 0)
        times = every.times if moments is None else every.times[moments]
        odd = odd if moments is None else odd[moments]
        self._place, self._is_view = place, isinstance(place, slice) and is_jitted
        columns: list[Any] = []
        for index, port in generated.columns:
            column = panel.column(index, port)
            columns += [column.values[place], column.errors[place]]
        arrays: list[Any] = [self.moments, times, known, prices.close[place], odd, *columns]
        self.arrays: list[Any] = arrays if is_jitted else [one.tolist() for one in arrays]
        most = limits.max_orders_per_minute or 0
        self.most = most
        self._begin()
        self._has_equity = limits.max_daily_loss is not None or limits.max_drawdown_pct is not None

    def over(self, panel: Panel) -> Lane:
        """The same moments with the columns of another panel, and with nothing kept yet."""
        lane = copy(self)
        lane.panel = panel
        columns: list[Any] = []
        for index, port in self.generated.columns:
            column = panel.column(index, port)
            columns += [column.values[self._place], column.errors[self._place]]
        lane.arrays = [*self.arrays[:5], *(columns if self.is_jitted else [one.tolist() for one in columns])]
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

    def __len__(self) -> int:
        return len(self.moments)

    @property
    def arguments(self) -> tuple[Any, ...]:
        jj, tt, kk, px, odd, *columns = self.arrays
        return (jj, tt, kk, px, odd, self.keep, self.kind, self.risk, self.sent, self.fails, *columns, *self.more)

    def _flat(self, values: list[int]) -> Any:
        if not self.is_jitted:
            return values
        import numpy

        return numpy.array(values, dtype=numpy.int64)

    def fill_in(self, index: int, at: int) -> None:
        """Calculate the column of a node at the bar of a moment."""
        bar = max(int(self._known[at]) - 1, 0)
        self.panel.exact(index, bar)
        for number, (owner, port) in enumerate(self.generated.columns):
            if owner == index and not self._is_view:
                column = self.panel.column(owner, port)
                self.arrays[5 + 2 * number][at] = float(column.values[bar])
                self.arrays[6 + 2 * number][at] = float(column.errors[bar])

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
