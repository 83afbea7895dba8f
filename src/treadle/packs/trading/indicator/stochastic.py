"""Stochastic oscillator."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, NamedTuple

from pydantic import Field

from treadle.node import Flags, Series, node
from treadle.packs.trading.technical import CLOSE, HIGH, LOW, calculate, carried, carry, lookback
from treadle.packs.trading.types import Candles

Period = Annotated[int, Field(ge=1, le=10_000)]
Level = Annotated[float, Field(ge=0, le=100)]


class Oscillator(NamedTuple):
    k: Series
    d: Series
    oversold: Flags
    overbought: Flags


def _settings(period: int, smooth: int, signal: int) -> dict[str, int]:
    return {"fastk_period": period, "slowk_period": smooth, "slowd_period": signal}


def _lookback(config: Mapping[str, Any]) -> int:
    return lookback("STOCH", **_settings(config["period"], config["smooth"], config["signal"]))


@node(
    "indicator.stochastic",
    title="Stochastic",
    lookback=_lookback,
    requires=("talib", "numpy"),
    extra="trading",
    example={
        "config": {"period": 2, "smooth": 1, "signal": 1},
        "inputs": {
            "candles": [
                {"time": "2024-05-01T00:00:00Z", "open": 10, "high": 12, "low": 8, "close": 10},
                {"time": "2024-05-01T01:00:00Z", "open": 10, "high": 11, "low": 9, "close": 11},
            ]
        },
        "outputs": {"k": [None, 75.0], "d": [None, 75.0], "oversold": [False, False], "overbought": [False, False]},
    },
)
def stochastic(
    candles: Candles,
    *,
    period: Annotated[Period, Field(description="Bars of which the highest and the lowest are taken.")] = 14,
    smooth: Annotated[Period, Field(description="Bars over which k is averaged; 1: the fast stochastic.")] = 3,
    signal: Annotated[Period, Field(description="Bars over which d averages k.")] = 3,
    oversold: Annotated[Level, Field(description="With k below this, `oversold` is true.")] = 20,
    overbought: Annotated[Level, Field(description="With k above this, `overbought` is true.")] = 80,
) -> Oscillator:
    """Where the price closes within its recent range, 0 to 100.

    k = sma of 100 × (close − lowest) / (highest − lowest) over `period` bars; d = sma of k. Of George Lane, 1950s;
    *Lane's Stochastics*, Technical Analysis of Stocks & Commodities, 1984. Calculated by TA-Lib's `STOCH`, which gives
    0 where nothing moved.
    """
    columns = candles["high"], candles["low"], candles["close"]
    k, d = calculate("STOCH", *columns, **_settings(period, smooth, signal))
    return Oscillator(k, d, k < oversold, k > overbought)


@stochastic.streaming
def _(
    candles: Candles,
    *,
    period: int = 14,
    smooth: int = 3,
    signal: int = 3,
    oversold: float = 20,
    overbought: float = 80,
) -> Any:
    columns = candles["high"], candles["low"], candles["close"]
    handle = carry("STOCH", *columns, **_settings(period, smooth, signal))

    def derive(now: Any, _: Any, __: Any) -> Oscillator:
        k, d = now
        return Oscillator(k, d, k < oversold, k > overbought)

    return carried(derive, handle, HIGH, LOW, CLOSE)
