"""What a person does about real orders: agree to them before they are placed, halt them, and see why a bot stands."""

from __future__ import annotations

from datetime import UTC, datetime

from docs.editor import world
from playwright.async_api import Page, expect

from tests.ui.axe import assert_accessible
from tests.ui.conftest import OpenPage
from treadle.server.services import Services
from treadle.store.reasons import Reason

WORDS = "binance-main max_order_notional=500"
BOT = """\
name: btc-bot
title: BTC bot
nodes:
  - {id: every, type: trigger.interval, config: {seconds: 3600}}
  - id: exchange
    type: market.provider
    config: {venue: binance, profile: binance-main, symbol: BTC/USDT, limits: {max_order_notional: 500}}
  - {id: buy, type: order.market, config: {provider: "{{ nodes.exchange.provider }}", side: buy, size: 0.001}}
"""


async def open_bot(open_page: OpenPage, services: Services) -> Page:
    """The page of a live deployment that places orders."""
    await world.publish(services.application, BOT)
    await services.deployments.create("btc-bot", confirm=WORDS)
    return await open_page("editor", at="/deployments/btc-bot")


async def test_what_is_at_stake_is_agreed_to_before_it_is_deployed_live(
    open_page: OpenPage, services: Services
) -> None:
    await world.publish(services.application, BOT)
    page = await open_page("editor", at="/deployments?new=btc-bot")

    deploy = page.get_by_role("button", name="Deploy", exact=True)
    await page.get_by_role("combobox", name="Mode").click()
    await page.get_by_role("option", name="Live", exact=True).click()
    await deploy.click()
    stakes = page.get_by_role("region", name="Real orders")
    await expect(stakes).to_contain_text("binance-main at binance")
    await expect(stakes).to_contain_text("Max order notional")
    await expect(deploy).to_be_disabled()
    await assert_accessible(page)
    await page.get_by_role("checkbox", name="Place real orders").check()
    await deploy.click()

    await page.wait_for_url("**/deployments/btc-bot")
    await expect(page.get_by_role("region", name="What starts it")).to_be_visible()
    await expect(page.get_by_text("Live", exact=True)).to_be_visible()


async def test_what_orders_is_deployed_on_paper_where_nobody_chooses(open_page: OpenPage, services: Services) -> None:
    await world.publish(services.application, BOT)
    page = await open_page("editor", at="/deployments?new=btc-bot")

    await page.get_by_role("button", name="Deploy", exact=True).click()

    await page.wait_for_url("**/deployments/btc-bot")
    await expect(page.get_by_text("Paper", exact=True)).to_be_visible()


async def test_starting_it_again_asks_again(open_page: OpenPage, services: Services) -> None:
    page = await open_bot(open_page, services)

    await page.get_by_role("button", name="Pause btc-bot").click()
    await page.get_by_role("button", name="Start btc-bot").click()
    dialog = page.get_by_role("dialog", name="Start btc-bot")
    await expect(dialog).to_contain_text("binance-main")
    await dialog.get_by_role("checkbox", name="Place real orders").check()
    await dialog.get_by_role("button", name="Start").click()

    await expect(page.get_by_role("button", name="Pause btc-bot")).to_be_visible()


async def test_orders_are_halted_for_a_reason_and_reset(open_page: OpenPage, services: Services) -> None:
    page = await open_bot(open_page, services)

    await page.get_by_role("button", name="More for btc-bot").click()
    await page.get_by_role("menuitem", name="Halt orders").click()
    await page.get_by_role("textbox", name="Why").fill("the feed is wrong")
    await page.get_by_role("dialog").get_by_role("button", name="Halt").click()
    notice = page.get_by_role("region", name="Orders are halted")
    await expect(notice).to_contain_text("the feed is wrong")
    await assert_accessible(page)
    await notice.get_by_role("button", name="Reset").click()

    await expect(notice).to_have_count(0)


async def test_a_page_says_why_its_deployment_was_stopped(open_page: OpenPage, services: Services) -> None:
    differences = ("The order `t-1` is filled, and was open.", "1.5 BTC are held, and the records say 1.")
    message = f"`btc-bot` was stopped: not everything is as it was left. {' '.join(differences)}"
    page = await open_bot(open_page, services)
    reason = Reason(datetime(2026, 5, 1, tzinfo=UTC), "differs", message, differences)
    await services.application.store.set_reason("btc-bot", reason)

    await page.reload()

    notice = page.get_by_role("region", name="Stopped: something is otherwise")
    for difference in differences:
        await expect(notice).to_contain_text(difference)
    await assert_accessible(page)


async def test_a_clone_is_agreed_to_by_itself(open_page: OpenPage, services: Services) -> None:
    page = await open_bot(open_page, services)

    await page.get_by_role("button", name="More for btc-bot").click()
    await page.get_by_role("menuitem", name="Clone").click()
    dialog = page.get_by_role("dialog", name="Clone btc-bot")
    await dialog.get_by_role("button", name="Clone").click()
    await dialog.get_by_role("checkbox", name="Place real orders").check()
    await dialog.get_by_role("button", name="Clone").click()

    await page.wait_for_url("**/deployments/btc-bot-b")
    await expect(page.get_by_role("button", name="Start btc-bot-b")).to_be_visible()
