"""What a task's form asks for, in words and as an example."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, cast

_WORDS = {"string": "text", "boolean": "true or false", "array": "list"}
_BOUNDS = {
    "minimum": "at least",
    "exclusiveMinimum": "more than",
    "maximum": "at most",
    "exclusiveMaximum": "less than",
    "minLength": "characters at least",
    "maxLength": "characters at most",
}
_EXAMPLES: Mapping[str, Any] = {"boolean": True, "array": [], "object": {}, "null": None, "string": "text"}


def show_json(value: object) -> str:
    """On one line, and what JSON has no word for as text."""
    return json.dumps(value, ensure_ascii=False, default=str)


def describe_fields(form: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Each field with what fits it: `integer, at least 1, default 1`."""
    required = form.get("required", ())
    for name, field in _fields(form).items():
        kind, parts = field.get("type"), list[str]()
        if "enum" in field:
            parts.append("one of " + ", ".join(map(show_json, field["enum"])))
        elif isinstance(kind, str):
            parts.append(_WORDS.get(kind, kind))
        parts += [f"{words} {show_json(field[bound])}" for bound, words in _BOUNDS.items() if bound in field]
        if "default" in field:
            parts.append(f"default {show_json(field['default'])}")
        elif name not in required:
            parts.append("may be left out")
        yield name, ", ".join(parts) or "anything"


def example_values(form: Mapping[str, Any]) -> dict[str, Any]:
    """Values of the kinds asked for, within the bounds of numbers, for every field that must be filled in or has a
    default."""
    required = form.get("required", ())
    return {name: _example(field) for name, field in _fields(form).items() if name in required or "default" in field}


def _fields(form: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    fields = cast("Mapping[str, Any]", form.get("properties") or {})
    return {
        name: cast("Mapping[str, Any]", field) if isinstance(field, Mapping) else {} for name, field in fields.items()
    }


def _example(field: Mapping[str, Any]) -> Any:
    for known in ("default", "const"):
        if known in field:
            return field[known]
    for several in ("examples", "enum"):
        if field.get(several):
            return field[several][0]
    kind = field.get("type")
    if kind not in ("integer", "number"):
        return _EXAMPLES.get(kind, "text") if isinstance(kind, str) else "text"
    for bound, step in (("minimum", 0), ("exclusiveMinimum", 1), ("maximum", 0), ("exclusiveMaximum", -1)):
        if bound in field:
            return field[bound] + step
    return 1
