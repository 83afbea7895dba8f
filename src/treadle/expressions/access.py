"""Reading keys, items and slices: only dictionary and list look-ups, never attributes."""

# Values come as `object` and are told apart by exact type, which narrows less than isinstance.
# pyright: reportUnknownArgumentType=false, reportUnknownVariableType=false
from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from treadle.expressions.limits import Budget
from treadle.expressions.problem import Missing, Problem, Shown
from treadle.expressions.value import is_series, kind_of, plain

_OPTIONAL = "Write `?.` to read null instead, or give another value with `??`."


def lost(base: object, keys: tuple[str, ...], positions: tuple[int, ...], path: str, *, is_scope: bool) -> Problem:
    """Walk again where a look-up failed, and say which key it was."""
    value = base
    for number, (key, position) in enumerate(zip(keys, positions, strict=True)):
        if is_scope and number == 0:
            if (type(value) is not dict and not isinstance(value, Mapping)) or key not in value:
                return _unknown_name(value, key, position)
            value = value[key]
        elif type(value) is dict:
            if key not in value:
                return missing_key(value, key, path, position)
            value = value[key]
        else:
            try:
                value = member(value, key, path)
            except Problem as problem:
                problem.position = position
                return problem
        path = f"{path}.{key}" if path else key
    return Problem("unreadable_value", "this value changed while it was read", position=positions[-1])


def _unknown_name(scope: object, key: str, position: int) -> Missing:
    return Missing(
        "unknown_name",
        "nothing here is called `{}`",
        Shown(key),
        position=position,
        container=scope,
        key=key,
        remedy="Quotes make it a text.",
    )


def missing_key(value: object, key: str, path: str, position: int | None = None) -> Missing:
    """`key` is not in the object `value`, which the expression calls `path`."""
    message, values = "the object has no key `{}`", (Shown(key),)
    if path:
        message, values = "`{}` has no key `{}`", (Shown(path), Shown(key))
    return Missing(
        "missing_key",
        message,
        *values,
        position=position,
        remedy=_OPTIONAL,
        container=value,
        key=key,
        path=path,
    )


def member(value: object, key: str, path: str) -> object:
    """`value.key` for what is not a dictionary: `.length`, or an error."""
    kind = kind_of(value)
    if kind == "object":
        try:
            return value[key]  # pyright: ignore[reportIndexIssue]
        except KeyError:
            raise missing_key(value, key, path) from None
    if kind == "null":
        if path:
            raise Missing(
                "null_access",
                "`{}` is null, so `{}` cannot be read from it",
                Shown(path),
                Shown(key),
                remedy=_OPTIONAL,
            )
        raise Missing("null_access", "`{}` cannot be read from null", Shown(key), remedy=_OPTIONAL)
    if key == "length" and kind in ("text", "list", "series", "bytes"):
        return len(value)  # pyright: ignore[reportArgumentType]
    value = plain(value)
    remedy = None
    if kind == "list":
        remedy = f"Take one item (`[0]`), or read from each: `map(list, x => x.{key})`."
    elif kind == "text":
        remedy = "Parse JSON text with `from_json()` first."
    raise Problem("type_mismatch", "`{}` cannot be read from {}", Shown(key), value, remedy=remedy)


def optional_member(value: object, key: str, path: str) -> object:
    """`value?.key`: null when `value` is null or has no such key."""
    if value is None:
        return None
    if type(value) is dict:
        return value.get(key)  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType]
    return member(value, key, path)


def item(value: object, index: object) -> object:
    """`value[index]`: a list's or text's item by whole number (negative from the end), or an object's key."""
    value, index = plain(value), plain(index)
    if isinstance(value, dict) and isinstance(index, str):
        try:
            return value[index]  # pyright: ignore[reportUnknownVariableType]
        except KeyError:
            raise Missing(
                "missing_key",
                "the object has no such key as {}",
                index,
                remedy=_OPTIONAL,
                container=value,
                key=index,
            ) from None
    if value is None:
        raise Missing("null_access", "an item cannot be read from null", remedy=_OPTIONAL)
    place = _place(index)
    if place is not None and (isinstance(value, list | str) or is_series(value)):
        size = len(value)
        if -size <= place < size:
            found: object = value[place]
            return plain(found) if is_series(value) else found
        raise Missing(
            "missing_key",
            "{} has no item at {}",
            value,
            index,
            remedy="Write `?.[…]` to read null instead, or give another value with `??`.",
        )
    raise Problem(
        "type_mismatch",
        "{} cannot be read by {}",
        value,
        index,
        remedy="Lists and texts are read by whole numbers, objects by texts.",
    )


def optional_item(value: object, index: object) -> object:
    """`value?.[index]`: null when `value` is null or there is no such item."""
    if value is None:
        return None
    try:
        return item(value, index)
    except Missing:
        return None


def part(value: object, start: object, stop: object, budget: Budget) -> object:
    """`value[start:stop]` of a list, text or series, as in Python."""
    value = plain(value)
    if value is None:
        raise Missing("null_access", "a part cannot be read from null", remedy=_OPTIONAL)
    if not isinstance(value, list | str) and not is_series(value):
        raise Problem("type_mismatch", "a part is read from a list, text or series, not from {}", value)
    bounds = [None if bound is None else _place(plain(bound)) for bound in (start, stop)]
    for bound, given in zip(bounds, (start, stop), strict=True):
        if bound is None and given is not None:
            raise Problem("type_mismatch", "the bounds of a part are whole numbers, not {}", given)
    size = len(range(*slice(*bounds).indices(len(value))))
    if isinstance(value, list):
        budget.spend(1 + (size >> 4), 8 * size)
    elif isinstance(value, str):
        budget.spend(1 + (size >> 8), size)
    return value[slice(*bounds)]


def _place(index: object) -> int | None:
    if type(index) is int:
        return index if abs(index) < 1 << 62 else None
    if type(index) in (float, Decimal) and index == index and abs(index) < 1 << 53:  # pyright: ignore[reportArgumentType]
        return int(index) if int(index) == index else None  # pyright: ignore[reportArgumentType]
    return None
