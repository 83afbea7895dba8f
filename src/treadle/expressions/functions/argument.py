"""What functions ask of their arguments; each refusal is a Problem(bad_argument) that names both."""

# Values come as `object` and are told apart by exact type, which narrows less than isinstance.
# pyright: reportUnknownArgumentType=false
from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal

from treadle.expressions.limits import Budget
from treadle.expressions.problem import Problem
from treadle.expressions.value import is_series, plain

Each = Callable[[object, int], object]


def refused(name: str, wanted: str, value: object) -> Problem:
    """`name` needs `wanted`, not `value`."""
    remedy = "Give a value for null: `(x ?? …)`." if value is None else None
    return Problem("bad_argument", f"`{name}` needs {wanted}, not {{}}", value, remedy=remedy)


def text(name: str, value: object) -> str:
    """`value`, a text."""
    if type(value) is str:
        return value
    raise refused(name, "a text", plain(value))


def paid_text(name: str, value: object, budget: Budget) -> str:
    """`value`, a text, and paid for as something that is read or copied as a whole."""
    found = text(name, value)
    budget.spend(1 + (len(found) >> 8), len(found))
    return found


def number(name: str, value: object) -> int | float | Decimal:
    """`value`, a number."""
    value = value if type(value) in (int, float, Decimal) else plain(value)
    if type(value) in (int, float, Decimal):
        return value  # pyright: ignore[reportReturnType]
    raise refused(name, "a number", value)


def whole(name: str, value: object) -> int:
    """`value`, a whole number of at most 64 bits."""
    found = number(name, value)
    try:
        if abs(found) < 1 << 63 and int(found) == found:
            return int(found)
    except (ArithmeticError, ValueError):
        pass
    raise refused(name, "a whole number", value)


def items(name: str, value: object, budget: Budget) -> list[object]:
    """`value`, a list or series, as a list that must not be changed; paid for by its length."""
    if type(value) is not list:
        value = plain(value)
    if type(value) is list:
        budget.spend(1 + len(value), 8 * len(value))  # pyright: ignore[reportUnknownArgumentType]
        return value  # pyright: ignore[reportUnknownVariableType]
    if is_series(value):
        budget.spend(1 + value.size, 8 * value.size)
        return value.tolist()
    raise refused(name, "a list", value)


def mapping(name: str, value: object, budget: Budget) -> dict[str, object]:
    """`value`, an object that must not be changed; paid for by its size."""
    if type(value) is dict:
        budget.spend(1 + len(value), 16 * len(value))  # pyright: ignore[reportUnknownArgumentType]
        return value  # pyright: ignore[reportUnknownVariableType]
    raise refused(name, "an object", plain(value))


def moment(name: str, value: object) -> datetime:
    """`value` as an aware time: a time, a date (its midnight in UTC), or one of both as ISO 8601 text."""
    if type(value) is str:
        value = iso(name, value)
    if type(value) is datetime:
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value
    if type(value) is date:
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    raise refused(name, "a date or time", plain(value))


def iso(name: str, value: str) -> datetime | date:
    """A date or time from ISO 8601 text."""
    written = value.strip()
    try:
        if len(written) == 10:
            return date.fromisoformat(written)
        if len(written) <= 40:
            return datetime.fromisoformat(written)
    except ValueError:
        pass
    raise Problem(
        "bad_argument",
        f"`{name}` cannot read {{}} as a date",
        value,
        remedy="Write it as 2025-01-31 or 2025-01-31T14:30:00Z, or give `parse_date` its format.",
    )
