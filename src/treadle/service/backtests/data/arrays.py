"""`BarArrays`: the bars of one market as columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from treadle.errors import InvalidWorkflow
from treadle.packs.trading.bars import COLUMNS, milliseconds

if TYPE_CHECKING:
    from numpy.typing import NDArray

_UNITS = (("w", 604_800_000), ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000))


@dataclass(frozen=True, slots=True, eq=False)
class BarArrays:
    """`time` is when each bar opened (int64, ms since 1970, UTC), the others are float64; each bar is over `length` ms
    after it opened. They may lie in memory or in files that are mapped into it; nobody changes them."""

    time: NDArray[Any]
    open: NDArray[Any]
    high: NDArray[Any]
    low: NDArray[Any]
    close: NDArray[Any]
    volume: NDArray[Any]
    length: int

    @classmethod
    def of(
        cls, time: Any, open: Any, high: Any, low: Any, close: Any, volume: Any = None, *, timeframe: str
    ) -> BarArrays:
        """Of whatever numpy makes columns of; without a volume, of none. Raises `InvalidWorkflow` (`invalid_bars`)
        where they are not of one length."""
        import numpy

        times = numpy.ascontiguousarray(time, dtype=numpy.int64)
        given = {"open": open, "high": high, "low": low, "close": close}
        columns = [numpy.ascontiguousarray(one, dtype=numpy.float64) for one in given.values()]
        columns.append(numpy.ascontiguousarray(numpy.zeros(len(times)) if volume is None else volume, numpy.float64))
        wrong = [
            f"{name} {len(column)}"
            for name, column in zip(COLUMNS[1:], columns, strict=True)
            if column.shape != times.shape
        ]
        if wrong:
            raise InvalidWorkflow(
                f"The columns of bars are not of one length: time has {len(times)}, {', '.join(wrong)}.",
                code="invalid_bars",
                remedy="Give each bar all of its numbers.",
            )
        return cls(times, *columns, length=milliseconds(timeframe))

    @property
    def timeframe(self) -> str:
        return timeframe_of(self.length)

    def __len__(self) -> int:
        return len(self.time)

    def columns(self) -> Mapping[str, NDArray[Any]]:
        return {name: getattr(self, name) for name in COLUMNS}

    def cut(self, first: int, end: int) -> BarArrays:
        """Those from number `first` until before number `end`, without copying."""
        return BarArrays(*(getattr(self, name)[first:end] for name in COLUMNS), length=self.length)

    def within(self, since: int | None, until: int | None) -> BarArrays:
        """Those that opened from `since` until before `until` (ms)."""
        first = 0 if since is None else int(self.time.searchsorted(since))
        end = len(self) if until is None else int(self.time.searchsorted(until))
        return self.cut(first, max(first, end))

    def gaps(self) -> Iterator[Gap]:
        """Where bars are missing between two that are there."""
        import numpy

        steps = numpy.diff(self.time)
        for at in numpy.flatnonzero(steps > self.length).tolist():
            yield Gap(at + 2, int(self.time[at]) + self.length, int(self.time[at + 1]), self.length)


@dataclass(frozen=True, slots=True)
class Gap:
    """Bars that are not there: from `since` until before `until` (ms). `row` is the bar after it, counted from 1."""

    row: int
    since: int
    until: int
    length: int

    @property
    def bars(self) -> float:
        return (self.until - self.since) / self.length


def timeframe_of(length: int) -> str:
    """`1h` for 3,600,000 ms."""
    for unit, size in _UNITS:
        if length % size == 0:
            return f"{length // size}{unit}"
    return f"{length / 1000:g}s"
