"""Deployments as bots, over HTTP."""

from __future__ import annotations

import csv
import io
from typing import Any

import httpx
import pytest

from tests.server.conftest import ClientAs
from tests.server.routes.conftest import PRICES, TICKING, Publish, execute, get, post
from tests.service.bots.dealing import record_bot, record_order
from treadle.server.services import Services


@pytest.fixture
async def bot(client: httpx.AsyncClient, publish: Publish, services: Services) -> str:
    """`ticking` as a deployment that has traded."""
    await publish(TICKING)
    await post(client, "/deployments", {"workflow": "ticking", "name": "bot"}, status=201)
    await record_bot(services.application.store)
    return "/deployments/bot"


async def test_a_bot_says_what_it_came_to(client: httpx.AsyncClient, bot: str) -> None:
    found = await get(client, f"{bot}/bot")

    assert (found["profit"], found["currency"], found["trades"], found["won"], found["lost"]) == ("1", "USDT", 3, 2, 1)
    assert (found["win_rate"], found["max_drawdown"], found["fees"]) == (0.666667, "11", "3.5")
    assert (found["profit_factor"], found["mean_held_s"]) == (round(12 / 11, 4), 600.0)
    assert (found["equity"], found["max_drawdown_share"]) == ("990", 0.1)
    assert (found["open_orders"], found["open_positions"], found["spark"]) == (1, 1, [0.0, 9.0, -2.0, 1.0])


async def test_the_list_shows_bots_for_what_they_are(client: httpx.AsyncClient, bot: str) -> None:
    await post(client, "/deployments", {"workflow": "ticking", "name": "quiet"}, status=201)

    one, other = (await get(client, "/deployments"))["items"]

    assert (one["name"], one["bot"]["profit"]) == ("bot", "1")
    assert (other["name"], other["bot"]) == ("quiet", None)
    assert (await get(client, bot))["bot"]["trades"] == 3


async def test_trades_are_listed_by_the_page_and_filtered(client: httpx.AsyncClient, bot: str) -> None:
    first = await get(client, f"{bot}/trades", limit=2)
    second = await get(client, f"{bot}/trades", limit=2, cursor=first["next"])

    assert [trade["number"] for trade in first["items"] + second["items"]] == [3, 2, 1]
    assert second["next"] is None
    trade = first["items"][0]
    assert (trade["side"], trade["entry"], trade["exit"], trade["profit"]) == ("long", "100", "104", "3")
    assert (trade["held_s"], trade["runs"], trade["share"]) == (600.0, ["r4", "r5"], 0.03)
    assert [one["number"] for one in (await get(client, f"{bot}/trades", outcome="lost"))["items"]] == [2]
    assert (await get(client, f"{bot}/trades", symbol="ETH/USDT"))["items"] == []
    assert (await get(client, f"{bot}/trades", side="short"))["items"] == []
    closed_at = first["items"][1]["closed_at"]
    since = (await get(client, f"{bot}/trades", **{"from": closed_at}))["items"]
    assert [one["number"] for one in since] == [3, 2]


async def test_trades_are_exported_as_csv(client: httpx.AsyncClient, bot: str) -> None:
    answer = await client.get(f"/api/v1{bot}/trades/export?outcome=won")

    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert answer.headers["content-type"].startswith("text/csv")
    assert 'filename="bot-trades.csv"' in answer.headers["content-disposition"]
    assert [(row["number"], row["profit"], row["runs"]) for row in rows] == [("1", "9", "r0 r1"), ("3", "3", "r4 r5")]


async def test_positions_are_what_the_fills_left(client: httpx.AsyncClient, bot: str) -> None:
    (held,) = (await get(client, f"{bot}/positions"))["items"]

    assert (held["symbol"], held["quantity"], held["average"], held["cost"]) == ("BTC/USDT", "0.5", "101", "50.5")
    assert (held["realised"], held["runs"]) == ("1", ["r6"])


async def test_orders_are_listed_the_newest_first(client: httpx.AsyncClient, bot: str, services: Services) -> None:
    await record_order(services.application.store, 9, status="filled", filled="0.5", average="59001")

    first = await get(client, f"{bot}/orders", limit=2)
    second = await get(client, f"{bot}/orders", limit=2, cursor=first["next"])

    assert [one["status"] for one in first["items"] + second["items"]] == ["filled", "rejected", "open"]
    assert first["items"][1]["reason"] == "Too small."
    (waiting,) = (await get(client, f"{bot}/orders", open="true"))["items"]
    assert (waiting["client_id"], waiting["is_open"], waiting["price"]) == ("t-8", True, "59000")
    assert [one["client_id"] for one in (await get(client, f"{bot}/orders", status="rejected"))["items"]] == ["t-7"]


async def test_the_course_of_profit_and_account_is_told(client: httpx.AsyncClient, bot: str) -> None:
    found = await get(client, f"{bot}/equity")

    assert [point["value"] for point in found["profit"]] == ["9", "-2", "1"]
    assert [point["value"] for point in found["account"]] == ["1000", "1010", "909", "990"]
    assert (found["currency"], found["account_currency"]) == ("USDT", "USDT")


async def test_what_has_never_dealt_has_empty_books(client: httpx.AsyncClient, publish: Publish) -> None:
    await publish(TICKING)
    await post(client, "/deployments", {"workflow": "ticking", "name": "quiet"}, status=201)

    found = await get(client, "/deployments/quiet/bot")

    assert (found["trades"], found["profit"], found["win_rate"], found["spark"]) == (0, "0", None, [])
    for part in ("trades", "positions", "orders"):
        assert (await get(client, f"/deployments/quiet/{part}"))["items"] == []
    assert (await get(client, "/deployments/quiet/equity"))["profit"] == []


@pytest.mark.parametrize("part", ["bot", "trades", "trades/export", "positions", "orders", "equity", "runs-per-day"])
async def test_a_deployment_that_is_not_there_is_said_so(client: httpx.AsyncClient, part: str) -> None:
    answer = await client.get(f"/api/v1/deployments/none/{part}")

    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_deployment")


async def test_runs_are_counted_by_the_day(client: httpx.AsyncClient, publish: Publish) -> None:
    await publish(PRICES)
    await execute(client, "prices", input={"net": 2})

    days: list[dict[str, Any]] = (await get(client, "/monitoring/runs-per-day", days=7))["items"]

    assert len(days) == 7
    assert (days[-1]["completed"], days[-2]["completed"]) == (1, 0)
    assert (await get(client, "/monitoring/runs-per-day", days=1, workflow="prices"))["items"][0]["completed"] == 1
    assert (await get(client, "/monitoring/runs-per-day", days=1, workflow="other"))["items"][0]["completed"] == 0


async def test_days_tell_nothing_of_what_is_hidden(
    client_as: ClientAs, publish: Publish, client: httpx.AsyncClient, services: Services
) -> None:
    await publish(PRICES)
    await execute(client, "prices", input={"net": 2})
    owner = await services.identities.create_user("owner", role="editor")
    application = services.application
    await application.store.set_owner("prices", owner.id, now=application.world.clock.now())
    viewer = await client_as("viewer")

    assert (await get(viewer, "/monitoring/runs-per-day", days=1))["items"][0]["completed"] == 0
    assert (await get(viewer, "/monitoring/runs-per-day", days=1, workflow="prices"))["items"][0]["completed"] == 0
