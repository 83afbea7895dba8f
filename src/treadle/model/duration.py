"""Durations as people write them: `500ms 10s 5m 48h 7d`, or a number of seconds."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import BeforeValidator

from treadle.model.widget import Widget

_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0}
_PART = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(ms|s|m|h|d|w)", re.ASCII)


def parse_duration(value: object) -> float:
    """Seconds of `value`: a number of seconds, or text such as `500ms` or `1h 30m`.

    Raises `ValueError` for anything else, a negative number included.
    """
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError(f"a duration is text such as '10s', '5m' or '48h', or a number of seconds; got {value!r}")
    if isinstance(value, int | float):
        if not 0 <= value < 1e12:
            raise ValueError(f"a duration is not negative and not endless; got {value!r}")
        return float(value)
    text = value.strip()
    try:
        return parse_duration(float(text)) if text else _refuse(value)
    except ValueError:
        pass
    position, seconds = 0, 0.0
    while position < len(text):
        part = _PART.match(text, position)
        if part is None:
            return _refuse(value)
        seconds += float(part[1]) * _UNITS[part[2]]
        position = part.end()
    return seconds


def _refuse(value: object) -> float:
    raise ValueError(f"{value!r} is not a duration; write a number and a unit: 500ms, 10s, 5m, 48h or 7d")


def format_duration(seconds: float) -> str:
    """The shortest exact way to write `seconds`: 90.0 becomes `90s`, 7200.0 becomes `2h`."""
    for unit in ("d", "h", "m", "s"):
        if seconds >= _UNITS[unit] and (seconds / _UNITS[unit]).is_integer():
            return f"{int(seconds / _UNITS[unit])}{unit}"
    return f"{seconds * 1000:g}ms" if seconds < 1 else f"{seconds:g}s"


def tell_duration(seconds: float) -> str:
    """About how long, in the largest unit that fits: `19 days` of 455 hours, `1.5 hours` of 90 minutes."""
    words = {"d": "day", "h": "hour", "m": "minute", "s": "second"}
    unit = next((unit for unit in words if seconds >= _UNITS[unit]), "s")
    number = seconds / _UNITS[unit]
    shown = f"{number:,.0f}" if number >= 10 else f"{number:.1f}".removesuffix(".0")
    return f"{shown} {words[unit]}" + ("" if shown == "1" else "s")


Duration = Annotated[float, BeforeValidator(parse_duration), Widget("duration")]
"""Seconds, written in files as `10s`, `5m` or a number."""
