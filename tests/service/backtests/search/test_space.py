"""Parameters: read from text and bodies, checked against what takes them, everything that is wrong at once."""

from __future__ import annotations

import pytest

from tests.service.backtests.search.formulas import REGISTRY, crossing, grid
from treadle.errors import InvalidWorkflow
from treadle.service.backtests.search.reading import read_parameter, read_search
from treadle.service.backtests.search.request import MonteCarlo, Parameter, Sweep, WalkForward
from treadle.service.backtests.search.space import Space, read_space


def space(*parameters: Parameter, **more: object) -> Space:
    return read_space(Sweep(parameters, **more), crossing(), REGISTRY)  # type: ignore[arg-type]


def refused(*parameters: Parameter, **more: object) -> dict[str, str]:
    """Codes by place."""
    with pytest.raises(InvalidWorkflow) as error:
        space(*parameters, **more)
    return {issue.where: issue.code for issue in error.value.issues}


def test_a_range_has_both_ends_and_no_rounding() -> None:
    found = space(grid("low.threshold", 0.1, 1, 0.3), grid("cross.fast", 2, 10, 3), grid("buy.size", 1, 3))

    assert [axis.values for axis in found.axes] == [(0.1, 0.4, 0.7, 1.0), (2, 5, 8), (1, 2, 3)]
    assert all(isinstance(value, int) for value in found.axes[1].values or ())
    assert found.size == 36


def test_whatever_is_wrong_is_told_at_once_and_where() -> None:
    assert refused(
        grid("lo.threshold", 1, 2),
        grid("low.treshold", 1, 2),
        grid("cross.fast", 0, 5),
        Parameter("low.operator", ("<", "up")),
        grid("cross.slow", 5, 9, 0.5),
        grid("buy.size", 3, 1),
        grid("low", 1, 2),
        metric="sharp",
        count=0,
    ) == {
        "sweep.parameters[0].name": "unknown_node",
        "sweep.parameters[1].name": "unknown_config",
        "sweep.parameters[2].low": "parameter_out_of_range",
        "sweep.parameters[3].values": "parameter_out_of_range",
        "sweep.parameters[4].step": "invalid_value",
        "sweep.parameters[5]": "invalid_range",
        "sweep.parameters[6].name": "unknown_parameter",
        "sweep.metric": "unknown_metric",
        "sweep.count": "parameter_out_of_range",
    }


def test_an_input_with_a_connection_cannot_be_varied() -> None:
    assert refused(grid("low.value", 1, 2)) == {"sweep.parameters[0].name": "connected_input"}


def test_a_declared_input_is_checked_against_its_schema() -> None:
    flow = crossing().model_copy(update={"inputs": {"risk": {"type": "number", "maximum": 5}}})
    within, beyond, unknown = grid("input.risk", 1, 5), grid("input.risk", 1, 6), grid("input.rsk", 1, 2)

    assert read_space(Sweep((within,)), flow, REGISTRY).size == 5
    for parameter, code in ((beyond, "parameter_out_of_range"), (unknown, "unknown_input")):
        with pytest.raises(InvalidWorkflow) as error:
            read_space(Sweep((parameter,)), flow, REGISTRY)
        assert error.value.code == code


def test_a_grid_needs_steps_where_draws_do_not() -> None:
    between = grid("low.threshold", 90.5, 99)

    assert refused(between) == {"sweep.parameters[0].step": "invalid_range"}
    assert space(between, method="random").axes[0].values is None


def test_a_grid_that_never_ends_is_refused() -> None:
    size, low = grid("buy.size", 1, 5000), grid("low.threshold", 1, 5000)

    assert refused(size, low) == {"sweep.parameters": "too_many_variants"}
    assert space(size, low, count=50).size == 25_000_000


def test_settings_of_one_node_that_do_not_go_together_are_known() -> None:
    found = space(grid("cross.fast", 3, 9, 3), grid("cross.slow", 3, 9, 3))

    assert [values for values in ((3, 6), (6, 6), (9, 3), (6, 9)) if found.allows(values)] == [(3, 6), (6, 9)]


@pytest.mark.parametrize(
    ("text", "parameter"),
    [
        ("a.b=10:30:5", Parameter("a.b", low=10, high=30, step=5)),
        ("a.b=0.5:1", Parameter("a.b", low=0.5, high=1)),
        ("a.b=-3:-1:0.5", Parameter("a.b", low=-3, high=-1, step=0.5)),
        ("a.b=1,2.5,buy", Parameter("a.b", (1, 2.5, "buy"))),
        ("a.b=1h", Parameter("a.b", ("1h",))),
        ('a.b=["1,5", true]', Parameter("a.b", ("1,5", True))),
        ("a.b=BTC:USDT:x", Parameter("a.b", ("BTC:USDT:x",))),
    ],
)
def test_a_parameter_is_read_from_a_line(text: str, parameter: Parameter) -> None:
    assert read_parameter(text) == parameter


@pytest.mark.parametrize("text", ["", "a.b", "a.b=", "=3", "a.b=[1,"])
def test_a_line_that_names_no_values_is_refused(text: str) -> None:
    with pytest.raises(InvalidWorkflow, match="names no values"):
        read_parameter(text)


def test_a_body_is_read() -> None:
    found = read_search(
        {
            "workflow": "bot",
            "walk_forward": {
                "train": "90d",
                "test": "30d",
                "anchored": True,
                "sweep": {"parameters": [{"name": "a.b", "low": 1, "high": 5}], "method": "random", "count": 3},
            },
            "monte_carlo": {"count": 10, "method": "paths", "seed": 4},
        }
    )

    swept = Sweep((Parameter("a.b", low=1, high=5),), "random", count=3)
    assert found.walk_forward == WalkForward(swept, 90 * 86_400, 30 * 86_400, anchored=True)
    assert found.monte_carlo == MonteCarlo(10, "paths", 4)
    assert found.sweep is None
    assert read_search({"sweep": None}).sweep is None


def test_a_body_that_cannot_be_is_refused_place_by_place() -> None:
    with pytest.raises(InvalidWorkflow) as error:
        read_search(
            {
                "sweep": {"parameters": [{"low": 1}, {"name": "a.b", "values": 3}], "metod": 1, "count": -1},
                "walk_forward": {"train": "soon", "test": "30d"},
                "monte_carlo": [],
            }
        )

    assert {issue.where: issue.code for issue in error.value.issues} == {
        "sweep.metod": "unknown_key",
        "sweep.parameters[0].name": "missing_key",
        "sweep.parameters[1].values": "invalid_value",
        "sweep.count": "invalid_value",
        "walk_forward.train": "invalid_duration",
        "monte_carlo": "invalid_value",
    }
