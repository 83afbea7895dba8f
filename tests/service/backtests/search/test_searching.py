"""A test and what is asked for beside it, in one call."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.service.backtests.bars import buys_low_sells_high
from tests.service.backtests.search.formulas import REGISTRY, grid, over_bars, request
from treadle.errors import InvalidWorkflow
from treadle.service.backtests.search.request import MonteCarlo, Search, Sweep, WalkForward
from treadle.service.backtests.search.searching import check_search, search
from treadle.service.settings import Settings

CLOSES = [100, 93, 97, 106, 99, 92, 94, 108, 101, 90, 94, 107, 100, 98]


async def test_of_a_sweep_the_best_is_tested_whole_and_drawn_from(tmp_path: Path) -> None:
    wanted = Search(Sweep((grid("low.threshold", 92, 95),), metric="ended_with"), monte_carlo=MonteCarlo(20))
    heard: list[float] = []

    found = await search(
        over_bars(tmp_path, buys_low_sells_high(), CLOSES), wanted, Settings(), REGISTRY, progress=heard.append
    )

    assert found.sweep is not None
    assert found.tested is not None
    assert found.monte_carlo is not None
    best = found.sweep.best_row()
    assert best is not None
    assert found.tested.figures() == best.figures
    low = found.request.workflow.find_node("low")
    assert low is not None
    assert low.config["threshold"] == best.values["low.threshold"]
    assert heard == sorted(heard)
    assert set(found.to_dict()) == {"sweep", "monte_carlo", "backtest"}


async def test_without_a_search_it_is_the_test_that_was_asked_for(tmp_path: Path) -> None:
    found = await search(over_bars(tmp_path, buys_low_sells_high(), CLOSES), Search(), Settings(), REGISTRY)

    assert found.tested is not None
    assert set(found.to_dict()) == {"backtest"}


async def test_where_no_variant_is_best_nothing_is_drawn(tmp_path: Path) -> None:
    """Nothing is bought below 1, so there is no mean of what was won."""
    wanted = Search(Sweep((grid("low.threshold", 1, 1),), metric="mean_win"), monte_carlo=MonteCarlo(20))

    with pytest.raises(InvalidWorkflow) as error:
        await search(over_bars(tmp_path, buys_low_sells_high(), CLOSES), wanted, Settings(), REGISTRY)

    assert error.value.code == "nothing_to_draw"


@pytest.mark.parametrize("walks", [True, False])
def test_what_can_be_told_before_is_told_where_it_was_asked_for(walks: bool) -> None:
    sweep = Sweep((grid("lo.threshold", 1, 2),))
    wanted = Search(walk_forward=WalkForward(sweep, 1, 1)) if walks else Search(sweep)

    with pytest.raises(InvalidWorkflow) as error:
        check_search(wanted, request().workflow, REGISTRY)

    before = "walk_forward.sweep" if walks else "sweep"
    assert error.value.issues[0].where == f"{before}.parameters[0].name"
