"""The whole server as one ASGI application."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.routing import Mount

from treadle.server.api import create_api
from treadle.server.services import Services

API = "/api/v1"


def create_app(services: Services) -> Starlette:
    """`services` are open already and closed by whoever opened them."""
    app = Starlette(routes=[Mount(API, app=create_api(services))])
    app.state.services = services
    return app
