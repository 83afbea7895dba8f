"""Orders that are sent two at a time, crashed before and after every call to the outside, for what a venue may do.

Of no pair is there one, none is doubled, none forgotten, and what is on record is what the venue has.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from decimal import Decimal

import pytest

from tests.chaos.test_orders_crashed import Doom, Watched
from tests.packs.trading.orders.trading import LIVE, flow, limited, order, records
from tests.packs.trading.scripted import Exchange, Mishap, listed
from treadle.model.workflow import Workflow
from treadle.packs.trading.venue.refusal import refusal
from treadle.testing import Harness
from treadle.testing.crash import CRASH_POINTS, Crash
from treadle.testing.harness import TestRun

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("pairs_crashed")]

STATES: dict[str, list[Mishap | None]] = {
    "accepted": [],
    "guards lost before they arrive": [None, "lost_before"],
    "guards lost after they arrived": [None, "lost_after"],
    "guards late": [None, "late"],
    "all lost": ["lost_after", "lost_before", "lost_after", "lost_after", "lost_before"],
    "first refused": [],
}


LIMITS = {"max_exposure": 1_000_000, "max_orders_per_minute": 9, "max_open_orders": 9, "max_drawdown_pct": 50}
"""Each of them is looked at, and none is in the way: the orders go on record in turn."""


def strategy() -> Workflow:
    """Buy with a stop-loss and a take-profit; leave two more that cancel each other."""
    within = {"provider": limited(**LIMITS)}
    return flow(
        order(
            id="buy", side="buy", size="0.5", stop_loss=40000, take_profit=60000,
            retry={"max_attempts": 2, "delay": 0.1}, **within,
        ),
        order("oco", id="two", side="sell", size="0.2", price=61000, stop_price=39000, after=["buy"], **within),
    )  # fmt: skip


class Round:
    def __init__(self, state: str) -> None:
        self.exchange = Exchange(mishaps=list(STATES[state]))
        self.exchange.held["BTC"] = Decimal(5)
        self.exchange.capabilities = replace(self.exchange.capabilities, places_pairs=True)
        if state == "first refused":
            self.exchange.refuses = [refusal("rate_limited", "Too often.", remedy="Wait.")]
        self.dooms = [Doom()]
        self.exchange.opens = lambda venue: Watched(venue, self.dooms)
        self.harness = Harness()
        exchange, journal = self.harness.exchange, self.harness.journal
        self.harness.exchange = Watched(exchange, self.dooms)  # type: ignore[assignment]
        self.harness.journal = Watched(journal, self.dooms)  # type: ignore[assignment]

    async def drive(self, doom: Doom, crash: Crash | None = None, *, again: Doom | None = None) -> TestRun:
        self.dooms.append(doom)
        run = self.harness.prepare(strategy(), **LIVE)
        await self.harness.drive(run, crash=crash)
        await self.harness.finish(run, crash=crash)
        for next_doom in (again, Doom()):
            if next_doom is not None and run.crashed:
                self.dooms.append(next_doom)
                await self.harness.recover(run)
        return run

    async def check(self, run: TestRun) -> None:
        self.dooms.append(Doom())
        exchange = self.exchange
        orders = {one["client_id"]: one for one in await records(self.harness, "order")}
        assert run.status == "completed", run.error
        assert set(exchange.taken.values()) == {1}, "an order was doubled"
        assert set(exchange.orders) == set(orders), "an order is on no record, or was never sent"
        assert {name: one["status"] for name, one in orders.items()} == {
            name: one.status for name, one in exchange.orders.items()
        }
        assert Counter(one.kind for one in exchange.orders.values()) == {
            "market": 1, "stop": 2, "take_profit": 1, "limit": 1,
        }  # fmt: skip
        assert [one.status for one in exchange.orders.values() if one.kind != "market"] == ["open"] * 4
        groups = Counter(one.group for one in exchange.orders.values() if one.group is not None)
        assert sorted(groups.values()) == [2, 2]
        assert all("pledged" not in one for one in orders.values())
        assert len(await records(self.harness, "fill")) == len(exchange.trades) == 1


@pytest.mark.parametrize("state", list(STATES))
async def test_a_crash_at_any_call_leaves_both_of_every_pair(state: str) -> None:
    whole = Round(state)
    with listed(whole.exchange):
        doom = Doom()
        await whole.check(await whole.drive(doom))
    for after in (False, True):
        assert doom.seen[after] > 0
        for nth in range(1, doom.seen[after] + 1):
            one, deadly = Round(state), Doom(nth, after=after)
            with listed(one.exchange):
                # The life after it may end early, too.
                run = await one.drive(deadly, again=Doom(1 + nth % 7) if nth % 3 == 0 else None)
                assert deadly.fired
                await one.check(run)


@pytest.mark.parametrize("state", list(STATES))
async def test_a_crash_at_any_point_of_the_engine_leaves_both_of_every_pair(state: str) -> None:
    for path in ("buy", "two"):
        for point in CRASH_POINTS:
            one = Round(state)
            with listed(one.exchange):
                await one.check(await one.drive(Doom(), Crash(point, path)))
