"""A run of a thousand nodes watched as it goes: what a hundred events a second cost the page, how late it shows them.

The run waits from node to node in many rows at once. Beside it, a page with nothing of ours follows the same stream.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from playwright.sync_api import Page

from benchmarks.editor.desk import Desk
from benchmarks.editor.drawn import TICKING
from benchmarks.editor.frames import Frames, in_turns, watch_frames
from benchmarks.editor.hand import zoom_until
from benchmarks.row import Row
from benchmarks.sampling import quantile

SECONDS = 2.0
"""Of each look: a run has to last for all of them."""
ZOOMS = {"reading": 0.8, "most_mounted": 0.32, "far": None}
"""`far` is how a run of that size is first shown: as one picture. `most_mounted`: many nodes are elements."""
_FOLLOW = """(run) => {
    const heard = window.benchmarkHeard = [];
    const stream = new EventSource(`/api/v1/runs/${run}/events`);
    stream.onmessage = ({data}) => {
        const {type, path, at} = JSON.parse(data);
        heard.push([`${path} ${type}`, Date.parse(at), performance.timeOrigin + performance.now()]);
        if (type === 'run.finished') stream.close();
    };
}"""
_HEARD = "() => window.benchmarkHeard"
_WATCH_BADGES = """() => {
    const seen = window.benchmarkSeen = [];
    let fresh = [];
    const drawn = () => {
        const now = performance.timeOrigin + performance.now();
        for (const name of fresh) seen.push([name, now]);
        fresh = [];
    };
    new MutationObserver((changes) => {
        if (fresh.length === 0) requestAnimationFrame(drawn);
        for (const {target} of changes) fresh.push(target.getAttribute('aria-label'));
    }).observe(document.querySelector('[data-canvas=run]'), {subtree: true, attributeFilter: ['aria-label']});
}"""
"""A badge counts as drawn when the frame after its change begins: the one with the change has been drawn by then."""
_SEEN = "() => window.benchmarkSeen.splice(0)"


def measure(desk: Desk, scale: float) -> Iterator[Row]:
    seconds, rounds = max(0.5, SECONDS * scale), 2 if scale >= 1 else 1
    late: list[float] = []
    bare_late: list[float] = []
    with desk.page() as bare, desk.page(f"/w/{TICKING}") as page:
        for name, zoom in ZOOMS.items():
            seen = _watch(desk, bare, page, zoom, rounds, seconds)
            ours, alone = seen.ours, seen.alone
            must = 55.0 if name == "reading" else None
            yield Row(f"updates_at_1000_nodes_{name}", ours.per_second, "fps", "higher", must, limit=alone.per_second)
            yield Row(f"updates_at_1000_nodes_{name}_cpu", ours.busy, "%", "lower", limit=alone.busy)
            if name == "reading":
                yield Row("updates_told_a_second", seen.told, "events/s", "higher")
            late += seen.late
            bare_late += seen.bare_late
    if not late:
        raise RuntimeError("No badge was seen to change: the machine has too much else to do.")
    yield Row("event_to_badge_p50", quantile(late, 0.5), "ms", "lower", limit=quantile(bare_late, 0.5))
    yield Row("event_to_badge_p95", quantile(late, 0.95), "ms", "lower", must=100, limit=quantile(bare_late, 0.95))


@dataclass(frozen=True, slots=True)
class _Watched:
    ours: Frames
    alone: Frames
    told: float
    """Events a second."""
    late: list[float]
    """Milliseconds from each event to its badge, by the server's clock, which is also the page's."""
    bare_late: list[float]
    """The same until a page that draws nothing has heard of it."""


def _watch(desk: Desk, bare: Page, page: Page, zoom: float | None, rounds: int, seconds: float) -> _Watched:
    run = desk.start_run(TICKING)
    page.goto(f"/w/{TICKING}/runs/{run}")
    page.get_by_role("group", name="Graph", exact=True).wait_for()
    if zoom is not None:
        zoom_until(page, 500, 250, zoom)
    bare.evaluate(_FOLLOW, run)
    page.wait_for_timeout(1000)
    page.evaluate(_WATCH_BADGES)
    before = len(bare.evaluate(_HEARD))
    ours, alone = in_turns(rounds, partial(_look, page, seconds), partial(_look, bare, seconds))
    heard: list[tuple[str, float, float]] = bare.evaluate(_HEARD)
    seen: list[tuple[str, float]] = page.evaluate(_SEEN)
    desk.cancel_run(run)
    if len(heard) - before < 2:
        raise RuntimeError("The run was over before it could be watched: the machine has too much else to do.")
    times = {name: at for name, at, _ in heard}
    told = [at for _, at, _ in heard[before:]]
    return _Watched(
        ours,
        alone,
        (len(told) - 1) / (max(told) - min(told)) * 1000,
        [shown - times[one] for one, shown in ((_event_of(name), at) for name, at in seen) if one in times],
        [then - at for _, at, then in heard[before:]],
    )


def _look(page: Page, seconds: float) -> Frames:
    page.bring_to_front()
    page.wait_for_timeout(200)
    return watch_frames(page, lambda: page.wait_for_timeout(seconds * 1000))


def _event_of(label: str | None) -> str:
    """`n1_2: Completed` is what `n1_2 node.completed` did."""
    name, _, status = (label or "").partition(": ")
    return f"{name} {_EVENTS.get(status, status)}"


_EVENTS = {"Completed": "node.completed", "Running": "node.started", "Waiting": "node.waiting"}
