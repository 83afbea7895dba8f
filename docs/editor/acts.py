"""What is done on a page before it is drawn, where its address alone does not show it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from playwright.async_api import Page

Act = Callable[[Page], Awaitable[None]]

SETTLED = """() => new Promise((done) => {
  let last = '', same = 0, rounds = 0;
  const look = () => {
    const now = document.body.innerHTML.replace(/\\d+ (s|min) ago|now/g, '');
    same = now === last ? same + 1 : 0;
    last = now;
    rounds += 1;
    if (same >= 4 || rounds > 60) done(true); else setTimeout(look, 100);
  };
  look();
})"""


async def settle(page: Page) -> None:
    """Until nothing has changed on the page for a moment, and its fonts are there."""
    await page.evaluate("() => document.fonts.ready")
    await page.evaluate(SETTLED)


async def select_price(page: Page) -> None:
    await page.get_by_role("group", name="price, Set fields").click()
    await page.get_by_role("complementary", name="Inspector").get_by_role("tab", name="Config").wait_for()


async def look_at_data(page: Page) -> None:
    await select_price(page)
    await page.get_by_role("tab", name="Data").click()


async def open_run(page: Page) -> None:
    await page.get_by_role("table", name="Runs").get_by_role("link", name="order-desk").first.click()
    await page.wait_for_url("**/w/order-desk/runs/*")
    await page.get_by_role("heading", level=1, name="order-desk").wait_for()


def open_backtest(kind: str) -> Act:
    """The last one of a kind, from the list."""

    async def act(page: Page) -> None:
        row = page.get_by_role("table", name="Backtests").get_by_role("row").filter(has_text=kind)
        await row.get_by_role("link").first.click()
        await page.wait_for_url("**/backtests/bt-*")
        await page.get_by_role("table", name="Trades").get_by_role("link").first.wait_for()

    return act


async def look_at_trade(page: Page) -> None:
    await open_backtest("Backtest")(page)
    await page.get_by_role("table", name="Trades").get_by_role("link").nth(4).click()
    await page.get_by_role("button", name="Completed").first.wait_for()


async def compare_two(page: Page) -> None:
    boxes = page.get_by_role("row").filter(has_text="Backtest").get_by_role("checkbox")
    for box in (boxes.nth(0), boxes.nth(1)):
        await box.check()
    await page.get_by_role("button", name="Compare two").click()
    await page.get_by_role("img", name="A:").wait_for()


ACTS: dict[str, Act] = {
    "run": open_run,
    "inspector": select_price,
    "inspector-data": look_at_data,
    "backtest": look_at_trade,
    "backtest-sweep": open_backtest("Sweep"),
    "backtest-walk": open_backtest("Walk-forward"),
    "backtest-fan": open_backtest("Monte Carlo"),
    "compare-backtests": compare_two,
}
"""By the page's name in `PAGES`."""
