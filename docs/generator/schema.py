"""JSON Schema in the words of the reference: `text`, `whole number, 1 or more`, `one of …`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from docs.generator.markdown import code

_TYPES = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "array": "list",
    "object": "object",
    "null": "null",
}


def type_text(schema: Mapping[str, Any], definitions: Mapping[str, Any] | None = None) -> str:
    """What a value of `schema` looks like."""
    definitions = {**(definitions or {}), **schema.get("$defs", {})}
    if "$ref" in schema:
        return type_text(definitions.get(str(schema["$ref"]).rsplit("/", 1)[-1], {}), definitions)
    if "enum" in schema:
        return "one of " + ", ".join(code(str(value)) for value in schema["enum"])
    if "const" in schema:
        return code(json.dumps(schema["const"]))
    arms = [arm for arm in schema.get("anyOf", ()) if arm.get("type") != "null"]
    if arms:
        return " or ".join(dict.fromkeys(type_text(arm, definitions) for arm in arms))
    if schema.get("format") == "expression":
        return "expression"
    if schema.get("format") == "date-time":
        return "date and time"
    kind = schema.get("type")
    if kind == "array":
        items = schema.get("items")
        inner = type_text(items, definitions) if items else ""
        return f"list of ({inner})" if inner and inner != "any value" else "list"
    if kind == "object" and schema.get("title") and schema.get("properties"):
        return f"object with {', '.join(code(name) for name in schema['properties'])}"
    if kind == "object" and isinstance(schema.get("additionalProperties"), Mapping):
        inner = type_text(schema["additionalProperties"], definitions)
        return "object" if inner == "any value" else f"object of ({inner})"
    name = _TYPES.get(str(kind), "any value")
    bounds = _bounds(schema)
    return f"{name}, {bounds}" if bounds else name


def _bounds(schema: Mapping[str, Any]) -> str:
    parts: list[str] = []
    for key, words in (
        ("exclusiveMinimum", "more than {}"),
        ("gt", "more than {}"),
        ("minimum", "{} or more"),
        ("ge", "{} or more"),
        ("exclusiveMaximum", "less than {}"),
        ("maximum", "at most {}"),
        ("le", "at most {}"),
    ):
        if key in schema:
            parts.append(words.format(f"{schema[key]:,}".removesuffix(".0")))
    return ", ".join(parts)


def default_text(value: Any) -> str:
    """A default as the file writes it; empty for none."""
    if value is None or value == () or value == {}:
        return ""
    if isinstance(value, tuple):
        value = list(value)
    if isinstance(value, Decimal):
        return code(str(value))
    return code(json.dumps(value, ensure_ascii=False))
