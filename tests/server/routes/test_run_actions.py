"""What is done to runs over HTTP."""

from __future__ import annotations

from pathlib import Path

import httpx

from tests.server.conftest import ClientAs
from tests.server.routes.conftest import (
    FAILING,
    PAID,
    PRICES,
    Publish,
    execute,
    get,
    post,
    wait_until_it_rests,
)


async def test_a_run_is_cancelled(client: httpx.AsyncClient, publish: Publish) -> None:
    await publish(PAID)
    run_id = (await execute(client, "paid", input={"order": "o1"}))["run_id"]

    await post(client, f"/runs/{run_id}/cancel", status=202)

    assert (await get(client, f"/runs/{run_id}/result", timeout=10))["status"] == "cancelled"


async def test_a_run_that_has_finished_is_not_cancelled(client: httpx.AsyncClient, publish: Publish) -> None:
    await publish(PRICES)
    run_id = (await execute(client, "prices", input={"net": 1}))["run_id"]

    assert (await post(client, f"/runs/{run_id}/cancel", status=409))["status"] == 409


async def test_a_failed_run_is_tried_again_and_keeps_what_succeeded(
    client: httpx.AsyncClient, publish: Publish, tmp_path: Path
) -> None:
    await publish(FAILING)
    run_id = (await execute(client, "failing"))["run_id"]
    (tmp_path / "missing.txt").write_text("here")

    answer = await post(client, f"/runs/{run_id}/retry", status=202)

    assert answer["run_id"] == run_id
    assert (await get(client, f"/runs/{run_id}/result", timeout=10))["status"] == "completed"


async def test_a_signal_lets_a_run_go_on(client: httpx.AsyncClient, publish: Publish) -> None:
    await publish(PAID)
    run_id = (await execute(client, "paid", input={"order": "o1"}))["run_id"]

    sent = await post(client, f"/runs/{run_id}/signal", {"name": "paid", "payload": 20}, status=202)

    assert sent["woken"] == run_id
    assert (await get(client, f"/runs/{run_id}/result", timeout=10))["output"] == "Thank you"


async def test_a_fork_is_planned_and_then_made_with_edited_outputs(client: httpx.AsyncClient, publish: Publish) -> None:
    await publish(PRICES)
    run_id = (await execute(client, "prices", input={"net": 2}))["run_id"]
    body = {"at": "label", "outputs": {"gross": 8}}

    plan = await post(client, f"/runs/{run_id}/fork", body | {"dry_run": True}, status=200)
    fork = await post(client, f"/runs/{run_id}/fork", body, status=202)

    assert (plan["edited"], plan["anew"]) == (["gross"], ["label"])
    assert (await get(client, f"/runs/{fork['run_id']}/result", timeout=10))["output"] == "8 EUR"
    assert (await get(client, f"/runs/{run_id}"))["output"] == "3.0 EUR"


async def test_a_fork_at_an_unknown_node_is_refused(client: httpx.AsyncClient, publish: Publish) -> None:
    await publish(PRICES)
    run_id = (await execute(client, "prices", input={"net": 2}))["run_id"]

    assert (await post(client, f"/runs/{run_id}/fork", {"at": "nothing"}, status=404))["code"] == "unknown_node"


async def test_a_waiting_run_is_moved_as_planned(client: httpx.AsyncClient, publish: Publish) -> None:
    await publish(PAID)
    run_id = (await execute(client, "paid", input={"order": "o1"}))["run_id"]
    version = await publish(PAID.replace("Thank you", "Thanks a lot"))

    planned = await client.post(f"/api/v1/runs/{run_id}/move", json={"dry_run": True})
    moved = await client.post(f"/api/v1/runs/{run_id}/move", json={}, headers={"If-Match": planned.headers["etag"]})
    await post(client, f"/runs/{run_id}/signal", {"name": "paid"}, status=202)

    assert (planned.json()["done"], [node["path"] for node in planned.json()["kept"]]) == (False, ["paid"])
    assert (moved.status_code, moved.json()["to_version"], moved.json()["done"]) == (200, version, True)
    assert (await get(client, f"/runs/{run_id}/result", timeout=10))["output"] == "Thanks a lot"


async def test_a_move_whose_plan_is_another_by_now_is_refused(client: httpx.AsyncClient, publish: Publish) -> None:
    await publish(PAID)
    run_id = (await execute(client, "paid", input={"order": "o1"}))["run_id"]
    await publish(PAID.replace("Thank you", "Thanks"))
    planned = await client.post(f"/api/v1/runs/{run_id}/move", json={"dry_run": True})
    await publish(PAID.replace("Thank you", "Cheers"))

    answer = await client.post(f"/api/v1/runs/{run_id}/move", json={}, headers={"If-Match": planned.headers["etag"]})

    assert (answer.status_code, answer.json()["code"]) == (412, "edited_meanwhile")


async def test_all_waiting_runs_of_a_workflow_are_moved(client: httpx.AsyncClient, publish: Publish) -> None:
    await publish(PAID)
    runs = [(await execute(client, "paid", input={"order": order}))["run_id"] for order in ("o1", "o2")]
    version = await publish(PAID.replace("Thank you", "Thanks"))

    planned = await post(client, "/moves", {"workflow": "paid", "dry_run": True})
    moved = await post(client, "/moves", {"workflow": "paid"})

    assert [(run["can_move"], run["moved"]) for run in planned["runs"]] == [(True, False)] * 2
    assert [(run["run_id"], run["moved"]) for run in moved["runs"]] == [(run_id, True) for run_id in runs]
    assert {(await get(client, f"/runs/{run_id}"))["version"] for run_id in runs} == {version}


async def test_what_is_not_in_doubt_is_not_resolved(client: httpx.AsyncClient, publish: Publish) -> None:
    await publish(PAID)
    run_id = (await execute(client, "paid", input={"order": "o1"}))["run_id"]

    answer = await client.post(f"/api/v1/runs/{run_id}/resolve", json={"node": "paid", "outcome": "repeat"})

    assert answer.status_code == 409


async def test_a_failed_run_is_put_aside(client: httpx.AsyncClient, publish: Publish) -> None:
    await publish(FAILING)
    run_id = (await execute(client, "failing"))["run_id"]

    await post(client, f"/runs/{run_id}/dismiss")

    assert (await get(client, "/failures"))["items"] == []
    assert (await get(client, f"/runs/{run_id}"))["dismissed_at"] is not None


async def test_a_viewer_changes_no_run(client_as: ClientAs, client: httpx.AsyncClient, publish: Publish) -> None:
    await publish(PAID)
    run_id = (await execute(client, "paid", input={"order": "o1"}))["run_id"]
    viewer = await client_as("viewer")

    for action, body in (
        ("cancel", None),
        ("retry", None),
        ("fork", {"at": "thanks"}),
        ("move", {}),
        ("signal", {"name": "paid"}),
        ("dismiss", None),
        ("resolve", {"node": "paid", "outcome": "repeat"}),
    ):
        answer = await viewer.post(f"/api/v1/runs/{run_id}/{action}", json=body)
        assert answer.status_code in (403, 404, 409), (action, answer.text)
    assert (await wait_until_it_rests(client, run_id))["status"] == "suspended"
