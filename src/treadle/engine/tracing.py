"""What a tracer is told, and where in which run a task is at work: the engine's half of traces and of logs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from contextvars import ContextVar
from typing import NamedTuple, Protocol

from treadle.model.run import ExecutionResult, Failure, RunRecord


class Doing(NamedTuple):
    """What the task at hand works on."""

    run_id: str
    workflow: str
    node: str = ""
    attempt: int = 0


DOING: ContextVar[Doing | None] = ContextVar("what the task at hand works on", default=None)
"""Set in the task of each attempt, and while a run is driven that is traced: for whoever logs."""

RunEnded = Callable[[ExecutionResult], None]
Failed = Callable[[Failure], None]
Answered = Callable[[str, int], None]


class Tracer(Protocol):
    """Told of everything that takes time, as it begins and ends. What it is given in words has been redacted.

    `goes_on`: the run has been driven before, by whatever process.
    """

    def drive(self, run: RunRecord, *, goes_on: bool) -> AbstractContextManager[RunEnded]: ...

    def attempt(self, doing: Doing, node_type: str) -> AbstractContextManager[Failed]: ...

    def effect(self, doing: Doing, node_type: str) -> AbstractContextManager[object]: ...

    def request(self, method: str, headers: Mapping[str, str]) -> AbstractContextManager[Answered]:
        """A request from outside, which may belong to a trace of the caller's."""
        ...

    def headers(self) -> Mapping[str, str]:
        """What a request to the outside carries, so that its trace goes on there."""
        ...

    def parent(self) -> str | None:
        """What a run that begins here is part of (`traceparent`), to be kept with it."""
        ...
