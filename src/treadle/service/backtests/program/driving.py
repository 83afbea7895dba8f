"""Driving a program: moment by moment, exactly; where something faster can tell that nothing happens, past it."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from functools import cached_property
from typing import Any

from treadle.packs.trading.bars import COLUMNS
from treadle.service.backtests.program.candidates import find_candidates
from treadle.service.backtests.program.columns import Panel, find_columns
from treadle.service.backtests.program.compiling import DONE, ROOM, compile_step, shorten
from treadle.service.backtests.program.generating import OUTPUTS, Generated, generate
from treadle.service.backtests.program.lane import Lane
from treadle.service.backtests.program.oddities import find_oddities
from treadle.service.backtests.program.planning import Program
from treadle.service.backtests.program.reading import COLUMN
from treadle.service.backtests.program.records import Kept
from treadle.service.backtests.program.shape import Shape
from treadle.service.backtests.program.stepper import COMPLETED, OneMarket, Step
from treadle.service.backtests.program.trading import Trading
from treadle.service.backtests.values import RunValues
from treadle.simulation.compiled import layout as y

Progress = Callable[[int, int], None]
MOST_MOMENTS = 5_000
"""That are all looked at, where it is kept what stood on the wires."""
_TELL_AFTER = 128
"""Runs that are taken exactly before it is told how far it is, and others have their turn."""
_AT_ONCE = 200_000
"""Moments that are gone through before others have their turn."""


class Drive:
    """One variant of a program on its way. `counts` are its runs by what became of them."""

    def __init__(
        self, program: Program, panel: Panel | None = None, *, is_jitted: bool = False, keeps_over: bool = False,
        steps: bool = True,
    ) -> None:  # fmt: skip
        self.program = program
        self.trading = Trading(program.open_venue(), program.prices, is_jitted=is_jitted)
        self.trading.acc[y.KEEPS_OVER] = int(keeps_over)
        self.kept = Kept()
        self.counts = Counter[str]()
        self.messages: dict[str, str] = {}
        self.stepped = 0
        """How many runs were taken exactly."""
        self.seen: RunValues | None = None
        """What stood on the wires then, where anybody wants to know: of all of them where there are few moments, else
        of those that ordered."""
        self.panel = panel or find_columns(program.plan, program.prices, program.roots)
        self.panel.is_jitted = is_jitted
        self.lane: Lane | None = None
        self.generated: Generated | None = None
        if steps and not any(node.node.lazy for node in program.plan.graph.nodes):
            self._generate(is_jitted)

    @cached_property
    def stepper(self) -> OneMarket:
        """Made when it is first asked for: many a variant never is."""
        own = self.program
        return OneMarket(own.plan, self.trading.venue, self.kept, own.bound.providers[0], own.given)

    def _generate(self, is_jitted: bool) -> None:
        shape = Shape.of(self.program, self.trading)
        made = generate(self.program, self.panel, shape)
        made.source = shorten(made.source)
        odd = find_oddities(self.program, shape.limits)
        chosen = None if is_jitted or OUTPUTS in made.left else find_candidates(self.program, self.panel, odd)
        self.lane = Lane(self.program, self.panel, made, odd, chosen, shape.limits, is_jitted=is_jitted)
        self.generated = made

    async def run(self, progress: Progress = lambda done, all: None) -> None:
        if self.lane is None or self.generated is None:
            await self._run_exactly(progress)
        else:
            await self._run_lane(
                self.lane, compile_step(self.generated.source, is_jitted=self.trading.is_jitted), progress
            )
        self.finish()

    async def _run_exactly(self, progress: Progress) -> None:
        moments = self.program.moments
        for at in range(len(moments)):
            self.trading.advance(int(moments.known[at]))
            await self.exact(at)
            if at % _TELL_AFTER == 0:
                progress(at, len(moments))
                await asyncio.sleep(0)

    async def _run_lane(
        self, lane: Lane, step: Callable[..., int], progress: Progress = lambda done, all: None
    ) -> None:
        trading, at, filled = self.trading, 0, (-1, -1)
        while True:
            status, at = lane.go(step, trading, at, min(len(lane), at + _AT_ONCE))
            if status == DONE:
                if at == len(lane):
                    break
                progress(at, len(lane))
                await asyncio.sleep(0)
                continue
            if status == ROOM:
                trading.make_way()
            elif status >= COLUMN:
                assert filled != (status, at), "a column that was calculated is asked for again"
                filled = (status, at)
                lane.fill_in(status - COLUMN, at)
            else:
                await self._leave_lane(lane, at)
                at += 1
                if self.stepped % _TELL_AFTER == 0:
                    progress(at, len(lane))
                    await asyncio.sleep(0)
        failed = lane.failed()
        self.counts.update(failed)
        if completed := len(self.program.moments) - self.stepped - sum(failed.values()):
            self.counts[COMPLETED] += completed

    async def _leave_lane(self, lane: Lane, at: int) -> None:
        account, scale = self.stepper.account, self.trading.venue.scale
        moment = int(lane.moments[at])
        lane.lend(self.kept, account, scale)
        self.trading.advance(int(self.program.moments.known[moment]))
        code = await self.exact(moment)
        lane.take_back(self.kept, account, scale)
        lane.know(code)

    def finish(self) -> None:
        """The bars that are over by the end."""
        end = round(self.program.until.timestamp() * 1000)
        self.trading.advance(int(self.program.prices.closes.searchsorted(end, side="right")))

    async def exact(self, at: int) -> str:
        """The run of a moment, exactly: what became of it. The bars that are over by then have been gone through."""
        moments, trading = self.program.moments, self.trading
        time = int(moments.times[at])
        trading.expire(time)
        trading.lend()
        before = trading.venue.broker.number
        step = await self.stepper.step(time, moments.trigger.node or "", self._fired(at))
        if self.seen is not None and (len(moments) <= MOST_MOMENTS or trading.venue.broker.number > before):
            self.seen.take(time, step.nodes)
        trading.take_back(at)
        self.stepped += 1
        self.count(step)
        return step.code

    def count(self, step: Step) -> None:
        self.counts[step.code] += 1
        if step.code != COMPLETED:
            self.messages.setdefault(step.code, step.message)

    def _fired(self, at: int) -> Any:
        moments, prices = self.program.moments, self.program.prices
        if not moments.is_told:
            return at
        bar = int(moments.known[at]) - 1
        item = {name: prices.told[name][bar].item() for name in COLUMNS}
        return {"item": {**item, "closed": True}, "at": int(moments.times[at]), **moments.provider}
