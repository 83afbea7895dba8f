"""Run from the canvas: the draft as a test, and for real what is published first."""

from __future__ import annotations

import asyncio
import re

from docs.editor import world
from playwright.async_api import Page, Route, expect

from tests.ui.axe import assert_accessible
from tests.ui.conftest import OpenPage
from tests.ui.test_canvas import canvas, draft, node
from treadle.server.services import Services

GREETING = """\
name: greeting
inputs: {who: {type: string, default: Ada}}
nodes:
  - {id: text, type: data.template, config: {template: "Hello {{ workflow.input.who }}"}}
outputs: "{{ nodes.text.output }}"
"""


async def test_the_draft_runs_as_a_test_with_its_inputs_and_nothing_is_published(
    page: Page, services: Services
) -> None:
    await draft(services, GREETING, "greeting")
    await page.goto("/w/greeting")
    await expect(node(page, "text")).to_be_visible()

    await page.get_by_role("button", name="Run", exact=True).click()
    dialog = page.get_by_role("dialog", name="Run as a test")
    await expect(dialog).to_contain_text("nothing is published")
    await assert_accessible(page)
    await dialog.get_by_role("textbox", name="Who").fill("Grace")
    await dialog.get_by_role("button", name="Run", exact=True).click()

    await page.wait_for_url("**/w/greeting/runs/*")
    await expect(page.get_by_role("heading", level=1)).to_contain_text("Completed")
    await expect(page.get_by_role("complementary", name="Details")).to_contain_text("Hello Grace")
    await page.get_by_role("link", name="Edit", exact=True).click()
    await expect(page.get_by_role("status").filter(has_text="Draft · Saved")).to_be_visible()
    await expect(page.get_by_role("link", name="Deploy", exact=True)).to_have_count(0)


async def test_for_real_it_is_published_first_with_a_note(page: Page, services: Services) -> None:
    await draft(services, GREETING, "greeting")
    await page.goto("/w/greeting")
    await expect(node(page, "text")).to_be_visible()

    await page.get_by_role("button", name="Other ways to run").click()
    await page.get_by_role("menuitem", name=re.compile("^Publish and run")).click()
    dialog = page.get_by_role("dialog", name="Run for real")
    await expect(dialog).to_contain_text("Your changes become version 1 first")
    await dialog.get_by_label("Note").fill("Says hello")
    await assert_accessible(page)
    await dialog.get_by_role("button", name="Publish and run").click()

    await page.wait_for_url("**/w/greeting/runs/*")
    await expect(page.get_by_role("heading", level=1)).to_contain_text("Completed")
    await page.goto("/w/greeting/versions")
    await expect(page.get_by_text("Says hello")).to_be_visible()


async def test_a_mark_of_a_moment_ago_keeps_nothing_from_running(page: Page, services: Services) -> None:
    """What is half written is marked; whoever is quick with Run has it judged as it is by then."""
    await draft(services, "name: quick\nnodes:\n  - {id: text, type: data.template, config: {template: Hi}}\n", "quick")
    wrong = {"code": "expression_error", "message": "Half written.", "path": "nodes[0].config.template"}

    async def judge(route: Route) -> None:
        if "half" in (route.request.post_data or ""):
            await asyncio.sleep(3)  # after it has been saved
            issues = [{**wrong, "severity": "error", "remedy": None, "line": None, "column": None, "node": "text"}]
            await route.fulfill(json={"valid": False, "issues": issues, "graphs": []})

    await page.route("**/workflows/validate", judge)
    await page.goto("/w/quick")
    await node(page, "text").click()
    box = page.get_by_role("complementary", name="Inspector").get_by_role("textbox", name="Template")
    await box.click()
    await page.keyboard.type(" half")
    await expect(page.get_by_role("button", name="1 error")).to_be_visible()
    await page.keyboard.press("Control+a")
    await page.keyboard.type("whole")
    await page.get_by_role("button", name="Run", exact=True).click()

    await page.wait_for_url("**/w/quick/runs/*")
    await expect(page.get_by_role("heading", level=1)).to_contain_text("Completed")


async def test_what_is_wrong_is_shown_instead_of_run(page: Page, services: Services) -> None:
    await draft(services, "name: wrong\nnodes:\n  - {id: call, type: http.request}\n", "wrong")
    await page.goto("/w/wrong")
    await expect(page.get_by_role("button", name=re.compile(r"\d+ error"))).to_be_visible()

    await canvas(page).focus()
    await page.keyboard.press("Control+Enter")

    await expect(page.get_by_role("region", name="Problems")).to_be_visible()
    await expect(page.get_by_text("1 error would keep it from running")).to_be_visible()


async def test_an_operator_runs_what_is_published(open_page: OpenPage, services: Services) -> None:
    await world.publish(services.application, GREETING)
    await draft(services, GREETING.replace("Hello", "Bye"), "greeting")
    page = await open_page("operator", at="/w/greeting")
    await expect(node(page, "text")).to_be_visible()

    await page.get_by_role("button", name="Run", exact=True).click()
    dialog = page.get_by_role("dialog", name="Run as a test")
    await expect(dialog).to_contain_text("Version 1 runs")
    await dialog.get_by_role("button", name="Run", exact=True).click()

    await page.wait_for_url("**/w/greeting/runs/*")
    await expect(page.get_by_role("complementary", name="Details")).to_contain_text("Hello Ada")
