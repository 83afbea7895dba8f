"""What is kept of a backtest, as bytes: JSON, and columns of numbers, compressed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Protocol

from pydantic_core import from_json, to_json

from treadle.errors import StoreError

_NUMBERS = {"f": "<f8", "i": "<i8"}


class _Packer(Protocol):
    def compress(self, data: bytes) -> bytes: ...


def pack(value: Any) -> bytes:
    """As JSON: times as ISO 8601, decimals as text, what is no number as null."""
    return _compress(to_json(value, inf_nan_mode="null", bytes_mode="base64", fallback=str))


def unpack(content: bytes) -> Any:
    return from_json(_decompress(content))


def pack_columns(columns: Mapping[str, Any]) -> bytes:
    """Arrays of numbers as they are in memory, every other column as JSON."""
    import numpy

    heads: list[list[Any]] = []
    bodies: list[bytes] = []
    for name, column in columns.items():
        kind = str(getattr(getattr(column, "dtype", None), "kind", ""))
        body = (
            numpy.ascontiguousarray(column, dtype=_NUMBERS[kind]).tobytes()
            if kind in _NUMBERS
            else to_json(list(column), inf_nan_mode="null", bytes_mode="base64", fallback=str)
        )
        heads.append([name, kind if kind in _NUMBERS else "", len(body)])
        bodies.append(body)
    return _compress(json.dumps(heads).encode() + b"\n" + b"".join(bodies))


def unpack_columns(content: bytes) -> dict[str, Any]:
    """By name: arrays, and lists of what are no numbers."""
    import numpy

    data = _decompress(content)
    end = data.index(b"\n")
    at, found = end + 1, dict[str, Any]()
    for name, kind, size in json.loads(data[:end]):
        body = data[at : at + size]
        found[name] = numpy.frombuffer(body, dtype=_NUMBERS[kind]) if kind else from_json(body)
        at += size
    return found


def _compress(data: bytes) -> bytes:
    import zstandard

    packer: _Packer = zstandard.ZstdCompressor(level=3)
    return packer.compress(data)


def _decompress(content: bytes) -> bytes:
    import zstandard

    try:
        return zstandard.ZstdDecompressor().decompress(content)
    except zstandard.ZstdError as error:
        raise StoreError(
            f"What was kept of a backtest cannot be read: {error}.",
            code="corrupt_payload",
            remedy="Restore the database from a backup, or run the backtest again.",
        ) from error
