"""The order nodes at the paper venue: their examples are true, and a bot's way through a day."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.packs.binding import bind
from tests.packs.fake_context import FakeContext
from treadle.model.record import RecordQuery
from treadle.model.workflow import Node, Workflow
from treadle.node import NodeDefinition, Permissions, Registry
from treadle.packs.trading import order
from treadle.testing import Harness
from treadle.testing.clock import START

PACKS = Registry({"order": order})
ALL = sorted(PACKS, key=lambda one: one.name)
BEFORE = {"order.close": "order.market", "order.await": "order.market", "order.modify": "order.market"}
"""What has to have happened."""


@pytest.fixture
async def context(tmp_path: Path) -> AsyncGenerator[FakeContext]:
    context = FakeContext(permissions=Permissions(workspace=tmp_path), mode="paper")
    yield context
    await context.aclose()


def named(definition: NodeDefinition) -> str:
    return definition.name


async def do(definition: NodeDefinition, context: FakeContext, **more: Any) -> dict[str, Any]:
    example: Any = definition.type.example
    given = {**example["inputs"], **more}
    adapters = definition.input_adapters
    inputs = {
        name: adapters[name].adapter.validate_python(value) if name in adapters else value
        for name, value in given.items()
    }
    returned = await definition(context, **inputs, **bind(definition, example["config"], inputs))
    return dict(definition.ports_of(returned))


def plain(value: Any) -> Any:
    return str(value) if isinstance(value, Decimal) else value


def test_the_pack_has_every_order_of_the_catalogue() -> None:
    assert {one.name.partition(".")[2] for one in ALL} == {
        "market", "limit", "stop", "oco", "close", "modify", "cancel", "await", "ladder", "rebalance",
    }  # fmt: skip


@pytest.mark.parametrize("definition", ALL, ids=named)
def test_every_field_and_port_is_described_and_doubt_is_settled_by_asking(definition: NodeDefinition) -> None:
    described = [*definition.type.config, *definition.type.inputs]

    assert [one.name for one in described if not one.description] == []
    assert definition.type.in_doubt == "reconcile"
    assert definition.reconciler is not None


@pytest.mark.parametrize("definition", ALL, ids=named)
async def test_the_example_is_true(definition: NodeDefinition, context: FakeContext) -> None:
    more: dict[str, Any] = {}
    if definition.name in BEFORE:
        first = await do(PACKS.find(BEFORE[definition.name]) or definition, context)
        context.idempotency_key = "key-2"
        if definition.name != "order.close":
            more = {"order": first["order"]}

    found = await do(definition, context, **more)

    expected: Any = (definition.type.example or {})["outputs"]
    assert {name: plain(found.get(name)) for name in expected} == expected


async def test_a_bot_buys_guards_and_gets_out_on_paper(tmp_path: Path) -> None:
    harness = Harness(permissions=Permissions(workspace=tmp_path))
    provider = {"venue": "paper", "symbol": "BTC/USDT", "limits": {"max_position_notional": 50_000}}
    nodes = (
        Node(id="exchange", type="market.provider", config=provider),
        Node(id="quote", type="market.quote", config={"provider": "{{ nodes.exchange.provider }}"}),
        Node(id="buy", type="order.market", config={
            "provider": "{{ nodes.exchange.provider }}", "side": "buy", "size": 10, "size_in": "percent",
            "stop_loss": "{{ nodes.quote.bid * 0.9 }}", "take_profit": "{{ nodes.quote.ask * 1.1 }}",
        }),
        Node(id="out", type="order.close", config={"provider": "{{ nodes.exchange.provider }}"}, after=("buy",)),
        Node(id="held", type="market.positions", config={"provider": "{{ nodes.exchange.provider }}"}, after=("out",)),
    )  # fmt: skip

    run = await harness.run(Workflow(name="bot", nodes=nodes), mode="paper", deployment="bot")

    assert run.status == "completed", run.error
    outputs = run.outputs()
    assert outputs["buy"]["status"] == "filled"
    assert outputs["out"]["filled"] == outputs["buy"]["filled"]
    assert outputs["held"]["held"] == 0
    assert outputs["out"]["profit"] < 0


def bars(folder: Path, closes: list[float]) -> dict[str, Any]:
    """A provider over bars of a file: a minute each, from an hour ago on."""
    lines = ["time,open,high,low,close"]
    for number, close in enumerate(closes):
        at = (START - timedelta(minutes=60) + timedelta(minutes=number)).isoformat()
        lines.append(f"{at},{close},{close + 0.1},{close - 0.1},{close}")
    (folder / "prices.csv").write_text("\n".join(lines))
    settings = {"feed": "prices.csv", "timeframe": "1m"}
    return {"venue": "paper", "symbol": "BTC/USDT", "settings": settings}


async def test_a_take_profit_that_the_venue_kept_is_heard_of_and_counted(tmp_path: Path) -> None:
    harness = Harness(permissions=Permissions(workspace=tmp_path))
    provider = bars(tmp_path, [100.0] * 65 + [104.0] * 10 + [100.0] * 30)
    buy = Node(id="buy", type="order.market", config={
        "provider": provider, "side": "buy", "size": 10, "stop_loss": 95, "take_profit": 103,
    })  # fmt: skip
    wait = Node(id="wait", type="order.await", config={
        "provider": provider, "order": "{{ nodes.buy.order }}", "until": "closed",
    })  # fmt: skip

    run = await harness.run(Workflow(name="bot", nodes=(buy, wait)), mode="paper", deployment="bot")

    journal: Any = harness.journal
    counters = (await journal.get_run(run.id)).counters
    assert run.status == "completed", run.error
    assert (counters["trades"], counters["wins"]) == (1.0, 1.0)
    kept = [one.value for one in await harness.exchange.list_records(RecordQuery("fill"))]
    assert [one["side"] for one in kept] == ["buy", "sell"]
    assert await harness.exchange.list_records(RecordQuery("order", open_only=True)) == []


async def test_the_next_run_hears_of_it_too(tmp_path: Path) -> None:
    harness = Harness(permissions=Permissions(workspace=tmp_path))
    provider = bars(tmp_path, [100.0] * 65 + [94.0] * 10 + [100.0] * 30)
    buy = Node(id="buy", type="order.market", config={
        "provider": provider, "side": "buy", "size": 10, "stop_loss": 95,
    })  # fmt: skip
    first = await harness.run(Workflow(name="bot", nodes=(buy,)), mode="paper", deployment="bot")
    harness.clock.advance(1200)

    run = await harness.run(Workflow(name="bot", nodes=(buy,)), mode="paper", deployment="bot")

    journal: Any = harness.journal
    counters = (await journal.get_run(run.id)).counters
    assert (first.status, run.status) == ("completed", "completed"), run.error
    assert counters["trades"] == 1.0
    assert counters["profit"] < -50
    assert counters.get("wins", 0) == 0


async def test_the_kill_switch_takes_the_guards_back_too(tmp_path: Path) -> None:
    harness = Harness(permissions=Permissions(workspace=tmp_path))
    given: dict[str, Any] = {"provider": {"venue": "paper", "symbol": "BTC/USDT"}}
    quote = Node(id="quote", type="market.quote", config=given)
    buys = tuple(
        Node(id=f"buy{n}", type="order.market", config={
            **given, "side": "buy", "size": "0.01",
            "stop_loss": "{{ nodes.quote.bid * 0.8 }}", "take_profit": "{{ nodes.quote.ask * 1.2 }}",
        })
        for n in range(3)
    )  # fmt: skip
    await harness.run(Workflow(name="bot", nodes=(quote, *buys)), mode="paper", deployment="bot")
    switch = Node(id="switch", type="risk.kill_switch", config={**given, "reason": "enough"})
    look = Node(id="look", type="market.positions", config=given, after=("switch",))

    run = await harness.run(Workflow(name="bot", nodes=(switch, look)), mode="paper", deployment="bot")

    assert run.status == "completed", run.error
    assert run.outputs()["switch"]["flat"] is True
    assert run.outputs()["look"]["held"] == 0
    assert await harness.exchange.list_records(RecordQuery("order", open_only=True)) == []


@pytest.mark.parametrize("settings", [{}, {"shorts": False}])
async def test_more_than_is_held_is_not_sold_and_it_says_how_much_there_is(
    tmp_path: Path, settings: dict[str, Any]
) -> None:
    """At a spot market there is no being short, whatever perpetuals of the account may."""
    harness = Harness(permissions=Permissions(workspace=tmp_path))
    provider = {"venue": "paper", "settings": settings}
    sell = Node(
        id="sell", type="order.market",
        config={"provider": provider, "symbol": "BTC/USDT", "side": "sell", "size": "0.01"},
    )  # fmt: skip

    run = await harness.run(Workflow(name="bot", nodes=(sell,)), mode="paper", deployment="bot")

    assert run.error is not None
    assert run.error.type == "insufficient_balance"
    assert (run.error.details["asset"], run.error.details["free"]) == ("BTC", "0")
    assert await harness.exchange.list_records(RecordQuery("order")) == []
    await harness.aclose()
