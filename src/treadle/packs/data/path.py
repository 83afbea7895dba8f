"""Paths into a value: `order.lines[0].price`, `lines[*].price`, `["odd key"].x`, `lines[-1]`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import get_close_matches
from functools import lru_cache
from typing import Any, cast

from treadle.errors import NodeError
from treadle.packs.data.row import shown

Step = str | int | None
"""A key, an index, or None for every item."""

_STEP = re.compile(
    r"""(?:^|\.)(?P<key>[^.\[\]"'\s]+) | \[(?P<index>-?\d+)\] | \[(?P<all>\*)\] |
    \[(?P<quote>["'])(?P<quoted>.*?)(?P=quote)\]
    """,
    re.VERBOSE,
)


class PathMissing(NodeError):
    """Nothing is at the path. Attributes: `path` and `at`, the part of it that was found."""

    code = "path_missing"


@lru_cache(maxsize=1024)
def parse_path(text: str) -> tuple[Step, ...]:
    """The steps of a path; `""` is the value itself. Raises `ValueError` with what is wrong."""
    steps: list[Step] = []
    position = 0
    while position < len(text):
        match = _STEP.match(text, position)
        if match is None:
            raise ValueError(f"`{text}` is not a path: cannot read it from `{text[position : position + 20]}` on")
        if match["index"] is not None:
            steps.append(int(match["index"]))
        elif match["all"] or match["key"] == "*":
            steps.append(None)
        else:
            steps.append(match["quoted"] if match["key"] is None else match["key"])
        position = match.end()
    return tuple(steps)


def read_path(value: Any, path: str) -> Any:
    """What is at `path` in `value`. Raises `PathMissing`, or `NodeError` when the path cannot be read."""
    try:
        steps = parse_path(path)
    except ValueError as error:
        raise NodeError(
            f"{error}.", code="invalid_path", remedy='Write it like `order.lines[0].price` or `["odd key"]`.',
            retryable=False, path=path,
        ) from error  # fmt: skip
    return _walk(value, steps, 0, path)


def path_problems(written: Any) -> list[str]:
    """What is wrong with the paths of a config field (one, a list, an object); templates are not judged."""
    if isinstance(written, Mapping):
        return path_problems(list(cast("Mapping[str, Any]", written).values()))
    problems: list[str] = []
    for text in cast("list[Any]", written) if isinstance(written, list) else [written]:
        if isinstance(text, str) and "{{" not in text:
            try:
                parse_path(text)
            except ValueError as error:
                problems.append(str(error))
    return problems


def _walk(value: Any, steps: tuple[Step, ...], at: int, path: str) -> Any:
    for number in range(at, len(steps)):
        step = steps[number]
        if step is None:
            items: Any = cast("Mapping[str, Any]", value).values() if isinstance(value, Mapping) else value
            if isinstance(value, str | bytes) or not hasattr(items, "__iter__"):
                raise _missing(value, steps, number, path)
            return [_walk(item, steps, number + 1, path) for item in items]
        if isinstance(value, Mapping):
            entries = cast("Mapping[str, Any]", value)
            key = str(step)
            if key not in entries:
                raise _missing(entries, steps, number, path)
            value = entries[key]
        elif isinstance(value, list | tuple):
            items = cast("list[Any]", value)
            index = int(step) if isinstance(step, int) or step.lstrip("-").isdecimal() else None
            if index is None or not -len(items) <= index < len(items):
                raise _missing(items, steps, number, path)
            value = items[index]
        else:
            raise _missing(value, steps, number, path)
    return value


def _missing(value: Any, steps: tuple[Step, ...], number: int, path: str) -> PathMissing:
    found = write_path(steps[:number]) or "the value"
    step = "*" if steps[number] is None else str(steps[number])
    remedy = "Correct the path, or set `required: false`."
    if isinstance(value, Mapping):
        keys = [str(key) for key in cast("Mapping[Any, Any]", value)]
        near = get_close_matches(step, keys, n=1)
        if near:
            remedy = f"Did you mean `{near[0]}`? Otherwise set `required: false`."
        reason = f"{found} has no `{step}`; it is {shown(cast('object', value))}"
    elif isinstance(value, list | tuple):
        reason = f"{found} is a list of {len(cast('list[Any]', value))} and has no `[{step}]`"
    else:
        reason = f"{found} is {shown(value)}, which nothing can be read from"
    return PathMissing(f"Nothing at `{path}`: {reason}.", remedy=remedy, retryable=False, path=path, at=found)


def write_path(steps: tuple[Step, ...]) -> str:
    """The text that `parse_path` reads back."""
    text = ""
    for step in steps:
        if step is None:
            text += "[*]"
        elif isinstance(step, int):
            text += f"[{step}]"
        elif re.fullmatch(r"[^.\[\]\"'\s*]+", step):
            text += f".{step}" if text else step
        else:
            text += f"['{step}']" if '"' in step else f'["{step}"]'
    return text
