"""The order path, crashed before and after every call it makes to the outside, for each thing that a venue may do.

No order is doubled, none is forgotten, and what is on record is what the venue has. 500 rounds in one process.
"""

from __future__ import annotations

import inspect
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any, cast

import pytest

from tests.lacking import skip_for_lack
from tests.packs.trading.orders.trading import LIVE, flow, order, records
from tests.packs.trading.scripted import Exchange, Mishap, listed
from treadle.model.workflow import Workflow
from treadle.packs.trading.accounting import account
from treadle.packs.trading.orders.record import read_fill
from treadle.packs.trading.venue.refusal import refusal
from treadle.testing import Harness
from treadle.testing.crash import CRASH_POINTS, Crash, SimulatedCrash

# On one worker, so that the rounds are counted together.
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("orders_crashed")]

STATES: dict[str, list[Mishap | None]] = {
    "accepted": [None],
    "rejected": ["rejected"],
    "partly filled": ["half"],
    "answer lost before it arrives": ["lost_before"],
    "answer lost after it arrived": ["lost_after"],
    "arrives late": ["late"],
    "fills not told": ["no_fills"],
    "fills told twice": ["twice"],
    "first refused, then lost": [],
    "all lost, one after another": ["lost_before", "lost_after", "lost_before", "lost_after"],
}
_LASTING = frozenset({"place", "place_pair", "cancel", "append"})
"""After what happens elsewhere, or is committed; after anything else is before the next call."""
_WATCHED = frozenset({
    "append", "put_record", "find_record", "list_records", "place", "place_pair", "fetch", "cancel", "open_orders",
    "fills",
})  # fmt: skip


_COUNTED: Counter[str] = Counter()


class Doom:
    """Dies once, before or after the `nth` call to the outside; 0 is never. Dead, it stays dead."""

    def __init__(self, nth: int = 0, *, after: bool = False) -> None:
        self.left, self.after, self.fired = nth, after, False
        self.seen = {False: 0, True: 0}

    def step(self, *, after: bool) -> None:
        if self.fired:
            raise SimulatedCrash("The process is dead.")
        self.seen[after] += 1
        if after == self.after and self.seen[after] == self.left:
            self.fired = True
            raise SimulatedCrash(f"call {self.left}")


class Watched:
    """Something outside, each call of which may be the last."""

    def __init__(self, inner: Any, doom: list[Doom]) -> None:
        self._inner, self._doom = inner, doom

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._inner, name)
        if name not in _WATCHED or not inspect.iscoroutinefunction(method):
            return method

        async def call(*given: Any, **more: Any) -> Any:
            doom = self._doom[-1]
            if name == "append" and not given[0].records and not doom.fired:
                return await method(*given, **more)  # the points of the engine are tried below
            doom.step(after=False)
            answer = await method(*given, **more)
            if name in _LASTING:
                doom.step(after=True)
            return answer

        return call


def strategy() -> Workflow:
    """Buy with a stop-loss of our own, sell half of it, wait for it."""
    return flow(
        order(id="buy", side="buy", size="0.5", stop_loss=40000, retry={"max_attempts": 2, "delay": 0.1}),
        order("limit", id="sell", side="sell", size="0.2", price=49000, after=["cut"]),
        order("modify", id="cut", order="{{ nodes.buy.order }}", stop_loss=41000),
        order("await", id="wait", order="{{ nodes.sell.order }}", deadline="10m", at_deadline="cancel"),
    )


