"""`Idempotency-Key`: a write that is sent twice, because its answer was lost, is done once and answered twice."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any

from fastapi import Depends, Header
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from treadle.errors import Conflict, InvalidWorkflow, TreadleError
from treadle.server.caller import find_actor
from treadle.server.limits import again, read_body
from treadle.server.problem import problem
from treadle.server.services import Services
from treadle.service.access.actor import Actor
from treadle.store.idempotency import KeptResponse

KEPT_HOURS = 24
MOST_KEPT = 1_000_000
"""Bytes of a body that is kept; of a larger one it is only known that it was answered."""
WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_KEY = re.compile(r"[\x21-\x7e]{1,200}")
_KEPT_HEADERS = frozenset({"content-type", "location", "etag"})
_PROCESS = secrets.token_hex(8)
"""Tells what is under way here from what a process that is gone had begun."""
_PLACE = "treadle.kept"
_STREAM = "text/event-stream"

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        max_length=200,
        description="A text of your choice, new for each change: sent again with the same key within 24 hours, the"
        " request is answered as before and not done again.",
    ),
]
"""Documents the header; every write under `/api/v1` reads it."""


@dataclass
class Keeping:
    """What a route may say about its response."""

    shown_once: bool = False


async def _show_once(request: Request) -> None:
    keeping = request.scope.get(_PLACE)
    if isinstance(keeping, Keeping):
        keeping.shown_once = True


ShownOnce: Any = Depends(_show_once)
"""For a route's `dependencies=[ShownOnce]`: its response holds a secret, and is kept nowhere."""


class Idempotent:
    """An ASGI middleware for the API."""

    def __init__(self, app: ASGIApp, services: Services) -> None:
        self._app = app
        self._services = services

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        key = Headers(scope=scope).get("idempotency-key") if scope["type"] == "http" else None
        if key is None or scope["method"] not in WRITES:
            await self._app(scope, receive, send)
            return
        try:
            if _KEY.fullmatch(key) is None:
                raise InvalidWorkflow(
                    "`Idempotency-Key` is not 1 to 200 visible ASCII characters.",
                    code="bad_idempotency_key",
                    remedy="Send for example a UUID.",
                )
            actor = await find_actor(Request(scope))
            if actor is None:  # the route says that nobody is signed in
                await self._app(scope, receive, send)
                return
            body = await read_body(receive, Headers(scope=scope))
            if body is None:
                return
            await self._answer(_name(actor), key, body, (scope, again(body, receive), send))
        except TreadleError as error:
            await problem(error)(scope, receive, send)

    async def _answer(self, actor: str, key: str, body: bytes, asked: tuple[Scope, Receive, Send]) -> None:
        scope, receive, send = asked
        application = self._services.application
        request = _digest(scope, body)
        expires_at = application.world.clock.now() + timedelta(hours=KEPT_HOURS)
        kept = await application.store.begin_request(actor, key, request=request, by=_PROCESS, expires_at=expires_at)
        if kept is not None:
            if kept.request == request and (run := _streamed(kept)):
                await self._app(*_followed(run, scope, receive, send))
            else:
                await _replay(kept, request)(scope, receive, send)
            return

        async def keep(body: bytes | None) -> None:
            status, headers = recorded.status, recorded.headers
            await application.store.keep_response(actor, key, status=status, headers=headers, body=body)

        recorded = _Recorded(send, keep)
        keeping = scope[_PLACE] = Keeping()
        done = False
        try:
            await self._app(scope, receive, recorded.send)
            done = recorded.is_kept
        finally:
            if done:
                await keep(None if keeping.shown_once else recorded.body)
            elif not recorded.streams:
                await application.store.forget_request(actor, key)
            # The end of it comes last: who has heard it may ask again at once.
            await recorded.finish()


