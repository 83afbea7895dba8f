"""The canvas in a browser: its nodes and wires by their names, and what a hand does with them."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable

from playwright.async_api import FloatRect, Locator, Page, expect

from treadle.server.services import Services
from treadle.service.drafts import Drafts

LINE = """\
name: line
nodes:
  - {id: start, type: trigger.manual, position: {x: 0, y: 0}}
  - {id: first, type: data.template, config: {template: hello}, position: {x: 320, y: 0}}
  - {id: second, type: data.template, config: {template: "{{ input.value }}!"}, position: {x: 640, y: 0}}
  - {id: alone, type: data.template, config: {template: x}, position: {x: 320, y: 240}}
connections:
  - {from: start, to: first.trigger}
  - {from: first.output, to: second.value}
"""
"""Three in a line, and one below that is connected to nothing."""


async def draft(services: Services, text: str, name: str) -> None:
    await Drafts(services.application).save(name, text, revision=None)


async def open_line(page: Page, services: Services) -> None:
    await draft(services, LINE, "line")
    await page.goto("/w/line")
    await expect(node(page, "second")).to_be_visible()
    await place(node(page, "second"))


def canvas(page: Page) -> Locator:
    return page.get_by_role("region", name="Canvas")


def node(page: Page, name: str) -> Locator:
    return canvas(page).get_by_role("group", name=re.compile(f"^{name}, "))


def group(page: Page, title: str) -> Locator:
    return canvas(page).get_by_role("group", name=f"Group {title}", exact=True)


def note(page: Page, text: str = "") -> Locator:
    return canvas(page).get_by_role("group", name=re.compile(f"^Note: {text}"))


def wire(page: Page, source: str, target: str) -> Locator:
    return canvas(page).get_by_role("group", name=re.compile(f"^Connection from {source} .* to {target} "))


def output(page: Page, name: str, port: str = "output") -> Locator:
    return node(page, name).get_by_role("img", name=re.compile(f"^Output {port}"))


def input_(page: Page, name: str, port: str = "value") -> Locator:
    return node(page, name).get_by_role("img", name=re.compile(f"^Input {port}"))


async def saved(page: Page) -> None:
    await expect(page.get_by_role("status").filter(has_text="Saved")).to_be_visible()


async def add(page: Page, words: str) -> None:
    await page.keyboard.press("n")
    await page.get_by_role("combobox", name="Search node types").fill(words)
    await page.keyboard.press("Enter")


async def choose(page: Page, *names: str) -> None:
    """One after the other, with the key for several."""
    for index, name in enumerate(names):
        await node(page, name).click(modifiers=["Control"] if index else [], position={"x": 60, "y": 8})
    await chosen(page, *names)


async def chosen(page: Page, *names: str) -> None:
    """Waits until these nodes are selected, and no others."""
    found = canvas(page).locator('[aria-current="true"]')
    await expect(found).to_have_count(len(names))
    for name in names:
        await expect(found.and_(node(page, name).or_(group(page, name)))).to_have_count(1)


async def place(target: Locator) -> FloatRect:
    """Where it is once the canvas has come to rest: it moves while everything is brought into view."""
    before = None
    for _ in range(100):
        box = await target.bounding_box()
        if box is not None and box == before:
            return box
        before = box
        await asyncio.sleep(0.1)
    raise AssertionError("The canvas does not come to rest.")


async def eventually(check: Callable[[], Awaitable[bool]], said: str) -> None:
    for _ in range(100):
        if await check():
            return
        await asyncio.sleep(0.1)
    raise AssertionError(said)


def middle(box: FloatRect) -> tuple[float, float]:
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


async def pull(page: Page, start: tuple[float, float], *way: tuple[float, float], drop: bool = True) -> None:
    """Press at a point, go along others, and let go."""
    await page.mouse.move(*start)
    await page.mouse.down()
    # A hand begins slowly: how far it goes counts from there.
    await page.mouse.move(start[0] + 2, start[1] + 1)
    for point in way:
        await page.mouse.move(*point, steps=4)
    if drop:
        await page.mouse.up()


async def drag(page: Page, source: Locator, target: Locator, *, drop: bool = True) -> None:
    start, end = await place(source), await place(target)
    x, y = middle(end)
    await pull(page, middle(start), (x - 20, y), (x, y), drop=drop)


async def drag_by(page: Page, target: Locator, dx: float, dy: float) -> None:
    """A node, held by its head."""
    box = await place(target)
    start = box["x"] + box["width"] * 0.4, box["y"] + 6
    await pull(page, start, (start[0] + dx / 2, start[1] + dy / 2), (start[0] + dx, start[1] + dy))


async def paste(page: Page, text: str) -> None:
    """What the browser does where the keys for it are pressed, with `text` on the clipboard."""
    await page.evaluate(
        """text => {
            const data = new DataTransfer();
            data.setData("text/plain", text);
            document.activeElement.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true}));
        }""",
        text,
    )
