"""The canvas: nodes copied, cut, replaced, switched off, tidied, taken out into a workflow of their own; notes."""

from __future__ import annotations

import re

from docs.editor import world
from playwright.async_api import Page, expect

from tests.ui.axe import assert_accessible
from tests.ui.canvas import (
    canvas,
    choose,
    chosen,
    draft,
    eventually,
    middle,
    node,
    note,
    open_line,
    place,
    pull,
    saved,
    wire,
)
from treadle.server.services import Services

CALLING = """\
name: calling
nodes:
  - {id: call, type: flow.workflow, config: {workflow: invoice-intake}, position: {x: 0, y: 0}}
"""


async def test_a_copy_is_made_and_switched_off(page: Page, services: Services) -> None:
    await open_line(page, services)
    await choose(page, "first")
    await page.keyboard.press("Control+d")
    await chosen(page, "first-2")
    await page.keyboard.press("d")
    await expect(node(page, "first-2").get_by_text("Off")).to_be_visible()
    await page.keyboard.press("d")
    await expect(node(page, "first-2").get_by_text("Off")).to_have_count(0)


async def test_nodes_are_cut_and_pasted_with_the_wire_between_them(page: Page, services: Services) -> None:
    await open_line(page, services)
    await choose(page, "first", "second")
    await page.keyboard.press("Control+x")
    await expect(node(page, "first")).to_have_count(0)
    await page.keyboard.press("Control+v")
    await expect(node(page, "second")).to_be_visible()
    await expect(wire(page, "first", "second")).to_be_attached()
    await chosen(page, "first", "second")


async def test_what_is_copied_here_is_pasted_on_another_canvas(page: Page, services: Services) -> None:
    await open_line(page, services)
    await choose(page, "second")
    await page.keyboard.press("Control+c")
    await draft(services, "name: other\nnodes: []\n", "other")
    await page.goto("/w/other")
    await expect(page.get_by_text("What shall happen first?")).to_be_visible()
    await canvas(page).focus()
    await page.keyboard.press("Control+v")
    await expect(node(page, "second")).to_be_visible()
    await saved(page)


async def test_a_node_is_replaced_and_keeps_its_wires(page: Page, services: Services) -> None:
    await open_line(page, services)
    await choose(page, "second")
    await page.keyboard.press("r")
    palette = page.get_by_role("dialog", name="Replace by")
    await palette.get_by_role("combobox").fill("python")
    await expect(palette.get_by_role("option").first).to_contain_text("Python")
    await page.keyboard.press("Enter")
    await expect(canvas(page).get_by_role("group", name="second, Python")).to_be_visible()
    await expect(page.get_by_role("button", name=re.compile("^Undo: Replace second"))).to_be_enabled()


async def test_tidying_up_puts_what_waits_to_the_right(page: Page, services: Services) -> None:
    await open_line(page, services)
    await choose(page, "second")
    for _ in range(6):
        await page.keyboard.press("Alt+ArrowUp")
    await page.keyboard.press("Escape")
    await page.keyboard.press("Shift+Alt+t")
    await expect(page.get_by_role("button", name=re.compile("^Undo: Tidy"))).to_be_enabled()

    async def in_line() -> bool:
        first, second = [await node(page, name).bounding_box() for name in ("first", "second")]
        if first is None or second is None:
            return False
        return second["x"] > first["x"] and abs(second["y"] - first["y"]) < 60

    await eventually(in_line, "They are not in a line.")


async def test_a_double_click_opens_the_workflow_that_is_called(page: Page, services: Services) -> None:
    await world.publish(services.application, world.INVOICES)
    await draft(services, CALLING, "calling")
    await page.goto("/w/calling")
    await node(page, "call").dblclick()
    await page.wait_for_url("**/w/invoice-intake")
    await expect(node(page, "per_line")).to_be_visible()
    await page.go_back()
    await expect(node(page, "call")).to_be_visible()


async def test_nodes_become_a_workflow_of_their_own(page: Page, services: Services) -> None:
    await open_line(page, services)
    await choose(page, "first", "second")
    await page.keyboard.press("Alt+x")
    panel = page.get_by_role("dialog", name="Extract to a workflow")
    await expect(panel.get_by_label("Title")).to_be_focused()
    await page.keyboard.type("Say hello")
    await expect(panel.get_by_label("Name")).to_have_value("say-hello")
    await expect(panel.get_by_text("It asks for nothing")).to_be_visible()
    await assert_accessible(page)
    await page.keyboard.press("Enter")

    await expect(panel).to_have_count(0)
    await expect(canvas(page).get_by_role("group", name="Say hello, Workflow")).to_be_visible()
    await expect(wire(page, "start", "say-hello")).to_be_attached()
    await expect(node(page, "first")).to_have_count(0)
    await canvas(page).get_by_role("group", name="Say hello, Workflow").dblclick()
    await page.wait_for_url("**/w/say-hello")
    await expect(wire(page, "first", "second")).to_be_attached()
    assert (await services.application.get_workflow("say-hello")).name == "say-hello"


async def test_what_cannot_be_extracted_says_why(page: Page, services: Services) -> None:
    await open_line(page, services)
    await choose(page, "start", "first")
    await page.keyboard.press("Alt+x")
    panel = page.get_by_role("dialog", name="Extract to a workflow")
    await expect(panel.get_by_role("alert")).to_contain_text("start starts runs of this workflow.")
    await expect(panel.get_by_role("button", name="Extract")).to_have_count(0)
    await expect(panel.get_by_role("button", name="Close")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(panel).to_have_count(0)
    await expect(canvas(page)).to_be_focused()


async def test_a_note_is_written_and_written_on(page: Page, services: Services) -> None:
    await open_line(page, services)
    await canvas(page).focus()
    await page.keyboard.press("Shift+S")
    await expect(page.get_by_role("textbox", name="Text of the note")).to_be_focused()
    await page.keyboard.type("Prices come from the shop")
    await page.keyboard.press("Escape")
    await expect(note(page, "Prices come from the shop")).to_be_visible()
    await expect(canvas(page)).to_be_focused()
    await assert_accessible(page)

    await note(page).dblclick()
    await page.keyboard.press("Control+End")
    await page.keyboard.type(", Mara says")
    await page.keyboard.press("Escape")
    await expect(note(page, "Prices come from the shop, Mara says")).to_be_visible()
    await page.keyboard.press("Control+z")
    await expect(note(page, "Prices come from the shop$")).to_be_visible()
    await saved(page)


async def test_a_note_is_made_larger_in_one_step(page: Page, services: Services) -> None:
    await open_line(page, services)
    await canvas(page).focus()
    await page.keyboard.press("Shift+S")
    await page.keyboard.type("Wide")
    await page.keyboard.press("Escape")
    before = await place(note(page))
    x, y = middle(await place(note(page).get_by_role("img", name=re.compile("^Pull"))))

    await pull(page, (x, y), (x + 30, y + 20), (x + 60, y + 40))

    async def wider(by: float) -> bool:
        box = await note(page).bounding_box()
        return box is not None and abs(box["width"] - before["width"] - by) < 8

    await eventually(lambda: wider(60), "It is not wider.")
    await page.keyboard.press("Control+z")
    await eventually(lambda: wider(0), "It is not as it was.")
