"""Listing and reading runs over HTTP."""

from __future__ import annotations

import httpx
import pytest
import yaml

from tests.server.conftest import ClientAs
from tests.server.routes.conftest import FAILING, PAID, PRICES, Publish, execute, get
from treadle.server.services import Services


@pytest.fixture
async def runs(client: httpx.AsyncClient, publish: Publish) -> list[str]:
    """Three runs of `prices`, one of `failing`, one of `paid` that waits; oldest first."""
    for text in (PRICES, FAILING, PAID):
        await publish(text)
    made = [(await execute(client, "prices", input={"net": net}))["run_id"] for net in (1, 2, 3)]
    made.append((await execute(client, "failing"))["run_id"])
    made.append((await execute(client, "paid", input={"order": "o1"}, mode="paper"))["run_id"])
    return made


async def test_runs_are_listed_newest_first_in_pages(client: httpx.AsyncClient, runs: list[str]) -> None:
    first = await get(client, "/runs", limit=2)
    second = await get(client, "/runs", limit=2, cursor=first["next"])
    third = await get(client, "/runs", limit=2, cursor=second["next"])

    assert [run["id"] for page in (first, second, third) for run in page["items"]] == runs[::-1]
    assert third["next"] is None


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"workflow": "prices"}, [2, 1, 0]),
        ({"status": "failed"}, [3]),
        ({"status": ["failed", "suspended"]}, [4, 3]),
        ({"mode": "paper"}, [4]),
        ({"workflow": "prices", "status": "failed"}, []),
        ({"deployment": "none"}, []),
        ({"from": "2026-01-01T00:00:00Z", "to": "2100-01-01T00:00:00Z", "workflow": "paid"}, [4]),
        ({"to": "2026-01-01T00:00:00Z"}, []),
    ],
)
async def test_runs_are_listed_by(
    client: httpx.AsyncClient, runs: list[str], query: dict[str, str], expected: list[int]
) -> None:
    found = await get(client, "/runs", **query)

    assert [run["id"] for run in found["items"]] == [runs[index] for index in expected]


async def test_runs_are_found_by_how_their_id_begins(client: httpx.AsyncClient, runs: list[str]) -> None:
    found = await get(client, "/runs", id=runs[1][:-1])

    assert runs[1] in [run["id"] for run in found["items"]]


async def test_a_run_says_the_number_of_its_version(client: httpx.AsyncClient, runs: list[str]) -> None:
    listed = (await get(client, "/runs", workflow="prices"))["items"]
    one = await get(client, f"/runs/{runs[0]}")

    assert {run["version_number"] for run in [*listed, one]} == {1}
    assert one["version"] == listed[0]["version"] != "1"


async def test_a_node_says_when_it_began_and_ended(client: httpx.AsyncClient, runs: list[str]) -> None:
    node = (await get(client, f"/runs/{runs[0]}"))["nodes"]["gross"]

    assert node["started_at"] <= node["finished_at"]


async def test_a_test_is_made_of_a_run(client: httpx.AsyncClient, runs: list[str]) -> None:
    answer = await client.get(f"/api/v1/runs/{runs[0]}/test")

    case = yaml.safe_load(answer.text)
    assert answer.headers["content-disposition"].endswith(f'filename="prices-{runs[0][-6:]}.test.yaml"')
    assert case["given"]["input"] == {"net": 1}
    assert case["expect"]["output"] == "1.5 EUR"
    assert case["workflow"]["name"] == "prices"


async def test_no_test_is_made_of_a_run_that_is_not_over(client: httpx.AsyncClient, runs: list[str]) -> None:
    answer = await client.get(f"/api/v1/runs/{runs[-1]}/test")

    assert (answer.status_code, answer.json()["code"]) == (409, "not_recorded")


