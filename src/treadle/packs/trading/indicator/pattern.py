"""Candlestick patterns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import Annotated, Any, Literal, NamedTuple, get_args

from pydantic import Field

from treadle.node import Flags, Series, node
from treadle.packs.trading.technical import CLOSE, HIGH, LOW, OPEN, calculate, carried_together, carry, lookback
from treadle.packs.trading.types import Candles

Pattern = Literal[
    "2crows", "3blackcrows", "3inside", "3linestrike", "3outside", "3starsinsouth", "3whitesoldiers", "abandonedbaby",
    "advanceblock", "belthold", "breakaway", "closingmarubozu", "concealbabyswall", "counterattack", "darkcloudcover",
    "doji", "dojistar", "dragonflydoji", "engulfing", "eveningdojistar", "eveningstar", "gapsidesidewhite",
    "gravestonedoji", "hammer", "hangingman", "harami", "haramicross", "highwave", "hikkake", "hikkakemod",
    "homingpigeon", "identical3crows", "inneck", "invertedhammer", "kicking", "kickingbylength", "ladderbottom",
    "longleggeddoji", "longline", "marubozu", "matchinglow", "mathold", "morningdojistar", "morningstar", "onneck",
    "piercing", "rickshawman", "risefall3methods", "separatinglines", "shootingstar", "shortline", "spinningtop",
    "stalledpattern", "sticksandwich", "takuri", "tasukigap", "thrusting", "tristar", "unique3river",
    "upsidegap2crows", "xsidegap3methods",
]  # fmt: skip
PATTERNS: tuple[str, ...] = get_args(Pattern)


class Found(NamedTuple):
    found: Flags
    direction: Annotated[Series, Field(description="1 it points up, -1 down, 0 neither, or both alike.")]
    confidence: Annotated[Series, Field(description="How plain the plainest is, 0 to 1.")]


def _lookback(config: Mapping[str, Any]) -> int:
    return max(lookback(_name(one)) for one in config["patterns"] or PATTERNS)


def _name(pattern: str) -> str:
    return f"CDL{pattern.upper()}"


def _columns(candles: Candles) -> tuple[Any, ...]:
    return candles["open"], candles["high"], candles["low"], candles["close"]


@node(
    "indicator.pattern",
    title="Candlestick pattern",
    lookback=_lookback,
    requires=("talib", "numpy"),
    extra="trading",
    example={
        "config": {"patterns": ["engulfing"]},
        "inputs": {
            "candles": [
                {"time": "2024-05-01T00:00:00Z", "open": 10, "high": 10.5, "low": 9.5, "close": 10.2},
                {"time": "2024-05-01T01:00:00Z", "open": 10, "high": 10.1, "low": 8.9, "close": 9},
                {"time": "2024-05-01T02:00:00Z", "open": 8.9, "high": 11, "low": 8.8, "close": 10.5},
            ]
        },
        "outputs": {
            "found": [False, False, True],
            "direction": [None, None, 1.0],
            "confidence": [None, None, 1.0],
        },
    },
)
def pattern(
    candles: Candles,
    *,
    patterns: Annotated[
        tuple[Pattern, ...],
        Field(description="Which to look for, by TA-Lib's names without `CDL`; without it, all of them."),
    ] = (),
) -> Found:
    """Whether the last bars form one of the candlestick patterns.

    What they look like is TA-Lib's `CDL…` functions, after Steve Nison, *Japanese Candlestick Charting Techniques*,
    1991, and Gregory Morris, *Candlestick Charting Explained*, 1992. `confidence` is TA-Lib's strength / 100, at
    most 1 (an engulfing body that only touches is 0.8). Of several patterns in one bar, the plainest gives the
    direction.
    """
    import numpy

    columns = _columns(candles)
    strengths = numpy.array([calculate(_name(one), *columns) for one in patterns or PATTERNS], dtype=float)
    up, down = numpy.maximum(strengths.max(axis=0), 0), numpy.maximum(-strengths.min(axis=0), 0)
    strongest = numpy.maximum(up, down)
    direction = (up > down).astype(float) - (down > up)
    warm = numpy.arange(len(strongest)) >= _lookback({"patterns": patterns})
    return Found(
        (strongest > 0) & warm,
        numpy.where(warm, direction, numpy.nan),
        numpy.where(warm, numpy.minimum(strongest / 100, 1.0), numpy.nan),
    )


@pattern.streaming
def _(candles: Candles, *, patterns: tuple[str, ...] = ()) -> Any:
    columns, pick = _columns(candles), itemgetter(OPEN, HIGH, LOW, CLOSE)
    return carried_together(_found, *((carry(_name(one), *columns), pick) for one in patterns or PATTERNS))


def _found(now: Sequence[Any], _: Any) -> Found:
    up, down = float(max(*now, 0)), float(-min(*now, 0))
    strongest = max(up, down)
    found: Any = strongest > 0, float((up > down) - (down > up)), min(strongest / 100, 1.0)
    return Found(*found)
