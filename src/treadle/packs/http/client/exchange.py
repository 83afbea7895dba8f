"""One exchange: a request, its redirects, and the whole answer within a time and a size."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from treadle.errors import NodeError
from treadle.packs.http.client.content import read_content
from treadle.packs.http.client.target import bare, parse_url

if TYPE_CHECKING:
    import httpx

MAX_REDIRECTS = 10
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True)
class Call:
    """A request to make. `private` headers (who asks, the idempotency key) never leave the origin they were
    meant for.
    """

    method: str
    url: httpx.URL
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    private: Mapping[str, str] = field(default_factory=dict[str, str])
    content: bytes | None = None
    timeout: float = 30.0
    max_size: int = 50_000_000
    follow_redirects: bool = True


@dataclass(frozen=True)
class Answer:
    """`url` is where the answer came from after redirects; header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    content: bytes
    url: httpx.URL


async def exchange(client: httpx.AsyncClient, call: Call) -> Answer:
    """Make the call. Raises `NodeError`: `timeout` and `connection` (retryable), `private_address`,
    `too_large`, …
    """
    import httpx

    try:
        async with asyncio.timeout(call.timeout):
            return await _follow(client, call)
    except (TimeoutError, httpx.TimeoutException) as error:
        raise NodeError(
            f"{call.method} {bare(call.url)}: no answer within {_shown(call.timeout)}, the `timeout` in the config.",
            code="timeout",
            remedy="Raise that `timeout` (`30s`, `500ms`: write the unit with it), or let the node `retry`.",
            retryable=True,
            url=bare(call.url),
        ) from error
    except (httpx.LocalProtocolError, httpx.UnsupportedProtocol, httpx.InvalidURL) as error:
        raise NodeError(
            f"{call.method} {bare(call.url)} cannot be sent: {error}.",
            code="invalid_request",
            retryable=False,
        ) from error
    except httpx.TransportError as error:
        raise NodeError(
            f"{call.method} {bare(call.url)} failed: {error}.",
            code="connection",
            remedy="Check the host's name and port and that the server is up.",
            retryable=True,
            url=bare(call.url),
        ) from error


def _shown(seconds: float) -> str:
    return f"{seconds:g} s" if seconds >= 1 else f"{seconds * 1000:g} ms"


async def _follow(client: httpx.AsyncClient, call: Call) -> Answer:
    for _ in range(MAX_REDIRECTS + 1):
        answer = await _send(client, call)
        location = answer.headers.get("location")
        if not call.follow_redirects or answer.status not in _REDIRECTS or location is None:
            return answer
        call = _redirected(call, answer.status, location)
    raise NodeError(
        f"{bare(call.url)} redirects more than {MAX_REDIRECTS} times.",
        code="too_many_redirects",
        remedy="Use the address it ends at.",
        retryable=False,
    )


async def _send(client: httpx.AsyncClient, call: Call) -> Answer:
    request = client.build_request(
        call.method,
        call.url,
        headers={**call.headers, **call.private},
        content=call.content,
        timeout=call.timeout,
    )
    response = await client.send(request, stream=True)
    try:
        content = await read_content(response, limit=call.max_size)
    finally:
        await response.aclose()
    return Answer(response.status_code, dict(response.headers), content, call.url)


def _redirected(call: Call, status: int, location: str) -> Call:
    """The call that follows a redirect: checked like the first, and without private headers at another
    origin.
    """
    url = parse_url(str(call.url.join(location)))
    follow = replace(call, url=url)
    if not same_origin(call.url, url):
        kept = {k: v for k, v in call.headers.items() if k.lower() not in ("authorization", "cookie", "host")}
        follow = replace(follow, private={}, headers=kept)
    if status == 303 or (status in (301, 302) and call.method == "POST"):
        method = "HEAD" if call.method == "HEAD" else "GET"
        kept = {k: v for k, v in follow.headers.items() if k.lower() != "content-type"}
        follow = replace(follow, method=method, content=None, headers=kept)
    return follow


def same_origin(one: httpx.URL, other: httpx.URL) -> bool:
    """Whether scheme, host and port are the same."""
    return _origin(one) == _origin(other)


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port or {"http": 80, "https": 443}.get(url.scheme)
