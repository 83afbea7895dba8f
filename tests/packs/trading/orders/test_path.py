"""The way of an order: once, remembered, never forgotten."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.packs.trading.orders.trading import LIVE, buy, flow, limited, order, records, sell, trade
from tests.packs.trading.scripted import Exchange, Mishap
from treadle.packs.trading.venue.refusal import refusal
from treadle.testing import Harness
from treadle.testing.harness import TestRun


async def counted(harness: Harness, run: TestRun) -> dict[str, float]:
    journal: Any = harness.journal
    return dict((await journal.get_run(run.id)).counters)


async def test_a_market_order_is_filled_and_remembered(harness: Harness, exchange: Exchange) -> None:
    run = await trade(harness, buy("0.5"))

    outputs = run.outputs()["order"]
    assert run.status == "completed", run.error
    assert (outputs["status"], outputs["filled"], outputs["price"]) == ("filled", Decimal("0.5"), Decimal(50005))
    assert outputs["fee"] == Decimal("25.0025")
    (kept,) = await records(harness, "order")
    (fill,) = await records(harness, "fill")
    assert (kept["status"], kept["group"], kept["path"]) == ("filled", "scripted/default", "order")
    assert (fill["client_id"], fill["quantity"], fill["price"]) == (kept["client_id"], "0.5", "50005")


@pytest.mark.parametrize("mishap", ["lost_before", "lost_after", "late", "no_fills", "twice", None])
async def test_whatever_becomes_of_the_answer_it_is_one_order(
    harness: Harness, exchange: Exchange, mishap: Mishap | None
) -> None:
    exchange.mishaps = [mishap]

    run = await trade(harness, buy("0.5"))

    assert run.status == "completed", run.error
    assert run.outputs()["order"]["status"] == "filled"
    assert list(exchange.taken.values()) == [1]
    assert exchange.held["BTC"] == Decimal("0.5")
    assert [one["quantity"] for one in await records(harness, "fill")] == ["0.5"]


async def test_an_order_whose_end_is_not_known_is_asked_for_and_never_failed(
    harness: Harness, exchange: Exchange
) -> None:
    exchange.mishaps, exchange.silent = ["lost_after"], 40

    run = await harness.start(flow(buy()), **LIVE)
    (kept,) = await records(harness, "order")
    assert (run.status, kept["status"]) == ("suspended", "unknown")

    await harness.finish(run)
    assert run.status == "completed", run.error
    assert exchange.asked == 41
    assert list(exchange.taken.values()) == [1]


async def test_an_order_that_is_refused_is_placed_by_the_next_attempt(harness: Harness, exchange: Exchange) -> None:
    exchange.refuses = [refusal("rate_limited", "Too often.", remedy="Wait.")]

    run = await trade(harness, buy(retry={"max_attempts": 2, "delay": 0.1}))

    assert run.status == "completed", run.error
    assert list(exchange.taken.values()) == [1]
    assert [one["status"] for one in await records(harness, "order")] == ["filled"]


async def test_profit_trades_and_wins_are_counted_when_a_position_is_reduced(
    harness: Harness, exchange: Exchange
) -> None:
    await trade(harness, buy("1"))
    exchange.last["BTC/USDT"] = Decimal(51_000)

    run = await trade(harness, sell("0.4"))

    gross = (Decimal(50995) - Decimal(50005)) * Decimal("0.4")
    fees = (Decimal(50005) + Decimal(50995)) * Decimal("0.001") * Decimal("0.4")
    assert Decimal((await records(harness, "fill"))[1]["profit"]) == gross - fees
    assert await counted(harness, run) == {"profit": float(gross - fees), "trades": 1.0, "wins": 1.0}


async def test_what_rested_and_was_filled_meanwhile_counts_in_the_run_that_hears_of_it(
    harness: Harness, exchange: Exchange
) -> None:
    await trade(harness, buy("1"))
    run = await trade(harness, order("limit", side="sell", size="0.5", price=52000))
    (resting,) = [one["client_id"] for one in await records(harness, "order") if one["status"] == "open"]
    exchange.fill(resting, Decimal("0.5"))

    later = await trade(harness, sell("0.1"))

    assert await counted(harness, run) == {}
    assert (await counted(harness, later))["trades"] == 2.0
    assert [one["status"] for one in await records(harness, "order")] == ["filled"] * 3


async def test_what_the_market_rules_changed_is_told(harness: Harness, exchange: Exchange) -> None:
    run = await trade(harness, order("limit", side="buy", size="0.12345", price="40000.17"))

    outputs = run.outputs()["order"]
    assert run.status == "completed", run.error
    assert [(one["field"], one["asked"], one["given"], one["rule"]) for one in outputs["adjusted"]] == [
        ("quantity", "0.12345", "0.123", "lot"),
        ("price", "40000.17", "40000.1", "tick"),
    ]
    assert outputs["resting"]["price"] == Decimal("40000.1")


@pytest.mark.parametrize(
    ("side", "size", "size_in", "filled"),
    [
        ("buy", 10_000, "quote", "0.199"),
        ("buy", 50, "percent", "0.998"),
        ("sell", 50, "percent", "1"),
        ("sell", "0.25", "base", "0.25"),
    ],
)
async def test_a_size_is_of_what_it_says(
    harness: Harness, exchange: Exchange, side: str, size: Any, size_in: str, filled: str
) -> None:
    exchange.held["BTC"] = Decimal(2)

    run = await trade(harness, order(side=side, size=size, size_in=size_in))

    assert run.outputs()["order"]["filled"] == Decimal(filled)


async def test_a_rule_of_the_market_is_asked_for_once_and_the_price_once_an_order(
    harness: Harness, exchange: Exchange
) -> None:
    await trade(harness, buy())

    assert dict(exchange.calls) == {"quote": 1, "account": 1, "place": 1}


async def test_orders_side_by_side_do_not_pass_a_limit_together(harness: Harness, exchange: Exchange) -> None:
    nodes = [buy("0.1", id=f"buy{n}", provider=limited(max_position_notional=11_000), on_error="continue")
             for n in range(4)]  # fmt: skip

    await trade(harness, *nodes)

    assert exchange.held["BTC"] in (
        Decimal("0.1"),
        Decimal("0.2"),
    )  # one on its way may be seen twice, never not at all


async def test_an_order_in_doubt_holds_up_others_in_its_symbol(harness: Harness, exchange: Exchange) -> None:
    exchange.mishaps, exchange.silent = ["lost_after"], 100
    await harness.start(flow(buy(id="first")), **LIVE)

    run = await trade(harness, buy(id="second"))

    assert run.error is not None
    assert (run.error.type, run.error.details["rule"]) == ("risk_limit", "unsettled_order")
    assert len(exchange.taken) == 1
