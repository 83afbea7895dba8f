"""Which feed an account has."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from typing import Any

from treadle.errors import MissingCapability, NodeError
from treadle.node import Permissions
from treadle.packs.file.workspace import folder
from treadle.packs.trading.bars import COLUMNS, read_bars
from treadle.packs.trading.paper.account import PaperAccount
from treadle.packs.trading.paper.bar_feed import FileFeed, RunFeed
from treadle.packs.trading.paper.feed import Feed
from treadle.packs.trading.paper.inner_feed import InnerFeed
from treadle.packs.trading.paper.market_facts import read_market
from treadle.packs.trading.paper.rates import Rates, read_rates
from treadle.packs.trading.paper.settings import PaperSettings
from treadle.packs.trading.venue.venues import Opening

_LARGEST = 512 * 1024 * 1024


async def open_feed(opening: Opening, settings: PaperSettings, account: PaperAccount) -> Feed:

    def now() -> int:
        return round(opening.now().timestamp() * 1000)

    if opening.inner is not None:
        return InnerFeed(opening.inner)
    if settings.feed == "simulated":
        from treadle.packs.trading.simulated.feed import open_simulated

        return open_simulated(opening.settings, clock=now)
    if settings.feed == "run":
        return RunFeed(settings, account.accounts, account.name)
    named = settings.feed if isinstance(settings.feed, Mapping) else {settings.symbol or "*": settings.feed}
    files = {symbol: read_file(opening.permissions, path, settings) for symbol, path in named.items()}
    known = {symbol: bars.pop("market", None) for symbol, bars in files.items()}
    anchor = account.begin(now()) if settings.clock == "bars" else None
    return FileFeed(settings, files, now, anchor=anchor, rates=_read_rates(opening.permissions, settings), known=known)


def read_file(permissions: Permissions, path: str, settings: PaperSettings) -> dict[str, Any]:
    """Bars of a CSV or Parquet file below the workspace. Raises `NodeError` by row and column."""
    if path.lower().endswith(".npz"):
        return _from_columns(folder.read(permissions, path, limit=_LARGEST))
    columns = _read_columns(permissions, path)
    given = {**columns, "timeframe": settings.timeframe} if settings.timeframe else columns
    bars = read_bars(given)
    if not len(bars["time"]):
        raise NodeError(f"`{path}` has no bars.", code="not_candles", remedy="Name another file.", retryable=False)
    return bars


def _read_columns(permissions: Permissions, path: str) -> dict[str, list[Any]]:
    ending = path.rpartition(".")[2].lower()
    if ending not in ("csv", "parquet"):
        raise NodeError(
            f"`{path}` is no feed: it is `simulated`, `run`, or a file that ends in .csv or .parquet.",
            code="bad_settings",
            remedy="Name such a file below the workspace.",
            retryable=False,
            path=path,
        )
    content = folder.read(permissions, path, limit=_LARGEST)
    return _from_csv(content, path) if ending == "csv" else _from_parquet(content)


def _read_rates(permissions: Permissions, settings: PaperSettings) -> dict[str, Rates]:
    if isinstance(settings.funding, bool):
        return {}
    if settings.clock == "bars":
        raise NodeError(
            "Rates of a file are paid at their own times, which `clock: bars` does not keep to.",
            code="bad_settings",
            remedy="Set `funding` to true or false, or `clock` to real.",
            retryable=False,
        )
    named = settings.funding if isinstance(settings.funding, Mapping) else {settings.symbol or "*": settings.funding}
    return {symbol: read_rates(_read_columns(permissions, path), path) for symbol, path in named.items()}


def _from_csv(content: bytes, path: str) -> dict[str, list[Any]]:
    try:
        rows = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))
        names: list[str] = next(rows, list[str]())
        columns = zip(*(row for row in rows if row), strict=True)
        return dict(zip((name.strip() for name in names), (list(column) for column in columns), strict=True))
    except (UnicodeDecodeError, csv.Error, ValueError) as error:
        raise NodeError(
            f"`{path}` is no table: {error}.",
            code="not_candles",
            remedy="Give each row as many fields as the header has.",
            retryable=False,
            path=path,
        ) from None


def _from_columns(content: bytes) -> dict[str, Any]:
    """As a backtest writes bars that it has checked: each file says itself how long they are, and of which market, and
    may have gaps."""
    import numpy

    with numpy.load(io.BytesIO(content), allow_pickle=False) as stored:
        bars = read_bars({name: stored[name] for name in COLUMNS})
        market = read_market(json.loads(str(stored["market"]))) if "market" in stored else None
        told = {"timeframe": str(stored["timeframe"]), "pauses": bool(stored["pauses"]), "market": market}
        return {**bars, **told}


def _from_parquet(content: bytes) -> dict[str, list[Any]]:
    try:
        import polars
    except ImportError:
        raise MissingCapability(
            "Parquet files need polars.", remedy="Install it: pip install 'treadle[trading]'."
        ) from None
    return {name: column for name, column in polars.read_parquet(io.BytesIO(content)).to_dict(as_series=False).items()}
