"""Two people on one workflow: one edits, the other looks on and may take over. Nothing of either is lost."""

from __future__ import annotations

import re

from docs.editor import world
from playwright.async_api import Locator, Page, expect

from tests.ui.axe import assert_accessible
from tests.ui.canvas import canvas, node, saved
from tests.ui.conftest import OpenPage
from treadle.server.services import Services

AT = "/w/order-desk"


def notice(page: Page) -> Locator:
    return page.get_by_role("region", name="Who edits it")


async def switch_off(page: Page, name: str) -> None:
    """A change that one sees on the canvas."""
    await node(page, name).click()
    await expect(page.get_by_role("heading", level=2, name=name)).to_be_visible()
    await canvas(page).focus()
    await page.keyboard.press("d")
    await expect(node(page, name).get_by_text("Off")).to_be_visible()


async def test_who_comes_second_looks_on_and_is_told_by_whom_it_is_edited(
    open_page: OpenPage, services: Services
) -> None:
    await world.publish(services.application, world.ORDERS)
    ada = await open_page("editor", name="ada", at=AT)
    await expect(ada.get_by_role("button", name="Publish")).to_be_visible()
    bob = await open_page("editor", name="bob", at=AT)

    await expect(notice(bob)).to_contain_text("ada is editing this workflow")
    await expect(bob.get_by_role("status").filter(has_text="Read only for now")).to_be_visible()
    await expect(bob.get_by_role("button", name="Publish")).to_have_count(0)
    await canvas(bob).focus()
    await bob.keyboard.press("n")
    await expect(bob.get_by_role("combobox", name="Search node types")).to_have_count(0)
    await assert_accessible(bob)

    await switch_off(ada, "price")
    await saved(ada)
    await expect(node(bob, "price").get_by_text("Off")).to_be_visible()


async def test_who_is_taken_over_from_keeps_what_was_not_saved(open_page: OpenPage, services: Services) -> None:
    await world.publish(services.application, world.ORDERS)
    ada = await open_page("editor", name="ada", at=AT)
    await expect(node(ada, "price")).to_be_visible()
    bob = await open_page("editor", name="bob", at=AT)

    await notice(bob).get_by_role("button", name="Take over").click()
    await expect(bob.get_by_role("button", name="Publish")).to_be_visible()
    await expect(notice(bob)).to_have_count(0)
    await switch_off(bob, "ship")
    await saved(bob)

    await switch_off(ada, "price")
    choice = ada.get_by_role("alert").filter(has_text="bob has taken over before your last changes were saved")
    await expect(choice).to_be_visible()
    await expect(node(ada, "price").get_by_text("Off")).to_be_visible()
    await assert_accessible(ada)
    await choice.get_by_role("button", name="Save mine as a copy").click()

    await ada.wait_for_url("**/w/order-desk-copy")
    await expect(node(ada, "price").get_by_text("Off")).to_be_visible()
    await expect(node(ada, "ship").get_by_text("Off")).to_have_count(0)
    await bob.reload()
    await expect(node(bob, "ship").get_by_text("Off")).to_be_visible()
    await expect(node(bob, "price").get_by_text("Off")).to_have_count(0)


async def test_it_is_taken_back_with_what_was_not_saved(open_page: OpenPage, services: Services) -> None:
    await world.publish(services.application, world.ORDERS)
    ada = await open_page("editor", name="ada", at=AT)
    await expect(node(ada, "price")).to_be_visible()
    bob = await open_page("editor", name="bob", at=AT)
    await notice(bob).get_by_role("button", name="Take over").click()
    await expect(bob.get_by_role("button", name="Publish")).to_be_visible()
    await switch_off(ada, "price")

    await ada.get_by_role("button", name="Take over and save mine").click()

    await saved(ada)
    await expect(ada.get_by_role("button", name="Publish")).to_be_visible()
    await switch_off(bob, "ship")
    await expect(bob.get_by_role("alert").filter(has_text="ada has taken over")).to_be_visible()
    await bob.get_by_role("button", name="Show theirs, drop mine").click()
    await expect(node(bob, "price").get_by_text("Off")).to_be_visible()
    await expect(node(bob, "ship").get_by_text("Off")).to_have_count(0)
    await expect(notice(bob)).to_contain_text("ada has taken over")
    await bob.reload()
    await expect(notice(bob)).to_contain_text("ada is editing this workflow")
    await expect(bob.get_by_role("alert")).to_have_count(0)


async def test_who_leaves_frees_it_for_who_looks_on(open_page: OpenPage, services: Services) -> None:
    await world.publish(services.application, world.ORDERS)
    ada = await open_page("editor", name="ada", at=AT)
    await expect(node(ada, "price")).to_be_visible()
    bob = await open_page("editor", name="bob", at=AT)
    await expect(notice(bob)).to_be_visible()

    await switch_off(ada, "price")
    await ada.get_by_role("link", name="Runs", exact=True).first.click()

    await expect(bob.get_by_role("button", name="Publish")).to_be_visible()
    await expect(notice(bob)).to_have_count(0)
    await expect(node(bob, "price").get_by_text("Off")).to_be_visible()


async def test_ones_own_other_window_is_known_and_a_reload_is_no_other(page: Page, services: Services) -> None:
    await world.publish(services.application, world.ORDERS)
    await page.goto(AT)
    await expect(page.get_by_role("button", name="Publish")).to_be_visible()
    await page.reload()
    await expect(page.get_by_role("button", name="Publish")).to_be_visible()
    await expect(notice(page)).to_have_count(0)

    other = await page.context.new_page()
    await other.goto(AT)
    await expect(notice(other)).to_contain_text("You are editing this in another window")
    await notice(other).get_by_role("button", name="Edit it here").click()
    await expect(other.get_by_role("button", name="Publish")).to_be_visible()


async def test_who_may_only_look_sees_who_edits(open_page: OpenPage, services: Services) -> None:
    await world.publish(services.application, world.ORDERS)
    ada = await open_page("editor", name="ada", at=AT)
    await expect(ada.get_by_role("button", name="Publish")).to_be_visible()

    viewer = await open_page("viewer", at=AT)

    await expect(
        viewer.get_by_role("status").filter(has_text=re.compile("You may look.*ada is editing"))
    ).to_be_visible()
    await expect(viewer.get_by_role("button", name="Take over")).to_have_count(0)
