"""Values to text and back, exactly.

Text is JSON. What JSON has no word for is an object with the single keys `$td` (its kind) and `v`: date and
time (with its offset), date, duration, decimal, bytes, numpy array and numpy scalar. An object of the user's
that has a `$td` key itself is written as pairs, so nothing can pose as a tag. Tuples come back as lists,
keys as text, and `numpy.float64`, which is a float, as a float.
"""

from __future__ import annotations

import base64
import json
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from json.encoder import c_make_encoder, encode_basestring_ascii  # pyright: ignore
from typing import Any, cast

from treadle.errors import StoreError

TAG = "$td"
_TAG_KEY = '"$td":'
_MICROSECOND = timedelta(microseconds=1)


class _Encoder(threading.local):
    """One encoder a thread, built once: building it anew costs more than encoding a small value."""

    def __init__(self) -> None:
        self.tags = 0
        if c_make_encoder is None:
            self.write: Callable[[Any, int], Any] = lambda value, _: json.JSONEncoder(
                default=self.tag, separators=(",", ":"), check_circular=False
            ).encode(value)
        else:
            self.write = c_make_encoder(None, self.tag, encode_basestring_ascii, None, ":", ",", False, False, True)

    def tag(self, value: object) -> object:
        write = _WRITERS.get(type(value))
        if write is not None:
            self.tags += 1
            return write(value)
        if isinstance(value, Mapping):
            return dict(cast("Mapping[Any, Any]", value))
        self.tags += 1
        return _tag(value)


_WRITERS: dict[type, Callable[[Any], object]] = {
    datetime: lambda value: {TAG: "datetime", "v": value.isoformat()},
    Decimal: lambda value: {TAG: "decimal", "v": str(value)},
}
"""Of these types themselves, which are most of what there is to tag; `_tag` knows all."""
_encoder = _Encoder()


def encode(value: Any) -> str:
    """`value` as ASCII text. Raises `StoreError` (`unstorable_value`) that names the path of what does not
    fit.
    """
    encoder = _encoder
    encoder.tags = 0
    try:
        text = "".join(encoder.write(value, 0))
        # A user's key that reads like ours is seen by counting: only then is the value walked.
        if _TAG_KEY in text and text.count(_TAG_KEY) != encoder.tags:
            text = "".join(encoder.write(_escape(value), 0))
    except (TypeError, ValueError, RecursionError) as error:
        raise _refusal(value, error) from None
    return text


def decode(text: str) -> Any:
    """The value that `encode` was given. Raises `ValueError` when `text` was not written by it."""
    if _TAG_KEY in text:
        return _TAGGED(text)
    return _PLAIN(text)


def _tag(value: object) -> object:
    match value:
        case datetime():
            return {TAG: "datetime", "v": value.isoformat()}
        case date():
            return {TAG: "date", "v": value.isoformat()}
        case timedelta():
            return {TAG: "duration", "v": value // _MICROSECOND}
        case Decimal():
            return {TAG: "decimal", "v": str(value)}
        case bytes() | bytearray():
            return {TAG: "bytes", "v": base64.b64encode(value).decode()}
        case _:
            pass
    numpy = sys.modules.get("numpy")
    if numpy is not None and isinstance(value, numpy.ndarray | numpy.generic):
        array = numpy.asarray(value)
        if not array.dtype.hasobject and array.dtype.names is None:
            kind = "array" if isinstance(value, numpy.ndarray) else "scalar"
            content = base64.b64encode(array.tobytes()).decode()
            return {TAG: kind, "v": [array.dtype.str, list(array.shape), content]}
    raise TypeError(type(value).__name__)


def _escape(value: Any) -> Any:
    """`value` with every object that has our key written as pairs."""
    if isinstance(value, Mapping):
        pairs = [[key, _escape(item)] for key, item in cast("Mapping[Any, Any]", value).items()]
        return {TAG: "object", "v": pairs} if TAG in value else dict(pairs)
    if isinstance(value, list | tuple):
        return [_escape(item) for item in cast("list[Any]", value)]
    return value


def _revive(found: dict[str, Any]) -> Any:
    kind = found.get(TAG)
    if kind is None:
        return found
    content = found["v"]
    match kind:
        case "datetime":
            return datetime.fromisoformat(content)
        case "date":
            return date.fromisoformat(content)
        case "duration":
            return timedelta(microseconds=content)
        case "decimal":
            return Decimal(content)
        case "bytes":
            return base64.b64decode(content)
        case "object":
            return dict(content)
        case "array" | "scalar":
            import numpy  # a value written with numpy needs numpy to be read

            dtype, shape, data = content
            array = numpy.ndarray(shape, dtype, bytearray(base64.b64decode(data)))
            return array if kind == "array" else array[()]
        case _:
            raise ValueError(f"unknown kind of value {kind!r}")


_PLAIN = json.JSONDecoder().decode
_TAGGED = json.JSONDecoder(object_hook=_revive).decode


def _refusal(value: Any, error: Exception) -> StoreError:
    if isinstance(error, RecursionError):
        return StoreError(
            "The value is nested too deeply, or contains itself.",
            code="unstorable_value",
            remedy="Return a flatter value.",
        )
    path, kind = next(_strangers(value, "value"), ("value", str(error)))
    return StoreError(
        f"`{path}` is {kind}, which a run cannot keep.",
        code="unstorable_value",
        remedy="Return JSON values, dates, durations, decimals, bytes or numpy arrays.",
        path=path,
        type=kind,
    )


def _strangers(value: Any, path: str) -> Iterator[tuple[str, str]]:
    """(path, type) of everything in `value` that cannot be written."""
    if isinstance(value, Mapping):
        for key, item in cast("Mapping[Any, Any]", value).items():
            if isinstance(key, str | int | float | None):
                yield from _strangers(item, f"{path}.{key}")
            else:
                yield f"{path}.{key!r}", f"under a key of type {type(key).__name__}"
    elif isinstance(value, list | tuple):
        for index, item in enumerate(cast("list[Any]", value)):
            yield from _strangers(item, f"{path}[{index}]")
    elif isinstance(value, int) and value.bit_length() > 10_000:
        yield path, "a whole number of more than 3,000 digits"
    elif not isinstance(value, str | int | float | None):
        try:
            _tag(value)
        except TypeError:
            yield path, f"of type {_type_name(value)}"


def _type_name(value: object) -> str:
    kind = type(value)
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
