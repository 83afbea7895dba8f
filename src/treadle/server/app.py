"""The whole server as one ASGI application."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import Mount

from treadle.errors import TreadleError
from treadle.server import forms, health, home, hooks, pages, reference_page, sign_in, task_page
from treadle.server.api import create_api
from treadle.server.compression import Compression
from treadle.server.editor import FOLDER, find_editor
from treadle.server.front import Front
from treadle.server.headers import SecurityHeaders
from treadle.server.hosts import Hosts
from treadle.server.limits import HeadLimits
from treadle.server.problem import answer_defect, answer_error, answer_http
from treadle.server.services import Services

API = "/api/v1"
_CORS: dict[str, Any] = {
    # Pages of other origins use API keys: no cookie is ever taken from them.
    "allow_credentials": False,
    "allow_methods": ["GET", "POST", "PUT", "PATCH", "DELETE"],
    "allow_headers": ["Authorization", "Content-Type", "Idempotency-Key", "If-Match", "If-None-Match", "Last-Event-ID"],
    "expose_headers": ["ETag", "Idempotency-Replayed", "Location", "Retry-After", "X-Request-Id"],
    "max_age": 3600,
}


def create_app(services: Services, *, editor: Path = FOLDER) -> Starlette:
    """`services` are open already and closed by whoever opened them. `editor` is the folder of the built editor; where
    there is none, a page that says what runs has the root."""
    built = find_editor(editor)
    app = Starlette(
        routes=[
            *health.ROUTES,
            *([] if built else home.ROUTES),
            *reference_page.ROUTES,
            *hooks.ROUTES,
            *forms.ROUTES,
            *task_page.ROUTES,
            *pages.ROUTES,
            *sign_in.ROUTES,
            Mount(API, app=create_api(services)),
            *(built.routes if built else []),
        ]
    )
    app.state.services = services
    if built:
        app.router.default = built.answer
    app.add_exception_handler(TreadleError, answer_error)
    app.add_exception_handler(HTTPException, answer_http)
    app.add_exception_handler(Exception, answer_defect)
    # The last one added is the first to see a request.
    app.add_middleware(HeadLimits)
    app.add_middleware(Hosts, settings=services.application.settings)
    app.add_middleware(Compression, below=API)
    if origins := services.application.settings.cors_origins:
        app.add_middleware(CORSMiddleware, allow_origins=origins, **_CORS)
    app.add_middleware(Front, services=services)
    app.add_middleware(SecurityHeaders)
    return app
