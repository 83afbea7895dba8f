"""Showing the spot in an expression that a message is about."""

from __future__ import annotations

_WIDTH = 100
_LEAD = 60


def render_caret(source: str, position: int) -> str:
    """The line of `source` around the 0-based `position`, and a line with a caret under that spot.

    Long lines are cut to about 100 characters around the spot; control characters show as spaces.
    """
    position = max(0, min(position, len(source)))
    start = source.rfind("\n", 0, position) + 1
    end = source.find("\n", position)
    end = len(source) if end < 0 else end
    column = position - start
    line = source[start : min(end, position + _WIDTH)]
    before = after = ""
    if column > _LEAD and len(line) > _WIDTH:
        line, column, before = line[column - _LEAD :], _LEAD, "…"
    if len(line) > _WIDTH or start + len(line) + (position - start - column) < end:
        line, after = line[:_WIDTH], "…"
    visible = "".join(letter if letter.isprintable() else " " for letter in line)
    return f"    {before}{visible}{after}\n    {' ' * (column + len(before))}^"
