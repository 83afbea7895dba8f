"""The inspector: a node set up, its expressions tried, its data looked at, tested and pinned."""

from __future__ import annotations

import pytest
import pytest_asyncio
from docs.editor import world
from playwright.async_api import Locator, Page, expect

from tests.ui.axe import assert_accessible
from tests.ui.conftest import OpenPage
from treadle.server.services import Services

SHOP = """\
name: shop
title: Shop
inputs: {topic: {type: string, default: tea}, amount: {type: number, default: 240}}
nodes:
  - {id: morning, type: trigger.schedule, config: {cron: "30 8 * * MON-FRI", timezone: Europe/Berlin}}
  - id: fetch
    type: data.set
    config: {fields: {total: "{{ workflow.input.amount * 2 }}", city: Graz}}
  - {id: label, type: data.template, config: {template: "Sold {{ nodes.fetch.output.total }}"}}
  - {id: calc, type: data.transform, config: {transform: "nodes.fetch.output.total * 2"}}
  - {id: ask, type: http.request, config: {url: "https://shop.example/"}, when: "nodes.fetch.output.total < 0"}
outputs: {label: "{{ nodes.label.output }}"}
"""


@pytest_asyncio.fixture(loop_scope="session")
async def shop(services: Services) -> None:
    await world.publish(services.application, SHOP)
    await world.run(services.application, "shop")


def inspector(page: Page) -> Locator:
    return page.get_by_role("complementary", name="Inspector")


async def choose(page: Page, node: str) -> Locator:
    """Find it by its name, as Ctrl+F does, or by a click: the panel of it."""
    await page.locator(f'[data-id="{node}"]').click()
    panel = inspector(page)
    await expect(panel.get_by_role("heading", level=2, name=node)).to_be_visible()
    return panel


async def rewrite(page: Page, box: Locator, text: str) -> None:
    await box.click()
    await page.keyboard.press("ControlOrMeta+a")
    await page.keyboard.type(text)


async def test_an_expression_is_completed_tried_and_marked(open_page: OpenPage, shop: None) -> None:
    page = await open_page(at="/w/shop")
    panel = await choose(page, "calc")
    box = panel.get_by_role("textbox", name="Transform")
    await expect(panel.get_by_text("960")).to_be_visible()

    await rewrite(page, box, "nodes.fet")
    await page.get_by_role("option", name="fetch").click()
    await page.keyboard.type(".output.tot")
    await page.get_by_role("option", name="total").click()
    await page.keyboard.type(" + 1")
    await expect(panel.get_by_text("481")).to_be_visible()

    await rewrite(page, box, "nodes.fetch.output.totl")
    await page.keyboard.press("Escape")
    await expect(panel).to_contain_text("Did you mean total?")
    await expect(box).to_have_attribute("aria-invalid", "true")


async def test_a_burst_of_typing_is_one_step_to_undo(open_page: OpenPage, shop: None) -> None:
    page = await open_page(at="/w/shop")
    panel = await choose(page, "ask")
    box = panel.get_by_label("Url", exact=False).first

    await box.fill("")
    await box.press_sequentially("https://other.example/")
    await box.blur()
    await page.get_by_role("button", name="Undo").click()

    await expect(panel.get_by_label("Url", exact=False).first).to_have_value("https://shop.example/")


async def test_a_value_becomes_an_expression_and_a_part_of_the_data_is_put_into_it(
    open_page: OpenPage, shop: None
) -> None:
    page = await open_page(at="/w/shop")
    panel = await choose(page, "ask")

    await panel.get_by_role("button", name="Url as an expression").click()
    box = panel.get_by_role("textbox", name="Url")
    await box.click()
    await page.keyboard.press("ControlOrMeta+End")
    part = panel.get_by_role("button", name="Insert nodes.fetch.output.city")
    await part.focus()
    await page.keyboard.press("Enter")

    await expect(box).to_contain_text("https://shop.example/{{ nodes.fetch.output.city }}")
    await expect(panel.get_by_text("https://shop.example/Graz")).to_be_visible()


