"""Values as they are read by people."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

Kind = Literal["number", "count", "share", "part", "money", "days", "seconds", "time", "text"]
"""`share` is a rate with its sign, `part` one without."""
NOTHING = "–"


def show_value(value: Any, kind: Kind = "number", unit: str = "") -> str:
    if value is None or value != value:
        return NOTHING
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    if kind in ("text", "time") or not isinstance(value, int | float | Decimal) or isinstance(value, bool):
        return str(value)
    text = _number(value, kind)
    return f"{text} {unit}" if unit else text


def show_difference(before: Any, after: Any, kind: Kind = "number", unit: str = "") -> str:
    """How much it has become more, with its sign; nothing where that cannot be told."""
    for value in (before, after):
        if not isinstance(value, int | float | Decimal) or isinstance(value, bool) or value != value:
            return ""
    difference = after - before if type(before) is type(after) else float(after) - float(before)
    if not difference:
        return "0"
    text = _number(abs(difference), "part" if kind == "share" else kind)
    return f"{'+' if difference > 0 else '−'}{text}{f' {unit}' if unit else ''}"


def _number(value: float | Decimal, kind: Kind) -> str:
    if kind == "share":
        return f"{value:+.2%}"
    if kind == "part":
        return f"{value:.2%}"
    if kind == "days":
        return f"{value:,.1f} days"
    if kind == "seconds":
        return _duration(float(value))
    if isinstance(value, int):
        return f"{value:,}"
    if kind == "count" and value == int(value):
        return f"{int(value):,}"
    return f"{value:,.2f}" if abs(value) >= 10 or not value else f"{value:,.4g}" if kind == "number" else _small(value)


def _small(value: float | Decimal) -> str:
    """Two places, and more of what is small."""
    return f"{value:,.2f}" if abs(value) >= Decimal("0.1") else f"{value:,.8f}".rstrip("0").rstrip(".") or "0"


def _duration(seconds: float) -> str:
    if seconds < 1:
        return f"{seconds * 1000:,.0f} ms"
    if seconds < 120:
        return f"{seconds:,.1f} s"
    return f"{seconds / 60:,.1f} min" if seconds < 7200 else f"{seconds / 3600:,.1f} h"
