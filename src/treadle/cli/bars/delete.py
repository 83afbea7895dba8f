"""`treadle bars delete`."""

from __future__ import annotations

from treadle.cli.bars.show import BarsName
from treadle.cli.command import Invocation, command


@command
def delete(invocation: Invocation, name: BarsName) -> None:
    """Delete the bars of a market from this machine."""
    from treadle.cli.screen import cut
    from treadle.service.backtests.data.cache import BarCache

    kept = BarCache(invocation.settings()).get(name)
    with kept.alone():
        kept.delete()
    if invocation.json:
        invocation.screen.print_json({"deleted": str(kept.source)})
        return
    invocation.screen.say(f"Deleted {cut(str(kept.source))}")
