"""Expressions over HTTP: tried with given values, and the functions there are."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.server.conftest import ClientAs

API = "/api/v1/expressions"


@pytest.fixture
async def viewer(client_as: ClientAs) -> httpx.AsyncClient:
    return await client_as("viewer")


async def evaluate(client: httpx.AsyncClient, text: str, *, template: bool = False, **scope: Any) -> dict[str, Any]:
    response = await client.post(f"{API}/evaluate", json={"text": text, "template": template, "scope": scope})
    assert response.status_code == 200, response.text
    return response.json()


async def test_an_expression_comes_to_a_value_of_what_is_given(viewer: httpx.AsyncClient) -> None:
    found = await evaluate(viewer, "nodes.fetch.body.price * 2", nodes={"fetch": {"body": {"price": 21}}})

    assert (found["value"], found["kind"], found["error"]) == (42, "number", None)


@pytest.mark.parametrize(
    ("text", "value", "kind"),
    [
        ("To {{ input.to }}!", "To ada!", "text"),
        ("{{ input.tags }}", ["a"], "list"),
        ("plain", "plain", "text"),
    ],
)
async def test_a_template_keeps_the_type_of_its_only_expression(
    viewer: httpx.AsyncClient, text: str, value: Any, kind: str
) -> None:
    found = await evaluate(viewer, text, template=True, input={"to": "ada", "tags": ["a"]})

    assert (found["value"], found["kind"]) == (value, kind)


async def test_what_goes_wrong_is_told_with_its_place_and_what_to_do(viewer: httpx.AsyncClient) -> None:
    read = await evaluate(viewer, "input.price +")
    missing = await evaluate(viewer, "1 + input.prise", input={"price": 1})
    unknown = await evaluate(viewer, "secrets.token")

    assert read["error"]["position"] >= 12
    assert missing["error"]["position"] > 3
    assert "price" in missing["error"]["remedy"]
    assert "\n" not in missing["error"]["message"]
    assert unknown["error"]["code"] == "unknown_name"


async def test_time_and_ids_can_be_drawn(viewer: httpx.AsyncClient) -> None:
    assert (await evaluate(viewer, "now()"))["kind"] == "time"
    assert len((await evaluate(viewer, "uuid()"))["value"]) == 36


async def test_a_value_that_is_too_large_is_cut(viewer: httpx.AsyncClient) -> None:
    found = await evaluate(viewer, "input.text", input={"text": "x" * 300_000})

    assert found["value"] is None
    assert found["cut"]["size"] > 300_000


async def test_every_function_is_told_with_its_signature(viewer: httpx.AsyncClient) -> None:
    items = (await viewer.get(f"{API}/functions")).json()["items"]

    upper = next(one for one in items if one["name"] == "upper")
    assert (upper["signature"], upper["example"]) == ("upper(text)", "upper('berlin')")
    assert all(one["doc"] and one["category"] and one["example"] for one in items)
