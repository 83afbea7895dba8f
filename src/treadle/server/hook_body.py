"""The body of a request to a webhook, read as what its content type says it is."""

from __future__ import annotations

import base64
from collections.abc import AsyncGenerator, Collection, Iterable
from typing import Any
from urllib.parse import parse_qsl

from starlette.datastructures import Headers, UploadFile

from treadle.errors import InvalidWorkflow
from treadle.server.json_body import read_json

_MOST_FIELDS = 1000
_MOST_FILES = 20


def read_query(text: str) -> dict[str, Any]:
    """By name; a list where a name came several times. Raises `InvalidWorkflow` (`too_many_fields`)."""
    return _gather(_pairs(text)) if text else {}


async def parse_body(raw: bytes, content_type: str, *, types: Collection[str]) -> Any:
    """None for no body. Raises `InvalidWorkflow`: `unsupported_media_type`, `invalid_json`, `invalid_body`."""
    if not raw:
        return None
    kind = content_type.partition(";")[0].strip().lower()
    found = _type_of(kind)
    if found not in types:
        raise InvalidWorkflow(
            f"A body of the type `{kind[:100] or 'nothing said'}` is not taken.",
            code="unsupported_media_type",
            remedy="Say with `Content-Type` what it is; most send `application/json`.",
        )
    if found == "json":
        return read_json(raw)
    if found == "form":
        return _gather(_pairs(_text(raw)))
    if found == "files":
        return await _multipart(raw, content_type)
    return _text(raw) if found == "text" else base64.b64encode(raw).decode()


def _type_of(kind: str) -> str:
    if kind in ("application/json", "") or kind.endswith("+json"):
        return "json"
    if kind == "application/x-www-form-urlencoded":
        return "form"
    if kind == "multipart/form-data":
        return "files"
    return "text" if kind.startswith("text/") or kind in ("application/xml", "application/yaml") else "bytes"


def _text(raw: bytes) -> str:
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        raise _invalid("The body is not UTF-8 text.") from None
    if "\x00" in text:
        raise _invalid("The body has a zero byte in it.")
    return text


def _pairs(text: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(text, keep_blank_values=True, max_num_fields=_MOST_FIELDS, errors="replace")
    except ValueError:
        raise _invalid(f"There are more than {_MOST_FIELDS} fields.") from None


def _gather(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, list[Any]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return {name: values[0] if len(values) == 1 else values for name, values in found.items()}


async def _multipart(raw: bytes, content_type: str) -> dict[str, Any]:
    from starlette.formparsers import MultiPartException, MultiPartParser

    async def stream() -> AsyncGenerator[bytes, None]:
        yield raw

    parser = MultiPartParser(
        Headers({"content-type": content_type}),
        stream(),
        max_files=_MOST_FILES,
        max_fields=_MOST_FIELDS,
        max_part_size=len(raw),
    )
    try:
        form = await parser.parse()
    except (MultiPartException, KeyError, ValueError):
        raise _invalid("The body is no multipart form.") from None
    try:
        return _gather([(name, await _part(value)) for name, value in form.multi_items()])
    finally:
        await form.close()


async def _part(value: UploadFile | str) -> Any:
    if isinstance(value, str):
        return value
    content = await value.read()
    return {
        "name": value.filename,
        "type": value.content_type,
        "size": len(content),
        "base64": base64.b64encode(content).decode(),
    }


def _invalid(message: str) -> InvalidWorkflow:
    return InvalidWorkflow(message, code="invalid_body", remedy="Correct it and send it again.")
