"""Two people on one workflow: who is first, who takes over, and who only looks."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.server.conftest import ClientAs

API = "/api/v1/workflows/orders"
ADA, BOB = "window-of-ada", "window-of-bob"


@pytest.fixture
async def ada(client_as: ClientAs) -> httpx.AsyncClient:
    client = await client_as("editor", name="ada")
    made = await client.post("/api/v1/workflows", json={"definition": {"name": "orders", "nodes": []}})
    assert made.status_code == 201
    return client


@pytest.fixture
async def admin(client_as: ClientAs, ada: httpx.AsyncClient) -> httpx.AsyncClient:
    """May edit everything, ada's too."""
    return await client_as("admin")


async def keep(client: httpx.AsyncClient, window: str, *, take_over: bool = False) -> dict[str, Any]:
    response = await client.put(f"{API}/editing", json={"window": window, "take_over": take_over})
    assert response.status_code == 200, response.text
    return response.json()


async def test_who_is_first_edits_and_the_second_is_told(ada: httpx.AsyncClient, admin: httpx.AsyncClient) -> None:
    first = await keep(ada, ADA)
    again = await keep(ada, ADA)
    second = await keep(admin, BOB)

    assert (first["mine"], first["editor"]["name"], first["editor"]["is_you"]) == (True, "ada", True)
    assert again["editor"]["since"] == first["editor"]["since"]
    assert (second["mine"], second["editor"]["name"], second["editor"]["is_you"]) == (False, "ada", False)


async def test_who_has_it_open_twice_is_told_that_it_is_them(ada: httpx.AsyncClient) -> None:
    await keep(ada, ADA)

    second = await keep(ada, "another-window")

    assert (second["mine"], second["editor"]["is_you"]) == (False, True)


async def test_who_takes_over_is_told_to_the_one_before(ada: httpx.AsyncClient, admin: httpx.AsyncClient) -> None:
    await keep(ada, ADA)

    taken = await keep(admin, BOB, take_over=True)
    told = await keep(ada, ADA)

    assert (taken["mine"], told["mine"], told["editor"]["name"]) == (True, False, "admin")


async def test_a_closed_window_makes_room(ada: httpx.AsyncClient, admin: httpx.AsyncClient) -> None:
    await keep(ada, ADA)

    others = await admin.delete(f"{API}/editing", params={"window": BOB})
    seen = (await admin.get(f"{API}/editing")).json()
    own = await ada.delete(f"{API}/editing", params={"window": ADA})

    assert (others.status_code, own.status_code) == (204, 204)
    assert (seen["mine"], seen["editor"]["name"]) == (False, "ada")
    assert (await admin.get(f"{API}/editing")).json() == {"mine": False, "editor": None}


async def test_a_window_is_named_by_a_word(ada: httpx.AsyncClient) -> None:
    response = await ada.put(f"{API}/editing", json={"window": "../.. no word"})

    assert (response.status_code, response.json()["code"]) == (422, "invalid_request")
