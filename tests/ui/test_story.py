"""The story of the editor, as people live it: an arbitrage built from an empty canvas, run, broken, mended, published,
deployed, watched, changed while it runs, approved on a phone, forked; and refused to who may only look."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio
from docs.editor import world
from playwright.async_api import Locator, Page, expect

from tests.ui.axe import assert_accessible
from tests.ui.canvas import add, canvas, node, place, saved
from tests.ui.conftest import OpenPage
from treadle.server.services import Services
from treadle.service.access.identities import Identities
from treadle.service.access.users import Users
from treadle.service.application import Application
from treadle.service.deployments import Deployments
from treadle.service.settings import Settings

NAME = "cross-exchange-arbitrage"
pytestmark = pytest.mark.timeout(300)  # a story is long, where the machine is slow
SPREAD = (
    "{north: nodes.north.body.price, south: nodes.south.body.price,"
    " profit: nodes.south.body.price - nodes.north.body.price}"
)
ARBITRAGE = f"""\
name: {NAME}
title: Cross-exchange arbitrage
nodes:
  - {{id: north, type: http.request, config: {{url: "NORTH"}}}}
  - {{id: south, type: http.request, config: {{url: "SOUTH"}}}}
  - id: spread
    type: data.transform
    config:
      transform: "{SPREAD}"
  - {{id: enough, type: flow.if, config: {{condition: input.a.profit > 2}}}}
  - {{id: order, type: data.set, config: {{fields: {{buy: north}}}}}}
  - {{id: ask, type: flow.approval, config: {{title: "Trade for {{{{ nodes.spread.output.profit }}}} EUR?"}}}}
connections:
  - {{from: spread.output, to: enough.a}}
  - {{from: enough.true, to: order.value}}
  - {{from: order.output, to: ask.value}}
