"""`/hooks/…`: requests that start runs. A plain route: what it costs is what the run costs."""

from __future__ import annotations

import hashlib
import logging

from pydantic_core import to_json
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from treadle.errors import TreadleError
from treadle.server.caller import address_of
from treadle.server.hook_body import parse_body, read_query
from treadle.server.limits import BODY_SECONDS, read_body
from treadle.server.problem import problem
from treadle.server.services import Services
from treadle.service.hooks.authentication import is_of_body
from treadle.service.hooks.hooks import Hooks, nothing_here
from treadle.service.hooks.incoming import Incoming, Reply
from treadle.service.hooks.table import HookRoute

log = logging.getLogger("treadle.server")

_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
_THEIRS = frozenset(
    {
        "accept-patch",
        "accept-post",
        "accept-ranges",
        "age",
        "allow",
        "cache-control",
        "content-digest",
        "content-disposition",
        "content-language",
        "content-location",
        "content-md5",
        "content-range",
        "deprecation",
        "digest",
        "etag",
        "expires",
        "last-modified",
        "link",
        "location",
        "pragma",
        "repr-digest",
        "retry-after",
        "sunset",
        "vary",
        "warning",
    }
)
"""Headers that a workflow may set, beside those of its own that begin with `x-`. Its answers come from the origin at
which people are signed in, and browsers apply many a header to all of it: what is not known to be harmless is left out.
"""
_NOT_THEIRS = (
    "x-accel-",
    "x-content-",
    "x-dns-prefetch-",
    "x-forwarded-",
    "x-frame-",
    "x-lighttpd-",
    "x-original-",
    "x-permitted-",
    "x-request-id",
    "x-reproxy-",
    "x-sendfile",
    "x-treadle-",
    "x-ua-",
    "x-webkit-",
    "x-xss-",
)
"""What begins so means something to browsers, or to a proxy before us, which would send files of its own for it."""
_SANDBOX = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data: https:; frame-ancestors 'none'"
"""What a workflow answers is a page of nobody's origin, which runs no script."""


def hooks_of(request: Request) -> Hooks:
    """The one of this server."""
    state = request.app.state
    found: Hooks | None = getattr(state, "hooks", None)
    if found is None:
        found = state.hooks = Hooks(Services.of(request).application)
    return found


async def receive(request: Request) -> Response:
    hooks, path, method = hooks_of(request), request.scope["path"][7:], request.method
    origin = request.headers.get("origin")
    allowed: str | None = None
    route: HookRoute | None = None
    address = address_of(request)
    try:
        if method == "OPTIONS":
            return await _preflight(hooks, path, request)
        route, matched = await hooks.find("hooks", path, method)
        if origin is not None:
            allowed = _allowed(origin, tuple(route.config.get("cors", ())))
        hooks.take_turn(route, address)
        headers, raw = _headers(request), b""
        if not is_of_body(route.config):
            hooks.require_sender(route, headers, raw, address)
        if method != "GET":
            most = min(int(route.config.get("max_body", 1_000_000)), hooks.application.settings.max_body)
            body = await read_body(request.receive, request.headers, most=most, seconds=BODY_SECONDS)
            if body is None:
                return Response(status_code=400)  # nobody waits for it
            raw = body
        signed_id = hooks.require_sender(route, headers, raw, address) if is_of_body(route.config) else None
        types = route.config.get("types", ("json", "form", "text", "files"))
        incoming = Incoming(
            method=method,
            path=matched,
            query=read_query(request.url.query) if request.scope["query_string"] else {},
            headers=headers,
            raw=raw,
            body=await parse_body(raw, headers.get("content-type", ""), types=types),
            address=address,
            hash=hashlib.sha256(raw).hexdigest() if raw else None,
        )
        response = _respond(await hooks.answer(route, incoming, signed_id=signed_id))
    except TreadleError as error:
        if route is not None:
            hooks.tell_refusal(route, error, address)
        response = problem(error)
        if error.code in ("body_too_large", "request_timeout"):
            response.headers["Connection"] = "close"
    if allowed is not None:
        response.headers["Access-Control-Allow-Origin"] = allowed
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        response.headers.add_vary_header("Origin")
    return response


async def _preflight(hooks: Hooks, path: str, request: Request) -> Response:
    origin, method = request.headers.get("origin"), request.headers.get("access-control-request-method", "")
    allowed = _allowed(origin, await hooks.find_origins(path, method)) if origin else None
    if allowed is None:
        return problem(nothing_here())
    return Response(
        status_code=204,
        headers={
            "Access-Control-Allow-Origin": allowed,
            "Access-Control-Allow-Methods": method,
            "Access-Control-Allow-Headers": "Authorization, Content-Type, Idempotency-Key, X-Token",
            "Access-Control-Max-Age": "600",
            "Vary": "Origin",
        },
    )


def _allowed(origin: str, origins: tuple[str, ...]) -> str | None:
    if "*" in origins:
        return "*"
    return origin if origin.rstrip("/") in {one.rstrip("/") for one in origins} else None


def _headers(request: Request) -> dict[str, str]:
    """By name in small letters; what came several times, joined by commas."""
    found: dict[str, str] = {}
    for name, value in request.scope["headers"]:
        text = name.decode("latin-1")
        found[text] = f"{found[text]}, {value.decode('latin-1')}" if text in found else value.decode("latin-1")
    return found


def _respond(reply: Reply) -> Response:
    headers: dict[str, str] = {} if reply.run_id is None else {"X-Treadle-Run": reply.run_id}
    headers["Content-Security-Policy"] = _SANDBOX
    media: str | None = None
    left_out: list[str] = []
    for name, value in reply.headers.items():
        small = name.lower()
        if small == "content-type":
            media = value
        elif _is_theirs(small):
            headers[name] = value
        else:
            left_out.append(name)
    if left_out:
        log.warning("Left out of the answer of run %s: %s.", reply.run_id, ", ".join(sorted(left_out)))
    if reply.status in (204, 304):
        return Response(status_code=reply.status, headers=headers)
    if reply.plain and isinstance(reply.body, str):
        return Response(reply.body, reply.status, headers, media or "text/plain; charset=utf-8")
    content = to_json(reply.body, inf_nan_mode="null", fallback=str)
    return Response(content, reply.status, headers, media or "application/json")


def _is_theirs(name: str) -> bool:
    return name in _THEIRS or (name.startswith("x-") and not name.startswith(_NOT_THEIRS))


ROUTES = [Route("/hooks/{path:path}", receive, methods=_METHODS)]
