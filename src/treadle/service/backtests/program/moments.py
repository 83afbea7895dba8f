"""When the runs of a backtest are due, and what each of them knows: how many bars are over by then."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from treadle.dispatch.timetable import Timetable
from treadle.engine.lookout import config_of
from treadle.node.registry import Registry
from treadle.packs.trading.bars import milliseconds
from treadle.packs.trading.venue.provider import read_provider, write_provider
from treadle.service.backtests.program.prices import Prices
from treadle.service.backtests.program.refusing import not_compiled
from treadle.store.triggers import Trigger

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, eq=False)
class Moments:
    """`times` (ms) of the runs, `known` how many bars are over then. `looks` are when the account is looked at (ms) but
    for the beginning and the end: before the run of that time."""

    trigger: Trigger
    times: NDArray[numpy.int64]
    known: NDArray[numpy.int64]
    looks: NDArray[numpy.int64]
    is_told: bool
    """Each run is told of the bar that is over, not of how often it was due."""
    provider: Any = None

    def __len__(self) -> int:
        return len(self.times)

    @cached_property
    def bars(self) -> Any:
        """Which bar is the last that is over at each, the first before any is: see `bars_at`."""
        return bars_at(self.known)

    def are_closes(self, prices: Prices) -> bool:
        """Whether they are the times at which bars are over, one after the other."""
        import numpy

        if not len(self) or not self.known[0] or int(self.known[-1] - self.known[0]) + 1 != len(self):
            return False
        first = int(self.known[0]) - 1
        return numpy.array_equal(self.times, prices.closes[first : first + len(self)])


def bars_at(known: NDArray[numpy.int64]) -> Any:
    """The bars that were the last to be over when so many were known: a slice where they follow each other, so that
    what is read of them is a view, else their numbers."""
    import numpy

    are_as_many = len(known) and known[0] and int(known[-1]) - int(known[0]) + 1 == len(known)
    # Some may be met twice, and as many others passed by.
    if are_as_many and bool((known[1:] > known[:-1]).all()):
        return slice(int(known[0]) - 1, int(known[-1]))
    return numpy.maximum(known - 1, 0)


def find_moments(
    trigger: Trigger, prices: Prices, registry: Registry, since: datetime, until: datetime, symbol: str, points: int
) -> Moments:
    """Raises `NotCompiled`."""
    import numpy

    begin, end = milliseconds_of(since), milliseconds_of(until)
    is_told = trigger.type == "trigger.stream"
    provider = None
    if trigger.type == "trigger.interval":
        times = _interval(trigger, registry, since, begin, end)
    elif trigger.type == "trigger.schedule":
        found = numpy.fromiter(_scheduled(trigger, registry, since, end), dtype=numpy.int64)
        times = found[(found >= begin) & (found <= end)]
    elif is_told:
        times, provider = _candles(trigger, prices, registry, begin, end, symbol)
    else:
        raise not_compiled(f"`{trigger.type}` is told of more than bars that are over.", trigger.node)
    known = prices.known(times)
    if len(times) and known[0] and int(known[-1] - known[0]) + 1 == len(times):
        closes = prices.closes[int(known[0]) - 1 : int(known[-1])]
        times = closes if numpy.array_equal(times, closes) else times  # one column of them is enough
    return Moments(trigger, times, known, find_looks(prices.closes, begin, end, points), is_told, provider)


def milliseconds_of(at: datetime) -> int:
    return round(at.timestamp() * 1000)


def _interval(trigger: Trigger, registry: Registry, since: datetime, begin: int, end: int) -> Any:
    import numpy

    table = Timetable.of(trigger, registry)
    assert table is not None
    seconds, aligned = float(table.config["seconds"]), bool(table.config.get("aligned", False))
    step = timedelta(seconds=seconds)
    if step % timedelta(milliseconds=1) or since.microsecond % 1000:
        raise not_compiled("It is due at parts of milliseconds.", trigger.node)
    length = round(step / timedelta(milliseconds=1))
    first = (begin // length + 1) * length if aligned else begin + length
    return numpy.arange(first, end + 1, length, dtype=numpy.int64)


def _scheduled(trigger: Trigger, registry: Registry, since: datetime, end: int) -> Iterator[int]:
    table = Timetable.of(trigger, registry)
    assert table is not None
    at = table.next_due(since)
    while at is not None:
        now = milliseconds_of(at)
        if now > end:
            return
        yield now
        at = table.next_due(at)


def _candles(
    trigger: Trigger, prices: Prices, registry: Registry, begin: int, end: int, symbol: str
) -> tuple[Any, Any]:
    config = config_of(registry.get(trigger.type), trigger.config, {}, trigger=trigger.id)
    provider = read_provider(config["provider"])
    timeframe = config.get("timeframe")
    if config["channel"] != "candles" or timeframe is None or milliseconds(timeframe) != prices.length:
        raise not_compiled("It is told of something other than the bars themselves.", trigger.node)
    if (config.get("symbol") or provider.symbol) != symbol:
        raise not_compiled("It is told of another market.", trigger.node)
    closes = prices.closes
    # A bar is told of where it is over when it should be.
    is_whole = (closes % prices.length == 0) & (prices.times == closes - prices.length)
    times = closes[is_whole & (closes >= begin) & (closes <= end)]
    return times, {"symbol": symbol, "provider": write_provider(provider)}


def find_looks(closes: Any, begin: int, end: int, points: int) -> Any:
    """Whenever a bar is over, but no more often than at each thousandth of the time: the same whatever runs when."""
    import numpy

    moments = closes[: int(closes.searchsorted(end, side="right"))]
    every = max(1, (end - begin) // points)
    found: list[int] = []
    at = begin + every
    place = int(moments.searchsorted(at))
    while place < len(moments):
        found.append(int(moments[place]))
        place = int(moments.searchsorted(found[-1] + every))
    return numpy.array(found, dtype=numpy.int64)
