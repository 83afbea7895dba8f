"""JSON: strict on reading (no NaN, bounded depth), and a JSON form for the kinds of value JSON lacks."""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, cast

from pydantic_core import from_json

from treadle.packs.data.formats.refusal import MAX_DEPTH, text_of, unreadable, unwritable


def load(value: object) -> Any:
    """The value of a JSON text. Raises `NodeError` with the place of the mistake."""
    text = text_of(value, "JSON")
    try:
        return from_json(text, allow_inf_nan=False)
    except ValueError as error:
        raise unreadable("JSON", f"{error}; it begins {text[:60]!r}") from error


def dump(value: Any, *, indent: int | None = None, sort_keys: bool = False) -> str:
    """JSON text: dates as ISO 8601, durations as seconds, bytes as base64, decimals exact or as text."""
    separators = (",", ": ") if indent is not None else (",", ":")
    plain_value = plain(value)
    return json.dumps(plain_value, ensure_ascii=False, indent=indent, sort_keys=sort_keys, separators=separators)


def plain(value: Any, *, depth: int = 0) -> Any:
    """`value` with JSON kinds only; a copy. Raises `NodeError` for NaN, and for what is nested too deep."""
    if depth > MAX_DEPTH:
        raise unwritable("JSON", f"it is nested deeper than {MAX_DEPTH}", remedy="Flatten it first.")
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return _finite(value)
    if isinstance(value, Mapping):
        entries = cast("Mapping[Any, Any]", value)
        return {str(key): plain(item, depth=depth + 1) for key, item in entries.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item, depth=depth + 1) for item in cast("list[Any]", value)]
    return _scalar(value)


def _scalar(value: Any) -> Any:
    if isinstance(value, Decimal):
        if not value.is_finite():
            return _finite(float(value))
        if value == value.to_integral_value() and value.adjusted() < 18:
            return int(value)
        return float(value) if Decimal(repr(float(value))) == value else str(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    raise unwritable("JSON", f"it holds a {type(value).__name__}", remedy="Convert it to text or a number first.")


def _finite(value: float) -> float:
    if not math.isfinite(value):
        raise unwritable(
            "JSON", f"it holds {value}, which JSON has no form for", remedy="Replace it, for example by null."
        )
    return value
