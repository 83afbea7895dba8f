"""What triggers that are started over HTTP share: the addresses they answer under."""

from __future__ import annotations

import re

_SEGMENT = re.compile(r"[A-Za-z0-9_~-][A-Za-z0-9_.~-]*|\{[A-Za-z_][A-Za-z0-9_]*\}")
_LONGEST = 200


def path_problem(path: str, *, parameters: bool = True) -> str | None:
    """What keeps `path` from being an address below `/hooks/` or `/forms/`."""
    segments = path.strip("/").split("/")
    if not path.strip("/") or len(path) > _LONGEST:
        return f"`path` is {path!r}; write 1 to {_LONGEST} characters, such as `orders/new`."
    for segment in segments:
        if not _SEGMENT.fullmatch(segment):
            return f"`path` has the segment {segment!r}. Use letters, digits, `-`, `_`, `.` and `~`" + (
                ", or `{name}` for one that may be anything." if parameters else "."
            )
        if segment.startswith("{") and not parameters:
            return f"`path` has the segment {segment!r}, but the address of a form is fixed. Write it out."
    names = [segment for segment in segments if segment.startswith("{")]
    if len(names) != len(set(names)):
        return f"`path` is {path!r}: two segments have one name. Give each its own."
    return None
