"""Moving averages."""

from __future__ import annotations

from typing import Annotated, Any, Literal, NamedTuple

from pydantic import Field

from treadle.node import Series, node
from treadle.packs.trading.technical import before, calculate, carried, carry, lookback, sign
from treadle.packs.trading.types import Prices

Kind = Literal["sma", "ema", "wma", "dema", "tema", "trima", "kama", "mama", "t3", "hma", "zlema", "rma"]
NUMBERS: dict[str, int] = {
    "sma": 0, "ema": 1, "wma": 2, "dema": 3, "tema": 4, "trima": 5, "kama": 6, "mama": 7, "t3": 8, "hma": 9,
    "zlema": 12, "rma": 13,
}  # fmt: skip
"""How TA-Lib numbers them."""
Period = Annotated[int, Field(ge=1, le=10_000, description="Over how many values.")]


class Average(NamedTuple):
    value: Series
    trend: Annotated[Series, Field(description="1 where it rises, -1 where it falls, 0 where it does neither.")]


def _lookback(config: Any) -> int:
    return lookback("MA", timeperiod=config["period"], matype=NUMBERS[config["kind"]])


@node(
    "indicator.ma",
    title="Moving average",
    lookback=_lookback,
    requires=("talib", "numpy"),
    extra="trading",
    example={
        "config": {"kind": "sma", "period": 3},
        "inputs": {"series": [1, 2, 3, 4, 6]},
        "outputs": {"value": [None, None, 2.0, 3.0, 4.333333333333333], "trend": [None, None, 0.0, 1.0, 1.0]},
    },
)
def moving_average(
    series: Prices,
    *,
    kind: Annotated[
        Kind,
        Field(
            description="Simple, exponential, weighted, double and triple exponential, triangular, Kaufman's adaptive, "
            "MESA adaptive (which takes no period), T3, Hull's, zero-lag, Wilder's."
        ),
    ] = "sma",
    period: Period = 20,
) -> Average:
    """A moving average of a price, and whether it rises.

    `sma`: the mean of the last n. `ema`: e = e′ + 2/(n+1) × (x − e′), begun with the mean of the first n. `wma`: the
    newest counts n times, the oldest once. `dema`: 2e − e(e). `tema`: 3e − 3e(e) + e(e(e)). `trima`: the mean of
    means. `rma`: e = e′ + 1/n × (x − e′), as in Wilder's indicators. The others are as their authors have them: Kaufman
    (*Smarter Trading*, 1995), Ehlers (*MAMA*, 2001; *Zero Lag*, 2010), Tillson (*T3*, 1998), Hull (2005). Calculated by
    TA-Lib's `MA`.
    """
    value = calculate("MA", series, timeperiod=period, matype=NUMBERS[kind])
    return Average(value, sign(value, before(value)))


@moving_average.streaming
def _(series: Prices, *, kind: Kind = "sma", period: int = 20) -> Any:
    handle = carry("MA", series, timeperiod=period, matype=NUMBERS[kind])
    return carried(lambda now, _, handle: Average(now, sign(now, handle.value)), handle, 1)
