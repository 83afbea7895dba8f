"""Passing by the runs that certainly do nothing, stretch by stretch in which the accounts stay as they are."""

from __future__ import annotations

from typing import NamedTuple

from treadle.service.backtests.program.held.planning import HeldProgram
from treadle.service.backtests.program.held.state import HeldState
from treadle.service.backtests.program.held.stepper import HeldStepper
from treadle.service.backtests.program.held.venues import HeldVenues
from treadle.service.backtests.program.quiet.markets import QuietMarkets
from treadle.service.backtests.program.quiet.moments import Quiet

_SHORTEST, _LONGEST = 512, 65_536
"""Moments that are looked through at once: more, the longer nothing happens."""
_MOST_TAKEN = 64
"""Runs that are taken without a question, where each one before did something."""


class Found(NamedTuple):
    """`at` is a moment, up to which nothing happens; `acts`: in its run something may."""

    at: int
    acts: bool


class Passing:
    def __init__(self, program: HeldProgram, quiet: Quiet, state: HeldState, markets: QuietMarkets) -> None:
        self.markets = markets
        self._program, self._quiet, self._state = program, quiet, state
        self._stretch, self._asks_from, self._busy = _SHORTEST, 0, 0

    @classmethod
    def of(cls, program: HeldProgram, stepper: HeldStepper, venues: HeldVenues) -> Passing | None:
        """None where every run has to be taken."""
        if any(node.node.lazy for node in program.plan.graph.nodes):
            return None
        markets = QuietMarkets(program, stepper)
        quiet = Quiet.of(program, markets)
        return None if quiet is None else cls(program, quiet, HeldState(program, stepper, venues), markets)

    def is_worth_asking(self, at: int) -> bool:
        return at >= self._asks_from

    async def next(self, at: int) -> Found:
        """From the moment `at` on, which it is now."""
        held = await self._state.held()
        end = self._state.until(at, min(len(self._program.moments), at + self._stretch))
        acts = self._quiet.acts(at, end, held, self._state.kept())
        if not bool(acts.any()):
            self._stretch, self._busy = min(_LONGEST, 4 * self._stretch), 0
            return Found(end, False)
        found = at + int(acts.argmax())
        self._busy = 0 if found > at else min(_MOST_TAKEN, 2 * self._busy + 1)
        self._stretch, self._asks_from = _SHORTEST, found + 1 + self._busy // 2
        return Found(found, True)
