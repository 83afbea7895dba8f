"""Group `editor`: how quick the editor is in a browser, a file for each promise.

Headless Chromium, software rendering, a real server with a real store. Each figure stands beside what a page with
nothing of ours in it reaches at the same moment, in turns: what else the machine does falls on both. Rows that end in
`_cpu` count the processor's own time of the page's thread, which a busy machine changes least.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib import import_module

from benchmarks.row import Row

SUBJECTS = ("loading", "opening", "dragging", "updates", "writing", "memory")


def measure(scale: float) -> Iterator[Row]:
    try:
        desk = import_module(f"{__name__}.desk")
    except ModuleNotFoundError as error:
        print(f"{error.name} is not installed: the editor is left out (`pip install -e '.[test]'`).", file=sys.stderr)
        return
    if (missing := desk.find_missing()) is not None:
        print(f"{missing}: the editor is left out.", file=sys.stderr)
        return
    with desk.at_desk() as found:
        for subject in SUBJECTS:
            yield from import_module(f"{__name__}.{subject}").measure(found, scale)
