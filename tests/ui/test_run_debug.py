"""A draft debugged: breakpoints on the canvas, step by step, another value on the way."""

from __future__ import annotations

import re

from docs.editor import world
from playwright.async_api import Locator, Page, expect

from tests.ui.axe import assert_accessible
from tests.ui.conftest import OpenPage
from treadle.server.services import Services

PRICES = """\
name: prices
nodes:
  - {id: net, type: data.transform, config: {transform: "20"}, position: {x: 0, y: 0}}
  - {id: gross, type: data.transform, config: {transform: input.value * 2}, position: {x: 320, y: 0}}
  - {id: label, type: data.template, config: {template: "{{ input.value }} EUR"}, position: {x: 640, y: 0}}
connections:
  - {from: net.output, to: gross.value}
  - {from: gross.output, to: label.value}
outputs: "{{ nodes.label.output }}"
"""


def drawn(page: Page, name: str) -> Locator:
    """A node of the canvas that is edited."""
    return page.get_by_role("region", name="Canvas").get_by_role("group", name=re.compile(f"^{name}, "))


def node(page: Page, name: str, status: str) -> Locator:
    graph = page.get_by_role("group", name="Graph", exact=True)
    return graph.get_by_role("button", name=f"{name}: {status}", exact=True)


def debugging(page: Page) -> Locator:
    return page.get_by_role("region", name="Debugging")


def details(page: Page) -> Locator:
    return page.get_by_role("complementary", name="Details")


async def open_editor(open_page: OpenPage, services: Services, *, role: str = "editor") -> Page:
    await world.publish(services.application, PRICES)
    page = await open_page(role, at="/w/prices")
    await expect(drawn(page, "gross")).to_be_visible()
    return page


async def test_a_test_stops_at_a_breakpoint_takes_another_value_and_goes_on(
    open_page: OpenPage, services: Services
) -> None:
    page = await open_editor(open_page, services)
    await drawn(page, "gross").click()
    await page.keyboard.press("b")
    await expect(drawn(page, "gross").get_by_role("img", name="Breakpoint")).to_be_visible()
    await page.get_by_role("button", name="Debug", exact=True).click()

    await page.wait_for_url("**/w/prices/runs/*")
    await expect(debugging(page)).to_contain_text("Stands before gross")
    await expect(node(page, "net", "Completed")).to_be_visible()
    await expect(node(page, "label", "not reached")).to_be_visible()
    await expect(page.get_by_role("img", name="Breakpoint at gross")).to_be_visible()
    await assert_accessible(page)
    await debugging(page).get_by_role("button", name="gross").click()
    await details(page).get_by_label("Input value, as JSON").fill("21")
    await details(page).get_by_role("button", name="Continue with this").click()

    await expect(page.get_by_role("heading", level=1)).to_contain_text("Completed")
    await expect(debugging(page)).to_have_count(0)
    await expect(node(page, "gross", "Completed")).to_be_visible()
    await details(page).get_by_role("button", name="Close").click()
    await expect(details(page).get_by_role("region", name="output")).to_contain_text("42 EUR")


async def test_without_breakpoints_it_goes_node_by_node(open_page: OpenPage, services: Services) -> None:
    page = await open_editor(open_page, services)
    await page.get_by_role("button", name="Debug", exact=True).click()
    await expect(debugging(page)).to_contain_text("Stands before net")

    await page.keyboard.press("F10")
    await expect(debugging(page)).to_contain_text("Stands before gross")
    await debugging(page).get_by_role("button", name="gross").click()
    await details(page).get_by_text("Give an output instead", exact=True).click()
    await details(page).get_by_label("Its output, as JSON").fill("99")
    await details(page).get_by_role("button", name="Step").click()
    await expect(debugging(page)).to_contain_text("Stands before label")
    await page.keyboard.press("F8")

    await expect(page.get_by_role("heading", level=1)).to_contain_text("Completed")
    await details(page).get_by_role("button", name="Close").click()
    await expect(details(page).get_by_role("region", name="output")).to_contain_text("99 EUR")


async def test_breakpoints_are_set_on_the_way_and_it_is_stopped(open_page: OpenPage, services: Services) -> None:
    page = await open_editor(open_page, services)
    await page.get_by_role("button", name="Debug", exact=True).click()
    await expect(debugging(page)).to_contain_text("Stands before net")

    await node(page, "label", "not reached").click()
    await page.keyboard.press("b")
    await expect(page.get_by_role("img", name="Breakpoint at label")).to_be_visible()
    await debugging(page).get_by_role("button", name="Continue").click()
    await expect(debugging(page)).to_contain_text("Stands before label")
    await debugging(page).get_by_role("button", name="Stop").click()

    await expect(page.get_by_role("heading", level=1)).to_contain_text("Cancelled")
    await expect(debugging(page)).to_have_count(0)


async def test_who_may_not_edit_does_not_debug(open_page: OpenPage, services: Services) -> None:
    page = await open_editor(open_page, services, role="operator")

    await expect(page.get_by_role("button", name="Run", exact=True)).to_be_visible()
    await expect(page.get_by_role("button", name="Debug", exact=True)).to_have_count(0)
