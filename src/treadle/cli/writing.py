"""Writing a file that was asked for."""

from __future__ import annotations

from pathlib import Path

from treadle.errors import InvalidWorkflow


def write_file(path: Path, content: str | bytes) -> None:
    """Raises `InvalidWorkflow` (`cannot_write`)."""
    try:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    except OSError as error:
        raise InvalidWorkflow(
            f"`{path}` cannot be written: {error.strerror}.",
            code="cannot_write",
            remedy="Name a file in a folder that you may write to.",
        ) from None
