"""The page at the root of a server that was installed without the editor."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from tests.server.test_health import run
from treadle.server.app import create_app
from treadle.server.services import Services


@pytest.fixture
async def client(services: Services, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(services, editor=tmp_path / "nothing")
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1:8765") as client:
        yield client


async def test_the_root_sends_strangers_to_sign_in(client: httpx.AsyncClient) -> None:
    answer = await client.get("/")

    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")


async def test_the_root_shows_what_runs_and_no_script(client: httpx.AsyncClient, services: Services) -> None:
    user = await services.identities.create_user("me", role="viewer")
    key = await services.identities.make_key(user, "test", scopes=("*",))
    await run(services)

    page = (await client.get("/", headers={"Authorization": f"Bearer {key.text}"})).text

    assert "greeting" in page
    assert 'me <span class="soft">viewer</span>' in page
    assert "<script" not in page


async def test_other_addresses_are_none(client: httpx.AsyncClient) -> None:
    answer = await client.get("/workflows", headers={"Accept": "text/html"})

    assert answer.status_code == 404
