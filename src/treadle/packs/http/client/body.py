"""A request's body: from a value to bytes and their content type."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast
from urllib.parse import urlencode

from treadle.errors import NodeError
from treadle.packs.data.formats import csv, json
from treadle.packs.data.row import object_of


def encode(value: Any, form: str) -> tuple[bytes | None, str | None]:
    """The body and its content type; (None, None) for null. `form` is auto, json, form or text."""
    if value is None:
        return None, None
    if form == "form":
        fields = object_of(value, what="The body of a form")
        return urlencode(_fields(fields)).encode(), "application/x-www-form-urlencoded"
    if form == "json" or (form == "auto" and not isinstance(value, str | bytes)):
        return json.dump(value).encode(), "application/json"
    if isinstance(value, bytes):
        return value, "application/octet-stream"
    if form == "text" and isinstance(value, Mapping | list):
        raise NodeError(
            "The body is not text.",
            code="not_text",
            remedy="Write it with `data.format` first.",
            retryable=False,
        )
    return csv.text_of_value(value).encode(), "text/plain; charset=utf-8"


def _fields(fields: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Name and text of each field; a list repeats its name, null leaves it out."""
    pairs: list[tuple[str, str]] = []
    for name, value in fields.items():
        items = cast("list[Any]", value) if isinstance(value, list) else [value]
        pairs.extend((name, csv.text_of_value(item)) for item in items if item is not None)
    return pairs
