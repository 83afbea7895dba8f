"""`treadle bars check`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from treadle.cli.command import WRONG, Invocation, command


@command
def check(
    invocation: Invocation,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Bars as CSV or Parquet.")],
    timeframe: Annotated[str | None, typer.Option(help="How long a bar is, where it cannot be told.")] = None,
) -> int | None:
    """Read a file of bars as a backtest would, and tell everything that is wrong with it, by row and column."""
    from treadle.cli.bars.showing import tell_time
    from treadle.cli.mark import count
    from treadle.service.backtests.data.fetching import time_of
    from treadle.service.backtests.data.reading import read_bars_file

    bars, issues = read_bars_file(file, timeframe=timeframe)
    screen = invocation.screen
    about = None
    if bars is not None:
        begins, ends = time_of(int(bars.time[0])), time_of(int(bars.time[-1]) + bars.length)
        about = {"bars": len(bars), "timeframe": bars.timeframe, "begins": begins, "ends": ends}
        many = count(len(bars), "bar")
        screen.say(f"{file.name}: {many} of {bars.timeframe}, {tell_time(begins)} to {tell_time(ends)} UTC")
    if invocation.json:
        screen.print_json({"valid": bars is not None, "bars": about, "issues": [one.to_dict() for one in issues]})
    else:
        screen.print_issues(issues)
    return WRONG if bars is None else None
