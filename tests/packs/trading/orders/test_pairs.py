"""Two orders that a venue takes as one: both or neither, whatever becomes of the answer."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from tests.packs.trading.orders.trading import LIVE, buy, flow, limited, order, records, trade
from tests.packs.trading.scripted import BTC, Exchange
from treadle.packs.trading.venue.refusal import refusal
from treadle.testing import Harness

OCO: dict[str, Any] = {"side": "sell", "size": 1, "price": 55000, "stop_price": 48000}


@pytest.fixture
def exchange(exchange: Exchange) -> Exchange:
    exchange.capabilities = replace(exchange.capabilities, places_pairs=True)
    exchange.held["BTC"] = Decimal(1)
    return exchange


def statuses(exchange: Exchange) -> dict[str, str]:
    return {one.kind: one.status for one in exchange.orders.values()}


async def test_the_two_are_sent_as_one(harness: Harness, exchange: Exchange) -> None:
    run = await trade(harness, order("oco", **OCO))

    assert run.outputs()["order"]["status"] == "open"
    assert (exchange.calls["place_pair"], exchange.calls["place"]) == (1, 0)
    assert statuses(exchange) == {"limit": "open", "stop": "open"}
    first, second = await records(harness, "order")
    assert first["order_group"] == second["order_group"]
    assert "siblings" not in first


@pytest.mark.parametrize("mishap", ["lost_before", "lost_after", "late"])
async def test_whatever_becomes_of_the_answer_there_are_two(harness: Harness, exchange: Exchange, mishap: Any) -> None:
    exchange.mishaps = [mishap]

    run = await harness.run(flow(order("oco", **OCO)), **LIVE)
    await harness.finish(run)

    assert run.status == "completed", run.error
    assert list(exchange.taken.values()) == [1, 1]
    assert [one["status"] for one in await records(harness, "order")] == ["open", "open"]


async def test_what_is_refused_leaves_neither(harness: Harness, exchange: Exchange) -> None:
    exchange.refuses = [refusal("refused", "The relationship of the prices is not correct.", remedy="Look.")]

    run = await trade(harness, order("oco", **OCO))

    assert run.error is not None
    assert (run.error.type, exchange.orders) == ("refused", {})
    assert [one["status"] for one in await records(harness, "order")] == ["rejected", "rejected"]


async def test_the_limits_count_both(harness: Harness, exchange: Exchange) -> None:
    pair = {**OCO, "side": "buy", "size": "0.1", "price": 45000, "stop_price": 55000}
    one = order("oco", **pair, provider=limited(max_orders_per_minute=1))
    open_one = order("oco", **pair, provider=limited(max_open_orders=1))

    refused = [await trade(harness, node) for node in (one, open_one)]
    fine = await trade(harness, order("oco", **pair, provider=limited(max_orders_per_minute=2, max_open_orders=2)))

    assert [run.error.details["rule"] for run in refused if run.error] == ["max_orders_per_minute", "max_open_orders"]
    assert fine.status == "completed"


async def test_one_that_was_filled_has_ended_the_other(harness: Harness, exchange: Exchange) -> None:
    await trade(harness, order("oco", **OCO))
    (stop,) = [one for one in exchange.orders.values() if one.kind == "stop"]
    exchange.fill(stop.client_id, Decimal(1))

    run = await trade(harness, order("await", order=stop.client_id))

    assert run.status == "completed"
    assert statuses(exchange) == {"limit": "expired", "stop": "filled"}
    assert exchange.calls["cancel"] == 0


async def test_a_market_that_takes_no_pairs_is_dealt_with_one_by_one(harness: Harness, exchange: Exchange) -> None:
    exchange.markets["BTC/USDT"] = replace(BTC, takes_pairs=False)
    exchange.held["BTC"] = Decimal(2)

    await trade(harness, order("oco", **OCO))

    assert (exchange.calls["place_pair"], exchange.calls["place"]) == (0, 2)


# Stop-loss and take-profit


async def test_both_stand_at_the_venue_as_soon_as_something_is_held(harness: Harness, exchange: Exchange) -> None:
    await trade(harness, buy("0.5", stop_loss=48000, take_profit=55000))

    assert statuses(exchange) == {"market": "filled", "stop": "open", "take_profit": "open"}
    assert exchange.calls["place_pair"] == 1


async def test_more_that_is_filled_is_guarded_by_another_pair(harness: Harness, exchange: Exchange) -> None:
    entry = order("limit", side="buy", size="1", price=49000, stop_loss=45000, take_profit=60000)
    run = await trade(harness, entry)
    name = run.outputs()["order"]["order"]["client_id"]
    exchange.fill(name, Decimal("0.4"))
    await trade(harness, order("await", order=name, deadline="1s"))
    exchange.fill(name, Decimal("0.6"))

    await trade(harness, order("await", order=name, deadline="1s"))

    guards = [(one.kind, str(one.quantity), one.status) for one in exchange.orders.values() if one.side == "sell"]
    assert sorted(guards) == [
        ("stop", "0.4", "cancelled"), ("stop", "1", "open"),
        ("take_profit", "0.4", "cancelled"), ("take_profit", "1", "open"),
    ]  # fmt: skip


async def test_a_stop_that_stands_alone_already_is_left_as_it_is(harness: Harness, exchange: Exchange) -> None:
    """Placed before the venue was known to take pairs: the two would bind what is held twice."""
    exchange.capabilities = replace(exchange.capabilities, places_pairs=False)
    run = await trade(harness, buy("0.5", stop_loss=48000, take_profit=55000))
    exchange.capabilities = replace(exchange.capabilities, places_pairs=True)

    await trade(harness, order("await", order=run.outputs()["order"]["order"]["client_id"], deadline="1s"))

    assert statuses(exchange) == {"market": "filled", "stop": "open"}
    assert exchange.calls["place_pair"] == 0


async def test_a_profit_that_is_there_before_its_guards_are_is_taken(harness: Harness, exchange: Exchange) -> None:
    """No venue takes a take-profit that the market has passed."""
    entry = order("limit", side="buy", size="0.5", price=49000, stop_loss=45000, take_profit=60000)
    run = await trade(harness, entry)
    name = run.outputs()["order"]["order"]["client_id"]
    exchange.fill(name, Decimal("0.5"))
    exchange.last["BTC/USDT"] = Decimal(61_000)

    run = await trade(harness, order("await", order=name, until="closed", deadline="1m"))

    assert run.status == "completed", run.error
    assert (exchange.calls["place_pair"], exchange.held["BTC"]) == (0, Decimal(1))


async def test_a_pair_that_is_refused_closes_what_was_traded(harness: Harness, exchange: Exchange) -> None:
    async def no(*given: object) -> None:
        raise refusal("refused", "No.", remedy="Look.")

    exchange.opens = lambda venue: setattr(venue, "place_pair", no) or venue

    run = await trade(harness, buy("0.5", stop_loss=48000, take_profit=55000))

    assert run.error is not None
    assert run.error.type == "not_guarded"
    assert exchange.held["BTC"] == Decimal(1)


async def test_the_kill_switch_cancels_both(harness: Harness, exchange: Exchange) -> None:
    await trade(harness, order("oco", **OCO))

    await trade(harness, order("cancel", symbol="BTC/USDT"))

    assert statuses(exchange) == {"limit": "cancelled", "stop": "cancelled"}


async def test_one_of_two_is_not_changed_alone(harness: Harness, exchange: Exchange) -> None:
    exchange.capabilities = replace(exchange.capabilities, modifies=False)
    run = await trade(harness, order("oco", **OCO))
    name = run.outputs()["order"]["limit"]["client_id"]

    changed = await trade(harness, order("modify", order=name, price=56000))

    assert changed.error is not None
    assert changed.error.type == "not_supported"
    assert statuses(exchange) == {"limit": "open", "stop": "open"}
