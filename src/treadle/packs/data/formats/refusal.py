"""What a format says when it cannot read a text or write a value."""

from __future__ import annotations

from typing import Any

from treadle.errors import NodeError

MAX_TEXT = 50_000_000
MAX_VALUES = 1_000_000
MAX_DEPTH = 200


def unreadable(format: str, reason: str, *, remedy: str | None = None, **facts: Any) -> NodeError:
    """The error for a text that is not `format`; `reason` says where and why."""
    return NodeError(
        f"The text is not {format} that can be read: {reason}.",
        code="unreadable",
        remedy=remedy or "Look at what the node before this one gave, and choose the format it is in.",
        retryable=False,
        format=format,
        **facts,
    )


def unwritable(format: str, reason: str, *, remedy: str) -> NodeError:
    """The error for a value that has no form in `format`."""
    return NodeError(
        f"The value cannot be written as {format}: {reason}.",
        code="unwritable",
        remedy=remedy,
        retryable=False,
        format=format,
    )


def text_of(value: object, format: str, *, encoding: str = "utf-8") -> str:
    """Text as it is, bytes decoded. Raises `NodeError` for other kinds and for more than 50 MB."""
    if isinstance(value, bytes):
        try:
            value = value.decode(encoding)
        except UnicodeDecodeError as error:
            raise unreadable(format, f"byte {error.start} is not {encoding} text") from error
    if not isinstance(value, str):
        raise unreadable(
            format, f"a {type(value).__name__} came, not text", remedy="Connect an output that carries text."
        )
    if len(value) > MAX_TEXT:
        raise unreadable(format, f"it has {len(value):,} characters; at most {MAX_TEXT:,} are read")
    return value.removeprefix("\ufeff")
