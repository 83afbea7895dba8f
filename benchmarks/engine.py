"""Group `engine`: durable and in-memory runs, plans, memory."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks import durable, in_memory, planning, resident
from benchmarks.row import Row


def measure(scale: float) -> Iterator[Row]:
    """`scale` 1 is the full measurement; less is quicker and coarser."""
    yield from durable.measure(scale)
    yield from in_memory.measure(scale)
    yield from planning.measure(scale)
    yield from resident.measure(scale)
