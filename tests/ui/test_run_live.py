"""A run as it happens, and what is done to it: words, progress and lines as they come; tried again, resolved,
signalled, cancelled, run again."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import pytest_asyncio
import yaml
from docs.editor import world
from playwright.async_api import Locator, Page, expect

from tests.ui.axe import assert_accessible
from tests.ui.conftest import OpenPage
from tests.ui.puppet import Puppet
from treadle.engine.journal import Batch, Entry, EntryKind, RunUpdate
from treadle.node import Registry
from treadle.server.services import Services
from treadle.service.access.identities import Identities
from treadle.service.application import Application
from treadle.service.deployments import Deployments
from treadle.service.execution import ExecutionRequest
from treadle.service.preparation import prepare
from treadle.service.settings import Settings

PAY = """\
name: payments
nodes:
  - {id: invoice, type: data.set, config: {fields: {invoice: R-118, amount: 240}}}
  - {id: pay, type: puppet.pay, after: [invoice]}
  - {id: book, type: data.set, config: {fields: {booked: "{{ nodes.pay.output }}"}}, after: [pay]}
connections:
  - {from: invoice.output, to: pay.value}
"""
SIGNALLED = """\
name: deliveries
nodes:
  - {id: sent, type: flow.signal, config: {name: sent}}
  - {id: thanks, type: data.set, config: {fields: {got: "{{ nodes.sent.payload }}"}}, after: [sent]}
