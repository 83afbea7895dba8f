"""Donchian channel."""

from __future__ import annotations

from typing import Annotated, Any, NamedTuple

from pydantic import Field

from treadle.node import Series, node
from treadle.packs.trading.technical import CLOSE, HIGH, LOW, before, calculate, carried, carry, lookback
from treadle.packs.trading.types import Candles


class Channel(NamedTuple):
    upper: Series
    middle: Series
    lower: Series
    breakout: Annotated[
        Series, Field(description="1 where the close is above the channel of the bars before, -1 where below, else 0.")
    ]


def _breakout(close: Any, upper: Any, lower: Any) -> Any:
    return ((close > upper) + 0.0) - (close < lower)


@node(
    "indicator.donchian",
    title="Donchian channel",
    lookback=lambda config: lookback("DONCHIAN", timeperiod=config["period"]),
    requires=("talib", "numpy"),
    extra="trading",
    example={
        "config": {"period": 2},
        "inputs": {
            "candles": [
                {"time": "2024-05-01T00:00:00Z", "open": 10, "high": 11, "low": 9, "close": 10},
                {"time": "2024-05-01T01:00:00Z", "open": 10, "high": 12, "low": 10, "close": 12},
                {"time": "2024-05-01T02:00:00Z", "open": 12, "high": 14, "low": 12, "close": 13},
            ]
        },
        "outputs": {
            "upper": [None, 12.0, 14.0],
            "middle": [None, 10.5, 12.0],
            "lower": [None, 9.0, 10.0],
            "breakout": [None, 0.0, 1.0],
        },
    },
)
def channel(
    candles: Candles,
    *,
    period: Annotated[int, Field(ge=2, le=10_000, description="Over how many bars.")] = 20,
) -> Channel:
    """The highest and the lowest of the last bars, and whether the price has left them.

    upper = highest high, lower = lowest low of `period` bars, this one included; middle = their mean. `breakout`
    compares the close with the channel as it stood one bar before. Of Richard Donchian, 1960s. Calculated by TA-Lib's
    `DONCHIAN`.
    """
    import numpy

    upper, middle, lower = calculate("DONCHIAN", candles["high"], candles["low"], timeperiod=period)
    breakout = _breakout(candles["close"], before(upper), before(lower))
    return Channel(upper, middle, lower, numpy.where(numpy.isnan(upper), numpy.nan, breakout))


@channel.streaming
def _(candles: Candles, *, period: int = 20) -> Any:
    handle = carry("DONCHIAN", candles["high"], candles["low"], timeperiod=period)

    def derive(now: Any, row: Any, handle: Any) -> Channel:
        upper, middle, lower = now
        return Channel(upper, middle, lower, _breakout(row[CLOSE], handle.value[0], handle.value[2]))

    return carried(derive, handle, HIGH, LOW)
