"""Monte Carlo over the trades and the equity of a test."""

from __future__ import annotations

import math
import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from treadle.errors import InvalidWorkflow
from treadle.service.backtests.result import BacktestResult, EquityPoint
from treadle.service.backtests.search.monte_carlo import run_monte_carlo
from treadle.service.backtests.search.request import MonteCarlo
from treadle.service.bots.holding import Trade

BEGIN = datetime(2024, 1, 1, tzinfo=UTC)


def result_of(*profits: float, begins_with: float = 1_000) -> BacktestResult:
    """A trade a day, and the equity after each."""
    result = BacktestResult("bot", "1", BEGIN, BEGIN + timedelta(days=len(profits)), len(profits), "1d")
    worth = begins_with
    result.equity.append(EquityPoint(BEGIN, Decimal(repr(worth)), None))
    trades: list[Trade] = []
    for number, profit in enumerate(profits):
        worth += profit
        at = BEGIN + timedelta(days=number + 1)
        trades.append(trade(number, profit, at))
        result.equity.append(EquityPoint(at, Decimal(repr(worth)), None))
    result.trades = trades
    return result


def trade(number: int, profit: float, at: datetime) -> Trade:
    one, none = Decimal(1), Decimal(0)
    return Trade(number, "", "BTC/USDT", "USDT", "buy", "", one, one, one, Decimal(repr(profit)), none, at, at, [])


def profits(count: int, seed: int = 4) -> list[float]:
    chance = random.Random(seed)
    return [round(chance.gauss(2, 30), 2) for _ in range(count)]


@pytest.mark.parametrize("method", ["trades", "paths"])
def test_the_same_seed_gives_the_same_and_half_lies_about_what_was(method: Any) -> None:
    result = result_of(*profits(200))

    one, again = [run_monte_carlo(result, MonteCarlo(400, method, seed=2)) for _ in range(2)]

    told = one.to_dict()
    assert {**told, "seconds": 0} == {**again.to_dict(), "seconds": 0}
    assert set(told["fan"]) == {"at", "p5", "p25", "p50", "p75", "p95"}
    assert len({len(values) for values in told["fan"].values()}) == 1
    spread = told["figures"]["total_return"]
    assert spread["p5"] < told["actual"]["total_return"] < spread["p95"]
    assert told["fan"]["at"][0] == round(BEGIN.timestamp() * 1000)
    assert told["fan"]["p50"][0] == 1_000


def test_what_was_is_what_all_trades_came_to() -> None:
    """Shares of what the account was worth, one after another, come to the sum of the profits."""
    made = profits(40)

    found = run_monte_carlo(result_of(*made), MonteCarlo(10))

    assert found.actual["ended_with"] == pytest.approx(1_000 + math.fsum(made))


@pytest.mark.parametrize("method", ["trades", "paths"])
def test_what_was_is_what_the_test_itself_says(method: Any) -> None:
    """Between its trades, and after the last of them, it was worth less than the trades alone say."""
    result = result_of(*profits(40))
    low, end = result.equity[20], result.equity[-1]
    result.equity[20] = EquityPoint(low.at, low.equity / 2, None)
    result.equity.append(EquityPoint(end.at + timedelta(days=1), end.equity - 50, None))

    found = run_monte_carlo(result, MonteCarlo(10, method))

    own = result.figures()
    assert found.actual == {name: own[name] for name in ("total_return", "max_drawdown", "ended_with")}
    assert [one.code for one in found.warnings if one.severity == "info"] == ["trades_alone"] * (method == "trades")


def test_ruin_is_as_likely_as_it_is() -> None:
    """Two trades, one of which loses 60 % and the other doubles what is left: whoever draws the loss first falls below
    half, and below 0.3 whoever draws it twice."""
    found = run_monte_carlo(result_of(-600, 400), MonteCarlo(20_000, seed=1))

    assert found.ruin == pytest.approx(0.5, abs=0.01)
    assert run_monte_carlo(result_of(-600, 400), MonteCarlo(1_000, ruin=0.3)).ruin == pytest.approx(0.25, abs=0.05)


def test_a_long_history_is_shown_by_some_points() -> None:
    found = run_monte_carlo(result_of(*profits(1_000)), MonteCarlo(20))

    assert len(found.fan.at) == 201
    assert found.fan.at[-1] == BEGIN + timedelta(days=1_000)


def test_few_trades_are_told_of_and_none_refused() -> None:
    found = run_monte_carlo(result_of(10, -5, 3), MonteCarlo(10))

    assert [one.code for one in found.warnings] == ["few_to_draw"]  # the trades are all there was
    with pytest.raises(InvalidWorkflow) as error:
        run_monte_carlo(result_of(10), MonteCarlo(10))
    assert error.value.code == "nothing_to_draw"


def test_what_cannot_be_asked_for_is_told_at_once() -> None:
    with pytest.raises(InvalidWorkflow) as error:
        run_monte_carlo(result_of(1, 2), MonteCarlo(0, "dice", ruin=2.0))  # type: ignore[arg-type]

    assert [issue.where for issue in error.value.issues] == [
        "monte_carlo.count",
        "monte_carlo.method",
        "monte_carlo.ruin",
    ]
