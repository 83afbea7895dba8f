"""Crashing on purpose, at a named point of a run."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import Any, Literal

from treadle.engine.journal import Batch, Journal
from treadle.testing.clock import VirtualClock

Point = Literal[
    "before_intent", "after_intent", "after_effect", "before_result", "mid_commit", "after_commit", "after_result"
]

CRASH_POINTS: tuple[Point, ...] = (
    "before_intent",
    "after_intent",
    "after_effect",
    "before_result",
    "mid_commit",
    "after_commit",
    "after_result",
)
"""In the order in which an effect passes them. `mid_commit`: the group holding the result is lost; `after_commit`: it
is durable, but nobody hears of it."""

IN_DOUBT_POINTS: tuple[Point, ...] = ("after_intent", "after_effect", "before_result", "mid_commit")
"""Those that leave an effect in doubt: begun for certain, its result unknown."""


class SimulatedCrash(BaseException):
    """What the process dies of in a test; nothing in the engine may catch it."""


class FaultNeverFired(AssertionError):
    """A test asked for a crash at a point that the run never passed: it proves nothing."""


class Crash:
    """Crashes once, the `nth` time `path` (`each[2]/send`) reaches `point`. `fired` tells whether it did."""

    def __init__(self, point: Point, path: str, *, nth: int = 1) -> None:
        self.point = point
        self.path = path
        self.fired = False
        self._left = nth

    def __str__(self) -> str:
        return f"{self.point} of {self.path}"

    def __call__(self, point: str, path: str) -> None:
        if (point, path) == (self.point, self.path):
            self._reach()

    def before_commit(self, batch: Batch) -> None:
        if self.point == "mid_commit" and self._holds_result(batch):
            self._reach()

    def after_commit(self, batch: Batch) -> None:
        if self.point == "after_commit" and self._holds_result(batch):
            self._reach()

    def _holds_result(self, batch: Batch) -> bool:
        return any(
            (f"{entry.scope}/{entry.node}" if entry.scope else entry.node) == self.path and "status" in entry.body
            for entry in batch.entries
        )

    def _reach(self) -> None:
        self._left -= 1
        if self._left == 0:
            self.fired = True
            raise SimulatedCrash(str(self))


class TestJournal:
    """A journal around which commits can be lost, and which takes no time of the clock's."""

    __test__ = False

    def __init__(self, inner: Journal, clock: VirtualClock, crash: Crash | None = None) -> None:
        self._inner = inner
        self._clock = clock
        self._crash = crash

    async def append(self, batch: Batch) -> None:
        if self._crash is not None:
            if self._crash.fired:
                raise SimulatedCrash("The process is dead: nothing more is written.")
            self._crash.before_commit(batch)
        await self._clock.during(self._inner.append(batch))
        if self._crash is not None:
            self._crash.after_commit(batch)

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._inner, name)
        if not inspect.iscoroutinefunction(method):
            return method

        async def call(*given: Any, **more: Any) -> Any:
            return await self._clock.during(method(*given, **more))

        return call


def every_crash(paths: Sequence[str]) -> list[Crash]:
    """A crash at every point of every path."""
    return [Crash(point, path) for path in paths for point in CRASH_POINTS]
