"""The API: one FastAPI application under `/api/v1`, its routes gathered from `treadle.server.routes`."""

from __future__ import annotations

from fastapi import APIRouter, FastAPI

from treadle.errors import TreadleError
from treadle.server.problem import answer_error
from treadle.server.services import Services

ROUTERS: tuple[APIRouter, ...] = ()
"""One for each resource."""


def create_api(services: Services) -> FastAPI:
    api = FastAPI(title="Treadle", version="1", openapi_url="/openapi.json", docs_url=None, redoc_url=None)
    api.state.services = services
    api.add_exception_handler(TreadleError, answer_error)
    for router in ROUTERS:
        api.include_router(router)
    return api
