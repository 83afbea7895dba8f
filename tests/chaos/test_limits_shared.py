"""Several processes trade one account under one limit, all at once: together they do not pass it."""

from __future__ import annotations

import time
from contextlib import ExitStack
from decimal import Decimal
from pathlib import Path

import pytest

from tests.chaos.counting_venue import CountingVenue, list_counting
from tests.chaos.life import application
from tests.chaos.nursery import Nursery
from treadle.model.ids import new_run_id
from treadle.model.record import RecordQuery

PROCESSES, RUNS = 3, 5
LIMIT = Decimal(250)
"""`max_exposure` of `capped`; an order is worth 100."""


@pytest.mark.slow
@pytest.mark.chaos
@pytest.mark.timeout(240)
async def test_processes_side_by_side_do_not_pass_a_limit_together(tmp_path: Path) -> None:
    list_counting()
    database = tmp_path / "store.db"
    with CountingVenue(seed=9, thinks=0.2) as venue, ExitStack() as stack:
        async with application(str(database), drives=False):
            pass  # the file is there, so that all begin at once
        traders = [stack.enter_context(Nursery(database, venue.url)) for _ in range(PROCESSES)]
        at = time.monotonic() + 1
        for trader in traders:
            trader.start([("capped", str(new_run_id()), number) for number in range(RUNS)], kill=False, at=at)
        exits = [trader.wait(seconds=120) for trader in traders]
        exchange = venue.exchange

    async with application(str(database), drives=False) as app:
        runs = await app.list_runs(limit=1_000)
        orders = [one.value for one in await app.store.list_records(RecordQuery("order"))]
        errors = [run.nodes["buy"].error for run in [await app.get_result(one.id) for one in runs]]
    worth = exchange.held["BTC"] * exchange.last["BTC/USDT"]
    assert exits == [0] * PROCESSES
    assert {run.status for run in runs} == {"completed"}
    assert worth <= LIMIT, f"{worth} are held"
    assert len(orders) == len(exchange.orders)
    # There was room for some, and the limit is what stopped the rest.
    assert worth > 0
    assert "risk_limit" in {error.type for error in errors if error is not None}
