"""Starting runs over HTTP."""

from __future__ import annotations

import httpx

from tests.server.conftest import ClientAs
from tests.server.routes.conftest import FAILING, PAID, PRICES, Publish, execute, get


async def test_a_run_is_waited_for_and_its_result_answered(client: httpx.AsyncClient, publish: Publish) -> None:
    version = await publish(PRICES)

    answer = await client.post("/api/v1/workflows/prices/execute", json={"input": {"net": 2}})

    found = answer.json()
    assert answer.status_code == 200
    assert (found["status"], found["output"], found["version"]) == ("completed", "3.0 EUR", version)
    assert found["nodes"]["gross"]["outputs"] == {"output": 3.0}
    assert answer.headers["location"] == f"/api/v1/runs/{found['run_id']}"


async def test_a_run_that_fails_is_a_result_not_an_error(client: httpx.AsyncClient, publish: Publish) -> None:
    await publish(FAILING)

    found = await execute(client, "failing")

    assert found["status"] == "failed"
    assert found["error"]["node"] == "bad"


async def test_async_answers_at_once_and_the_result_is_waited_for_elsewhere(
    client: httpx.AsyncClient, publish: Publish
) -> None:
    await publish(PRICES)

    answer = await client.post("/api/v1/workflows/prices/execute", json={"input": {"net": 2}, "wait": "async"})
    result = await get(client, f"/runs/{answer.json()['run_id']}/result", timeout=10)

    assert answer.status_code == 202
    assert result["output"] == "3.0 EUR"


async def test_a_run_that_suspends_is_accepted_and_found_at_its_location(
    client: httpx.AsyncClient, publish: Publish
) -> None:
    await publish(PAID)

    answer = await client.post("/api/v1/workflows/paid/execute", json={"input": {"order": "o1"}})
    run = (await client.get(answer.headers["location"])).json()

    assert (answer.status_code, answer.json()["status"]) == (202, "suspended")
    assert [(wait["kind"], wait["names"], wait["key"]) for wait in run["waits"]] == [("signal", ["paid"], "o1")]


async def test_input_that_does_not_fit_is_an_answer_also_where_it_would_be_streamed(
    client: httpx.AsyncClient, publish: Publish
) -> None:
    await publish(PRICES)

    answer = await client.post("/api/v1/workflows/prices/execute", json={"wait": "stream"})

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input")


async def test_outputs_are_pinned_in_a_test(client: httpx.AsyncClient, publish: Publish) -> None:
    await publish(PRICES)

    found = await execute(client, "prices", input={"net": 2}, mode="test", pinned={"gross": 7})

    assert found["output"] == "7 EUR"


async def test_a_pin_outside_a_test_is_refused(client: httpx.AsyncClient, publish: Publish) -> None:
    await publish(PRICES)

    answer = await client.post("/api/v1/workflows/prices/execute", json={"input": {"net": 2}, "pinned": {"gross": 7}})

    assert (answer.status_code, answer.json()["code"]) == (422, "pins_need_test_mode")


async def test_a_run_starts_from_a_node_with_what_a_past_run_came_to(
    client: httpx.AsyncClient, publish: Publish
) -> None:
    await publish(PRICES)
    first = await execute(client, "prices", input={"net": 2})

    found = await execute(client, "prices", of=first["run_id"], from_node="label", pinned={"gross": 9})

    assert found["output"] == "9 EUR"
    assert (await get(client, f"/runs/{found['run_id']}"))["forked_from"] == first["run_id"]


async def test_a_definition_is_run_without_being_published(client: httpx.AsyncClient) -> None:
    answer = await client.post("/api/v1/execute", json={"text": PRICES, "input": {"net": 4}})

    assert answer.json()["output"] == "6.0 EUR"
    assert (await client.get("/api/v1/deployments")).json()["items"] == []


async def test_a_definition_that_is_wrong_is_told_with_every_issue(client: httpx.AsyncClient) -> None:
    wrong = {"name": "wrong", "nodes": [{"id": "a", "type": "no.such"}, {"id": "b", "type": "nor.this"}]}

    answer = await client.post("/api/v1/execute", json={"definition": wrong})

    assert answer.status_code == 422
    assert len(answer.json()["issues"]) >= 2


async def test_an_operator_runs_what_is_published_and_nothing_else(client_as: ClientAs, publish: Publish) -> None:
    await publish(PRICES)
    operator = await client_as("operator")

    published = await operator.post("/api/v1/workflows/prices/execute", json={"input": {"net": 2}})
    inline = await operator.post("/api/v1/execute", json={"text": PRICES, "input": {"net": 2}})

    assert published.status_code == 200
    assert (inline.status_code, inline.json()["code"]) == (403, "role_too_low")


async def test_a_viewer_starts_nothing(client_as: ClientAs, publish: Publish) -> None:
    await publish(PRICES)
    viewer = await client_as("viewer")

    answer = await viewer.post("/api/v1/workflows/prices/execute", json={"input": {"net": 2}})

    assert answer.status_code == 403
    assert (await viewer.get("/api/v1/runs")).json()["items"] == []


async def test_an_unknown_workflow_is_not_found(client: httpx.AsyncClient) -> None:
    """Nor is it with a version, or told bit by bit; one that has but a draft is, and is told to be published."""
    await client.post("/api/v1/workflows", json={"text": "name: drafted\nnodes: []\n"})
    bodies = [{}, {"wait": "async"}, {"wait": "stream"}, {"version": "3"}]

    answers = [await client.post("/api/v1/workflows/nothing/execute", json=body) for body in bodies]
    drafted = await client.post("/api/v1/workflows/drafted/execute", json={})

    assert [(one.status_code, one.json()["code"]) for one in answers] == [(404, "unknown_workflow")] * len(bodies)
    assert (drafted.status_code, drafted.json()["code"]) == (404, "unknown_version")
    assert drafted.json()["remedy"] == "Publish its draft."
