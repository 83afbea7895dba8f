"""The order nodes beyond a single order."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from tests.packs.trading.orders.trading import LIVE, buy, flow, order, records, sell, trade
from tests.packs.trading.scripted import BTC, Exchange, ScriptedVenue
from treadle.model.workflow import Node
from treadle.packs.trading.venue.refusal import Unsettled, refusal
from treadle.testing import Harness

KEPT = {"keeps_groups": True}


def can(exchange: Exchange, **more: Any) -> None:
    exchange.capabilities = replace(exchange.capabilities, **more)


def by_kind(exchange: Exchange) -> dict[str, str]:
    return {one.kind: one.status for one in exchange.orders.values()}


def fill_kind(exchange: Exchange, kind: str, share: str = "1") -> None:
    (order,) = [one for one in exchange.orders.values() if one.kind == kind and not one.is_final]
    exchange.fill(order.client_id, order.quantity * Decimal(share))


# Stop-loss and take-profit


async def test_a_bracket_of_our_own_is_two_orders_of_one_group(harness: Harness, exchange: Exchange) -> None:
    can(exchange, **KEPT)

    run = await trade(harness, buy("1", stop_loss="48000.04", take_profit="55000.06"))

    assert run.status == "completed", run.error
    entry, stop, target = exchange.orders.values()
    assert (stop.kind, stop.side, stop.quantity, stop.stop_price) == ("stop", "sell", 1, Decimal("48000.1"))
    assert (target.kind, target.side, target.stop_price) == ("take_profit", "sell", Decimal("55000"))
    assert stop.group == target.group == entry.client_id


async def test_a_bracket_that_the_venue_keeps_goes_with_the_order(harness: Harness, exchange: Exchange) -> None:
    can(exchange, keeps_brackets=True)

    await trade(harness, buy("1", stop_loss=48000, take_profit=55000))

    (request,) = exchange.requests.values()
    assert (request.stop_loss, request.take_profit) == (48000, 55000)


async def test_where_nobody_cancels_one_for_the_other_the_price_is_looked_at(
    harness: Harness, exchange: Exchange
) -> None:
    await trade(harness, buy("1", stop_loss=48000, take_profit=55000))
    assert by_kind(exchange) == {"market": "filled", "stop": "open"}
    (entry,) = [one["client_id"] for one in await records(harness, "order") if one["kind"] == "market"]
    exchange.last["BTC/USDT"] = Decimal(55_100)

    run = await trade(harness, order("await", order=entry, until="closed"))

    assert run.status == "completed", run.error
    assert by_kind(exchange) == {"market": "filled", "stop": "cancelled"}
    assert exchange.held["BTC"] == 0


async def test_a_partly_filled_order_is_guarded_as_far_as_it_is_filled(harness: Harness, exchange: Exchange) -> None:
    can(exchange, **KEPT)
    exchange.mishaps = ["half"]
    await trade(harness, order("limit", side="buy", size=1, price=51000, stop_loss=48000))
    assert [one.quantity for one in exchange.orders.values() if one.kind == "stop"] == [Decimal("0.5")]
    (entry,) = [one["client_id"] for one in await records(harness, "order") if one["kind"] == "limit"]
    exchange.fill(entry, Decimal("0.5"))

    await trade(harness, order("await", order=entry))

    stops = [(one.quantity, one.status) for one in exchange.orders.values() if one.kind == "stop"]
    assert stops == [(Decimal("0.5"), "cancelled"), (Decimal(1), "open")]


async def test_what_cannot_be_guarded_is_closed_again(harness: Harness, exchange: Exchange) -> None:
    class Grumpy(Exchange):
        def take(self, request: Any, at: int, **more: Any) -> Any:
            if request.kind == "stop":
                raise refusal("refused", "No stops today.", remedy="Try tomorrow.")
            return super().take(request, at, **more)

    exchange.__class__ = Grumpy

    run = await trade(harness, buy("1", stop_loss=48000))

    assert run.error is not None
    assert (run.error.type, run.error.details["cause"]) == ("not_guarded", "refused")
    assert exchange.held["BTC"] == 0


# One cancels the other


async def test_of_two_orders_the_venue_cancels_one(harness: Harness, exchange: Exchange) -> None:
    can(exchange, **KEPT)
    exchange.held["BTC"] = Decimal(1)

    run = await trade(harness, order("oco", side="sell", size=1, price=55000, stop_price=48000))

    assert run.status == "completed", run.error
    assert len({one.group for one in exchange.orders.values()} - {None}) == 1
    assert by_kind(exchange) == {"limit": "open", "stop": "open"}


async def test_elsewhere_the_next_look_cancels_the_other(harness: Harness, exchange: Exchange) -> None:
    exchange.held["BTC"] = Decimal(1)
    run = await trade(harness, order("oco", side="sell", size=1, price=55000, stop_price=48000))
    fill_kind(exchange, "limit")

    await trade(harness, order("await", order=run.outputs()["order"]["limit"]))
    later = await trade(harness, buy("0.1"))

    assert later.status == "completed"
    assert by_kind(exchange) | {"market": ""} == {"limit": "filled", "stop": "cancelled", "market": ""}


async def test_if_the_second_is_refused_the_first_is_taken_back(harness: Harness, exchange: Exchange) -> None:
    class Grumpy(Exchange):
        def take(self, request: Any, at: int, **more: Any) -> Any:
            if request.kind == "stop":
                raise refusal("insufficient_balance", "All is bound.", remedy="Free some.")
            return super().take(request, at, **more)

    exchange.__class__ = Grumpy
    exchange.held["BTC"] = Decimal(1)

    run = await trade(harness, order("oco", side="sell", size=1, price=55000, stop_price=48000))

    assert run.error is not None
    assert run.error.type == "insufficient_balance"
    assert by_kind(exchange) == {"limit": "cancelled"}


# Close, cancel, modify, await


async def test_a_position_is_closed_with_what_was_bought(harness: Harness, exchange: Exchange) -> None:
    exchange.held["BTC"] = Decimal(5)
    await trade(harness, buy("0.5"), order("limit", id="rest", side="buy", size="0.1", price=40000, after=["order"]))

    run = await trade(harness, order("close"))

    outputs = run.outputs()["order"]
    assert run.status == "completed", run.error
    assert (outputs["filled"], exchange.held["BTC"]) == (Decimal("0.5"), 5)
    assert outputs["profit"] == (Decimal(49995) - Decimal(50005)) / 2 - (Decimal(49995) + Decimal(50005)) / 2000
    assert by_kind(exchange)["limit"] == "cancelled"


async def test_an_order_is_cancelled_and_again_is_the_same(harness: Harness, exchange: Exchange) -> None:
    run = await trade(harness, order("limit", side="buy", size=1, price=40000))
    placed = run.outputs()["order"]["order"]

    runs = [await trade(harness, order("cancel", order=placed)) for _ in range(2)]

    assert [run.outputs()["order"]["cancelled"]["status"] for run in runs] == ["cancelled"] * 2


async def test_an_order_that_was_filled_first_is_too_late_to_cancel(harness: Harness, exchange: Exchange) -> None:
    run = await trade(harness, order("limit", side="buy", size=1, price=40000))
    fill_kind(exchange, "limit")

    cancelled = await trade(harness, order("cancel", order=run.outputs()["order"]["order"]))

    assert cancelled.outputs()["order"]["too_late"]["status"] == "filled"


async def test_all_orders_of_a_symbol_are_cancelled(harness: Harness, exchange: Exchange) -> None:
    await trade(harness, *(order("limit", id=f"n{at}", side="buy", size="0.1", price=40000 + at) for at in range(3)))

    run = await trade(harness, order("cancel"))

    assert len(run.outputs()["order"]["orders"]) == 3
    assert all(one.is_final for one in exchange.orders.values())


async def test_an_order_is_changed_where_it_stands(harness: Harness, exchange: Exchange) -> None:
    run = await trade(harness, order("limit", side="buy", size=1, price=40000))
    placed = run.outputs()["order"]["order"]

    changed = await trade(harness, order("modify", order=placed, price="41000.07", size="0.5"))

    assert changed.status == "completed", changed.error
    (now,) = exchange.orders.values()
    assert (now.price, now.quantity) == (Decimal("41000"), Decimal("0.5"))
    assert changed.outputs()["order"]["adjusted"][0]["rule"] == "tick"


async def test_where_it_cannot_be_changed_another_is_placed_for_the_rest(harness: Harness, exchange: Exchange) -> None:
    can(exchange, modifies=False)
    exchange.mishaps = ["rests"]
    run = await trade(harness, order("limit", side="buy", size=1, price=40000))
    placed = run.outputs()["order"]["order"]
    exchange.fill(placed["client_id"], Decimal("0.25"))

    await trade(harness, order("modify", order=placed, price=41000))

    before, after = exchange.orders.values()
    assert (before.status, after.price, after.quantity) == ("cancelled", 41000, Decimal("0.75"))


async def test_a_stop_loss_is_moved(harness: Harness, exchange: Exchange) -> None:
    can(exchange, **KEPT)
    run = await trade(harness, buy("1", stop_loss=48000))

    moved = await trade(harness, order("modify", order=run.outputs()["order"]["order"], stop_loss=49000))

    assert moved.status == "completed", moved.error
    stops = [(one.stop_price, one.status) for one in exchange.orders.values() if one.kind == "stop"]
    assert stops == [(48000, "cancelled"), (49000, "open")]


async def test_awaiting_suspends_until_the_order_is_filled(harness: Harness, exchange: Exchange) -> None:
    nodes = order("limit", side="buy", size=1, price=40000), order("await", id="wait", order="{{ nodes.order.order }}")
    run = await harness.start(flow(*nodes), **LIVE)
    assert run.status == "suspended"
    fill_kind(exchange, "limit")

    await harness.finish(run)

    assert run.outputs()["wait"]["filled"]["status"] == "filled"


@pytest.mark.parametrize(
    ("share", "at_deadline", "port", "left"),
    [
        ("0", "leave", "timed_out", "open"),
        ("0", "cancel", "cancelled", "cancelled"),
        ("0.5", "cancel", "partly", "cancelled"),
    ],
)  # fmt: skip
async def test_a_deadline_leaves_or_cancels(
    harness: Harness, exchange: Exchange, share: str, at_deadline: str, port: str, left: str
) -> None:
    await trade(harness, order("limit", side="buy", size=1, price=40000))
    (name,) = exchange.orders
    if Decimal(share):
        exchange.fill(name, Decimal(share))

    run = await trade(harness, order("await", order=name, deadline="10m", at_deadline=at_deadline))

    assert run.status == "completed", run.error
    assert port in run.outputs()["order"]
    assert exchange.orders[name].status == left


# Ladder and rebalance


def ladder(**more: Any) -> Node:
    return order("ladder", size="0.01", lower=46000, upper=54000, levels=5, **more)


async def test_a_ladder_buys_below_and_sells_above(harness: Harness, exchange: Exchange) -> None:
    exchange.held["BTC"], exchange.last["BTC/USDT"] = Decimal(1), Decimal("50100")

    run = await trade(harness, ladder())
    again = await trade(harness, ladder())

    assert run.status == "completed", run.error
    assert [(one.side, one.price) for one in exchange.orders.values()] == [
        ("sell", 52000), ("buy", 48000), ("sell", 54000), ("buy", 46000),
    ]  # fmt: skip
    assert (again.outputs()["order"]["placed"], again.outputs()["order"]["cancelled"]) == (0, 0)
    assert len(again.outputs()["order"]["orders"]) == 4


async def test_a_rung_that_was_filled_stands_again_on_the_other_side(harness: Harness, exchange: Exchange) -> None:
    exchange.held["BTC"], exchange.last["BTC/USDT"] = Decimal(1), Decimal("50100")
    await trade(harness, ladder())
    (rung,) = [one.client_id for one in exchange.orders.values() if one.price == 48000]
    exchange.fill(rung, Decimal("0.01"))
    exchange.last["BTC/USDT"] = Decimal("48100")

    run = await trade(harness, ladder())

    assert run.outputs()["order"]["placed"] == 1
    assert (list(exchange.orders.values())[-1].side, list(exchange.orders.values())[-1].price) == ("sell", 50000)


def reached(exchange: Exchange, *rungs: int, last: str) -> None:
    """The price has come to these rungs, and is there now."""
    for price in rungs:
        (name,) = [one.client_id for one in exchange.orders.values() if one.price == price and not one.is_final]
        exchange.fill(name, Decimal("0.01"))
    exchange.last["BTC/USDT"] = Decimal(last)


def standing(exchange: Exchange) -> list[tuple[str, int]]:
    found = [(one.side, int(one.price or 0)) for one in exchange.orders.values() if not one.is_final]
    return sorted(found, key=lambda one: one[1])


async def test_the_rung_that_was_filled_last_is_left_out_wherever_the_price_is(
    harness: Harness, exchange: Exchange
) -> None:
    exchange.held["BTC"], exchange.last["BTC/USDT"] = Decimal(1), Decimal("50100")
    await trade(harness, ladder())
    reached(exchange, 48000, last="49900")  # nearer to the one that was sold last than to the one just bought

    await trade(harness, ladder())
    await trade(harness, ladder())

    assert standing(exchange) == [("buy", 46000), ("sell", 50000), ("sell", 52000), ("sell", 54000)]


async def test_a_price_that_falls_through_rungs_leaves_out_the_lowest(harness: Harness, exchange: Exchange) -> None:
    exchange.held["BTC"], exchange.last["BTC/USDT"] = Decimal(1), Decimal("50100")
    await trade(harness, ladder())
    reached(exchange, 48000, 46000, last="47900")

    await trade(harness, ladder())

    assert standing(exchange) == [("sell", 48000), ("sell", 50000), ("sell", 52000), ("sell", 54000)]


async def test_a_price_that_has_left_the_rung_filled_last_behind_leaves_out_the_nearest(
    harness: Harness, exchange: Exchange
) -> None:
    """Of what could not be placed nothing is filled, and the price goes past it."""
    exchange.last["BTC/USDT"] = Decimal("48100")
    await trade(harness, ladder())
    exchange.last["BTC/USDT"] = Decimal("52500")

    await trade(harness, ladder())

    assert standing(exchange) == [("buy", 46000), ("buy", 48000), ("buy", 50000)]


async def test_a_rung_that_is_refused_does_not_keep_the_others_away(harness: Harness, exchange: Exchange) -> None:
    exchange.last["BTC/USDT"] = Decimal("50100")

    run = await trade(harness, ladder())

    outputs = run.outputs()["order"]
    assert [(one["side"], one["code"]) for one in outputs["refused"]] == [("sell", "insufficient_balance")] * 2
    assert outputs["placed"] == 2


async def test_weights_are_brought_about_and_what_is_sold_pays_for_what_is_bought(
    harness: Harness, exchange: Exchange
) -> None:
    eth = replace(BTC, symbol="ETH/USDT", base="ETH")
    exchange.markets["ETH/USDT"], exchange.last["ETH/USDT"] = eth, Decimal(2_000)
    exchange.spread = Decimal(0)
    exchange.held.update({"USDT": Decimal(1_000), "BTC": Decimal(2), "ETH": Decimal(0)})

    run = await trade(harness, order("rebalance", targets={"ETH/USDT": 50, "BTC/USDT": 50}))
    again = await trade(harness, order("rebalance", targets={"ETH/USDT": 50, "BTC/USDT": 50}))

    assert run.status == "completed", run.error
    assert [one.side for one in exchange.orders.values()] == ["sell", "buy"]
    assert exchange.held["BTC"] == Decimal("1.01")
    assert Decimal("25.1") < exchange.held["ETH"] < Decimal("25.26")
    assert again.outputs()["order"]["orders"] == []
    assert [one["symbol"] for one in again.outputs()["order"]["skipped"]] == ["BTC/USDT", "ETH/USDT"]


@pytest.mark.parametrize("targets", [{"BTC/USDT": 60, "ETH/USDT": 50}, {"BTC/USDT": -5}, {}])
async def test_targets_that_cannot_be_are_refused(
    harness: Harness, exchange: Exchange, targets: dict[str, int]
) -> None:
    run = await trade(harness, order("rebalance", targets=targets))

    assert run.error is not None
    assert run.error.type == "impossible_targets"


# The kill switch


def switch(**config: Any) -> Node:
    given = {"provider": "scripted", "reason": "It has gone mad.", **config}
    return Node(id="switch", type="risk.kill_switch", config=given)


async def test_the_kill_switch_cancels_closes_verifies_and_stays_on(harness: Harness, exchange: Exchange) -> None:
    exchange.held["BTC"] = Decimal(3)
    await trade(harness, buy("0.5"), order("limit", id="rest", side="buy", size=1, price=40000, after=["order"]))

    run = await trade(harness, switch())
    later = await trade(harness, sell("0.1"))

    outputs = run.outputs()["switch"]
    assert run.status == "completed", run.error
    assert (outputs["halted"], outputs["flat"], exchange.held["BTC"]) == (True, True, 3)
    assert (len(outputs["cancelled"]), len(outputs["closed"])) == (1, 1)
    assert later.error is not None
    assert later.error.type == "halted"
    (halt,) = await records(harness, "halt")
    assert (halt["on"], halt["reason"], halt["run"]) == (True, "It has gone mad.", run.id)


async def test_it_goes_on_until_it_is_so(harness: Harness, exchange: Exchange) -> None:
    await trade(harness, buy("0.5"))
    exchange.refuses = [refusal("rate_limited", "Too often.", remedy="Wait.")] * 8
    exchange.mishaps = ["half"]

    run = await trade(harness, switch())

    assert run.status == "completed", run.error
    assert exchange.held["BTC"] == 0


async def test_what_is_not_so_in_time_fails_it_and_the_halt_stays(harness: Harness, exchange: Exchange) -> None:
    await trade(harness, buy("0.5"))
    exchange.refuses = [refusal("market_closed", "Closed.", remedy="Wait.")] * 1000

    run = await trade(harness, switch(within="2m"))

    assert run.error is not None
    assert run.error.type == "not_flat"
    assert (await records(harness, "halt"))[0]["on"] is True


async def test_of_the_whole_account_everything_goes(harness: Harness, exchange: Exchange) -> None:
    exchange.held["BTC"] = Decimal(3)
    can(exchange, has_positions=True)

    run = await trade(harness, switch(scope="account"))

    assert run.outputs()["switch"]["flat"] is True
    assert exchange.held["BTC"] == 0


@pytest.mark.parametrize("knows", [True, False])
async def test_a_short_position_is_closed_whatever_the_limits_say(
    harness: Harness, exchange: Exchange, knows: bool
) -> None:
    exchange.markets["BTC/USDT"] = replace(BTC, kind="perpetual")
    can(exchange, has_positions=True, shorts=True, reduces_only=knows)
    exchange.held["BTC"] = Decimal(-1)
    provider = {"venue": "scripted", "limits": {"max_order_notional": 10, "max_slippage_pct": 1}}

    run = await trade(harness, order("close", provider=provider))

    assert run.status == "completed", run.error
    (request,) = exchange.requests.values()
    assert (request.side, request.quantity, request.reduce_only) == ("buy", 1, knows)
    assert exchange.held["BTC"] == 0


async def test_what_only_reduces_is_not_sent_where_nobody_would_see_to_it(harness: Harness, exchange: Exchange) -> None:
    exchange.held["BTC"] = Decimal(1)
    can(exchange, reduces_only=False)

    sold = await trade(harness, sell("0.5", reduce_only=True))
    bought = await trade(harness, buy("0.5", reduce_only=True))

    assert sold.status == "completed"
    assert bought.error is not None
    assert bought.error.type == "not_supported"


async def test_an_order_is_cancelled_though_the_answer_to_that_is_lost(
    harness: Harness, exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = await trade(harness, order("limit", side="buy", size=1, price=40000))
    told = ScriptedVenue.cancel
    losses = [True] * 5

    async def lossy(venue: ScriptedVenue, symbol: str, client_id: str) -> Any:
        if losses and losses.pop():
            raise Unsettled
        return await told(venue, symbol, client_id)

    monkeypatch.setattr(ScriptedVenue, "cancel", lossy)

    cancelled = await trade(harness, order("cancel", order=run.outputs()["order"]["order"]))

    assert cancelled.outputs()["order"]["cancelled"]["status"] == "cancelled"
