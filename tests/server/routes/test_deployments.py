"""Deployments over HTTP."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from tests.server.conftest import ClientAs
from tests.server.routes.conftest import PAID, TICKING, Publish, execute, get, post
from treadle.server.services import Services


@pytest.fixture
async def deployed(client: httpx.AsyncClient, publish: Publish) -> dict[str, Any]:
    """`ticking`, every hour."""
    await publish(TICKING)
    return await post(client, "/deployments", {"workflow": "ticking"}, status=201)


async def patch(client: httpx.AsyncClient, name: str, body: Any, etag: str | None = None) -> httpx.Response:
    headers = {} if etag is None else {"If-Match": etag}
    return await client.patch(f"/api/v1/deployments/{name}", json=body, headers=headers)


async def etag_of(client: httpx.AsyncClient, name: str) -> str:
    return (await client.get(f"/api/v1/deployments/{name}")).headers["etag"]


async def test_a_deployment_is_made_and_says_when_it_fires_next(
    client: httpx.AsyncClient, deployed: dict[str, Any]
) -> None:
    (listed,) = (await get(client, "/deployments"))["items"]

    assert (listed["name"], listed["status"], listed["version"]) == ("ticking", "active", None)
    assert listed["next_at"] is not None
    assert listed["metrics"]["runs"] == 0


async def test_a_name_that_is_taken_is_refused(client: httpx.AsyncClient, deployed: dict[str, Any]) -> None:
    answer = await post(client, "/deployments", {"workflow": "ticking"}, status=409)

    assert answer["code"] == "deployment_exists"


async def test_what_nothing_starts_is_not_deployed(client: httpx.AsyncClient, publish: Publish) -> None:
    await publish(PAID)

    answer = await post(client, "/deployments", {"workflow": "paid", "input": {"order": "o1"}}, status=422)

    assert answer["code"] == "no_schedule"


async def test_a_deployment_is_changed_by_who_has_read_it(client: httpx.AsyncClient, deployed: dict[str, Any]) -> None:
    etag = await etag_of(client, "ticking")

    changed = await patch(client, "ticking", {"params": {"size": 2}, "limits": {"concurrency": 3}}, etag)
    again = await patch(client, "ticking", {"params": {"size": 3}}, etag)
    without = await patch(client, "ticking", {"params": {"size": 3}})

    assert (changed.json()["params"], changed.json()["limits"]["concurrency"]) == ({"size": 2}, 3)
    assert (again.status_code, without.status_code) == (412, 428)
    assert changed.headers["etag"] == await etag_of(client, "ticking")


async def test_an_update_goes_to_another_version_and_takes_waiting_runs_along(
    client: httpx.AsyncClient, publish: Publish, services: Services
) -> None:
    waiting = PAID.replace("name: paid\n", "name: wait\n").replace("inputs: {order: string}\n", "")
    first = await publish(waiting.replace("{{ workflow.input.order }}", "o1"))
    await post(client, "/deployments", {"workflow": "wait", "version": first, "every": 3600}, status=201)
    deployment = await services.deployments.get("wait")
    run_id = await services.deployments.fire(deployment)
    assert run_id is not None
    await services.application.wait_here(run_id)
    second = await publish(waiting.replace("{{ workflow.input.order }}", "o1").replace("Thank you", "Thanks"))

    change = {"version": second, "waiting": "move"}
    plan = await get(client, "/deployments/wait/moves", version=second)
    changed = await patch(client, "wait", change, await etag_of(client, "wait"))

    (moving,) = plan["runs"]
    assert (moving["run_id"], moving["can_move"]) == (run_id, True)
    assert changed.json()["version"] == second
    assert (await get(client, f"/runs/{run_id}"))["version"] == second


async def test_a_deployment_is_paused_started_and_stopped(client: httpx.AsyncClient, deployed: dict[str, Any]) -> None:
    seen = [(await post(client, f"/deployments/ticking/{change}"))["status"] for change in ("pause", "start", "stop")]

    assert seen == ["paused", "active", "stopped"]
    assert (await get(client, "/deployments/ticking"))["next_at"] is None


async def test_a_stopped_deployment_is_removed_and_an_active_one_is_not(
    client: httpx.AsyncClient, deployed: dict[str, Any], services: Services
) -> None:
    run_id = await services.deployments.fire(await services.deployments.get("ticking"))
    assert run_id is not None
    await services.application.wait_here(run_id)

    active = await client.delete("/api/v1/deployments/ticking")
    await post(client, "/deployments/ticking/stop")
    stopped = await client.delete("/api/v1/deployments/ticking")

    assert (active.status_code, active.json()["code"]) == (409, "not_stopped")
    assert stopped.status_code == 204
    assert (await client.get("/api/v1/deployments/ticking")).status_code == 404
    assert (await get(client, f"/runs/{run_id}"))["deployment"] == "ticking"
    again = await post(client, "/deployments", {"workflow": "ticking"}, status=201)
    assert again["metrics"]["runs"] == 0


async def test_a_clone_has_another_name_and_a_state_of_its_own(
    client: httpx.AsyncClient, deployed: dict[str, Any]
) -> None:
    await client.put("/api/v1/deployments/ticking/state/seen", json={"value": 5})

    made = await post(client, "/deployments/ticking/clone", {"name": "tocking", "params": {"size": 2}}, status=201)

    assert (made["name"], made["workflow"], made["params"]) == ("tocking", "ticking", {"size": 2})
    assert (await get(client, "/deployments/tocking/state"))["values"] == {}


async def test_state_is_set_read_and_cleared(client: httpx.AsyncClient, deployed: dict[str, Any]) -> None:
    await client.put("/api/v1/deployments/ticking/state/seen", json={"value": 5})
    await client.put("/api/v1/deployments/ticking/state/peak", json={"value": {"price": 1.5}})
    both = (await get(client, "/deployments/ticking/state"))["values"]
    await client.delete("/api/v1/deployments/ticking/state/seen")
    one = (await get(client, "/deployments/ticking/state"))["values"]
    cleared = await client.delete("/api/v1/deployments/ticking/state")

    assert both == {"seen": 5, "peak": {"price": 1.5}}
    assert one == {"peak": {"price": 1.5}}
    assert cleared.json() == {"removed": 1}


async def test_metrics_and_triggers_are_read(client: httpx.AsyncClient, deployed: dict[str, Any]) -> None:
    (trigger,) = (await get(client, "/deployments/ticking/triggers"))["items"]

    assert (trigger["id"], trigger["type"], trigger["status"]) == ("every", "trigger.interval", "armed")
    assert (await get(client, "/deployments/ticking/metrics"))["success_rate"] is None


async def test_two_deployments_are_compared(
    client: httpx.AsyncClient, deployed: dict[str, Any], services: Services
) -> None:
    await post(client, "/deployments/ticking/clone", {"name": "tocking"}, status=201)
    for name in ("ticking", "ticking", "tocking", "tocking"):
        run_id = await services.deployments.fire(await services.deployments.get(name))
        assert run_id is not None
        await services.application.wait_here(run_id)

    found = await get(client, "/deployments/ticking/compare", **{"with": "tocking"})

    assert (found["runs"], found["basis"]) == ([2, 2], "unpaired")
    assert found["measures"][0]["interval"].keys() == {"low", "high"}


async def test_an_operator_starts_and_stops_and_changes_nothing_else(
    client_as: ClientAs, client: httpx.AsyncClient, deployed: dict[str, Any]
) -> None:
    operator = await client_as("operator")

    paused = await operator.post("/api/v1/deployments/ticking/pause")
    changed = await patch(operator, "ticking", {"params": {"size": 2}}, await etag_of(client, "ticking"))
    made = await operator.post("/api/v1/deployments", json={"workflow": "ticking", "name": "another"})

    assert [answer.status_code for answer in (paused, changed, made)] == [200, 403, 403]


async def test_the_process_that_serves_starts_what_is_due_at_once(
    client: httpx.AsyncClient, publish: Publish, services: Services
) -> None:
    """The scheduler is told of a change whoever asks for it: it does not wait until it looks again."""
    await publish(TICKING)
    async with services.deployments.scheduler():
        await asyncio.sleep(0)
        await post(client, "/deployments", {"workflow": "ticking", "every": 0.1}, status=201)
        for _ in range(300):
            if (await get(client, "/runs", deployment="ticking", status="completed"))["items"]:
                break
            await asyncio.sleep(0.02)
        await post(client, "/deployments/ticking/stop")

    assert (await get(client, "/deployments/ticking/state"))["values"]["seen"] >= 1


async def test_runs_are_listed_by_deployment(
    client: httpx.AsyncClient, deployed: dict[str, Any], services: Services
) -> None:
    await execute(client, "ticking")
    run_id = await services.deployments.fire(await services.deployments.get("ticking"))

    found = await get(client, "/runs", deployment="ticking")

    assert [run["id"] for run in found["items"]] == [run_id]


BOT = """\
name: bot
nodes:
  - {id: every, type: trigger.interval, config: {seconds: 3600}}
  - id: exchange
    type: market.provider
    config: {venue: binance, profile: main, symbol: BTC/USDT, limits: {max_order_notional: 500}}
  - {id: buy, type: order.market, config: {provider: "{{ nodes.exchange.provider }}", side: buy, size: 1}}
