"""What to backtest, and over what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from treadle.model.workflow import Workflow
from treadle.packs.trading.venue.market_data import Market
from treadle.service.backtests.data.arrays import BarArrays
from treadle.service.backtests.data.faults import Gaps

Way = Literal["auto", "engine", "compiled"]
ANY_SYMBOL = "*"
"""Stands for whichever market is asked for, where there is one file only."""


@dataclass(frozen=True, slots=True)
class BacktestRequest:
    """`bars` are by symbol, `VENUE:SYMBOL` (those of one venue only) or `*`: a file (CSV or Parquet), a source as
    `--data` names it (see `data.source`), or columns in memory. `timeframe` is how long one of their bars is, where it
    cannot be told; `gaps` what becomes of bars that are missing (`warn`: they are told of); `funding` are files of
    what holders of perpetuals paid each other, by symbol.

    It goes from `since` to `until` (aware; None: from the first bar, to the last). `paper` are settings of the account
    beside those that the workflow's providers have: balance, fees, slippage (see `docs/how-to/trade-on-paper.md`).
    """

    workflow: Workflow
    bars: Mapping[str, Path | str | BarArrays]
    timeframe: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    input: Mapping[str, Any] = field(default_factory=dict[str, Any])
    paper: Mapping[str, Any] = field(default_factory=dict[str, Any])
    stubs: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """What effects that are not done come to: by node, its output, or its outputs by port."""
    gaps: Gaps = "warn"
    funding: Mapping[str, Path | str] = field(default_factory=dict[str, Path | str])
    way: Way = "auto"
    """Through the engine, or compiled: the same result. `auto`: compiled where that can be."""
    markets: Mapping[str, Market] = field(default_factory=dict[str, Market])
    """Of bars in memory: what is known of their markets (fees, tick, lot …), which sources at a venue bring along."""
    looks_back: int | None = None
    """How long before `since` (ms) bars at a venue begin; None: as far back as anything in the workflow looks."""
