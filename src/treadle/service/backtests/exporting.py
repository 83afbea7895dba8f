"""A backtest as a file: everything as JSON or as one page, or one of its tables as CSV or Parquet."""

from __future__ import annotations

import asyncio
import csv
import io
import re
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

from pydantic_core import to_json

from treadle.errors import InvalidWorkflow, MissingCapability, NotFound

FORMATS = ("json", "csv", "parquet", "html")
TABLES = ("trades", "equity", "fills")
_KINDS = {
    "json": "application/json",
    "csv": "text/csv",
    "parquet": "application/vnd.apache.parquet",
    "html": "text/html",
}
_NOT_IN_TABLES = ("decided", "runs")
_ALL = 1 << 30
_RUN = re.compile(r"@[0-9]+")
"""Of a compiled test: its time in ms."""


@dataclass(frozen=True, slots=True)
class Exported:
    name: str
    media_type: str
    content: bytes


class Kept(Protocol):
    """What of `Backtests` is read here."""

    async def get(self, id: str) -> dict[str, Any]: ...
    async def equity(self, id: str, *, points: int = ...) -> dict[str, Any]: ...
    async def trades(self, id: str, *, limit: int = ...) -> Sequence[dict[str, Any]]: ...
    async def fills(self, id: str) -> Sequence[dict[str, Any]]: ...
    async def part(self, id: str, name: str) -> dict[str, Any]: ...
    async def candles(self, id: str, *, points: int = ...) -> dict[str, Any]: ...


async def export(kept: Kept, id: str, format: str, *, what: str = "trades") -> Exported:
    """Raises `NotFound`, `InvalidWorkflow` (`unknown_format`), `MissingCapability` (polars, for Parquet)."""
    if format not in FORMATS or what not in TABLES:
        raise InvalidWorkflow(
            f"There is no {'format' if format not in FORMATS else 'table'} "
            f"`{format if format not in FORMATS else what}`.",
            code="unknown_format",
            remedy=f"It is one of {', '.join(FORMATS if format not in FORMATS else TABLES)}.",
        )
    one = await kept.get(id)
    if format in ("csv", "parquet"):
        rows = await _table(kept, id, what)
        content = await asyncio.to_thread(_csv if format == "csv" else _parquet, rows)
        return Exported(f"{id}-{what}.{format}", _KINDS[format], content)
    whole = await _whole(kept, id, one)
    if format == "html":
        from treadle.service.backtests.report import write_kept

        candles = await _maybe(kept.candles(id, points=1000))
        page = await asyncio.to_thread(write_kept, whole, candles)
        return Exported(f"{id}.html", _KINDS["html"], page.encode())
    return Exported(f"{id}.json", _KINDS["json"], to_json(whole, inf_nan_mode="null", fallback=str))


async def _whole(kept: Kept, id: str, one: dict[str, Any]) -> dict[str, Any]:
    searches = ("sweep", "walk_forward", "monte_carlo")
    return {
        **one,
        "equity": await _maybe(kept.equity(id, points=_ALL)),
        "trades": await _maybe(kept.trades(id, limit=_ALL)),
        "all_fills": await _maybe(kept.fills(id)),
        **{name: await kept.part(id, name) for name in searches if name in one["parts"]},
    }


async def _maybe(asked: Coroutine[Any, Any, Any]) -> Any:
    """None, where the backtest has no such part."""
    try:
        return await asked
    except NotFound as error:
        if error.code != "no_such_part":
            raise
        return None


async def _table(kept: Kept, id: str, what: str) -> list[dict[str, Any]]:
    if what == "equity":
        columns = await kept.equity(id, points=_ALL)
        return [
            {**dict(zip(columns, row, strict=True)), "at": _iso(row[0])} for row in zip(*columns.values(), strict=True)
        ]
    read: Callable[..., Any] = kept.trades if what == "trades" else kept.fills
    found = await (read(id, limit=_ALL) if what == "trades" else read(id))
    return [_flat(row) for row in found]


def _flat(row: dict[str, Any]) -> dict[str, Any]:
    times = ("bar_in", "bar_out", "decided_at", "left_at")
    return {
        name: _iso(value) if name in times and value is not None else value
        for name, value in row.items()
        if name not in _NOT_IN_TABLES
    }


def _iso(at: Any) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).isoformat().replace("+00:00", "Z")


def _csv(rows: Sequence[dict[str, Any]]) -> bytes:
    text = io.StringIO()
    heads = list(dict.fromkeys(name for row in rows for name in row))
    writer = csv.writer(text)
    writer.writerow(heads)
    for row in rows:
        writer.writerow([_plain(row.get(name)) for name in heads])
    return text.getvalue().encode()


def _plain(value: Any) -> Any:
    """Text that a spreadsheet would take for a formula is kept from being one; the name of a run is none."""
    is_formula = isinstance(value, str) and value[:1] in ("=", "+", "@", "\t", "\r") and not _RUN.fullmatch(value)
    return f"'{value}" if is_formula else value


def _parquet(rows: Sequence[dict[str, Any]]) -> bytes:
    try:
        import polars
    except ImportError:
        raise MissingCapability(
            "Parquet needs the package `polars`.",
            code="missing_package",
            remedy="Install it: `pip install 'treadle[trading]'`, or export CSV.",
        ) from None
    file = io.BytesIO()
    plain = [
        {
            name: value if isinstance(value, str | int | float | bool | None) else str(value)
            for name, value in row.items()
        }
        for row in rows
    ]
    polars.DataFrame(plain, infer_schema_length=None).write_parquet(file)
    return file.getvalue()
