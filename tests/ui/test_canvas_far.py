"""The canvas and the run view from far away: many nodes are one picture, few are nodes with their names."""

from __future__ import annotations

from docs.editor import world
from playwright.async_api import Page, expect

from tests.ui.axe import assert_accessible
from tests.ui.canvas import canvas, draft, node
from treadle.server.services import Services


def many(count: int, name: str) -> str:
    nodes = [
        f"  - {{id: n{at}, type: data.template, config: {{template: x}},"
        f" position: {{x: {(at % 20) * 320}, y: {(at // 20) * 160}}}}}"
        for at in range(count)
    ]
    return "\n".join([f"name: {name}", "nodes:", *nodes, ""])


def line(count: int, name: str) -> str:
    nodes = [
        f"  - {{id: n{at}, type: data.template, config: {{template: x}}, position: {{x: {at * 320}, y: 0}}"
        + (f", after: [n{at - 1}]}}" if at else "}")
        for at in range(count)
    ]
    return "\n".join([f"name: {name}", "nodes:", *nodes, ""])


async def test_many_nodes_are_one_picture_from_far_away(page: Page, services: Services) -> None:
    await draft(services, many(200, "many"), "many")
    await page.goto("/w/many")
    await expect(node(page, "n0")).to_be_visible()

    await canvas(page).focus()
    await page.keyboard.press("1")
    picture = canvas(page).get_by_role("img", name="200 nodes, from far away")
    await expect(picture).to_be_visible()
    await expect(node(page, "n0")).to_have_count(0)
    await assert_accessible(page)
    for _ in range(8):
        await page.keyboard.press("+")
    await expect(picture).to_have_count(0)


async def test_few_nodes_stay_nodes_however_small(page: Page, services: Services) -> None:
    await draft(services, line(8, "few"), "few")
    await page.goto("/w/few")
    await expect(node(page, "n0")).to_be_visible()
    await canvas(page).focus()
    await page.keyboard.press("1")
    for _ in range(4):
        await page.keyboard.press("-")
    await expect(node(page, "n7")).to_be_visible()
    await expect(canvas(page).get_by_role("img", name="from far away")).to_have_count(0)


async def test_a_wide_run_begins_where_it_can_be_read(page: Page, services: Services) -> None:
    await world.publish(services.application, line(12, "wide"))
    run_id = await world.run(services.application, "wide")
    await page.goto(f"/w/wide/runs/{run_id}")
    graph = page.get_by_role("group", name="Graph", exact=True)
    first = graph.get_by_role("button", name="n0: Completed")
    await expect(first).to_be_visible()
    box = await first.bounding_box()
    assert box is not None
    assert box["width"] > 120

    await page.get_by_role("button", name="Show all of it").click()
    await expect(graph.get_by_role("button", name="n11: Completed")).to_be_visible()
    await expect(graph.get_by_role("img", name="from far away")).to_have_count(0)
