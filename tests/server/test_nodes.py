"""Node types over HTTP: searched, described, tried out; and what the installation says of itself."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.server.conftest import ClientAs
from treadle.server.services import Services

API = "/api/v1"


@pytest.fixture
async def editor(client_as: ClientAs) -> httpx.AsyncClient:
    return await client_as("editor")


async def try_out(client: httpx.AsyncClient, type_: str, **body: Any) -> httpx.Response:
    return await client.post(f"{API}/nodes/{type_}/test", json=body)


async def test_node_types_are_found_by_words_category_and_kind(editor: httpx.AsyncClient) -> None:
    async def types(**query: str) -> list[str]:
        return [one["type"] for one in (await editor.get(f"{API}/nodes", params=query)).json()["items"]]

    assert "http.request" in await types(search="HTTP request")
    assert set(await types(category="file")) == {"file.read", "file.write"}
    assert "flow.loop" in await types(kind="container")
    assert await types(search="zzz-none") == []


async def test_a_node_type_is_described_in_full(editor: httpx.AsyncClient) -> None:
    found = (await editor.get(f"{API}/nodes/data.transform")).json()

    assert found["config_schema"]["required"] == ["transform"]
    assert [port["name"] for port in found["outputs"]] == ["output"]
    assert found["example"]


async def test_every_node_type_can_be_described(editor: httpx.AsyncClient) -> None:
    for one in (await editor.get(f"{API}/nodes")).json()["items"]:
        assert (await editor.get(f"{API}/nodes/{one['type']}")).status_code == 200, one


async def test_an_unknown_node_type_is_told_with_the_nearest(editor: httpx.AsyncClient) -> None:
    response = await editor.get(f"{API}/nodes/http.requst")

    assert response.status_code == 404
    assert "http.request" in response.json()["remedy"]


async def test_one_node_is_run_with_what_it_is_given(editor: httpx.AsyncClient) -> None:
    response = await try_out(
        editor, "data.transform", config={"transform": "input.value.x * 2"}, inputs={"value": {"x": 21}}
    )

    found = response.json()
    assert (found["status"], found["outputs"]) == ("completed", {"output": 42})


async def test_a_node_that_fails_says_why(editor: httpx.AsyncClient) -> None:
    response = await try_out(editor, "data.transform", config={"transform": "input.value.y"}, inputs={"value": {}})

    assert response.status_code == 200
    assert response.json()["status"] == "failed"
    assert "y" in response.json()["error"]["message"]


async def test_what_does_not_fit_the_node_is_said_at_once(editor: httpx.AsyncClient) -> None:
    inputs = await try_out(editor, "data.transform", config={"transform": "1"}, inputs={"valeu": 1, "other": 2})
    config = await try_out(editor, "data.transform", config={"transfrom": "1"})
    kind = await try_out(editor, "trigger.manual")

    assert [issue["path"] for issue in inputs.json()["issues"]] == ["inputs.valeu", "inputs.other"]
    assert "value" in inputs.json()["issues"][0]["remedy"]
    assert config.status_code == 422
    assert all(issue["path"].startswith("config") or not issue["path"] for issue in config.json()["issues"])
    assert kind.json()["code"] == "not_testable"


async def test_a_node_that_waits_is_not_waited_for(editor: httpx.AsyncClient, services: Services) -> None:
    response = await try_out(editor, "flow.wait", config={"duration": "1h"})

    assert response.json()["status"] == "waiting"


async def test_trying_a_node_out_leaves_no_workflow_behind(editor: httpx.AsyncClient, services: Services) -> None:
    await try_out(editor, "data.transform", config={"transform": "1"})

    assert (await editor.get(f"{API}/workflows")).json()["items"] == []
    assert await services.application.store.list_runs() == []


async def test_viewers_and_operators_may_look_but_not_try(client_as: ClientAs) -> None:
    for role in ("viewer", "operator"):
        client = await client_as(role)
        assert (await client.get(f"{API}/nodes")).status_code == 200
        assert (await try_out(client, "data.transform", config={"transform": "1"})).status_code == 403


async def test_the_installation_says_what_it_is(client_as: ClientAs) -> None:
    found = (await (await client_as("viewer")).get(f"{API}/info")).json()

    assert found["name"] == "treadle"
    assert found["time"].endswith("Z")
    assert found["limits"]["page"] == 200
    assert found["features"] == {"private_network": False, "shell": False, "trusted_code": False}
