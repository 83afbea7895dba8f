"""A node dragged on a large canvas."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from playwright.sync_api import Locator, Page

from benchmarks.editor.desk import Desk
from benchmarks.editor.drawn import THOUSAND
from benchmarks.editor.frames import Frames, in_turns, watch_frames
from benchmarks.editor.hand import drag_around, zoom_until
from benchmarks.row import Row

SECONDS = 3.0
_MOST_NODES = 0.32
"""The smallest zoom at which nodes are elements: most of them are on the page then."""


def measure(desk: Desk, scale: float) -> Iterator[Row]:
    seconds, rounds = max(0.5, SECONDS * scale), 3 if scale >= 1 else 1
    with desk.page() as bare, desk.page(f"/w/{THOUSAND}") as page:
        _node(page, "n1_1").wait_for()
        read, alone = in_turns(rounds, partial(_drag, page, "n1_1", seconds), partial(_drag_nothing, bare, seconds))
        yield Row("drag_at_1000_nodes", read.per_second, "fps", "higher", must=50, limit=alone.per_second)
        yield Row("drag_at_1000_nodes_frame_p99", read.longest, "ms", "lower", limit=alone.longest)
        yield Row("drag_at_1000_nodes_cpu", read.busy, "%", "lower", limit=alone.busy)
        zoom_until(page, 300, 450, _MOST_NODES)
        many, alone = in_turns(rounds, partial(_drag, page, "n1_3", seconds), partial(_drag_nothing, bare, seconds))
        yield Row("drag_among_most_mounted_nodes", many.per_second, "fps", "higher", limit=alone.per_second)
        yield Row("drag_among_most_mounted_nodes_cpu", many.busy, "%", "lower", limit=alone.busy)


def _node(page: Page, name: str) -> Locator:
    return page.get_by_role("region", name="Canvas").get_by_role("group", name=f"{name},")


def _drag(page: Page, name: str, seconds: float) -> Frames:
    before = _node(page, name).bounding_box()
    if before is None:
        raise RuntimeError(f"{name} is not in sight.")
    x, y = before["x"] + before["width"] / 2, before["y"] + min(20, before["height"] / 2)
    page.bring_to_front()
    found = watch_frames(page, lambda: drag_around(page, x, y, seconds))
    after = _node(page, name).bounding_box()
    if after is None or abs(after["x"] - before["x"]) < 10:
        raise RuntimeError(f"{name} was not dragged.")
    page.keyboard.press("Control+z")
    page.wait_for_timeout(200)
    return found


def _drag_nothing(bare: Page, seconds: float) -> Frames:
    bare.bring_to_front()
    return watch_frames(bare, lambda: drag_around(bare, 300, 300, seconds))
