"""Group `trading`: how quickly a bot trades on what it is told, and what many of them cost; a file for each."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules

from benchmarks.row import Row


def measure(scale: float) -> Iterator[Row]:
    for module in sorted(found.name for found in iter_modules(__path__)):
        subject = import_module(f"{__name__}.{module}")
        if hasattr(subject, "measure"):
            yield from subject.measure(scale)
