"""The library of workflows: looked through, begun, taken in, shared, put away."""

from __future__ import annotations

import pytest
from docs.editor import world
from playwright.async_api import Locator, Page, expect

from tests.ui.axe import assert_accessible
from tests.ui.conftest import OpenPage
from treadle.server.services import Services

BROKEN = """\
name: broken
nodes:
  - id: a
    type: data.sett
"""
MENDED = BROKEN.replace("data.sett", "data.set") + "    config: {fields: {a: 1}}\n"


def cards(page: Page) -> Locator:
    return page.get_by_role("list", name="Workflows").get_by_role("listitem")


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
async def test_a_card_says_how_a_workflow_stands(open_page: OpenPage, services: Services, phone: bool) -> None:
    await world.build(services.application, services.deployments)

    page = await open_page("editor", at="/workflows", phone=phone)

    await expect(cards(page)).to_have_count(4)
    report = cards(page).filter(has_text="Morning report")
    for text in ("Completed", "1 deployment", "v2", "Everybody’s", "#sales"):
        await expect(report).to_contain_text(text)
    await assert_accessible(page)


async def test_it_is_searched_narrowed_and_listed_and_the_address_keeps_that(
    open_page: OpenPage, services: Services
) -> None:
    await world.build(services.application, services.deployments)
    page = await open_page("editor", at="/workflows")

    await page.get_by_role("textbox", name="Search workflows").fill("supplier")
    await expect(cards(page)).to_have_count(1)
    await page.reload()
    await expect(cards(page)).to_have_count(1)
    await page.get_by_role("textbox", name="Search workflows").fill("")
    await page.get_by_role("combobox", name="Tag").click()
    await page.get_by_role("option", name="sales (2)").click()
    await expect(cards(page)).to_have_count(2)
    await page.get_by_title("List", exact=True).click()

    table = page.get_by_role("table", name="Workflows")
    await expect(table.get_by_role("row")).to_have_count(3)
    await assert_accessible(page)
    await table.get_by_role("link", name="Order desk").click()
    await page.wait_for_url("**/w/order-desk")


async def test_one_begins_with_an_empty_workflow(open_page: OpenPage) -> None:
    page = await open_page("editor", at="/workflows")
    await expect(page.get_by_text("There is no workflow yet")).to_be_visible()

    await page.get_by_role("button", name="New", exact=True).click()
    await page.get_by_role("menuitem", name="Empty workflow").click()
    await page.get_by_role("textbox", name="Title").fill("Café orders")
    await expect(page.get_by_role("textbox", name="Name")).to_have_value("cafe-orders")
    await page.get_by_role("button", name="Create").click()

    await page.wait_for_url("**/w/cafe-orders")


async def test_a_broken_file_shows_its_line_and_what_to_do_and_becomes_a_draft(open_page: OpenPage) -> None:
    page = await open_page("editor", at="/workflows")
    await page.get_by_role("button", name="New", exact=True).click()
    await page.get_by_role("menuitem", name="Import a file").click()

    await page.get_by_role("textbox", name="Workflow file").fill(BROKEN)

    problems = page.get_by_role("list", name="Problems")
    await expect(problems).to_contain_text("Line 4")
    await expect(problems).to_contain_text("data.set")
    await assert_accessible(page)
    await page.get_by_role("textbox", name="Workflow file").fill(MENDED)
    await expect(page.get_by_text("Nothing is wrong with broken.")).to_be_visible()
    await page.get_by_role("button", name="Import", exact=True).click()
    await page.wait_for_url("**/w/broken")


async def test_one_is_there_already_and_the_file_is_refused_with_a_remedy(
    open_page: OpenPage, services: Services
) -> None:
    await world.publish(services.application, world.ORDERS)
    page = await open_page("editor", at="/workflows")
    await page.get_by_role("button", name="New", exact=True).click()
    await page.get_by_role("menuitem", name="Import a file").click()
    await page.get_by_role("textbox", name="Workflow file").fill(world.ORDERS)

    await page.get_by_role("button", name="Import", exact=True).click()
    await expect(page.get_by_role("alert")).to_contain_text("order-desk")
    await page.get_by_role("combobox", name="Where one is there already").click()
    await page.get_by_role("option", name="Make it the draft of that workflow").click()
    await page.get_by_role("button", name="Import", exact=True).click()

    await page.wait_for_url("**/w/order-desk")


async def test_one_is_copied_put_away_and_brought_back(open_page: OpenPage, services: Services) -> None:
    await world.publish(services.application, world.ORDERS)
    page = await open_page("editor", at="/workflows")
    await page.get_by_role("button", name="More for Order desk").click()
    await page.get_by_role("menuitem", name="Duplicate").click()
    await page.get_by_role("button", name="Duplicate").click()
    await page.wait_for_url("**/w/order-desk-copy")
    await page.goto("/workflows")
    await expect(cards(page)).to_have_count(2)

    await page.get_by_role("button", name="More for Order desk").first.click()
    await page.get_by_role("menuitem", name="Move to bin").click()
    await expect(cards(page)).to_have_count(1)
    await page.get_by_role("button", name="Undo").click()
    await expect(cards(page)).to_have_count(2)
    await page.get_by_role("button", name="More for Order desk").first.click()
    await page.get_by_role("menuitem", name="Move to bin").click()
    await expect(cards(page)).to_have_count(1)
    await page.get_by_text("Bin", exact=True).click()
    await page.get_by_role("button", name="Restore Order desk").click()

    await expect(page.get_by_text("The bin is empty")).to_be_visible()


async def test_a_workflow_is_shared_and_taken_back(open_page: OpenPage, services: Services) -> None:
    await services.identities.create_user("bob", role="operator")
    page = await open_page("editor", name="ada", at="/workflows")
    await page.get_by_role("button", name="New", exact=True).click()
    await page.get_by_role("menuitem", name="Empty workflow").click()
    await page.get_by_role("textbox", name="Title").fill("Mine")
    await page.get_by_role("button", name="Create").click()
    await page.wait_for_url("**/w/mine")
    await page.goto("/workflows?in=mine")
    await expect(cards(page)).to_contain_text("Yours")

    await page.get_by_role("button", name="More for Mine").click()
    await page.get_by_role("menuitem", name="Share").click()
    await page.get_by_role("combobox", name="Share with").click()
    await page.get_by_role("option", name="bob").first.click()
    await page.get_by_role("button", name="Share", exact=True).click()

    who = page.get_by_role("list", name="Who has it")
    await expect(who).to_contain_text("bob")
    await assert_accessible(page)
    await page.get_by_role("button", name="Take it from bob").click()
    await expect(who).not_to_contain_text("bob")


async def test_who_may_only_look_is_offered_nothing_that_is_refused(open_page: OpenPage, services: Services) -> None:
    await world.publish(services.application, world.ORDERS)

    page = await open_page("viewer", at="/workflows")

    await expect(cards(page)).to_have_count(1)
    await expect(page.get_by_role("button", name="New", exact=True)).to_have_count(0)
    await page.get_by_role("button", name="More for Order desk").click()
    await expect(page.get_by_role("menuitem")).to_have_text(["Export file", "Who has it…"])
