"""The canvas: a workflow built, refused, undone, published and run, as a person does it."""

from __future__ import annotations

import re

from docs.editor import world
from playwright.async_api import Page, expect

from tests.ui.axe import assert_accessible
from tests.ui.canvas import add, canvas, draft, drag, node, paste, place, saved
from tests.ui.conftest import OpenPage
from treadle.server.services import Services

EMPTY = "name: sketch\nnodes: []\n"
TYPED = """\
name: typed
nodes:
  - {id: words, type: data.template, config: {template: hello}, position: {x: 0, y: 0}}
  - {id: band, type: flow.in_range, config: {min: 1, max: 2}, position: {x: 400, y: 0}}
  - {id: after, type: data.template, config: {template: bye}, position: {x: 0, y: 240}}
"""


async def test_a_workflow_is_built_with_the_keyboard_published_and_run(page: Page, services: Services) -> None:
    await draft(services, EMPTY, "sketch")
    await page.goto("/w/sketch")
    await expect(page.get_by_text("What shall happen first?")).to_be_visible()
    await assert_accessible(page)

    await canvas(page).focus()
    await add(page, "manual")
    await expect(node(page, "manual")).to_be_visible()
    await page.keyboard.press("F2")
    await page.get_by_role("textbox", name="Name of the node").fill("Greeting")
    await page.keyboard.press("Enter")
    await expect(node(page, "Greeting")).to_be_visible()
    await page.keyboard.press("Control+z")
    await expect(node(page, "manual")).to_be_visible()
    await page.keyboard.press("Control+Shift+z")
    await expect(node(page, "Greeting")).to_be_visible()
    await page.keyboard.press("Control+d")
    await expect(node(page, "Greeting-2")).to_be_visible()
    await page.keyboard.press("Delete")
    await expect(node(page, "Greeting-2")).to_have_count(0)
    await saved(page)

    await page.get_by_role("button", name="Publish").click()
    dialog = page.get_by_role("dialog", name="Publish")
    await dialog.get_by_label("Note").fill("The first")
    await assert_accessible(page)
    await dialog.get_by_role("button", name="Publish version 1").click()
    await expect(page.get_by_role("status").filter(has_text="Version 1 · Saved")).to_be_visible()

    await canvas(page).focus()
    await page.keyboard.press("Control+Enter")
    await page.wait_for_url("**/w/sketch/runs/*")


async def test_a_wire_that_does_not_fit_says_why_and_one_that_fits_is_drawn(page: Page, services: Services) -> None:
    await draft(services, TYPED, "typed")
    await page.goto("/w/typed")
    output = node(page, "words").get_by_role("img", name=re.compile("^Output output"))
    wrong = node(page, "band").get_by_role("img", name=re.compile("^Input value"))

    await drag(page, output, wrong, drop=False)
    await expect(canvas(page).get_by_text("output gives text; value takes a number")).to_be_visible()
    await page.mouse.up()
    await expect(page.get_by_role("alert").filter(has_text="value takes a number")).to_be_visible()

    await drag(page, output, node(page, "after").get_by_role("img", name=re.compile("^Input value")))
    await expect(page.get_by_role("button", name="Insert a node between words and after")).to_be_attached()
    await canvas(page).focus()
    await page.keyboard.press("Control+z")
    await expect(page.get_by_role("button", name="Insert a node between words and after")).to_have_count(0)


async def test_a_wire_dropped_on_the_empty_canvas_offers_what_fits(page: Page, services: Services) -> None:
    await draft(services, TYPED, "typed")
    await page.goto("/w/typed")
    output = node(page, "after").get_by_role("img", name=re.compile("^Output output"))
    box = await place(output)

    await page.mouse.move(box["x"] + 12, box["y"] + 12)
    await page.mouse.down()
    await page.mouse.move(box["x"] + 120, box["y"] + 140, steps=5)
    await page.mouse.up()
    palette = page.get_by_role("dialog", name="What comes next?")
    await expect(palette.get_by_text("Takes text")).to_be_visible()
    await expect(palette.get_by_role("option", name=re.compile("Schedule"))).to_have_count(0)
    await assert_accessible(page)
    await palette.get_by_role("combobox").fill("template")
    await page.keyboard.press("Enter")

    await expect(page.get_by_role("button", name="Insert a node between after and template")).to_be_attached()


