"""The series of a backtest that is kept, read from its parts and cut to what was asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from treadle.service.backtests.content import join_columns, ms_of, read_wire
from treadle.service.backtests.packing import unpack, unpack_columns
from treadle.service.backtests.values import place_at

_SORTED = {"number": "number", "profit": "profit", "share": "share", "held": "held_s", "mae": "mae_share",
           "mfe": "mfe_share", "opened": "opened_at"}  # fmt: skip
_PRICES = ("time", "open", "high", "low", "close", "volume")


def read_equity(part: bytes, points: int) -> dict[str, Any]:
    """As columns: at most so many points that look like all of them."""
    columns = unpack_columns(part)
    places = thin_places(columns["equity"], points)
    return {name: plain_column(column[places]) for name, column in columns.items()}


def read_trades(
    part: bytes, *, sort: str, since: datetime | None, until: datetime | None, start: int, limit: int
) -> Sequence[dict[str, Any]]:
    found: list[dict[str, Any]] = unpack(part)
    if since is not None or until is not None:
        first, end = ms_of(since) or 0, ms_of(until) or 1 << 62
        found = [one for one in found if ms_of(one["closed_at"]) >= first and ms_of(one["opened_at"]) < end]
    field = _SORTED[sort.removeprefix("-")]
    found.sort(key=lambda one: _rank(one[field]), reverse=sort.startswith("-"))
    return found[start : start + limit]


def read_candles(
    part: bytes, told: bytes, name: str, *, since: datetime | None, until: datetime | None, points: int
) -> dict[str, Any]:
    """`told` is the part that says what the panes are, and how the bars were kept."""
    columns, about = unpack_columns(part), unpack(told)
    market: Mapping[str, Any] = about["markets"][name]
    times = columns["time"]
    first = 0 if since is None else int(times.searchsorted(ms_of(since)))
    end = len(times) if until is None else int(times.searchsorted(ms_of(until)))
    every = max(1, -(-(end - first) // points))
    cut = join_columns({name: column[first:end] for name, column in columns.items()}, every)
    return {
        "timeframe": market["timeframe"],
        "every": every * int(market["every"]),
        **{name: plain_column(cut[name]) for name in _PRICES},
        "panes": [
            {**pane, "values": plain_column(cut[f"pane:{number}"])}
            for number, pane in enumerate(about["panes"])
            if f"pane:{number}" in cut
        ],
    }


def read_values(part: bytes, at: datetime) -> dict[str, Any]:
    """What stood on the wires in the last run at that time or before; the first, where there is none before."""
    columns = unpack_columns(part)
    times: list[int] = columns.pop("at").tolist()
    place = place_at(times, ms_of(at)) or 0
    nodes: dict[str, dict[str, Any]] = {}
    for number, (node, port) in enumerate(columns["heads"]):
        value = read_wire(columns, str(number), place)
        if value is not None:
            nodes.setdefault(node, {})[port] = value
    return {
        "at": times[place],
        "before": times[place - 1] if place > 0 else None,
        "after": times[place + 1] if place + 1 < len(times) else None,
        "nodes": nodes,
    }


def thin_places(values: Any, most: int) -> Any:
    """Where the lowest and the highest of each stretch stand, and both ends: at most so many places."""
    import numpy

    count = len(values)
    if count <= most:
        return slice(None)
    edges = numpy.linspace(1, count - 1, max(1, (most - 2) // 2) + 1).astype(int)
    kept = {0, count - 1}
    for first, end in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
        if end > first:
            kept |= {first + int(values[first:end].argmin()), first + int(values[first:end].argmax())}
    return numpy.array(sorted(kept))


def plain_column(column: Any) -> list[Any]:
    """As JSON has it: None for what is no number."""
    items: list[Any] = column.tolist() if hasattr(column, "tolist") else list(column)
    return [None if isinstance(one, float) and one != one else one for one in items]


def _rank(value: Any) -> tuple[bool, Any]:
    """Numbers that are written as text in the order of numbers; nothing comes first."""
    if isinstance(value, str):
        try:
            return (True, float(value))
        except ValueError:
            return (True, value)
    return (value is not None, value if value is not None else 0)
