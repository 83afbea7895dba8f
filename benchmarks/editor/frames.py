"""What a page does with its time: frames, blocked stretches, the processor's share."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from playwright.sync_api import Page

from benchmarks.editor.counters import Counters
from benchmarks.sampling import quantile

BLOCKED = 50.0
"""Milliseconds for which a page may be busy with one thing."""

_COUNT = """() => {
    const frames = [performance.now()];
    window.benchmarkFrames = frames;
    const next = () => {
        frames.push(performance.now());
        if (window.benchmarkFrames === frames) requestAnimationFrame(next);
    };
    requestAnimationFrame(next);
}"""
_COUNTED = "() => { const frames = window.benchmarkFrames; window.benchmarkFrames = null; return frames; }"


@dataclass(frozen=True, slots=True)
class Frames:
    per_second: float
    """Frames that the page was asked to draw."""
    longest: float
    """Milliseconds between two of them, but for one in a hundred."""
    busy: float
    """Percent of one processor that the page's own thread took: what else the machine does counts little."""


def watch_frames(page: Page, meanwhile: Callable[[], None]) -> Frames:
    """What the page drew while something was done to it."""
    counters = Counters(page)
    before = counters.read()
    page.evaluate(_COUNT)
    started = time.perf_counter()
    meanwhile()
    took = time.perf_counter() - started
    times: list[float] = page.evaluate(_COUNTED)
    after = counters.read()
    counters.close()
    gaps = [later - earlier for earlier, later in pairwise(times)]
    busy = (after["TaskDuration"] - before["TaskDuration"]) / took
    return Frames(len(gaps) / (times[-1] - times[0]) * 1000, quantile(gaps, 0.99), 100 * busy)


def in_turns(count: int, *samples: Callable[[], Frames]) -> list[Frames]:
    """The median of each, taken in turns: what else the machine does falls on all alike."""
    taken: list[list[Frames]] = [[] for _ in samples]
    for _ in range(count):
        for found, sample in zip(taken, samples, strict=True):
            found.append(sample())
    return [
        Frames(
            median(one.per_second for one in found),
            median(one.longest for one in found),
            median(one.busy for one in found),
        )
        for found in taken
    ]
