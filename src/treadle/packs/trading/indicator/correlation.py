"""Correlation of two columns."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from treadle.errors import NodeError
from treadle.node import Series, node
from treadle.packs.trading.technical import calculate, carried, carry, lookback
from treadle.packs.trading.types import Prices


@node(
    "indicator.correlation",
    title="Correlation",
    lookback=lambda config: lookback("CORREL", timeperiod=config["period"]),
    requires=("talib", "numpy"),
    extra="trading",
    example={
        "config": {"period": 3},
        "inputs": {"a": [1, 2, 3, 4], "b": [2, 4, 6, 5]},
        "outputs": {"output": [None, None, 1.0, 0.5]},
    },
)
def correlation(
    a: Prices,
    b: Prices,
    *,
    period: Annotated[int, Field(ge=2, le=10_000, description="Over how many values.")] = 30,
) -> Series:
    """How far two prices move together: 1 as one, -1 against each other, 0 not at all.

    Pearson's coefficient over the last `period` values: Σ (a − ā)(b − b̄) / √(Σ (a − ā)² Σ (b − b̄)²). Calculated by
    TA-Lib's `CORREL`, which gives 0 where one of them did not move. Two columns have to be of one length; what comes
    value by value is paired run by run.
    """
    if len(a) != len(b):
        raise NodeError(
            f"`a` has {len(a)} values and `b` {len(b)}.",
            code="different_lengths",
            remedy="Connect columns of the same bars.",
            retryable=False,
        )
    return calculate("CORREL", a, b, timeperiod=period)


@correlation.streaming
def _(a: Prices, b: Prices, *, period: int = 30) -> Any:
    return carried(lambda now, _, __: now, carry("CORREL", a, b, timeperiod=period), 1, 3)
