"""Reading an answer's body: decoded and counted as it comes, so that neither a long nor a compressed one
fills memory.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any

from treadle.errors import NodeError
from treadle.packs.data.formats import json

if TYPE_CHECKING:
    import httpx

_GZIP_OR_ZLIB = 32 + zlib.MAX_WBITS


async def read_content(response: httpx.Response, *, limit: int) -> bytes:
    """The decoded body. Raises `NodeError` when it is larger than `limit` bytes or cannot be decoded."""
    encoding = response.headers.get("content-encoding", "identity").strip().lower()
    if encoding in ("gzip", "x-gzip", "deflate"):
        return await _inflated(response, limit)
    if encoding not in ("identity", ""):
        raise NodeError(
            f"The answer is compressed as {encoding!r}, which was not asked for.",
            code="bad_response",
            remedy="Send the header `Accept-Encoding: identity`.",
            retryable=False,
        )
    announced = response.headers.get("content-length", "")
    if announced.isdigit() and int(announced) > limit and response.request.method != "HEAD":
        raise _too_large(limit)
    content = bytearray()
    async for chunk in response.aiter_raw():
        content += chunk
        if len(content) > limit:
            raise _too_large(limit)
    return bytes(content)


async def _inflated(response: httpx.Response, limit: int) -> bytes:
    decoder = zlib.decompressobj(_GZIP_OR_ZLIB)
    content = bytearray()
    first = True
    try:
        async for chunk in response.aiter_raw():
            if first and chunk:
                # `deflate` is zlib by the standard and, from some servers, bare deflate.
                if response.headers["content-encoding"].strip().lower() == "deflate" and chunk[0] & 0x0F != 8:
                    decoder = zlib.decompressobj(-zlib.MAX_WBITS)
                first = False
            while chunk:
                content += decoder.decompress(chunk, limit - len(content) + 1)
                if len(content) > limit:
                    raise _too_large(limit)
                chunk = decoder.unconsumed_tail
    except zlib.error as error:
        raise NodeError(
            f"The answer says it is compressed and cannot be read: {error}.",
            code="bad_response",
            retryable=True,
        ) from error
    if not first and not decoder.eof:
        raise NodeError("The answer ended in the middle.", code="connection", retryable=True)
    return bytes(content)


def decode(content: bytes, content_type: str, *, as_: str) -> Any:
    """The body as `json`, `text`, `bytes`, or (`auto`) as its content type says. An empty one is null, or
    empty text.
    """
    kind, _, rest = content_type.partition(";")
    kind = kind.strip().lower()
    if as_ == "bytes":
        return content
    if as_ == "text":
        return _text(content, rest)
    is_json = kind.endswith(("/json", "+json"))
    if as_ == "json" or is_json:
        try:
            return json.load(content) if content.strip() else None
        except NodeError as error:
            raise NodeError(
                f"The answer is not JSON (its type is {kind or 'not given'}): {error.message}",
                code="bad_response",
                remedy="Set `response_as: text` to see it as it is.",
                retryable=False,
            ) from error
    if not content:
        return None
    return _text(content, rest) if _is_text(kind) else content


def _is_text(kind: str) -> bool:
    return kind.startswith("text/") or kind.endswith(("/xml", "+xml", "/javascript", "/x-www-form-urlencoded", "yaml"))


def _text(content: bytes, parameters: str) -> str:
    charset = "utf-8"
    for part in parameters.split(";"):
        name, _, value = part.partition("=")
        if name.strip().lower() == "charset":
            charset = value.strip().strip("\"'")
    try:
        return content.decode(charset, "replace")
    except (LookupError, ValueError):
        return content.decode("utf-8", "replace")


def _too_large(limit: int) -> NodeError:
    return NodeError(
        f"The answer is larger than {limit:,} bytes.",
        code="too_large",
        remedy="Ask for less (a page, a filter), or raise `max_size`.",
        retryable=False,
        limit=limit,
    )
