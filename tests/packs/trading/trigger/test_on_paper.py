"""The triggers on the paper venue, whose simulated markets move by themselves."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.service.pushing import until
from treadle.authoring.check.file import check_file
from treadle.service.application import Application
from treadle.service.deployments import Deployments
from treadle.service.execution import ExecutionRequest
from treadle.service.settings import Settings

pytestmark = pytest.mark.timeout(60)
EXCHANGE = "{id: exchange, type: market.provider, config: {venue: paper, symbol: BTC/USDT}}"


def opened(folder: Path) -> Application:
    return Application(Settings(db=str(folder / "s.db"), workspace=str(folder), synchronous="NORMAL"))


async def completed(app: Application, count: int) -> list[Any]:
    """The outputs of the bot's runs, once so many have completed."""
    found: list[Any] = []

    async def enough() -> bool:
        runs = await app.list_runs(workflow="bot")
        assert not [run.error for run in runs if run.error is not None]
        found[:] = [run.output for run in runs if run.status == "completed"]
        return len(found) >= count

    await until(enough)
    return found


async def test_a_bot_buys_when_the_price_is_where_it_wants_it(tmp_path: Path) -> None:
    text = (
        f"name: bot\nnodes:\n  - {EXCHANGE}\n"
        "  - {id: reached, type: trigger.price, config: {provider: exchange, operator: '>', price: 1}}\n"
        "  - {id: buy, type: order.market, config: {side: buy, size: 0.001}}\n"
        "connections: [{from: reached.provider, to: buy.provider}]\n"
        'outputs: {status: "{{ nodes.buy.status }}", price: "{{ nodes.reached.price }}"}\n'
    )
    async with opened(tmp_path) as app:
        deployments = Deployments(app)
        async with deployments.listening():
            await deployments.deploy(check_file(text, app.registry).workflows[0], mode="paper")
            (found,) = await completed(app, 1)

    assert found["status"] == "filled"
    assert found["price"] > 1


async def test_a_bot_is_told_each_quote(tmp_path: Path) -> None:
    text = (
        f"name: bot\nnodes:\n  - {EXCHANGE}\n"
        "  - {id: feed, type: trigger.stream, config: {provider: exchange, channel: ticker}}\n"
        'outputs: "{{ nodes.feed.price }}"\n'
    )
    async with opened(tmp_path) as app:
        deployments = Deployments(app)
        async with deployments.listening():
            await deployments.deploy(check_file(text, app.registry).workflows[0], mode="paper")
            prices = await completed(app, 2)

    assert all(price > 1 for price in prices)


@pytest.mark.parametrize(
    "trigger",
    [
        "{type: trigger.price, operator: '<', price: 1}",
        "{type: trigger.indicator, timeframe: 1m, indicator: rsi, operator: '<', threshold: 1}",
        "{type: trigger.stream, channel: candles, timeframe: 1m}",
    ],
)
async def test_a_run_by_hand_needs_no_listener(tmp_path: Path, trigger: str) -> None:
    kind, _, config = trigger.strip("{}").removeprefix("type: ").partition(", ")
    text = (
        f"name: bot\nnodes:\n  - {EXCHANGE}\n  - {{id: at, type: {kind}, config: {{provider: exchange, {config}}}}}\n"
        'outputs: "{{ nodes.at.price }}"\n'
    )
    async with opened(tmp_path) as app:
        result = await app.execute(ExecutionRequest(check_file(text, app.registry).workflows[0], mode="paper"))

    assert (result.error, result.output > 1) == (None, True)
