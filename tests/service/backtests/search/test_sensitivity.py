"""Sensitivity: pairs of values as a map, and what lies around the best."""

from __future__ import annotations

import pytest

from tests.service.backtests.search.formulas import grid, sweep
from treadle.errors import InvalidWorkflow
from treadle.service.backtests.search.request import Parameter
from treadle.service.backtests.search.sensitivity import heat_map

LOW, SIZE = grid("low.threshold", 90, 94), grid("buy.size", 1, 3)


async def test_a_map_has_a_cell_for_each_pair() -> None:
    found = await sweep(lambda values: values["low.threshold"] * 10 + values["buy.size"], LOW, SIZE)

    seen = heat_map(found, "low.threshold", "buy.size")

    assert seen.columns == (90, 91, 92, 93, 94)
    assert seen.cells == [[value * 10 + size for value in range(90, 95)] for size in (1, 2, 3)]


@pytest.mark.parametrize(("rest", "expected"), [("best", 30.0), ("mean", 20.0)])
async def test_of_what_differs_elsewhere_it_is_the_best_or_the_mean(rest: str, expected: float) -> None:
    fast = Parameter("cross.fast", (1 + 1, 3))
    found = await sweep(lambda values: {2: 10.0, 3: 30.0}[values["cross.fast"]], LOW, SIZE, fast)

    seen = heat_map(found, "low.threshold", "buy.size", rest=rest)  # type: ignore[arg-type]

    assert {cell for row in seen.cells for cell in row} == {expected}


async def test_where_less_is_better_the_best_of_the_rest_is_the_least() -> None:
    fast = Parameter("cross.fast", (2, 3))
    found = await sweep(lambda values: values["cross.fast"], LOW, SIZE, fast, metric="max_drawdown")

    assert heat_map(found, "low.threshold", "buy.size").cells[0][0] == 2.0


async def test_what_failed_is_a_hole() -> None:
    found = await sweep(lambda values: 1 / (values["low.threshold"] - 92), LOW, SIZE)

    assert [row[2] for row in heat_map(found, "low.threshold", "buy.size").cells] == [None] * 3


async def test_a_name_that_was_not_tried_is_refused() -> None:
    found = await sweep(lambda values: 1.0, LOW, SIZE)

    with pytest.raises(InvalidWorkflow, match="was not tried"):
        heat_map(found, "low.threshold", "buy.sise")


async def test_a_peak_is_told_from_a_plateau() -> None:
    """91 and 1 is highest, and alone; around 93 and 2 all is well."""

    def figure(values: dict[str, float]) -> float:
        at = values["low.threshold"], values["buy.size"]
        return 9.0 if at == (90, 1) else 5.0 if at[0] >= 92 else 0.0

    found = await sweep(figure, LOW, SIZE)  # type: ignore[arg-type]

    around = found.neighbours
    assert found.best == 0
    assert around is not None
    assert (around.mean, around.count) == (0.0, 3)
    assert around.plateau is not None
    assert found.rows[around.plateau].values["low.threshold"] >= 93
    assert "peak" in {one.code for one in found.warnings}


async def test_words_have_no_neighbours() -> None:
    operator = Parameter("low.operator", ("<", ">"))
    found = await sweep(lambda values: values["low.threshold"] + (values["low.operator"] == ">"), LOW, operator)

    around = found.neighbours
    assert around is not None
    assert (around.mean, around.count) == (94.0, 1)


async def test_what_is_drawn_has_no_neighbourhood() -> None:
    assert (await sweep(lambda values: 1.0, LOW, SIZE, method="random", count=5)).neighbours is None
