"""The fields of the inspector: the right one for what each takes, tried with the data there is, also on a phone."""

from __future__ import annotations

import pytest_asyncio
from docs.editor import world
from playwright.async_api import Locator, Page, expect

from tests.ui.axe import assert_accessible
from tests.ui.conftest import OpenPage
from treadle.server.services import Services

PRICES = """\
name: prices
title: Prices
tags: [shop]
nodes:
  - id: list
    type: data.transform
    config: {transform: "[{name: 'tea', price: 2}, {name: 'cake', price: 5}, {name: 'milk', price: 9}]"}
  - {id: dear, type: data.filter, config: {condition: item.price > 4}}
  - {id: text, type: data.template, config: {template: "The cheapest is "}, after: [list]}
connections:
  - {from: list.output, to: dear}
"""
MANY = """\
name: many
nodes:
  - {id: hook, type: trigger.webhook, config: {path: in, methods: [POST]}}
  - {id: daily, type: trigger.schedule, config: {cron: "30 8 * * *", timezone: Europe/Berlin}}
  - {id: read, type: file.read, config: {path: a.csv}}
  - {id: sum, type: code.python, config: {source: "total = sum([1, 2])  # all\\nreturn total", time_limit: 90}}
  - {id: ask, type: flow.approval, config: {title: Sure?, message: "Look\\nat it.", deadline: 2d}}
  - {id: sort, type: data.sort, config: {by: [item.name, item.price]}}
connections:
  - {from: read.output, to: sort}
"""


@pytest_asyncio.fixture(loop_scope="session")
async def prices(services: Services) -> None:
    await world.publish(services.application, PRICES)
    await world.run(services.application, "prices")


@pytest_asyncio.fixture(loop_scope="session")
async def many(services: Services) -> None:
    await world.publish(services.application, MANY)


async def choose(page: Page, node: str) -> Locator:
    await page.locator(f'[data-id="{node}"]').click()
    panel = page.get_by_role("complementary", name="Inspector")
    await expect(panel.get_by_role("heading", level=2, name=node)).to_be_visible()
    return panel


async def test_what_is_asked_of_each_item_is_tried_with_one_after_the_other(open_page: OpenPage, prices: None) -> None:
    page = await open_page(at="/w/prices")
    panel = await choose(page, "dear")
    await expect(panel.get_by_text("Item 1 of 3")).to_be_visible()
    await expect(panel.get_by_text("false", exact=True)).to_be_visible()
    await assert_accessible(page)

    await panel.get_by_role("button", name="Next item").click()

    await expect(panel.get_by_text("Item 2 of 3")).to_be_visible()
    await expect(panel.get_by_text("true", exact=True)).to_be_visible()
    await expect(panel.get_by_role("button", name="Insert item.price: price")).to_contain_text("5")


async def test_a_field_of_the_data_is_dragged_into_an_expression(open_page: OpenPage, prices: None) -> None:
    page = await open_page(at="/w/prices")
    panel = await choose(page, "text")
    box = panel.get_by_role("textbox", name="Template")
    await panel.get_by_role("button", name="Open [0]").first.click()

    await panel.get_by_role("button", name="Insert nodes.list.output[0].name").drag_to(box)

    await expect(box).to_contain_text("{{ nodes.list.output[0].name }}")
    await expect(panel.get_by_text("tea", exact=False).first).to_be_visible()


async def test_few_known_values_are_chosen_with_a_click(open_page: OpenPage, many: None) -> None:
    page = await open_page(at="/w/many")
    panel = await choose(page, "hook")
    methods = panel.get_by_role("group", name="Methods")
    await expect(methods.get_by_role("checkbox", name="POST")).to_be_checked()

    await methods.get_by_text("PUT", exact=True).click()

    await expect(methods.get_by_role("checkbox", name="PUT")).to_be_checked()
    await expect(page.get_by_role("button", name="Undo")).to_be_enabled()
    await assert_accessible(page)


async def test_each_field_is_shown_as_what_it_takes(open_page: OpenPage, many: None) -> None:
    page = await open_page(at="/w/many")

    panel = await choose(page, "daily")
    await expect(panel.get_by_text("At 08:30")).to_be_visible()
    await expect(panel.get_by_role("combobox", name="Timezone")).to_have_value("Europe/Berlin")
    panel = await choose(page, "sum")
    await expect(panel.get_by_role("textbox", name="Source")).to_contain_text("return total")
    await expect(panel.get_by_role("textbox", name="Time limit")).to_have_value("90s")
    await expect(panel.get_by_text("1 minute 30 seconds")).to_be_visible()
    await assert_accessible(page)
    panel = await choose(page, "ask")
    await expect(panel.get_by_text("2 days", exact=True)).to_be_visible()
    await expect(panel.get_by_role("textbox", name="Message")).to_have_value("Look\nat it.")
    panel = await choose(page, "read")
    await expect(panel.get_by_role("textbox", name="Path")).to_have_value("a.csv")


async def test_lines_of_a_list_are_added_moved_and_removed(open_page: OpenPage, many: None) -> None:
    page = await open_page(at="/w/many")
    panel = await choose(page, "sort")
    lines = panel.get_by_role("group", name="By").get_by_role("listitem")
    await expect(lines).to_have_count(2)

    await panel.get_by_role("button", name="Move 2 up").click()
    await expect(lines.first).to_contain_text("item.price")
    await panel.get_by_role("button", name="Remove 2").click()
    await expect(lines).to_have_count(1)

    await expect(panel.get_by_role("button", name="Move 1 up")).to_have_count(0)


async def test_the_workflow_is_tagged(open_page: OpenPage, prices: None) -> None:
    page = await open_page(at="/w/prices")
    tags = page.get_by_role("complementary", name="Inspector").get_by_label("Tags")

    await tags.fill("nightly")
    await tags.press("Enter")

    await expect(page.get_by_role("complementary", name="Inspector").get_by_text("nightly")).to_be_visible()
    await expect(page.get_by_role("button", name="Undo")).to_be_enabled()


async def test_on_a_phone_it_is_a_sheet_that_is_made_larger_and_closed(open_page: OpenPage, prices: None) -> None:
    page = await open_page(at="/w/prices", phone=True)
    panel = await choose(page, "dear")
    await expect(panel.get_by_role("button", name="Values to use")).to_have_attribute("aria-expanded", "false")
    small = await panel.bounding_box()

    await panel.get_by_role("button", name="More room").click()
    await expect(panel.get_by_role("button", name="Less room")).to_be_visible()
    large = await panel.bounding_box()
    assert small is not None
    assert large is not None
    assert large["height"] > small["height"]
    await assert_accessible(page)
    await panel.get_by_role("button", name="Close the inspector").click()

    await expect(panel).to_be_hidden()
