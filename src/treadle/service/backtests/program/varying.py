"""Variants that differ in their columns alone: the same graph and the same generated code over other numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from pydantic import ValidationError

from treadle.errors import TreadleError
from treadle.service.backtests.program.candidates import find_candidates
from treadle.service.backtests.program.columns import ColumnNode, Panel
from treadle.service.backtests.program.driving import Drive
from treadle.service.backtests.program.lane import Lane
from treadle.service.backtests.program.planning import Program
from treadle.service.backtests.program.stepper import OneMarket


class Varied(Drive):
    """A variant over the code of `base`. What has to be stepped exactly is stepped by the `plan` of the variant."""

    def __init__(
        self, program: Program, panel: Panel, base: Drive, plan: Callable[[], Program], *, is_jitted: bool
    ) -> None:
        self._base, self._plan, self._is_own = base, plan, False
        super().__init__(program, panel, is_jitted=is_jitted)

    def _generate(self, is_jitted: bool) -> None:
        lane, self.generated = self._base.lane, self._base.generated
        assert lane is not None
        assert self.generated is not None
        if is_jitted:
            self.lane = lane.over(self.panel)
            return
        # Where its columns have nothing to do differs from variant to variant.
        chosen = find_candidates(self.program, self.panel, lane.odd)
        self.lane = Lane(self.program, self.panel, self.generated, lane.odd, chosen, lane.limits, is_jitted=False)

    async def exact(self, at: int) -> str:
        if not self._is_own:
            self._is_own, own = True, self._plan()
            self.stepper = OneMarket(own.plan, self.trading.venue, self.kept, own.bound.providers[0], own.given)
        return await super().exact(at)


def vary(panel: Panel, changed: Mapping[int, Mapping[str, Any]]) -> Mapping[int, ColumnNode] | None:
    """The column nodes of a panel with these settings; None where they do not do, or look back too far."""
    nodes = dict(panel.nodes)
    for index, fields in changed.items():
        one = nodes[index]
        definition = one.node.definition
        try:
            told = {name: definition.config_value(name, value) for name, value in fields.items()}
            config = {**one.config, **told}
            needed = (definition.lookback_of(config) or 0) + 1
        except (TreadleError, ValidationError, KeyError):
            return None
        there = one.candles.count(panel.prices)
        if needed > there or (definition.config_check is not None and definition.config_check(config)):
            return None
        nodes[index] = replace(one, config=config, needed=needed)
    return nodes
