"""Running what is not published as a test: a draft, a definition, from a node of a past run."""

from __future__ import annotations

from typing import Any

import httpx

from tests.server.conftest import ClientAs
from tests.server.routes.conftest import PRICES, Publish, execute, get, wait_until_it_rests

CHANGED = PRICES.replace("* 1.5", "* 2")


async def save_draft(client: httpx.AsyncClient, text: str, name: str = "prices") -> None:
    existing = await client.get(f"/api/v1/workflows/{name}")
    if existing.status_code == 404:
        answer = await client.post("/api/v1/workflows", json={"text": text})
    else:
        answer = await client.put(
            f"/api/v1/workflows/{name}", json={"text": text}, headers={"If-Match": existing.headers["etag"]}
        )
    assert answer.status_code in (200, 201), answer.text


async def test_a_draft_is_run_as_a_test_without_publishing_it(client: httpx.AsyncClient) -> None:
    await save_draft(client, PRICES)

    found = await execute(client, "prices", mode="test", version="draft", input={"net": 2})
    workflow = await get(client, "/workflows/prices")

    assert (found["status"], found["output"]) == ("completed", "3.0 EUR")
    assert (workflow["version"], workflow["digest"], workflow["draft"]) == (None, None, 1)


async def test_a_run_keeps_what_it_ran_whatever_becomes_of_the_draft(client: httpx.AsyncClient) -> None:
    await save_draft(client, PRICES)
    ran = await execute(client, "prices", mode="test", version="draft", input={"net": 2}, pinned={"gross": 7})
    await save_draft(client, CHANGED)

    kept = await get(client, f"/workflows/prices/versions/{ran['version']}")

    assert (ran["output"], kept["version"], kept["digest"]) == ("7 EUR", None, ran["version"])
    assert kept["graph"]["nodes"][0]["pinned"] == 7


async def test_what_is_tried_out_is_among_no_versions(client: httpx.AsyncClient, publish: Publish) -> None:
    await publish(PRICES)
    await save_draft(client, CHANGED)

    ran = await execute(client, "prices", mode="test", version="draft", input={"net": 2})
    versions = await get(client, "/workflows/prices/versions")
    latest = await execute(client, "prices", input={"net": 2})

    assert (ran["output"], latest["output"]) == ("4 EUR", "3.0 EUR")
    assert [one["version"] for one in versions["items"]] == [1]


async def test_what_is_tried_out_and_then_published_is_numbered_as_if_it_had_not_been(
    client: httpx.AsyncClient, publish: Publish
) -> None:
    await publish(PRICES)
    await save_draft(client, CHANGED)
    await execute(client, "prices", mode="test", version="draft", input={"net": 2})

    published = await client.post("/api/v1/workflows/prices/publish")
    live = await execute(client, "prices", input={"net": 2})

    assert (published.json()["version"], live["output"]) == (2, "4 EUR")


async def test_what_was_only_tried_out_cannot_be_run_in_earnest(client: httpx.AsyncClient) -> None:
    await save_draft(client, PRICES)
    ran = await execute(client, "prices", mode="test", version="draft", input={"net": 2})

    body = {"input": {"net": 2}, "version": ran["version"]}
    by_digest = await client.post("/api/v1/workflows/prices/execute", json=body)
    as_draft = await client.post("/api/v1/workflows/prices/execute", json={**body, "version": "draft"})
    latest = await client.post("/api/v1/workflows/prices/execute", json={"input": {"net": 2}})

    assert (by_digest.status_code, by_digest.json()["code"]) == (409, "not_published")
    assert as_draft.status_code == latest.status_code == 404


async def test_a_draft_that_does_not_check_is_refused_with_its_issues(client: httpx.AsyncClient) -> None:
    await save_draft(client, PRICES.replace("data.transform", "data.transfrom"))

    body = {"mode": "test", "version": "draft", "input": {"net": 2}}
    answer = await client.post("/api/v1/workflows/prices/execute", json=body)

    assert answer.status_code == 422
    assert [issue["code"] for issue in answer.json()["issues"]] == ["unknown_node_type"]


async def test_without_a_draft_there_is_nothing_to_try_out(client: httpx.AsyncClient, publish: Publish) -> None:
    await publish(PRICES)

    body = {"mode": "test", "version": "draft", "input": {"net": 2}}
    answer = await client.post("/api/v1/workflows/prices/execute", json=body)

    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_draft")


async def test_an_operator_does_not_run_drafts(client: httpx.AsyncClient, client_as: ClientAs) -> None:
    await save_draft(client, PRICES)
    operator = await client_as("operator")

    body = {"mode": "test", "version": "draft", "input": {"net": 2}}
    answer = await operator.post("/api/v1/workflows/prices/execute", json=body)

    assert answer.status_code in (403, 404)


async def test_a_draft_is_run_from_a_node_of_a_past_run(client: httpx.AsyncClient, publish: Publish) -> None:
    await publish(PRICES)
    before = await execute(client, "prices", input={"net": 2})
    await save_draft(client, PRICES.replace("EUR", "USD"))

    of: dict[str, Any] = {"of": before["run_id"], "from_node": "label"}
    plain = await execute(client, "prices", mode="test", version="draft", **of)
    edited = await execute(client, "prices", mode="test", version="draft", pinned={"gross": 9}, **of)
    run = await get(client, f"/runs/{plain['run_id']}")

    assert (plain["output"], edited["output"]) == ("3.0 USD", "9 USD")
    assert (run["mode"], run["forked_from"], run["debug"]) == ("test", before["run_id"], None)


async def test_what_runs_anew_is_pinned_in_a_test_from_a_node(client: httpx.AsyncClient, publish: Publish) -> None:
    await publish(PRICES)
    before = await execute(client, "prices", input={"net": 2})

    of: dict[str, Any] = {"of": before["run_id"], "from_node": "gross"}
    found = await execute(client, "prices", mode="test", pinned={"label": "free"}, **of)

    assert found["output"] == "free"


async def test_a_definition_is_debugged_from_a_node_of_a_past_run(client: httpx.AsyncClient, publish: Publish) -> None:
    await publish(PRICES)
    before = await execute(client, "prices", input={"net": 2})

    body = {"text": CHANGED, "of": before["run_id"], "from_node": "gross", "breakpoints": ["label"]}
    answer = await client.post("/api/v1/execute", json=body)
    run = await wait_until_it_rests(client, answer.json()["run_id"])

    assert (answer.status_code, run["nodes"]["label"]["status"]) == (202, "paused")
    assert run["waits"][0]["config"] == {"template": "4 EUR"}


async def test_what_is_only_a_draft_has_no_versions(client: httpx.AsyncClient) -> None:
    await save_draft(client, PRICES)

    assert (await get(client, "/workflows/prices/versions"))["items"] == []


async def test_the_list_of_versions_tells_why_one_was_rolled_back_to(
    client: httpx.AsyncClient, publish: Publish
) -> None:
    await publish(PRICES)
    await publish(CHANGED)
    await client.post("/api/v1/workflows/prices/rollback", json={"version": "1", "note": "The factor was right"})

    found = (await get(client, "/workflows/prices/versions"))["items"]

    assert [(one["version"], (one["rolled_back"] or {}).get("note")) for one in found] == [
        (1, "The factor was right"),
        (2, None),
    ]
