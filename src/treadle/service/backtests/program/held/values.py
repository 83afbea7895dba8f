"""What stood on the wires of a test with accounts in memory: of all its runs where they are few, else of those in which
orders were placed."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from treadle.model.run import NodeResult
from treadle.service.backtests.program.held.driving import HeldDrive
from treadle.service.backtests.program.held.planning import HeldProgram
from treadle.service.backtests.program.quiet.markets import QuietMarkets
from treadle.service.backtests.values import RunValues

MOST_MOMENTS = 5_000
"""That are all looked at."""
MOST_DECISIONS = 2_000
"""That are, evenly, where there are more."""


class HeldValues:
    """`Values` of a program. Where all runs are told of, they are gone through once more when somebody asks."""

    def __init__(self, program: HeldProgram) -> None:
        self._program = program
        self._is_whole = len(program.moments) <= MOST_MOMENTS
        self._decisions: list[tuple[int, Mapping[str, NodeResult]]] = []
        self._every, self._seen = 1, 0

    def take(self, time: int, nodes: Mapping[str, NodeResult], *, is_decision: bool) -> None:
        """What a run has come to that was taken: of too many decisions, every so many."""
        if self._is_whole or not is_decision:
            return
        if self._seen % self._every == 0:
            self._decisions.append((time, nodes))
        self._seen += 1
        if len(self._decisions) >= 2 * MOST_DECISIONS:
            self._decisions, self._every = self._decisions[::2], 2 * self._every

    @property
    def times(self) -> Sequence[int]:
        return self._found.times

    @property
    def ports(self) -> Sequence[tuple[str, str]]:
        return self._found.ports

    def column(self, node: str, port: str) -> Any:
        return self._found.column(node, port)

    def only(self, times: Collection[int]) -> RunValues:
        return self._found.only(times)

    def whole(self) -> Iterator[tuple[str, str, Any, Any]]:
        """Of each column that is of numbers: node, port, when runs were due (ms), and its value then. Nothing, where
        all runs are looked at."""
        import numpy

        if self._is_whole:
            return
        markets = QuietMarkets(self._program, HeldDrive(self._program, takes_all=True).stepper)
        times = self._program.moments.times
        for index, one in markets.columns.items():
            node = one.panel.nodes[index].node
            for port in node.out_ports:
                column = one.panel.column(index, port)
                if not column.is_flag:
                    values = column.values[numpy.maximum(one.known - 1, 0)]
                    values[one.known == 0] = numpy.nan
                    yield node.id, port, times, values

    @cached_property
    def _found(self) -> RunValues:
        found = RunValues()
        if not self._is_whole:
            for time, nodes in self._decisions:
                found.take(time, nodes)
            return found
        drive = HeldDrive(self._program, takes_all=True)
        drive.takes = lambda time, nodes, *, is_decision: found.take(time, nodes)
        work = drive.run()
        try:
            while True:
                work.send(None)  # it gives others their turn, and waits for nothing
        except StopIteration:
            return found
