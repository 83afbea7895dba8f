"""A progress bar for long work; where nobody draws one, a line now and then."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from treadle.cli.screen import Screen
    from treadle.service.replays import Progress

_FIRST, _EACH = 5.0, 10.0
"""Seconds until the first line, and between two."""


class Lines:
    """How far something is, in lines: the first when it has taken a while, then one from time to time."""

    def __init__(self, say: Callable[[str], None], title: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._say, self._title, self._clock = say, title, clock
        self._began = clock()
        self._due = self._began + _FIRST

    def __call__(self, done: int, total: int) -> None:
        now = self._clock()
        if now < self._due or total <= 0:
            return
        self._due = now + _EACH
        share, gone = min(done / total, 1.0), now - self._began
        left = f", about {_in_words(gone * (1 - share) / share)} to go" if share > 0 else ""
        self._say(f"{self._title}: {share:.0%} after {_in_words(gone)}{left}")


def _in_words(seconds: float) -> str:
    """`40 s`, `3 min`, `2.5 h`: about so long."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    return f"{round(seconds / 60)} min" if seconds < 5_400 else f"{seconds / 3600:.1f} h"


@contextmanager
def progress_bar(screen: Screen, title: str) -> Generator[Progress]:
    """A bar on standard error where that is a terminal, else `Lines` there."""
    if not screen.err.is_terminal:
        from rich.markup import escape

        yield Lines(lambda text: screen.note(escape(text)), title)
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = TextColumn(title), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with Progress(*columns, console=screen.err, transient=True) as bar:
        task = bar.add_task(title, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
