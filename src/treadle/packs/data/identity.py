"""Identity: when two values are the same key. `1`, `1.0` and a decimal 1 are; `1` and `true` or `"1"` are
not.
"""

from __future__ import annotations

import hashlib
from collections.abc import Hashable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, cast


def identity(value: Any) -> Hashable:
    """A hashable stand-in for `value`: equal exactly when the values are the same key."""
    if isinstance(value, bool) or value is None:
        return ("literal", value)
    if isinstance(value, int | float | Decimal):
        return ("number", value)
    if isinstance(value, Mapping):
        entries = cast("Mapping[str, Any]", value)
        return ("object", frozenset((key, identity(item)) for key, item in entries.items()))
    if isinstance(value, list | tuple):
        return ("list", tuple(identity(item) for item in cast("list[Any]", value)))
    return (type(value).__name__, value)


def fingerprint(value: Any) -> str:
    """64 hex digits that are equal exactly when `identity` is, in every process and on every day."""
    return hashlib.sha256(_canonical(value).encode()).hexdigest()


def _canonical(value: Any) -> str:
    if isinstance(value, bool) or value is None:
        return f"literal:{value}"
    if isinstance(value, int | float | Decimal):
        return f"number:{_number(value)}"
    if isinstance(value, Mapping):
        entries = sorted(cast("Mapping[str, Any]", value).items())
        return "{" + ",".join(f"{len(key)}:{key}={_canonical(item)}" for key, item in entries) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(_canonical(item) for item in cast("list[Any]", value)) + "]"
    text = value.isoformat() if isinstance(value, datetime) else str(value)
    return f"{type(value).__name__}:{len(text)}:{text}"


def _number(value: float | Decimal) -> str:
    """The same text for equal numbers of different types: their exact ratio."""
    if value in (float("inf"), float("-inf")) or value != value:
        return str(float(value))
    over, under = value.as_integer_ratio()
    return f"{over}/{under}"
