"""Bollinger bands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, NamedTuple

from pydantic import Field

from treadle.node import Series, node
from treadle.packs.trading.indicator.ma import NUMBERS, Kind
from treadle.packs.trading.technical import calculate, carried, carry, lookback, ratio
from treadle.packs.trading.types import Prices


class Bands(NamedTuple):
    upper: Series
    middle: Series
    lower: Series
    percent_b: Annotated[Series, Field(description="Where the price stands: 0 at the lower band, 1 at the upper.")]


def _settings(period: int, deviations: float, kind: Kind) -> dict[str, Any]:
    return {"timeperiod": period, "nbdevup": deviations, "nbdevdn": deviations, "matype": NUMBERS[kind]}


def _lookback(config: Mapping[str, Any]) -> int:
    return lookback("BBANDS", **_settings(config["period"], config["deviations"], config["kind"]))


@node(
    "indicator.bollinger",
    title="Bollinger bands",
    lookback=_lookback,
    requires=("talib", "numpy"),
    extra="trading",
    example={
        "config": {"period": 4, "deviations": 2},
        "inputs": {"series": [2, 4, 4, 6]},
        "outputs": {
            "upper": [None, None, None, 6.82842712474619],
            "middle": [None, None, None, 4.0],
            "lower": [None, None, None, 1.1715728752538097],
            "percent_b": [None, None, None, 0.8535533905932738],
        },
    },
)
def bands(
    series: Prices,
    *,
    period: Annotated[int, Field(ge=2, le=10_000, description="Over how many values.")] = 20,
    deviations: Annotated[float, Field(gt=0, le=100, description="How many standard deviations away.")] = 2.0,
    kind: Annotated[Kind, Field(description="The average in the middle.")] = "sma",
) -> Bands:
    """An average, and bands as far from it as the price usually strays.

    upper, lower = middle ± `deviations` × σ, where σ is the standard deviation of the last `period` values (of all of
    them, not of a sample); percent_b = (price − lower) / (upper − lower), and dead where nothing moved. Of John
    Bollinger, *Bollinger on Bollinger Bands*, 2001. Calculated by TA-Lib's `BBANDS`.
    """
    upper, middle, lower = calculate("BBANDS", series, **_settings(period, deviations, kind))
    return Bands(upper, middle, lower, ratio(series - lower, upper - lower))


@bands.streaming
def _(series: Prices, *, period: int = 20, deviations: float = 2.0, kind: Kind = "sma") -> Any:
    handle = carry("BBANDS", series, **_settings(period, deviations, kind))

    def derive(now: Any, row: Any, _: Any) -> Bands:
        upper, middle, lower = now
        return Bands(upper, middle, lower, ratio(row[1] - lower, upper - lower))

    return carried(derive, handle, 1)
