"""The bars of one market as columns: in ticks and lots for the matching, in numbers for the nodes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any

from treadle.packs.trading.paper.market_facts import market_of_bars
from treadle.packs.trading.paper.settings import PaperSettings
from treadle.service.backtests.program.refusing import not_compiled
from treadle.simulation.compiled.columns import to_whole

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray

    from treadle.packs.trading.venue.market_data import Market

    Ints = NDArray[numpy.int64]
    Floats = NDArray[numpy.float64]

NAMES = ("open", "high", "low", "close", "volume")


@dataclass(frozen=True, eq=False)
class Prices:
    """`opens` and `closes` are when a bar began and when it was known (ms)."""

    times: Ints
    opens: Ints
    closes: Ints
    open: Ints
    high: Ints
    low: Ints
    close: Ints
    volume: Ints
    tick: Decimal
    lot: Decimal
    length: int
    kept: dict[Any, Any] = field(default_factory=dict[Any, Any])
    """What variants of a backtest have found out and may share; nothing of it is changed."""
    given: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """The columns as they came: what nodes are told, where it is the same."""

    @classmethod
    def of(cls, bars: Mapping[str, Any], settings: PaperSettings, length: int, market: Market | None = None) -> Prices:
        """As the feed of a paper account reads them; `market` is what came with them. Raises `NotCompiled` for what its
        whole numbers cannot hold."""
        import numpy

        traded = market_of_bars("*", settings, market)
        tick, lot = traded.tick, traded.lot
        assert tick is not None
        assert lot is not None
        per_tick, per_lot = float(1 / tick), float(1 / lot)
        times = numpy.ascontiguousarray(bars["time"], dtype=numpy.int64)
        columns: list[Any] = []
        for name in NAMES:
            column = to_whole(numpy.asarray(bars[name], dtype=float), per_lot if name == "volume" else per_tick)
            if column is None:
                raise not_compiled(f"The column `{name}` has numbers that are too large for their tick or lot.")
            columns.append(column)
        if len(times) and int(columns[2].min()) <= 0:  # no other price of a bar is below its low
            raise not_compiled("There are prices of less than a tick.")
        closes = times + length
        numpy.minimum(closes[:-1], times[1:], out=closes[:-1])
        return cls(times, times, closes, *columns, tick=tick, lot=lot, length=length, given=bars)

    def __len__(self) -> int:
        return len(self.times)

    @cached_property
    def is_regular(self) -> bool:
        """Whether each bar begins where the one before is over."""
        import numpy

        if not len(self) or int(self.times[-1]) - int(self.times[0]) != (len(self) - 1) * self.length:
            return False
        # None is longer than it should be; so where they are as long together, each is.
        return numpy.array_equal(self.closes[:-1], self.opens[1:])

    def known(self, moments: Ints) -> Ints:
        """How many bars are over at each."""
        import numpy

        if not self.is_regular:
            return numpy.searchsorted(self.closes, moments, side="right")
        if len(moments) and moments[0] >= self.closes[0]:
            first = int(moments[0] - self.closes[0]) // self.length
            if numpy.array_equal(moments, self.closes[first : first + len(moments)]):
                return numpy.arange(first + 1, first + 1 + len(moments), dtype=numpy.int64)
        return numpy.clip((moments - int(self.closes[0])) // self.length + 1, 0, len(self))

    @cached_property
    def told(self) -> Mapping[str, Floats]:
        """The columns as nodes are told them: the nearest floats of ticks × tick. Each is made when it is asked for."""
        return _Told(self)


class _Told(Mapping[str, Any]):
    def __init__(self, prices: Prices) -> None:
        self._prices = prices
        self._made: dict[str, Any] = {"time": prices.times}

    def __getitem__(self, name: str) -> Any:
        if name not in self._made:
            made = self._make(name)
            given = self._prices.given.get(name)
            self._made[name] = given if _is_same(given, made) else made
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(("time", *NAMES))

    def __len__(self) -> int:
        return len(NAMES) + 1

    def _make(self, name: str) -> Any:
        import numpy

        if name not in NAMES:
            raise KeyError(name)
        step = self._prices.lot if name == "volume" else self._prices.tick
        places = max(0, -int(step.normalize().as_tuple().exponent))
        factor = int(step.scaleb(places))
        whole: Any = getattr(self._prices, name)
        largest = int(whole.max()) * factor if len(whole) else 0
        if largest >= 2**53 or places > 22:
            return numpy.array([float(Decimal(one) * step) for one in whole.tolist()], dtype=float)
        # Both are exact, and a division is rounded once: the same as of the decimal.
        return (whole if factor == 1 else whole * factor) / float(10**places)


def _is_same(given: Any, made: Floats) -> bool:
    """To the last bit, so that one of them is enough."""
    import numpy

    if type(given) is not numpy.ndarray:
        return False
    column: Any = given
    if column.dtype != made.dtype or not column.flags.carray:
        return False
    return numpy.array_equal(column.view(numpy.int64), made.view(numpy.int64))