async def test_a_cron_says_what_it_means_and_when_it_fires(open_page: OpenPage, shop: None) -> None:
    page = await open_page(at="/w/shop")
    panel = await choose(page, "morning")

    await expect(panel.get_by_text("At 08:30, Monday to Friday")).to_be_visible()
    await expect(panel.get_by_role("list", name="Next fire times").get_by_role("listitem")).to_have_count(3)

    await panel.get_by_label("Cron").fill("61 * * * *")
    await expect(panel.get_by_label("Cron")).to_have_attribute("aria-invalid", "true")


async def test_a_node_is_tested_and_what_it_gave_is_pinned(open_page: OpenPage, shop: None) -> None:
    page = await open_page(at="/w/shop")
    panel = await choose(page, "fetch")

    await panel.get_by_role("button", name="Test this node").click()
    values = panel.get_by_role("region", name="Values")
    await expect(values.get_by_text("of this test")).to_be_visible()
    await expect(values.get_by_role("cell", name="480")).to_be_visible()

    await values.get_by_role("button", name="Pin").click()
    await values.get_by_role("button", name="Back to the run").click()
    await expect(values.get_by_text("Pinned: in test mode")).to_be_visible()
    await values.get_by_role("button", name="Unpin").click()
    await expect(values.get_by_text("of the last run")).to_be_visible()


async def test_data_is_searched_and_shown_as_json_and_schema(open_page: OpenPage, shop: None) -> None:
    page = await open_page(at="/w/shop?inspect=data")
    panel = await choose(page, "fetch")
    values = panel.get_by_role("region", name="Values")

    await values.get_by_label("Search in output").fill("graz")
    await expect(values.get_by_role("cell", name="Graz")).to_be_visible()
    await expect(values.get_by_role("cell", name="480")).to_have_count(0)
    await values.get_by_text("JSON", exact=True).click()
    await expect(values.get_by_role("region", name="output as JSON")).to_contain_text('"city": "Graz"')
    await values.get_by_text("Schema", exact=True).click()
    await expect(values.get_by_role("button", name="Insert nodes.fetch.output.city")).to_be_visible()


async def test_policy_of_several_nodes_is_set_at_once(open_page: OpenPage, shop: None) -> None:
    page = await open_page(at="/w/shop")
    await choose(page, "calc")
    await page.locator('[data-id="label"]').click(modifiers=["ControlOrMeta"])
    panel = inspector(page)
    await expect(panel.get_by_role("heading", name="2 nodes")).to_be_visible()

    await panel.get_by_label("Timeout").fill("5m")
    await panel.get_by_label("Timeout").blur()
    await choose(page, "ask")
    panel = await choose(page, "label")
    await panel.get_by_role("tab", name="Policy").click()

    await expect(panel.get_by_label("Timeout")).to_have_value("5m")


async def test_the_workflow_gets_an_input_and_its_output_is_tried(open_page: OpenPage, shop: None) -> None:
    page = await open_page(at="/w/shop")
    panel = inspector(page)

    await panel.get_by_role("tab", name="Inputs").click()
    await panel.get_by_role("button", name="Add an input").click()
    await expect(panel.get_by_role("group", name="Input input")).to_be_visible()
    await panel.get_by_role("tab", name="Outputs").click()

    await expect(panel.get_by_text("Sold 480")).to_be_visible()


async def test_a_viewer_reads_and_changes_nothing(open_page: OpenPage, shop: None) -> None:
    page = await open_page("viewer", at="/w/shop")
    panel = await choose(page, "ask")

    await expect(panel.get_by_label("Url", exact=False).first).to_have_attribute("readonly", "")
    await expect(panel.get_by_role("button", name="Url as an expression")).to_have_count(0)
    await expect(panel.get_by_role("button", name="Test this node")).to_have_attribute("aria-disabled", "true")


@pytest.mark.parametrize("tab", ["config", "policy", "data", "docs"])
async def test_every_tab_is_accessible(open_page: OpenPage, shop: None, tab: str) -> None:
    page = await open_page(at=f"/w/shop?inspect={tab}")
    await choose(page, "calc")

    await assert_accessible(page)
