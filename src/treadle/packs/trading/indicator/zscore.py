"""Standard score."""

from __future__ import annotations

from typing import Annotated, Any, NamedTuple

from pydantic import Field

from treadle.node import Series, node
from treadle.node.series import Row
from treadle.packs.trading.technical import calculate, carried_together, carry, lookback, ratio
from treadle.packs.trading.types import Prices


class Score(NamedTuple):
    value: Series
    mean: Series
    deviation: Series


@node(
    "indicator.zscore",
    title="Z-score",
    lookback=lambda config: lookback("STDDEV", timeperiod=config["period"]),
    requires=("talib", "numpy"),
    extra="trading",
    example={
        "config": {"period": 4},
        "inputs": {"series": [2, 4, 4, 6]},
        "outputs": {
            "value": [None, None, None, 1.414213562373095],
            "mean": [None, None, None, 4.0],
            "deviation": [None, None, None, 1.4142135623730951],
        },
    },
)
def standard_score(
    series: Prices,
    *,
    period: Annotated[int, Field(ge=2, le=10_000, description="Over how many values.")] = 20,
) -> Score:
    """How many standard deviations a value is from its mean.

    (x − mean) / σ over the last `period` values, x included; σ of all of them, not of a sample. Dead where nothing
    moved. Calculated with TA-Lib's `SMA` and `STDDEV`.
    """
    mean = calculate("SMA", series, timeperiod=period)
    deviation = calculate("STDDEV", series, timeperiod=period, nbdev=1.0)
    return Score(ratio(series - mean, deviation), mean, deviation)


@standard_score.streaming
def _(series: Prices, *, period: int = 20) -> Any:
    mean = carry("SMA", series, timeperiod=period)
    deviation = carry("STDDEV", series, timeperiod=period, nbdev=1.0)
    return carried_together(
        lambda now, row: Score(ratio(row[1] - now[0], now[1]), now[0], now[1]), (mean, _price), (deviation, _price)
    )


def _price(row: Row) -> Row:
    return row[1:]