async def test_a_workflow_file_is_pasted_and_copied_again(page: Page, services: Services) -> None:
    await draft(services, EMPTY, "sketch")
    await page.goto("/w/sketch")
    await canvas(page).focus()

    await paste(page, world.ORDERS)

    await expect(node(page, "price")).to_be_visible()
    await expect(node(page, "ship")).to_be_visible()
    await saved(page)
    await page.keyboard.press("Control+a")
    copied = await page.evaluate(
        """() => {
            const data = new DataTransfer();
            document.activeElement.dispatchEvent(new ClipboardEvent("copy", {clipboardData: data, bubbles: true}));
            return data.getData("text/plain");
        }"""
    )
    assert "flow.approval" in copied
    await page.reload()
    await expect(node(page, "ship")).to_be_visible()


async def test_what_is_wrong_is_marked_and_not_published(page: Page, services: Services) -> None:
    await draft(services, "name: wrong\nnodes:\n  - {id: call, type: http.request}\n", "wrong")
    await page.goto("/w/wrong")

    await page.get_by_role("button", name=re.compile(r"\d+ error")).click()
    problems = page.get_by_role("region", name="Problems")
    await problems.get_by_role("button", name=re.compile("^call")).first.click()
    await expect(node(page, "call").get_by_role("img", name=re.compile("^Error"))).to_be_visible()
    await assert_accessible(page)

    await page.get_by_role("button", name="Publish").click()
    await expect(page.get_by_role("dialog", name="It cannot be published yet")).to_be_visible()


async def test_the_outline_does_without_the_canvas(page: Page, services: Services) -> None:
    await draft(services, TYPED, "typed")
    await page.goto("/w/typed")
    await canvas(page).focus()
    await page.keyboard.press("o")

    outline = page.get_by_role("tree", name="Nodes")
    await outline.get_by_role("treeitem", name=re.compile("^words")).focus()
    await page.get_by_label("Connect words to").select_option(label="output → after.value")
    await expect(page.get_by_role("button", name="Insert a node between words and after")).to_be_attached()
    await outline.get_by_role("treeitem", name=re.compile("^words")).focus()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("d")
    await expect(outline.get_by_role("treeitem", selected=True)).to_contain_text("off")
    await assert_accessible(page)


async def test_what_the_server_does_not_hear_is_kept(page: Page, services: Services) -> None:
    await draft(services, TYPED, "typed")
    await page.goto("/w/typed")
    await expect(node(page, "words")).to_be_visible()
    await page.route("**/api/v1/workflows/typed", lambda route: route.abort())

    await node(page, "words").click()
    await page.keyboard.press("d")
    await expect(page.get_by_role("status").filter(has_text="sent when the server is back")).to_be_visible()
    await page.unroute("**/api/v1/workflows/typed")
    await page.reload()

    await expect(node(page, "words").get_by_text("Off")).to_be_visible()
    await saved(page)


async def test_who_was_quicker_is_not_overwritten(page: Page, services: Services) -> None:
    await world.publish(services.application, world.ORDERS)
    await page.goto("/w/order-desk")
    await expect(node(page, "price")).to_be_visible()
    await world.publish(services.application, world.ORDERS.replace("1.19", "1.07"))

    await node(page, "price").click()
    await page.keyboard.press("d")
    await expect(page.get_by_role("alert").filter(has_text="Somebody else has changed this")).to_be_visible()
    await assert_accessible(page)
    await page.get_by_role("button", name="Save mine over it").click()
    await saved(page)


async def test_who_may_only_look_changes_nothing(open_page: OpenPage, services: Services) -> None:
    await world.publish(services.application, world.ORDERS)
    page = await open_page("viewer", at="/w/order-desk")

    await expect(node(page, "price")).to_be_visible()
    await canvas(page).focus()
    await page.keyboard.press("n")
    await expect(page.get_by_role("combobox", name="Search node types")).to_have_count(0)
    await expect(page.get_by_role("button", name="Publish")).to_have_count(0)
    await expect(page.get_by_role("button", name="Run", exact=True)).to_have_count(0)
    await assert_accessible(page)
