"""Relative strength index."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated, Any, NamedTuple

from pydantic import Field

from treadle.node import Flags, Series, node
from treadle.node.series import first_number
from treadle.packs.trading.technical import Carried, calculate, carried, carry, lookback
from treadle.packs.trading.types import Prices

Period = Annotated[int, Field(ge=2, le=10_000, description="Over how many changes.")]
Level = Annotated[float, Field(ge=0, le=100)]


class Strength(NamedTuple):
    value: Series
    oversold: Flags
    overbought: Flags


def _check(config: Mapping[str, Any]) -> list[str]:
    low, high = config.get("oversold", 30), config.get("overbought", 70)
    if isinstance(low, int | float) and isinstance(high, int | float) and low >= high:
        return [f"`oversold` ({low:g}) has to be below `overbought` ({high:g})."]
    return []


def _strength(value: Any, oversold: float, overbought: float) -> Strength:
    return Strength(value, value < oversold, value > overbought)


@node(
    "indicator.rsi",
    title="RSI",
    lookback=lambda config: lookback("RSI", timeperiod=config["period"]),
    check=_check,
    requires=("talib", "numpy"),
    extra="trading",
    example={
        "config": {"period": 3, "oversold": 40},
        "inputs": {"series": [10, 11, 12, 11, 10, 9]},
        "outputs": {
            "value": [None, None, None, 66.66666666666666, 44.44444444444445, 29.629629629629633],
            "oversold": [False, False, False, False, False, True],
            "overbought": [False, False, False, False, False, False],
        },
    },
)
def relative_strength(
    series: Prices,
    *,
    period: Period = 14,
    oversold: Annotated[Level, Field(description="Below this, `oversold` is true.")] = 30,
    overbought: Annotated[Level, Field(description="Above this, `overbought` is true.")] = 70,
) -> Strength:
    """How much of the movement was upwards, 0 to 100.

    100 × u / (u + d), where u and d are the averages of the rises and of the falls, smoothed as Wilder did:
    u = u′ + (rise − u′) / n, begun with the mean of the first n. Of J. Welles Wilder, *New Concepts in Technical
    Trading Systems*, 1978. Calculated by TA-Lib's `RSI`, which gives 0 where nothing has ever moved; here that is no
    number, as a feed that stands still is no bargain. It speaks after `period` + 1 values.
    """
    import numpy

    value = calculate("RSI", series, timeperiod=period)
    moved = numpy.maximum.accumulate(series != series[min(first_number(series), len(series) - 1)])
    moved[: first_number(series)] = False
    return _strength(numpy.where(moved, value, numpy.nan), oversold, overbought)


@relative_strength.streaming
def _(series: Prices, *, period: int = 14, oversold: float = 30, overbought: float = 70) -> Any:
    handle = carry("RSI", series, timeperiod=period)
    moving = carried(lambda now, _, __: _strength(now, oversold, overbought), handle, 1)
    begun = series[first_number(series) :]
    if moving is None or (begun != begun[0]).any():
        return moving
    return _Resting(moving, begun[0].item())


class _Resting:
    """Nothing has moved yet."""

    def __init__(self, moving: Carried, price: float) -> None:
        self._moving, self._price, self._moved = moving, price, False

    def update(self, *row: float) -> None:
        self._moving.update(*row)
        self._moved = self._moved or row[1] != self._price

    def peek(self, *row: float) -> Strength:
        found = self._moving.peek(*row)
        return found if self._moved or row[1] != self._price else _strength(math.nan, 0, 0)
