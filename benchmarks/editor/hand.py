"""What a person's hand does to a page."""

from __future__ import annotations

import math
import time

from playwright.sync_api import Page

_BEAT = 1 / 60
_ZOOM = """() => {
    const drawing = document.querySelector('.react-flow__viewport');
    return new DOMMatrix(getComputedStyle(drawing).transform).a;
}"""


def drag_around(page: Page, x: float, y: float, seconds: float, *, radius: float = 120) -> None:
    """Take hold of what is there, lead it around in circles, and let go somewhere else."""
    page.mouse.move(x, y)
    page.mouse.down()
    began = due = time.perf_counter()
    while (passed := time.perf_counter() - began) < seconds:
        turn = 2 * math.pi * passed / 1.5
        page.mouse.move(x + radius * (1 - math.cos(turn)), y + radius * math.sin(turn) / 2)
        due += _BEAT
        time.sleep(max(0.0, due - time.perf_counter()))
    page.mouse.move(x + radius, y + radius / 2)
    page.mouse.up()


def zoom_until(page: Page, x: float, y: float, wanted: float) -> None:
    """Turn the wheel with Ctrl, until about as much is in sight as wanted."""
    for _ in range(200):
        zoom = zoom_of(page)
        if abs(zoom / wanted - 1) < 0.06:
            return
        page.mouse.move(x, y)
        page.keyboard.down("Control")
        page.mouse.wheel(0, max(-60, min(60, 200 * math.log(zoom / wanted))))
        page.keyboard.up("Control")
        page.wait_for_timeout(40)
    raise RuntimeError("The page does not zoom.")


def zoom_of(page: Page) -> float:
    return page.evaluate(_ZOOM)
