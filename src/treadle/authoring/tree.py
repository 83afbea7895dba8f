"""A file as read: plain data, and where in the text each part of it stands."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Literal

from treadle.model.issue import Issue

Path = tuple[str | int, ...]
Place = tuple[int, int]
Marks = dict[int, dict[str | int, Place]]

MAX_BYTES = 5_000_000
MAX_DEPTH = 100
MAX_VALUES = 1_000_000
MAX_ALIASES = 1_000

_HUMP = re.compile(r"(?<=[a-z0-9])([A-Z])")


def snake_case(key: str) -> str:
    """`maxAttempts` becomes `max_attempts`; a key that is snake_case already stays as it is."""
    return _HUMP.sub(lambda hump: "_" + hump[1].lower(), key).replace("-", "_")


@dataclass
class Tree:
    """`data` is JSON-like: mappings with text keys, lists, text, numbers, booleans, null.

    `marks` holds, by the identity of each mapping and list in `data`, the (line, column) of every key or
    item, both counted from 1.
    """

    data: object = None
    marks: Marks = field(default_factory=dict[int, dict["str | int", Place]])
    kind: Literal["yaml", "json"] = "yaml"
    issues: list[Issue] = field(default_factory=list[Issue])
    readable: bool = True

    def locate(self, path: Path) -> Place | None:
        """(line, column) of what `path` leads to, or of the nearest thing around it that is in the file."""
        place: Place | None = None
        here: Any = self.data
        for part in path:
            marks = self.marks.get(id(here))
            if marks is None:
                break
            found = part if part in marks else _written_otherwise(part, marks)
            if found is None:
                break
            place, here = marks[found], here[found]
        return min(self.marks.get(id(self.data), {}).values(), default=None) if place is None else place

    def refuse(self, code: str, message: str, remedy: str, place: Place | None = None, path: Path = ()) -> None:
        line, column = place if place is not None else (None, None)
        self.issues.append(Issue(code, message, path, line, column, remedy))


class TooLarge(Exception):
    """Inside the readers: the file asks for more than any workflow needs."""

    def __init__(self, message: str, remedy: str, place: Place | None = None) -> None:
        super().__init__(message)
        self.message, self.remedy, self.place = message, remedy, place


def too_deep(place: Place) -> TooLarge:
    return TooLarge(
        f"The file nests deeper than {MAX_DEPTH} levels.",
        "Move inner parts to workflows of their own.",
        place,
    )


def _written_otherwise(part: str | int, marks: dict[str | int, Place]) -> str | int | None:
    if isinstance(part, int):
        return None
    return next((key for key in marks if isinstance(key, str) and snake_case(key) == part), None)