class Round:
    def __init__(self, state: str, *, tells_twice: bool = False, silent: int = 0) -> None:
        self.exchange = Exchange(mishaps=list(STATES[state]), tells_twice=tells_twice, silent=silent)
        self.exchange.held["BTC"] = Decimal(5)
        self.exchange.capabilities = replace(self.exchange.capabilities, keeps_groups=True)
        if state.startswith("first refused"):
            self.exchange.refuses = [refusal("rate_limited", "Too often.", remedy="Wait.")]
            self.exchange.mishaps = [None, "lost_after"]
        self.dooms = [Doom()]
        self.exchange.opens = lambda venue: Watched(venue, self.dooms)
        self.harness = Harness()
        exchange, journal = self.harness.exchange, self.harness.journal
        self.harness.exchange = cast(Any, Watched(exchange, self.dooms))
        self.harness.journal = cast(Any, Watched(journal, self.dooms))

    async def drive(self, doom: Doom, crash: Crash | None = None, *, again: Doom | None = None) -> Any:
        self.dooms.append(doom)
        run = self.harness.prepare(strategy(), **LIVE)
        await self.harness.drive(run, crash=crash)
        await self.harness.finish(run, crash=crash)
        for next_doom in (again, Doom()):
            if next_doom is not None and run.crashed:
                self.dooms.append(next_doom)
                await self.harness.recover(run)
        return run

    async def check(self, run: Any) -> None:
        """What has to be so, whatever happened."""
        _COUNTED["rounds"] += 1
        self.dooms.append(Doom())
        exchange = self.exchange
        orders = {one["client_id"]: one for one in await records(self.harness, "order")}
        fills = await records(self.harness, "fill")
        assert not run.crashed
        assert run.status in ("completed", "failed"), run.status
        assert max(exchange.taken.values(), default=0) <= 1, "an order was doubled"
        assert set(exchange.orders) <= set(orders), "an order is on no record"
        for name, there in exchange.orders.items():
            kept = orders[name]
            if there.is_final or kept["status"] in ("sending", "unknown"):
                assert (kept["status"], Decimal(kept["filled"])) == (there.status, there.filled)
        assert Counter(one["id"] for one in fills) == Counter(one.id for one in exchange.trades)
        if run.status == "completed":
            assert sum(1 for one in exchange.orders.values() if one.side == "buy" and one.filled) == 1
            assert sum(1 for one in exchange.orders.values() if one.kind == "limit") == 1
            held = account(read_fill(one) for one in fills)["BTC/USDT"]
            journal: Any = self.harness.journal
            counters = (await journal.get_run(run.id)).counters
            assert counters.get("profit", 0.0) == pytest.approx(float(held.profit), abs=1e-9)
            assert counters.get("trades", 0) == sum(1 for one in exchange.orders.values()
                                                    if one.side == "sell" and one.filled)  # fmt: skip


def rounds() -> Iterator[tuple[str, bool, int]]:
    for state in STATES:
        yield state, False, 0
    yield "partly filled", True, 0
    yield "answer lost after it arrived", True, 3


@pytest.mark.parametrize(("state", "tells_twice", "silent"), list(rounds()))
async def test_a_crash_at_any_call_doubles_nothing_and_forgets_nothing(
    state: str, tells_twice: bool, silent: int
) -> None:
    whole = Round(state, tells_twice=tells_twice, silent=silent)
    with listed(whole.exchange):
        doom = Doom()
        run = await whole.drive(doom)
        await whole.check(run)
    for after in (False, True):
        assert doom.seen[after] > 0
        for nth in range(1, doom.seen[after] + 1):
            one = Round(state, tells_twice=tells_twice, silent=silent)
            with listed(one.exchange):
                deadly = Doom(nth, after=after)
                # The life after it may end early, too.
                second = Doom(1 + nth % 7) if nth % 3 == 0 else None
                run = await one.drive(deadly, again=second)
                assert deadly.fired
                await one.check(run)


@pytest.mark.parametrize("state", list(STATES))
async def test_a_crash_at_any_point_of_the_engine_doubles_nothing_and_forgets_nothing(state: str) -> None:
    for path in ("buy", "sell", "wait"):
        for point in CRASH_POINTS:
            one = Round(state)
            with listed(one.exchange):
                run = await one.drive(Doom(), Crash(point, path))
                await one.check(run)


async def test_there_were_500_rounds() -> None:
    if _COUNTED["rounds"] < 100:
        skip_for_lack("the other tests of this file were not asked for")
    assert _COUNTED["rounds"] >= 500
