"""`trigger.stream`: a run for each item that a venue pushes."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.packs.trading.trigger.conftest import Bench
from tests.packs.trading.trigger.pushed_venue import BEGIN
from tests.service.pushing import until
from treadle.authoring.check.file import check_file
from treadle.node import Registry
from treadle.service.execution import ExecutionRequest

pytestmark = pytest.mark.timeout(60)


async def test_each_quote_starts_a_run(bench: Bench) -> None:
    await bench.deploy("trigger.stream", channel="ticker")
    async with bench.listening():
        for number, last in enumerate((100, 101, 102), 1):
            bench.venue.tick(last)
            await bench.fired(number)
        found = await bench.fired(3)

    assert [one["price"] for one in found] == [100, 101, 102]
    assert (found[0]["item"]["bid"], found[0]["item"]["ask"]) == (99, 101)


async def test_trades_come_in_order_and_none_is_left_out(bench: Bench) -> None:
    await bench.deploy("trigger.stream", channel="trades")
    async with bench.listening():
        for number in range(8):
            trade = {"price": Decimal(100 + number), "quantity": Decimal(1), "side": "buy"}
            bench.venue.push({"id": f"t{number}", "at": BEGIN + number // 3, **trade})
        found = await bench.fired(8)

    assert sorted(one["price"] for one in found) == list(range(100, 108))


async def test_closed_candles_go_into_indicators_as_they_are(bench: Bench) -> None:
    provider = '{"provider": "pushed", "symbol": "BTC/USDT", "channel": "candles", "timeframe": "1m"}'
    text = (
        "name: bot\n"
        "nodes:\n"
        f"  - {{id: at, type: trigger.stream, config: {provider}}}\n"
        "  - {id: average, type: indicator.ma, config: {period: 3}}\n"
        "connections: [{from: at.item, to: average.series}]\n"
        'outputs: "{{ nodes.average.value }}"\n'
    )
    checked = check_file(text, bench.deployments.application.registry)
    assert checked.result.valid, checked.result.issues
    await bench.deployments.deploy(checked.workflows[0])
    async with bench.listening():
        bench.venue.close(10, 11, 12, 13)
        await bench.fired(4)

    runs = await bench.deployments.application.list_runs(workflow="bot")
    assert [run.output for run in sorted(runs, key=lambda run: run.fired["at"])] == [None, None, 11, 12]


async def test_the_middle_of_an_order_book_is_its_price(bench: Bench) -> None:
    await bench.deploy("trigger.stream", channel="orderbook")
    async with bench.listening():
        sides = {"bids": [[Decimal(99), Decimal(1)]], "asks": [[Decimal(102), Decimal(1)]]}
        bench.venue.push({"id": "b1", "at": BEGIN, **sides})
        (found,) = await bench.fired(1)

    assert found["price"] == Decimal("100.5")


@pytest.mark.parametrize("channel", ["ticker", "trades", "orderbook", "candles"])
async def test_a_run_by_hand_gets_what_the_venue_says_now(bench: Bench, channel: str) -> None:
    bench.venue.closes.append(100.0)
    timeframe = {"timeframe": "1m"} if channel == "candles" else {}
    workflow = bench.workflow("trigger.stream", channel=channel, **timeframe)

    await bench.deployments.application.execute(ExecutionRequest(workflow))
    (found,) = await bench.fired(1)

    assert (found["error"], found["price"]) == (None, 100)


async def test_pausing_closes_the_stream(bench: Bench) -> None:
    await bench.deploy("trigger.stream", channel="ticker")
    async with bench.listening():
        await bench.deployments.pause("bot")
        await until(lambda: bench.venue.listening == 0)

    assert bench.venue.opened == 1


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ({"channel": "candles"}, "`candles` come in a `timeframe`"),
        ({"channel": "ticker", "timeframe": "1m"}, "`timeframe` says nothing of `ticker`."),
        ({"channel": "news"}, "`channel` of `at` does not fit"),
    ],
)
def test_what_cannot_be_listened_to_is_not_published(config: dict[str, Any], said: str) -> None:
    given = "".join(f", {name}: {value}" for name, value in config.items())
    nodes = f"[{{id: at, type: trigger.stream, config: {{provider: paper, symbol: A/B{given}}}}}]"

    issues = check_file(f"name: bot\nnodes: {nodes}\n", Registry.installed()).result.issues

    assert [issue.message for issue in issues if said in issue.message], issues
