"""The list of runs: narrowed, page by page, and moving."""

from __future__ import annotations

import pytest
from docs.editor import world
from playwright.async_api import Locator, Page, expect

from tests.ui.axe import assert_accessible
from tests.ui.conftest import OpenPage
from treadle.server.services import Services
from treadle.service.run_control import RunControl


def rows(page: Page) -> Locator:
    """Without the heads."""
    return page.get_by_role("table", name="Runs").get_by_role("row").filter(has=page.get_by_role("link"))


async def test_where_nothing_ran_it_says_so(open_page: OpenPage) -> None:
    page = await open_page(at="/runs")

    await expect(page.get_by_text("Nothing has run yet")).to_be_visible()
    await assert_accessible(page)


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
async def test_a_row_says_what_ran_how_it_went_and_why_it_failed(
    open_page: OpenPage, services: Services, phone: bool
) -> None:
    await world.publish(services.application, world.INVOICES)
    await world.run(services.application, "invoice-intake", lines=0)

    page = await open_page(at="/runs", phone=phone)

    await expect(rows(page)).to_have_count(1)
    for text in ("invoice-intake", "Failed", "This divides by zero"):
        await expect(rows(page)).to_contain_text(text)
    await assert_accessible(page)


async def test_it_is_narrowed_by_status_and_workflow_and_the_address_keeps_that(
    open_page: OpenPage, services: Services
) -> None:
    await world.build(services.application, services.deployments)
    page = await open_page("admin", at="/runs")

    await page.get_by_role("button", name="Failed").click()
    await expect(rows(page)).to_have_count(2)
    await page.get_by_role("button", name="Waiting").click()
    await expect(rows(page)).to_have_count(5)
    await page.get_by_role("combobox", name="Workflow").click()
    await page.get_by_role("option", name="order-desk").click()
    await expect(rows(page)).to_have_count(2)
    await page.reload()

    await expect(rows(page)).to_have_count(2)
    await page.get_by_role("button", name="Clear", exact=True).click()
    await expect(rows(page)).to_have_count(18)


async def test_it_is_narrowed_by_how_an_id_begins(open_page: OpenPage, services: Services) -> None:
    await world.publish(services.application, world.INVOICES)
    run_id, _ = [await world.run(services.application, "invoice-intake") for _ in range(2)]
    page = await open_page(at="/runs")

    await page.get_by_role("textbox", name="Run id").fill(run_id)

    await expect(rows(page)).to_have_count(1)
    await expect(rows(page)).to_contain_text(run_id)
    await page.get_by_role("textbox", name="Run id").fill("zzz")
    await expect(page.get_by_text("No run fits this filter")).to_be_visible()


async def test_more_are_fetched_when_asked_for(open_page: OpenPage, services: Services) -> None:
    await world.publish(services.application, world.INVOICES)
    for _ in range(60):
        await world.run(services.application, "invoice-intake")
    page = await open_page(at="/runs")

    await expect(rows(page)).to_have_count(50)
    await page.get_by_role("button", name="Show more").click()

    await expect(rows(page)).to_have_count(60)
    await expect(page.get_by_role("button", name="Show more")).to_have_count(0)


async def test_a_run_that_begins_and_ends_is_seen_to(open_page: OpenPage, services: Services) -> None:
    await world.publish(services.application, world.ORDERS)
    page = await open_page(at="/runs")
    await expect(page.get_by_text("Nothing has run yet")).to_be_visible()

    run_id = await world.run(services.application, "order-desk")
    await expect(rows(page)).to_contain_text("Waiting")
    await RunControl(services.application).cancel(run_id)

    await expect(rows(page)).to_contain_text("Cancelled")


async def test_a_row_leads_to_its_run(open_page: OpenPage, services: Services) -> None:
    await world.publish(services.application, world.INVOICES)
    run_id = await world.run(services.application, "invoice-intake")
    page = await open_page(at="/runs")

    await rows(page).click()

    await page.wait_for_url(f"**/w/invoice-intake/runs/{run_id}")


async def test_a_server_that_went_away_is_told_of_and_tried_again(open_page: OpenPage, services: Services) -> None:
    await world.publish(services.application, world.INVOICES)
    await world.run(services.application, "invoice-intake")
    page = await open_page(at="/")
    await expect(page.get_by_role("heading", level=1)).to_be_visible()
    await page.route(
        "**/api/v1/runs?*", lambda route: route.fulfill(status=404, json={"code": "gone", "title": "Gone."})
    )

    await page.get_by_role("link", name="Runs", exact=True).click()
    await expect(page.get_by_role("alert")).to_contain_text("Gone.")
    await page.unroute("**/api/v1/runs?*")
    await page.get_by_role("button", name="Try again").click()

    await expect(rows(page)).to_have_count(1)
