"""Live streams over HTTP."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from tests.server.following import following
from tests.server.live_server import serving
from tests.server.routes.conftest import PAID, PRICES, Publish, publish
from treadle.model.ids import RunId
from treadle.server.services import Services
from treadle.service.access.keys import Keys
from treadle.service.live import live

__all__ = ["publish"]

LISTENING = """\
name: listening
nodes:
  - {id: bell, type: trigger.event, config: {topic: bell}}
  - {id: heard, type: data.template, config: {template: heard}, after: [bell]}
"""
LARGE = """\
name: large
inputs: {text: string}
nodes:
  - {id: much, type: data.transform, config: {transform: "workflow.input.text"}}
"""


@pytest.fixture
async def address(services: Services) -> AsyncIterator[str]:
    async with serving(services) as base_url:
        yield base_url


@pytest.fixture
async def client(services: Services, address: str) -> AsyncIterator[httpx.AsyncClient]:
    """An editor's."""
    async with httpx.AsyncClient(base_url=address, headers=await _key(services, "editor"), timeout=10) as client:
        yield client


async def test_a_run_is_told_from_its_beginning_to_its_end(client: httpx.AsyncClient, publish: Publish) -> None:
    await publish(PRICES)
    run_id = await _start(client, "prices", {"net": 2})

    async with following(client, f"/runs/{run_id}/events") as stream:
        events = [event async for event in stream.read()]

    assert stream.response.headers["content-type"].startswith("text/event-stream")
    assert stream.response.headers["cache-control"] == "no-store"
    assert [(event["type"], event["path"]) for event in events] == [
        ("run.started", ""),
        ("node.completed", "gross"),
        ("node.completed", "label"),
        ("run.finished", ""),
    ]
    assert events[0]["data"]["input"] == {"net": 2}
    assert events[1]["data"]["outputs"] == {"output": 3.0}
    assert events[-1]["data"] == {"status": "completed", "output": "3.0 EUR", "error": None}


async def test_what_happens_later_comes_while_one_is_connected(client: httpx.AsyncClient, publish: Publish) -> None:
    await publish(PAID)
    run_id = await _start(client, "paid", {"order": "o1"})

    async with following(client, f"/runs/{run_id}/events") as stream:
        before = await stream.read_until("run.suspended")
        await client.post(f"/api/v1/runs/{run_id}/signal", json={"name": "paid", "payload": {}})
        after = await stream.read_until("run.finished")

    assert before[-2]["type"] == "node.waiting"
    assert [event["type"] for event in after if event["type"] != "node.started"] == [
        "run.resumed",
        "node.completed",
        "node.completed",
        "run.finished",
    ]


async def test_a_stream_goes_on_behind_the_last_event_without_gap_or_repeat(
    client: httpx.AsyncClient, publish: Publish
) -> None:
    await publish(PRICES)
    run_id = await _start(client, "prices", {"net": 2})
    async with following(client, f"/runs/{run_id}/events") as stream:
        whole = [event async for event in stream.read()]

    assert len(whole) > 2
    for number, event in enumerate(whole[:-1]):
        async with following(client, f"/runs/{run_id}/events", last_event_id=event["id"]) as stream:
            rest = [event async for event in stream.read()]
        assert rest == whole[number + 1 :]


async def test_after_the_last_event_there_is_no_content(client: httpx.AsyncClient, publish: Publish) -> None:
    await publish(PRICES)
    run_id = await _start(client, "prices", {"net": 2})
    async with following(client, f"/runs/{run_id}/events") as stream:
        _ = [event async for event in stream.read()]

    answer = await client.get(f"/api/v1/runs/{run_id}/events", headers={"Last-Event-ID": stream.last_id or ""})

    assert (answer.status_code, answer.content) == (204, b"")


async def test_a_page_that_cannot_send_headers_goes_on_with_after(client: httpx.AsyncClient, publish: Publish) -> None:
    await publish(PRICES)
    run_id = await _start(client, "prices", {"net": 2})
    async with following(client, f"/runs/{run_id}/events") as stream:
        whole = [event async for event in stream.read()]

    async with following(client, f"/runs/{run_id}/events", after=whole[1]["id"]) as stream:
        rest = [event async for event in stream.read()]

    assert rest == whole[2:]


async def test_a_deployment_tells_of_its_runs_only(
    client: httpx.AsyncClient, services: Services, publish: Publish
) -> None:
    await publish(LISTENING)
    await publish(PRICES)
    made = await client.post("/api/v1/deployments", json={"workflow": "listening", "name": "desk"})
    assert made.status_code == 201, made.text

    async with following(client, "/deployments/desk/events") as stream:
        await _start(client, "prices", {"net": 2})
        await services.deployments.fire(await services.deployments.get("desk"))
        events = await stream.read_until("run.finished")

    assert {event["workflow"] for event in events} == {"listening"}
    assert {event["deployment"] for event in events} == {"desk"}


async def test_everything_tells_of_all_runs_that_may_be_seen(
    client: httpx.AsyncClient, services: Services, publish: Publish, address: str
) -> None:
    await publish(PRICES)
    secret = PRICES.replace("name: prices", "name: hidden")
    async with httpx.AsyncClient(base_url=address, headers=await _key(services, "editor", name="eve")) as other:
        made = await other.post("/api/v1/workflows", json={"text": secret, "publish": True})
        assert made.status_code == 201, made.text
        await client.get("/api/v1/session")
        async with following(client, "/events/stream") as stream:
            await _start(other, "hidden", {"net": 1})
            await _start(client, "prices", {"net": 2})
            events = await stream.read_until("run.finished")

    assert {event["workflow"] for event in events} == {"prices"}


