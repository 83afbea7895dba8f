"""Sweeps: what is tried, in what order, what is best, and what that is worth."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from tests.service.backtests.search.formulas import Formulas, grid, sweep
from treadle.errors import InvalidWorkflow, MissingCapability
from treadle.service.backtests.search.request import Parameter
from treadle.simulation.luck import deflated_sharpe, variance_of

LOW, SIZE = grid("low.threshold", 90, 99), grid("buy.size", 1, 10)


def hill(values: Any) -> float:
    """Highest at 94 and 3."""
    return 1 - ((values["low.threshold"] - 94) / 10) ** 2 - ((values["buy.size"] - 3) / 10) ** 2


async def test_a_grid_is_tried_in_order_and_the_best_is_found() -> None:
    heard: list[tuple[int, int]] = []

    found = await sweep(hill, LOW, SIZE, progress=lambda done, total: heard.append((done, total)))

    assert [tuple(row.values.values()) for row in found.rows[:3]] == [(90, 1), (90, 2), (90, 3)]
    assert (found.trials, found.best) == (100, 42)
    best = found.best_row()
    assert best is not None
    assert best.values == {"low.threshold": 94, "buy.size": 3}
    assert heard[0] == (0, 100)
    assert heard[-1] == (100, 100)


async def test_the_least_drawdown_is_the_best() -> None:
    found = await sweep(hill, LOW, metric="max_drawdown", evaluator=Formulas(lambda values: values["low.threshold"]))

    assert found.best == 0


async def test_draws_are_the_same_with_the_same_seed_and_never_twice() -> None:
    between = grid("low.threshold", 90.5, 98.5)
    one, again, other = [await sweep(hill, between, SIZE, method="random", count=40, seed=seed) for seed in (1, 1, 2)]

    assert [row.values for row in one.rows] == [row.values for row in again.rows]
    assert [row.values for row in one.rows] != [row.values for row in other.rows]
    assert len({repr(row.values) for row in one.rows}) == 40
    assert all(90.5 <= row.values["low.threshold"] <= 98.5 for row in one.rows)
    assert list(one.parameters[0].values) == sorted(one.parameters[0].values)


async def test_drawing_more_than_there_are_tries_all() -> None:
    found = await sweep(hill, LOW, SIZE, method="random", count=500)

    assert found.trials == 100


async def test_a_bayesian_search_finds_the_top_with_few_tries_and_the_same_again() -> None:
    parameters = grid("low.threshold", 90, 99, 0.1), grid("buy.size", 1, 10, 0.1)

    one, again = [await sweep(hill, *parameters, method="bayesian", count=64, seed=3) for _ in range(2)]

    best = one.best_row()
    assert best is not None
    assert best.figures["total_return"] > 0.99
    assert [row.values for row in one.rows] == [row.values for row in again.rows]
    assert len({repr(row.values) for row in one.rows}) == one.trials == 64


async def test_a_bayesian_search_ends_where_there_is_nothing_more() -> None:
    found = await sweep(hill, Parameter("low.threshold", (90, 91)), Parameter("buy.size", (1, 2)), method="bayesian")

    assert found.trials == 4


async def test_without_optuna_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "optuna", None)

    with pytest.raises(MissingCapability) as error:
        await sweep(hill, LOW, SIZE, method="bayesian")

    assert error.value.code == "missing_package"
    assert "treadle[backtest]" in (error.value.remedy or "")


@pytest.mark.parametrize("method", ["grid", "random", "bayesian"])
async def test_combinations_that_do_not_go_together_are_left_out_and_counted(method: str) -> None:
    found = await sweep(
        lambda values: values["cross.fast"], grid("cross.fast", 2, 5), grid("cross.slow", 3, 4), method=method
    )

    tried = {(row.values["cross.fast"], row.values["cross.slow"]) for row in found.rows}
    assert tried == {(2, 3), (2, 4), (3, 4)}
    assert (found.trials, found.skipped) == (3, 5)
    assert "skipped" in {one.code for one in found.warnings}


async def test_a_variant_that_fails_is_told_and_ends_nothing() -> None:
    found = await sweep(lambda values: 1 / (values["low.threshold"] - 92), LOW)

    assert found.trials == 10
    assert [row.error for row in found.rows if row.error] == [{"code": "arithmetic", "message": "division by zero"}]
    assert found.best == 3
    assert found.to_dict()["rows"][2] == {
        "values": {"low.threshold": 92},
        "figures": {},
        "error": {"code": "arithmetic", "message": "division by zero"},
    }


async def test_what_every_variant_fails_of_is_raised_before_all_are_tried() -> None:
    evaluator = Formulas(lambda values: 1 / 0)

    with pytest.raises(InvalidWorkflow) as error:
        await sweep(hill, LOW, SIZE, evaluator=evaluator)

    assert error.value.code == "arithmetic"
    assert len(evaluator.asked) < 20


async def test_who_cancels_gets_what_there_is() -> None:
    evaluator = Formulas(hill)

    found = await sweep(hill, LOW, SIZE, evaluator=evaluator, cancel=lambda: len(evaluator.asked) >= 20)

    assert found.cancelled
    assert 20 <= found.trials < 100
    assert found.best is not None


async def test_where_no_variant_has_the_figure_none_is_best() -> None:
    found = await sweep(lambda values: None, LOW)

    assert found.best is None
    assert found.to_dict()["deflated_sharpe"] is None
    assert "no_best" in {one.code for one in found.warnings}


async def test_the_deflated_sharpe_ratio_is_that_of_the_best_among_all_tried() -> None:
    evaluator = Formulas(hill)
    found = await sweep(hill, LOW, SIZE, evaluator=evaluator)
    again = Formulas(hill)
    moments = [one.moments for one in await again.evaluate_many([row.values for row in found.rows])]
    sharpes = [one.sharpe for one in moments if one is not None]

    assert found.best is not None
    best = moments[found.best]
    assert best is not None
    expected = deflated_sharpe(best, trials=100, variance=variance_of(sharpes))
    assert found.skill.deflated == pytest.approx(expected)
    assert "may_be_luck" in {one.code for one in found.warnings}


@pytest.mark.parametrize(
    ("little", "told"),
    [({"trades": 1}, "1 closed trade:"), ({"trades": 0}, "0 closed trades"), ({"returns": 13}, "13 returns")],
)
async def test_of_too_little_no_skill_is_told(little: dict[str, int], told: str) -> None:
    found = await sweep(hill, LOW, SIZE, evaluator=Formulas(hill, **little))

    assert found.skill.deflated is None
    assert found.skill.probabilistic is None
    (warned,) = [one for one in found.warnings if one.code == "too_little"]
    assert told in warned.message


@pytest.mark.slow
def test_a_search_imports_no_optimiser_until_it_is_asked_for() -> None:
    code = "import sys, treadle.service.backtests.search.sweep; sys.exit('optuna' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
