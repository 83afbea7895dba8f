"""How the process does, for whoever watches over it: `/healthz`, `/readyz`, `/metrics`."""

from __future__ import annotations

import asyncio

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from treadle.errors import TreadleError, Unauthenticated
from treadle.server.caller import find_actor
from treadle.server.metrics import render
from treadle.server.problem import problem
from treadle.server.services import Services
from treadle.service.system import System
from treadle.store.schema import HEAD, find_revision

_PATIENCE = 2.0
"""Seconds for the store to answer; a balancer has given up by then."""
_NO_STORE = {"Cache-Control": "no-store"}


async def healthz(request: Request) -> Response:
    """The process is alive and its event loop turns. Nothing more is said, and nobody has to sign in."""
    return PlainTextResponse("ok\n", headers=_NO_STORE)


async def readyz(request: Request) -> Response:
    """200 when new work is welcome. 503: it stops, its store does not answer, or has another schema."""
    why = await _find_obstacle(Services.of(request))
    return JSONResponse({"ready": why is None, "why": why}, 503 if why else 200, _NO_STORE)


async def metrics(request: Request) -> Response:
    """For Prometheus. Takes an API key of an administrator with the scope `system:read`, unless `metrics_public`."""
    services = Services.of(request)
    try:
        system = System(services.application)
        if services.application.settings.metrics_public:
            load = await system.measure_load_for_all()
        else:
            actor = await find_actor(request)
            if actor is None:
                raise Unauthenticated(
                    "`/metrics` is not for everybody.",
                    remedy="Send an API key with the scope `system:read` as `Authorization: Bearer`, or set "
                    "`metrics_public`.",
                )
            load = await System(services.application.acting_as(actor)).measure_load()
    except TreadleError as error:
        return problem(error)
    kind, text = render(services, load)
    return Response(text, media_type=kind, headers=_NO_STORE)


async def _find_obstacle(services: Services) -> str | None:
    if not services.door.is_open:
        return "stopping"
    try:
        async with asyncio.timeout(_PATIENCE):
            revision = await services.application.store.read(find_revision)
    except (TreadleError, TimeoutError):
        return "store"
    return None if revision == HEAD else "schema"


ROUTES = [
    Route("/healthz", healthz, methods=["GET", "HEAD"]),
    Route("/readyz", readyz, methods=["GET", "HEAD"]),
    Route("/metrics", metrics, methods=["GET"]),
]
