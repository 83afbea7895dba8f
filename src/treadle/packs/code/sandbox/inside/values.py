"""Turn what a program returned into plain JSON values, within a budget.

Used on both sides of the wall, so it knows no error class but its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite
from typing import TypeAlias

Plain: TypeAlias = "bool | int | float | str | list[Plain] | dict[str, Plain] | None"

MAX_DEPTH = 100
_MAX_INTEGER_BITS = 4096


class NotPlain(Exception):
    """A value that JSON cannot carry. `where` is its place, such as `result[2].price`."""

    def __init__(self, what: str, where: str) -> None:
        super().__init__(f"{where} is {what}")
        self.what = what
        self.where = where


class TooLarge(Exception):
    """The value is larger than its budget."""


class _Budget:
    __slots__ = ("left",)

    def __init__(self, size: int) -> None:
        self.left = size

    def spend(self, size: int) -> None:
        # Shared parts are paid for every time they are met: that is what a JSON dump of them costs.
        self.left -= size
        if self.left < 0:
            raise TooLarge


def plain(value: object, *, size: int, where: str = "result") -> Plain:
    """Copy `value` into JSON values of at most about `size` bytes; tuples become lists.

    Raises `NotPlain` for anything JSON has no place for (NaN and infinities, sets, bytes, objects, keys
    that are not text, more than 100 levels) and `TooLarge` past the budget.
    """
    return _plain(value, where, 0, _Budget(size))


def _plain(value: object, where: str, depth: int, budget: _Budget) -> Plain:
    if value is None or isinstance(value, bool):
        budget.spend(4)
        return value
    if isinstance(value, str):
        budget.spend(len(value) + 2)
        return _text(value, where, budget)
    if isinstance(value, int):
        if value.bit_length() > _MAX_INTEGER_BITS:
            raise NotPlain(f"a whole number of more than {_MAX_INTEGER_BITS} bits", where)
        budget.spend(value.bit_length() // 3 + 1)
        return int(value)
    if isinstance(value, float):
        if not isfinite(value):
            raise NotPlain(f"{float(value)}, which JSON has no number for", where)
        budget.spend(8)
        return float(value)
    if depth >= MAX_DEPTH:
        raise NotPlain(f"nested more than {MAX_DEPTH} levels deep", where[:40] + "…")
    if isinstance(value, (list, tuple)):
        budget.spend(2)
        return [_plain(item, f"{where}[{i}]", depth + 1, budget) for i, item in enumerate(value)]  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
    if isinstance(value, Mapping):
        budget.spend(2)
        return _members(value, where, depth, budget)  # pyright: ignore[reportUnknownArgumentType]
    raise NotPlain(f"a {type(value).__name__}, which JSON has no form for", where)


def _members(value: Mapping[object, object], where: str, depth: int, budget: _Budget) -> dict[str, Plain]:
    members: dict[str, Plain] = {}
    for key, item in value.items():
        if not isinstance(key, str):
            raise NotPlain(f"an object with the key {str(key)[:40]!r}, which is not text", where)
        budget.spend(len(key) + 4)
        members[_text(key, where, budget)] = _plain(item, f"{where}.{key[:40]}", depth + 1, budget)
    return members


def _text(value: str, where: str, budget: _Budget) -> str:
    if value.isascii():
        return str(value)
    try:
        budget.spend(len(value.encode()) - len(value))
    except UnicodeEncodeError:
        raise NotPlain("text with half of a surrogate pair", where) from None
    return str(value)
