"""Values of runs as JSON: whatever a node gave can be shown, and what is large is cut to size."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field
from pydantic_core import from_json, to_json

MOST_OF_A_NODE = 16_384
"""Bytes of one output that are shown among others."""
MOST_OF_A_RUN = 262_144
"""Bytes of its input or output that are shown with the run."""
MOST_OF_ALL = 4_000_000
"""Bytes of all values of a response together."""
_PREVIEW = 200


class CutValue(BaseModel):
    """A value that was too large to be shown here, where `null` stands for it."""

    size: int = Field(description="Bytes of it, as JSON.")
    preview: str = Field(description="How it begins.")


class Budget:
    """What of a response is left for values."""

    def __init__(self, most: int = MOST_OF_ALL) -> None:
        self.left = most

    def cut(self, name: str, value: Any, cut: dict[str, CutValue], most: int) -> Any:
        """`value` as JSON; None, and a note of it in `cut`, when it is too large."""
        text = written(value)
        if len(text) <= min(most, self.left):
            self.left -= len(text)
            return from_json(text)
        cut[name] = CutValue(size=len(text), preview=text[:_PREVIEW].decode(errors="ignore"))
        return None


def written(value: Any) -> bytes:
    """The value as JSON text. What JSON has no word for is written as text, what is no number as null."""
    return to_json(value, inf_nan_mode="null", bytes_mode="base64", fallback=str, serialize_unknown=True)


def plain(value: Any) -> Any:
    """The value as JSON can say it, whole."""
    return from_json(written(value))
