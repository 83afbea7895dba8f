"""The bars of a backtest: read once, checked, and told of everything that is wrong with any of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
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
from treadle.service.backtests.data.source import FileSource, Source, read_sources
from treadle.service.backtests.data.writing import write_bars, write_rates
from treadle.service.backtests.request import ANY_SYMBOL, BacktestRequest
from treadle.service.backtests.unused import find_unused, tell_unused
from treadle.service.settings import Settings

if TYPE_CHECKING:
    from numpy.typing import NDArray

_FOLDER = "bars"


@dataclass(frozen=True, slots=True)
class History:
    """`bars` are by the keys of the request: a symbol, `VENUE:SYMBOL`, or `*`. `warnings` are what to know of them,
    `rates` what holders of perpetuals paid each other."""

    bars: Mapping[str, BarArrays]
    rates: Mapping[str, FundingRates] = field(default_factory=dict[str, FundingRates])
    warnings: tuple[Issue, ...] = ()
    gaps: Gaps = "warn"
    """With `allow` nodes may look across bars that are missing; else who does so fails (`gap`), as it would live."""

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

    def of(self, symbol: str, venue: str | None = None) -> BarArrays | None:
        """The bars that a provider of this venue sees of a market: its own, or those that are of no venue."""
        keys = ([f"{venue}:{symbol}"] if venue else []) + [symbol, ANY_SYMBOL]
        return next((self.bars[key] for key in keys if key in self.bars), None)

    def closes(self) -> Iterator[int]:
        """When bars of any symbol are over, in ms, in order, each time once."""
        import numpy

        times = numpy.unique(numpy.concatenate([closes_of(bars) for bars in self.bars.values()]))
        return iter(times.tolist())

    def without_volume(self) -> int:
        return sum(int((bars.volume == 0).sum()) for bars in self.bars.values())

    def put_files(self, folder: Path) -> None:
        """Put all of them below `folder`, where accounts that trade over `files` find them."""
        (folder / _FOLDER).mkdir(parents=True, exist_ok=True)
        for key, name in self.files.items():
            write_bars(self.bars[key], folder / name, pauses=self.gaps == "allow")
        for symbol, name in self.rate_files.items():
            write_rates(self.rates[symbol], folder / name)


def read_history(request: BacktestRequest, settings: Settings) -> History:
    """Read everything, and nothing from a network; what the workflow looks at is kept. Raises `InvalidWorkflow`
    (`invalid_bars`) with what is wrong in all of them, by file, row and column."""
    sources = read_sources(
        {key: value for key, value in request.bars.items() if not isinstance(value, BarArrays)}, settings
    )
    if not request.bars:
        raise InvalidWorkflow(
            "There is nothing to test over.", code="invalid_bars", remedy="Give bars: `--data BTC/USDT=FILE`."
        )
    cache, unused = BarCache(settings), find_unused(request)
    found: dict[str, BarArrays] = {}
    issues: list[Issue] = list(tell_unused(unused, request))
    for key, value in request.bars.items():
        if isinstance(value, BarArrays):
            read, told = _checked(value, key, request)
        else:
            read, told = _read(sources[key], key, request, cache)
        issues += told
        if read is not None:
            found[key] = read
    rates, told = read_funding(request.funding, settings)
    issues += told
    if errors := tuple(issue for issue in issues if issue.severity == "error"):
        raise InvalidWorkflow(" ".join(issue.message for issue in errors), code="invalid_bars", issues=errors)
    used = {key: bars for key, bars in found.items() if key not in unused}
    return History(used, rates, tuple(issues), request.gaps)


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
    """Those that may be looked at: all before the end."""
    until = None if request.until is None else round(request.until.timestamp() * 1000)
    return bars if until is None else bars.within(None, until)


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
