"""Tokens and what is kept of them."""

from __future__ import annotations

import hashlib


def digest_of(token: str) -> str:
    """SHA-256, in hex: tokens are long and random, so nothing slower is needed."""
    return hashlib.sha256(token.encode()).hexdigest()
