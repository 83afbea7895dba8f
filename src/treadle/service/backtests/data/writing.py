"""Bars and rates as files that accounts on paper read, exactly as they are in memory."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from treadle.packs.trading.paper.market_facts import write_market
from treadle.service.backtests.data.arrays import BarArrays
from treadle.service.backtests.data.funding import FundingRates

if TYPE_CHECKING:
    from treadle.packs.trading.venue.market_data import Market


def write_bars(bars: BarArrays, file: Path, *, pauses: bool, market: Market | None = None) -> None:
    """With `pauses` nodes may look across bars that are missing. `market` is what is known of it."""
    import numpy

    with file.open("wb") as opened:
        columns: dict[str, Any] = {"timeframe": numpy.array(bars.timeframe), "pauses": numpy.array(pauses)}
        if market is not None:
            columns["market"] = numpy.array(json.dumps(write_market(market)))
        columns |= bars.columns()
        numpy.savez(opened, **columns)


def write_rates(rates: FundingRates, file: Path) -> None:
    rows = (f"{at},{rate:f}" for at, rate in zip(rates.times, rates.rates, strict=True))
    file.write_text("\n".join(["time,rate", *rows]) + "\n", encoding="utf-8")
