"""Pages of a list that is short enough to be read whole: users, teams, keys."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar

from treadle.server.paging import Scalar, bad_cursor, decode_cursor, encode_cursor

T = TypeVar("T")
Place = tuple[Scalar, ...]


def cut(
    items: Sequence[T], limit: int, cursor: str | None, *, order: Callable[[T], Place]
) -> tuple[list[T], str | None]:
    """The page behind `cursor`, and the cursor of the one after it. Raises `InvalidWorkflow` (`bad_cursor`).

    `order` is what the list is in the order of, and tells one item from all others. The next page goes on behind the
    place of the last item, whether that is still there or not.
    """
    wanted: Callable[[T], Any] = order
    found = sorted(items, key=wanted)
    start = 0 if cursor is None else bisect_right(found, _read(cursor, [order(one) for one in found[:1]]), key=wanted)
    page = found[start : start + limit]
    more = start + limit < len(found)
    return page, _write(order(page[-1])) if more and page else None


def by_time(at: datetime | None, id: str, *, newest_first: bool = False) -> Place:
    """The place of what has a time, and an id to tell it from others of that time."""
    seconds = 0.0 if at is None else at.timestamp()
    return (-seconds if newest_first else seconds, id)


def _write(place: Place) -> str:
    return encode_cursor({str(at): value for at, value in enumerate(place)})


def _read(cursor: str, others: Sequence[Place]) -> Place:
    """The place, when it is one of the same kind as `others`."""
    given = decode_cursor(cursor)
    place = tuple(given.values())
    if list(given) != [str(at) for at in range(len(place))] or not place:
        raise bad_cursor()
    for other in others:
        if [type(value) for value in other] != [type(value) for value in place]:
            raise bad_cursor()
    return place
