"""The inbox: what waits for a person, answered in place."""

from __future__ import annotations

from docs.editor import world
from playwright.async_api import Page, expect

from tests.ui.axe import assert_accessible
from tests.ui.conftest import OpenPage
from treadle.server.services import Services

INVOICE = """\
name: pay-invoice
nodes:
  - {id: look, type: data.set, config: {fields: {lines: [{item: Yarn, euro: 120}, {item: Loom, euro: 900}]}}}
  - id: ask
    type: flow.approval
    config:
      title: Pay the weaver?
      message: It is due on Friday.
      who: [ada]
      deadline: 2d
      escalate: {after: 1d, to: [mara]}
connections: [{from: look.output, to: ask.value}]
"""


async def test_where_nothing_waits_it_says_what_comes_here(open_page: OpenPage) -> None:
    page = await open_page(at="/inbox")

    await expect(page.get_by_text("Nothing waits for you")).to_be_visible()
    await expect(page.get_by_text("When a run comes to an Approval node")).to_be_visible()
    await assert_accessible(page)


async def test_a_task_is_approved_on_a_phone_with_its_form_after_a_wrong_value(
    open_page: OpenPage, services: Services
) -> None:
    await world.publish(services.application, world.ORDERS)
    run_id = await world.run(services.application, "order-desk", order="Z-9")
    page = await open_page("operator", name="olga", at="/inbox", phone=True)

    await page.get_by_role("button", name="Ship Z-9?").click()
    await page.get_by_label("Boxes").fill("0")
    await page.get_by_label("Note").fill("Mind the glass.")
    await assert_accessible(page)
    await page.get_by_role("button", name="Approve").click()
    await expect(page.get_by_role("alert").first).to_contain_text("does not fit the form")
    await page.get_by_label("Boxes").fill("3")
    await page.get_by_role("button", name="Approve").click()

    await expect(page.get_by_text("Nothing waits for you")).to_be_visible()
    run = await services.application.store.get_run(run_id)
    assert run.status == "completed"
    await page.get_by_role("button", name="Answered").click()
    await page.get_by_role("button", name="Ship Z-9?").click()
    answered = page.get_by_role("article", name="Ship Z-9?")
    for text in ("Approved by olga", "Mind the glass.", "boxes"):
        await expect(answered).to_contain_text(text)


async def test_everything_that_can_be_touched_on_a_phone_has_44_pixels(open_page: OpenPage, services: Services) -> None:
    await world.publish(services.application, world.ORDERS)
    await world.run(services.application, "order-desk")
    page = await open_page("operator", at="/inbox", phone=True)
    await page.get_by_role("button", name="Ship A-17?").click()
    await expect(page.get_by_role("button", name="Approve")).to_be_visible()

    for button in await page.get_by_role("main").get_by_role("button").all():
        box = await button.bounding_box()
        assert box is None or box["height"] >= 44, await button.text_content()


async def test_the_keyboard_walks_and_answers(open_page: OpenPage, services: Services) -> None:
    await world.publish(services.application, world.ORDERS)
    for order in ("A-1", "B-2", "C-3"):
        await world.run(services.application, "order-desk", order=order)
    page = await open_page("operator", at="/inbox")
    await expect(page.get_by_role("article", name="Ship A-1?")).to_be_visible()

    await page.keyboard.press("j")
    await page.keyboard.press("j")
    await page.keyboard.press("k")
    await expect(page.get_by_role("article", name="Ship B-2?")).to_be_visible()
    await page.keyboard.press("Enter")
    await expect(page.get_by_label("Boxes")).to_be_focused()
    await page.keyboard.press("Enter")

    await expect(page.get_by_role("button", name="Ship B-2?")).to_have_count(0)
    await expect(page.get_by_role("article", name="Ship C-3?")).to_be_visible()


async def test_a_rejection_needs_no_form_and_keeps_its_note(open_page: OpenPage, services: Services) -> None:
    await world.publish(services.application, world.ORDERS)
    await world.run(services.application, "order-desk")
    page = await open_page("operator", name="olga", at="/inbox")

    await page.get_by_label("Note").fill("Too dear.")
    await page.get_by_role("button", name="Reject").click()

    await expect(page.get_by_text("Nothing waits for you")).to_be_visible()
    await page.get_by_role("button", name="Answered").click()
    await expect(page.get_by_role("article")).to_contain_text("Rejected by olga")
    await expect(page.get_by_role("article")).to_contain_text("Too dear.")


async def test_it_shows_the_value_for_whom_it_is_until_when_and_the_run(
    open_page: OpenPage, services: Services
) -> None:
    await world.publish(services.application, INVOICE)
    run_id = await world.run(services.application, "pay-invoice")
    page: Page = await open_page("operator", name="ada", at="/inbox")
    task = page.get_by_role("article", name="Pay the weaver?")

    await expect(task.get_by_role("table")).to_contain_text("Loom")
    for text in ("for ada", "answer by", "goes to others as well"):
        await expect(task).to_contain_text(text)
    await assert_accessible(page)
    await task.get_by_role("link", name="a run of pay-invoice").click()
    await page.wait_for_url(f"**/w/pay-invoice/runs/{run_id}")

    other = await open_page("operator", name="tom", at="/inbox")
    await expect(other.get_by_text("Nothing waits for you")).to_be_visible()
    await other.get_by_role("button", name="All open").click()
    await expect(other.get_by_role("article")).to_contain_text("Only ada may answer it now.")
    await expect(other.get_by_role("button", name="Approve")).to_have_count(0)


async def test_a_viewer_reads_and_is_told_why_they_cannot_answer(open_page: OpenPage, services: Services) -> None:
    await world.publish(services.application, world.ORDERS)
    await world.run(services.application, "order-desk")

    page = await open_page("viewer", at="/inbox?show=open")

    await expect(page.get_by_role("article")).to_contain_text("takes the role operator")
    await expect(page.get_by_role("button", name="Approve")).to_have_count(0)


async def test_what_begins_to_wait_meanwhile_appears(open_page: OpenPage, services: Services) -> None:
    await world.publish(services.application, world.ORDERS)
    page = await open_page("operator", at="/inbox")
    await expect(page.get_by_text("Nothing waits for you")).to_be_visible()

    await world.run(services.application, "order-desk", order="N-1")

    await expect(page.get_by_role("article", name="Ship N-1?")).to_be_visible()
