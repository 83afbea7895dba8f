"""Values as text: in templates, in `text()`, `join()` and `json()`."""

# Values come as `object` and are told apart by exact type, which narrows less than isinstance.
# pyright: reportUnknownMemberType=false
from __future__ import annotations

from base64 import b64encode
from datetime import date, datetime, timedelta
from decimal import Decimal
from json.encoder import encode_basestring
from math import isfinite

from treadle.expressions.comparison import check_depth
from treadle.expressions.limits import RESULT, Budget
from treadle.expressions.problem import Problem
from treadle.expressions.value import is_series, plain, unreadable


def text_of(value: object, budget: Budget) -> str:
    """Texts as they are, null as nothing, everything else as JSON; times and dates in ISO 8601."""
    if type(value) is str:
        return value
    if value is None:
        return ""
    scalar = _scalar(value)
    if scalar is not None:
        return scalar
    if type(value) in (datetime, date, timedelta, bytes):
        return _quotable(value)
    return json_of(value, budget)


def json_of(value: object, budget: Budget) -> str:
    """Compact JSON. Shared parts are written, and paid for, each time."""
    pieces: list[str] = []
    _write(value, pieces, budget, 0)
    return "".join(pieces)


def joined(budget: Budget, *parts: object) -> str:
    """The parts of a template as one text."""
    texts = [text_of(part, budget) for part in parts]
    size = sum(map(len, texts))
    check_text_size(size)
    budget.spend(len(texts) + (size >> 8), size)
    return "".join(texts)


def check_text_size(size: int) -> None:
    """Raises Problem(too_large) for a text that no result could hold."""
    if size > RESULT:
        raise Problem("too_large", f"the text becomes longer than {RESULT:,} characters")


def _scalar(value: object) -> str | None:
    kind = type(value)
    if kind is bool:
        return "true" if value else "false"
    if kind is int:
        if value.bit_length() > 1024:  # pyright: ignore[reportAttributeAccessIssue]
            raise Problem("too_large", "this number is too large")
        return str(value)
    if kind is float or kind is Decimal:
        if not isfinite(value):  # pyright: ignore[reportArgumentType]
            raise Problem("not_finite", "{} cannot be written as JSON", value)
        return repr(value) if kind is float else str(value)
    return None


def _quotable(value: object) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return repr(value.total_seconds())
    if isinstance(value, bytes):
        return b64encode(value).decode()
    raise unreadable()


def _write(value: object, pieces: list[str], budget: Budget, depth: int) -> None:
    check_depth(depth)
    kind = type(value)
    if kind is str:
        budget.spend(1 + (len(value) >> 8), len(value))  # pyright: ignore[reportArgumentType]
        pieces.append(encode_basestring(value))  # pyright: ignore[reportArgumentType]
    elif kind is list or kind is tuple:
        _write_list(value, pieces, budget, depth)  # pyright: ignore[reportArgumentType]
    elif kind is dict:
        _write_object(value, pieces, budget, depth)  # pyright: ignore[reportArgumentType]
    elif value is None:
        budget.spend(1, 4)
        pieces.append("null")
    elif (scalar := _scalar(value)) is not None:
        budget.spend(1, len(scalar))
        pieces.append(scalar)
    elif kind in (datetime, date, bytes):
        budget.spend(1, len(value) if kind is bytes else 32)  # pyright: ignore[reportArgumentType]
        pieces.append(f'"{_quotable(value)}"')
    elif kind is timedelta:
        pieces.append(_quotable(value))
    elif is_series(value):
        budget.spend(value.size, 8 * value.size)
        _write(value.tolist(), pieces, budget, depth)
    else:
        _write(plain(value), pieces, budget, depth)


def _write_list(items: list[object], pieces: list[str], budget: Budget, depth: int) -> None:
    budget.spend(1, 2 + len(items))
    mark = "["
    for item in items:
        pieces.append(mark)
        _write(item, pieces, budget, depth + 1)
        mark = ","
    pieces.append("]" if items else "[]")


def _write_object(value: dict[object, object], pieces: list[str], budget: Budget, depth: int) -> None:
    budget.spend(1, 2 + len(value))
    mark = "{"
    for key, item in value.items():
        if type(key) is not str:
            raise unreadable()
        budget.spend(1, len(key))
        pieces.append(f"{mark}{encode_basestring(key)}:")
        _write(item, pieces, budget, depth + 1)
        mark = ","
    pieces.append("}" if value else "{}")
