"""What one evaluation may spend: operations, memory and processor time, from one shared budget."""

from __future__ import annotations

from datetime import datetime
from time import thread_time
from typing import Protocol

from treadle.expressions.problem import Problem

SOURCE = 10_000
"""Characters in an expression; in a template, characters inside all its `{{ }}` together."""
NESTING = 64
"""Brackets, prefixes, ternaries and functions inside one another."""
OPERATIONS = 100_000
RESULT = 1_000_000
"""Bytes of the result as JSON, roughly; shared parts count each time."""
HELD = 64_000_000
"""Bytes of a value that is only handed on, such as `{{ nodes.fetch.body }}`: nothing new is made of it."""
HELD_OPERATIONS = 5_000_000
HELD_SECONDS = 2.0
ALLOCATION = 8_000_000
"""Bytes that all intermediate values of one evaluation may take together."""
SERIES = 256_000_000
"""Bytes of the series that one evaluation may calculate: whole columns, in native code."""
SECONDS = 0.05
"""Processor time of the evaluating thread. Not wall time: a busy machine must not fail a run."""
DEPTH = 128
"""Levels of lists and objects in a value, so that JSON readers everywhere take it back."""

_LOOK_EVERY = 512


class Draws(Protocol):
    """Where `now`, `today` and `uuid` come from; the engine records what it hands out."""

    def now(self) -> datetime:
        """The time, aware, in UTC."""
        ...

    def uuid(self) -> str:
        """A fresh UUID as text."""
        ...


class Budget:
    """What is left for one evaluation. Its clock starts at the first thing that is paid for."""

    __slots__ = ("_look_at", "_seconds", "_started", "clock", "operations", "series", "size")

    def __init__(self, operations: int = OPERATIONS, clock: Draws | None = None, *, seconds: float = SECONDS) -> None:
        self.operations = operations
        self.size = ALLOCATION
        self.series = SERIES
        self.clock = clock
        self._look_at = operations
        self._seconds = seconds
        self._started: float | None = None

    def spend(self, operations: int, size: int = 0) -> None:
        """Pay before doing. Raises too_many_operations, too_large or too_slow."""
        self.operations -= operations
        self.size -= size
        if self.operations < self._look_at or self.size < 0:
            self.look()

    def spend_series(self, size: int) -> None:
        """Pay for `size` bytes of a series."""
        self.series -= size
        if self.series < 0:
            raise Problem("too_large", f"the series take more than {SERIES:,} bytes together")
        self.spend(1 + (size >> 13))

    def look(self) -> None:
        """Look at what is left, the time included. Raises like `spend`."""
        if self.operations < 0:
            raise Problem(
                "too_many_operations",
                f"this takes more than {OPERATIONS:,} operations",
                remedy="Filter or slice the list first, or use a code node.",
            )
        if self.size < 0:
            raise Problem(
                "too_large",
                f"the values on the way take more than {ALLOCATION:,} bytes together",
                remedy="Pick the fields you need first, or use a code node.",
            )
        now = thread_time()
        if self._started is None:
            self._started = now
        elif now - self._started > self._seconds:
            raise Problem(
                "too_slow",
                f"this takes more than {SECONDS * 1000:.0f} ms",
                remedy="Filter or slice the list first, or use a code node.",
            )
        self._look_at = self.operations - _LOOK_EVERY
