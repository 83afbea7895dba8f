"""Bars and rates as files that accounts on paper read, exactly as they are in memory."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from treadle.service.backtests.data.arrays import BarArrays
from treadle.service.backtests.data.funding import FundingRates


def write_bars(bars: BarArrays, file: Path, *, pauses: bool) -> None:
    """With `pauses` nodes may look across bars that are missing."""
    import numpy

    with file.open("wb") as opened:
        columns: dict[str, Any] = {"timeframe": numpy.array(bars.timeframe), "pauses": numpy.array(pauses)}
        columns |= bars.columns()
        numpy.savez(opened, **columns)


def write_rates(rates: FundingRates, file: Path) -> None:
    rows = (f"{at},{rate:f}" for at, rate in zip(rates.times, rates.rates, strict=True))
    file.write_text("\n".join(["time,rate", *rows]) + "\n", encoding="utf-8")
