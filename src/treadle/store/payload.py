"""Payloads: text too large for a row, kept compressed beside it and removed with its run."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import NamedTuple, Protocol

from treadle.errors import StoreError

LIMIT = 64 * 1024
"""Text of more bytes than this goes to a payload."""


class Payload(NamedTuple):
    """A row of `payloads`. `digest` is the SHA-256 of the text: its id within the run, and its checksum."""

    run_id: str
    digest: str
    codec: str
    size: int
    content: bytes


class _Packer(Protocol):
    def compress(self, data: bytes) -> bytes: ...


def pack(run_id: str, text: str) -> tuple[str, Payload]:
    """The reference that stands in the row instead of `text`, and the payload."""
    import zstandard  # only runs that carry something large pay for the import

    data = text.encode("ascii")
    packer: _Packer = zstandard.ZstdCompressor(level=3)
    payload = Payload(run_id, hashlib.sha256(data).hexdigest(), "zstd", len(data), packer.compress(data))
    return f"@{payload.digest}", payload


def unpack(payload: Payload, *, place: str) -> str:
    """The text. Raises `StoreError` (`corrupt_payload`) that names the run and `place` when it is not as
    written.
    """
    import zstandard

    try:
        if payload.codec != "zstd":
            raise ValueError(f"unknown codec {payload.codec!r}")
        data = zstandard.ZstdDecompressor().decompress(payload.content, max_output_size=payload.size)
        if hashlib.sha256(data).hexdigest() != payload.digest:
            raise ValueError("the checksum differs")
        return data.decode("ascii")
    except (ValueError, zstandard.ZstdError) as error:
        raise _corrupt(payload.run_id, place, str(error)) from error


Fetch = Callable[[str, str], Payload | None]
"""(run id, digest) to the row, or None."""


def resolve(text: str, run_id: str, *, place: str, fetch: Fetch) -> str:
    """`text` itself, or what it refers to."""
    if not text.startswith("@"):
        return text
    payload = fetch(run_id, text[1:])
    if payload is None:
        raise _corrupt(run_id, place, "the payload is missing")
    return unpack(payload, place=place)


def _corrupt(run_id: str, place: str, reason: str) -> StoreError:
    return StoreError(
        f"What run `{run_id}` kept of {place} cannot be read: {reason}.",
        code="corrupt_payload",
        remedy="Restore the database from a backup, or start the run again.",
        run=run_id,
        place=place,
    )
