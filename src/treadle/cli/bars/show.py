"""`treadle bars show`."""

from __future__ import annotations

from typing import Annotated

import typer

from treadle.cli.command import Invocation, command

BarsName = Annotated[str, typer.Argument(metavar="NAME", help="As `treadle bars list` tells it.")]


@command
def show(invocation: Invocation, name: BarsName) -> None:
    """Show what there is of a market: from when to when, its rules, its last bars, and where bars are missing."""
    from treadle.cli.bars.showing import (
        describe,
        describe_gaps,
        describe_rules,
        tell_facts,
        tell_gaps,
        tell_rules,
        tell_time,
    )
    from treadle.cli.screen import new_table
    from treadle.service.backtests.data.bars import BarFacts
    from treadle.service.backtests.data.cache import BarCache
    from treadle.service.backtests.data.fetching import time_of
    from treadle.service.backtests.data.rules import rules_of

    kept = BarCache(invocation.settings()).get(name)
    facts, bars, rules, screen = BarFacts.of(kept), kept.read(), rules_of(kept), invocation.screen
    if invocation.json:
        screen.print_json({**describe(facts), "missing": describe_gaps(bars), "market": describe_rules(rules)})
        return
    screen.say(tell_facts(facts))
    if rules is not None:
        screen.say(tell_rules(rules))
    last = bars.cut(max(0, len(bars) - 5), len(bars))
    numbers = ("open", "high", "low", "close", "volume")
    table = new_table("the last", *numbers, right=numbers)
    for at, *row in zip(last.time.tolist(), *(getattr(last, one).tolist() for one in numbers), strict=True):
        table.add_row(tell_time(time_of(at)), *(f"{number:.12g}" for number in row))
    screen.print_table(table)
    for line in tell_gaps(bars):
        screen.say(f"[yellow]![/] {line}")
