"""What stood on the wires of a compiled backtest: gone through once more, exactly, where somebody wants to look.

A generated step keeps no values; what is taken exactly is remembered (`Drive.seen`). Where that is not all that is
looked at, the same program is carried out again and stopped at the moments that are: at all of them where they are few,
else at those at which orders were placed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from treadle.service.backtests.program import driving
from treadle.service.backtests.program.columns import find_columns
from treadle.service.backtests.program.compiling import DONE, ROOM
from treadle.service.backtests.program.driving import Drive, Progress
from treadle.service.backtests.program.lane import Lane
from treadle.service.backtests.program.planning import Program
from treadle.service.backtests.program.reading import COLUMN
from treadle.service.backtests.program.stepper import Step
from treadle.service.backtests.values import RunValues

MOST_DECISIONS = 2_000
"""Moments that are looked at, evenly, where at more of them orders were placed."""


class RecordedValues:
    """`Values` of a program; calculated when they are first asked for. `ordered` is when orders were placed (ms),
    `seen` what is remembered of it."""

    def __init__(self, program: Program, ordered: Collection[int], seen: RunValues | None = None) -> None:
        self._made: Callable[[], _Found] = lambda: _find(program, ordered, seen or RunValues())
        self._found: _Found | None = None

    @property
    def times(self) -> Sequence[int]:
        return self._all.values.times

    @property
    def ports(self) -> Sequence[tuple[str, str]]:
        return self._all.values.ports

    def column(self, node: str, port: str) -> Any:
        return self._all.values.column(node, port)

    def only(self, times: Collection[int]) -> RunValues:
        return self._all.values.only(times)

    def whole(self) -> Iterable[tuple[str, str, Any, Any]]:
        """Of each column that is of numbers: node, port, when runs were due (ms), and its value then. Nothing, where
        all runs are looked at."""
        return self._all.whole

    @property
    def _all(self) -> _Found:
        if self._found is None:
            self._found = self._made()
            del self._made  # the program, and with it the prices, is not needed any more
        return self._found


@dataclass(frozen=True, slots=True)
class _Found:
    values: RunValues
    whole: Sequence[tuple[str, str, Any, Any]]


def _find(program: Program, ordered: Collection[int], seen: RunValues) -> _Found:
    return _Found(record(program, ordered, seen), list(_find_whole(program)))


def _find_whole(program: Program) -> Iterator[tuple[str, str, Any, Any]]:
    import numpy

    if len(program.moments) <= driving.MOST_MOMENTS:
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


def record(program: Program, ordered: Collection[int], seen: RunValues) -> RunValues:
    """What stood on the wires at the moments that are looked at: of what is remembered, where that is enough."""
    times = program.moments.times
    if len(times) <= driving.MOST_MOMENTS:
        return seen if len(seen.times) == len(times) else _again(program, None)
    places = times.searchsorted(sorted(set(ordered))).tolist()
    chosen = sorted({place for place in places if place < len(times)})
    known = sorted({int(times[place]) for place in chosen} & set(seen.times))
    if known and len(known) >= min(MOST_DECISIONS, len(chosen)):
        return seen.only(_evenly(known))
    return _again(program, frozenset(_evenly(chosen)))


def _evenly(places: Sequence[int]) -> Sequence[int]:
    """At most `MOST_DECISIONS` of them."""
    return places[:: -(-len(places) // MOST_DECISIONS) or 1]


def _again(program: Program, chosen: frozenset[int] | None) -> RunValues:
    recording = _Recording(program, chosen)
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
            status, at = lane.go(step, trading, at, stop)
            if status == DONE:
                continue
            if status == ROOM:
                trading.make_way()
            elif status >= COLUMN:
                lane.fill_in(status - COLUMN, at)
            else:
                await self._leave_lane(lane, at)
                at += 1
        return at
