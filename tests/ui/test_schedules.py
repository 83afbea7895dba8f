"""Schedules: built, changed, put to rest and taken away."""

from __future__ import annotations

from docs.editor import world
from playwright.async_api import Locator, Page, expect

from tests.ui.axe import assert_accessible
from tests.ui.conftest import OpenPage
from treadle.server.services import Services


def lines(page: Page) -> Locator:
    return page.get_by_role("list", name="Schedules").locator("> li")


async def test_where_nothing_runs_on_time_a_cron_is_built(open_page: OpenPage, services: Services) -> None:
    await world.publish(services.application, world.INVOICES)
    page = await open_page("editor", at="/schedules")
    await expect(page.get_by_text("Nothing runs on time yet")).to_be_visible()
    await (
        page.get_by_role("banner")
        .or_(page.get_by_role("main"))
        .get_by_role("button", name="New schedule")
        .first.click()
    )
    form = page.get_by_role("form", name="New schedule")

    await form.get_by_role("combobox", name="Workflow").click()
    await page.get_by_role("option", name="invoice-intake").click()
    await form.get_by_role("button", name="Weekdays at 09:00").click()
    await form.get_by_label("Hour").fill("7")
    await form.get_by_role("combobox", name="Time zone").click()
    await form.get_by_role("combobox", name="Time zone").fill("Berlin")
    await page.get_by_role("option", name="Europe/Berlin").click()
    times = form.get_by_role("region", name="Next fire times")
    await expect(times.get_by_role("listitem")).to_have_count(6)
    await expect(times.get_by_role("listitem").first).to_contain_text("07:00")
    await assert_accessible(page)
    await form.get_by_role("button", name="Create schedule").click()

    await expect(lines(page)).to_have_count(1)
    await expect(lines(page)).to_contain_text("Europe/Berlin")
    await expect(lines(page).get_by_role("list").get_by_role("listitem")).to_have_count(3)
    (deployment,) = await services.deployments.list()
    assert deployment.workflow == "invoice-intake"


async def test_a_cron_that_is_none_says_what_to_do_and_cannot_be_saved(open_page: OpenPage, services: Services) -> None:
    await world.publish(services.application, world.INVOICES)
    page = await open_page("editor", at="/schedules")
    await page.get_by_role("button", name="New schedule").first.click()
    form = page.get_by_role("form", name="New schedule")

    await form.get_by_role("textbox", name="Cron", exact=True).fill("61 9 * * *")

    await expect(form.get_by_role("alert")).to_contain_text("This is no schedule")
    await expect(form.get_by_role("alert")).to_contain_text("Write five fields")
    await expect(form.get_by_role("button", name="Create schedule")).to_be_disabled()


async def test_a_time_that_the_clocks_skip_is_told(open_page: OpenPage, services: Services) -> None:
    await world.publish(services.application, world.REPORT)
    page = await open_page("editor", at="/schedules")
    await page.get_by_role("button", name="New schedule").first.click()
    form = page.get_by_role("form", name="New schedule")

    await form.get_by_role("textbox", name="Cron", exact=True).fill("30 2 L 3 SUN")
    await form.get_by_role("textbox", name="Cron", exact=True).fill("30 2 25-31 3 *")

    await expect(form.get_by_role("region", name="Next fire times")).to_contain_text("clocks go forward")


async def test_a_schedule_is_changed_paused_resumed_and_deleted(open_page: OpenPage, services: Services) -> None:
    report = await world.publish(services.application, world.REPORT)
    await services.deployments.deploy(report)
    page = await open_page("editor", at="/schedules")

    await page.get_by_role("button", name="Edit morning-report").click()
    form = page.get_by_role("form", name="Schedule of morning-report")
    await expect(form.get_by_role("textbox", name="Cron", exact=True)).to_have_value("30 8 * * MON-FRI")
    await form.get_by_label("To the second").check()
    await form.get_by_role("textbox", name="Cron", exact=True).fill("15 45 6 * * *")
    await form.get_by_label("Jitter").fill("30 s")
    await form.get_by_role("button", name="Save schedule").click()
    await expect(lines(page)).to_contain_text("06:45:15")
    await expect(lines(page)).to_contain_text("up to 30 s later")

    await page.get_by_role("button", name="Pause morning-report").click()
    await expect(lines(page)).to_contain_text("Paused")
    await assert_accessible(page)
    await page.get_by_role("button", name="Resume morning-report").click()
    await expect(lines(page)).to_contain_text("Active")

    await page.get_by_role("button", name="Delete morning-report").click()
    await page.get_by_role("group", name="Delete morning-report").get_by_role("button", name="Delete").click()
    await expect(page.get_by_text("Nothing runs on time yet")).to_be_visible()


async def test_what_is_not_published_is_not_published_along(open_page: OpenPage, services: Services) -> None:
    report = await world.publish(services.application, world.REPORT)
    await services.deployments.deploy(report)
    page = await open_page("editor", at="/schedules")
    await page.evaluate(
        """async () => {
            const {csrf} = await (await fetch("/api/v1/me")).json();
            const text = (await (await fetch("/api/v1/workflows/morning-report")).json()).definition.text;
            await fetch("/api/v1/workflows/morning-report", {method: "PUT",
                headers: {"X-Treadle-CSRF": csrf, "If-Match": "*", "Content-Type": "application/json"},
                body: JSON.stringify({text: text.replace("sold: 12", "sold: 13")})});
        }"""
    )

    await page.get_by_role("button", name="Edit morning-report").click()
    form = page.get_by_role("form", name="Schedule of morning-report")
    await form.get_by_role("button", name="Every day at 09:00").click()
    await form.get_by_role("button", name="Save schedule").click()

    await expect(form.get_by_role("alert")).to_contain_text("changes that are not published")


async def test_a_viewer_sees_when_and_can_change_nothing(open_page: OpenPage, services: Services) -> None:
    await world.build(services.application, services.deployments)

    page = await open_page("viewer", at="/schedules", phone=True)

    await expect(lines(page)).to_have_count(3)
    await expect(page.get_by_role("main").get_by_role("button")).to_have_count(0)
    await assert_accessible(page)
