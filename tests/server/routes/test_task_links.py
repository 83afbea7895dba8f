"""The link of a task, whole."""

from __future__ import annotations

from dataclasses import replace

import httpx
import pytest

from tests.server.conftest import ClientAs
from tests.server.routes.conftest import SHIP, Publish, execute, get
from treadle.server.services import Services


@pytest.mark.parametrize(
    ("public_url", "base"), [("", ""), ("https://flows.example.com/", "https://flows.example.com")]
)
async def test_it_leads_to_where_the_server_is_reached(
    services: Services, client_as: ClientAs, client: httpx.AsyncClient, publish: Publish, public_url: str, base: str
) -> None:
    application = services.application
    application.settings = replace(application.settings, public_url=public_url)
    await publish(SHIP)
    await execute(client, "ship")
    ada = await client_as("operator", name="ada")
    (task,) = (await get(ada, "/tasks"))["items"]

    link = (await get(ada, f"/tasks/{task['id']}"))["link"]

    assert link.startswith(f"{base or str(ada.base_url).rstrip('/')}/t/")
