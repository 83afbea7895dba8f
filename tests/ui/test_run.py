"""One run: watched as it happens, read afterwards, scrubbed through, forked, answered on a phone."""

from __future__ import annotations

import asyncio

import pytest
from docs.editor import world
from playwright.async_api import Locator, Page, expect

from tests.ui.axe import assert_accessible
from tests.ui.conftest import OpenPage
from treadle.server.services import Services

STEPS = """\
name: steps
inputs: {items: {type: array, default: [1, 2, 3]}}
nodes:
  - {id: start, type: data.set, config: {fields: {net: 2}}}
  - {id: pause, type: flow.wait, config: {duration: 700ms}, after: [start]}
  - id: each
    type: flow.loop
    config: {items: "{{ workflow.input.items }}"}
    after: [pause]
    body:
      nodes:
        - {id: share, type: data.template, config: {template: "{{ 6 / loop.item }}"}}
  - {id: gross, type: data.set, config: {fields: {gross: "{{ nodes.start.output.net * 10 }}"}}, after: [each]}
  - {id: text, type: data.template, config: {template: "{{ nodes.gross.output.gross }} EUR"}}
connections:
  - {from: gross.output, to: text.value}
outputs: "{{ nodes.text.output }}"
"""
SIGNALLED = """\
name: payments
nodes:
  - {id: paid, type: flow.signal, config: {name: paid}}
  - {id: thanks, type: data.set, config: {fields: {got: "{{ nodes.paid.payload }}"}}, after: [paid]}
"""


def node(page: Page, name: str, status: str) -> Locator:
    """A node of the graph that stands so."""
    graph = page.get_by_role("group", name="Graph", exact=True)
    return graph.get_by_role("button", name=f"{name}: {status}", exact=True)


def details(page: Page) -> Locator:
    return page.get_by_role("complementary", name="Details")


async def open_run(open_page: OpenPage, name: str, run_id: str, *, role: str = "editor", phone: bool = False) -> Page:
    return await open_page(role, at=f"/w/{name}/runs/{run_id}", phone=phone)


async def test_a_run_is_watched_to_its_end(open_page: OpenPage, services: Services) -> None:
    await world.publish(services.application, STEPS)
    running = asyncio.create_task(world.run(services.application, "steps"))
    page = await open_page(at="/runs?workflow=steps")
    await page.get_by_role("link", name="steps").click()

    await expect(node(page, "gross", "Completed")).to_be_visible()
    await expect(node(page, "start", "Completed")).to_be_visible()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("Completed")
    await expect(page.get_by_role("group", name="Graph", exact=True)).to_contain_text("{gross: 20}")
    await node(page, "gross", "Completed").click()
    await expect(details(page)).to_contain_text("20")
    await running
    await assert_accessible(page)


async def test_a_run_that_waits_goes_on_before_ones_eyes(open_page: OpenPage, services: Services) -> None:
    await world.publish(services.application, SIGNALLED)
    run_id = await world.run(services.application, "payments")
    page = await open_run(open_page, "payments", run_id)
    await expect(node(page, "paid", "Waiting")).to_be_visible()

    await page.get_by_role("button", name="More", exact=True).click()
    await page.get_by_role("menuitem", name="Send a signal").click()
    await page.get_by_label("What goes with it").fill('{"amount": 20')
    await expect(page.get_by_text("This is not JSON")).to_be_visible()
    await page.get_by_label("What goes with it").fill('{"amount": 20}')
    await page.get_by_role("button", name="Send", exact=True).click()

    await expect(node(page, "thanks", "Completed")).to_be_visible()
    await node(page, "thanks", "Completed").click()
    await expect(details(page)).to_contain_text("amount: 20")


async def test_an_error_stands_where_it_happened_with_its_remedy(open_page: OpenPage, services: Services) -> None:
    await world.publish(services.application, STEPS)
    run_id = await world.run(services.application, "steps", items=[1, 0])
    page = await open_run(open_page, "steps", run_id)

    await expect(node(page, "share", "Failed")).to_be_visible()
    await expect(details(page).get_by_role("group", name="Error")).to_contain_text("divides by zero")
    await node(page, "share", "Failed").click()

    error = details(page).get_by_role("group", name="Error")
    await expect(error).to_contain_text("Check first")
    await page.get_by_role("combobox", name="Round of each").click()
    await page.get_by_role("option", name="1 of 2").click()
    await expect(node(page, "share", "Completed")).to_be_visible()
    await expect(details(page)).to_contain_text("6.0")
    await assert_accessible(page)


async def test_it_is_scrubbed_through(open_page: OpenPage, services: Services) -> None:
    await world.publish(services.application, STEPS)
    run_id = await world.run(services.application, "steps")
    page = await open_run(open_page, "steps", run_id)
    await expect(node(page, "text", "Completed")).to_be_visible()

    slider = page.get_by_role("slider", name="Moment of the run")
    await slider.focus()
    await page.keyboard.press("Home")
    await expect(node(page, "start", "not reached")).to_be_visible()
    await expect(page.get_by_text("As it stood then")).to_be_visible()
    await page.get_by_role("heading", level=1).click(position={"x": 300, "y": 4}, force=True)
    await page.keyboard.press("]")
    await expect(node(page, "start", "Completed")).to_be_visible()
    await page.keyboard.press("[")
    await expect(node(page, "start", "not reached")).to_be_visible()
    await page.reload()

    await expect(node(page, "start", "not reached")).to_be_visible()
    await page.get_by_role("button", name="End", exact=True).click()
    await expect(node(page, "text", "Completed")).to_be_visible()


