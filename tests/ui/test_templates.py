"""The gallery: looked through, looked at, used."""

from __future__ import annotations

import pytest
from playwright.async_api import Locator, Page, expect

from tests.ui.axe import assert_accessible
from tests.ui.conftest import OpenPage


def cards(page: Page) -> Locator:
    return page.get_by_role("list", name="Templates").get_by_role("listitem")


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
async def test_the_gallery_is_searched_and_narrowed(open_page: OpenPage, phone: bool) -> None:
    page = await open_page("editor", at="/templates", phone=phone)
    await expect(cards(page)).to_have_count(21)
    await assert_accessible(page)

    await page.get_by_role("textbox", name="Search templates").fill("contacts")
    await expect(cards(page)).to_have_count(1)
    await page.get_by_role("textbox", name="Search templates").fill("")
    await page.get_by_role("combobox", name="Category").click()
    await page.get_by_role("option", name="Agents").click()
    await expect(cards(page)).to_have_count(2)
    await page.get_by_role("combobox", name="Difficulty").click()
    await page.get_by_role("option", name="Beginner").click()
    await page.get_by_role("button", name="Show all").click()

    await expect(cards(page)).to_have_count(21)


async def test_a_workflow_is_made_of_a_template_and_its_answers(open_page: OpenPage) -> None:
    page = await open_page("editor", at="/templates")

    await page.get_by_role("link", name="Sync contacts between two systems").click()
    await expect(page.get_by_role("list", name="What it needs")).to_contain_text("JSON")
    await assert_accessible(page)
    await page.get_by_role("textbox", name="Title").fill("Sync the clubs")
    await page.get_by_role("textbox", name="Source").fill("no address")
    await page.get_by_role("textbox", name="Target").fill("https://b.example/contacts")
    await page.get_by_role("button", name="Make the workflow").click()
    await expect(page.get_by_role("alert")).to_be_visible()
    await page.get_by_role("textbox", name="Source").fill("https://a.example/contacts")
    await page.get_by_role("button", name="Make the workflow").click()

    await page.wait_for_url("**/w/sync-the-clubs")
    await page.goto("/templates")
    await expect(cards(page).filter(has_text="Sync contacts")).to_contain_text("used 1 time")


async def test_a_template_is_deployed_from_its_form(open_page: OpenPage) -> None:
    page = await open_page("editor", at="/templates/data-sync")
    await page.get_by_role("textbox", name="Title").fill("Sync the clubs")
    await page.get_by_role("textbox", name="When").fill("15 6 * * *")
    await expect(page.get_by_text("At 06:15")).to_be_visible()
    await page.get_by_role("textbox", name="Source").fill("https://a.example/contacts")
    await page.get_by_role("button", name="Deploy it").click()
    await expect(page.get_by_role("alert")).to_contain_text("target_url")
    await page.get_by_role("textbox", name="Target").fill("https://b.example/contacts")

    await page.get_by_role("button", name="Deploy it").click()

    await page.wait_for_url("**/deployments/sync-the-clubs")
    await expect(page.get_by_role("region", name="What starts it")).to_contain_text("At 06:15")
    await expect(page.get_by_role("heading", level=1)).to_contain_text("Active")
    await expect(page.get_by_text("Live", exact=True)).to_be_visible()


async def test_one_that_trades_is_deployed_on_paper_and_says_so(open_page: OpenPage) -> None:
    page = await open_page("editor", at="/templates/grid")
    await page.get_by_role("textbox", name="Title").fill("My grid")

    await page.get_by_role("button", name="Deploy it").click()

    await page.wait_for_url("**/deployments/my-grid")
    await expect(page.get_by_role("alert")).to_contain_text("my-grid is deployed on paper")
    await expect(page.get_by_text("Paper", exact=True)).to_be_visible()


async def test_its_graph_and_its_file_are_looked_at(open_page: OpenPage) -> None:
    page = await open_page("viewer", at="/templates/data-sync")

    graph = page.get_by_role("group", name="Graph")
    await expect(graph.get_by_text("source", exact=True)).to_be_visible()
    await page.get_by_role("button", name="Show", exact=True).click()

    await expect(page.get_by_role("region", name="File", exact=True)).to_contain_text("name: data-sync")
    await assert_accessible(page)


async def test_a_viewer_looks_and_does_not_make(open_page: OpenPage) -> None:
    page = await open_page("viewer", at="/templates/data-sync")

    await expect(page.get_by_text("Editors make workflows of it")).to_be_visible()
    await expect(page.get_by_role("button", name="Make the workflow")).to_have_count(0)
