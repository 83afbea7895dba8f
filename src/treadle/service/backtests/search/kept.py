"""What a search came to, read back from what is kept of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from treadle.service.backtests.search.result import (
    PERCENTILES,
    Curve,
    Fan,
    MonteCarloResult,
    Neighbourhood,
    Row,
    Skill,
    Span,
    SweepResult,
    Tried,
    WalkForwardResult,
    Window,
)
from treadle.service.reporting.finding import Finding

Kept = Mapping[str, Any]


def read_sweep(kept: Kept) -> SweepResult:
    around: Kept | None = kept.get("neighbours")
    return SweepResult(
        kept["workflow"],
        kept["version"],
        _parameters(kept),
        kept["metric"],
        kept["method"],
        kept["seed"],
        rows=[Row(one["values"], one["figures"], one.get("error")) for one in kept["rows"]],
        best=kept["best"],
        trials=kept["trials"],
        skipped=kept["skipped"],
        skill=Skill(kept.get("deflated_sharpe"), kept.get("probabilistic_sharpe"), kept.get("expected_best_sharpe")),
        neighbours=None if around is None else Neighbourhood(around["mean"], around["count"], around["plateau"]),
        way=kept["way"],
        cancelled=kept["cancelled"],
        warnings=_warnings(kept),
        seconds=kept["seconds"],
    )


def read_walk_forward(kept: Kept) -> WalkForwardResult:
    """Without the test that it was stitched to."""
    return WalkForwardResult(
        kept["workflow"],
        kept["version"],
        kept["metric"],
        _parameters(kept),
        kept["anchored"],
        windows=[
            Window(
                _span(one["train"]),
                _span(one["test"]),
                one["chosen"],
                one["train_figures"],
                one["test_figures"],
                one["trials"],
                one["deflated_sharpe"],
                one["error"],
            )
            for one in kept["windows"]
        ],
        stitched=Curve(_times(kept["stitched"]["at"]), kept["stitched"]["equity"]),
        out_of_sample=kept["figures"],
        efficiency=kept["efficiency"],
        trials=kept["trials"],
        cancelled=kept["cancelled"],
        warnings=_warnings(kept),
        seconds=kept["seconds"],
    )


def read_monte_carlo(kept: Kept) -> MonteCarloResult:
    fan: Kept = kept["fan"]
    return MonteCarloResult(
        kept["count"],
        kept["method"],
        kept["seed"],
        Fan(_times(fan["at"]), {one: fan[f"p{one}"] for one in PERCENTILES if f"p{one}" in fan}),
        kept["figures"],
        kept["actual"],
        kept["ruin"],
        kept["ruin_at"],
        kept["loss"],
        warnings=_warnings(kept),
        seconds=kept["seconds"],
    )


def _parameters(kept: Kept) -> list[Tried]:
    return [Tried(one["name"], one["values"]) for one in kept["parameters"]]


def _warnings(kept: Kept) -> list[Finding]:
    return [Finding(one["code"], one["message"], one.get("severity", "warning")) for one in kept.get("warnings") or ()]


def _span(kept: Kept) -> Span:
    return Span(datetime.fromisoformat(kept["begins"]), datetime.fromisoformat(kept["ends"]))


def _times(kept: Sequence[int]) -> list[datetime]:
    return [datetime.fromtimestamp(at / 1000, UTC) for at in kept]
