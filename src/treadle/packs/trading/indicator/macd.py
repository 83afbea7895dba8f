"""Moving average convergence and divergence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, NamedTuple

from pydantic import Field

from treadle.node import Series, node
from treadle.packs.trading.technical import before, calculate, carried, carry, lookback
from treadle.packs.trading.types import Prices


class Convergence(NamedTuple):
    macd: Series
    signal: Series
    histogram: Series
    crossover: Annotated[
        Series, Field(description="1 where macd has come above its signal, -1 where it has come below, else 0.")
    ]


def _lookback(config: Mapping[str, Any]) -> int:
    return lookback("MACD", fastperiod=config["fast"], slowperiod=config["slow"], signalperiod=config["signal"])


def _check(config: Mapping[str, Any]) -> list[str]:
    fast, slow = config.get("fast", 12), config.get("slow", 26)
    if isinstance(fast, int) and isinstance(slow, int) and fast >= slow:
        return [f"`fast` ({fast}) has to be less than `slow` ({slow})."]
    return []


def _crossover(now: Any, then: Any) -> Any:
    up, down = (now > 0) & (then <= 0), (now < 0) & (then >= 0)
    return (up + 0.0) - down


@node(
    "indicator.macd",
    title="MACD",
    lookback=_lookback,
    check=_check,
    requires=("talib", "numpy"),
    extra="trading",
    example={
        "config": {"fast": 2, "slow": 3, "signal": 2},
        "inputs": {"series": [1, 2, 3, 4, 5, 4]},
        "outputs": {
            "macd": [None, None, None, 0.5, 0.5, 0.16666666666666696],
            "signal": [None, None, None, 0.5, 0.5, 0.277777777777778],
            "histogram": [None, None, None, 0.0, 0.0, -0.11111111111111105],
            "crossover": [None, None, None, 0.0, 0.0, -1.0],
        },
    },
)
def convergence(
    series: Prices,
    *,
    fast: Annotated[int, Field(ge=2, le=10_000, description="Period of the quick average.")] = 12,
    slow: Annotated[int, Field(ge=2, le=10_000, description="Period of the slow average.")] = 26,
    signal: Annotated[int, Field(ge=1, le=10_000, description="Period of the average of the difference.")] = 9,
) -> Convergence:
    """How far a quick average is from a slow one, and whether that has turned.

    macd = ema(fast) − ema(slow), signal = ema(macd), histogram = macd − signal. `crossover` is 1 at the value at which
    the histogram comes above 0, -1 where it comes below. Of Gerald Appel, 1979. Calculated by TA-Lib's `MACD`.
    """
    macd, line, histogram = calculate("MACD", series, fastperiod=fast, slowperiod=slow, signalperiod=signal)
    import numpy

    crossover = numpy.where(numpy.isnan(histogram), numpy.nan, _crossover(histogram, before(histogram)))
    return Convergence(macd, line, histogram, crossover)


@convergence.streaming
def _(series: Prices, *, fast: int = 12, slow: int = 26, signal: int = 9) -> Any:
    handle = carry("MACD", series, fastperiod=fast, slowperiod=slow, signalperiod=signal)

    def derive(now: Any, _: Any, handle: Any) -> Convergence:
        macd, line, histogram = now
        return Convergence(macd, line, histogram, _crossover(histogram, handle.value[2]))

    return carried(derive, handle, 1)
