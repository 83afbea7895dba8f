"""Which bar is the last that is over at each moment."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.service.backtests.bars import FROM_EXCHANGE, PROVIDER, backtest, workflow, write_bars
from tests.service.backtests.program.strategies import ACCOUNT, walk
from tests.service.backtests.program.test_parity import told
from treadle.model.workflow import Workflow
from treadle.service.backtests.program.moments import bars_at


def numbers(known: list[int]) -> Any:
    found = bars_at(numpy.array(known, dtype=numpy.int64))
    return list(range(found.start, found.stop)) if isinstance(found, slice) else found.tolist()


@given(st.lists(st.integers(0, 12), max_size=8).map(sorted))
def test_it_is_the_one_before_the_next_that_is_known(known: list[int]) -> None:
    assert numbers(known) == [max(0, one - 1) for one in known]


def test_where_they_follow_each_other_a_view_is_enough() -> None:
    assert bars_at(numpy.array([3, 4, 5])) == slice(2, 5)


def test_a_bar_that_is_met_twice_does_not_make_up_for_one_that_is_passed_by() -> None:
    assert numbers([1, 1, 3]) == [0, 0, 2]


def by_the_half_hour() -> Workflow:
    """Twice in each bar of an hour, and not in the afternoon."""
    return workflow(
        {"id": "when", "type": "trigger.schedule", "config": {"cron": "0,30 1-12 * * *", "timezone": "UTC"}},
        PROVIDER,
        {"id": "held", "type": "market.positions", "config": FROM_EXCHANGE},
        {"id": "quote", "type": "market.quote", "config": FROM_EXCHANGE},
        {"id": "enter", "type": "flow.if",
         "config": {"condition": "nodes.held.quantity == 0 && nodes.quote.last < 100"}},
        {"id": "leave", "type": "flow.if",
         "config": {"condition": "nodes.held.quantity > 0 && nodes.quote.last > 100.2"}},
        {"id": "buy", "type": "order.market", "config": {**FROM_EXCHANGE, "side": "buy", "size": 1}},
        {"id": "sell", "type": "order.close", "config": FROM_EXCHANGE},
        connections=("when.fired_at -> enter.a", "when.fired_at -> leave.a", "enter.true -> buy.trigger",
                     "leave.true -> sell.trigger"),
    )  # fmt: skip


@pytest.mark.slow
async def test_a_schedule_within_bars_comes_to_the_same(tmp_path: Path) -> None:
    file = write_bars(tmp_path, walk(80, seed=1, volatility=0.004))
    # As many moments meet a bar twice as bars are passed by.
    period = {"since": datetime(2024, 1, 1, 6, 59, tzinfo=UTC), "until": datetime(2024, 1, 2, 6, 45, tzinfo=UTC)}

    compiled, engine = [
        await backtest(by_the_half_hour(), file, paper=ACCOUNT, way=way, **period) for way in ("compiled", "engine")
    ]

    assert told(compiled) == told(engine)
    assert compiled.fills
