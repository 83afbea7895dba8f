"""Pages of a list that is short enough to be read whole: users, teams, keys."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from treadle.server.paging import decode_cursor, encode_cursor

T = TypeVar("T")


def cut(items: Sequence[T], limit: int, cursor: str | None, *, key: Callable[[T], str]) -> tuple[list[T], str | None]:
    """The page behind `cursor`, and the cursor of the one after it. Raises `InvalidWorkflow` (`bad_cursor`).

    It goes on behind the item that was last: where that is gone, at the beginning.
    """
    start = 0
    if cursor is not None:
        last = decode_cursor(cursor, after=str)["after"]
        start = next((at + 1 for at, item in enumerate(items) if key(item) == last), 0)
    page = list(items[start : start + limit])
    more = start + limit < len(items)
    return page, encode_cursor({"after": key(page[-1])}) if more and page else None