async def test_a_cursor_of_another_list_is_refused(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/v1/runs", params={"cursor": "bm90aGluZw"})

    assert (answer.status_code, answer.json()["code"]) == (422, "bad_cursor")


async def test_a_time_without_a_zone_is_refused(client: httpx.AsyncClient) -> None:
    assert (await client.get("/api/v1/runs", params={"from": "2026-01-01T00:00:00"})).status_code == 422


async def test_a_run_is_read_with_its_values(client: httpx.AsyncClient, runs: list[str]) -> None:
    run = await get(client, f"/runs/{runs[1]}")

    assert (run["input"], run["output"], run["status"]) == ({"net": 2}, "3.0 EUR", "completed")
    assert run["nodes"]["gross"]["outputs"] == {"output": 3.0}
    assert run["created_at"].endswith("Z")


async def test_a_large_value_is_cut_and_read_whole_at_its_node(client: httpx.AsyncClient, publish: Publish) -> None:
    await publish(
        "name: large\ninputs: {text: string}\n"
        'nodes: [{id: text, type: data.template, config: {template: "{{ workflow.input.text }}"}}]\n'
    )
    run_id = (await execute(client, "large", input={"text": "x" * 50_000}))["run_id"]

    node = (await get(client, f"/runs/{run_id}"))["nodes"]["text"]
    whole = await get(client, f"/runs/{run_id}/nodes/text")

    assert node["outputs"] == {"output": None}
    assert node["cut"]["output"]["size"] == 50_002
    assert whole["outputs"] == {"output": "x" * 50_000}
    assert (await get(client, f"/runs/{run_id}/result"))["output"] == "x" * 50_000


async def test_an_unknown_node_is_not_found(client: httpx.AsyncClient, runs: list[str]) -> None:
    answer = await client.get(f"/api/v1/runs/{runs[0]}/nodes/nothing")

    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_node")


async def test_a_run_that_waits_is_asked_how_it_stands(client: httpx.AsyncClient, runs: list[str]) -> None:
    found = await get(client, f"/runs/{runs[4]}/query")

    assert found["nodes"] == {"paid": "waiting"}
    assert [wait["kind"] for wait in found["waits"]] == ["signal"]


async def test_the_timeline_comes_in_pages(client: httpx.AsyncClient, runs: list[str]) -> None:
    whole = await get(client, f"/runs/{runs[0]}/timeline")
    first = await get(client, f"/runs/{runs[0]}/timeline", limit=1)
    second = await get(client, f"/runs/{runs[0]}/timeline", limit=1, cursor=first["next"])

    assert [item["node"] for item in whole["items"]] == ["gross", "label"]
    assert [first["items"][0], second["items"][0]] == whole["items"]


async def test_the_log_comes_in_pages(client: httpx.AsyncClient, publish: Publish) -> None:
    await publish(
        "name: talk\nnodes:\n"
        "  - {id: one, type: code.python, config: {source: print('one')}}\n"
        "  - {id: two, type: code.python, config: {source: print('two')}, after: [one]}\n"
    )
    run_id = (await execute(client, "talk"))["run_id"]

    first = await get(client, f"/runs/{run_id}/log", limit=1)
    second = await get(client, f"/runs/{run_id}/log", limit=1, cursor=first["next"])

    assert [line["message"] for page in (first, second) for line in page["items"]] == ["one", "two"]
    assert second["next"] is None


async def test_children_are_listed_with_their_parent(client: httpx.AsyncClient, publish: Publish) -> None:
    await publish(PRICES)
    await publish(
        "name: parent\nnodes: [{id: call, type: flow.workflow, config: {workflow: prices, input: {net: 2}}}]\n"
    )
    run_id = (await execute(client, "parent"))["run_id"]

    (child,) = (await get(client, f"/runs/{run_id}/children"))["items"]

    assert (child["workflow"], child["parent"]) == ("prices", run_id)
    assert [run["id"] for run in (await get(client, "/runs", parent=run_id))["items"]] == [child["id"]]


async def test_an_unknown_run_is_not_found(client: httpx.AsyncClient) -> None:
    for path in ("", "/result", "/query", "/timeline", "/log", "/children", "/nodes/a"):
        answer = await client.get(f"/api/v1/runs/r404{path}")
        assert (answer.status_code, answer.json()["code"]) == (404, "unknown_run"), path


async def test_runs_of_somebody_elses_workflow_are_nowhere_to_be_seen(
    client_as: ClientAs, client: httpx.AsyncClient, runs: list[str], services: Services
) -> None:
    owner = await services.identities.create_user("owner", role="editor")
    store = services.application.store
    await store.write(
        lambda c: c.execute(
            "INSERT INTO workflows (name, owner, tags, created_at) VALUES ('prices', ?, '[]', 0)"
            " ON CONFLICT (name) DO UPDATE SET owner = excluded.owner",
            (owner.id,),
        )
    )

    listed = await get(client, "/runs")
    read = await client.get(f"/api/v1/runs/{runs[0]}")

    assert {run["workflow"] for run in listed["items"]} == {"failing", "paid"}
    assert read.status_code == 404
    assert len((await get(await client_as("admin"), "/runs"))["items"]) == 5


async def test_what_a_run_was_given_is_read_whole(client: httpx.AsyncClient, publish: Publish) -> None:
    text = "name: large\ninputs: {text: string}\nnodes: [{id: a, type: data.template, config: {template: x}}]\n"
    await publish(text)
    large = "x" * 300_000
    run = await execute(client, "large", input={"text": large})

    shown = await get(client, f"/runs/{run['run_id']}")
    given = await get(client, f"/runs/{run['run_id']}/input")

    assert (shown["input"]["text"], shown["cut"]["input.text"]["size"]) == (None, 300_002)
    assert given == {"input": {"text": large}, "params": {}, "fired": None}
