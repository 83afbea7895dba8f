"""Whether two values are the same to a person: however they were kept, and whatever they are made of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple, cast

from treadle.node.field import Expression

MISSING: Any = object()
"""Stands for what is on one side only."""


class Difference(NamedTuple):
    """A place in which two values differ (`output.items[2].price`); `MISSING` where one side has nothing there."""

    path: str
    before: Any
    after: Any


def differences(before: Any, after: Any, path: str = "output") -> Iterator[Difference]:
    """Where two values differ, as far inside as they are alike outside."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        one = {str(key): value for key, value in cast("Mapping[Any, Any]", before).items()}
        other = {str(key): value for key, value in cast("Mapping[Any, Any]", after).items()}
        for key in {**one, **other}:
            place = f"{path}.{key}" if key.isidentifier() else f"{path}[{key!r}]"
            yield from _between(one.get(key, MISSING), other.get(key, MISSING), place)
    elif isinstance(before, list | tuple) and isinstance(after, list | tuple):
        first, second = cast("Sequence[Any]", before), cast("Sequence[Any]", after)
        for at in range(max(len(first), len(second))):
            a, b = (side[at] if at < len(side) else MISSING for side in (first, second))
            yield from _between(a, b, f"{path}[{at}]")
    elif not same(before, after):
        yield Difference(path, before, after)


def _between(before: Any, after: Any, path: str) -> Iterator[Difference]:
    if before is MISSING or after is MISSING:
        yield Difference(path, before, after)
    else:
        yield from differences(before, after, path)


def same(one: Any, other: Any) -> bool:
    """Equal, where a tuple is a list, NaN is NaN, and an expression is what it comes to. Never raises."""
    if one is other:
        return True
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return _same_mappings(cast("Mapping[Any, Any]", one), cast("Mapping[Any, Any]", other))
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return _same_lists(cast("Sequence[Any]", one), cast("Sequence[Any]", other))
    if isinstance(one, Expression) and isinstance(other, Expression):
        return one.source == other.source and (one.volatile or same(_value_of(one), _value_of(other)))
    try:
        # Of arrays, an array of answers.
        equal = one == other
        return bool(equal.all()) if hasattr(equal, "all") else bool(equal) or (one != one and other != other)
    except Exception:
        return False


def _same_mappings(one: Mapping[Any, Any], other: Mapping[Any, Any]) -> bool:
    if len(one) != len(other):
        return False
    named = {str(key): value for key, value in other.items()}
    return all(str(key) in named and same(value, named[str(key)]) for key, value in one.items())


def _same_lists(one: Sequence[Any], other: Sequence[Any]) -> bool:
    return len(one) == len(other) and all(same(a, b) for a, b in zip(one, other, strict=True))


def _value_of(expression: Expression) -> Any:
    """What it comes to with the run's own names; one that reads further names stands for itself."""
    try:
        return expression.evaluate()
    except Exception as error:
        return f"{type(error).__name__}: {error}"
