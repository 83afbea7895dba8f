"""Places in a workflow file, as a template's parameters name them: `nodes.fetch.config.url`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, cast

from treadle.authoring.tree import Path

_DOT = re.compile(r"(?<!\\)\.")
_INPUTS = "inputs"
_ROOTS = frozenset({_INPUTS, "nodes", "steps", "settings", "outputs", "output"})


def parse_place(text: str) -> tuple[str, ...]:
    """Its parts; `\\.` is a dot that belongs to a name."""
    return tuple(part.replace("\\.", ".") for part in _DOT.split(text))


def write_place(parts: Sequence[str | int]) -> str:
    return ".".join(str(part).replace(".", "\\.") for part in parts)


def find_path(data: Any, place: str) -> Path:
    """Where a place is in the data of a file; an item of a list is named by its `id` or counted from 0.

    The last part may be missing where what holds it is an object. An input means its default. Raises `KeyError` with
    the part that leads nowhere.
    """
    parts = parse_place(place)
    if len(parts) == 2 and parts[0] == _INPUTS:
        parts = (*parts, "default")
    if parts[0] not in _ROOTS:
        raise KeyError(parts[0])
    path: list[str | int] = []
    here: Any = data
    for at, part in enumerate(parts):
        is_last = at == len(parts) - 1
        if isinstance(here, list):
            step: str | int = _index(cast("list[Any]", here), part)
        elif isinstance(here, dict) and (part in here or is_last):
            step = part
        elif isinstance(here, str) and path[:1] == [_INPUTS] and part == "default":
            step = part  # an input in the short form, `topic: string`
        else:
            raise KeyError(part)
        path.append(step)
        here = None if is_last else cast("Any", here)[step]
    return tuple(path)


def read_at(data: Any, path: Path) -> tuple[bool, Any]:
    """(whether there is something, what)."""
    here: Any = data
    for part in path:
        try:
            here = here[part]
        except (KeyError, IndexError, TypeError):
            return False, None
    return True, here


def write_at(data: Any, path: Path, value: Any) -> None:
    """Put `value` there; `data` is changed."""
    here: Any = data
    for part in path[:-1]:
        if isinstance(here[part], str):  # an input in the short form
            here[part] = {"type": here[part]}
        here = here[part]
    here[path[-1]] = value


def _index(items: list[Any], part: str) -> int:
    for at, item in enumerate(items):
        if isinstance(item, dict) and cast("dict[str, Any]", item).get("id") == part:
            return at
    if part.isdecimal() and int(part) < len(items):
        return int(part)
    raise KeyError(part)
