"""What of a result is kept, part by part: written once, read one by one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from types import NoneType
from typing import Any

from treadle.service.backtests.asked import account_of
from treadle.service.backtests.costs import count_costs
from treadle.service.backtests.decisions import decided_at, describe_trades
from treadle.service.backtests.exposure import find_exposure
from treadle.service.backtests.history import History
from treadle.service.backtests.packing import pack, pack_columns
from treadle.service.backtests.panes import find_panes
from treadle.service.backtests.result import BacktestResult
from treadle.service.bots.series import Point, thin

MOST_BARS = 200_000
"""Of a market that are kept as they are; of more, as many are joined to one as need be."""
MOST_RUNS = 200_000
"""Whose values are kept; of more, those of the runs that placed orders."""
MOST_EXACT = 20_000
"""Runs whose decimals are kept digit by digit; of more, as floats."""
MOST_POINTS = 20_000
"""Of the equity curve."""
_SPARK = 60
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class Content:
    """`summary` is what lists show, `detail` what the page of one shows; `parts` are its series, packed."""

    summary: dict[str, Any]
    detail: dict[str, Any] = field(default_factory=dict[str, Any])
    parts: dict[str, bytes] = field(default_factory=dict[str, bytes])
    variants: int = 1
    digest: str = ""


def content_of(result: BacktestResult) -> Content:
    """Of one test. What is said of look-ahead and of variants is added by who knows them."""
    summary: dict[str, Any] = {
        "begins": result.begins.isoformat(),
        "ends": result.ends.isoformat(),
        "bars": result.bars,
        "timeframe": result.timeframe,
        "symbols": symbols_of(result),
        "currency": result.currency,
        "way": result.way,
        "figures": result.every_figure(),
        "seconds": round(result.seconds, 3),
        "spark": [float(one.value) for one in thin([Point(one.at, one.equity) for one in result.equity], _SPARK)],
    }
    held = [{"symbol": one.symbol, "quantity": f"{one.quantity:f}"} for one in result.open]
    detail = {
        "warnings": [one.to_dict() for one in result.warnings],
        "explain": {"way": result.way, "nodes": [dict(one) for one in result.explain]},
        "costs": count_costs(result).to_dict(),
        "runs": dict(result.runs),
        "fills": len(result.fills),
        "open": held,
        "account": account_of(result.providers),
    }
    return Content(summary, detail, dict(_series(result)))


def symbols_of(result: BacktestResult) -> list[str]:
    """Of the markets that were traded, or looked at; `*` where none is named."""
    traded = dict.fromkeys(str(one["symbol"]) for one in result.fills)
    named = [str(one["symbol"]) for one in result.providers if one.get("symbol")]
    bars = [] if result.history is None else [name for name in result.history.bars if name != "*"]
    return list(dict.fromkeys([*named, *bars, *traded])) or ["*"]


def _series(result: BacktestResult) -> Iterator[tuple[str, bytes]]:
    import numpy

    points = result.equity
    if len(points) > MOST_POINTS:
        kept = {point.at: point for point in points}
        points = [kept[one.at] for one in thin([Point(one.at, one.equity) for one in points], MOST_POINTS)]
    if points:
        equity = numpy.array([float(one.equity) for one in points])
        peaks = numpy.maximum.accumulate(equity)
        at = numpy.array([ms_of(one.at) for one in points], dtype=numpy.int64)
        yield (
            "equity",
            pack_columns(
                {
                    "at": at,
                    "equity": equity,
                    "drawdown": numpy.where(peaks > 0, 1 - equity / numpy.where(peaks > 0, peaks, 1), 0.0),
                    "price": numpy.array([numpy.nan if one.price is None else float(one.price) for one in points]),
                    "exposure": find_exposure(result, at, equity),
                }
            ),
        )
    yield "trades", pack(describe_trades(result))
    yield "fills", pack(list(result.fills))
    if result.history is not None:
        yield from _candles(result, result.history)
    yield from _values(result)


def _candles(result: BacktestResult, history: History) -> Iterator[tuple[str, bytes]]:
    """The bars of each market, the panes beside those of the first; and what these are."""
    panes = find_panes(result)
    markets: dict[str, dict[str, Any]] = {}
    for number, (name, bars) in enumerate(history.bars.items()):
        columns = dict(bars.columns())
        if number == 0:
            ends = bars.time + bars.length
            columns |= {f"pane:{at}": one.at(ends, bars.length) for at, one in enumerate(panes)}
        every = max(1, -(-len(bars) // MOST_BARS))
        markets[name] = {"timeframe": bars.timeframe, "every": every}
        yield f"candles/{name}", pack_columns(join_columns(columns, every))
    shown = [{"node": one.node, "port": one.port, "title": one.title, "overlay": one.overlay} for one in panes]
    yield "panes", pack({"panes": shown, "markets": markets})


def join_columns(columns: Mapping[str, Any], every: int) -> dict[str, Any]:
    """Bars as columns, so many joined to one; what else stands there is as it was at the last of them."""
    import numpy

    count = len(columns["time"])
    if every <= 1 or count == 0:
        return dict(columns)
    starts = numpy.arange(0, count, every)
    last = numpy.minimum(starts + every, count) - 1
    joined: dict[str, Any] = {}
    for name, column in columns.items():
        if name in ("time", "open"):
            joined[name] = column[starts]
        elif name == "high":
            joined[name] = numpy.maximum.reduceat(column, starts)
        elif name == "low":
            joined[name] = numpy.minimum.reduceat(column, starts)
        elif name == "volume":
            joined[name] = numpy.add.reduceat(column, starts)
        else:
            joined[name] = column[last]
    return joined


def _values(result: BacktestResult) -> Iterator[tuple[str, bytes]]:
    import numpy

    values = result.values
    if values is None or not len(values.times):
        return
    times = numpy.asarray(values.times, dtype=numpy.int64)
    places: Any = slice(None)
    if len(times) > MOST_RUNS:
        ordered = numpy.array(sorted({at for at in map(decided_at, result.orders) if at is not None}), numpy.int64)
        found = numpy.searchsorted(times, ordered, side="right") - 1
        places = numpy.unique(found[found >= 0])
    count = len(times[places])
    columns: dict[str, Any] = {"heads": [[node, port] for node, port in values.ports], "at": times[places]}
    for number, (node, port) in enumerate(values.ports):
        columns |= write_wire(str(number), _taken(values.column(node, port), places), count)
    yield "values", pack_columns(columns)


def write_wire(name: str, column: Any, count: int) -> dict[str, Any]:
    """What stood on one wire, as columns to be kept: numbers as they are, of all else where it changed to what."""
    import numpy

    if hasattr(column, "dtype"):
        return {name: column.astype(numpy.float64)}
    kinds: set[type] = {type(one) for one in column}
    if kinds <= {float, NoneType} or (count > MOST_EXACT and kinds <= {float, int, Decimal, NoneType}):
        return {name: numpy.array([numpy.nan if one is None else float(one) for one in column])}
    changed = [at for at in range(count) if at == 0 or column[at] != column[at - 1]]
    return {name: [column[at] for at in changed], f"{name}:at": numpy.array(changed, dtype=numpy.int64)}


def read_wire(columns: Mapping[str, Any], name: str, place: int) -> Any:
    """What stood there in the run at a place; None: nothing."""
    column = columns[name]
    changed = columns.get(f"{name}:at")
    if changed is not None:
        return column[int(changed.searchsorted(place, side="right")) - 1]
    value = float(column[place])
    return None if value != value else value


def _taken(column: Any, places: Any) -> Any:
    if hasattr(column, "dtype"):
        return column[places]
    items: Sequence[Any] = column
    return items if isinstance(places, slice) else [items[place] for place in places.tolist()]


def ms_of(at: Any) -> Any:
    """Milliseconds since 1970 of a time, whichever way it is written; None of none."""
    if isinstance(at, str):
        at = datetime.fromisoformat(at)
    if isinstance(at, datetime):
        since = (at if at.tzinfo is not None else at.replace(tzinfo=UTC)) - _EPOCH
        return (since.days * 86_400 + since.seconds) * 1000 + since.microseconds // 1000
    return at
