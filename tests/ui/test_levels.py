"""What is shared only to be looked at: what cannot be done with it is there with its reason, and does nothing."""

from __future__ import annotations

import pytest
import pytest_asyncio
from docs.editor import world
from playwright.async_api import expect

from tests.ui.axe import assert_accessible
from tests.ui.conftest import OpenPage
from treadle.server.services import Services
from treadle.service.access.sharing import Sharing

ONLY_LOOKED_AT = "It is shared with you only to look at it."


@pytest_asyncio.fixture(loop_scope="session")
async def report(services: Services) -> None:
    """Of grace, deployed and with two versions; `linus`, an editor, may look at it."""
    application = services.application
    workflow = await world.publish(application, world.REPORT)
    grace = await services.identities.create_user("grace", role="editor")
    await services.identities.create_user("linus", role="editor")
    await Sharing(application).transfer("morning-report", to=grace.name)
    await Sharing(application).share("morning-report", kind="user", name="linus", level="view")
    await services.deployments.deploy(workflow)
    await world.publish(application, world.LATER_REPORT, "Without returns.")


async def test_a_workflow_in_the_list(open_page: OpenPage, report: None) -> None:
    page = await open_page("editor", name="linus", at="/workflows")

    await page.get_by_role("button", name="More for Morning report").click()

    await expect(page.get_by_text(ONLY_LOOKED_AT)).to_be_visible()
    await expect(page.get_by_role("menuitem", name="Deploy…")).to_be_disabled()
    await expect(page.get_by_role("menuitem", name="Move to bin")).to_be_disabled()
    await expect(page.get_by_role("menuitem", name="Duplicate…")).to_be_enabled()
    await expect(page.get_by_role("menuitem", name="Who has it…")).to_be_enabled()


async def test_a_deployment(open_page: OpenPage, report: None, services: Services) -> None:
    page = await open_page("editor", name="linus", at="/deployments/morning-report")

    pause = page.get_by_role("button", name="Pause morning-report")
    await expect(pause).to_have_accessible_description(ONLY_LOOKED_AT + " Its owner may let you run it.")
    await expect(page.get_by_role("button", name="Edit morning-report")).to_have_attribute("aria-disabled", "true")
    await pause.click(force=True)
    await page.get_by_role("button", name="More for morning-report").click()
    await expect(page.get_by_role("menuitem", name="Stop…")).to_be_disabled()
    await expect(page.get_by_role("menuitem", name="Delete…")).to_be_disabled()

    assert (await services.deployments.get("morning-report")).status == "active"


@pytest.mark.parametrize(
    ("at", "name"),
    [
        ("/w/morning-report/versions", "Roll back to version 1"),
        ("/w/morning-report/diff/1..2", "Roll back to version 1"),
        ("/schedules", "Pause morning-report"),
        ("/schedules", "Edit morning-report"),
        ("/schedules", "Delete morning-report"),
    ],
)
async def test_a_button_says_why_it_does_nothing(open_page: OpenPage, report: None, at: str, name: str) -> None:
    page = await open_page("editor", name="linus", at=at)

    button = page.get_by_role("button", name=name)
    await expect(button).to_have_attribute("aria-disabled", "true")
    await assert_accessible(page)
    await button.focus()

    await expect(page.get_by_role("tooltip")).to_contain_text(ONLY_LOOKED_AT)


async def test_a_run(open_page: OpenPage, report: None, services: Services) -> None:
    run_id = await world.run(services.application, "morning-report")

    page = await open_page("editor", name="linus", at=f"/w/morning-report/runs/{run_id}")

    again = page.get_by_role("button", name="Run again")
    await expect(again).to_have_accessible_description(ONLY_LOOKED_AT + " Its owner may let you run it.")
    await page.get_by_role("button", name="More", exact=True).click()
    await expect(page.get_by_role("menuitem", name="Record as test")).to_be_disabled()
    await expect(page.get_by_role("menuitem", name="Copy link")).to_be_enabled()


async def test_a_workflow_on_the_canvas(open_page: OpenPage, report: None) -> None:
    page = await open_page("editor", name="linus", at="/w/morning-report")

    run = page.get_by_role("button", name="Run", exact=True)
    await expect(run).to_have_attribute("title", ONLY_LOOKED_AT + " Its owner may let you run it.")
    await expect(run).to_be_disabled()
    await expect(page.get_by_role("button", name="Debug")).to_have_count(0)


async def test_settings_of_a_workflow(open_page: OpenPage, report: None) -> None:
    page = await open_page("editor", name="linus", at="/w/morning-report/settings")

    await expect(page.get_by_text("Only its owner and administrators share it.")).to_be_visible()
    await expect(page.get_by_text("None were given here.")).to_be_visible()
    await expect(page.get_by_role("button", name="Move to bin")).to_be_disabled()
    await expect(page.get_by_text(ONLY_LOOKED_AT)).to_be_visible()


async def test_its_owner_may_do_all_of_it(open_page: OpenPage, report: None) -> None:
    page = await open_page("editor", name="grace", at="/schedules")

    await expect(page.get_by_role("button", name="Pause morning-report")).not_to_have_attribute("aria-disabled", "true")
    await page.goto("/workflows")
    await page.get_by_role("button", name="More for Morning report").click()
    await expect(page.get_by_role("menuitem", name="Move to bin")).to_be_enabled()


async def test_a_viewer_is_offered_nothing_of_it(open_page: OpenPage, services: Services) -> None:
    """Of what is everybody's: the role alone stands in the way, so nothing is shown that it could not do."""
    workflow = await world.publish(services.application, world.REPORT)
    await services.deployments.deploy(workflow)

    pages = {"/schedules": "Schedules", "/deployments/morning-report": "morning-report", "/templates": "Templates"}
    for at, heading in pages.items():
        page = await open_page("viewer", at=at)
        await expect(page.get_by_role("heading", level=1, name=heading)).to_be_visible()
        for name in ("Pause", "Edit", "Delete", "New schedule", "Deploy"):
            await expect(page.get_by_role("main").get_by_role("button", name=name)).to_have_count(0)
