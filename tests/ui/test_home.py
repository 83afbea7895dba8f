"""Home: what waits for me, what failed, what runs."""

from __future__ import annotations

import pytest
from docs.editor import world
from playwright.async_api import Page, expect

from tests.ui.axe import assert_accessible
from tests.ui.conftest import OpenPage
from treadle.server.services import Services


async def test_who_begins_is_told_how(page: Page) -> None:
    await expect(page.get_by_text("Weave your first workflow")).to_be_visible()
    await assert_accessible(page)

    await page.get_by_role("link", name="Start from a template").click()

    await expect(page.get_by_role("heading", name="Templates")).to_be_visible()


async def test_who_may_only_look_is_not_asked_to_make_something(open_page: OpenPage) -> None:
    page = await open_page("viewer")

    await expect(page.get_by_text("There is nothing to see yet")).to_be_visible()
    await expect(page.get_by_role("link", name="New workflow")).to_have_count(0)


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
async def test_it_shows_what_matters_now(open_page: OpenPage, services: Services, phone: bool) -> None:
    await world.build(services.application, services.deployments)

    page = await open_page("admin", phone=phone)

    await expect(
        page.get_by_role("region", name="Waiting for you").get_by_role("link", name="Ship B-02?")
    ).to_be_visible()
    await expect(page.get_by_role("region", name="Failed").get_by_text("divides by zero")).to_be_visible()
    await expect(page.get_by_role("region", name="Under way").get_by_text("price-watch")).to_be_visible()
    await expect(page.get_by_role("region", name="Deployments").get_by_text("Paused")).to_be_visible()
    await assert_accessible(page)


async def test_what_begins_meanwhile_appears(page: Page, services: Services) -> None:
    await world.publish(services.application, world.ORDERS)
    await page.reload()
    await expect(page.get_by_text("Nothing waits for you")).to_be_visible()

    await world.run(services.application, "order-desk", order="Z-9")

    await expect(page.get_by_role("link", name="Ship Z-9?")).to_be_visible()


async def test_a_failure_leads_to_its_runs(open_page: OpenPage, services: Services) -> None:
    await world.build(services.application, services.deployments)
    page = await open_page("admin")

    await page.get_by_role("region", name="Failed").get_by_role("link", name="invoice-intake").click()

    await expect(page.get_by_role("table", name="Runs").get_by_role("row")).to_have_count(3)
