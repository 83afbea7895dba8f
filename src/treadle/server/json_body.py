"""JSON from outside: read strictly before anything else looks at it."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from typing import Any, cast

from pydantic_core import from_json

from treadle.errors import InvalidWorkflow

DEPTH = 64
"""Lists and objects in each other."""
MOST_BRACKETS = 250_000
"""Lists and objects in one body; brackets in text are counted with them."""
_HUGE = re.compile(rb"[0-9][eE]\+?[0-9]{3}|[0-9]{300}")


def check_json(body: bytes, *, depth: int = DEPTH) -> None:
    """Nothing, if `body` is JSON that every part of Treadle can hold. Raises as `read_json`."""
    read_json(body, depth=depth)


def read_json(body: bytes, *, depth: int = DEPTH) -> Any:
    """What `body` says.

    Raises `InvalidWorkflow` (`invalid_json`): for what is no JSON (NaN and Infinity are not), for numbers beyond
    floating point, half characters, and what is nested more than `depth` deep or holds too many lists and objects.
    """
    # Counted before anything is made of it: two bytes of an empty list become sixty of memory.
    brackets = body.count(b"[") + body.count(b"{")
    if brackets > MOST_BRACKETS:
        raise _refused(f"The body has more than {MOST_BRACKETS} lists and objects.", "Send less at once.")
    try:
        value: Any = from_json(body, allow_inf_nan=False)
    except ValueError as error:
        said = str(error)
        if "recursion" in said:
            raise _too_deep(depth) from None
        raise _refused(f"The body is not JSON: {said}.", "Correct it at this place.") from None
    # Most have not even so many brackets, and need not be walked.
    if brackets > depth and _is_deeper(value, depth):
        raise _too_deep(depth)
    if _HUGE.search(body) is not None and _has_infinity(value):
        raise _refused("The body has a number beyond ±1.8e308.", "Send it as text.")
    return value


def _too_deep(depth: int) -> InvalidWorkflow:
    return _refused(f"The body is nested more than {depth} deep.", "Send a flatter value.")


def _refused(message: str, remedy: str) -> InvalidWorkflow:
    return InvalidWorkflow(message, code="invalid_json", remedy=remedy)


def _is_deeper(value: Any, depth: int) -> bool:
    level: list[Any] = [value]
    for _ in range(depth):
        level = [item for one in level for item in _items(one) or () if isinstance(item, dict | list)]
        if not level:
            return False
    return True


def _has_infinity(value: Any) -> bool:
    waiting: list[Any] = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, float) and math.isinf(one):
            return True
        waiting.extend(_items(one) or ())
    return False


def _items(value: Any) -> Iterable[Any] | None:
    if isinstance(value, dict):
        return cast("dict[str, Any]", value).values()
    return cast("list[Any]", value) if isinstance(value, list) else None
