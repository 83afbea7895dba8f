"""Large files of bars, kept as columns beside those that were downloaded: read once, then mapped into memory."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from treadle.errors import Conflict, StoreError
from treadle.model.issue import Issue
from treadle.service.backtests.data.arrays import BarArrays
from treadle.service.backtests.data.cache import BarCache
from treadle.service.backtests.data.faults import Gaps
from treadle.service.backtests.data.kept import KeptBars
from treadle.service.backtests.data.reading import read_bars_file
from treadle.service.backtests.data.source import MarketSource

LARGE = 4_000_000
"""Bytes from which on reading takes long enough to be remembered."""
_KEPT = 32
_NOTES = "issues.json"
_VERSION = 1
"""Of how files are read: what another version has read is read anew."""


def read_file_kept(
    path: Path, cache: BarCache, *, timeframe: str | None, gaps: Gaps, symbol: str
) -> tuple[BarArrays | None, list[Issue]]:
    """As `read_bars_file`. What is read of a file counts as long as its place, size and time of change are the same."""
    if not path.is_file() or path.stat().st_size < LARGE:
        return read_bars_file(path, timeframe=timeframe, gaps=gaps, symbol=symbol)
    folder = cache.folder.parent / "read" / _key(path, timeframe, gaps)
    if (folder / _NOTES).is_file():
        try:
            found = json.loads((folder / _NOTES).read_text(encoding="utf-8"))
            kept = KeptBars(folder, MarketSource("file", path.name, found["timeframe"]))
            return kept.read(), [_issue(one, symbol) for one in found["issues"]]
        except (StoreError, ValueError, KeyError, TypeError):
            pass  # it is read anew
    bars, issues = read_bars_file(path, timeframe=timeframe, gaps=gaps, symbol=symbol)
    if bars is not None:
        _keep(folder, bars, issues, path.name)
    return bars, issues


def _keep(folder: Path, bars: BarArrays, issues: list[Issue], name: str) -> None:
    kept = KeptBars(folder, MarketSource("file", name, bars.timeframe))
    try:
        kept.delete()
        with kept.alone():
            kept.append(bars.columns(), since=int(bars.time[0]), until=int(bars.time[-1]) + bars.length)
            notes = {"timeframe": bars.timeframe, "issues": [_written(issue) for issue in issues]}
            (folder / _NOTES).write_text(json.dumps(notes), encoding="utf-8")
        _forget(folder.parent)
    except (OSError, Conflict):
        pass  # a folder that cannot be written to, or another that reads it, too: it is read again next time


def _forget(folder: Path) -> None:
    """The oldest, beyond `_KEPT`."""
    found = sorted((one for one in folder.iterdir() if one.is_dir()), key=lambda one: one.stat().st_mtime)
    for old in found[:-_KEPT]:
        KeptBars(old, MarketSource("file", old.name, "1m")).delete()


def _key(path: Path, timeframe: str | None, gaps: Gaps) -> str:
    about = path.stat()
    said = (_VERSION, str(path.resolve()), about.st_size, about.st_mtime_ns, timeframe, gaps)
    return hashlib.sha256(repr(said).encode()).hexdigest()[:32]


def _written(issue: Issue) -> Mapping[str, Any]:
    return {"code": issue.code, "message": issue.message, "remedy": issue.remedy, "severity": issue.severity}


def _issue(given: Mapping[str, Any], symbol: str) -> Issue:
    return Issue(given["code"], given["message"], (symbol,), remedy=given["remedy"], severity=given["severity"])
