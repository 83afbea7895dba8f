"""A server on a store of its own, and clients of every role."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

from treadle.server.app import create_app
from treadle.server.services import Services
from treadle.service.access.actor import Role
from treadle.service.access.identities import Identities
from treadle.service.application import Application
from treadle.service.deployments import Deployments
from treadle.service.settings import Settings

ClientAs = Callable[..., Awaitable[httpx.AsyncClient]]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    values = {"db": str(tmp_path / "treadle.db"), "workspace": str(tmp_path), "synchronous": "OFF"}
    values["backup_folder"] = str(tmp_path / "backups")
    return replace(Settings(), **values, requests_per_minute=0)


@pytest.fixture
async def services(settings: Settings) -> AsyncIterator[Services]:
    application = Application(settings)
    async with application:
        yield Services(application, Deployments(application), Identities(application))


@pytest.fixture
def app(services: Services, tmp_path: Path) -> Starlette:
    """Without the editor, whether it was built or not: the same for everybody."""
    return create_app(services, editor=tmp_path / "no-editor")


@pytest.fixture
async def client_as(services: Services, app: Starlette) -> AsyncIterator[ClientAs]:
    """`await client_as("editor")` is a client with an API key of a user of that role; `None`: of nobody."""
    async with AsyncExitStack() as stack:

        async def make(role: Role | None, *, name: str | None = None, scopes: tuple[str, ...] = ("*",)):
            headers: dict[str, str] = {}
            if role is not None:
                known = await services.application.store.find_user(name or role)
                user = known or await services.identities.create_user(name or role, role=role)
                made = await services.identities.make_key(user, "test", scopes=scopes)
                headers["Authorization"] = f"Bearer {made.text}"
            client = httpx.AsyncClient(
                transport=httpx.ASGITransport(app), base_url="http://127.0.0.1:8765", headers=headers
            )
            return await stack.enter_async_context(client)

        yield make
