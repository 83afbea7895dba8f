"""The API: one FastAPI application under `/api/v1`, its routes gathered from `treadle.server.routes`."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from treadle.errors import TreadleError
from treadle.server.idempotency import Idempotent
from treadle.server.limits import BodyLimits
from treadle.server.openapi import make_document, use_document
from treadle.server.problem import PROBLEMS, answer_defect, answer_error, answer_http
from treadle.server.routes import (
    audit,
    backtests,
    bars,
    bots,
    debugging,
    deployments,
    editing,
    events,
    execute,
    expressions,
    failures,
    keys,
    live,
    nodes,
    profiles,
    replays,
    run_actions,
    runs,
    schedules,
    secrets,
    session,
    sharing,
    signals,
    system,
    tasks,
    teams,
    templates,
    transfer,
    users,
    versions,
    workflows,
)
from treadle.server.services import Services
from treadle.server.validation import answer_invalid

ROUTERS: tuple[APIRouter, ...] = (
    execute.router,
    runs.router,
    run_actions.router,
    debugging.router,
    run_actions.moves_router,
    deployments.router,
    bots.router,
    bots.days_router,
    backtests.router,
    bars.router,
    schedules.router,
    schedules.times_router,
    tasks.router,
    signals.router,
    events.router,
    live.router,
    failures.router,
    replays.router,
    workflows.router,
    workflows.tags_router,
    versions.router,
    transfer.router,
    editing.router,
    templates.router,
    nodes.router,
    nodes.info_router,
    expressions.router,
    profiles.router,
    secrets.router,
    session.router,
    users.router,
    keys.router,
    teams.router,
    sharing.router,
    audit.router,
    system.router,
)
"""One for each resource."""


def create_api(services: Services) -> FastAPI:
    api = _gather()
    api.state.services = services
    # The last one added is the first to see a request.
    api.add_middleware(Idempotent, services=services)
    api.add_middleware(BodyLimits, most=services.application.settings.max_body)
    return api


def create_document() -> dict[str, Any]:
    """The API's OpenAPI document, without a server."""
    return make_document(_gather())


def _gather() -> FastAPI:
    # No address is answered by a redirect to another: what is no address of ours is told so.
    api = FastAPI(openapi_url="/openapi.json", docs_url=None, redoc_url=None, redirect_slashes=False)
    api.add_exception_handler(TreadleError, answer_error)
    api.add_exception_handler(RequestValidationError, answer_invalid)
    api.add_exception_handler(HTTPException, answer_http)
    api.add_exception_handler(Exception, answer_defect)
    for router in ROUTERS:
        api.include_router(router, responses=PROBLEMS)
    use_document(api)
    return api
