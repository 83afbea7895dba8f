"""Deployments: made, watched, paused, changed with what moves shown before, compared."""

from __future__ import annotations

import pytest
from docs.editor import world
from playwright.async_api import Locator, Page, expect

from tests.ui.axe import assert_accessible
from tests.ui.conftest import OpenPage
from treadle.server.services import Services
from treadle.service.execution import ExecutionRequest


def card(page: Page, name: str) -> Locator:
    return page.get_by_role("list", name="Deployments").get_by_role("listitem").filter(has_text=name)


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
async def test_a_card_says_how_a_deployment_does(open_page: OpenPage, services: Services, phone: bool) -> None:
    await world.build(services.application, services.deployments)

    page = await open_page("editor", at="/deployments", phone=phone)

    await expect(card(page, "watch-btc")).to_contain_text("Paused")
    await expect(card(page, "shop")).to_contain_text("Active")
    await assert_accessible(page)


async def test_a_workflow_is_deployed_with_its_inputs(open_page: OpenPage, services: Services) -> None:
    await world.publish(services.application, world.ORDERS)
    page = await open_page("editor", at="/deployments")
    await expect(page.get_by_text("Nothing is deployed")).to_be_visible()

    await page.get_by_role("button", name="Deploy a workflow").click()
    await page.get_by_role("combobox", name="Workflow").click()
    await page.get_by_role("option", name="Order desk").click()
    await page.get_by_role("textbox", name="Order").fill("C-5")
    await page.get_by_role("combobox", name="Times").click()
    await page.get_by_role("option", name="Every so many seconds").click()
    await page.get_by_role("textbox", name="Seconds").fill("7200")
    await assert_accessible(page)
    await page.get_by_role("button", name="Deploy", exact=True).click()

    await page.wait_for_url("**/deployments/order-desk")
    await expect(page.get_by_role("region", name="What it runs")).to_contain_text("C-5")
    await expect(page.get_by_role("region", name="What starts it")).to_contain_text("Every 2 hours")
    await assert_accessible(page)


async def test_what_is_wrong_is_shown_with_its_remedy(open_page: OpenPage, services: Services) -> None:
    await world.publish(services.application, world.ORDERS)
    await services.deployments.create("order-desk", "shop", every=7200)
    page = await open_page("editor", at="/deployments?new=order-desk")

    await page.get_by_role("textbox", name="Name").fill("shop")
    await page.get_by_role("button", name="Deploy", exact=True).click()

    await expect(page.get_by_role("alert")).to_contain_text("shop")


async def test_it_is_paused_started_stopped_and_deleted(open_page: OpenPage, services: Services) -> None:
    await world.publish(services.application, world.ORDERS)
    await services.deployments.create("order-desk", "shop", every=7200)
    page = await open_page("editor", at="/deployments")

    await page.get_by_role("button", name="Pause shop").click()
    await expect(card(page, "shop")).to_contain_text("Paused")
    await page.get_by_role("button", name="Start shop").click()
    await expect(card(page, "shop")).to_contain_text("Active")
    await page.get_by_role("button", name="More for shop").click()
    await page.get_by_role("menuitem", name="Stop").click()
    await page.get_by_role("dialog").get_by_role("button", name="Stop").click()
    await expect(card(page, "shop")).to_contain_text("Stopped")
    await page.get_by_role("button", name="More for shop").click()
    await page.get_by_role("menuitem", name="Delete").click()
    await page.get_by_role("dialog").get_by_role("button", name="Delete").click()

    await expect(page.get_by_text("Nothing is deployed")).to_be_visible()


