"""Deployments as bots: what they made, hold and asked for; the kill switch; days of runs."""

from __future__ import annotations

import pytest
from docs.editor import world
from playwright.async_api import Page, expect

from tests.service.bots.dealing import ROUND_TRIP, record_bot, record_fill, record_order
from tests.ui.axe import assert_accessible
from tests.ui.conftest import OpenPage
from treadle.server.services import Services
from treadle.service.execution import ExecutionRequest


async def deploy(services: Services, name: str = "bot") -> None:
    await world.publish(services.application, world.INVOICES)
    await services.deployments.create("invoice-intake", name, every=7200, mode="paper")


async def choose(page: Page, group: str, name: str) -> None:
    """One of the few that stand beside each other."""
    await page.get_by_role("radiogroup", name=group).get_by_text(name, exact=True).click()


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
async def test_a_bot_shows_what_it_made_and_holds(open_page: OpenPage, services: Services, phone: bool) -> None:
    await deploy(services)
    await record_bot(services.application.store)

    page = await open_page("viewer", at="/deployments/bot", phone=phone)

    profit = page.get_by_role("region", name="Profit", exact=True)
    await expect(profit).to_contain_text("+1")
    await expect(profit).to_contain_text("66.7%")
    await expect(
        profit.get_by_role("img", name="Profit of bot: 1 USDT at last, between −2 USDT and 9 USDT")
    ).to_be_visible()
    await expect(page.get_by_role("list", name="Positions")).to_contain_text("long 0.5")
    await expect(page.get_by_role("list", name="Open orders")).to_contain_text("Buy 0.5 at 59,000")
    await expect(page.get_by_role("table", name="Trades").get_by_role("row")).to_have_count(4)
    await assert_accessible(page)


async def test_trades_are_chosen_by_their_outcome_and_lead_to_their_runs(
    open_page: OpenPage, services: Services
) -> None:
    await deploy(services)
    run = await services.application.execute(ExecutionRequest("invoice-intake", deployment="bot"))
    store = services.application.store
    await record_fill(store, 1, "buy", "1", "100", minute=0, run=run.run_id)
    await record_fill(store, 2, "sell", "1", "120", minute=5, run=run.run_id)
    await record_fill(store, 3, "buy", "1", "120", minute=10)
    await record_fill(store, 4, "sell", "1", "90", minute=15)
    page = await open_page("viewer", at="/deployments/bot")
    rows = page.get_by_role("table", name="Trades").get_by_role("row")
    await expect(rows).to_have_count(3)

    await choose(page, "Which trades", "Won")
    await expect(rows).to_have_count(2)
    await expect(rows.nth(1)).to_contain_text("+20 +20.00%")
    await page.wait_for_url("**/deployments/bot?trades=won")
    await page.get_by_role("link", name="exit of trade 1").click()

    await page.wait_for_url(f"**/w/invoice-intake/runs/{run.run_id}")


async def test_the_curve_is_that_of_the_account_too(open_page: OpenPage, services: Services) -> None:
    await deploy(services)
    await record_bot(services.application.store)
    page = await open_page("viewer", at="/deployments/bot")

    await choose(page, "Curve", "Account")
    await expect(page.get_by_role("img", name="Account of bot: 990 USDT at last")).to_be_visible()
    await choose(page, "Period", "24 h")

    await expect(page.get_by_text("No trade was closed in this time")).to_be_visible()


async def test_what_is_traded_meanwhile_appears_by_itself(open_page: OpenPage, services: Services) -> None:
    """Orders on paper that really happen, while somebody looks."""
    application = services.application
    await world.publish(application, ROUND_TRIP)
    await services.deployments.create("round-trip", "bot", mode="paper")
    await application.execute(ExecutionRequest("round-trip", {"side": "buy"}, deployment="bot"))
    page = await open_page("viewer", at="/deployments/bot")
    await expect(page.get_by_role("region", name="Trades").get_by_text("No trade is closed yet")).to_be_visible()
    await expect(page.get_by_role("list", name="Positions")).to_contain_text("long 0.01")

    sold = await application.execute(ExecutionRequest("round-trip", {"side": "sell"}, deployment="bot"))

    await expect(page.get_by_role("region", name="Positions")).to_contain_text("It holds nothing now.")
    exit = page.get_by_role("table", name="Trades").get_by_role("link", name="exit of trade 1")
    await expect(exit).to_have_attribute("href", f"/w/round-trip/runs/{sold.run_id}")


