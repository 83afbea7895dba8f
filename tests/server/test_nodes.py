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


async def test_all_node_types_come_in_full_at_once(editor: httpx.AsyncClient) -> None:
    listed = (await editor.get(f"{API}/nodes")).json()["items"]

    found = (await editor.get(f"{API}/nodes", params={"detail": "true"})).json()["items"]

    assert [one["type"] for one in found] == [one["type"] for one in listed]
    assert found[0] == (await editor.get(f"{API}/nodes/{found[0]['type']}")).json()


async def test_node_types_in_full_are_not_sent_again_while_they_hold(editor: httpx.AsyncClient) -> None:
    first = await editor.get(f"{API}/nodes", params={"detail": "true"})
    etag = {"If-None-Match": first.headers["etag"]}

    again = await editor.get(f"{API}/nodes", params={"detail": "true"}, headers=etag)
    others = await editor.get(f"{API}/nodes", params={"detail": "true", "category": "file"}, headers=etag)

    assert (again.status_code, again.content) == (304, b"")
    assert {one["type"] for one in others.json()["items"]} == {"file.read", "file.write"}
    assert first.headers["cache-control"] == "private, no-cache"


async def test_a_node_type_tells_what_a_canvas_and_a_form_decide_by(editor: httpx.AsyncClient) -> None:
    async def read(type_: str) -> dict[str, Any]:
        return (await editor.get(f"{API}/nodes/{type_}")).json()

    loop, choice, request = await read("flow.loop"), await read("flow.if"), await read("http.request")

    stop = next(one for one in loop["fields"] if one["name"] == "stop_when")
    assert loop["body_names"] == ["loop"]
    assert stop == {"name": "stop_when", "kind": "expression", "names": ["loop", "result"]}
    assert loop["outputs"][0]["shape"] == {
        "kind": "list",
        "item": {"kind": "any", "nullable": False},
        "nullable": False,
    }
    assert all(port["branch"] for port in choice["outputs"])
    assert any(port["needed"] for port in request["inputs"])


async def test_ports_that_depend_on_the_config_are_found(editor: httpx.AsyncClient) -> None:
    async def ports(type_: str, **config: Any) -> list[str]:
        response = await editor.post(f"{API}/nodes/{type_}/ports", json={"config": config})
        assert response.status_code == 200, response.text
        return [port["name"] for port in response.json()["outputs"]]

    assert await ports("flow.switch", cases=["blog", 5]) == ["blog", "5", "default"]
    assert await ports("flow.switch", cases={"x": [{}]}, default=[]) != []
    assert await ports("data.transform") == ["output"]


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
