"""What bars bring of their market: its fees, tick, lot and smallest order, as they were kept with them."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from treadle.errors import NodeError
from treadle.model.issue import Issue
from treadle.packs.trading.bars import COLUMNS
from treadle.packs.trading.paper.market_facts import FINEST
from treadle.service.backtests.data.source import FileSource, MarketSource, Source

if TYPE_CHECKING:
    from treadle.packs.trading.venue.market_data import Market
    from treadle.service.backtests.data.arrays import BarArrays
    from treadle.service.backtests.data.cache import BarCache
    from treadle.service.backtests.data.kept import KeptBars

_PIECE = 65_536
"""Prices that are looked at together."""


def find_rules(source: Source, bars: BarArrays, cache: BarCache, key: str) -> tuple[Market | None, list[Issue]]:
    """None for a file, which says nothing of its market, and for bars that were kept without."""
    if isinstance(source, FileSource) or not source.can_be_downloaded:
        return None, []
    market = rules_of(cache.of(source))
    if market is None:
        again = f"treadle bars download {source.venue} {source.symbol} {source.timeframe}"
        said = (
            f"The bars {source} were kept without the rules of their market: its fees, tick, lot and smallest order "
            f"are not known. `{again}` asks for them."
        )
        return None, [Issue("no_market_rules", said, path=(key,), severity="warning")]
    if market.tick is None or _fits(bars, market.tick):
        return market, []
    finer = _finer(bars, market.tick)
    said = (
        f"{market.symbol} is quoted in steps of {market.tick:f} now; the bars {source} have finer prices, so that it "
        f"was tested in steps of {finer:f}."
    )
    return replace(market, tick=finer), [Issue("finer_prices", said, path=(key,), severity="warning")]


def rules_of(kept: KeptBars) -> Market | None:
    """What is known of the market of bars; the simulated ones are as they are in this version."""
    return _simulated(kept.source) if kept.source.is_simulated else kept.market()


def _simulated(source: MarketSource) -> Market | None:
    from treadle.packs.trading.simulated.listing import find_listing

    try:
        return find_listing(source.symbol).market
    except NodeError:
        return None


def _finer(bars: BarArrays, tick: Decimal) -> Decimal:
    while tick > FINEST:
        tick /= 10
        if _fits(bars, tick):
            break
    return tick


def _fits(bars: BarArrays, tick: Decimal) -> bool:
    """Whether all prices are multiples of the tick, but for what a float leaves open."""
    import numpy

    per_tick = float(1 / tick)
    for name in COLUMNS[1:5]:
        column = getattr(bars, name)
        for first in range(0, len(column), _PIECE):
            told = column[first : first + _PIECE] * per_tick
            if bool((numpy.abs(told - numpy.rint(told)) > 1e-6 + told * 1e-15).any()):
                return False
    return True
