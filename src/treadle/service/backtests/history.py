"""The bars of a backtest: read once, checked, and told of everything that is wrong with any of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from treadle.errors import InvalidWorkflow, StoreError
from treadle.model.issue import Issue
from treadle.service.backtests.data.arrays import BarArrays
from treadle.service.backtests.data.cache import BarCache
from treadle.service.backtests.data.converting import read_file_kept
from treadle.service.backtests.data.faults import Faults, Gaps, are_right, check_columns
from treadle.service.backtests.data.funding import FundingRates, read_funding
from treadle.service.backtests.data.joining import closes_of
from treadle.service.backtests.data.rules import find_rules
from treadle.service.backtests.data.source import FileSource, Source, read_sources
from treadle.service.backtests.data.writing import write_bars, write_rates
from treadle.service.backtests.looking_back import warm_up_since
from treadle.service.backtests.request import ANY_SYMBOL, BacktestRequest
from treadle.service.backtests.unused import find_unused, tell_unused
from treadle.service.settings import Settings

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from treadle.packs.trading.venue.market_data import Market

_FOLDER = "bars"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class History:
    """`bars` are by the keys of the request: a symbol, `VENUE:SYMBOL`, or `*`. `warnings` are what to know of them,
    `rates` what holders of perpetuals paid each other, `markets` what is known of those that bars came from: fees,
    tick, lot, smallest order."""

    bars: Mapping[str, BarArrays]
    rates: Mapping[str, FundingRates] = field(default_factory=dict[str, FundingRates])
    warnings: tuple[Issue, ...] = ()
    gaps: Gaps = "warn"
    """With `allow` nodes may look across bars that are missing; else who does so fails (`gap`), as it would live."""
    markets: Mapping[str, Market] = field(default_factory=dict[str, "Market"])

    @property
    def has_gaps(self) -> bool:
        return any(next(bars.gaps(), None) is not None for bars in self.bars.values())

    @property
    def length(self) -> int:
        """Of a bar in ms, the shortest of all."""
        return min(bars.length for bars in self.bars.values())

    @property
    def columns(self) -> Mapping[str, Mapping[str, NDArray[Any]]]:
        return {key: bars.columns() for key, bars in self.bars.items()}

    @property
    def files(self) -> Mapping[str, str]:
        """Where `put_files` puts them, below its folder."""
        return {key: f"{_FOLDER}/{number}.npz" for number, key in enumerate(self.bars)}

    @property
    def rate_files(self) -> Mapping[str, str]:
        return {symbol: f"{_FOLDER}/funding-{number}.csv" for number, symbol in enumerate(self.rates)}

    @property
    def opens(self) -> datetime:
        """When the first bar begins."""
        return _instant(min(int(bars.time[0]) for bars in self.bars.values()))

    @property
    def begins(self) -> datetime:
        """When the first bar is over: before, nothing is known."""
        return _instant(min(int(bars.time[0]) + bars.length for bars in self.bars.values()))

    @property
    def ends(self) -> datetime:
        return _instant(max(int(bars.time[-1]) + bars.length for bars in self.bars.values()))

    @property
    def count(self) -> int:
        return sum(len(bars) for bars in self.bars.values())

    def count_within(self, begins: datetime, ends: datetime) -> int:
        """Bars of this period. One that is over as it begins is of it only where it is the first there is."""
        return sum(last - first for _, first, last in self._within(begins, ends))

    def of(self, symbol: str, venue: str | None = None) -> BarArrays | None:
        """The bars that a provider of this venue sees of a market: its own, or those that are of no venue."""
        key = self.key_of(symbol, venue)
        return None if key is None else self.bars[key]

    def key_of(self, symbol: str, venue: str | None = None) -> str | None:
        """Of the bars that such a provider sees."""
        keys = ([f"{venue}:{symbol}"] if venue else []) + [symbol, ANY_SYMBOL]
        return next((key for key in keys if key in self.bars), None)

    def closes(self) -> NDArray[Any]:
        """When bars of any symbol are over, in ms, in order, each time once."""
        import numpy

        return numpy.unique(numpy.concatenate([closes_of(bars) for bars in self.bars.values()]))

    def next_end(self, at: datetime) -> datetime:
        """The first time from `at` on at which one of the shortest bars is over, or would be if it were not missing:
        in the middle of a bar the last price is as old as that, and how old hangs on when somebody asked."""
        shortest, since = self.length, at - _EPOCH
        ends = (timedelta(milliseconds=int(one.time[0])) for one in self.bars.values() if one.length == shortest)
        step = timedelta(milliseconds=shortest)
        return _EPOCH + min(since + (first - since) % step for first in ends)

    def without_volume(self, begins: datetime, ends: datetime) -> int:
        """Of those within."""
        return sum(int((bars.volume[first:last] == 0).sum()) for bars, first, last in self._within(begins, ends))

    def _within(self, begins: datetime, ends: datetime) -> Iterator[tuple[BarArrays, int, int]]:
        since, until = (round(at.timestamp() * 1000) for at in (begins, ends))
        for bars in self.bars.values():
            closes = closes_of(bars)
            first = int(closes.searchsorted(since, side="right"))
            # With the first bar there is, a test begins when that is over; else the one before is of the time before.
            yield bars, first if first > 1 else 0, int(closes.searchsorted(until, side="right"))

    def put_files(self, folder: Path) -> None:
        """Put all of them below `folder`, where accounts that trade over `files` find them."""
        (folder / _FOLDER).mkdir(parents=True, exist_ok=True)
        for key, name in self.files.items():
            write_bars(self.bars[key], folder / name, pauses=self.gaps == "allow", market=self.markets.get(key))
        for symbol, name in self.rate_files.items():
            write_rates(self.rates[symbol], folder / name)


def read_history(request: BacktestRequest, settings: Settings) -> History:
    """Read everything, and nothing from a network; what the workflow looks at is kept. Raises `InvalidWorkflow`
    (`invalid_bars`) with what is wrong in all of them, by file, row and column. Where that is only in what nobody looks
    at, it is a warning: it is wrong with nothing that is tested."""
    sources = read_sources(
        {key: value for key, value in request.bars.items() if not isinstance(value, BarArrays)}, settings
    )
    if not request.bars:
        raise InvalidWorkflow(
            "There is nothing to test over.", code="invalid_bars", remedy="Give bars: `--data BTC/USDT=FILE`."
        )
    cache, unused = BarCache(settings), find_unused(request)
    found: dict[str, BarArrays] = {}
    markets: dict[str, Market] = {}
    left_out: list[Issue] = []
    issues: list[Issue] = list(tell_unused(unused, request))
    for key, value in request.bars.items():
        if isinstance(value, BarArrays):
            read, told = _checked(value, key, request)
        else:
            read, told = _read(sources[key], key, request, cache)
        if key in unused:
            left_out += told
        else:
            issues += told
        if read is not None:
            found[key] = read
        if read is not None and key not in unused:
            market, told = (
                find_rules(sources[key], read, cache, key) if key in sources else (request.markets.get(key), [])
            )
            issues += told
            if market is not None:
                markets[key] = market
    rates, told = read_funding(request.funding, settings)
    issues += told
    beside = [issue for issue in left_out if issue.severity == "error"]
    if errors := tuple(issue for issue in issues if issue.severity == "error"):
        errors += tuple(beside)
        raise InvalidWorkflow(" ".join(issue.message for issue in errors), code="invalid_bars", issues=errors)
    issues += (replace(issue, severity="warning") for issue in {issue.path: issue for issue in beside[::-1]}.values())
    used = {key: bars for key, bars in found.items() if key not in unused}
    return History(used, rates, tuple(issues), request.gaps, markets)


def _read(source: Source, key: str, request: BacktestRequest, cache: BarCache) -> tuple[BarArrays | None, list[Issue]]:
    if isinstance(source, FileSource):
        timeframe = source.timeframe or request.timeframe
        return read_file_kept(source.path, cache, timeframe=timeframe, gaps=request.gaps, symbol=key)
    kept = cache.of(source)
    remedy = f"Fetch them: `treadle bars download {source.venue} {source.symbol} {source.timeframe} --from 2024-01-01`."
    if not kept.exists:
        return None, [Issue("no_bars", f"The bars {source} are not here.", path=(key,), remedy=remedy)]
    try:
        bars = kept.read()
    except StoreError as error:
        return None, [Issue(error.code, error.message, path=(key,), remedy=error.remedy)]
    bars = _cut(bars, request)
    if not len(bars):
        return None, [Issue("no_bars", f"There is no bar of {source} in this period.", path=(key,), remedy=remedy)]
    return _checked(bars, str(source), request, key=key)


def _cut(bars: BarArrays, request: BacktestRequest) -> BarArrays:
    """Those that may be looked at: all before the end, and before the beginning as many as anything looks back on.
    What else is kept of the market is chance."""
    until = None if request.until is None else round(request.until.timestamp() * 1000)
    return bars.within(warm_up_since(request, bars.length), until)


def _checked(
    bars: BarArrays, name: str, request: BacktestRequest, *, key: str | None = None
) -> tuple[BarArrays | None, list[Issue]]:
    columns = dict(bars.columns())
    if are_right(columns, bars.length):
        return bars, []
    faults = Faults(name)
    _find_no_numbers(columns, faults)
    if not len(bars):
        faults.note(Issue("not_candles", "there are no bars in it"))
    check_columns(columns, bars.length, faults, gaps=request.gaps)
    return (None if faults.is_wrong else bars), list(faults.issues(key or name))


def _find_no_numbers(columns: Mapping[str, Any], faults: Faults) -> None:
    import numpy

    for name, column in columns.items():
        if name != "time":
            wrong = numpy.flatnonzero(~numpy.isfinite(column)).tolist()
            faults.refuse("not_a_number", wrong, name, lambda row, of=column: f"{of[row]!s} is not a number")


def _instant(at: int) -> datetime:
    return datetime.fromtimestamp(at / 1000, UTC)