"""


async def test_what_could_order_is_on_paper_where_no_mode_is_given(client: httpx.AsyncClient, publish: Publish) -> None:
    await publish(BOT)

    made = await post(client, "/deployments", {"workflow": "bot"}, status=201)
    other = await post(client, "/deployments", {"workflow": "bot", "name": "other", "mode": None}, status=201)

    assert (made["mode"], other["mode"]) == ("paper", "paper")


async def test_a_live_deployment_that_places_orders_is_confirmed(client: httpx.AsyncClient, publish: Publish) -> None:
    await publish(BOT)

    refused = await post(client, "/deployments", {"workflow": "bot", "mode": "live"}, status=409)
    words = refused["details"]["confirm"]
    made = await post(client, "/deployments", {"workflow": "bot", "confirm": words}, status=201)
    await post(client, "/deployments/bot/pause")
    again = await post(client, "/deployments/bot/start", status=409)
    started = await post(client, "/deployments/bot/start", {"confirm": words})

    assert (refused["code"], words) == ("confirmation_required", "main max_order_notional=500")
    assert refused["details"]["stakes"] == [
        {"name": "main", "provider": "binance", "limits": {"max_order_notional": "500"}}
    ]
    assert "(`confirm`)" in refused["remedy"]
    assert (made["status"], again["code"], started["status"]) == ("active", "confirmation_required", "active")


async def test_a_run_that_places_orders_is_confirmed(client: httpx.AsyncClient, publish: Publish) -> None:
    await publish(BOT)

    refused = await post(client, "/workflows/bot/execute", {}, status=409)

    assert refused["code"] == "confirmation_required"


async def test_the_kill_switch_is_turned_on_and_reset(client: httpx.AsyncClient, deployed: dict[str, Any]) -> None:
    before = await get(client, "/deployments/ticking/halt")
    halted = await post(client, "/deployments/ticking/halt", {"reason": "the feed is wrong"})
    shown = await get(client, "/deployments/ticking")
    reset = await client.delete("/api/v1/deployments/ticking/halt")
    again = await client.delete("/api/v1/deployments/ticking/halt")

    assert (before["on"], halted["on"], reset.json()["on"]) == (False, True, False)
    assert shown["halt"]["reason"] == "the feed is wrong"
    assert (reset.status_code, again.status_code, again.json()["code"]) == (200, 409, "not_halted")


async def test_a_viewer_halts_nothing(client_as: ClientAs, deployed: dict[str, Any]) -> None:
    viewer = await client_as("viewer")

    answer = await viewer.post("/api/v1/deployments/ticking/halt", json={"reason": "because"})

    assert answer.status_code == 403
    assert (await get(viewer, "/deployments/ticking/halt"))["on"] is False
