"""Fetching what a backtest names at a venue, with a bar for each market."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from treadle.cli.command import Invocation
    from treadle.service.backtests.data.downloading import Progress
    from treadle.service.backtests.data.source import MarketSource
    from treadle.service.backtests.request import BacktestRequest
    from treadle.service.settings import Settings


def fetch_bars(invocation: Invocation, request: BacktestRequest, settings: Settings) -> None:
    """Raises `InvalidWorkflow` (`invalid_bars`)."""
    from treadle.cli.progress import progress_bar
    from treadle.cli.session import wait_for
    from treadle.packs.trading.bars import milliseconds
    from treadle.service.backtests.data.bringing import bring_bars

    with ExitStack() as bars:

        def started(source: MarketSource) -> Progress:
            bars.close()  # the one before is done
            told, step = (
                bars.enter_context(progress_bar(invocation.screen, str(source))),
                milliseconds(source.timeframe),
            )
            return lambda done, all: told(done // step, all // step)

        wait_for(bring_bars(request, settings, started=started))
