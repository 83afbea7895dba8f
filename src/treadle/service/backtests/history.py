"""The bars of a backtest: read once, checked, and put where its accounts find them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from treadle.errors import InvalidWorkflow, NodeError
from treadle.model.issue import Issue
from treadle.node import Permissions
from treadle.packs.trading.bars import milliseconds
from treadle.packs.trading.paper.feeds import read_file
from treadle.packs.trading.paper.settings import PaperSettings
from treadle.service.backtests.request import BacktestRequest

_FOLDER = "bars"


@dataclass(frozen=True, slots=True)
class History:
    """`columns` are the bars by symbol, `files` where they lie below the folder of the backtest. `length` is that of a
    bar in ms, the shortest of all."""

    columns: Mapping[str, Mapping[str, Any]]
    files: Mapping[str, str]
    length: int

    @property
    def begins(self) -> datetime:
        """When the first bar is over: before, nothing is known."""
        return _instant(min(int(bars["time"][0]) for bars in self.columns.values()) + self.length)

    @property
    def ends(self) -> datetime:
        return _instant(max(int(bars["time"][-1]) for bars in self.columns.values()) + self.length)

    def closes(self) -> Iterator[int]:
        """When bars of any symbol are over, in ms, in order, each time once."""
        import numpy

        times = numpy.unique(numpy.concatenate([bars["time"] for bars in self.columns.values()]))
        return iter((times + self.length).tolist())

    def without_volume(self) -> int:
        return sum(int((bars["volume"] == 0).sum()) for bars in self.columns.values())

    @property
    def count(self) -> int:
        return sum(len(bars["time"]) for bars in self.columns.values())


def read_history(request: BacktestRequest, folder: Path) -> History:
    """Read every file, and copy it below `folder`. Raises `InvalidWorkflow` (`invalid_bars`) with what is wrong in all
    of them, by row and column."""
    columns: dict[str, Mapping[str, Any]] = {}
    files: dict[str, str] = {}
    issues: list[Issue] = []
    (folder / _FOLDER).mkdir(parents=True, exist_ok=True)
    settings = PaperSettings(timeframe=request.timeframe)
    for number, (symbol, path) in enumerate(request.bars.items()):
        try:
            if not path.is_file():
                raise NodeError(f"`{path}` is no file.", code="no_file", remedy="Name a CSV or Parquet file of bars.")
            name = f"{_FOLDER}/{number}{path.suffix.lower()}"
            shutil.copyfile(path, folder / name)
            columns[symbol] = read_file(Permissions(workspace=folder), name, settings)
            files[symbol] = name
        except NodeError as error:
            told = error.message.replace(f"{_FOLDER}/{number}{path.suffix.lower()}", str(path))
            issues.append(Issue(code=error.code, message=f"{path.name}: {told}", path=(symbol,), remedy=error.remedy))
    if issues:
        raise InvalidWorkflow(" ".join(issue.message for issue in issues), code="invalid_bars", issues=tuple(issues))
    return History(columns, files, _length(request, list(columns.values())))


def _length(request: BacktestRequest, columns: Sequence[Mapping[str, Any]]) -> int:
    if request.timeframe is not None:
        return milliseconds(request.timeframe)
    gaps = [int((bars["time"][1:] - bars["time"][:-1]).min()) for bars in columns if len(bars["time"]) > 1]
    if not gaps:
        raise InvalidWorkflow(
            "A single bar does not say how long it is.",
            code="invalid_bars",
            remedy="Give more bars, or say `--timeframe 1h`.",
        )
    return min(gaps)


def _instant(at: int) -> datetime:
    return datetime.fromtimestamp(at / 1000, UTC)
