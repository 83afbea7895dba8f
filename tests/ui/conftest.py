"""A real server with the built editor, and a real browser in front of it.

A test asks for `page`: the editor of `ada`, an editor, at the root. `open_page("viewer", at="/runs", phone=True)` opens
others. Whatever a page writes to its console as an error, and whatever its policy refuses, fails the test.

Tests and fixtures of this folder share one event loop, for the browser lives in it.
"""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, ConsoleMessage, Page, async_playwright, expect

from tests.lacking import skip_for_lack
from tests.server.live_server import serving
from treadle.server.caller import SESSION_COOKIE
from treadle.server.editor import find_editor
from treadle.server.services import Services
from treadle.service.access.actor import Role
from treadle.service.access.identities import Identities
from treadle.service.application import Application
from treadle.service.deployments import Deployments
from treadle.service.settings import Settings

OpenPage = Callable[..., Awaitable[Page]]

DESK = {"viewport": {"width": 1280, "height": 800}}
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
_BROWSERS = ("chromium", "chromium-browser", "google-chrome")
_HERE = Path(__file__).parent

expect.set_options(timeout=10_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if _HERE in item.path.parents and isinstance(item, pytest.Function):
            item.add_marker(pytest.mark.slow)
            if pytest_asyncio.is_async_test(item):
                item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    program = next((found for name in _BROWSERS if (found := shutil.which(name))), None)
    if program is None:
        skip_for_lack("there is no Chromium on the PATH")
    if find_editor() is None:
        skip_for_lack("the editor is not built: `python ui/build_editor.py`")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="session")
async def services(tmp_path: Path) -> AsyncIterator[Services]:
    values = {"db": str(tmp_path / "treadle.db"), "workspace": str(tmp_path), "synchronous": "OFF"}
    application = Application(replace(Settings(), **values, requests_per_minute=0))
    async with application:
        yield Services(application, Deployments(application), Identities(application))


@pytest_asyncio.fixture(loop_scope="session")
async def url(services: Services) -> AsyncIterator[str]:
    async with serving(services) as base_url:
        yield base_url


@pytest_asyncio.fixture(loop_scope="session")
async def open_page(services: Services, url: str, browser: Browser) -> AsyncIterator[OpenPage]:
    complaints: list[str] = []

    async with AsyncExitStack() as stack:

        async def open_one(role: Role | None = "editor", *, name: str = "", at: str = "/", phone: bool = False) -> Page:
            options: dict[str, Any] = PHONE if phone else DESK
            context = await browser.new_context(
                base_url=url, locale="en-GB", timezone_id="Europe/Berlin", reduced_motion="reduce", **options
            )
            stack.push_async_callback(context.close)
            if role is not None:
                known = await services.application.store.find_user(name or role)
                user = known or await services.identities.create_user(name or role, role=role)
                session = await services.identities.open_session(user)
                await context.add_cookies([{"name": SESSION_COOKIE, "value": session, "url": url}])
            page = await context.new_page()
            page.on("console", lambda message: complaints.extend(_complaint_of(message)))
            page.on("pageerror", lambda error: complaints.append(str(error)))
            await page.goto(at)
            return page

        yield open_one
    assert complaints == [], "The page complained."


@pytest_asyncio.fixture(loop_scope="session")
async def page(open_page: OpenPage) -> Page:
    return await open_page("editor", name="ada")


def _complaint_of(message: ConsoleMessage) -> list[str]:
    """What a refused request leaves in the console is no defect: the page shows it."""
    is_answer = message.text.startswith("Failed to load resource")
    return [message.text] if message.type == "error" and not is_answer else []
