"""What is fetched before Home is there, the first time: over the wire, compressed."""

from __future__ import annotations

from collections.abc import Iterator

from playwright.sync_api import Page

from benchmarks.editor.desk import Desk
from benchmarks.row import Row

MUST_KB = 350.0
_SIZES = """() => performance.getEntriesByType('resource').concat(performance.getEntriesByType('navigation'))
    .map(({name, transferSize}) => [name, transferSize])"""


def measure(desk: Desk, scale: float) -> Iterator[Row]:
    for name, at in (("first_load", "/"), ("first_load_of_the_canvas", "/w/hundred")):
        with desk.page("about:blank") as page:
            files, answers = _load(page, at)
        yield Row(name, files, "kB", "lower", must=MUST_KB if at == "/" else None)
        yield Row(f"{name}_answers", answers, "kB", "lower")


def _load(page: Page, at: str) -> tuple[float, float]:
    """Kilobytes of the editor's files, and of what the API answered."""
    page.goto(at)
    page.get_by_role("heading", level=1).first.wait_for()
    page.wait_for_timeout(1500)
    sizes: list[tuple[str, float]] = page.evaluate(_SIZES)
    answers = sum(size for name, size in sizes if "/api/" in name)
    return (sum(size for _, size in sizes) - answers) / 1000, answers / 1000
