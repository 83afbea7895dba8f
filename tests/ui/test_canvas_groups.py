"""The canvas: nodes drawn together, folded, opened; containers opened in place, nodes put into them."""

from __future__ import annotations

from playwright.async_api import Page, expect

from tests.ui.axe import assert_accessible
from tests.ui.canvas import canvas, choose, chosen, draft, drag_by, group, node, open_line, place, pull, wire
from treadle.server.services import Services

LOOP = """\
name: loop
nodes:
  - {id: alone, type: data.template, config: {template: x}, position: {x: 0, y: 0}}
  - id: each
    type: flow.loop
    config: {items: "{{ [1, 2] }}"}
    position: {x: 320, y: 0}
    body:
      nodes:
        - {id: say, type: data.template, config: {template: hi}, position: {x: 0, y: 0}}
        - {id: twice, type: data.template, config: {template: hi hi}, position: {x: 0, y: 160}}
"""

WRONG = """\
name: wrong
nodes:
  - {id: call, type: http.request, position: {x: 0, y: 0}}
groups:
  - {id: calls, title: Calls, nodes: [call], collapsed: true}
"""


async def make_group(page: Page, title: str = "Words") -> None:
    await choose(page, "first", "second")
    await page.keyboard.press("Control+g")
    field = page.get_by_role("textbox", name="Title of the group")
    await expect(field).to_be_focused()
    await field.fill(title)
    await page.keyboard.press("Enter")
    await expect(group(page, title)).to_be_visible()


async def test_nodes_are_grouped_under_a_title(page: Page, services: Services) -> None:
    await open_line(page, services)
    await make_group(page)

    await expect(canvas(page)).to_be_focused()
    await chosen(page, "first", "second")
    await assert_accessible(page)
    await page.keyboard.press("Control+z")
    await expect(group(page, "Group")).to_be_visible()
    await page.keyboard.press("Control+z")
    await expect(group(page, "Group")).to_have_count(0)


async def test_a_group_is_folded_and_opened(page: Page, services: Services) -> None:
    await open_line(page, services)
    await make_group(page)

    await group(page, "Words").get_by_role("button", name="Fold Words").click()
    await expect(node(page, "first")).to_have_count(0)
    await expect(group(page, "Words").get_by_text("2 nodes")).to_be_visible()
    await assert_accessible(page)
    await group(page, "Words").get_by_role("button", name="Open Words").click()
    await expect(node(page, "first")).to_be_visible()
    await expect(wire(page, "first", "second")).to_be_attached()


async def test_a_group_is_folded_walked_to_and_opened_with_the_keys(page: Page, services: Services) -> None:
    await open_line(page, services)
    await make_group(page)

    await page.keyboard.press("Enter")
    await expect(node(page, "first")).to_have_count(0)
    await chosen(page, "Words")
    await page.keyboard.press("ArrowLeft")
    await chosen(page, "start")
    await page.keyboard.press("ArrowRight")
    await chosen(page, "Words")
    await page.keyboard.press("Enter")
    await expect(node(page, "second")).to_be_visible()
    await chosen(page, "first", "second")


async def test_a_folded_group_takes_its_nodes_along(page: Page, services: Services) -> None:
    await open_line(page, services)
    await make_group(page)
    before = await place(node(page, "second"))
    await group(page, "Words").get_by_role("button", name="Fold Words").click()

    folded = await place(group(page, "Words"))
    start = folded["x"] + folded["width"] - 6, folded["y"] + folded["height"] - 6
    await pull(page, start, (start[0], start[1] - 40), (start[0], start[1] - 80))
    await group(page, "Words").get_by_role("button", name="Open Words").click()

    after = await place(node(page, "second"))
    assert abs(after["y"] - before["y"] + 80) < 8


async def test_a_folded_group_tells_that_something_in_it_is_wrong(page: Page, services: Services) -> None:
    await draft(services, WRONG, "wrong")
    await page.goto("/w/wrong")
    await expect(group(page, "Calls").get_by_role("img", name="In it: 1 error")).to_be_visible()
    await group(page, "Calls").dblclick(position={"x": 150, "y": 6})
    await expect(node(page, "call").get_by_role("img", name="Error")).to_be_visible()


async def test_a_group_is_renamed_and_taken_apart(page: Page, services: Services) -> None:
    await open_line(page, services)
    await make_group(page)

    await group(page, "Words").get_by_role("button", name="Words", exact=True).dblclick()
    await page.get_by_role("textbox", name="Title of the group").fill("Greetings")
    await page.keyboard.press("Enter")
    await expect(group(page, "Greetings")).to_be_visible()
    await page.keyboard.press("Control+Shift+g")
    await expect(group(page, "Greetings")).to_have_count(0)
    await expect(node(page, "first")).to_be_visible()


async def test_a_container_is_closed_and_opened_in_place(page: Page, services: Services) -> None:
    await draft(services, LOOP, "loop")
    await page.goto("/w/loop")
    await expect(node(page, "say")).to_be_visible()

    await choose(page, "each")
    await page.keyboard.press("Enter")
    await expect(node(page, "say")).to_have_count(0)
    await node(page, "each").dblclick(position={"x": 60, "y": 8})
    await expect(node(page, "say")).to_be_visible()


async def test_a_node_is_dragged_into_a_container_and_taken_out(page: Page, services: Services) -> None:
    await draft(services, LOOP, "loop")
    await page.goto("/w/loop")
    alone, say = await place(node(page, "alone")), await place(node(page, "say"))

    await drag_by(page, node(page, "alone"), say["x"] - alone["x"], say["y"] - alone["y"] + say["height"] * 0.7)

    await expect(page.get_by_role("button", name="Undo: Move alone into each", exact=True)).to_be_enabled()
    await node(page, "alone").click(button="right", position={"x": 60, "y": 8})
    await page.get_by_role("menuitem", name="Take out of the container").click()
    await expect(page.get_by_role("button", name="Undo: Move alone out", exact=True)).to_be_enabled()
