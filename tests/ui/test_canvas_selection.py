"""The canvas: nodes selected, walked along, moved together, found."""

from __future__ import annotations

from playwright.async_api import Page, expect

from tests.ui.axe import assert_accessible
from tests.ui.canvas import canvas, choose, chosen, drag_by, eventually, node, open_line, place, pull, saved
from treadle.server.services import Services


async def test_a_box_selects_what_it_touches(page: Page, services: Services) -> None:
    await open_line(page, services)
    first, second = await place(node(page, "first")), await place(node(page, "second"))

    await page.keyboard.down("Shift")
    end = second["x"] + 20, second["y"] + second["height"] + 8
    await pull(page, (first["x"] - 12, first["y"] - 12), ((first["x"] + end[0]) / 2, end[1]), end)
    await page.keyboard.up("Shift")

    await chosen(page, "first", "second")


async def test_several_nodes_move_together_and_one_step_takes_them_back(page: Page, services: Services) -> None:
    await open_line(page, services)
    await choose(page, "first", "second")
    before = {name: await place(node(page, name)) for name in ("first", "second", "start")}

    await drag_by(page, node(page, "second"), 0, 90)

    async def moved(name: str, by: float) -> bool:
        box = await node(page, name).bounding_box()
        return box is not None and abs(box["y"] - before[name]["y"] - by) < 8

    for name, by in (("first", 90), ("second", 90), ("start", 0)):
        await eventually(lambda name=name, by=by: moved(name, by), f"{name} did not move by {by}.")
    await page.keyboard.press("Control+z")
    for name in ("first", "second"):
        await eventually(lambda name=name: moved(name, 0), f"{name} did not go back.")


async def test_arrows_walk_from_node_to_node(page: Page, services: Services) -> None:
    await open_line(page, services)
    await choose(page, "start")
    for key, name in (
        ("ArrowRight", "first"),
        ("ArrowRight", "second"),
        ("ArrowLeft", "first"),
        ("ArrowDown", "alone"),
        ("ArrowUp", "first"),
    ):
        await page.keyboard.press(key)
        await chosen(page, name)


async def test_arrows_pressed_quickly_all_count(page: Page, services: Services) -> None:
    await open_line(page, services)
    await choose(page, "start")
    await page.evaluate(
        """() => {
            const how = {bubbles: true, cancelable: true};
            for (const key of ["ArrowRight", "ArrowRight", "ArrowLeft", "d", "ArrowRight"])
                document.activeElement.dispatchEvent(new KeyboardEvent("keydown", {key, ...how}));
        }"""
    )
    await chosen(page, "second")
    await expect(node(page, "first").get_by_text("Off")).to_be_visible()
    await expect(node(page, "second").get_by_text("Off")).to_have_count(0)


async def test_shift_and_an_arrow_select_what_it_waits_for(page: Page, services: Services) -> None:
    await open_line(page, services)
    await choose(page, "first")
    await page.keyboard.press("Shift+ArrowRight")
    await chosen(page, "first", "second")
    await choose(page, "first")
    await page.keyboard.press("Shift+ArrowLeft")
    await chosen(page, "start", "first")


async def test_escape_lets_go_and_a_key_selects_all(page: Page, services: Services) -> None:
    await open_line(page, services)
    await choose(page, "first")
    await page.keyboard.press("Control+a")
    await chosen(page, "start", "first", "second", "alone")
    await page.keyboard.press("Escape")
    await chosen(page)


async def test_what_is_selected_and_deleted_at_once_is_gone(page: Page, services: Services) -> None:
    await open_line(page, services)
    await canvas(page).focus()
    await page.evaluate(
        """() => {
            const press = (init) => document.activeElement.dispatchEvent(
                new KeyboardEvent("keydown", {bubbles: true, cancelable: true, ...init}));
            press({key: "a", ctrlKey: true});
            press({key: "Delete"});
        }"""
    )
    await expect(node(page, "second")).to_have_count(0)
    await expect(node(page, "start")).to_have_count(0)
    await saved(page)


async def test_a_node_is_found_by_what_is_in_it(page: Page, services: Services) -> None:
    await open_line(page, services)
    await canvas(page).focus()
    await page.keyboard.press("Control+f")
    search = page.get_by_role("dialog", name="Search on the canvas")
    await search.get_by_role("combobox").fill("hello")
    await expect(search.get_by_role("option").first).to_contain_text("first")
    await assert_accessible(page)

    await page.keyboard.press("Enter")

    await expect(search).to_have_count(0)
    await chosen(page, "first")
    await expect(canvas(page)).to_be_focused()


async def test_the_menu_of_a_node_is_walked_with_the_arrows(page: Page, services: Services) -> None:
    await open_line(page, services)
    await node(page, "first").click(button="right", position={"x": 60, "y": 8})
    menu = page.get_by_role("menu", name="What can be done here")
    await expect(menu.get_by_role("menuitem", name="Rename")).to_be_focused()
    await assert_accessible(page)
    await page.keyboard.press("ArrowUp")
    await expect(menu.get_by_role("menuitem").last).to_be_focused()
    await page.keyboard.press("ArrowDown")
    await expect(menu.get_by_role("menuitem", name="Rename")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("textbox", name="Name of the node")).to_be_focused()
