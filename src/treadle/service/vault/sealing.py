"""Sealing: AES-GCM, bound to the place that a value is for, so that no row opens anywhere else."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from treadle.service.vault.keys import Key

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_FORMAT = b"\x01"
_NONCE = 12
_PURPOSE = "treadle vault 1"


def seal(key: Key, store_id: bytes, profile: str, field: str, content: bytes) -> bytes:
    nonce = os.urandom(_NONCE)
    return _FORMAT + nonce + _cipher(key).encrypt(nonce, content, _place(store_id, profile, field))


def find_content(key: Key, store_id: bytes, profile: str, field: str, sealed: bytes) -> bytes | None:
    """None where it was sealed with another key or for another place, or has been changed."""
    from cryptography.exceptions import InvalidTag

    if len(sealed) < 1 + _NONCE or sealed[:1] != _FORMAT:
        return None
    nonce, content = sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :]
    try:
        return _cipher(key).decrypt(nonce, content, _place(store_id, profile, field))
    except InvalidTag:
        return None


def _cipher(key: Key) -> AESGCM:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    return AESGCM(key.derive(_PURPOSE))


def _place(store_id: bytes, profile: str, field: str) -> bytes:
    """Each part with its length before it, so that no two places read alike."""
    parts = (store_id, profile.encode(), field.encode())
    return b"treadle credential 1" + b"".join(len(part).to_bytes(4, "big") + part for part in parts)
