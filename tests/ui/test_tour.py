"""The first steps: from an empty installation to a workflow that runs by itself, on the real canvas."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Locator, Page, expect

from tests.ui.axe import assert_accessible
from tests.ui.conftest import OpenPage
from tests.ui.test_canvas import add, canvas, node, saved
from treadle.server.services import Services

pytestmark = pytest.mark.timeout(300)  # the way is long, where the machine is slow


@pytest_asyncio.fixture(loop_scope="session")
async def scheduler(services: Services) -> AsyncIterator[None]:
    """What is due is run, as `treadle up` does."""
    async with services.deployments.scheduler():
        yield


def steps(page: Page) -> Locator:
    return page.get_by_role("region", name="First steps")


async def asked(page: Page, title: str) -> None:
    await expect(steps(page).get_by_role("heading", level=3, name=title)).to_be_visible()


async def write(page: Page, text: str) -> None:
    box = page.get_by_role("complementary", name="Inspector").get_by_role("textbox", name="Template")
    await box.click()
    await page.keyboard.type(text)
    await page.keyboard.press("Escape")
    await expect(box).to_contain_text(text.strip("{} ").split(" ")[-1])


async def begin(page: Page) -> None:
    await page.get_by_role("button", name="Take the first steps").click()
    await asked(page, "Make a workflow")


async def test_they_lead_from_nothing_to_a_workflow_that_runs_by_itself(page: Page, scheduler: None) -> None:
    await begin(page)
    await assert_accessible(page)
    await steps(page).get_by_role("button", name="Empty canvas").click()
    await page.wait_for_url("**/w/my-first-workflow")

    await asked(page, "Add a node")
    await expect(canvas(page)).to_be_visible()
    await assert_accessible(page)
    await canvas(page).focus()
    await add(page, "template")
    await expect(node(page, "template")).to_be_visible()
    await write(page, "Good morning")
    await asked(page, "Connect a second one")
    await node(page, "template").get_by_role("button", name="Add a node after output").click()
    palette = page.get_by_role("dialog", name="What comes next?")
    await palette.get_by_role("combobox").fill("template")
    await page.keyboard.press("Enter")
    await expect(node(page, "template-2")).to_be_visible()
    await write(page, "{{ input.value }}, everybody")

    await asked(page, "Run it")
    await page.get_by_role("button", name="Run", exact=True).click()
    await page.wait_for_url("**/w/my-first-workflow/runs/*")
    await asked(page, "See the values")
    graph = page.get_by_role("group", name="Graph", exact=True)
    await expect(graph).to_contain_text("Good morning")
    await graph.get_by_role("button", name="template-2: Completed").click()
    await expect(page.get_by_role("complementary", name="Details")).to_contain_text("Good morning, everybody")

    await asked(page, "Publish it")
    await page.get_by_role("link", name="Edit", exact=True).click()
    await page.get_by_role("button", name="Publish", exact=True).click()
    dialog = page.get_by_role("dialog", name="Publish")
    await dialog.get_by_label("Note").fill("My first")
    await dialog.get_by_role("button", name="Publish version 1").click()

    await asked(page, "Let it run by itself")
    await page.get_by_role("link", name="Deploy", exact=True).click()
    await page.get_by_role("combobox", name="Times").click()
    await page.get_by_role("option", name="Every so many seconds").click()
    await page.get_by_role("textbox", name="Seconds").fill("1")
    await assert_accessible(page)
    await page.get_by_role("button", name="Deploy", exact=True).click()

    await page.wait_for_url("**/deployments/my-first-workflow")
    await expect(steps(page).get_by_role("heading", name="It runs by itself")).to_be_visible()
    done = page.get_by_role("table", name="Runs").get_by_role("row").filter(has_text="Completed")
    await expect(done.first).to_be_visible(timeout=30_000)
    await assert_accessible(page)
    await steps(page).get_by_role("button", name="Done").click()
    await expect(steps(page)).to_have_count(0)


async def test_they_are_left_and_resumed_where_they_were(page: Page) -> None:
    await begin(page)
    await steps(page).get_by_role("button", name="Empty canvas").click()
    await asked(page, "Add a node")
    await canvas(page).focus()
    await add(page, "template")
    await expect(node(page, "template")).to_be_visible()
    await write(page, "Good morning")
    await asked(page, "Connect a second one")
    await saved(page)

    await steps(page).get_by_role("button", name=re.compile("^Leave")).click()
    await expect(steps(page)).to_have_count(0)
    await page.reload()
    await expect(node(page, "template")).to_be_visible()
    await expect(steps(page)).to_have_count(0)
    await page.goto("/")
    await expect(page.get_by_text("Nothing is deployed")).to_be_visible()
    await page.get_by_role("button", name="Go on").click()
    await asked(page, "Connect a second one")
    await page.reload()
    await asked(page, "Connect a second one")
    await steps(page).get_by_role("link", name="Back to my-first-workflow").click()
    await expect(node(page, "template")).to_be_visible()


async def test_they_begin_with_the_keyboard_alone(page: Page) -> None:
    await page.get_by_role("button", name="Take the first steps").focus()
    await page.keyboard.press("Enter")
    await asked(page, "Make a workflow")
    await expect(steps(page).get_by_role("button", name="Empty canvas")).to_be_focused()
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/w/my-first-workflow")
    await asked(page, "Add a node")
    await canvas(page).focus()
    await page.keyboard.press("Shift+Tab")
    await expect(canvas(page)).not_to_be_focused()


async def test_they_are_each_persons_own_and_not_for_who_may_only_look(open_page: OpenPage) -> None:
    ada = await open_page("editor", name="ada")
    await begin(ada)
    bob = await open_page("editor", name="bob")
    await expect(bob.get_by_role("button", name="Take the first steps")).to_be_visible()
    await expect(steps(bob)).to_have_count(0)
    viewer = await open_page("viewer")

    await expect(viewer.get_by_text("There is nothing to see yet")).to_be_visible()
    await expect(viewer.get_by_role("button", name="Take the first steps")).to_have_count(0)