async def test_large_values_are_cut_to_what_is_asked_for(client: httpx.AsyncClient, publish: Publish) -> None:
    await publish(LARGE)
    run_id = await _start(client, "large", {"text": "x" * 20000})

    async with following(client, f"/runs/{run_id}/events", max_value_bytes=1024) as stream:
        events = [event async for event in stream.read()]
    async with following(client, f"/runs/{run_id}/events", max_value_bytes=65536) as stream:
        whole = [event async for event in stream.read()]

    cut = events[1]["data"]["outputs"]["output"]
    assert (cut["truncated"], cut["bytes"]) == (True, 20002)
    assert whole[1]["data"]["outputs"]["output"] == "x" * 20000


async def test_a_started_run_is_streamed_as_one_that_is_followed(client: httpx.AsyncClient, publish: Publish) -> None:
    await publish(PRICES)
    body = {"input": {"net": 2}, "wait": "stream"}

    started = await client.post("/api/v1/workflows/prices/execute", json=body)
    async with following(client, started.headers["location"].removeprefix("/api/v1") + "/events") as stream:
        followed = [event async for event in stream.read()]

    kept = [json.loads(line[6:]) for line in started.text.splitlines() if line.startswith("data: ")]
    assert [event for event in kept if "+" not in event["id"]] == followed


async def test_a_run_that_is_not_kept_is_streamed_to_its_end(client: httpx.AsyncClient, publish: Publish) -> None:
    await publish(PRICES.replace("name: prices", "name: prices\nsettings: {save: none}"))

    started = await client.post("/api/v1/workflows/prices/execute", json={"input": {"net": 2}, "wait": "stream"})

    kinds = [json.loads(line[6:])["type"] for line in started.text.splitlines() if line.startswith("data: ")]
    assert (kinds[0], kinds[-1]) == ("run.started", "run.finished")
    assert kinds.count("node.completed") == 2


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/runs/none/events", 404, "unknown_run"),
        ("/deployments/none/events", 404, "unknown_deployment"),
        ("/events/stream?after=x", 422, "bad_event_id"),
        ("/events/stream?max_value_bytes=1", 422, "invalid_request"),
        ("/events/stream?since=yesterday", 422, "invalid_request"),
    ],
)
async def test_what_cannot_be_followed_is_an_answer(
    client: httpx.AsyncClient, path: str, status: int, code: str
) -> None:
    answer = await client.get(f"/api/v1{path}")

    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_nobody_follows_anything_without_signing_in(address: str) -> None:
    async with httpx.AsyncClient(base_url=address) as client:
        answer = await client.get("/api/v1/events/stream")

    assert answer.status_code == 401


async def test_a_stream_ends_once_the_key_is_gone(
    services: Services, address: str, publish: Publish, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "LOOK_AGAIN", 0.0)
    monkeypatch.setattr("treadle.service.live.hub.TICK", 0.05)
    await publish(PAID)
    user = await services.identities.create_user("gone", role="editor")
    made = await services.identities.make_key(user, "test", scopes=("*",))
    async with httpx.AsyncClient(base_url=address, headers={"Authorization": f"Bearer {made.text}"}) as client:
        run_id = await _start(client, "paid", {"order": "o1"})
        async with following(client, f"/runs/{run_id}/events") as stream:
            await stream.read_until("run.suspended")
            await Keys(services.application).revoke_of(user.name, made.key.id)
            events = [event async for event in stream.read()]

    assert [event["type"] for event in events] == ["stream.closed"]


async def test_streams_end_when_the_server_stops(services: Services, publish: Publish) -> None:
    await publish(PAID)
    async with serving(services) as address:
        client = httpx.AsyncClient(base_url=address, headers=await _key(services, "editor"), timeout=10)
        run_id = await _start(client, "paid", {"order": "o1"})
        context = following(client, f"/runs/{run_id}/events")
        stream = await context.__aenter__()
        await stream.read_until("run.suspended")

    rest = [event async for event in stream.read()]

    assert rest == []
    await context.__aexit__(None, None, None)
    await client.aclose()


async def test_who_does_not_read_holds_up_no_run(client: httpx.AsyncClient, publish: Publish) -> None:
    await publish(LARGE)

    async with following(client, "/events/stream", max_value_bytes=65536) as stream:
        runs = [await _start(client, "large", {"text": "x" * 20000}) for _ in range(200)]
        for run_id in runs:
            found = await client.get(f"/api/v1/runs/{run_id}/result", params={"timeout": 10})
            assert found.json()["status"] == "completed"
        finished: list[str] = []
        async for event in stream.read():
            if event["type"] == "run.finished":
                finished.append(event["run_id"])
                if len(finished) == len(runs):
                    break

    assert sorted(finished) == sorted(runs)


async def _start(client: httpx.AsyncClient, workflow: str, values: dict[str, Any] | None = None) -> RunId:
    body = {"input": values or {}, "wait": "async"}
    answer = await client.post(f"/api/v1/workflows/{workflow}/execute", json=body)
    assert answer.status_code == 202, answer.text
    return RunId(answer.json()["run_id"])


async def _key(services: Services, role: Any, *, name: str | None = None) -> dict[str, str]:
    user = await services.identities.create_user(name or role, role=role)
    return {"Authorization": f"Bearer {(await services.identities.make_key(user, 'test', scopes=('*',))).text}"}
