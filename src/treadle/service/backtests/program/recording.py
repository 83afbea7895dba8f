"""What stood on the wires of a compiled backtest: gone through once more, exactly, where somebody wants to look.

A generated step keeps no values. When a result is kept, the same program is carried out again and stopped at the
moments that are looked at: at all of them where they are few, else at those at which orders were placed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any

from treadle.service.backtests.program.columns import find_columns
from treadle.service.backtests.program.compiling import DONE, ROOM
from treadle.service.backtests.program.driving import Drive, Progress
from treadle.service.backtests.program.lane import Lane
from treadle.service.backtests.program.planning import Program
from treadle.service.backtests.program.reading import COLUMN
from treadle.service.backtests.program.stepper import Step
from treadle.service.backtests.values import RunValues

MOST_MOMENTS = 5_000
"""That are all looked at."""
MOST_DECISIONS = 2_000
"""That are, evenly, where there are more."""


class RecordedValues:
    """`Values` of a program; calculated when they are first asked for. `ordered` is when orders were placed (ms)."""

    def __init__(self, program: Program, ordered: Collection[int]) -> None:
        self._program, self._ordered = program, ordered
        self._found: RunValues | None = None

    @property
    def times(self) -> Sequence[int]:
        return self._values.times

    @property
    def ports(self) -> Sequence[tuple[str, str]]:
        return self._values.ports

    def column(self, node: str, port: str) -> Any:
        return self._values.column(node, port)

    def whole(self) -> Iterator[tuple[str, str, Any, Any]]:
        """Of each column that is of numbers: node, port, when runs were due (ms), and its value then. Nothing, where
        all runs are looked at."""
        import numpy

        program = self._program
        if len(program.moments) <= MOST_MOMENTS:
            return
        panel = find_columns(program.plan, program.prices, program.roots)
        moments = program.moments
        bars, is_early = numpy.maximum(moments.known - 1, 0), moments.known == 0
        for index, one in panel.nodes.items():
            for port in one.node.out_ports:
                column = panel.column(index, port)
                if not column.is_flag:
                    values = column.values[bars]
                    values[is_early] = numpy.nan
                    yield one.node.id, port, moments.times, values

    @property
    def _values(self) -> RunValues:
        if self._found is None:
            self._found = record(self._program, self._ordered)
        return self._found


def record(program: Program, ordered: Collection[int]) -> RunValues:
    """What stood on the wires at the moments that are looked at."""
    if len(program.moments) <= MOST_MOMENTS:
        recording = _Recording(program, None)
    else:
        times = program.moments.times
        places = times.searchsorted(sorted(set(ordered))).tolist()
        chosen = sorted({place for place in places if place < len(times)})
        recording = _Recording(program, frozenset(chosen[:: -(-len(chosen) // MOST_DECISIONS) or 1]))
    work = recording.run()
    try:
        while True:
            work.send(None)  # it gives others their turn, and waits for nothing
    except StopIteration:
        return recording.values


class _Recording(Drive):
    """`chosen` are the moments that are looked at; None: all."""

    def __init__(self, program: Program, chosen: frozenset[int] | None) -> None:
        super().__init__(program, steps=chosen is not None)
        self.values = RunValues()
        self._chosen, self._time, self._is_chosen = chosen, 0, True

    async def exact(self, at: int) -> str:
        self._time = int(self.program.moments.times[at])
        self._is_chosen = self._chosen is None or at in self._chosen
        return await super().exact(at)

    def count(self, step: Step) -> None:
        if self._is_chosen:
            self.values.take(self._time, step.nodes)
        super().count(step)

    async def _run_lane(
        self, lane: Lane, step: Callable[..., int], progress: Progress = lambda done, all: None
    ) -> None:
        """As a drive does, but up to each moment that is looked at, and that one exactly."""
        places: list[int] = lane.moments.searchsorted(sorted(self._chosen or ())).tolist()
        stops = [place for place in places if place < len(lane) and int(lane.moments[place]) in (self._chosen or ())]
        at = 0
        for stop in [*stops, len(lane)]:
            at = await self._run_to(lane, step, at, stop)
            if at < len(lane) and at == stop:
                await self._leave_lane(lane, at)
                at += 1

    async def _run_to(self, lane: Lane, step: Callable[..., int], at: int, stop: int) -> int:
        trading = self.trading
        while at < stop:
            lane.io[1] = -1
            status = step(
                at, stop, lane.io, trading.acc, trading.orders, trading.over, trading.fills, trading.rules,
                *trading.bars, *lane.arguments,
            )  # fmt: skip
            at = int(lane.io[0])
            if status == DONE:
                return stop
            if status == ROOM:
                trading.make_way()
            elif status >= COLUMN:
                lane.fill_in(status - COLUMN, at)
            else:
                await self._leave_lane(lane, at)
                at += 1
        return at
