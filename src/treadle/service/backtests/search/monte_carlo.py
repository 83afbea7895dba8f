"""How else a result might have come out: its trades or its returns, drawn again."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from treadle.errors import InvalidWorkflow
from treadle.model.issue import Issue
from treadle.service.backtests.result import BacktestResult
from treadle.service.backtests.search.request import RESAMPLINGS, MonteCarlo
from treadle.service.backtests.search.result import PERCENTILES, Fan, MonteCarloResult
from treadle.service.reporting.finding import Finding
from treadle.simulation.metrics import drawdown, returns_of
from treadle.simulation.resampling import Paths, block_length, resample

if TYPE_CHECKING:
    from treadle.simulation.metrics import Array

MOST_PATHS = 100_000
_POINTS = 200
"""Of the fan, at most about so many."""
_FEW = 30
_SAME = 0.00005
"""Shares that are not as far from each other are told alike."""


def run_monte_carlo(result: BacktestResult, monte_carlo: MonteCarlo) -> MonteCarloResult:
    """Raises `InvalidWorkflow`: for what cannot be asked for, and (`nothing_to_draw`) where there are no two trades or
    points of equity."""
    import numpy

    began = time.perf_counter()
    require_possible(monte_carlo)
    returns, times = _from_trades(result) if monte_carlo.method == "trades" else _from_equity(result)
    if len(returns) < 2:
        raise InvalidWorkflow(
            f"There {'is' if len(returns) == 1 else 'are'} {len(returns)} of what is to be drawn from.",
            code="nothing_to_draw",
            remedy="Test over a longer period, or draw from the `paths` of the equity.",
        )
    steps = min(_POINTS, len(returns))
    places = [round(step * len(returns) / steps) for step in range(steps + 1)]
    block = 1.0 if monte_carlo.method == "trades" else block_length(len(returns))
    paths = resample(returns, count=monte_carlo.count, seed=monte_carlo.seed, places=places, block=block)
    begins_with = float(result.equity[0].equity)
    bands = numpy.percentile(paths.growth, PERCENTILES, axis=0) * begins_with
    fan = Fan([times[place] for place in places], dict(zip(PERCENTILES, bands.tolist(), strict=True)))
    drawn_of = _figures_of(returns, begins_with)
    known = result.figures()
    # What everybody is told of the test itself, too: trades alone know nothing of what is held between and at the end.
    was = {name: value if known.get(name) is None else float(known[name]) for name, value in drawn_of.items()}
    return MonteCarloResult(
        monte_carlo.count,
        monte_carlo.method,
        monte_carlo.seed,
        fan,
        _spread(paths, begins_with),
        was,
        ruin=float((paths.lowest <= monte_carlo.ruin).mean()),
        ruin_at=monte_carlo.ruin,
        loss=float((paths.final < 1.0).mean()),
        warnings=list(_warnings(monte_carlo, len(returns), drawn_of, was)),
        seconds=time.perf_counter() - began,
    )


def require_possible(monte_carlo: MonteCarlo) -> None:
    """Raises `InvalidWorkflow` for numbers that cannot be drawn with."""
    issues: list[Issue] = []
    if not 1 <= monte_carlo.count <= MOST_PATHS:
        message, remedy = f"{monte_carlo.count:,} paths cannot be drawn.", f"Say a number from 1 to {MOST_PATHS:,}."
        issues.append(Issue("parameter_out_of_range", message, ("monte_carlo", "count"), remedy=remedy))
    if monte_carlo.method not in RESAMPLINGS:
        message, remedy = f"There is no method `{monte_carlo.method}`.", f"It is one of {', '.join(RESAMPLINGS)}."
        issues.append(Issue("invalid_value", message, ("monte_carlo", "method"), remedy=remedy))
    if not 0 < monte_carlo.ruin < 1:
        message, remedy = f"{monte_carlo.ruin:g} is no share to be ruined at.", "Say one between 0 and 1."
        issues.append(Issue("parameter_out_of_range", message, ("monte_carlo", "ruin"), remedy=remedy))
    if issues:
        raise InvalidWorkflow(" ".join(one.message for one in issues), code=issues[0].code, issues=tuple(issues))


def _from_trades(result: BacktestResult) -> tuple[Array, Sequence[datetime]]:
    """Each trade's profit as a share of what the account was worth by the trades before it: one after another, they
    come to what all of them together came to."""
    import numpy

    trades = sorted(result.trades, key=lambda trade: trade.closed_at)
    if not result.equity:
        return numpy.zeros(0), []
    profits = numpy.array([float(trade.profit) for trade in trades])
    worth = float(result.equity[0].equity) + numpy.concatenate(([0.0], numpy.cumsum(profits)[:-1]))[: len(profits)]
    shares = numpy.where(worth > 0, profits / numpy.where(worth > 0, worth, 1.0), -1.0)
    return shares, [result.equity[0].at, *(trade.closed_at for trade in trades)]


def _from_equity(result: BacktestResult) -> tuple[Array, Sequence[datetime]]:
    import numpy

    equity = numpy.array([float(point.equity) for point in result.equity])
    if len(equity) < 2 or bool((equity <= 0).any()):
        return numpy.zeros(0), []
    return returns_of(equity), [point.at for point in result.equity]


def _figures_of(returns: Array, begins_with: float) -> dict[str, float]:
    """What the returns come to in the order in which they were."""
    import numpy

    grown = numpy.concatenate(([1.0], numpy.cumprod((1.0 + returns).clip(min=0.0))))
    fall = drawdown(grown)
    return {
        "total_return": float(grown[-1]) - 1.0,
        "max_drawdown": 0.0 if fall is None else fall.share,
        "ended_with": float(grown[-1]) * begins_with,
    }


def _spread(paths: Paths, begins_with: float) -> dict[str, dict[str, float]]:
    import numpy

    of = {
        "total_return": paths.final - 1.0,
        "max_drawdown": paths.drawdown,
        "ended_with": paths.final * begins_with,
    }
    told: dict[str, dict[str, float]] = {}
    for name, values in of.items():
        bands: list[Any] = numpy.percentile(values, PERCENTILES).tolist()
        told[name] = {f"p{one}": value for one, value in zip(PERCENTILES, bands, strict=True)}
        told[name]["mean"] = float(values.mean())
    return told


def _warnings(
    monte_carlo: MonteCarlo, drawn_from: int, drawn_of: Mapping[str, float], was: Mapping[str, float]
) -> Iterator[Finding]:
    what = "trades" if monte_carlo.method == "trades" else "returns"
    if drawn_from < _FEW:
        yield Finding("few_to_draw", f"{drawn_from} {what} are few to draw from: what never happened is in no path.")
    if any(abs(drawn_of[name] - was[name]) >= _SAME for name in ("total_return", "max_drawdown")):
        came_to = f"{drawn_of['total_return']:+.2%}, {drawn_of['max_drawdown']:.2%} down at most"
        beside = "what was held between their ends, and at the end of all, is in no path"
        yield Finding("trades_alone", f"Its trades alone came to {came_to}: {beside}.", "info")
