"""Average true range."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, NamedTuple

from pydantic import Field

from treadle.node import Series, node
from treadle.packs.trading.technical import CLOSE, HIGH, LOW, calculate, carried, carry, lookback, ratio
from treadle.packs.trading.types import Candles


class Range(NamedTuple):
    value: Series
    percent: Annotated[Series, Field(description="Of the closing price, in hundredths.")]
    level: Annotated[Series, Field(description="How volatile that is: -1 low, 0 normal, 1 high.")]


def _check(config: Mapping[str, Any]) -> list[str]:
    low, high = config.get("low", 1), config.get("high", 3)
    if isinstance(low, int | float) and isinstance(high, int | float) and low >= high:
        return [f"`low` ({low:g}) has to be below `high` ({high:g})."]
    return []


def _range(value: Any, close: Any, low: float, high: float) -> Range:
    percent = ratio(value, close) * 100
    level = ((percent > high) + 0.0) - (percent < low)
    return Range(value, percent, level)


@node(
    "indicator.atr",
    title="ATR",
    lookback=lambda config: lookback("ATR", timeperiod=config["period"]),
    check=_check,
    requires=("talib", "numpy"),
    extra="trading",
    example={
        "config": {"period": 2},
        "inputs": {
            "candles": [
                {"time": "2024-05-01T00:00:00Z", "open": 10, "high": 11, "low": 9, "close": 10},
                {"time": "2024-05-01T01:00:00Z", "open": 10, "high": 12, "low": 10, "close": 12},
                {"time": "2024-05-01T02:00:00Z", "open": 12, "high": 12, "low": 8, "close": 8},
            ]
        },
        "outputs": {"value": [None, None, 3.0], "percent": [None, None, 37.5], "level": [None, None, 1.0]},
    },
)
def true_range(
    candles: Candles,
    *,
    period: Annotated[int, Field(ge=1, le=10_000, description="Over how many bars.")] = 14,
    low: Annotated[float, Field(ge=0, description="Below this many percent of the price, `level` is -1.")] = 1,
    high: Annotated[float, Field(ge=0, description="Above this many percent of the price, `level` is 1.")] = 3,
) -> Range:
    """How far the price moves in a bar.

    True range: the largest of high − low, |high − close′| and |low − close′|. Its average is smoothed as Wilder did:
    a = a′ + (range − a′) / n, begun with the mean of the first n. Of J. Welles Wilder, *New Concepts in Technical
    Trading Systems*, 1978. Calculated by TA-Lib's `ATR`.
    """
    import numpy

    columns = candles["high"], candles["low"], candles["close"]
    found = _range(calculate("ATR", *columns, timeperiod=period), candles["close"], low, high)
    return found._replace(level=numpy.where(numpy.isnan(found.value), numpy.nan, found.level))


@true_range.streaming
def _(candles: Candles, *, period: int = 14, low: float = 1, high: float = 3) -> Any:
    handle = carry("ATR", candles["high"], candles["low"], candles["close"], timeperiod=period)
    return carried(lambda now, row, _: _range(now, row[CLOSE], low, high), handle, HIGH, LOW, CLOSE)
