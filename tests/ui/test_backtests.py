"""Backtests: started from the editor or a form, followed, looked into bar by bar, searched, compared."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from docs.editor import backtests, world
from playwright.async_api import Locator, Page, expect

from tests.ui.axe import assert_accessible
from tests.ui.conftest import OpenPage
from tests.ui.test_canvas import draft
from treadle.server.services import Services
from treadle.service.backtests.keeping import Backtests
from treadle.service.backtests.search.dispatching import offer_variants
from treadle.service.backtests.wanted import read_wanted

WEAK = """\
name: weak-and-strong
title: Weak and strong
tags: [trading]
nodes:
  - {id: hourly, type: trigger.interval, config: {seconds: 3600, aligned: true}}
  - {id: exchange, type: market.provider, config: {venue: paper, symbol: BTC/USDT}}
  - {id: candles, type: market.candles, config: {provider: "{{ nodes.exchange.provider }}", timeframe: 1h, bars: 50}}
  - {id: rsi, type: indicator.rsi, config: {period: 3}}
  - {id: weak, type: flow.threshold, config: {operator: "<", threshold: 25}}
  - {id: strong, type: flow.threshold, config: {operator: ">", threshold: 75}}
  - id: buy
    type: order.market
    config: {provider: "{{ nodes.exchange.provider }}", side: buy, size: 200, size_in: quote}
  - {id: sell, type: order.close, config: {provider: "{{ nodes.exchange.provider }}"}, on_error: continue}
connections:
  - {from: hourly, to: candles.trigger}
  - {from: candles, to: rsi.series}
  - {from: rsi.value, to: weak.value}
  - {from: rsi.value, to: strong.value}
  - {from: weak.true, to: buy.trigger}
  - {from: strong.true, to: sell.trigger}
