"""The canvas: nodes put on wires, wires taken elsewhere, nodes taken out of the line."""

from __future__ import annotations

from playwright.async_api import Page, expect

from tests.ui.canvas import canvas, choose, chosen, draft, drag, input_, middle, node, open_line, place, pull, wire
from treadle.server.services import Services

WRONG_END = """\
name: wrong
nodes:
  - {id: words, type: data.template, config: {template: hello}, position: {x: 0, y: 0}}
  - {id: more, type: data.template, config: {template: x}, position: {x: 320, y: 0}}
  - {id: band, type: flow.in_range, config: {min: 1, max: 2}, position: {x: 320, y: 200}}
connections:
  - {from: words.output, to: more.value}
"""


async def test_a_node_is_inserted_on_a_wire_and_gets_room(page: Page, services: Services) -> None:
    await open_line(page, services)
    before = await place(node(page, "second"))
    await wire(page, "first", "second").hover(force=True)
    await page.get_by_role("button", name="Insert a node between first and second").click()
    palette = page.get_by_role("dialog", name="Put in between")
    await expect(palette.get_by_text("Takes text")).to_be_visible()
    await palette.get_by_role("combobox").fill("template")
    await page.keyboard.press("Enter")

    await expect(wire(page, "first", "template")).to_be_attached()
    await expect(wire(page, "template", "second")).to_be_attached()
    await expect(wire(page, "first", "second")).to_have_count(0)
    added, after = await place(node(page, "template")), await place(node(page, "second"))
    assert after["x"] > before["x"]
    assert added["x"] + added["width"] < after["x"]


async def test_a_node_is_dropped_on_a_wire(page: Page, services: Services) -> None:
    await open_line(page, services)
    alone, first, second = [await place(node(page, name)) for name in ("alone", "first", "second")]
    start = alone["x"] + alone["width"] * 0.4, alone["y"] + 6
    # The middle of the node comes between both.
    dx = (first["x"] + first["width"] + second["x"]) / 2 - middle(alone)[0]
    dy = first["y"] - alone["y"] + 14
    end = start[0] + dx, start[1] + dy

    await pull(page, start, (start[0] + dx / 2, start[1] + dy / 2), end)

    await expect(wire(page, "first", "alone")).to_be_attached()
    await expect(wire(page, "alone", "second")).to_be_attached()
    await page.keyboard.press("Control+z")
    await expect(wire(page, "first", "second")).to_be_attached()
    await expect(wire(page, "first", "alone")).to_have_count(0)


async def test_the_end_of_a_wire_is_moved(page: Page, services: Services) -> None:
    await open_line(page, services)
    end, target = await place(input_(page, "second")), await place(input_(page, "alone"))

    await pull(page, (end["x"] - 5, middle(end)[1]), (middle(target)[0] + 30, target["y"] - 30), middle(target))

    await expect(wire(page, "first", "alone")).to_be_attached()
    await expect(wire(page, "first", "second")).to_have_count(0)


async def test_the_end_of_a_wire_does_not_go_where_it_does_not_fit(page: Page, services: Services) -> None:
    await draft(services, WRONG_END, "wrong")
    await page.goto("/w/wrong")
    end, target = await place(input_(page, "more")), await place(input_(page, "band"))

    await pull(page, (end["x"] - 5, middle(end)[1]), (middle(target)[0] - 40, target["y"]), middle(target), drop=False)
    await expect(canvas(page).get_by_text("output gives text; value takes a number")).to_be_visible()
    await page.mouse.up()

    await expect(wire(page, "words", "more")).to_be_attached()
    await expect(wire(page, "words", "band")).to_have_count(0)


async def test_deleting_and_reconnecting_closes_the_gap(page: Page, services: Services) -> None:
    await open_line(page, services)
    await drag(page, node(page, "second").get_by_role("img", name="Output output"), input_(page, "alone"))
    await expect(wire(page, "second", "alone")).to_be_attached()
    await choose(page, "second")

    await page.keyboard.press("Control+Delete")

    await expect(node(page, "second")).to_have_count(0)
    await expect(wire(page, "first", "alone")).to_be_attached()
    await page.keyboard.press("Control+z")
    await expect(wire(page, "second", "alone")).to_be_attached()


async def test_a_wire_is_selected_and_deleted(page: Page, services: Services) -> None:
    await open_line(page, services)
    first, second = await place(node(page, "first")), await place(node(page, "second"))
    end = await place(input_(page, "second"))
    # A quarter of the way: in the middle stands the plus.
    x = first["x"] + first["width"] + (second["x"] - first["x"] - first["width"]) * 0.3

    await page.mouse.click(x, middle(end)[1])
    await page.keyboard.press("Delete")

    await expect(wire(page, "first", "second")).to_have_count(0)
    await expect(node(page, "first")).to_be_visible()
    await chosen(page)
