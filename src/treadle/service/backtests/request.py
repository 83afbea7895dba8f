"""What to backtest, and over what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from treadle.model.workflow import Workflow

ANY_SYMBOL = "*"
"""Stands for whichever market is asked for, where there is one file only."""


@dataclass(frozen=True, slots=True)
class BacktestRequest:
    """`bars` are files (CSV or Parquet) by symbol, `timeframe` how long one of their bars is, where it cannot be told.

    It goes from `since` to `until` (aware; None: from the first bar, to the last). `paper` are settings of the account
    beside those that the workflow's providers have: balance, fees, slippage (see `docs/how-to/trade-on-paper.md`).
    """

    workflow: Workflow
    bars: Mapping[str, Path]
    timeframe: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    input: Mapping[str, Any] = field(default_factory=dict[str, Any])
    paper: Mapping[str, Any] = field(default_factory=dict[str, Any])