async def test_it_is_forked_with_another_output(open_page: OpenPage, services: Services) -> None:
    await world.publish(services.application, STEPS)
    run_id = await world.run(services.application, "steps")
    page = await open_run(open_page, "steps", run_id)
    await node(page, "gross", "Completed").click()

    await details(page).get_by_role("button", name="Fork here").click()
    await page.get_by_label("What gross.output gives").fill('{"gross": 99}')
    await expect(details(page)).to_contain_text("Taken as written")
    await expect(details(page).get_by_text("text", exact=True)).to_be_visible()
    await page.get_by_role("button", name="Fork with this output").click()

    await page.wait_for_url(lambda url: "/runs/" in url and run_id not in url)
    await expect(node(page, "text", "Completed")).to_be_visible()
    await expect(details(page)).to_contain_text("99 EUR")
    await expect(details(page).get_by_role("region", name="Related runs")).to_contain_text("Forked at gross from")


async def test_it_is_approved_on_a_phone(open_page: OpenPage, services: Services) -> None:
    await world.publish(services.application, world.ORDERS)
    run_id = await world.run(services.application, "order-desk")
    page = await open_run(open_page, "order-desk", run_id, phone=True)
    task = page.get_by_role("region", name="Ship A-17?")
    await expect(task).to_contain_text("The warehouse closes")
    await assert_accessible(page)

    await task.get_by_role("textbox", name="Boxes").fill("3")
    await task.get_by_role("button", name="Approve").click()

    await expect(page.get_by_role("heading", level=1)).to_contain_text("Completed")


async def test_who_may_only_look_is_offered_nothing_else(open_page: OpenPage, services: Services) -> None:
    await world.publish(services.application, world.ORDERS)
    run_id = await world.run(services.application, "order-desk")
    page = await open_run(open_page, "order-desk", run_id, role="viewer")

    await expect(node(page, "ship", "Waiting")).to_be_visible()
    await expect(details(page)).to_contain_text("answering takes the role operator")
    for name in ("Approve", "Cancel", "Run again", "Retry", "Fork here"):
        await expect(page.get_by_role("button", name=name, exact=True)).to_have_count(0)
    await page.get_by_role("button", name="More", exact=True).click()
    await expect(page.get_by_role("menuitem")).to_have_count(2)


async def test_it_is_cancelled(open_page: OpenPage, services: Services) -> None:
    await world.publish(services.application, world.ORDERS)
    run_id = await world.run(services.application, "order-desk")
    page = await open_run(open_page, "order-desk", run_id)

    await page.get_by_role("button", name="Cancel", exact=True).click()
    await page.get_by_role("button", name="Cancel it now?").click()

    await expect(page.get_by_role("heading", level=1)).to_contain_text("Cancelled")
    await expect(page.get_by_role("button", name="Run again")).to_be_visible()


async def test_it_moves_to_another_version(open_page: OpenPage, services: Services) -> None:
    await world.publish(services.application, SIGNALLED)
    run_id = await world.run(services.application, "payments")
    await world.publish(services.application, SIGNALLED.replace("fields: {got:", "fields: {received:"))
    page = await open_run(open_page, "payments", run_id)
    await expect(node(page, "paid", "Waiting")).to_be_visible()

    await page.get_by_role("button", name="More", exact=True).click()
    await page.get_by_role("menuitem", name="Move to another version").click()
    await expect(details(page)).to_contain_text("Kept")
    await details(page).get_by_role("button", name="Move", exact=True).click()

    await expect(page.get_by_text("The run was moved.")).to_be_visible()


async def test_a_run_that_is_not_there(open_page: OpenPage, services: Services) -> None:
    page = await open_page(at="/w/steps/runs/nothing")

    await expect(page.get_by_text("There is no such run")).to_be_visible()
    await assert_accessible(page)


@pytest.mark.parametrize("key", ["timeline", "log"])
async def test_what_happened_stands_below(open_page: OpenPage, services: Services, key: str) -> None:
    await world.publish(services.application, STEPS)
    run_id = await world.run(services.application, "steps")
    page = await open_page(at=f"/w/steps/runs/{run_id}?dock={key}")

    if key == "log":
        await expect(page.get_by_text("No node has written anything")).to_be_visible()
        return
    timeline = page.get_by_role("group", name="Timeline", exact=True)
    await timeline.get_by_role("button", name="What is in Round 1").click()
    await timeline.get_by_role("button", name="share").first.click()
    await expect(details(page).get_by_role("combobox", name="Round of each")).to_have_value("2 of 3")
