"""Length-prefixed messages between the engine's process and the warden."""

from __future__ import annotations

import struct

HEADER = struct.Struct("!I")
MAX_FRAME = (1 << 32) - 1


def frame(payload: bytes) -> bytes:
    """Put the length before `payload`. Raises `ValueError` above 4 GiB."""
    if len(payload) > MAX_FRAME:
        raise ValueError("a message is limited to 4 GiB")
    return HEADER.pack(len(payload)) + payload
