"""Volume-weighted average price."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, NamedTuple

from pydantic import Field

from treadle.node import Series, node
from treadle.packs.trading.technical import (
    CLOSE,
    HIGH,
    LOW,
    VOLUME,
    calculate,
    carried_together,
    carry,
    lookback,
    ratio,
)
from treadle.packs.trading.types import Candles


class Weighted(NamedTuple):
    value: Series
    distance: Annotated[Series, Field(description="How far the closing price is from it, in percent of it.")]


def _lookback(config: Mapping[str, Any]) -> int | None:
    return None if config["period"] is None else lookback("SUM", timeperiod=config["period"])


def _weighted(money: Any, volume: Any, close: Any) -> Weighted:
    value = ratio(money, volume)
    return Weighted(value, ratio(close - value, value) * 100)


def _typical(high: Any, low: Any, close: Any) -> Any:
    return (high + low + close) / 3


@node(
    "indicator.vwap",
    title="VWAP",
    lookback=_lookback,
    requires=("talib", "numpy"),
    extra="trading",
    example={
        "config": {"period": 2},
        "inputs": {
            "candles": [
                {"time": "2024-05-01T00:00:00Z", "open": 10, "high": 11, "low": 9, "close": 10, "volume": 1},
                {"time": "2024-05-01T01:00:00Z", "open": 12, "high": 13, "low": 11, "close": 12, "volume": 3},
            ]
        },
        "outputs": {"value": [None, 11.5], "distance": [None, 4.3478260869565215]},
    },
)
def weighted_price(
    candles: Candles,
    *,
    period: Annotated[
        int | None,
        Field(ge=2, le=10_000, description="Over how many bars; without it, over all the candles that come in."),
    ] = None,
) -> Weighted:
    """What was paid on average, as far as bars tell.

    Σ (typical price × volume) / Σ volume, where the typical price is (high + low + close) / 3. Dead where there was no
    volume. Of Berkowitz, Logue and Noser, *The Total Cost of Transactions on the NYSE*, Journal of Finance, 1988.
    Without `period` it begins with the first bar that comes in, so it needs candles as a whole; for a session, connect
    the candles of that session.
    """
    import numpy

    volume = candles["volume"]
    money = _typical(candles["high"], candles["low"], candles["close"]) * volume
    if period is None:
        return _weighted(numpy.cumsum(money), numpy.cumsum(volume), candles["close"])
    money, volume = (calculate("SUM", column, timeperiod=period) for column in (money, volume))
    return _weighted(money, volume, candles["close"])


@weighted_price.streaming
def _(candles: Candles, *, period: int | None = None) -> Any:
    if period is None:
        return None
    money = _typical(candles["high"], candles["low"], candles["close"]) * candles["volume"]
    return carried_together(
        lambda now, row: _weighted(now[0], now[1], row[CLOSE]),
        (
            carry("SUM", money, timeperiod=period),
            lambda row: (_typical(row[HIGH], row[LOW], row[CLOSE]) * row[VOLUME],),
        ),
        (carry("SUM", candles["volume"], timeperiod=period), lambda row: (row[VOLUME],)),
    )
