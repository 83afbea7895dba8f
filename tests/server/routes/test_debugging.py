"""Step-through debugging over HTTP: breakpoints, where a run stands, going on with other values."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx
import pytest

from tests.server.conftest import ClientAs
from tests.server.routes.conftest import PRICES, Publish, execute, get, post, wait_until_it_rests

TWICE = """\
name: twice
nodes:
  - {id: a, type: data.transform, config: {transform: "1"}}
  - {id: b, type: data.transform, config: {transform: "nodes.a.output + 1"}}
  - {id: c, type: data.transform, config: {transform: "nodes.b.output + 1"}}
outputs: "{{ nodes.c.output }}"
"""


async def stand(client: httpx.AsyncClient, *breakpoints: str, workflow: str = "prices", **more: Any) -> str:
    """The id of a run that stands at breakpoints."""
    body = {"mode": "test", "breakpoints": list(breakpoints), "input": {"net": 2}, **more}
    return (await execute(client, workflow, **body))["run_id"]


async def go_on(client: httpx.AsyncClient, run_id: str, **body: Any) -> dict[str, Any]:
    """The run once it has gone on, and stands elsewhere or has finished."""
    stood = paused(await get(client, f"/runs/{run_id}"))
    await post(client, f"/runs/{run_id}/continue", body, status=202)
    while paused(run := await wait_until_it_rests(client, run_id)) == stood:
        await asyncio.sleep(0.01)
    return run


def paused(run: dict[str, Any]) -> list[str]:
    return [wait["node"] for wait in run["waits"] if wait["kind"] == "breakpoint"]


async def test_a_run_stops_at_a_breakpoint_and_says_where_it_stands(
    client: httpx.AsyncClient, publish: Publish
) -> None:
    await publish(PRICES)

    answer = await execute(client, "prices", mode="test", breakpoints=["label"], input={"net": 2})
    run = await get(client, f"/runs/{answer['run_id']}")

    assert (answer["status"], run["nodes"]["label"]["status"]) == ("suspended", "paused")
    assert (paused(run), run["waits"][0]["config"]) == (["label"], {"template": "3.0 EUR"})
    assert run["debug"] == {"breakpoints": ["label"], "step": False}


async def test_it_continues_to_its_end(client: httpx.AsyncClient, publish: Publish) -> None:
    await publish(PRICES)
    run_id = await stand(client, "label")

    run = await go_on(client, run_id)

    assert (run["status"], run["output"]) == ("completed", "3.0 EUR")


async def test_it_is_stepped_through_node_by_node(client: httpx.AsyncClient, publish: Publish) -> None:
    await publish(TWICE)
    run_id = await stand(client, workflow="twice", input={}, step=True)
    stops = [paused(await get(client, f"/runs/{run_id}"))]

    while stops[-1]:
        stops.append(paused(await go_on(client, run_id, step=True)))

    assert stops == [["a"], ["b"], ["c"], []]


async def test_an_edited_output_stands_in_for_the_node(client: httpx.AsyncClient, publish: Publish) -> None:
    await publish(TWICE)
    run_id = await stand(client, "a", workflow="twice", input={})

    run = await go_on(client, run_id, outputs={"a": 5, "b.output": 40})

    assert (run["status"], run["output"]) == ("completed", 41)
    assert run["nodes"]["b"]["outputs"] == {"output": 40}


async def test_breakpoints_are_changed_while_it_stands(client: httpx.AsyncClient, publish: Publish) -> None:
    await publish(TWICE)
    run_id = await stand(client, "a", workflow="twice", input={})

    answer = await client.put(f"/api/v1/runs/{run_id}/breakpoints", json={"breakpoints": ["c"]})
    run = await go_on(client, run_id)

    assert answer.json() == {"breakpoints": ["c"], "step": False}
    assert (paused(run), run["debug"]["breakpoints"]) == (["c"], ["c"])


async def test_a_run_that_stands_is_cancelled(client: httpx.AsyncClient, publish: Publish) -> None:
    await publish(PRICES)
    run_id = await stand(client, "label")

    await post(client, f"/runs/{run_id}/cancel", status=202)

    assert (await get(client, f"/runs/{run_id}/result", timeout=10))["status"] == "cancelled"


async def test_its_events_tell_where_it_stands_and_goes_on(client: httpx.AsyncClient, publish: Publish) -> None:
    await publish(PRICES)
    run_id = await stand(client, "label")
    await go_on(client, run_id, breakpoints=[])

    answer = await client.get(f"/api/v1/runs/{run_id}/events")
    told = [json.loads(line[6:]) for line in answer.text.splitlines() if line.startswith("data: ")]

    assert [event["type"] for event in told if event["type"].split(".")[1] in ("paused", "continued", "changed")] == [
        "node.paused",
        "node.continued",
        "breakpoints.changed",
    ]
    stopped = next(event for event in told if event["type"] == "node.paused")
    assert (stopped["path"], stopped["data"]["config"]) == ("label", {"template": "3.0 EUR"})


@pytest.mark.parametrize("mode", ["live", "paper"])
async def test_breakpoints_outside_a_test_are_refused(client: httpx.AsyncClient, publish: Publish, mode: str) -> None:
    await publish(PRICES)

    body = {"mode": mode, "breakpoints": ["label"], "input": {"net": 2}}
    answer = await client.post("/api/v1/workflows/prices/execute", json=body)

    assert (answer.status_code, answer.json()["code"]) == (422, "breakpoints_need_test_mode")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"nodes": ["gross"]}, 409, "not_paused"),
        ({"inputs": {"gross.x": 1}}, 422, "unknown_port"),
        ({"outputs": {"gross": 1}}, 409, "already_begun"),
        ({"outputs": {"label.nope": 1}}, 422, "unknown_port"),
        ({"outputs": {"nowhere": 1}}, 404, "unknown_node"),
        ({"breakpoints": ["nowhere"]}, 404, "unknown_node"),
    ],
)
async def test_what_cannot_be_is_refused_and_nothing_goes_on(
    client: httpx.AsyncClient, publish: Publish, body: dict[str, Any], status: int, code: str
) -> None:
    await publish(PRICES)
    run_id = await stand(client, "label")

    answer = await client.post(f"/api/v1/runs/{run_id}/continue", json=body)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert paused(await get(client, f"/runs/{run_id}")) == ["label"]


async def test_a_run_that_is_not_debugged_is_told_so(client: httpx.AsyncClient, publish: Publish) -> None:
    await publish(PRICES)
    run_id = (await execute(client, "prices", mode="test", input={"net": 2}))["run_id"]

    answer = await client.post(f"/api/v1/runs/{run_id}/continue")

    assert (answer.status_code, answer.json()["code"]) == (409, "not_debugged")


async def test_who_may_not_edit_a_workflow_may_not_debug_it(
    client: httpx.AsyncClient, client_as: ClientAs, publish: Publish
) -> None:
    await publish(PRICES)
    run_id = await stand(client, "label")
    operator = await client_as("operator")

    body = {"mode": "test", "breakpoints": ["label"], "input": {"net": 2}}
    started = await operator.post("/api/v1/workflows/prices/execute", json=body)
    continued = await operator.post(f"/api/v1/runs/{run_id}/continue")

    assert (started.status_code, continued.status_code) == (403, 403)


async def test_a_signal_cannot_pose_as_a_command(client: httpx.AsyncClient, publish: Publish) -> None:
    await publish(PRICES)
    run_id = await stand(client, "label")

    answer = await client.post(f"/api/v1/runs/{run_id}/signal", json={"name": "@debug", "payload": {}})

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_signal")
