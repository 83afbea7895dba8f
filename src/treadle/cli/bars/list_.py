"""`treadle bars list`."""

from __future__ import annotations

from treadle.cli.command import Invocation, command


@command
def list_(invocation: Invocation) -> None:
    """List the bars that are here, by name: what was downloaded, and what was sent to the server as a file."""
    from treadle.cli.bars.showing import describe, tell_size, tell_time
    from treadle.cli.screen import new_table
    from treadle.service.backtests.data.bars import BarFacts
    from treadle.service.backtests.data.cache import BarCache

    screen = invocation.screen
    found = [BarFacts.of(kept) for kept in BarCache(invocation.settings()).list()]
    if invocation.json:
        screen.print_json([describe(one) for one in found])
        return
    if not found:
        screen.say("[dim]There are none. Fetch some: `treadle bars download binance BTC/USDT 1h --from 2024-01-01`[/]")
        return
    table = new_table("bars", "from", "to", "how many", "gaps", "size", right=["how many", "gaps", "size"])
    for one in found:
        table.add_row(
            one.name, tell_time(one.begins), tell_time(one.ends), f"{one.bars:,}", f"{one.gaps:,}", tell_size(one.size)
        )
    screen.print_table(table)
