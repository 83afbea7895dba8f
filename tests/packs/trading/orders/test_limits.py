"""A provider's limits: in the order path, and what cannot be told forbids."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from tests.packs.trading.orders.trading import buy, flow, limited, order, sell, trade
from tests.packs.trading.scripted import BTC, Exchange
from treadle.engine.journal import Batch
from treadle.errors import NodeError
from treadle.model.record import Record
from treadle.packs.trading.venue.refusal import refusal
from treadle.testing import Harness
from treadle.testing.harness import TestRun


def rules(run: TestRun) -> list[str]:
    assert run.error is not None
    assert run.error.type == "risk_limit"
    return [one["rule"] for one in run.error.details["rules"]]


async def test_a_position_counts_what_is_held_and_what_is_open(harness: Harness, exchange: Exchange) -> None:
    within = limited(max_position_notional=30_000)
    await trade(harness, buy("0.2", provider=within))
    await trade(harness, order("limit", side="buy", size="0.3", price=45000, provider=within))

    run = await trade(harness, buy("0.2", provider=within))

    assert rules(run) == ["max_position_notional"]
    assert run.error is not None
    assert run.error.details["found"] == "33501.0"


async def test_exposure_is_over_all_symbols(harness: Harness, exchange: Exchange) -> None:
    eth = replace(BTC, symbol="ETH/USDT", base="ETH")
    exchange.markets["ETH/USDT"], exchange.last["ETH/USDT"] = eth, Decimal(2_000)
    within = limited(max_exposure=20_000)
    await trade(harness, order(side="buy", size=5, symbol="ETH/USDT", provider=within))

    assert rules(await trade(harness, buy("0.21", provider=within))) == ["max_exposure"]
    assert (await trade(harness, buy("0.19", provider=within))).status == "completed"


async def test_open_orders_are_counted_over_the_account(harness: Harness, exchange: Exchange) -> None:
    node = order("limit", side="buy", size="0.01", price=40000, provider=limited(max_open_orders=2))
    for bot in ("one", "two"):
        await harness.run(flow(node), mode="live", deployment=bot)

    assert rules(await trade(harness, node)) == ["max_open_orders"]


async def test_orders_of_a_minute_are_counted_and_it_says_when_there_is_room(
    harness: Harness, exchange: Exchange
) -> None:
    node = buy("0.01", provider=limited(max_orders_per_minute=2))
    await trade(harness, node)
    harness.clock.advance(20)
    await trade(harness, node)

    refused = await trade(harness, node)
    assert rules(refused) == ["max_orders_per_minute"]
    harness.clock.advance(41)
    assert (await trade(harness, node)).status == "completed"


async def test_a_day_that_has_cost_too_much_opens_nothing_new_and_lets_out(
    harness: Harness, exchange: Exchange
) -> None:
    within = limited(max_daily_loss=1_000, timezone="America/New_York")
    await trade(harness, buy("1", provider=within))
    exchange.last["BTC/USDT"] = Decimal(49_000)

    assert rules(await trade(harness, buy("0.1", provider=within))) == ["max_daily_loss"]
    assert (await trade(harness, sell("0.5", provider=within))).status == "completed"
    harness.clock.set(harness.clock.now() + timedelta(days=1))
    # A day begins with what was there last.
    assert rules(await trade(harness, buy("0.1", provider=limited(max_drawdown_pct=1)))) == ["max_drawdown_pct"]
    assert (await trade(harness, buy("0.1", provider=within))).status == "completed"


async def test_the_peak_is_that_of_all_runs(harness: Harness, exchange: Exchange) -> None:
    within = limited(max_drawdown_pct=5)
    await trade(harness, buy("1", provider=within))
    exchange.last["BTC/USDT"] = Decimal(60_000)
    await trade(harness, buy("0.1", provider=within))
    exchange.last["BTC/USDT"] = Decimal(54_000)

    run = await trade(harness, buy("0.1", provider=within))

    assert rules(run) == ["max_drawdown_pct"]


async def test_everything_that_forbids_is_told_at_once(harness: Harness, exchange: Exchange) -> None:
    exchange.held["BTC"] = Decimal(1)

    run = await trade(harness, buy("0.5", provider=limited(max_order_notional=10, max_position_notional=10)))

    assert rules(run) == ["max_order_notional", "max_position_notional"]


async def test_what_cannot_be_told_forbids(
    harness: Harness, exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def unknown(*given: object) -> None:
        raise refusal("venue_unreachable", "Nobody answers.", remedy="Wait.")

    monkeypatch.setattr("tests.packs.trading.scripted.ScriptedVenue.account", unknown)

    run = await trade(harness, buy(provider=limited(max_daily_loss=100)))

    assert run.error is not None
    assert (run.error.type, run.error.details["cause"]) == ("risk_limit", "venue_unreachable")
    assert exchange.orders == {}


async def test_a_limit_on_slippage_bounds_every_market_order(harness: Harness, exchange: Exchange) -> None:
    await trade(harness, buy(provider=limited(max_slippage_pct=2)))

    (request,) = exchange.requests.values()
    assert (request.kind, request.time_in_force, request.price) == ("limit", "fok", Decimal("51005.1"))


async def test_a_price_may_be_as_old_as_somebody_says(harness: Harness, exchange: Exchange) -> None:
    exchange.quote_age = 3600

    assert (await trade(harness, buy(provider=limited(max_price_age=None)))).status == "completed"
    assert (await trade(harness, buy(provider=limited(max_price_age="30m")))).status == "failed"


async def test_a_halted_deployment_sends_nothing_until_it_is_reset(harness: Harness, exchange: Exchange) -> None:
    await _halt(harness, on=True)

    run = await trade(harness, buy())
    other = await harness.run(flow(buy()), mode="live", deployment="other")
    await _halt(harness, on=False)
    later = await trade(harness, buy())

    assert run.error is not None
    assert (run.error.type, other.status, later.status) == ("halted", "completed", "completed")
    assert "a person" in run.error.message


async def test_limits_that_nobody_can_read_forbid() -> None:
    from treadle.packs.trading.orders.limits import read_limits

    with pytest.raises(NodeError) as caught:
        read_limits({"max_order_notional": -1, "max_daily_los": 5})

    assert caught.value.code == "unreadable_limits"
    assert "max_daily_los" in caught.value.message


async def _halt(harness: Harness, *, on: bool) -> None:
    value = {"on": on, "reason": "a person said so"}
    await harness.exchange.put_record(
        Record("halt", "bot", value, "deployment:bot", is_open=on), now=harness.clock.now()
    )


async def test_a_switch_that_is_turned_on_while_the_order_is_made_ready_stops_it(
    harness: Harness, exchange: Exchange
) -> None:
    append = harness.journal.append

    async def switching(batch: Batch) -> None:
        if any(put.record.kind == "order" and put.record.value["status"] == "sending" for put in batch.records):
            await _halt(harness, on=True)
        await append(batch)

    harness.journal.append = switching  # type: ignore[method-assign]
    run = await trade(harness, buy())

    assert run.error is not None
    assert run.error.type == "halted"
    assert exchange.orders == {}


async def test_an_order_that_never_arrived_is_not_sent_again_once_the_switch_is_on(
    harness: Harness, exchange: Exchange
) -> None:
    exchange.mishaps = ["lost_before"]
    run = await harness.start(flow(buy()), mode="live", deployment="bot")
    await _halt(harness, on=True)

    await harness.finish(run)

    assert run.error is not None
    assert run.error.type == "halted"
    assert exchange.orders == {}
