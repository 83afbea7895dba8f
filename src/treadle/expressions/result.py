"""The last look at a value before it leaves an evaluation: only plain values, and not too many."""

# Values come as `object` and are told apart by exact type, which narrows less than isinstance.
# pyright: reportUnknownArgumentType=false, reportUnknownMemberType=false
from __future__ import annotations

from collections.abc import Iterable

from treadle.expressions.comparison import check_depth
from treadle.expressions.limits import HELD, HELD_OPERATIONS, HELD_SECONDS, RESULT, SERIES, Budget
from treadle.expressions.problem import Problem
from treadle.expressions.scanner import is_writable
from treadle.expressions.value import KINDS, is_series, plain, unreadable

_REMEDY = "Look where it comes from: a division of very small numbers, or a series without a value yet."


def finish(value: object, budget: Budget | None) -> object:
    """`value`, walked within the budget; a copy when it holds tuples or numpy scalars.

    Raises Problem with too_large, too_deep, too_many_operations, not_finite or unreadable_value.
    """
    kind = type(value)
    if kind is float:
        if value - value == 0:  # pyright: ignore[reportOperatorIssue]
            return value
    elif kind is int:
        if value.bit_length() <= 64:  # pyright: ignore[reportAttributeAccessIssue]
            return value
    elif kind is str and len(value) < RESULT and value.isascii():  # pyright: ignore[reportArgumentType, reportAttributeAccessIssue]
        return value
    walk = _Walk(budget or Budget())
    walk.visit((value,), -1)
    return _normal(value) if walk.odd else value


def hand_on(value: object) -> object:
    """A value the scope holds, as it is: bounded like `finish` does it, but far more loosely. Raises the same."""
    kind = type(value)
    if kind is float and value - value == 0:  # pyright: ignore[reportOperatorIssue]
        return value
    if kind is str and len(value) < RESULT and value.isascii():  # pyright: ignore[reportArgumentType, reportAttributeAccessIssue]
        return value
    if kind is int and value.bit_length() <= 64:  # pyright: ignore[reportAttributeAccessIssue]
        return value
    walk = _Walk(Budget(HELD_OPERATIONS, seconds=HELD_SECONDS), HELD)
    walk.visit((value,), -1)
    return _normal(value) if walk.odd else value


class _Walk:
    """Adds up the size of a value; shared parts count each time, as they will in the journal."""

    __slots__ = ("budget", "most", "odd", "size")

    def __init__(self, budget: Budget, most: int = RESULT) -> None:
        self.budget = budget
        self.most = most
        self.size = 0
        self.odd = False

    def visit(self, items: Iterable[object], depth: int) -> None:
        """Add the items of a container at `depth`. One loop, because most results are walked here."""
        check_depth(depth)
        size = 0
        for item in items:
            kind = type(item)
            if kind is str:
                size += len(item) + 2 if item.isascii() else _bytes(item)  # pyright: ignore[reportArgumentType, reportAttributeAccessIssue]
            elif kind is float:
                if item - item != 0:  # pyright: ignore[reportOperatorIssue]
                    raise Problem("not_finite", "the result is {}, which is not a JSON value", item, remedy=_REMEDY)
                size += 8
            elif kind is int:
                if item.bit_length() > 1024:  # pyright: ignore[reportAttributeAccessIssue]
                    raise Problem("too_large", "this number is too large")
                size += 8
            elif kind is dict:
                self._take(size + 2 + 2 * len(item), 1 + len(item))  # pyright: ignore[reportArgumentType]
                self.visit(_keys(item), depth + 1)  # pyright: ignore[reportArgumentType]
                self.visit(item.values(), depth + 1)  # pyright: ignore[reportAttributeAccessIssue]
                size = 0
            elif kind is list or kind is tuple:
                self.odd = self.odd or kind is tuple
                self._take(size + 2 + len(item), 1 + len(item))  # pyright: ignore[reportArgumentType]
                self.visit(item, depth + 1)  # pyright: ignore[reportArgumentType]
                size = 0
            else:
                size += self._rare(item)
        self._take(size, 0)

    def _take(self, size: int, operations: int) -> None:
        self.size += size
        if self.size > self.most:
            raise Problem(
                "too_large",
                f"the result takes more than {self.most:,} bytes",
                remedy="Pick the fields you need, or hand the value on by a connection.",
            )
        if operations:
            self.budget.spend(operations)

    def _rare(self, value: object) -> int:
        if type(value) is bytes:
            return len(value)
        if type(value) in KINDS:
            return 4
        if is_series(value):
            if value.nbytes > SERIES:
                raise Problem("too_large", f"the series takes more than {SERIES:,} bytes")
            return 0
        plain(value)
        self.odd = True
        return 8


def _keys(value: dict[object, object]) -> Iterable[object]:
    for key in value:
        if type(key) is not str:
            raise unreadable()
    return value


def _bytes(text: str) -> int:
    if not is_writable(text):
        raise Problem("unreadable_value", "the text has half a surrogate pair, so it cannot be written")
    return len(text.encode()) + 2


def _normal(value: object) -> object:
    value = plain(value)
    if isinstance(value, list):
        return [_normal(item) for item in value]  # pyright: ignore[reportUnknownVariableType]
    if isinstance(value, dict):
        return {key: _normal(item) for key, item in value.items()}  # pyright: ignore
    return value
