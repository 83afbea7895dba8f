"""The templates that come with Treadle."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.resources import files


@cache
def shipped_texts() -> Sequence[tuple[str, str]]:
    """(file name, text), by name."""
    found = sorted((files("treadle") / "templates").iterdir(), key=lambda entry: entry.name)
    return tuple((file.name, file.read_text(encoding="utf-8")) for file in found if file.name.endswith(".yaml"))
