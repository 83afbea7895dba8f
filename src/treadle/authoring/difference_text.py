"""A difference between two workflows as text: what is new begins with `+`, what is gone with `-`."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Iterator
from typing import Any

from treadle.authoring.difference import NOTHING, Difference, FieldChange, NodeChange
from treadle.model.duration import format_duration, parse_duration

_SIGNS = {"added": "+", "removed": "-", "changed": "~", "renamed": "~"}
_SHORT = 60
_DURATIONS = frozenset({"timeout", "retention", "cache", "delay", "max_delay"})


def write_difference(difference: Difference) -> list[str]:
    """Its lines, without line ends; none where there is no difference."""
    return list(_lines(difference))


def _lines(difference: Difference) -> Iterator[str]:
    for node in difference.nodes:
        yield from _node(node)
    if difference.added or difference.removed:
        yield "~ connections"
        yield from (f"    - {text}" for text in difference.removed)
        yield from (f"    + {text}" for text in difference.added)
    if difference.fields:
        yield "~ workflow"
        yield from _fields(difference.fields)


def _node(node: NodeChange) -> Iterator[str]:
    was = f"  was {node.before}" if node.before is not None else ""
    yield f"{_SIGNS[node.kind]} {node.path}  {node.type}{was}"
    if node.kind == "added":
        yield from (f"    {change.field}: {_short(change)}" for change in node.fields)
    else:
        yield from _fields(node.fields)


def _short(change: FieldChange) -> str:
    text = _write(change.field, change.after)
    return text if len(text) <= _SHORT else f"{text[: _SHORT - 1]}…"


def _fields(changes: Iterable[FieldChange]) -> Iterator[str]:
    for change in changes:
        before, after = (_write(change.field, value) for value in (change.before, change.after))
        if change.field == "position":
            yield "    position: moved on the canvas"
        elif change.field == "groups":
            yield "    groups: drawn together otherwise"
        elif any(isinstance(value, str) and "\n" in value for value in (change.before, change.after)):
            yield f"    {change.field}:"
            yield from _text(change.before, change.after)
        elif change.before is NOTHING:
            yield f"    {change.field}: + {after}"
        elif change.after is NOTHING:
            yield f"    {change.field}: - {before}"
        elif len(before) + len(after) <= 2 * _SHORT:
            yield f"    {change.field}: {before} → {after}"
        else:
            yield f"    {change.field}:"
            yield f"      - {before}"
            yield f"      + {after}"


def _text(before: Any, after: Any) -> Iterator[str]:
    """Texts of several lines, line by line, with two lines around what differs."""
    one, other = (str(value).splitlines() if value is not NOTHING else [] for value in (before, after))
    for line in list(difflib.unified_diff(one, other, n=2, lineterm=""))[3:]:
        yield "      …" if line.startswith("@@") else f"      {line[:1]} {line[1:]}".rstrip()


def _write(field: str, value: Any) -> str:
    if value is NOTHING:
        return "nothing"
    if field.rpartition(".")[2] in _DURATIONS and isinstance(value, int | float) and not isinstance(value, bool):
        text = format_duration(value)
        return text if parse_duration(text) == value else str(value)
    return json.dumps(value, ensure_ascii=False)
