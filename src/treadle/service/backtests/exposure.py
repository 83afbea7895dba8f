"""How much of the equity was at stake, over time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from treadle.packs.trading.accounting import assets_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from treadle.service.backtests.data.arrays import BarArrays
    from treadle.service.backtests.result import BacktestResult


def find_exposure(result: BacktestResult, at: Any, equity: Any) -> Any:
    """Σ |position × price| / equity at each of the times (ms), as an account that is looked at then has it: with what
    was filled in bars that are over. NaN where it cannot be told: prices in another currency, or none.

    A position is the sum of the quantities of its fills, a price the close of the last bar that is over.
    """
    import numpy

    exposure = numpy.zeros(len(at))
    if result.history is None or not result.fills:
        return exposure
    for symbol in dict.fromkeys(str(one["symbol"]) for one in result.fills):
        market = bars_of(result, symbol)
        if market is None or assets_of(symbol)[1] != result.currency:
            return numpy.full(len(at), numpy.nan)
        fills = [one for one in result.fills if one["symbol"] == symbol]
        times = numpy.array([_ms(one["at"]) for one in fills], dtype=numpy.int64)
        signed = numpy.array([float(one["quantity"]) * (1 if one["side"] == "buy" else -1) for one in fills])
        order = numpy.argsort(times, kind="stable")
        ends = market.time + market.length
        over: NDArray[Any] = cast("Any", ends).searchsorted(at, side="right") - 1
        # What was filled at the opening of a bar is known once the bar is over.
        known: Any = numpy.searchsorted(times[order], ends[numpy.maximum(over, 0)], side="left")
        held = numpy.concatenate(([0.0], numpy.cumsum(signed[order])))[known]
        exposure += numpy.where(over >= 0, numpy.abs(held) * market.close[numpy.maximum(over, 0)], 0.0)
    with numpy.errstate(divide="ignore", invalid="ignore"):
        return numpy.where(equity > 0, exposure / equity, numpy.nan)


def bars_of(result: BacktestResult, symbol: str) -> BarArrays | None:
    """Of a market; where several venues have it, those of the first."""
    if result.history is None:
        return None
    bars = result.history.bars
    ending = f":{symbol}"
    return result.history.of(symbol) or next((bars[key] for key in bars if key.endswith(ending)), None)


def _ms(at: Any) -> int:
    from datetime import datetime

    return at if isinstance(at, int) else round(datetime.fromisoformat(at).timestamp() * 1000)