"""
BARS = 150
PERIODS = {"name": "rsi.period", "values": [2, 3]}
THRESHOLDS = {"name": "weak.threshold", "values": [20, 30]}


@pytest.fixture
def bars(tmp_path: Path) -> str:
    """The name of a file of the workspace."""
    return backtests.write_bars(tmp_path, BARS, swing=2.5)


async def publish(services: Services) -> None:
    await world.publish(services.application, WEAK)


async def run_over(services: Services, bars: str, **more: Any) -> str:
    """The id of one that is over."""
    return await backtests.run(services.application, bars=bars, workflow="weak-and-strong", **more)


def bars_field(page: Page) -> Locator:
    return page.get_by_role("combobox", name="Bars", exact=True)


async def choose(page: Page, label: str, option: str) -> None:
    await page.get_by_role("combobox", name=label, exact=True).click()
    await page.get_by_role("option", name=option).click()


async def test_the_draft_is_tested_from_the_editor(open_page: OpenPage, services: Services, bars: str) -> None:
    await draft(services, WEAK, "weak-and-strong")
    page = await open_page("editor", at="/w/weak-and-strong")

    await page.get_by_role("button", name="Other ways to run").click()
    await page.get_by_role("menuitem", name="Run backtest").click()
    await expect(page.get_by_role("heading", level=1, name="New backtest")).to_be_visible()
    await expect(page.get_by_role("combobox", name="Workflow")).to_have_value("Weak and strong")
    await expect(page.get_by_role("combobox", name="Version")).to_have_value("The draft")
    await bars_field(page).fill(bars)
    await page.get_by_role("textbox", name="Fees").fill("0.1")
    await assert_accessible(page)
    await page.get_by_role("button", name="Start").click()

    await page.wait_for_url("**/backtests/bt-*")
    await expect(page.get_by_label("Main figures")).to_contain_text("bought and held", timeout=60_000)
    await expect(page.get_by_role("img", name="Candles of BTC/USDT, 150 candles")).to_be_visible()
    await expect(page.get_by_role("img", name="Equity:")).to_be_visible()
    await expect(page.get_by_role("region", name="Before you believe it")).to_contain_text("Look-ahead")
    await assert_accessible(page)


async def test_a_trade_leads_to_its_bar_and_the_graph_as_it_stood(
    open_page: OpenPage, services: Services, bars: str
) -> None:
    await publish(services)
    id = await run_over(services, bars)
    page = await open_page("viewer", at=f"/backtests/{id}")
    table = page.get_by_role("table", name="Trades")

    await table.get_by_role("button", name="Profit").click()
    await expect(table.get_by_role("columnheader", name="Profit")).to_have_attribute("aria-sort", "descending")
    await page.wait_for_url("**sort=-profit*")
    [best] = await Backtests(services.application).trades(id, sort="-profit", start=0, limit=1)
    await expect(table.get_by_role("row").nth(1)).to_contain_text(f"Exit of trade {best['number']}:")
    await table.get_by_role("row").nth(1).get_by_role("link").first.click()

    graph = page.get_by_role("region", name="The graph as it stood")
    await expect(graph).to_be_visible()
    await page.wait_for_url("**at=*")
    await graph.get_by_role("button", name="rsi: Completed").click()
    values = graph.get_by_role("complementary", name="Values of rsi")
    await expect(values).to_contain_text("Went out")
    await assert_accessible(page)
    decided = await values.inner_text()
    await graph.get_by_role("button", name="Run before").click()
    await expect(values).not_to_have_text(decided, use_inner_text=True)
    await graph.get_by_role("button", name="Close the graph").click()
    await expect(graph).to_have_count(0)

    await page.get_by_role("button", name="Export").click()
    async with page.expect_download() as downloading:
        await page.get_by_role("menuitem", name="Trades, as CSV").click()
    path = await (await downloading.value).path()
    assert path.read_text(encoding="utf-8").count("\n") > 2


async def test_what_is_wrong_is_told_at_its_field(open_page: OpenPage, services: Services, bars: str) -> None:
    await publish(services)
    page = await open_page("editor", at="/backtests/new?workflow=weak-and-strong")
    await expect(page.get_by_role("combobox", name="Workflow")).to_have_value("Weak and strong")

    await page.get_by_role("textbox", name="Fees").fill("much")
    await page.get_by_role("button", name="Change a setting").click()
    await choose(page, "Setting 1", "rsi.period")
    await page.get_by_role("textbox", name="Values of rsi.period").fill("2.5")
    await page.get_by_role("button", name="Start").click()
    await expect(page.get_by_text("Choose the bars to go over.")).to_be_visible()
    await expect(page.get_by_text("A number from 0 to 20.")).to_be_visible()
    await expect(page.get_by_text("It is a whole number, and 2.5 is none.")).to_be_visible()
    await expect(page.get_by_text("3 fields to mend first.")).to_be_visible()

    await page.get_by_role("textbox", name="Fees").fill("")
    await page.get_by_role("textbox", name="Values of rsi.period").fill("4")
    await bars_field(page).fill("nowhere.csv")
    await page.get_by_role("button", name="Start").click()
    await expect(page.get_by_role("alert").filter(has_text="nowhere.csv")).to_be_visible()

    async with page.expect_file_chooser() as choosing:
        await page.get_by_role("button", name="Send a file").click()
    await (await choosing.value).set_files(Path(services.application.settings.workspace) / bars)
    await expect(bars_field(page)).to_have_value("file:btc@1h")
    await expect(page.get_by_text("150 bars of 1h")).to_be_visible()

    await page.get_by_role("button", name="Download from a venue").click()
    form = page.get_by_role("group", name="Download")
    await expect(form.get_by_role("textbox", name="Symbol")).to_have_value("BTC/USDT")
    await form.get_by_role("textbox", name="Venue").fill("simulated")
    await form.get_by_label("From").fill("2026-01-01")
    await form.get_by_label("To").fill("2026-01-05")
    await form.get_by_role("button", name="Download").click()
    downloads = page.get_by_role("list", name="Downloads")
    await expect(downloads).to_contain_text("Completed")
    await downloads.get_by_role("button", name="Take these").click()
    await expect(bars_field(page)).to_have_value("simulated:BTC/USDT@1h")
    await expect(page.get_by_text("96 bars of 1h")).to_be_visible()


async def test_one_that_is_under_way_shows_how_far_it_is_and_is_cancelled(
    open_page: OpenPage, services: Services, tmp_path: Path
) -> None:
    await publish(services)
    long = backtests.write_bars(tmp_path, 20_000, name="long.csv")
    body = {"workflow": "weak-and-strong", "data": [{"symbol": "*", "source": long}], "way": "engine"}
    id = await Backtests(services.application).start(read_wanted(body))
    page = await open_page("editor", at=f"/backtests/{id}")

    await expect(page.get_by_role("progressbar", name="Progress of Weak and strong")).to_be_visible()
    await page.get_by_role("button", name="Cancel").click()

    await expect(page.get_by_text("It was cancelled")).to_be_visible()
    await expect(page.get_by_role("link", name="Change and run again")).to_be_visible()


async def test_a_sweep_is_a_heat_map_whose_cells_open_a_variant(
    open_page: OpenPage, services: Services, bars: str
) -> None:
    await publish(services)
    id = await run_over(services, bars, sweep={"parameters": [PERIODS, THRESHOLDS], "metric": "total_return"})
    page = await open_page("editor", at=f"/backtests/{id}")

    heat = page.get_by_role("table", name="Return by rsi.period and weak.threshold")
    await expect(heat.get_by_role("button")).to_have_count(4)
    cell = heat.get_by_role("button", name="rsi.period 2, weak.threshold 30: Return")
    await cell.press("ArrowUp")
    await expect(heat.get_by_role("button", name="rsi.period 2, weak.threshold 20: Return")).to_be_focused()
    await page.keyboard.press("Enter")
    variant = page.get_by_role("region", name="The chosen variant")
    await expect(variant).to_contain_text("weak.threshold20")
    await choose(page, "Figure", "Max drawdown")
    await expect(page.get_by_role("table", name="Max drawdown by rsi.period")).to_be_visible()
    await assert_accessible(page)
    await variant.get_by_role("button", name="Backtest this variant").click()

    await page.wait_for_url(lambda url: "/backtests/bt-" in url and id not in url)
    await expect(page.get_by_label("Main figures")).to_be_visible(timeout=60_000)


async def test_all_variants_of_a_sweep_are_there_and_who_tried_them_is_said(
    open_page: OpenPage, services: Services, bars: str
) -> None:
    await publish(services)
    many = {"name": "weak.threshold", "values": list(range(20, 32))}
    worker = offer_variants(services.application, processes=1)  # as a server does
    id = await run_over(services, bars, sweep={"parameters": [many], "metric": "total_return"}, spread=True)
    await worker.aclose()
    page = await open_page("editor", at=f"/backtests/{id}")

    await expect(page.get_by_text(re.compile("by other processes|no other process took part"))).to_be_visible()
    rows = page.get_by_role("table", name="The best variants").get_by_role("row")
    await expect(rows).to_have_count(11)
    await page.get_by_role("button", name="Show more").click()
    await expect(rows).to_have_count(13)
    await expect(page.get_by_role("region", name="The chosen variant")).not_to_contain_text("Sharpe")

    await page.get_by_role("link", name="Change and run again").click()
    await expect(page.get_by_role("checkbox", name="Share the work with other servers")).to_be_checked()
    await assert_accessible(page)
    await page.get_by_role("radiogroup", name="What is to come of it").get_by_text("Backtest", exact=True).click()
    await expect(page.get_by_role("checkbox", name="Share the work with other servers")).to_have_count(0)


async def test_a_walk_forward_and_a_monte_carlo_show_what_was_not_known(
    open_page: OpenPage, services: Services, bars: str
) -> None:
    await publish(services)
    walk = {"train": "2d", "test": "2d", "sweep": {"parameters": [PERIODS], "metric": "total_return"}}
    id = await run_over(services, bars, walk_forward=walk, monte_carlo={"count": 50, "method": "trades"})

    page = await open_page("viewer", at=f"/backtests/{id}", phone=True)

    windows = page.get_by_role("table", name="Windows")
    await expect(windows.get_by_role("row").nth(1)).to_contain_text("rsi.period")
    await expect(page.get_by_role("img", name="Equity out of sample:")).to_be_visible()
    await expect(page.get_by_role("img", name="Equity of half of the courses:")).to_be_visible()
    await expect(page.get_by_role("table", name="How figures spread")).to_contain_text("Max drawdown")
    await assert_accessible(page)


async def test_two_are_compared_and_one_is_run_again(open_page: OpenPage, services: Services, bars: str) -> None:
    await publish(services)
    one = await run_over(services, bars)
    other = await run_over(services, bars, set={"rsi.period": 2})
    page = await open_page("editor", at="/backtests")
    for id in (one, other):
        box = page.get_by_role("checkbox", name=f"Compare Weak and strong, {id}")
        await box.check()
        await expect(box).to_be_checked()

    await page.get_by_role("button", name="Compare two").click()
    await page.wait_for_url(f"**/backtests/compare?a={one}&b={other}")
    await expect(page.get_by_role("region", name="Both curves")).to_contain_text("They part at")
    await expect(page.get_by_role("table", name="Figures of A and B")).to_contain_text("Max drawdown")
    await expect(page.get_by_role("img", name="A:")).to_be_visible()
    await expect(page.get_by_role("note", name="What they are not alike in")).to_have_count(0)
    await assert_accessible(page)

    dear = await run_over(services, bars, paper={"balance": {"USDT": 10000}, "fees": 0.01})
    await page.goto(f"/backtests/compare?a={one}&b={dear}")
    await expect(page.get_by_role("note", name="What they are not alike in")).to_contain_text("Not the same fees:")
    await expect(page.get_by_role("table", name="Figures of A and B")).not_to_contain_text("Sharpe")
    await assert_accessible(page)

    await page.goto(f"/backtests/{other}")
    await page.get_by_role("link", name="Change and run again").click()
    await expect(page.get_by_role("textbox", name="Values of rsi.period")).to_have_value("2")
    await expect(bars_field(page)).to_have_value(bars)
    await expect(page.get_by_role("textbox", name="Fees")).to_have_value("0.1")
    await expect(page.get_by_role("textbox", name="Begins with")).to_have_value("10000")


async def test_the_list_says_what_to_do_and_who_may(open_page: OpenPage, services: Services, bars: str) -> None:
    page = await open_page("viewer", at="/backtests", phone=True)
    await expect(page.get_by_text("Nothing has been tested yet")).to_be_visible()
    await publish(services)
    id = await run_over(services, bars)
    await page.reload()
    row = page.get_by_role("table", name="Backtests").get_by_role("row").filter(has_text="Weak and strong")
    await expect(row).to_contain_text("Completed")
    await expect(page.get_by_role("link", name="New backtest")).to_have_count(0)
    await expect(row.get_by_role("button", name="Delete")).to_have_count(0)
    await assert_accessible(page)

    page = await open_page("editor", at="/backtests")
    await page.get_by_role("button", name=f"Delete Weak and strong, {id}").click()
    await page.get_by_role("group", name=f"Delete Weak and strong, {id}").get_by_role("button", name="Delete").click()

    await expect(page.get_by_text("Nothing has been tested yet")).to_be_visible()
