"""Limits of one account that several processes trade: what is let through by one is seen by all, or nothing is sent."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from tests.packs.trading.orders.trading import LIVE, buy, flow, limited, order, records, trade
from tests.packs.trading.scripted import Exchange, ScriptedVenue
from treadle.packs.trading.orders import turns
from treadle.packs.trading.venue.refusal import refusal
from treadle.testing import Harness
from treadle.testing.harness import TestRun

HALF = {"provider": limited(max_exposure=30_000)}


def other_process(harness: Harness) -> Harness:
    """On the same store, with nothing else in common."""
    return Harness(journal=harness.journal, clock=harness.clock)


def meanwhile(
    monkeypatch: pytest.MonkeyPatch, call: str, do: Callable[[], Awaitable[Any]], *, times: int = 1, first: bool = False
) -> None:
    """When the venue has been asked `call`, `do` is done before the answer comes; with `first`, before it is asked."""
    asked, left, inside = getattr(ScriptedVenue, call), [times], list[bool]()

    async def asking(self: ScriptedVenue, *given: Any, **more: Any) -> Any:
        answer = None if first else await asked(self, *given, **more)
        if left[0] and not inside:
            left[0] -= 1
            inside.append(True)
            await do()
            inside.clear()
        return await asked(self, *given, **more) if first else answer

    monkeypatch.setattr(ScriptedVenue, call, asking)


def rules(run: TestRun) -> list[str]:
    assert run.error is not None
    assert run.error.type == "risk_limit"
    return [one["rule"] for one in run.error.details["rules"]]


@pytest.mark.parametrize("call", ["account", "quote", "positions"])
@pytest.mark.parametrize(
    ("limits", "rule"),
    [
        ({"max_exposure": 30_000}, "max_exposure"),
        ({"max_position_notional": 30_000}, "max_position_notional"),
        ({"max_open_orders": 1}, "max_open_orders"),
        ({"max_orders_per_minute": 1}, "max_orders_per_minute"),
    ],
)
async def test_an_order_of_another_process_that_comes_in_between_counts(
    harness: Harness, exchange: Exchange, monkeypatch: pytest.MonkeyPatch, call: str, limits: Any, rule: str
) -> None:
    node = order("limit", side="buy", size="0.5", price=45_000, provider=limited(max_order_notional=30_000, **limits))
    other, won = other_process(harness), list[TestRun]()

    async def order_there() -> None:
        won.append(await other.run(flow(node), mode="live", deployment="other"))

    if call == "positions" and rule not in ("max_exposure", "max_position_notional"):
        call = "quote"
    meanwhile(monkeypatch, call, order_there)
    run = await trade(harness, node)

    assert [one.status for one in won] == ["completed"]
    assert rules(run) == [rule]
    assert len(exchange.orders) == 1
    assert len(await records(harness, "order")) == 1


async def test_what_was_filled_there_meanwhile_counts_as_what_is_held(
    harness: Harness, exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    node, other = buy("0.5", **HALF), other_process(harness)
    meanwhile(monkeypatch, "account", lambda: other.run(flow(node), mode="live", deployment="other"))

    assert rules(await trade(harness, node)) == ["max_exposure"]
    assert exchange.held["BTC"] == Decimal("0.5")


async def test_where_there_is_room_for_both_both_are_sent(
    harness: Harness, exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    node, other = buy("0.25", **HALF), other_process(harness)
    meanwhile(monkeypatch, "account", lambda: other.run(flow(node), mode="live", deployment="other"))

    assert (await trade(harness, node)).status == "completed"
    assert exchange.held["BTC"] == Decimal("0.5")


async def test_an_order_that_is_sent_again_takes_a_turn_again(
    harness: Harness, exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its record is an old one, and counts for others as a new one does."""
    exchange.refuses = [refusal("rate_limited", "Too often.", remedy="Wait.")]
    again, other = buy("0.5", retry={"max_attempts": 2, "delay": 60}, **HALF), other_process(harness)
    first = await harness.start(flow(again), **LIVE)
    meanwhile(monkeypatch, "account", lambda: harness.finish(first))

    run = await other.run(flow(buy("0.5", **HALF)), mode="live", deployment="other")

    assert (first.status, rules(run)) == ("completed", ["max_exposure"])
    assert exchange.held["BTC"] == Decimal("0.5")


async def test_who_is_overtaken_all_the_while_sends_nothing(
    harness: Harness, exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "MOST_TRIES", 3)
    other = other_process(harness)
    small = order("limit", side="buy", size="0.001", price=45_000, **HALF)
    meanwhile(monkeypatch, "account", lambda: other.run(flow(small), mode="live", deployment="other"), times=99)

    run = await trade(harness, buy("0.1", **HALF))

    assert run.error is not None
    assert (run.error.type, run.error.details["rule"]) == ("risk_limit", "overtaken")
    assert all(one.quantity == Decimal("0.001") for one in exchange.orders.values())


async def test_without_limits_that_count_others_nobody_takes_turns(harness: Harness, exchange: Exchange) -> None:
    await trade(harness, buy(provider=limited(max_order_notional=30_000)))

    assert await records(harness, "turn") == []


async def test_the_highest_that_another_process_saw_is_not_forgotten(
    harness: Harness, exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    within = {"provider": limited(max_drawdown_pct=5)}
    await trade(harness, buy("1", **within))
    other = other_process(harness)

    async def rise() -> None:
        exchange.last["BTC/USDT"] = Decimal(70_000)
        await other.run(flow(buy("0.001", **within)), mode="live", deployment="other")
        exchange.last["BTC/USDT"] = Decimal(51_000)

    meanwhile(monkeypatch, "account", rise)
    await trade(harness, buy("0.001", **within))

    assert rules(await trade(harness, buy("0.001", **within))) == ["max_drawdown_pct"]


async def test_an_order_that_is_changed_counts_with_what_it_may_become(
    harness: Harness, exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    exchange.capabilities = replace(exchange.capabilities, modifies=True)
    placed = await trade(harness, order("limit", side="buy", size="0.1", price=45_000, **HALF))
    name = placed.outputs()["order"]["order"]["client_id"]
    other, seen = other_process(harness), list[TestRun]()

    async def order_there() -> None:
        node = order("limit", side="buy", size="0.2", price=45_000, **HALF)
        seen.append(await other.run(flow(node), mode="live", deployment="other"))

    meanwhile(monkeypatch, "modify", order_there, first=True)
    change = order("modify", order=name, size="0.5", **HALF)
    changed = await trade(harness, change)

    assert changed.status == "completed"
    assert rules(seen[0]) == ["max_exposure"]