async def test_an_edit_shows_what_moves_before_it_is_applied(open_page: OpenPage, services: Services) -> None:
    watch = await world.publish(services.application, world.WATCH)
    await services.deployments.create("price-watch", "btc", version=watch.version, every=7200)
    run = await services.application.execute(ExecutionRequest("price-watch", deployment="btc"))
    await world.publish(services.application, world.WATCH.replace("{seen: true}", "{seen: 1}"), "Counts.")
    page = await open_page("editor", at="/deployments/btc")

    await page.get_by_role("button", name="Edit btc").click()
    await expect(page.get_by_text("Nothing is changed yet.")).to_be_visible()
    await page.get_by_role("combobox", name="Version").click()
    await page.get_by_role("option", name="v2 · Counts.").click()
    await expect(page.get_by_text("1 run waits on another version.")).to_be_visible()
    await page.get_by_text("Move to this version").click()
    moves = page.get_by_role("list", name="Runs that move")
    await expect(moves).to_contain_text(str(run.run_id))
    await expect(moves).to_contain_text("moves, and goes on where it waits")
    await assert_accessible(page)
    await page.get_by_role("button", name="Apply").click()

    await expect(page.get_by_text("btc is changed.")).to_be_visible()
    await expect(page.get_by_role("region", name="What it runs")).not_to_contain_text(watch.version)
    latest = (await services.application.store.get_run(run.run_id)).version
    assert latest != watch.version


async def test_one_is_cloned_and_both_are_compared(open_page: OpenPage, services: Services) -> None:
    await world.publish(services.application, world.INVOICES)
    await services.deployments.create("invoice-intake", "a", every=7200)
    page = await open_page("editor", at="/deployments/a")

    await page.get_by_role("button", name="More for a").click()
    await page.get_by_role("menuitem", name="Clone").click()
    await page.get_by_role("textbox", name="Name").fill("b")
    await page.get_by_role("button", name="Clone").click()
    await page.wait_for_url("**/deployments/b")
    for name, lines in (("a", 3), ("b", 0), ("a", 2), ("b", 4)):
        await services.application.execute(ExecutionRequest("invoice-intake", {"lines": lines}, deployment=name))
    await page.goto("/deployments")
    await page.get_by_role("link", name="Compare").click()
    await page.wait_for_url("**/deployments/a/compare?with=b")

    row = page.get_by_role("table", name="a and b").get_by_role("row").filter(has_text="Success rate")
    await expect(row).to_contain_text("100%")
    await expect(row).to_contain_text("−50 points")
    await expect(row).to_contain_text("May be chance")
    await assert_accessible(page)


async def test_two_are_chosen_to_be_compared_whatever_they_are_called(open_page: OpenPage, services: Services) -> None:
    """The page that compares hides no deployment."""
    await world.publish(services.application, world.INVOICES)
    for name in ("compare", "books", "trial"):
        await services.deployments.create("invoice-intake", name, every=7200)
    page = await open_page("viewer", at="/deployments/compare")
    await expect(page.get_by_role("heading", level=1, name="compare")).to_be_visible()
    await expect(page.get_by_role("region", name="What it runs")).to_contain_text("invoice-intake")

    await page.goto("/deployments/compare/compare")
    await page.get_by_role("combobox", name="B", exact=True).click()
    await page.get_by_role("option", name="books").click()
    await expect(page.get_by_role("table", name="compare and books")).to_be_visible()
    await page.get_by_role("combobox", name="A", exact=True).click()
    await page.get_by_role("option", name="trial").click()

    await expect(page.get_by_role("table", name="trial and books")).to_be_visible()


async def test_figures_and_runs_move_as_runs_end(open_page: OpenPage, services: Services) -> None:
    await world.publish(services.application, world.INVOICES)
    await services.deployments.create("invoice-intake", "books", every=7200)
    page = await open_page("viewer", at="/deployments/books")
    await expect(page.get_by_text("It has not run yet")).to_be_visible()

    await services.application.execute(ExecutionRequest("invoice-intake", deployment="books"))

    await expect(page.get_by_role("table", name="Runs")).to_contain_text("Completed")
    await expect(page.get_by_role("region", name="Figures")).to_contain_text("100%")


@pytest.mark.parametrize(("role", "offered"), [("viewer", 0), ("operator", 1)])
async def test_each_role_is_offered_what_it_may(
    open_page: OpenPage, services: Services, role: str, offered: int
) -> None:
    await world.publish(services.application, world.ORDERS)
    await services.deployments.create("order-desk", "shop", every=7200)

    page = await open_page(role, at="/deployments")

    await expect(card(page, "shop")).to_be_visible()
    await expect(page.get_by_role("button", name="Pause shop")).to_have_count(offered)
    await expect(page.get_by_role("button", name="Edit shop")).to_have_count(0)
    await expect(page.get_by_role("button", name="Deploy a workflow")).to_have_count(0)
