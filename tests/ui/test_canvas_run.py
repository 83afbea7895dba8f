"""The canvas: how the last run stood, on the nodes and wires that are edited; what it gave, pinned."""

from __future__ import annotations

import asyncio

from docs.editor import world
from playwright.async_api import Locator, Page, expect

from tests.ui.axe import assert_accessible
from tests.ui.canvas import LINE, canvas, choose, draft, node, place, saved
from tests.ui.conftest import OpenPage
from treadle.server.services import Services
from treadle.service.signals import Signals

WAITING = """\
name: payments
nodes:
  - {id: paid, type: flow.signal, config: {name: paid}, position: {x: 0, y: 0}}
  - {id: thanks, type: data.template, config: {template: "Thanks for {{ input.value }}"}, position: {x: 400, y: 0}}
connections:
  - {from: paid.payload, to: thanks.value}
"""


def status(page: Page, name: str, words: str) -> Locator:
    return node(page, name).get_by_role("img", name=words)


async def open_ran(page: Page, services: Services) -> None:
    await world.publish(services.application, LINE)
    await world.run(services.application, "line")
    await page.goto("/w/line")
    await expect(status(page, "second", "Completed")).to_be_visible()
    await place(node(page, "second"))


async def test_the_last_run_is_seen_on_nodes_and_wires(page: Page, services: Services) -> None:
    await open_ran(page, services)
    await expect(canvas(page).get_by_text("hello", exact=True)).to_be_visible()
    last = page.get_by_role("group", name="Last run")
    await expect(last).to_contain_text("Completed")
    await assert_accessible(page)

    await last.get_by_role("link").click()

    await page.wait_for_url("**/w/line/runs/*")


async def test_a_run_that_goes_on_is_followed(page: Page, services: Services) -> None:
    await world.publish(services.application, WAITING)
    run_id = await world.run(services.application, "payments")
    await page.goto("/w/payments")
    await expect(status(page, "paid", "Waiting")).to_be_visible()
    await expect(page.get_by_role("group", name="Last run")).to_contain_text("Waiting")

    sending = asyncio.create_task(Signals(services.application).send("paid", 20, run_id=run_id))

    await expect(status(page, "thanks", "Completed")).to_be_visible()
    await expect(canvas(page).get_by_text("20", exact=True)).to_be_visible()
    await expect(page.get_by_role("group", name="Last run")).to_contain_text("Completed")
    await sending


async def test_a_run_that_begins_meanwhile_is_the_last_one(page: Page, services: Services) -> None:
    await open_ran(page, services)
    await page.get_by_role("button", name="Hide the last run").click()
    await world.publish(services.application, LINE.replace("hello", "good day"))
    await canvas(page).focus()
    await page.keyboard.press("l")
    await expect(canvas(page).get_by_text("hello", exact=True)).to_be_visible()

    await world.run(services.application, "line")

    await expect(status(page, "first", "before it was changed")).to_be_visible()
    await expect(canvas(page).get_by_text("hello", exact=True)).to_have_count(0)


async def test_what_was_changed_since_says_so_and_shows_no_value(page: Page, services: Services) -> None:
    await open_ran(page, services)
    await choose(page, "first")
    await page.get_by_role("complementary").get_by_role("textbox").first.focus()
    await canvas(page).focus()
    await page.keyboard.press("r")
    await page.get_by_role("combobox", name="Search node types").fill("python")
    await page.keyboard.press("Enter")

    await expect(status(page, "first", "before it was changed")).to_be_visible()
    await expect(canvas(page).get_by_text("hello", exact=True)).to_have_count(0)
    await expect(status(page, "second", "Completed")).to_be_visible()
    await canvas(page).focus()
    await page.keyboard.press("Control+z")
    await expect(canvas(page).get_by_text("hello", exact=True)).to_be_visible()


async def test_the_last_run_is_hidden_and_shown_with_a_key(page: Page, services: Services) -> None:
    await open_ran(page, services)
    await page.get_by_role("button", name="Hide the last run").click()
    await expect(status(page, "second", "Completed")).to_have_count(0)
    await canvas(page).focus()
    await page.keyboard.press("l")
    await expect(status(page, "second", "Completed")).to_be_visible()
    await page.keyboard.press("l")
    await expect(status(page, "second", "Completed")).to_have_count(0)


async def test_what_nodes_gave_is_pinned_and_unpinned_with_a_key(page: Page, services: Services) -> None:
    await open_ran(page, services)
    await choose(page, "first", "second")
    await page.keyboard.press("p")
    await expect(status(page, "first", "Pinned")).to_be_visible()
    await expect(status(page, "second", "Pinned")).to_be_visible()
    await expect(page.get_by_role("button", name="Undo: Pin 2 nodes")).to_be_enabled()
    await saved(page)

    await page.keyboard.press("p")
    await expect(status(page, "first", "Pinned")).to_have_count(0)
    await expect(status(page, "second", "Pinned")).to_have_count(0)


async def test_without_a_run_there_is_nothing_to_pin(page: Page, services: Services) -> None:
    await draft(services, LINE, "line")
    await page.goto("/w/line")
    await choose(page, "first")
    await page.keyboard.press("p")
    await expect(page.get_by_role("alert").filter(has_text="no run yet")).to_be_visible()


async def test_who_may_only_look_sees_the_last_run(open_page: OpenPage, services: Services) -> None:
    await world.publish(services.application, LINE)
    await world.run(services.application, "line")
    page = await open_page("viewer", at="/w/line")
    await expect(status(page, "second", "Completed")).to_be_visible()
    await choose(page, "second")
    await page.keyboard.press("p")
    await page.keyboard.press("Alt+x")
    await expect(page.get_by_role("dialog", name="Extract to a workflow")).to_have_count(0)
    await expect(status(page, "second", "Pinned")).to_have_count(0)
