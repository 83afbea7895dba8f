"""Versions of a workflow: what each changed, drawn and listed, and the way back."""

from __future__ import annotations

import pytest
from docs.editor import world
from playwright.async_api import expect

from tests.ui.axe import assert_accessible
from tests.ui.conftest import OpenPage
from treadle.server.services import Services

NOTE = "Returns are left out."


async def publish_two(services: Services) -> None:
    await world.publish(services.application, world.REPORT)
    await world.publish(services.application, world.LATER_REPORT, NOTE)


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
async def test_versions_are_listed_with_their_notes_and_what_uses_them(
    open_page: OpenPage, services: Services, phone: bool
) -> None:
    report = await world.publish(services.application, world.REPORT)
    await services.deployments.deploy(report)
    await world.publish(services.application, world.LATER_REPORT, NOTE)

    page = await open_page("editor", at="/w/morning-report/versions", phone=phone)

    rows = page.get_by_role("table", name="Versions").get_by_role("row").filter(has_text="v")
    await expect(rows.filter(has_text="v2")).to_contain_text(NOTE)
    await expect(rows.filter(has_text="v2")).to_contain_text("Latest")
    if not phone:
        await expect(rows.filter(has_text="v1").get_by_role("link", name="morning-report")).to_be_visible()
    await assert_accessible(page)


async def test_a_difference_is_drawn_and_listed_by_node_and_field(open_page: OpenPage, services: Services) -> None:
    await publish_two(services)
    page = await open_page("editor", at="/w/morning-report/versions")

    await page.get_by_role("link", name="Changes of version 2").click()

    await page.wait_for_url("**/w/morning-report/diff/1..2")
    await expect(page.get_by_role("img", name="5 nodes: 2 added, 1 removed, 1 changed.")).to_be_visible()
    changes = page.get_by_role("region", name="Changes")
    for text in ("config.cron", "30 8 * * MON-FRI", "0 8 * * MON-FRI", "The workflow itself"):
        await expect(changes).to_contain_text(text)
    await expect(page.get_by_text(NOTE)).to_be_visible()
    await changes.get_by_role("button", name="morning").click()
    await expect(changes.get_by_role("button", name="morning")).to_have_attribute("aria-pressed", "true")
    await assert_accessible(page)


async def test_it_is_rolled_back_after_it_is_said_what_follows(open_page: OpenPage, services: Services) -> None:
    await publish_two(services)
    await services.deployments.create("morning-report", "daily", version="latest")
    page = await open_page("editor", at="/w/morning-report/versions")

    await page.get_by_role("button", name="Roll back to version 1").click()
    dialog = page.get_by_role("dialog", name="Roll back to version 1")
    await expect(dialog).to_contain_text("daily")
    await assert_accessible(page)
    await dialog.get_by_role("textbox", name="Note").fill("Sales wants them back.")
    await dialog.get_by_role("button", name="Roll back").click()

    await expect(page.get_by_role("row").filter(has_text="v1")).to_contain_text("Latest")
    await expect(page.get_by_text("Version 1 is the latest again.")).to_be_visible()


async def test_a_viewer_sees_versions_and_cannot_roll_back(open_page: OpenPage, services: Services) -> None:
    await publish_two(services)

    page = await open_page("viewer", at="/w/morning-report/versions")

    await expect(page.get_by_role("link", name="Changes of version 2")).to_be_visible()
    await expect(page.get_by_role("button", name="Roll back to version 1")).to_have_count(0)


async def test_the_tabs_lead_to_runs_times_and_settings(open_page: OpenPage, services: Services) -> None:
    report = await world.publish(services.application, world.REPORT)
    await services.deployments.deploy(report)
    await world.run(services.application, "morning-report")
    page = await open_page("editor", at="/w/morning-report/versions")
    tabs = page.get_by_role("navigation", name="Parts of the workflow")

    await tabs.get_by_role("link", name="Runs").click()
    await expect(page.get_by_role("table", name="Runs")).to_contain_text("Completed")
    await assert_accessible(page)
    await tabs.get_by_role("link", name="Schedule").click()
    await expect(page.get_by_role("table", name="Schedules")).to_contain_text("Europe/Berlin")
    await tabs.get_by_role("link", name="Settings").click()
    await page.get_by_role("combobox", name="Given here").fill("daily")
    await page.keyboard.press("Enter")
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("option")).to_have_count(0)
    await assert_accessible(page)
    await page.goto("/workflows")

    await expect(page.get_by_text("#daily")).to_be_visible()


async def test_a_draft_that_is_not_published_has_no_versions(open_page: OpenPage) -> None:
    page = await open_page("editor", at="/workflows")
    await page.get_by_role("button", name="New", exact=True).click()
    await page.get_by_role("menuitem", name="Empty workflow").click()
    await page.get_by_role("textbox", name="Title").fill("Fresh")
    await page.get_by_role("button", name="Create").click()
    await page.wait_for_url("**/w/fresh")

    await page.goto("/w/fresh/versions")

    await expect(page.get_by_text("It is not published yet")).to_be_visible()
