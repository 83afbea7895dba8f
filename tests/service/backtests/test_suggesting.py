"""The test that is suggested for a workflow: over all that it asks for, as finely as it looks."""

from __future__ import annotations

import pytest

from treadle.authoring.check.file import check_file
from treadle.node.registry import Registry
from treadle.service.backtests.suggesting import Suggestion, suggest_test

REGISTRY = Registry.installed()
BOT = """\
name: bot
inputs: {{symbols: {{type: array, default: [BTC/USDT, ETH/USDT]}}}}
nodes:
  - {{id: when, type: {trigger}}}
  - {{id: exchange, type: market.provider, config: {{venue: paper, {provider}}}}}
  - {{id: bars, type: market.candles, config: {{{candles}}}}}
  - {{id: buy, type: order.market, config: {{provider: "{{{{ nodes.exchange.provider }}}}", side: buy, size: 0.01}}}}
connections:
  - {{from: exchange.provider, to: bars.provider}}
"""


def suggested(
    trigger: str = "trigger.interval, config: {seconds: 1h}",
    provider: str = "symbol: BTC/USDT",
    candles: str = "timeframe: 1h",
    text: str = BOT,
) -> Suggestion:
    loaded = check_file(text.format(trigger=trigger, provider=provider, candles=candles).encode(), REGISTRY, source="b")
    assert loaded.workflows, loaded.result.issues
    found = suggest_test(loaded.workflows[0], REGISTRY)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("trigger", "candles", "timeframe", "since"),
    [
        ("trigger.interval, config: {seconds: 1h}", "timeframe: 1h", "1h", "90d"),
        ("trigger.interval, config: {seconds: 30m}", "timeframe: 1h", "30m", "30d"),
        ("trigger.interval, config: {seconds: 10s}", "timeframe: 1h", "10s", "6h"),
        ("trigger.interval, config: {seconds: 1h}", "timeframe: 5m", "5m", "90d"),
        ('trigger.schedule, config: {cron: "5 0 * * *"}', "timeframe: 1d", "5m", "90d"),
        ('trigger.schedule, config: {cron: "0 9 * * *"}', "timeframe: 1d", "1h", "90d"),
        ('trigger.schedule, config: {cron: "0 9 * * *", timezone: Asia/Kathmandu}', "timeframe: 1d", "15m", "90d"),
    ],
)
def test_bars_are_as_fine_as_it_looks_and_the_period_as_long_as_runs_are_few(
    trigger: str, candles: str, timeframe: str, since: str
) -> None:
    found = suggested(trigger, candles=candles)

    assert (found.data, found.since) == ((f"simulated:BTC/USDT@{timeframe}",), since)


def test_markets_of_its_inputs_are_among_them() -> None:
    text = (
        BOT.replace("timeframe: 1h", "")
        + """\
  - {{from: when.at, to: exchange.trigger}}
"""
    )
    text = text.replace(
        "connections:",
        """\
  - id: each
    type: flow.loop
    config: {{items: "{{{{ workflow.input.symbols }}}}"}}
    body:
      nodes:
        - id: one
          type: market.quote
          config: {{provider: "{{{{ nodes.exchange.provider }}}}", symbol: "{{{{ loop.item }}}}"}}
connections:""",
    )

    assert suggested(text=text).data == ("simulated:BTC/USDT@1h", "simulated:ETH/USDT@1h")


def test_each_of_several_venues_has_bars_of_its_own() -> None:
    text = BOT.replace(
        "  - {{id: bars",
        """\
  - {{id: other, type: market.provider, config: {{venue: kraken, symbol: BTC/USDT}}}}
  - {{id: bars""",
    )

    found = suggested(provider="symbol: BTC/USDT, settings: {market: alpha}", text=text)

    assert found.data == (
        "alpha:BTC/USDT=simulated-alpha:BTC/USDT@1h",
        "kraken:BTC/USDT=simulated-kraken:BTC/USDT@1h",
    )


@pytest.mark.parametrize(
    ("candles", "why"),
    [
        ("symbol: '{{ nodes.exchange.provider.symbol }}'", "worked out as it runs"),
        ("symbol: PEPE/USDT", "no `PEPE/USDT`"),
    ],
)
def test_what_cannot_be_tested_says_why(candles: str, why: str) -> None:
    found = suggested(candles=candles)

    assert found.data == ()
    assert why in found.why_not


def test_what_would_do_something_outside_says_why() -> None:
    text = BOT.replace(
        "  - {{id: bars",
        """\
  - {{id: ask, type: http.request, config: {{url: "http://127.0.0.1/", method: POST}}}}
  - {{id: bars""",
    )

    assert "`ask` (http.request)" in suggested(text=text).why_not


def test_nothing_is_suggested_for_what_orders_nothing() -> None:
    text = "name: look\nnodes:\n  - {id: when, type: trigger.interval, config: {seconds: 1h}}\n"

    assert suggest_test(check_file(text.encode(), REGISTRY, source="b").workflows[0], REGISTRY) is None
