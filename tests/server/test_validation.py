"""Requests that do not fit, in our words."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.server.conftest import ClientAs

DRAFT = {"definition": {"name": "orders", "nodes": [{"id": "a", "type": "data.set", "config": {"fields": {"x": 1}}}]}}


@pytest.fixture
async def client(client_as: ClientAs) -> httpx.AsyncClient:
    return await client_as("admin")


async def ask(client: httpx.AsyncClient, path: str, body: Any) -> dict[str, Any]:
    return (await client.post(f"/api/v1{path}", json=body)).json()


async def test_a_field_that_is_misspelt_is_answered_with_the_nearest(client: httpx.AsyncClient) -> None:
    said = await ask(client, "/workflows", {**DRAFT, "publsh": True})

    assert (said["code"], said["issues"][0]["remedy"]) == ("invalid_request", "Did you mean `publish`?")


async def test_one_that_is_like_no_other_is_to_be_left_out(client: httpx.AsyncClient) -> None:
    said = await ask(client, "/workflows", {**DRAFT, "zzzzzz": True})

    assert said["issues"][0]["remedy"] == "Leave it out."


@pytest.mark.parametrize(
    ("body", "message", "remedy"),
    [
        ({"definition": 3}, "`definition` is wrong: it is not an object.", "Send an object."),
        ({**DRAFT, "publish": "perhaps"}, "`publish` is wrong: it is not true or false.", "Send true or false."),
        ({**DRAFT, "tags": 3}, "`tags` is wrong: it is not a list.", "Send a list."),
        ([], "The body is wrong: it is not an object.", "Send an object."),
        (
            {**DRAFT, "tags": ["a"] * 51},
            "`tags` is wrong: it has too many items.",
            "Send at most 50 items.",
        ),
    ],
)
async def test_what_does_not_fit_is_told_in_our_words(
    client: httpx.AsyncClient, body: Any, message: str, remedy: str
) -> None:
    said = await ask(client, "/workflows", body)

    assert (said["issues"][0]["message"], said["issues"][0]["remedy"]) == (message, remedy)


async def test_a_text_that_is_not_yaml_is_told_as_that(client: httpx.AsyncClient) -> None:
    """Not as a workflow without a name."""
    answer = await client.post(
        "/api/v1/workflows", content="name: [orders\nnodes: {", headers={"Content-Type": "application/yaml"}
    )

    said = answer.json()
    assert (answer.status_code, said["code"]) == (422, "invalid_yaml")
    assert said["title"].startswith("This is not YAML")
    assert said["issues"][0]["line"] == 2


async def test_publishing_what_is_published_says_where_a_draft_goes(client: httpx.AsyncClient) -> None:
    await ask(client, "/workflows", {**DRAFT, "publish": True})

    answer = await client.post("/api/v1/workflows/orders/publish")

    said = answer.json()
    assert (answer.status_code, said["code"], said["details"]["version"]) == (409, "nothing_to_publish", 1)
    assert "`PUT /workflows/orders`" in said["remedy"]


async def test_a_run_that_is_not_there_leads_to_those_that_are(client: httpx.AsyncClient) -> None:
    said = (await client.get("/api/v1/runs/nope")).json()

    assert "`GET /runs`" in said["remedy"]
