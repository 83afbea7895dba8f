"""Columns that are what their nodes give for a window at every bar: worked out at once, for each kind of node of which
that is known, with how far they may be off."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any

from treadle.service.backtests.program.averages import (
    adx_of_windows,
    atr_of_windows,
    bands_of_windows,
    ema_of_windows,
    macd_of_windows,
    sma_of_windows,
    zscore_of_windows,
)
from treadle.service.backtests.program.column import Column
from treadle.service.backtests.program.windows import rsi_of_windows
from treadle.simulation.compiled.twin import jitted

if TYPE_CHECKING:
    from treadle.engine.plan import NodePlan
    from treadle.service.backtests.program.columns import ColumnNode, Panel

_LEVELS = {"oversold": 30, "overbought": 70}
_PIECE = 16_384
"""Bars that are gone through at once: few enough to stay near the processor."""


def column_of(one: ColumnNode, panel: Panel, port: str) -> Column | None:
    """None where nothing is known of such a node, or it is fed by another."""
    found = _COLUMNS.get(one.node.definition.name)
    return found(one, panel, port) if found is not None and all(source is None for source, _, _ in one.feeds) else None


def _rsi(one: ColumnNode, panel: Panel, port: str) -> Column | None:
    import numpy

    strength = _strength(one, panel)
    if strength is None or port == "value":
        return strength
    level, bars = float(one.config.get(port, _LEVELS[port])), one.candles.bars
    found, errors = numpy.empty(len(strength.values)), numpy.empty(len(strength.values))
    if panel.is_jitted:
        _compiled()(strength.values, strength.errors, level, port == "oversold", found, errors)
        found[: one.needed - 1] = numpy.nan
        errors[:bars] = 0.0
        return Column(found, errors, is_flag=True)
    compare = numpy.less if port == "oversold" else numpy.greater
    for first in range(0, len(found), _PIECE):
        piece = slice(first, first + _PIECE)
        values, off = strength.values[piece], strength.errors[piece]
        found[piece] = compare(values, level)
        # A flag is what it is, unless the value is as near to the level as it may be off.
        told = numpy.where(numpy.abs(values - level) > off, 0.0, numpy.inf)
        told[numpy.isnan(off)] = numpy.nan
        errors[piece] = told
    found[: one.needed - 1] = numpy.nan
    errors[:bars] = 0.0
    return Column(found, errors, is_flag=True)


@cache
def _compiled() -> Callable[..., None]:
    return jitted(_flags)


def _flags(values: Any, off: Any, level: float, is_below: bool, found: Any, errors: Any) -> None:
    """The same in one pass, for numba."""
    for at in range(len(values)):
        value = values[at]
        found[at] = 1.0 if (value < level if is_below else value > level) else 0.0
        if off[at] != off[at]:
            errors[at] = off[at]
        else:
            errors[at] = 0.0 if abs(value - level) > off[at] else float("inf")


def _strength(one: ColumnNode, panel: Panel) -> Column | None:
    """The same for all variants of a period."""
    import numpy

    period, bars, count = int(one.config.get("period", 14)), one.candles.bars, len(panel.prices)
    if count <= bars or bars < period + 2:
        return None
    kept, key = panel.prices.kept, ("rsi", period, bars)
    if key not in kept:
        values, errors = numpy.empty(count), numpy.zeros(count)
        # As long as a window is all that there is, the node itself says what it gives.
        values[:bars] = panel.beginning(one.node.index, bars)["value"]
        closes = panel.whole_input(one, 0)
        rsi_of_windows(closes, period, bars, into=(values[bars:], errors[bars:]), is_jitted=panel.is_jitted)
        kept[key] = Column(values, errors)
    return kept[key]


def _average(one: ColumnNode, panel: Panel, port: str) -> Column | None:
    kind, period = one.config.get("kind", "sma"), int(one.config.get("period", 20))
    if port != "value" or kind not in ("sma", "ema") or period < 2:
        return None
    calculated = sma_of_windows if kind == "sma" else ema_of_windows
    return _told(one, panel, port, lambda bars: calculated(panel.whole_input(one, 0), period, bars))


def _range(one: ColumnNode, panel: Panel, port: str) -> Column | None:
    period = int(one.config.get("period", 14))
    if port != "value" or period < 2:
        return None
    told = panel.prices.told
    return _told(one, panel, port, lambda bars: atr_of_windows(told["high"], told["low"], told["close"], period, bars))


def _convergence(one: ColumnNode, panel: Panel, port: str) -> Column | None:
    if port not in _LINES:
        return None
    fast, slow, signal = (int(one.config.get(name, known)) for name, known in _PERIODS)
    if signal < 2:
        return None

    def calculate(bars: int) -> tuple[Any, Any]:
        lines, errors = macd_of_windows(panel.whole_input(one, 0), fast, slow, signal, bars)
        return lines[_LINES.index(port)], errors

    return _told(one, panel, port, calculate)


def _bands(one: ColumnNode, panel: Panel, port: str) -> Column | None:
    if port not in _BANDS or one.config.get("kind", "sma") != "sma":
        return None
    period, deviations = int(one.config.get("period", 20)), float(one.config.get("deviations", 2.0))

    def calculate(bars: int) -> tuple[Any, Any]:
        key = ("bands", period, deviations, bars)
        kept = panel.prices.kept
        if key not in kept:
            kept[key] = bands_of_windows(panel.whole_input(one, 0), period, deviations, bars)
        lines, errors = kept[key]
        return lines[_BANDS.index(port)], errors[_BANDS.index(port)]

    return _told(one, panel, port, calculate)


def _score(one: ColumnNode, panel: Panel, port: str) -> Column | None:
    period = int(one.config.get("period", 20))
    if port != "value":
        return None
    return _told(one, panel, port, lambda bars: zscore_of_windows(panel.whole_input(one, 0), period, bars))


def _direction(one: ColumnNode, panel: Panel, port: str) -> Column | None:
    period, told = int(one.config.get("period", 14)), panel.prices.told
    if port not in ("value", "trending"):
        return None

    def calculate(bars: int) -> tuple[Any, Any]:
        key = ("adx", period, bars)
        kept = panel.prices.kept
        if key not in kept:
            kept[key] = adx_of_windows(told["high"], told["low"], told["close"], period, bars)
        return kept[key]

    strength = _told(one, panel, "value", calculate)
    if strength is None or port == "value":
        return strength
    return _above(strength, float(one.config.get("threshold", 25)), one.needed)


def _above(strength: Column, level: float, needed: int) -> Column:
    """A flag: it is what it is, unless the value is as near to the level as it may be off."""
    import numpy

    found = numpy.greater(strength.values, level).astype(float)
    found[: needed - 1] = numpy.nan
    errors = numpy.where(numpy.abs(strength.values - level) > strength.errors, 0.0, numpy.nan)
    errors[strength.errors == 0.0] = 0.0
    return Column(found, errors, is_flag=True)


def _own(one: ColumnNode, panel: Panel, port: str) -> Column | None:
    """An expression that is shown the newest value alone and gives it back."""
    import numpy

    if not is_newest(one.node):
        return None
    values = numpy.array(panel.whole_input(one, 0), dtype=float)
    values[: one.needed - 1] = numpy.nan
    return Column(values, numpy.zeros(len(values)))


def is_newest(node: NodePlan) -> bool:
    """Whether an expression gives back the newest value of its one column."""
    written = str(node.node.config.get("expression", "")).replace(" ", "")
    return written in ("a[-1]", "last(a)") and not any(item.sources for item in node.inputs[1:])


def _told(one: ColumnNode, panel: Panel, port: str, calculate: Callable[[int], tuple[Any, Any]]) -> Column | None:
    """From the bar on from which windows are not all there is; before, the node itself says."""
    import numpy

    bars, count = one.candles.bars, len(panel.prices)
    if count <= bars or bars < one.needed:
        return None
    values, errors = numpy.empty(count), numpy.zeros(count)
    values[:bars] = panel.beginning(one.node.index, bars)[port]
    values[bars:], errors[bars:] = calculate(bars)
    errors[~numpy.isfinite(errors)] = numpy.nan
    return Column(values, errors)


_LINES, _PERIODS = ("macd", "signal", "histogram"), (("fast", 12), ("slow", 26), ("signal", 9))
_BANDS = ("upper", "middle", "lower")
_COLUMNS: dict[str, Callable[[ColumnNode, Panel, str], Column | None]] = {
    "indicator.rsi": _rsi,
    "indicator.ma": _average,
    "indicator.adx": _direction,
    "indicator.atr": _range,
    "indicator.macd": _convergence,
    "indicator.bollinger": _bands,
    "indicator.zscore": _score,
    "indicator.custom": _own,
}