"""


@pytest.fixture
def pay() -> Puppet:
    return Puppet("pay")


@pytest_asyncio.fixture(loop_scope="session")
async def services(tmp_path: Path, pay: Puppet) -> AsyncIterator[Services]:
    values = {"db": str(tmp_path / "treadle.db"), "workspace": str(tmp_path), "synchronous": "OFF"}
    registry = Registry.installed().with_definitions(pay.definition)
    application = Application(replace(Settings(), **values, requests_per_minute=0), registry=registry)
    async with application:
        yield Services(application, Deployments(application), Identities(application))


def node(page: Page, name: str, status: str) -> Locator:
    graph = page.get_by_role("group", name="Graph", exact=True)
    return graph.get_by_role("button", name=f"{name}: {status}", exact=True)


def heading(page: Page) -> Locator:
    return page.get_by_role("heading", level=1)


def details(page: Page) -> Locator:
    return page.get_by_role("complementary", name="Details")


async def start(services: Services, text: str) -> tuple[str, str]:
    """(its workflow, its id), under way."""
    workflow = await world.publish(services.application, text)
    return workflow.name, await services.application.start(ExecutionRequest(workflow))


async def leave_in_doubt(services: Services) -> str:
    """A run as a process that died in the middle of `pay` leaves it."""
    application = services.application
    workflow = await world.publish(application, PAY)
    run, now = (await prepare(application, ExecutionRequest(workflow))).run, datetime.now(UTC)
    given = {"status": "completed", "outputs": {"output": {"invoice": "R-118", "amount": 240}}, "ms": 0.1}
    entries = [
        Entry("", "invoice", 0, EntryKind.RESULT, now, given),
        Entry("", "pay", 0, EntryKind.INTENT, now, {"attempt": 1, "now": now}),
        Entry("", "pay", 1, EntryKind.SUSPENSION, now, {"in_doubt": True}),
    ]
    await application.store.append(Batch(run.id, run.epoch, opens=run, entries=entries))
    await application.store.append(Batch(run.id, run.epoch, update=RunUpdate("suspended")))
    return run.id


async def test_what_a_node_says_is_seen_as_it_says_it(open_page: OpenPage, services: Services, pay: Puppet) -> None:
    name, run_id = await start(services, PAY)
    page = await open_page(at=f"/w/{name}/runs/{run_id}?node=pay&dock=log")
    await expect(node(page, "pay", "Running")).to_be_visible()
    await expect(page.get_by_text("No node has written anything")).to_be_visible()

    pay.streams("The bank ")
    await expect(details(page).get_by_role("region", name="text")).to_contain_text("The bank")
    pay.streams("says yes.")
    await expect(details(page).get_by_role("region", name="text")).to_contain_text("The bank says yes.")
    await expect(page.get_by_role("group", name="Graph", exact=True)).to_contain_text("The bank says yes.")
    pay.progresses(0.4, "2 of 5 checks")
    await expect(details(page)).to_contain_text("2 of 5 checks")
    pay.logs("asked the bank", account="DE21")
    log = page.get_by_role("group", name="Log", exact=True)
    await expect(log.get_by_role("listitem")).to_have_count(1)
    await expect(log).to_contain_text("asked the bank")
    pay.logs("slower than usual", level="warning")
    await expect(log.get_by_role("listitem")).to_have_count(2)
    await assert_accessible(page)

    pay.returns({"reference": "4711"})
    await expect(heading(page)).to_contain_text("Completed")
    await expect(node(page, "book", "Completed")).to_be_visible()
    await expect(details(page)).not_to_contain_text("2 of 5 checks")
    await expect(details(page).get_by_role("region", name="output")).to_contain_text("4711")
    await expect(log.get_by_role("listitem")).to_have_count(2)
    await page.reload()
    await expect(page.get_by_role("group", name="Log", exact=True).get_by_role("listitem")).to_have_count(2)


async def test_a_failed_run_is_tried_again_and_keeps_what_it_had(
    open_page: OpenPage, services: Services, pay: Puppet
) -> None:
    pay.fails("The bank is closed.")
    name, run_id = await start(services, PAY)
    page = await open_page(at=f"/w/{name}/runs/{run_id}")
    await expect(heading(page)).to_contain_text("Failed")
    await expect(details(page).get_by_role("group", name="Error")).to_contain_text("The bank is closed.")

    await page.get_by_role("button", name="Retry").click()
    await expect(node(page, "pay", "Running")).to_be_visible()
    await expect(node(page, "invoice", "Completed")).to_be_visible()
    await expect(heading(page)).to_contain_text("Running")
    await expect(page.get_by_role("button", name="Retry")).to_have_count(0)
    pay.returns("paid")

    await expect(heading(page)).to_contain_text("Completed")
    await expect(node(page, "book", "Completed")).to_be_visible()
    await expect(details(page).get_by_role("region", name="output")).to_contain_text("paid")
    await expect(details(page).get_by_role("group", name="Error")).to_have_count(0)


@pytest.mark.parametrize(("answer", "came_to"), [("It happened", "Completed"), ("It failed", "Failed")])
async def test_somebody_says_what_became_of_an_effect_in_doubt(
    open_page: OpenPage, services: Services, answer: str, came_to: str
) -> None:
    run_id = await leave_in_doubt(services)
    page = await open_page(at=f"/w/payments/runs/{run_id}")
    await expect(node(page, "pay", "In doubt")).to_be_visible()
    await details(page).get_by_role("button", name="See to it").click()
    await expect(details(page).get_by_role("region", name="In doubt")).to_contain_text("Did it happen?")
    await assert_accessible(page)

    await details(page).get_by_text(answer, exact=True).click()
    if answer == "It happened":
        await details(page).get_by_label("Its output, as JSON").fill('{"reference": "0815"')
        await expect(details(page).get_by_role("button", name="Go on")).to_be_disabled()
        await details(page).get_by_label("Its output, as JSON").fill('{"reference": "0815"}')
    await details(page).get_by_role("button", name="Go on").click()

    await expect(heading(page)).to_contain_text(came_to)
    await expect(node(page, "pay", came_to)).to_be_visible()
    if answer == "It happened":
        await expect(details(page).get_by_role("region", name="output")).to_contain_text("0815")
        await expect(details(page)).to_contain_text("somebody said that it had happened")


async def test_what_is_in_doubt_is_done_again(open_page: OpenPage, services: Services, pay: Puppet) -> None:
    run_id = await leave_in_doubt(services)
    page = await open_page(at=f"/w/payments/runs/{run_id}?node=pay")
    await details(page).get_by_text("Do it again", exact=True).click()
    await details(page).get_by_role("button", name="Go on").click()

    await expect(node(page, "pay", "Running")).to_be_visible()
    pay.returns("paid at last")
    await expect(heading(page)).to_contain_text("Completed")
    await expect(details(page).get_by_role("region", name="output")).to_contain_text("paid at last")


async def test_it_is_run_again_and_cancelled(open_page: OpenPage, services: Services, pay: Puppet) -> None:
    pay.returns("paid")
    name, run_id = await start(services, PAY)
    page = await open_page(at=f"/w/{name}/runs/{run_id}")
    await expect(heading(page)).to_contain_text("Completed")

    await page.get_by_role("button", name="Run again").click()
    await page.wait_for_url(lambda url: "/runs/" in url and run_id not in url)
    await expect(node(page, "pay", "Running")).to_be_visible()
    await page.get_by_role("button", name="Cancel", exact=True).click()
    await page.get_by_role("button", name="Cancel it now?").click()

    await expect(heading(page)).to_contain_text("Cancelled")
    await expect(node(page, "pay", "Cancelled")).to_be_visible()
    await expect(page.get_by_role("button", name="Cancel", exact=True)).to_have_count(0)
    await page.get_by_role("button", name="More", exact=True).click()
    await expect(page.get_by_role("menuitem", name="Copy link")).to_be_visible()
    # Of what was cancelled there is nothing to expect.
    await expect(page.get_by_role("menuitem", name="Record as test")).to_have_count(0)


async def test_a_signal_that_nobody_waits_for_yet_is_kept(open_page: OpenPage, services: Services, pay: Puppet) -> None:
    later = PAY.replace(
        "data.set, config: {fields: {booked",
        "flow.signal, config: {name: receipt}}\n  - {id: end, type: data.set, config: {fields: {booked",
    )
    name, run_id = await start(services, later)
    page = await open_page(at=f"/w/{name}/runs/{run_id}")
    await expect(node(page, "pay", "Running")).to_be_visible()

    await page.get_by_role("button", name="More", exact=True).click()
    await page.get_by_role("menuitem", name="Send a signal").click()
    await page.get_by_role("form", name="Send a signal").get_by_label("Name").fill("receipt")
    await page.get_by_role("button", name="Send", exact=True).click()
    await expect(page.get_by_text("Kept until a node waits for it.")).to_be_visible()
    pay.returns("paid")

    await expect(heading(page)).to_contain_text("Completed")


async def test_a_run_becomes_a_test(open_page: OpenPage, services: Services, pay: Puppet) -> None:
    pay.returns({"reference": "4711"})
    name, run_id = await start(services, PAY)
    page = await open_page(at=f"/w/{name}/runs/{run_id}")
    await expect(heading(page)).to_contain_text("Completed")

    await page.get_by_role("button", name="More", exact=True).click()
    async with page.expect_download() as saving:
        await page.get_by_role("menuitem", name="Record as test").click()
    file = await saving.value

    assert file.suggested_filename == f"payments-{run_id[-6:]}.test.yaml"
    case = yaml.safe_load(await asyncio.to_thread((await file.path()).read_text))
    assert case["expect"]["output"] == {"booked": {"reference": "4711"}}
    await expect(page.get_by_text(f"treadle test {file.suggested_filename}")).to_be_visible()


async def test_how_long_a_node_waited_is_seen(open_page: OpenPage, services: Services, pay: Puppet) -> None:
    """Until its end, not only for how long it took after that."""
    await world.publish(services.application, SIGNALLED.replace("{name: sent}", "{name: sent, timeout: 1500ms}"))
    run_id = await world.run(services.application, "deliveries")
    page = await open_page(at=f"/w/deliveries/runs/{run_id}")
    timeline = page.get_by_role("group", name="Timeline", exact=True)

    await expect(
        timeline.get_by_role("button", name=re.compile(r"^sent: (Completed|Failed), [1-9]\.\d s"))
    ).to_be_visible()
