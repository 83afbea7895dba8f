"""`risk`, and confirming what runs live: the switch and the words on the command line."""

from __future__ import annotations

import asyncio
import json

import pytest

from tests.cli.conftest import Treadle
from treadle.service.application import Application
from treadle.service.execution import ExecutionRequest
from treadle.service.settings import Settings

TICKING = """\
name: ticking
nodes: [{id: every, type: trigger.interval, config: {seconds: 3600}}]
"""


@pytest.fixture
def ticking(treadle: Treadle) -> Treadle:
    treadle("deploy", treadle.write("ticking.yaml", TICKING))
    return treadle


def test_the_switch_is_turned_on_shown_and_reset(ticking: Treadle) -> None:
    on = ticking("risk", "halt", "ticking", "--reason", "the feed is [wrong]")
    shown = ticking("deployments")
    off = ticking("risk", "reset", "ticking")

    assert (on.code, shown.code, off.code) == (0, 0, 0)
    assert "halted by local" in on.out
    assert "the feed is [wrong]" in shown.out
    assert "not halted; reset by local" in off.out


def test_the_switch_as_json(ticking: Treadle) -> None:
    ticking("risk", "halt", "ticking", "-m", "because")

    ran = ticking("risk", "show", "ticking", "--json")

    found = json.loads(ran.out)
    assert (found["deployment"], found["on"], found["reason"], found["by"]) == ("ticking", True, "because", "local")


def test_without_a_reason_nothing_is_halted(ticking: Treadle) -> None:
    assert ticking("risk", "halt", "ticking").code == 2
    assert ticking("risk", "halt", "ticking", "--reason", " ").code == 2
    assert "not halted" in ticking("risk", "show", "ticking").out


def test_resetting_what_is_not_halted_is_refused(ticking: Treadle) -> None:
    ran = ticking("risk", "reset", "ticking")

    assert ran.code == 2
    assert "is off" in ran.err


BOT = """\
name: bot
nodes:
  - {id: every, type: trigger.interval, config: {seconds: 3600}}
  - id: exchange
    type: market.provider
    config: {venue: binance, profile: main, symbol: BTC/USDT, limits: {max_order_notional: 500}}
  - {id: buy, type: order.market, config: {provider: "{{ nodes.exchange.provider }}", side: buy, size: 1}}
"""


def test_what_trades_live_is_deployed_with_the_words_that_confirm_it(treadle: Treadle) -> None:
    file = treadle.write("bot.yaml", BOT)

    refused = treadle("deploy", file, "--mode", "live")
    made = treadle("deploy", file, "--confirm", "main max_order_notional=500")
    treadle("pause", "bot")
    unsaid = treadle("start", "bot")
    started = treadle("start", "bot", "--confirm", "main max_order_notional=500")

    assert (refused.code, made.code, unsaid.code, started.code) == (2, 0, 2, 0)
    assert "(`--confirm`): main max_order_notional=500" in " ".join(refused.err.split())
    assert "`--confirm`" in unsaid.err


def test_what_trades_live_is_run_with_the_words_that_confirm_it(treadle: Treadle) -> None:
    ran = treadle("run", treadle.write("bot.yaml", BOT))

    assert ran.code == 2
    assert "`--confirm`" in ran.err


TRADING = """\
name: trading
nodes:
  - {id: exchange, type: market.provider, config: {venue: paper, symbol: BTC/USDT}}
  - {id: buy, type: order.market, config: {provider: "{{ nodes.exchange.provider }}", side: buy, size: 0.01}}
"""


async def trade(treadle: Treadle) -> None:
    """One run of the deployment."""
    settings = Settings(db=str(treadle.folder / ".treadle" / "treadle.db"), workspace=str(treadle.folder))
    async with Application(settings) as application:
        done = await application.execute(ExecutionRequest("trading", deployment="trading", mode="paper"))
        assert done.status == "completed", done.error


def test_what_a_bot_holds_is_closed_before_the_command_ends(treadle: Treadle) -> None:
    treadle("deploy", treadle.write("trading.yaml", TRADING), "--every", "1h", "--mode", "paper")
    asyncio.run(trade(treadle))

    ran = treadle("risk", "halt", "trading", "-m", "enough", "--json")

    assert ran.code == 0, ran.err
    assert ran.json["flattening"] is not None
    assert ran.json["flat"] is True
    assert ran.json["left"] == []


def test_what_is_open_may_stay_open(ticking: Treadle) -> None:
    ran = ticking("risk", "halt", "ticking", "-m", "because", "--leave-open")

    assert ran.code == 0
    assert "What is open stays open." in ran.out


def test_what_was_sold_of_an_inventory_is_told_and_not_bought_back(treadle: Treadle) -> None:
    selling = TRADING.replace("symbol: BTC/USDT}", "symbol: BTC/USDT, settings: {balance: {BTC: 1, USDT: 0}}}")
    treadle("deploy", treadle.write("trading.yaml", selling.replace("side: buy", "side: sell")), "--every", "1h")
    asyncio.run(trade(treadle))

    ran = treadle("risk", "halt", "trading", "-m", "enough")

    assert ran.code == 0, ran.err
    assert "sold of what was there before: -0.01 BTC/USDT (paper/trading)" in ran.out
