"""Refusals: problems for programs, pages for people who follow a link."""

from __future__ import annotations

import httpx
import pytest

from tests.server.conftest import ClientAs
from treadle.server.headers import PAGE_CSP
from treadle.server.services import Services
from treadle.service.access.actor import Actor
from treadle.service.vault.credentials import Credentials

BROWSER = {"Accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"}


@pytest.fixture
async def anybody(client_as: ClientAs) -> httpx.AsyncClient:
    return await client_as(None)


async def test_a_browser_is_told_in_a_page(anybody: httpx.AsyncClient) -> None:
    response = await anybody.get("/nowhere", headers=BROWSER)

    assert (response.status_code, response.headers["content-security-policy"]) == (404, PAGE_CSP)
    assert response.headers["content-type"].startswith("text/html")
    assert "There is nothing at this address." in response.text


@pytest.mark.parametrize("path", ["/api/v1/nowhere", "/api/v1/runs/<b>", "/hooks/nowhere", "/api/v1/workflows"])
async def test_programs_are_told_in_json_whatever_they_accept(anybody: httpx.AsyncClient, path: str) -> None:
    response = await anybody.get(path, headers=BROWSER)

    assert response.headers["content-type"] == "application/problem+json"


async def test_who_accepts_no_page_gets_none(anybody: httpx.AsyncClient) -> None:
    response = await anybody.get("/nowhere", headers={"Accept": "application/json"})

    assert (response.status_code, response.json()["code"]) == (404, "unknown_address")


async def test_a_problem_is_cleared_of_what_the_callers_runs_may_have(services: Services, client_as: ClientAs) -> None:
    """That another's secret vanished would tell whoever guesses at it that it is one."""
    ann, bob = await client_as("editor", name="ann"), await client_as("editor", name="bob")
    user = await services.application.store.get_user("ann")
    view = services.application.acting_as(Actor("ann", "editor", "session", user_id=user.id))
    await Credentials(view).create_profile("bank", fields={"pin": "hunter42-of-ann"})

    said = [(await one.get("/api/v1/workflows/hunter42-of-ann")).text for one in (ann, bob)]

    assert ["hunter42" in text for text in said] == [False, True]