"""
"""What the first test builds by hand, for those that go on with it."""


class Exchange:
    """A price server on a real socket."""

    def __init__(self, price: float) -> None:
        self.price = price
        self.url = ""

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        body = json.dumps({"symbol": "BTC-EUR", "price": self.price}).encode()
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        writer.write(f"{head}Connection: close\r\n\r\n".encode() + body)
        await writer.drain()
        writer.close()


@pytest_asyncio.fixture(loop_scope="session")
async def services(tmp_path: Path) -> AsyncIterator[Services]:
    """As elsewhere, and HTTP nodes may reach this machine."""
    values = {"db": str(tmp_path / "treadle.db"), "workspace": str(tmp_path), "synchronous": "OFF"}
    settings = replace(Settings(), **values, requests_per_minute=0, allow_private_network=True)
    async with Application(settings) as application:
        yield Services(application, Deployments(application), Identities(application))


@pytest_asyncio.fixture(loop_scope="session")
async def exchanges() -> AsyncIterator[tuple[Exchange, Exchange]]:
    """In the south it is dearer."""
    both = (Exchange(100), Exchange(104))
    servers = [await asyncio.start_server(one.answer, "127.0.0.1", 0) for one in both]
    for one, server in zip(both, servers, strict=True):
        one.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/price"
    yield both
    for server in servers:
        server.close()
        await server.wait_closed()


@pytest_asyncio.fixture(loop_scope="session")
async def scheduler(services: Services) -> AsyncIterator[None]:
    """What is due is run, as `treadle up` does."""
    async with services.deployments.scheduler():
        yield


@pytest_asyncio.fixture(loop_scope="session")
async def arbitrage(services: Services, exchanges: tuple[Exchange, Exchange]) -> str:
    """Published; its text."""
    text = ARBITRAGE.replace("NORTH", exchanges[0].url).replace("SOUTH", exchanges[1].url)
    await world.publish(services.application, text, "The first")
    return text


def inspector(page: Page) -> Locator:
    return page.get_by_role("complementary", name="Inspector")


def graph(page: Page) -> Locator:
    return page.get_by_role("group", name="Graph", exact=True)


def of_run(page: Page, name: str, status: str) -> Locator:
    return graph(page).get_by_role("button", name=f"{name}: {status}", exact=True)


async def call_it(page: Page, before: str, after: str) -> None:
    await expect(node(page, before)).to_be_visible()
    await page.keyboard.press("F2")
    await page.get_by_role("textbox", name="Name of the node").fill(after)
    await page.keyboard.press("Enter")
    await expect(node(page, after)).to_be_visible()


async def write(page: Page, label: str, text: str) -> None:
    """Into a field for an expression, over what is there: as a whole, which is one step to undo however slow it is."""
    box = inspector(page).get_by_role("textbox", name=label)
    await box.click()
    await page.keyboard.press("ControlOrMeta+a")
    await page.keyboard.insert_text(text)
    await page.keyboard.press("Escape")
    await expect(box).to_contain_text(text.split(",")[-1].strip())


async def follow(page: Page, name: str, port: str, words: str) -> None:
    """Draw a wire from the port to where nothing is, and take what is called so there."""
    start = await place(node(page, name).get_by_role("img", name=re.compile(f"^Output {port},")))
    await page.mouse.move(start["x"] + start["width"] / 2, start["y"] + start["height"] / 2)
    await page.mouse.down()
    await page.mouse.move(start["x"] + 60, start["y"] + 90, steps=4)
    await page.mouse.move(start["x"] + 80, start["y"] + 110, steps=2)
    await page.mouse.up()
    palette = page.get_by_role("dialog", name="What comes next?")
    await palette.get_by_role("combobox").fill(words)
    await page.keyboard.press("Enter")
    await expect(palette).to_have_count(0)


async def test_it_is_built_from_an_empty_canvas_run_broken_mended_and_published(
    page: Page, exchanges: tuple[Exchange, Exchange]
) -> None:
    north, south = exchanges
    await page.get_by_role("link", name="New workflow").click()
    await page.get_by_role("button", name="New", exact=True).click()
    await page.get_by_role("menuitem", name="Empty workflow").click()
    await page.get_by_role("textbox", name="Title").fill("Cross-exchange arbitrage")
    await page.get_by_role("button", name="Create").click()
    await page.wait_for_url(f"**/w/{NAME}")

    # Two prices are asked for.
    await page.get_by_role("button", name="Add the first node").click()
    await page.get_by_role("combobox", name="Search node types").fill("http")
    await page.keyboard.press("Enter")
    await call_it(page, "request", "north")
    await inspector(page).get_by_role("textbox", name="Url").fill(north.url)
    await canvas(page).focus()
    await add(page, "api")
    await call_it(page, "request", "south")
    await inspector(page).get_by_role("textbox", name="Url").fill(south.url)

    # They are compared, and what is in it for us is set.
    await canvas(page).focus()
    await add(page, "transform")
    await call_it(page, "transform", "spread")
    await write(page, "Transform", SPREAD)
    await follow(page, "spread", "output", "if")
    await call_it(page, "if", "enough")
    await write(page, "Condition", "input.a.profit > 2")
    await follow(page, "enough", "true", "set")
    await call_it(page, "set", "order")
    fields = inspector(page).get_by_role("group", name="Fields", exact=True)
    await fields.get_by_role("button", name="Add", exact=True).click()
    await fields.get_by_role("textbox", name="Name 1 of Fields").fill("buy")
    await fields.get_by_role("textbox", name="Value of buy").fill("north")
    await canvas(page).focus()
    await page.keyboard.press("Shift+S")
    await page.get_by_role("textbox", name="Text of the note").fill("Buy in the north, sell in the south")
    await page.keyboard.press("Escape")
    await follow(page, "order", "output", "approval")
    await call_it(page, "approval", "ask")
    await inspector(page).get_by_role("textbox", name="Title").fill("Trade for {{ nodes.spread.output.profit }} EUR?")
    await canvas(page).focus()
    await page.keyboard.press("Shift+Alt+T")
    await page.keyboard.press("1")
    await expect(page.get_by_role("button", name="No problems")).to_be_visible()
    await saved(page)
    await assert_accessible(page)

    # It runs: prices stand on the wires and in the inspector.
    await page.get_by_role("button", name="Run", exact=True).click()
    await page.wait_for_url(f"**/w/{NAME}/runs/*")
    await expect(of_run(page, "ask", "Waiting")).to_be_visible()
    await expect(graph(page)).to_contain_text("100")
    await of_run(page, "spread", "Completed").click()
    details = page.get_by_role("complementary", name="Details")
    for value in ("profit", "104"):
        await expect(details).to_contain_text(value)
    await page.get_by_role("link", name="Edit", exact=True).click()
    await node(page, "spread").click()
    await inspector(page).get_by_role("tab", name="Data").click()
    values = inspector(page).get_by_role("region", name="Values")
    await expect(values.get_by_role("cell", name="104")).to_be_visible()

    # Broken, it says at the node and at the field what to do, and is not published.
    await inspector(page).get_by_role("tab", name="Config").click()
    await write(page, "Transform", SPREAD.replace("nodes.south", "nodes.suoth"))
    await expect(node(page, "spread").get_by_role("img", name=re.compile("^Error"))).to_be_visible()
    box = inspector(page).get_by_role("textbox", name="Transform")
    await expect(box).to_have_attribute("aria-invalid", "true")
    await expect(inspector(page)).to_contain_text("Did you mean south?")
    await page.get_by_role("button", name="Publish").click()
    await page.get_by_role("dialog", name="It cannot be published yet").get_by_role("button", name="Close").click()
    await canvas(page).focus()
    await page.keyboard.press("Control+z")
    await expect(box).not_to_contain_text("suoth")
    await expect(node(page, "spread").get_by_role("img", name=re.compile("^Error"))).to_have_count(0)

    # Published, it has a note.
    await node(page, "north").click()
    await call_it(page, "north", "nearby")
    await expect(box).to_have_count(0)
    await saved(page)
    await page.get_by_role("button", name="Publish").click()
    dialog = page.get_by_role("dialog", name="Publish")
    await dialog.get_by_label("Note").fill("Asks before it trades")
    await dialog.get_by_role("button", name=re.compile(r"Publish version \d")).click()
    await expect(page.get_by_role("status").filter(has_text=re.compile(r"Version \d · Saved"))).to_be_visible()
    await page.get_by_role("link", name="Versions", exact=True).click()
    await expect(page.get_by_text("Asks before it trades")).to_be_visible()


async def test_it_is_deployed_watched_approved_on_a_phone_and_changed_while_it_runs(
    open_page: OpenPage, arbitrage: str, scheduler: None
) -> None:
    page = await open_page("editor", name="ada", at=f"/w/{NAME}")
    await page.get_by_role("link", name="Deploy", exact=True).click()
    await page.get_by_role("combobox", name="Version").click()
    await page.get_by_role("option", name="v1 · The first").click()
    await page.get_by_role("combobox", name="Times").click()
    await page.get_by_role("option", name="Every so many seconds").click()
    await page.get_by_role("textbox", name="Seconds").fill("1")
    await page.get_by_role("combobox", name="One that finds no room").click()
    await page.get_by_role("option", name="Is skipped").click()
    await page.get_by_role("button", name="Deploy", exact=True).click()
    await page.wait_for_url(f"**/deployments/{NAME}")

    # It is watched as it runs.
    runs = page.get_by_role("table", name="Runs")
    await expect(runs.get_by_role("row").filter(has_text="Waiting")).to_have_count(1, timeout=30_000)
    await runs.get_by_role("link").first.click()
    await page.wait_for_url(f"**/w/{NAME}/runs/*")
    await expect(of_run(page, "ask", "Waiting")).to_be_visible()

    # On a phone somebody says yes, and the run goes on before one's eyes.
    phone = await open_page("operator", name="olga", at="/inbox", phone=True)
    await phone.get_by_role("button", name="Trade for 4 EUR?").click()
    await phone.get_by_role("button", name="Approve").click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("Completed")
    await expect(of_run(page, "ask", "Completed")).to_be_visible()

    # The workflow is changed and published; what runs is changed when one says so, and it is shown what moves.
    await page.get_by_role("link", name="Edit", exact=True).click()
    await node(page, "enough").click()
    await write(page, "Condition", "input.a.profit > 3")
    await canvas(page).focus()
    await saved(page)
    await page.get_by_role("button", name="Publish").click()
    await page.get_by_role("dialog", name="Publish").get_by_label("Note").fill("More careful")
    await page.get_by_role("button", name="Publish version 2").click()
    await expect(page.get_by_role("status").filter(has_text="Version 2 · Saved")).to_be_visible()
    await page.goto(f"/deployments/{NAME}")
    await expect(runs.get_by_role("row").filter(has_text="Waiting")).to_have_count(1, timeout=30_000)
    await page.get_by_role("button", name=f"Edit {NAME}").click()
    await page.get_by_role("combobox", name="Version").click()
    await page.get_by_role("option", name="v2 · More careful").click()
    await page.get_by_text("Move to this version").click()
    await expect(page.get_by_role("list", name="Runs that move")).to_contain_text("moves; enough starts over")
    await page.get_by_role("button", name="Apply").click()
    await expect(page.get_by_text(f"{NAME} is changed.")).to_be_visible()


async def test_a_run_is_forked_at_a_node_with_another_price(
    open_page: OpenPage, services: Services, arbitrage: str
) -> None:
    run_id = await world.run(services.application, NAME)
    page = await open_page("editor", name="ada", at=f"/w/{NAME}/runs/{run_id}")
    await of_run(page, "spread", "Completed").click()
    details = page.get_by_role("complementary", name="Details")

    await details.get_by_role("button", name="Fork here").click()
    await page.get_by_label("What spread.output gives").fill('{"north": 103, "south": 104, "profit": 1}')
    await expect(details).to_contain_text("Taken as written")
    await page.get_by_role("button", name="Fork with this output").click()

    await page.wait_for_url(lambda url: "/runs/" in url and run_id not in url)
    await expect(page.get_by_role("heading", level=1)).to_contain_text("Completed")
    await expect(of_run(page, "ask", "Skipped")).to_be_visible()


async def test_who_signs_in_to_look_is_refused_the_rest(
    open_page: OpenPage, services: Services, arbitrage: str
) -> None:
    run_id = await world.run(services.application, NAME)
    await services.deployments.create(NAME, "bot", every=7200)
    await Users(services.application).create("vera", role="viewer", password="four lazy otters swim")
    page = await open_page(None, at=f"/w/{NAME}")
    await page.get_by_label("Name").fill("vera")
    await page.get_by_label("Password").fill("four lazy otters swim")
    await page.get_by_role("button", name="Sign in").click()
    await page.wait_for_url(f"**/w/{NAME}")

    # The canvas is read.
    await expect(node(page, "spread")).to_be_visible(timeout=30_000)
    await expect(page.get_by_role("status").filter(has_text="You may look, not change")).to_be_visible()
    for name in ("Publish", "Run", "Deploy", "Undo"):
        await expect(page.get_by_role("button", name=name, exact=True)).to_have_count(0)
        await expect(page.get_by_role("link", name=name, exact=True)).to_have_count(0)
    await node(page, "spread").click()
    await expect(inspector(page).get_by_role("textbox", name="Transform")).to_have_attribute("aria-readonly", "true")
    await assert_accessible(page)

    # So are runs, tasks and deployments, and what is missing is told why.
    await page.goto(f"/w/{NAME}/runs/{run_id}")
    await expect(of_run(page, "ask", "Waiting")).to_be_visible()
    await expect(page.get_by_role("complementary", name="Details")).to_contain_text("takes the role operator")
    for name in ("Approve", "Cancel", "Fork here"):
        await expect(page.get_by_role("button", name=name, exact=True)).to_have_count(0)
    await page.goto("/deployments")
    await expect(page.get_by_role("link", name="bot", exact=True)).to_be_visible()
    for name in ("Pause bot", "Edit bot", "More for bot", "Deploy a workflow"):
        await expect(page.get_by_role("button", name=name)).to_have_count(0)

    # The API refuses too, whoever asks it past the page.
    tries = {
        f"PUT /workflows/{NAME}": {"definition": {"name": NAME, "nodes": []}},
        f"POST /workflows/{NAME}/publish": {},
        f"POST /workflows/{NAME}/execute": {"wait": "async"},
        f"PUT /workflows/{NAME}/editing": {"window": "a-window-of-vera"},
        f"POST /runs/{run_id}/cancel": {},
        f"POST /runs/{run_id}/fork": {"at": "spread"},
        "POST /deployments/bot/pause": {},
        "POST /deployments": {"workflow": NAME, "name": "mine"},
    }
    for call, body in tries.items():
        method, path = call.split(" ")
        status, code = await page.evaluate(_CALL, [method, path, body])
        assert (status, code) == (403, "role_too_low"), call


_CALL = """async ([method, path, body]) => {
    const {csrf} = await (await fetch("/api/v1/me")).json();
    const headers = {"Content-Type": "application/json", "X-Treadle-CSRF": csrf, "If-Match": "*"};
    const answer = await fetch("/api/v1" + path, {method, headers, body: JSON.stringify(body)});
    return [answer.status, (await answer.json()).code];
}"""
