"""A bot whose paper orders really happened, from its nodes to its figures."""

from __future__ import annotations

from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path

import pytest

from tests.service.bots.dealing import ROUND_TRIP
from treadle.authoring.check.file import check_file
from treadle.model.run import ExecutionResult
from treadle.service.application import Application
from treadle.service.bots.bots import Bots, TradeFilter
from treadle.service.deployments import Deployments
from treadle.service.execution import ExecutionRequest
from treadle.service.settings import Settings

pytest.importorskip("numpy")


@pytest.fixture
async def application(tmp_path: Path) -> AsyncIterator[Application]:
    settings = Settings(db=str(tmp_path / "s.db"), workspace=str(tmp_path), synchronous="OFF")
    async with Application(settings) as application:
        yield application


async def deal(application: Application, side: str) -> ExecutionResult:
    done = await application.execute(ExecutionRequest("round-trip", {"side": side}, deployment="bot"))
    assert done.status == "completed", done.error
    return done


async def test_what_paper_orders_came_to_is_in_the_figures(application: Application) -> None:
    (workflow,) = check_file(ROUND_TRIP, application.registry).workflows
    await Deployments(application).deploy(workflow, name="bot", mode="paper")
    bots = Bots(application)

    bought = await deal(application, "buy")
    (held,) = await bots.positions("bot")
    assert (held.symbol, held.quantity, held.runs) == ("BTC/USDT", Decimal("0.01"), [bought.run_id])
    sold = await deal(application, "sell")

    (trade,) = await bots.trades("bot", TradeFilter(symbol="BTC/USDT"))
    assert (trade.quantity, trade.runs) == (Decimal("0.01"), [bought.run_id, sold.run_id])
    figures = await bots.figures("bot")
    metrics = await Deployments(application).metrics("bot")
    assert (figures.main.trades, figures.open_orders, figures.open_positions) == (1, 0, 0)
    assert float(figures.main.profit) == pytest.approx(metrics.counters["profit"])
    assert metrics.counters["trades"] == 1
    assert {record.value["status"] for record in await bots.orders("bot")} == {"filled"}
    assert figures.equity is not None
    assert figures.equity_currency == "USDT"
    assert (await bots.equity("bot")).account


WATCHING = """\
name: watching
nodes:
  - {id: every, type: trigger.interval, config: {seconds: 3600}}
  - id: first
    type: market.provider
    config: {venue: paper, symbol: BTC/USDT, settings: {market: alpha, balance: {USDT: 400}}, endpoints: [balance]}
    after: [every]
  - id: second
    type: market.provider
    config: {venue: paper, symbol: BTC/USDT, settings: {market: beta, balance: {USDT: 600}}, endpoints: [balance]}
    after: [every]
"""


async def test_what_both_accounts_of_a_bot_are_worth_is_told_once_it_has_looked(application: Application) -> None:
    (workflow,) = check_file(WATCHING, application.registry).workflows
    await Deployments(application).deploy(workflow, name="bot", mode="paper")

    done = await application.execute(ExecutionRequest("watching", {}, deployment="bot"))

    assert done.status == "completed", done.error
    assert {one.value for one in (await Bots(application).equity("bot")).account} == {1000}
