"""A server on a real socket, in this process.

async with serving(services) as base_url:
    async with httpx.AsyncClient(base_url=base_url) as client: ...
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace

from starlette.types import ASGIApp

from treadle.server import serving as real
from treadle.server.services import Services


@asynccontextmanager
async def serving(services: Services, *, app: ASGIApp | None = None) -> AsyncGenerator[str]:
    """`services` served on a free port as `treadle up` serves them; their store is left open."""
    settings = replace(services.application.settings, host="127.0.0.1", port=0)
    async with real.serving(services, real.listen(settings), settings=settings, app=app) as base_url:
        yield base_url
