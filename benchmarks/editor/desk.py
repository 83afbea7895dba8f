"""A real server with the built editor, and headless Chromium in front of it, signed in."""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.editor.drawn import WORKFLOWS
from benchmarks.service.webhook import serving
from treadle.authoring.check.file import check_file
from treadle.server.caller import SESSION_COOKIE
from treadle.server.editor import find_editor
from treadle.service.access.identities import Identities
from treadle.service.application import Application
from treadle.service.settings import Settings

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
VIEWPORT = {"width": 1360, "height": 860}
BARE = "/healthz"
"""A page of the same server with nothing of the editor in it: what the bare limits are measured on."""
_PATIENCE = 60.0


@dataclass(frozen=True, slots=True)
class Desk:
    url: str
    browser: Browser
    session: str
    api: httpx.Client

    @contextmanager
    def page(self, at: str | None = None) -> Generator[Page]:
        """A page with a cache of its own, empty at first; at the bare page, unless it is said where."""
        # The bare page's policy allows nothing at all.
        options: dict[str, Any] = {"locale": "en-GB", "viewport": VIEWPORT, "bypass_csp": at is None}
        context = self.browser.new_context(base_url=self.url, **options)
        try:
            context.add_cookies([{"name": SESSION_COOKIE, "value": self.session, "url": self.url}])
            page = context.new_page()
            page.set_default_timeout(_PATIENCE * 1000)
            page.goto(BARE if at is None else at)
            yield page
        finally:
            context.close()

    def start_run(self, workflow: str, values: dict[str, Any] | None = None) -> str:
        """The id of a run that has begun."""
        body = {"input": values or {}, "wait": "async"}
        answer = self.api.post(f"/workflows/{workflow}/execute", json=body)
        answer.raise_for_status()
        return str(answer.json()["run_id"])

    def cancel_run(self, run: str) -> None:
        self.api.post(f"/runs/{run}/cancel")

    def wait_for_run(self, run: str) -> None:
        """By the list: one run in full has all that its nodes gave."""
        until = time.monotonic() + _PATIENCE
        while time.monotonic() < until:
            runs: list[dict[str, Any]] = self.api.get("/runs", params={"limit": 20}).json()["items"]
            if any(one["id"] == run and one["status"] == "completed" for one in runs):
                return
            time.sleep(0.5)
        raise RuntimeError(f"Run {run} does not end.")


def find_missing() -> str | None:
    """What these figures need and is not here."""
    if _find_browser() is None:
        return f"There is no Chromium on the PATH ({', '.join(BROWSERS)}; `apt-get install chromium`)"
    if find_editor() is None:
        return "The editor is not built (`python ui/build_editor.py`)"
    return None


def _find_browser() -> str | None:
    return next((found for name in BROWSERS if (found := shutil.which(name))), None)


@contextmanager
def at_desk() -> Generator[Desk]:
    """What is measured at, with the workflows of `drawn` stored."""
    with TemporaryDirectory() as folder:
        db = Path(folder) / "treadle.db"
        session, key = asyncio.run(_furnish(db))
        with serving(db) as address, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=_find_browser())
            headers = {"Authorization": f"Bearer {key}"}
            with httpx.Client(base_url=f"{address}/api/v1", headers=headers, timeout=_PATIENCE) as api:
                yield Desk(address, browser, session, api)
            browser.close()


async def _furnish(db: Path) -> tuple[str, str]:
    """The token of a session, and an API key, of somebody who may do everything."""
    async with Application(Settings(db=str(db))) as application:
        for text in WORKFLOWS:
            (workflow,) = check_file(text, application.registry, source="benchmark").workflows
            await application.publish(workflow, source=text)
        identities = Identities(application)
        user = await identities.create_user("ada", role="admin")
        return await identities.open_session(user), (await identities.make_key(user, "benchmark")).text
