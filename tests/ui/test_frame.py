"""What is around every page: getting in, going places, the palette, colours, and out again."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Page, expect

from tests.ui.axe import assert_accessible
from tests.ui.conftest import OpenPage
from treadle.server.services import Services
from treadle.service.access.users import Users

PASSWORD = "four lazy otters swim"


async def test_who_is_not_signed_in_signs_in_and_is_where_they_wanted(open_page: OpenPage, services: Services) -> None:
    await Users(services.application).create("bob", role="editor", password=PASSWORD)
    page = await open_page(None, at="/runs?status=failed")

    await page.get_by_label("Name").fill("bob")
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()

    await expect(page.get_by_role("heading", name="Runs")).to_be_visible()
    await expect(page.get_by_role("button", name="Failed")).to_have_attribute("aria-pressed", "true")


async def test_the_sidebar_leads_to_each_place(page: Page) -> None:
    places = page.get_by_role("navigation", name="Main", exact=True)
    for name in ("Workflows", "Deployments", "Runs", "Schedules", "Templates", "Settings", "Inbox"):
        await places.get_by_role("link", name=name).click()
        await expect(page.get_by_role("heading", level=1, name=name)).to_be_visible()
        await expect(page).to_have_title(re.compile(f"{name} · Treadle$"))


async def test_the_palette_goes_where_it_is_told(page: Page) -> None:
    await expect(page.get_by_role("heading", level=1)).to_be_visible()

    await page.keyboard.press("Control+k")
    await page.get_by_role("textbox", name="Search actions and workflows").fill("cron")
    await page.keyboard.press("Enter")

    await expect(page.get_by_role("heading", name="Schedules")).to_be_visible()


async def test_the_shortcuts_are_listed(page: Page) -> None:
    await expect(page.get_by_role("heading", level=1)).to_be_visible()

    await page.keyboard.press("?")

    sheet = page.get_by_role("dialog", name="Keyboard shortcuts")
    await expect(sheet.get_by_text("Search")).to_be_visible()
    await assert_accessible(page)


async def test_colours_stay_as_they_were_chosen(page: Page) -> None:
    await page.get_by_role("button", name="Account and appearance").click()
    await page.get_by_text("Dark", exact=True).click()
    await page.reload()

    await expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert await page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "dark"


async def test_signing_out_leads_to_signing_in(page: Page) -> None:
    await page.get_by_role("button", name="Account and appearance").click()
    await page.get_by_role("menuitem", name="Sign out").click()

    await expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    await page.goto("/runs")
    await expect(page.get_by_role("button", name="Sign in")).to_be_visible()


async def test_a_session_that_ends_leads_to_signing_in_and_back(page: Page, services: Services) -> None:
    await expect(page.get_by_role("heading", level=1)).to_be_visible()
    await Users(services.application).end_sessions("ada")

    await page.get_by_role("navigation", name="Main", exact=True).get_by_role("link", name="Runs").click()

    await page.wait_for_url("**/sign-in?next=%2Fruns")


async def test_an_address_that_leads_nowhere_says_so(open_page: OpenPage) -> None:
    page = await open_page(at="/no/such/place")

    await expect(page.get_by_role("heading", name="Nothing here")).to_be_visible()


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
async def test_on_a_phone_the_places_are_at_the_bottom(open_page: OpenPage, phone: bool) -> None:
    page = await open_page(phone=phone)

    await expect(page.get_by_role("heading", level=1)).to_be_visible()
    await expect(page.get_by_role("button", name="More")).to_be_visible(visible=phone)
    if phone:
        await page.get_by_role("button", name="More").tap()
        await page.get_by_role("dialog", name="More").get_by_role("link", name="Settings").tap()
        await expect(page.get_by_role("heading", level=1, name="Settings")).to_be_visible()
        await expect(page.get_by_role("dialog", name="More")).to_be_hidden()


async def test_the_keyboard_can_skip_the_sidebar(page: Page) -> None:
    await expect(page.get_by_role("heading", level=1)).to_be_visible()

    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    await page.keyboard.press("Enter")

    await expect(page.get_by_role("main")).to_be_focused()
