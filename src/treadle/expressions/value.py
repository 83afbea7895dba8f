"""The values an expression may hold, by exact type: anything else is refused, never looked into."""

# Values come as `object` and are told apart by exact type, which narrows less than isinstance.
# pyright: reportUnknownArgumentType=false
from __future__ import annotations

import sys
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Protocol, TypeAlias, TypeGuard

from treadle.expressions.problem import Problem

Value: TypeAlias = object
"""None, bool, int, float, str, list, dict with text keys; datetime, date, timedelta, Decimal, bytes;
a numpy array of numbers or truth values (a series). Tuples are read as lists."""


class _Type(Protocol):
    @property
    def kind(self) -> str: ...


class Series(Protocol):
    """What expressions use of a numpy array: one dimension of numbers or truth values."""

    @property
    def dtype(self) -> _Type: ...
    @property
    def size(self) -> int: ...
    @property
    def nbytes(self) -> int: ...
    def __len__(self) -> int: ...
    def __getitem__(self, key: object, /) -> object: ...
    def __invert__(self) -> object: ...
    def any(self) -> object: ...
    def all(self) -> object: ...
    def round(self, decimals: int, /) -> object: ...
    def tolist(self) -> list[object]: ...
    def tobytes(self) -> bytes: ...


KINDS: dict[type, str] = {
    type(None): "null",
    bool: "bool",
    int: "number",
    float: "number",
    Decimal: "number",
    str: "text",
    list: "list",
    tuple: "list",
    dict: "object",
    datetime: "time",
    date: "date",
    timedelta: "duration",
    bytes: "bytes",
}
_ARTICLES = {
    "null": "null",
    "bool": "a truth value",
    "number": "a number",
    "text": "a text",
    "list": "a list",
    "object": "an object",
    "time": "a time",
    "date": "a date",
    "duration": "a duration",
    "bytes": "bytes",
    "series": "a series",
    "other": "an object that expressions cannot read",
}
_SHORT = 40


def is_series(value: object) -> TypeGuard[Series]:
    """Whether `value` is a numpy array, one row of numbers or truth values. Never imports numpy."""
    numpy = sys.modules.get("numpy")
    if numpy is None or type(value) is not numpy.ndarray:
        return False
    return value.ndim == 1 and value.dtype.kind in "biuf"  # pyright: ignore


def plain(value: object) -> object:
    """`value` as one of the exact types: a numpy scalar becomes its Python number, a tuple a list.

    Raises Problem(unreadable_value) for everything else that is not one of them already.
    """
    if type(value) is tuple:
        return list(value)  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    if type(value) in KINDS or is_series(value):
        return value
    numpy = sys.modules.get("numpy")
    if numpy is not None and isinstance(value, numpy.bool_ | numpy.integer | numpy.floating):
        number: object = value.item()  # pyright: ignore
        if type(number) in (bool, int, float):
            return number  # pyright: ignore[reportUnknownVariableType]
    raise unreadable()


def unreadable() -> Problem:
    """The refusal of a value that is not JSON, a date, a decimal or a series."""
    return Problem(
        "unreadable_value",
        "this value is an object that expressions cannot read",
        remedy="Pass it on as JSON values, dates, decimals or series of numbers.",
    )


def kind_of(value: object) -> str:
    """The kind's one word, `series` and `other` included."""
    kind = KINDS.get(type(value))
    if kind is not None:
        return kind
    return "series" if is_series(value) else "other"


def describe(value: object, *, hidden: bool = False) -> str:
    """A short form for messages. `hidden` tells the kind only."""
    kind = kind_of(value)
    article = _ARTICLES[kind]
    if hidden or kind in ("null", "bytes", "other"):
        return article
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        cut = value[:_SHORT].replace("\n", "\\n")
        return f'the text "{cut}…"' if len(value) > _SHORT else f'the text "{cut}"'
    if isinstance(value, int):
        return f"the number {value}" if value.bit_length() < 128 else "a huge number"
    if isinstance(value, float | Decimal):
        return f"the number {value}"
    if isinstance(value, list | tuple | dict):
        size = len(value)  # pyright: ignore[reportUnknownArgumentType]
        unit = "key" if kind == "object" else "item"
        return f"{article} of {size} {unit}{'' if size == 1 else 's'}"
    if isinstance(value, datetime | date):
        return f"the {kind} {value.isoformat()}"
    return article


def truth(value: object) -> bool:
    """Truth as in Python. A series is neither true nor false: Problem(type_mismatch)."""
    if type(value) in KINDS:
        return bool(value)
    value = plain(value)
    if is_series(value):
        raise Problem(
            "type_mismatch",
            "a series is neither true nor false",
            remedy="Take one element (`last(x)`), or ask `any(x)` or `all(x)`.",
        )
    return bool(value)


def goes_on_true(value: object) -> bool:
    """Whether `&&` looks at its right side: also when the left is a series (then elementwise)."""
    return True if is_series(value) else truth(value)


def goes_on_false(value: object) -> bool:
    """Whether `||` looks at its right side: also when the left is a series (then elementwise)."""
    return True if is_series(value) else not truth(value)
