"""Loops, round by round; a node in three columns; a run that is past."""

from __future__ import annotations

from docs.editor import world
from playwright.async_api import Locator, Page, expect

from tests.ui.axe import assert_accessible
from tests.ui.conftest import OpenPage
from treadle.server.services import Services

MAILING = """\
name: mailing
nodes:
  - id: people
    type: data.transform
    config: {transform: "[{name: 'Ada', boxes: 3}, {name: 'Bo', boxes: 0}, {name: 'Cy', boxes: 5}]"}
  - id: each
    type: flow.loop
    body:
      nodes:
        - {id: share, type: data.transform, on_error: continue, config: {transform: "{price: 60 / loop.item.boxes}"}}
        - {id: letter, type: data.set, config: {fields: {to: "{{ loop.item.name }}"}}}
      connections:
        - {from: share.output, to: letter.value}
connections:
  - {from: people.output, to: each.items}
"""


def node(page: Page, name: str, status: str) -> Locator:
    graph = page.get_by_role("group", name="Graph", exact=True)
    return graph.get_by_role("button", name=f"{name}: {status}", exact=True)


def details(page: Page) -> Locator:
    return page.get_by_role("complementary", name="Details")


async def open_mailing(open_page: OpenPage, services: Services, query: str = "") -> Page:
    await world.publish(services.application, MAILING)
    run_id = await world.run(services.application, "mailing")
    return await open_page(at=f"/w/mailing/runs/{run_id}{query}")


async def test_rounds_are_stepped_through_in_the_panel_and_on_the_graph(
    open_page: OpenPage, services: Services
) -> None:
    page = await open_mailing(open_page, services)
    await node(page, "letter", "Completed").click()
    steps = details(page).get_by_role("group", name="Rounds of each")
    await expect(details(page)).to_contain_text("Cy")
    await expect(steps.get_by_role("button", name="Next round of each")).to_be_disabled()

    await steps.get_by_role("button", name="Round of each before").click()
    await expect(details(page)).to_contain_text("It was skipped")
    await expect(node(page, "share", "Failed")).to_be_visible()
    graph = page.get_by_role("group", name="Rounds of each").first
    await expect(graph).to_contain_text("2 of 3")
    await graph.get_by_role("button", name="Round of each before").click()
    await expect(graph).to_contain_text("1 of 3")
    await expect(details(page)).to_contain_text("Ada")
    await expect(node(page, "share", "Completed")).to_be_visible()
    await steps.get_by_role("button", name="1 failed round").click()
    await expect(node(page, "share", "Failed")).to_be_visible()
    await assert_accessible(page)


async def test_keys_that_come_quickly_all_count(open_page: OpenPage, services: Services) -> None:
    page = await open_mailing(open_page, services)
    await node(page, "letter", "Completed").click()
    await expect(details(page)).to_contain_text("Cy")

    for key in (",", ","):
        await page.keyboard.press(key)
    await expect(details(page)).to_contain_text("Ada")
    slider = page.get_by_role("slider", name="Moment of the run")
    last = int(await slider.get_attribute("max") or 0)
    for key in ("[", "[", "[", "]"):
        await page.keyboard.press(key)
    await expect(slider).to_have_value(str(last - 2))


async def test_a_node_opens_in_three_columns_and_closes_again(open_page: OpenPage, services: Services) -> None:
    page = await open_mailing(open_page, services)
    await node(page, "letter", "Completed").dblclick()
    columns = page.get_by_role("region", name="Node each[2]/letter")

    await expect(columns.get_by_role("group", name="Input", exact=True)).to_contain_text("price")
    await expect(columns.get_by_role("group", name="Config", exact=True)).to_contain_text("{{ loop.item.name }}")
    await expect(columns.get_by_role("group", name="Output", exact=True)).to_contain_text("Cy")
    await expect(details(page)).to_have_count(0)
    await columns.get_by_text("Schema", exact=True).last.click()
    await expect(columns.get_by_role("group", name="output as a schema")).to_contain_text("number")
    await columns.get_by_role("button", name="Round of each before").click()
    await expect(page.get_by_role("region", name="Node each[1]/letter")).to_contain_text("It was skipped")
    await assert_accessible(page)

    await page.get_by_role("button", name="Close the columns").press("Escape")
    await expect(details(page).get_by_role("heading", name="letter")).to_be_visible()
    await node(page, "letter", "Skipped").press("Enter")
    await expect(page.get_by_role("region", name="Node each[1]/letter")).to_be_visible()
    await page.get_by_role("tab", name="Timeline").click()
    await expect(page.get_by_role("group", name="Timeline", exact=True)).to_be_visible()


async def test_versions_have_numbers(open_page: OpenPage, services: Services) -> None:
    await world.publish(services.application, MAILING.replace("'Cy'", "'Di'"))
    page = await open_mailing(open_page, services)
    await expect(page.get_by_text("v2", exact=True)).to_be_visible()

    await page.goto("/runs")
    row = page.get_by_role("table", name="Runs").get_by_role("row").filter(has=page.get_by_role("link"))
    await expect(row).to_contain_text("v2")
