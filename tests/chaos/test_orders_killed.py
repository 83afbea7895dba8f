"""Processes that trade are killed at random, again and again; the venue, which is not, counts their orders."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from pathlib import Path

import pytest

from tests.chaos.counting_venue import CountingVenue, list_counting
from tests.chaos.life import application
from tests.chaos.nursery import Nursery
from treadle.model.ids import new_run_id
from treadle.model.record import RecordQuery

KILLS = 24
RUNS_A_LIFE = 3


@pytest.mark.slow
@pytest.mark.chaos
@pytest.mark.timeout(240)
async def test_killed_traders_double_no_order_and_forget_none(tmp_path: Path) -> None:
    list_counting()
    chance, database = random.Random(20), tmp_path / "store.db"
    with CountingVenue(seed=5) as venue, Nursery(database, venue.url) as nursery:
        for _ in range(KILLS):
            runs = [("trader", str(new_run_id()), at) for at in range(RUNS_A_LIFE)]
            nursery.start(runs)
            await asyncio.sleep(chance.choice([0.1, 0.2, 0.3, 0.4, 0.6]))
            nursery.kill()
            venue.wait_until_idle()
        nursery.start(kill=False)
        assert nursery.wait(seconds=150) == 0
        exchange = venue.exchange

    async with application(str(database), drives=False) as app:
        runs_there = {run.id: run.status for run in await app.list_runs(limit=10_000)}
        orders = {one.key: one.value for one in await app.store.list_records(RecordQuery("order"))}
        fills = [one.value["id"] for one in await app.store.list_records(RecordQuery("fill"))]
    assert nursery.accepted <= set(runs_there)
    assert len(runs_there) > KILLS
    assert set(runs_there.values()) == {"completed"}
    assert max(exchange.taken.values()) == 1
    assert len(exchange.orders) == 2 * len(runs_there)
    assert set(exchange.orders) == set(orders)
    assert {one["status"] for one in orders.values()} == {"filled"}
    assert sorted(fills) == sorted(one.id for one in exchange.trades)
    # The kills met something: runs were taken up again, and asked what had become of their orders.
    assert len(nursery.resumed) > KILLS / 2
    assert exchange.asked > 0


@pytest.mark.slow
@pytest.mark.chaos
@pytest.mark.timeout(240)
async def test_killed_traders_leave_both_guards_of_what_they_bought(tmp_path: Path) -> None:
    """Two orders that are sent as one, under limits that are shared: both are there once, of each purchase."""
    list_counting()
    chance, database = random.Random(31), tmp_path / "store.db"
    with CountingVenue(seed=8) as venue, Nursery(database, venue.url) as nursery:
        for _ in range(KILLS // 2):
            nursery.start([("guarded", str(new_run_id()), at) for at in range(RUNS_A_LIFE)])
            await asyncio.sleep(chance.choice([0.1, 0.2, 0.3, 0.4, 0.6]))
            nursery.kill()
            venue.wait_until_idle()
        nursery.start(kill=False)
        assert nursery.wait(seconds=150) == 0
        exchange = venue.exchange

    async with application(str(database), drives=False) as app:
        runs_there = {run.id: run.status for run in await app.list_runs(limit=10_000)}
        kept = {one.key: one.value for one in await app.store.list_records(RecordQuery("order"))}
        told = [(await app.get_result(one)).error for one, status in runs_there.items() if status == "failed"]
    assert told == []
    assert set(exchange.taken.values()) == {1}
    assert set(exchange.orders) == set(kept)
    groups = Counter(one.group for one in exchange.orders.values() if one.group is not None)
    assert set(groups.values()) == {2}
    assert len(groups) == len(runs_there)
    assert Counter(one["status"] for one in kept.values()) == {"filled": len(groups), "open": 2 * len(groups)}
    assert len(nursery.resumed) > KILLS / 4
    assert exchange.asked > 0