async def test_the_kill_switch_says_what_it_leaves_and_is_reset(open_page: OpenPage, services: Services) -> None:
    await deploy(services)
    await record_bot(services.application.store)
    page = await open_page("operator", at="/deployments/bot")

    await page.get_by_role("button", name="Kill switch").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_contain_text("It has 1 open order and 1 position now.")
    await dialog.get_by_role("textbox", name="Why").fill("The feed looks odd.")
    await dialog.get_by_role("button", name="Halt").click()

    await expect(page.get_by_text("Orders are halted: The feed looks odd.")).to_be_visible()
    await expect(page.get_by_role("button", name="Kill switch")).to_have_count(0)
    await page.get_by_role("button", name="Reset").click()
    await expect(page.get_by_role("button", name="Kill switch")).to_be_visible()


async def test_the_kill_switch_closes_what_is_held_and_shows_the_run_that_does(
    open_page: OpenPage, services: Services
) -> None:
    application = services.application
    await world.publish(application, ROUND_TRIP)
    await services.deployments.create("round-trip", "bot", mode="paper")
    await application.execute(ExecutionRequest("round-trip", {"side": "buy"}, deployment="bot"))
    page = await open_page("operator", at="/deployments/bot")
    await page.get_by_role("button", name="Kill switch").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("textbox", name="Why").fill("I go to sleep.")
    await expect(dialog.get_by_role("checkbox", name="Cancel its orders and close its positions")).to_be_checked()
    await assert_accessible(page)
    await dialog.get_by_role("button", name="Halt").click()

    await expect(page.get_by_role("region", name="Positions")).to_contain_text("It holds nothing now.")
    await page.get_by_role("link", name="is cancelled and closed").click()
    await expect(page.get_by_role("group", name="Graph")).to_contain_text("flatten-1")


async def test_a_viewer_is_offered_no_kill_switch(open_page: OpenPage, services: Services) -> None:
    await deploy(services)
    await record_order(services.application.store, 1)

    page = await open_page("viewer", at="/deployments/bot")

    await expect(page.get_by_role("list", name="Open orders")).to_be_visible()
    await expect(page.get_by_role("button", name="Kill switch")).to_have_count(0)


async def test_a_card_shows_what_a_bot_made(open_page: OpenPage, services: Services) -> None:
    await deploy(services)
    await record_bot(services.application.store)

    page = await open_page("viewer", at="/deployments")

    card = page.get_by_role("list", name="Deployments").get_by_role("listitem").filter(has_text="bot")
    await expect(card).to_contain_text("Profit, USDT")
    await expect(card).to_contain_text("66.7%")
    await expect(card.get_by_role("img", name="The course of its profit, 3 trades")).to_be_visible()
    await assert_accessible(page)


async def test_bots_are_compared_by_their_trades(open_page: OpenPage, services: Services) -> None:
    await deploy(services, "a")
    await services.deployments.create("invoice-intake", "b", every=7200)
    await record_bot(services.application.store, "a")

    page = await open_page("viewer", at="/deployments/a/compare?with=b")

    rows = page.get_by_role("table", name="a and b").get_by_role("row")
    await expect(rows.filter(has_text="Profit, USDT")).to_contain_text("−1")
    await expect(rows.filter(has_text="Win rate")).to_contain_text("Too few to tell")


async def test_a_deployment_that_never_traded_shows_nothing_of_a_bot(open_page: OpenPage, services: Services) -> None:
    await deploy(services)

    page = await open_page("editor", at="/deployments/bot")

    await expect(page.get_by_role("region", name="Figures")).to_be_visible()
    await expect(page.get_by_role("region", name="Profit")).to_have_count(0)
    await expect(page.get_by_role("button", name="Kill switch")).to_have_count(0)


async def test_days_of_runs_are_looked_through_with_the_keyboard(open_page: OpenPage, services: Services) -> None:
    await deploy(services)
    await services.application.execute(ExecutionRequest("invoice-intake", deployment="bot"))
    await services.application.execute(ExecutionRequest("invoice-intake", {"lines": 0}))
    page = await open_page("viewer", at="/")
    days = page.get_by_role("region", name="Runs per day")
    await expect(days).to_contain_text("2 runs in 30 days, 1 failed")

    await days.get_by_role("slider", name="Runs per day").press("ArrowLeft")
    await expect(days).to_contain_text("1 completed, 1 failed")
    await days.get_by_role("slider", name="Runs per day").press("ArrowLeft")

    await expect(days).to_contain_text("no runs")
    await page.goto("/runs?deployment=bot")
    await expect(page.get_by_role("region", name="Runs per day")).to_contain_text("1 run in 30 days")
