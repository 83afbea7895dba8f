"""Group `backtest`: how many bars of history a second go through a workflow; a file for each kind of it.

Bars are arrays in memory, and what comes of it are the fills and the equity. All but the cold start and the memory are
processor time, best of several, after a first time that is not counted.
"""

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
