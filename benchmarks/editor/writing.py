"""Typing in the inspector, with a large workflow open: nothing may keep the page busy for longer than is felt."""

from __future__ import annotations

from collections.abc import Iterator

from playwright.sync_api import Locator, Page

from benchmarks.editor.desk import Desk
from benchmarks.editor.drawn import HUNDRED, THOUSAND
from benchmarks.editor.frames import BLOCKED
from benchmarks.editor.tasks import Tasks, watch_tasks
from benchmarks.row import Row
from benchmarks.sampling import median

TEXT = "An order of {{ workflow.input.amount * 2 }} EUR from {{ nodes.n0_0.output.place }}, said twice. "
_PAUSE_MS = 60
_FIELD = "<textarea aria-label='Here' rows='4' cols='60'></textarea>"


def measure(desk: Desk, scale: float) -> Iterator[Row]:
    rounds = 3 if scale >= 1 else 1
    text = TEXT if scale >= 1 else TEXT[:40]
    for name, size in ((HUNDRED, 100), (THOUSAND, 1000)):
        with desk.page() as bare, desk.page(f"/w/{name}?inspect=config") as page:
            field = _field(page)
            bare.set_content(_FIELD)
            plain = bare.get_by_label("Here")
            ours: list[Tasks] = []
            alone: list[Tasks] = []
            for _ in range(rounds):
                ours.append(_write(page, field, text))
                alone.append(_write(bare, plain, text))
        longest, limit = (median([one.longest for one in found]) for found in (ours, alone))
        must = BLOCKED if size == 1000 else None
        yield Row(f"typing_at_{size}_nodes_longest_task", longest, "ms", "lower", must, limit=limit)
        longest, limit = (median([one.longest_cpu for one in found]) for found in (ours, alone))
        yield Row(f"typing_at_{size}_nodes_longest_task_cpu", longest, "ms", "lower", BLOCKED, limit=limit)


def _field(page: Page) -> Locator:
    """The text of a template, a field with completion and a preview."""
    page.get_by_role("region", name="Canvas").get_by_role("group", name="n0_2,").click(position={"x": 60, "y": 20})
    field = page.get_by_role("complementary", name="Inspector").get_by_role("textbox", name="template")
    field.wait_for()
    return field


def _write(page: Page, field: Locator, text: str) -> Tasks:
    page.bring_to_front()
    field.click()
    page.keyboard.press("Control+End")
    page.wait_for_timeout(500)

    def write() -> None:
        page.keyboard.type(text, delay=_PAUSE_MS)
        page.wait_for_timeout(2000)  # the check, and the draft that saves itself

    return watch_tasks(page, write)
