"""The names our orders go by: known before they are sent, the same for every attempt at the same work."""

from __future__ import annotations

import base64
import hashlib

from treadle.packs.trading.venue.protocol import Capabilities

_PREFIX = "t-"
_LENGTH = 22
"""With 20 letters after the prefix, 100 bits: two orders of one id are not to be met."""


def client_id(key: str, part: str, can: Capabilities) -> str:
    """The id of the order that `key` (of the work) and `part` (which of its orders) stand for."""
    letters = base64.b32encode(hashlib.sha256(f"{key}\0{part}".encode()).digest()).decode().lower().rstrip("=")
    length = max(can.min_client_id, min(_LENGTH, can.max_client_id))
    return (_PREFIX + letters)[:length]
