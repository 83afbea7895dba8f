"""The bar over the canvas."""

from __future__ import annotations

import pytest
from docs.editor import world
from playwright.async_api import Page, expect

from treadle.server.services import Services

LONG = "title: The report of each morning for everybody who wants to know"


@pytest.mark.parametrize("width", [1600, 1440, 1280])
async def test_no_tab_is_cut_however_long_the_title(page: Page, services: Services, width: int) -> None:
    await world.publish(services.application, world.ORDERS.replace("title: Order desk", LONG))
    await page.set_viewport_size({"width": width, "height": 900})

    await page.goto("/w/order-desk")

    await expect(page.get_by_role("heading", level=1)).to_have_text(LONG.removeprefix("title: "))
    tabs = page.get_by_role("navigation", name="Parts of the workflow")
    assert await tabs.evaluate("tabs => tabs.scrollWidth <= tabs.clientWidth")
    run = await page.get_by_role("button", name="Other ways to run").bounding_box()
    assert run is not None
    assert run["x"] + run["width"] <= width
