"""A saved workflow opened: by its address, with the browser's cache as a second visit finds it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import partial

from playwright.sync_api import Page

from benchmarks.editor.desk import Desk
from benchmarks.editor.drawn import HUNDRED, THOUSAND
from benchmarks.row import Row
from benchmarks.sampling import rounds

_FETCHED = """async (name) => {
    const read = async (path) => JSON.parse(await (await fetch('/api/v1' + path)).text());
    await Promise.all([read('/nodes?detail=true'), read('/workflows/' + name)]);
}"""
_DRAWN = """() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))"""
READABLE = 0.4
"""The zoom below which nothing can be read."""


def measure(desk: Desk, scale: float) -> Iterator[Row]:
    count = 7 if scale >= 1 else 1
    for name, most in ((HUNDRED, 1.0), (THOUSAND, 2.5)):
        with desk.page("about:blank") as page, desk.page() as empty:
            first = _open(page, name)  # the cache is empty
            again, bare, went = rounds(
                count, partial(_open, page, name), partial(_fetch, empty, name), partial(_go_to, page, name)
            )
        size = 100 if name == HUNDRED else 1000
        yield Row(f"open_{size}_nodes", again, "s", "lower", must=most, limit=bare)
        yield Row(f"open_{size}_nodes_from_the_list", went, "s", "lower", must=most, limit=bare)
        yield Row(f"open_{size}_nodes_first_visit", first, "s", "lower")


def _open(page: Page, name: str) -> float:
    page.bring_to_front()
    page.goto("about:blank")
    started = time.perf_counter()
    page.goto(f"/w/{name}", wait_until="commit")
    return _see(page, started)


def _go_to(page: Page, name: str) -> float:
    """By a link, in an editor that is there already."""
    page.bring_to_front()
    page.goto("/workflows?view=list")
    link = page.get_by_role("link", name=name, exact=True).first
    link.wait_for()
    page.wait_for_timeout(300)
    started = time.perf_counter()
    link.click()
    return _see(page, started)


def _see(page: Page, started: float) -> float:
    """Seconds until the first node is drawn."""
    page.get_by_role("region", name="Canvas").get_by_role("group", name="n0_0,").wait_for()
    page.evaluate(_DRAWN)
    return time.perf_counter() - started


def _fetch(page: Page, name: str) -> float:
    """The same documents, fetched and read by a page that does nothing else."""
    page.bring_to_front()
    started = time.perf_counter()
    page.evaluate(_FETCHED, name)
    return time.perf_counter() - started
