"""How collected columns are kept: short rows that grow, and blocks of what is older. Pure; a store applies it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

BLOCK = 64
"""Values that are moved away together."""
_SERIES, _PAST = "series:", "series-past:"


@dataclass(frozen=True, slots=True)
class Head:
    """The short row of a column: how many values there ever were, the number of the first block that is kept, and the
    newest values, which are in no block yet."""

    count: int = 0
    first: int = 0
    rows: Sequence[Sequence[float]] = ()

    @property
    def start(self) -> int:
        """The place in the column of the first of `rows`; a multiple of `BLOCK`."""
        return self.count - len(self.rows)

    @classmethod
    def read(cls, value: Any) -> Head:
        return cls() if value is None else cls(value["n"], value["first"], value["rows"])

    def write(self) -> Mapping[str, Any]:
        return {"n": self.count, "first": self.first, "rows": self.rows}


_ROWS = '"rows":['


class HeadText:
    """A head as it is kept, by a process that has read it. Every run puts one row to each of its columns: what is new
    in the text is read, and the rest compared as text."""

    __slots__ = ("_rows", "count", "first")

    def __init__(self, text: str, head: Head) -> None:
        at = text.find(_ROWS)
        self._rows = text[at + len(_ROWS) : -2] if at > 0 and head.rows else None
        self.count, self.first = head.count, head.first

    def read_on(self, text: str) -> list[list[float]] | None:
        """The rows that `text` has more, which is what this is from then on; None where it does not begin as this
        does."""
        at = text.find(_ROWS)
        begin = at + len(_ROWS)
        if at < 1 or self._rows is None or not text.startswith(self._rows, begin) or not text.endswith("]]}"):
            return None
        more = text[begin + len(self._rows) : -2]
        if more and more[0] != ",":
            return None
        counted = json.loads(f"{text[: at - 1]}}}")
        fresh: list[list[float]] = json.loads(f"[{more[1:]}]") if more else []
        if counted["n"] != self.count + len(fresh):
            return None
        self.count, self.first, self._rows = counted["n"], counted["first"], text[begin:-2]
        return fresh


@dataclass(frozen=True, slots=True)
class Grown:
    """A column after a row was put to it: its head, the block that is moved away, the blocks that are dropped."""

    head: Head
    moved: tuple[int, Sequence[Sequence[float]]] | None
    dropped: range


def grow(head: Head, row: Sequence[float], keep: int) -> Grown:
    """Put `row` at the end of a column of which at least the last `keep` values are kept."""
    rows = [*head.rows, row]
    count, first, start = head.count + 1, head.first, head.start
    moved = None
    if len(rows) >= 2 * BLOCK:
        moved, rows = (start // BLOCK, rows[:BLOCK]), rows[BLOCK:]
        start += BLOCK
    kept = min(max(first, (count - keep) // BLOCK), start // BLOCK)
    return Grown(Head(count, kept, rows), moved, range(first, kept))


def owner_of_series(deployment: str) -> str:
    return f"{_SERIES}deployment:{deployment}"


def owners_of_series(deployment: str) -> tuple[str, str]:
    """Under which owners the state holds a deployment's columns: the short rows, and the blocks."""
    return owner_of_series(deployment), past_of(owner_of_series(deployment))


def past_of(owner: str) -> str:
    """The owner of the blocks of columns whose short rows are `owner`'s."""
    return _PAST + owner.removeprefix(_SERIES)


def block_key(key: str, number: int) -> str:
    return f"{key}#{number}"


def origin(count: int, keep: int) -> int:
    """From where on a column of `count` values is read, where `keep` are kept. The same wherever it is read, so that a
    restart, and a backtest, come to the same numbers."""
    return max(0, keep * ((count - 1) // keep - 1))


def keep_for(lookback: int) -> int:
    """How many values a column keeps: past the point where what a recursive average began with is below the last
    digit."""
    return max(1024, 40 * (lookback + 1))
