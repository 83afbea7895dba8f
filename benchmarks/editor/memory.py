"""What a page holds after an hour's events, told to it within a minute.

An hour's events of a busy installation are replayed to the list of runs by a stand-in for the stream, for the server
would need the hour; those of one long run are real, and come from the server as fast as the page takes them.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

from playwright.sync_api import Page

from benchmarks.editor.counters import Counters
from benchmarks.editor.desk import Desk
from benchmarks.editor.drawn import COUNTING
from benchmarks.row import Row

EVENTS = 100_000
_AT_ONCE = 500
_LEAK_MB = 10.0
"""What may be left of an hour's events in a page that shows the last of them."""
_STREAM = """() => {
    const real = window.fetch, text = new TextEncoder();
    let told = 0, source = null;
    window.fetch = (request, init) => {
        if (!String(request.url ?? request).endsWith('/events/stream')) return real(request, init);
        return Promise.resolve(new Response(new ReadableStream({start: (one) => { source = one; }})));
    };
    window.benchmarkTell = (count) => {
        const frames = [];
        for (let index = 0; index < count; index += 1) {
            told += 1;
            const type = told % 2 ? 'run.started' : 'run.finished';
            const data = told % 2
                ? {version: 'abc', mode: 'live', trigger: null, parent: null, forked_from: null, input: {amount: told}}
                : {status: 'completed', output: {total: told}, error: null};
            const about = {run_id: `r${Math.ceil(told / 2)}`, workflow: 'hundred', deployment: null};
            const event = {id: `${told}.0`, type, ...about, at: new Date().toISOString(), path: '', data};
            frames.push(`id: ${told}.0\\ndata: ${JSON.stringify(event)}\\n\\n`);
        }
        source.enqueue(text.encode(frames.join('')));
    };
}"""
_HAS_READ = "(count) => Number(document.querySelector('input[type=range]')?.max) > count"


def measure(desk: Desk, scale: float) -> Iterator[Row]:
    events = max(2_000, int(EVENTS * scale))
    with desk.page("about:blank") as page:
        page.add_init_script(f"({_STREAM})()")
        page.goto("/runs")
        page.get_by_role("heading", level=1).wait_for()
        page.wait_for_timeout(1000)
        _tell(page, events // 10)  # what is made once
        before, nodes_before = _held(page)
        took = _tell(page, events)
        after, nodes_after = _held(page)
        yield Row("memory_left_of_100000_events", after - before, "MB", "lower", must=_LEAK_MB)
        yield Row("elements_left_of_100000_events", nodes_after - nodes_before, "nodes", "lower", must=1000)
        yield Row("events_taken_a_second", events / took, "events/s", "higher")
    run = desk.start_run(COUNTING, {"rounds": events // 4})
    desk.wait_for_run(run)
    with desk.page("about:blank") as page:
        started = time.perf_counter()
        page.goto(f"/w/{COUNTING}/runs/{run}")
        page.get_by_role("slider", name="Moment of the run").wait_for()
        page.wait_for_function(_HAS_READ, arg=events)
        page.get_by_role("group", name="Graph", exact=True).wait_for()
        yield Row("run_of_100000_events_read", time.perf_counter() - started, "s", "lower")
        held, _ = _held(page)
        yield Row("run_of_100000_events_memory", held, "MB", "lower")


def _tell(page: Page, events: int) -> float:
    """Seconds until the page has taken them."""
    started = time.perf_counter()
    for _ in range(events // _AT_ONCE):
        page.evaluate("(count) => { benchmarkTell(count); return new Promise(requestAnimationFrame); }", _AT_ONCE)
    took = time.perf_counter() - started
    page.wait_for_timeout(2000)
    return took


def _held(page: Page) -> tuple[float, float]:
    """Megabytes of the page's own memory and how many elements there are, when everything has been given back."""
    counters = Counters(page)
    for _ in range(3):
        counters.give_back()
        page.wait_for_timeout(200)
    found = counters.read()
    counters.close()
    return found["JSHeapUsedSize"] / 1e6, found["Nodes"]
