"""`trigger.price`: a run when the price comes to a level, and once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.packs.trading.trigger.conftest import Bench
from tests.packs.trading.trigger.pushed_venue import BEGIN, gone
from tests.service.pushing import until
from treadle.authoring.check.file import check_file
from treadle.errors import NodeError
from treadle.node import Registry
from treadle.service.execution import ExecutionRequest
from treadle.service.standing import Standings

pytestmark = pytest.mark.timeout(60)
ABOVE: dict[str, Any] = {"operator": "crosses_above", "price": 100}


async def test_it_fires_once_for_each_crossing_and_says_at_which_price(bench: Bench) -> None:
    await bench.deploy("trigger.price", **ABOVE)
    async with bench.listening():
        for last in (99, 101, 102, "99.9", "100.5"):
            bench.venue.tick(last)
        found = await bench.fired(2)

    assert [one["price"] for one in found] == [101, Decimal("100.5")]
    assert found[0]["at"] == datetime.fromtimestamp(BEGIN / 1000, UTC) + timedelta(seconds=2)
    assert (found[0]["symbol"], found[0]["provider"]) == ("BTC/USDT", {"venue": "pushed"})


async def test_the_side_is_remembered_while_nobody_listens(bench: Bench) -> None:
    await bench.deploy("trigger.price", **ABOVE)
    async with bench.listening():
        for last in (99, 101):
            bench.venue.tick(last)
        await bench.fired(1)
    async with bench.listening():
        bench.venue.tick(102)  # still above: it has fired for that
        bench.venue.tick(99)
    async with bench.listening():
        bench.venue.tick(103)
        found = await bench.fired(2)

    assert [one["price"] for one in found] == [101, 103]


async def test_a_crossing_while_it_was_paused_is_not_made_up_for(bench: Bench) -> None:
    await bench.deploy("trigger.price", **ABOVE)
    async with bench.listening():
        bench.venue.tick(99)
    async with bench.listening():
        await bench.deployments.pause("bot")
        await until(lambda: bench.venue.listening == 0)
        await bench.deployments.start("bot")
        await until(lambda: bench.venue.listening == 1)
        for last in (101, 99, 102):
            bench.venue.tick(last)
        found = await bench.fired(1)

    assert [one["price"] for one in found] == [102]


async def test_after_a_break_it_goes_on_with_the_side_it_had_seen(bench: Bench) -> None:
    await bench.deploy("trigger.price", **ABOVE)
    async with bench.listening():
        for last in (99, 101):
            bench.venue.tick(last)
        await bench.fired(1)
        bench.venue.push(gone())
        await until(lambda: bench.venue.opened == 2 and bench.venue.listening == 1)
        for last in (102, 98, 103):
            bench.venue.tick(last)
        found = await bench.fired(2)

    assert [one["price"] for one in found] == [101, 103]


async def test_what_cannot_be_a_price_and_what_comes_late_is_passed_over(bench: Bench) -> None:
    await bench.deploy("trigger.price", **ABOVE)
    async with bench.listening():
        bench.venue.tick(99)
        bench.venue.push({"id": "n", "at": BEGIN + 2000, "last": Decimal("NaN")})
        bench.venue.push({"id": "z", "at": BEGIN + 2000, "last": 0})
        bench.venue.push({"id": "o", "at": BEGIN - 5000, "last": Decimal(200)})
        bench.venue.tick(105)
        found = await bench.fired(1)

    assert [one["price"] for one in found] == [105]


async def test_it_may_look_at_the_bid(bench: Bench) -> None:
    await bench.deploy("trigger.price", operator=">", price=100, of="bid")
    async with bench.listening():
        for last in (101, "101.5"):
            bench.venue.tick(last)
        found = await bench.fired(1)

    assert [one["price"] for one in found] == [Decimal("100.5")]


async def test_the_provider_may_be_a_node_of_the_workflow(bench: Bench) -> None:
    node = "{id: exchange, type: market.provider, config: {venue: pushed, symbol: BTC/USDT, settings: {a: 1}}}, "
    workflow = bench.workflow("trigger.price", node, provider="exchange", symbol=None, operator=">", price=1)
    await bench.deployments.deploy(workflow)
    async with bench.listening():
        bench.venue.tick(99)
        (found,) = await bench.fired(1)

    assert found["provider"] == {"venue": "pushed", "symbol": "BTC/USDT", "settings": {"a": 1}}


async def test_a_run_by_hand_gets_the_price_of_now(bench: Bench) -> None:
    bench.venue.tick(77)
    await bench.deployments.application.execute(ExecutionRequest(bench.workflow("trigger.price", **ABOVE)))

    assert (await bench.fired(1))[0]["price"] == 77


async def test_an_unknown_market_is_told_by_name(bench: Bench) -> None:
    await bench.deploy("trigger.price", symbol="DOGE/USDT", **ABOVE)

    async def refused() -> bool:
        return (await bench.deployments.metrics("bot")).refused > 0

    listening = bench.deployments.listening()
    async with listening:
        await until(refused)
    standing = await Standings(bench.deployments.application).get("bot")

    assert standing.last_refusal is not None
    assert (standing.last_refusal.code, standing.last_refusal.message) == (
        "unknown_symbol",
        "There is no `DOGE/USDT` here. Use `BTC/USDT`.",
    )
    with pytest.raises(NodeError):
        await bench.deployments.fire(await bench.deployments.get("bot"))


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ("provider: pa-per, symbol: A/B, operator: '>', price: 1", "There is no venue `pa-per`."),
        ("provider: other, symbol: A/B, operator: '>', price: 1", "`provider` names the node `other`, which is"),
        ("provider: paper, operator: '>', price: 1", "Nothing says which market."),
        ("provider: paper, symbol: 'A B', operator: '>', price: 1", "`symbol` of `at` does not fit"),
        ("provider: paper, symbol: A/B, operator: above, price: 1", "`operator` of `at` does not fit"),
        ("provider: paper, symbol: A/B, operator: '>', price: 0", "`price` of `at` does not fit"),
    ],
)
def test_what_cannot_be_listened_to_is_not_published(config: str, said: str) -> None:
    nodes = f"[{{id: at, type: trigger.price, config: {{{config}}}}}, {{id: other, type: trigger.manual}}]"

    issues = check_file(f"name: bot\nnodes: {nodes}\n", Registry.installed()).result.issues

    assert [issue.message for issue in issues if said in issue.message], issues
    assert all(issue.remedy for issue in issues)
