"""Average directional index."""

from __future__ import annotations

from operator import itemgetter
from typing import Annotated, Any, NamedTuple

from pydantic import Field

from treadle.node import Flags, Series, node
from treadle.packs.trading.technical import CLOSE, HIGH, LOW, calculate, carried_together, carry, lookback
from treadle.packs.trading.types import Candles

_BARS = [
    {"time": f"2024-05-01T0{hour}:00:00Z", "open": price, "high": price + 1, "low": price - 1, "close": price}
    for hour, price in enumerate((10, 11, 13, 12))
]


class Direction(NamedTuple):
    value: Series
    plus: Series
    minus: Series
    trending: Flags


@node(
    "indicator.adx",
    title="ADX",
    lookback=lambda config: lookback("ADX", timeperiod=config["period"]),
    requires=("talib", "numpy"),
    extra="trading",
    example={
        "config": {"period": 2},
        "inputs": {"candles": _BARS},
        "outputs": {
            "value": [None, None, None, 55.55555555555556],
            "plus": [None, None, None, 31.25],
            "minus": [None, None, None, 25.0],
            "trending": [False, False, False, True],
        },
    },
)
def directional_index(
    candles: Candles,
    *,
    period: Annotated[int, Field(ge=2, le=10_000, description="Over how many bars.")] = 14,
    threshold: Annotated[float, Field(ge=0, le=100, description="Above this, `trending` is true.")] = 25,
) -> Direction:
    """How strong a trend is, 0 to 100, whichever way it goes; `plus` and `minus` say which.

    plus, minus = 100 × smoothed directional movement / smoothed true range; value = smoothed 100 × |plus − minus| /
    (plus + minus). Smoothed as Wilder did. Of J. Welles Wilder, *New Concepts in Technical Trading Systems*, 1978.
    Calculated by TA-Lib's `ADX`, `PLUS_DI` and `MINUS_DI`.
    """
    columns = candles["high"], candles["low"], candles["close"]
    value, plus, minus = (calculate(name, *columns, timeperiod=period) for name in ("ADX", "PLUS_DI", "MINUS_DI"))
    import numpy

    plus, minus = (numpy.where(numpy.isnan(value), numpy.nan, column) for column in (plus, minus))
    return Direction(value, plus, minus, value > threshold)


@directional_index.streaming
def _(candles: Candles, *, period: int = 14, threshold: float = 25) -> Any:
    columns, pick = (candles["high"], candles["low"], candles["close"]), itemgetter(HIGH, LOW, CLOSE)
    names = ("ADX", "PLUS_DI", "MINUS_DI")
    return carried_together(
        lambda now, _: Direction(now[0], now[1], now[2], now[0] > threshold),
        *((carry(name, *columns, timeperiod=period), pick) for name in names),
    )