class _Recorded:
    """Passes a response on but for its end, and remembers it. Of a stream it is kept that it began: `streams`."""

    def __init__(self, send: Send, keep: Callable[[bytes | None], Awaitable[None]]) -> None:
        self._send = send
        self._keep = keep
        self.status = 0
        self.streams = False
        self.headers: list[tuple[str, str]] = []
        self._parts: list[bytes] | None = []
        self._size = 0
        self._end: Message | None = None

    @property
    def is_kept(self) -> bool:
        """Only what was done: what was refused may be tried again with the same key."""
        return 200 <= self.status < 400 and not self.streams

    @property
    def body(self) -> bytes | None:
        return None if self._parts is None else b"".join(self._parts)

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            found = Headers(raw=message.get("headers", []))
            self.headers = [(name, value) for name, value in found.items() if name in _KEPT_HEADERS]
            self.streams = found.get("content-type", "").startswith(_STREAM)
            if self.streams:  # before its reader hears of it, who may be gone long before its end
                await self._keep(None)
        elif self._parts is not None and not self.streams:
            part: bytes = message.get("body", b"")
            self._size += len(part)
            if self._size > MOST_KEPT:
                self._parts = None
            else:
                self._parts.append(part)
        if message["type"] == "http.response.body" and not self.streams and not message.get("more_body", False):
            self._end = message
        else:
            await self._send(message)

    async def finish(self) -> None:
        if self._end is not None:
            await self._send(self._end)


def _name(actor: Actor) -> str:
    """Keys of one actor do not meet those of another, nor those of a narrower API key of the same user."""
    return f"{actor.user_id or actor.name}:{'*' if actor.scopes is None else ','.join(sorted(actor.scopes))}"


def _digest(scope: Scope, body: bytes) -> str:
    head = f"{scope['method']} {scope['path']}?".encode() + scope.get("query_string", b"")
    named = b"\n".join(value for name, value in scope["headers"] if name in (b"if-match", b"content-type"))
    return hashlib.sha256(b"\0".join((head, named, body))).hexdigest()


def _streamed(kept: KeptResponse) -> str | None:
    """Where the run is whose events were the answer."""
    headers = dict(kept.headers)
    return headers.get("location") if headers.get("content-type", "").startswith(_STREAM) else None


def _followed(run: str, scope: Scope, receive: Receive, send: Send) -> tuple[Scope, Receive, Send]:
    """The run's events once more, from its beginning or behind `Last-Event-ID`: nothing is started."""
    path = f"{run}/events"

    async def send_again(message: Message) -> None:
        if message["type"] == "http.response.start":
            said = [(b"idempotency-replayed", b"true"), (b"location", run.encode())]
            message = {**message, "headers": [*message.get("headers", []), *said]}
        await send(message)

    asked = {**scope, "method": "GET", "path": path, "raw_path": path.encode(), "query_string": b""}
    return asked, receive, send_again


def _replay(kept: KeptResponse, request: str) -> Response:
    if kept.request != request:
        return problem(
            InvalidWorkflow(
                "This `Idempotency-Key` was sent with another request.",
                code="idempotency_key_reused",
                remedy="Send a new key with each new request.",
            )
        )
    if kept.status is None and kept.by == _PROCESS:
        return problem(
            Conflict(
                "The request with this `Idempotency-Key` is under way.",
                code="under_way",
                remedy="Wait a moment, and send it again with the same key.",
            ),
            headers={"Retry-After": "1"},
        )
    if kept.status is None:
        return problem(
            Conflict(
                "The process that had begun this request is gone; what it came to is not known.",
                code="outcome_unknown",
                remedy="Look whether it was done. If it was not, send it with a new key.",
            )
        )
    if kept.body is None:
        return problem(
            Conflict(
                "The request was done; its response was too large or too secret to be kept.",
                code="response_not_kept",
                remedy="Read what it made. A secret that was lost is replaced by making another.",
            )
        )
    headers = {**dict(kept.headers), "Idempotency-Replayed": "true"}
    return Response(kept.body, kept.status, headers)
