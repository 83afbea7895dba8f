"""On-balance volume."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, NamedTuple

from pydantic import Field

from treadle.node import Series, node
from treadle.packs.trading.technical import before, calculate, lookback, sign
from treadle.packs.trading.types import Candles


class Balance(NamedTuple):
    value: Series
    trend: Annotated[Series, Field(description="1 where it rises, -1 where it falls, 0 where it does neither.")]


def _lookback(config: Mapping[str, Any]) -> int | None:
    return None if config["period"] is None else lookback("SUM", timeperiod=config["period"]) + 1


@node(
    "indicator.obv",
    title="OBV",
    lookback=_lookback,
    requires=("talib", "numpy"),
    extra="trading",
    example={
        "config": {},
        "inputs": {
            "candles": [
                {"time": "2024-05-01T00:00:00Z", "open": 10, "high": 11, "low": 9, "close": 10, "volume": 5},
                {"time": "2024-05-01T01:00:00Z", "open": 10, "high": 12, "low": 10, "close": 12, "volume": 3},
                {"time": "2024-05-01T02:00:00Z", "open": 12, "high": 12, "low": 8, "close": 8, "volume": 4},
            ]
        },
        "outputs": {"value": [5.0, 8.0, 4.0], "trend": [0.0, 1.0, -1.0]},
    },
)
def balance_volume(
    candles: Candles,
    *,
    period: Annotated[
        int | None,
        Field(ge=2, le=10_000, description="Over how many bars; without it, over all the candles that come in."),
    ] = None,
) -> Balance:
    """Volume on the way up minus volume on the way down.

    v = v′ + volume where the price closed higher than before, − volume where lower. Of Joseph Granville, *Granville's
    New Key to Stock Market Profits*, 1963. Calculated by TA-Lib's `OBV`, which begins with the first bar's volume. With
    `period` it is the same sum over the last so many bars: what can be collected bar by bar.
    """
    close, volume = candles["close"], candles["volume"]
    if period is None:
        value = calculate("OBV", close, volume)
    else:
        value = calculate("SUM", sign(close, before(close)) * volume, timeperiod=period)
        value[:period] = float("nan")  # the first bar is neither up nor down
    return Balance(value, sign(value, before(value)))
