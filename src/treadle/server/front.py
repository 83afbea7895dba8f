"""The front: what every request passes, whatever answers it. Its id, the door, the trace, and what is counted of it."""

from __future__ import annotations

import asyncio
import logging
import re
import secrets
from time import perf_counter
from typing import Any

from starlette.responses import Response
from starlette.routing import Mount
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from treadle.errors import StoreError
from treadle.server.door import Inside
from treadle.server.problem import internal_error, problem
from treadle.server.services import Services
from treadle.service.logs import REQUEST

log = logging.getLogger("treadle.server")

_ID = re.compile(rb"[A-Za-z0-9._:-]{1,64}")
_ALWAYS = frozenset({"/healthz", "/readyz", "/metrics"})
"""Asked by whoever watches over the process, most of all while it stops."""
_STREAM = b"text/event-stream"


class Front:
    """An ASGI middleware around everything else."""

    def __init__(self, app: ASGIApp, services: Services) -> None:
        self._app = app
        self._services = services

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = _find_id(scope)
        token = REQUEST.set(request_id)
        try:
            tracing = self._services.application.world.tracer
            if tracing is None:
                await self._answer(scope, receive, send, request_id)
            else:
                headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
                with tracing.request(scope["method"], headers) as ended:
                    await self._answer(scope, receive, send, request_id)
                    ended(route_of(scope), scope.get("treadle_status", 0))
        finally:
            REQUEST.reset(token)

    async def _answer(self, scope: Scope, receive: Receive, send: Send, request_id: str) -> None:
        services, door = self._services, self._services.door
        started = perf_counter()
        inside = Inside(asyncio.current_task())
        status = 0

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = scope["treadle_status"] = message["status"]
                inside.answered = True
                headers = message.setdefault("headers", [])
                inside.streams = any(name == b"content-type" and value.startswith(_STREAM) for name, value in headers)
                message = {**message, "headers": [*headers, (b"x-request-id", request_id.encode())]}
            elif message["type"] == "http.response.body" and not message.get("more_body", False):
                inside.ended = True
            await send(message)

        if not door.is_open and scope["path"] not in _ALWAYS:
            door.turned_away += 1
            await _turn_away()(scope, receive, send_with_id)
        else:
            door.inside.add(inside)
            try:
                await self._app(scope, door.watched(receive), send_with_id)
                if inside.streams and not inside.ended and door.closing.is_set():
                    # Its reader is still there: an end, not a breach.
                    await send({"type": "http.response.body", "body": b"", "more_body": False})
            except asyncio.CancelledError:
                if not inside.turned_out:
                    raise
                if inside.task is not None:
                    inside.task.uncancel()
                if not inside.answered:
                    await _turn_away()(scope, receive, send_with_id)
            except Exception:
                log.exception("%s %s failed.", scope["method"], route_of(scope))
                if not inside.answered:
                    await problem(internal_error(request_id), status=500)(scope, receive, send_with_id)
            finally:
                door.inside.discard(inside)
        seconds = perf_counter() - started
        if not inside.streams:
            services.http.add(scope["method"], route_of(scope), status, seconds)
        elif status:
            services.http.requests[scope["method"], route_of(scope), status] += 1


def route_of(scope: Scope) -> str:
    """The template of the route that answered: `/api/v1/runs/{run_id}`, never an id."""
    route: Any = scope.get("route")
    if isinstance(route, Mount):
        return f"{route.path}/*"  # below it there is no route, or one that does not say so
    path = getattr(route, "path_format", None) or getattr(route, "path", None)
    if path is None:
        return "unmatched"
    root = scope.get("root_path", "")
    before = scope.get("app_root_path", "")
    return f"{root.removeprefix(before)}{path}"


def _find_id(scope: Scope) -> str:
    """The caller's id for the request, should it be one that a log can hold; else one of our own."""
    for name, value in scope["headers"]:
        if name == b"x-request-id" and _ID.fullmatch(value):
            return value.decode()
    return secrets.token_hex(8)


def _turn_away() -> Response:
    stopping = StoreError(
        "This process is about to stop and takes nothing more.",
        code="draining",
        remedy="Try again in a moment: what was accepted goes on with the next process.",
    )
    response = problem(stopping, status=503)
    response.headers["Retry-After"] = "5"
    response.headers["Connection"] = "close"
    return response
