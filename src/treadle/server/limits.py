"""How much a request may be: its address, its headers, its body, and the time that its body takes to arrive."""

from __future__ import annotations

import asyncio

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from treadle.errors import InvalidWorkflow, TreadleError
from treadle.server.caller import address_of, get_actor
from treadle.server.json_body import check_json
from treadle.server.problem import problem
from treadle.server.services import Services
from treadle.server.validation import is_json

MAX_BODY = 5_000_000
MAX_HEADERS = 32_768
MAX_ADDRESS = 8_192
BODY_SECONDS = 30.0
MAX_BODY_OF_ANYBODY = 10_000
_FOR_ANYBODY = frozenset({("POST", "/session")})
"""Method and path, below the API's, of what may be asked by who is not signed in."""
_WITHOUT_BODY = frozenset({"GET", "HEAD", "OPTIONS"})


class HeadLimits:
    """An ASGI middleware for the whole server: the address and the headers."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            refused = _check_head(scope)
            if refused is not None:
                await problem(refused)(scope, receive, send)
                return
        await self._app(scope, receive, send)


class BodyLimits:
    """An ASGI middleware for the API: the body is read whole, is at most so large, and if it says it is JSON it is.

    Nobody's is not read at all, but where people sign in: what a request costs before it is known who asks is what
    strangers can have done here.
    """

    def __init__(self, app: ASGIApp, *, most: int = MAX_BODY, seconds: float = BODY_SECONDS) -> None:
        self._app = app
        self._most = most
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in _WITHOUT_BODY:
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        try:
            most = await self._most_of(Request(scope))
        except TreadleError as refused:
            await problem(refused)(scope, receive, send)
            return
        try:
            body = await read_body(receive, headers, most=most, seconds=self._seconds)
            if body is None:
                return  # nobody waits for an answer any more
            if body and is_json(headers.get("content-type", "")):
                check_json(body)
        except TreadleError as refused:
            await problem(refused, headers={"Connection": "close"})(scope, receive, send)
            return
        await self._app(scope, again(body, receive), send)

    async def _most_of(self, request: Request) -> int:
        """Raises `Unauthenticated`, `Forbidden`, `LimitExceeded`."""
        path = request.scope["path"].removeprefix(request.scope.get("root_path", ""))
        if (request.method, path) in _FOR_ANYBODY:
            services = Services.of(request)
            per_minute = services.application.settings.requests_per_minute
            services.rates.take(None, address_of(request), per_minute=per_minute)
            return min(self._most, MAX_BODY_OF_ANYBODY)
        await get_actor(request)
        return self._most


async def read_body(
    receive: Receive, headers: Headers, *, most: int = MAX_BODY, seconds: float = BODY_SECONDS
) -> bytes | None:
    """The body; None when the client went before it was whole.

    Raises `InvalidWorkflow`: `body_too_large` before more than `most` bytes are held, `request_timeout`.
    """
    length = headers.get("content-length", "")
    if length.isdigit() and int(length[:20]) > most:
        raise _too_large(most)
    parts: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(seconds):
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    return None
                part: bytes = message.get("body", b"")
                size += len(part)
                if size > most:
                    raise _too_large(most)
                parts.append(part)
                if not message.get("more_body", False):
                    return b"".join(parts)
    except TimeoutError:
        raise InvalidWorkflow(
            f"The body did not arrive within {seconds:g} seconds.", code="request_timeout", remedy="Send it again."
        ) from None


def again(body: bytes, receive: Receive) -> Receive:
    """A `receive` that gives the body that was read, and then whatever else there is."""
    given = False

    async def receive_again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receive_again


def _check_head(scope: Scope) -> TreadleError | None:
    address = len(scope.get("raw_path") or scope["path"]) + len(scope.get("query_string", b""))
    if address > MAX_ADDRESS:
        return InvalidWorkflow(
            f"The address has {address} bytes; at most {MAX_ADDRESS} are read.",
            code="address_too_long",
            remedy="Send less in the query.",
        )
    size = sum(len(name) + len(value) + 4 for name, value in scope["headers"])
    if size > MAX_HEADERS:
        return InvalidWorkflow(
            f"The headers have {size} bytes; at most {MAX_HEADERS} are read.",
            code="headers_too_large",
            remedy="Send fewer or shorter headers and cookies.",
        )
    return None


def _too_large(most: int) -> InvalidWorkflow:
    return InvalidWorkflow(
        f"The body is larger than {most} bytes.",
        code="body_too_large",
        remedy="Send less at once, or ask an administrator for a larger `max_body`.",
        most=most,
    )
