"""Draws every page of the editor, light, dark, and on a phone: into the docs, or into a folder to look at."""

from __future__ import annotations

import asyncio
import base64
import shutil
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Page, async_playwright

from docs.editor import backtests, bots, office, world
from docs.editor.acts import ACTS, settle
from treadle.server.caller import SESSION_COOKIE
from treadle.server.services import Services
from treadle.server.serving import listen, serving
from treadle.service.access.identities import Identities
from treadle.service.application import Application
from treadle.service.deployments import Deployments
from treadle.service.settings import Settings

FOLDER = Path(__file__).parents[1] / "images" / "editor"
PAGES = {
    "home": "/",
    "runs": "/runs",
    "run": "/runs?workflow=order-desk",
    "workflows": "/workflows",
    "workflow-list": "/workflows?view=list",
    "editor": "/w/order-desk",
    "inspector": "/w/order-desk",
    "inspector-data": "/w/order-desk",
    "versions": "/w/morning-report/versions",
    "diff": "/w/morning-report/diff/1..2",
    "workflow-settings": "/w/morning-report/settings",
    "deployments": "/deployments",
    "deploy": "/deployments?new=order-desk",
    "deployment": "/deployments/books",
    "bot": "/deployments/rsi-btc",
    "compare-bots": "/deployments/rsi-btc/compare?with=rsi-btc-wide",
    "compare": "/deployments/books/compare?with=books-trial",
    "backtests": "/backtests",
    "backtest": "/backtests",
    "backtest-sweep": "/backtests",
    "backtest-walk": "/backtests",
    "backtest-fan": "/backtests",
    "backtest-new": f"/backtests/new?workflow={backtests.WORKFLOW}",
    "compare-backtests": "/backtests",
    "inbox": "/inbox",
    "schedules": "/schedules",
    "settings": "/settings",
    "settings-keys": "/settings/keys",
    "settings-profiles": "/settings/profiles",
    "settings-secrets": "/settings/secrets",
    "settings-users": "/settings/users",
    "settings-teams": "/settings/teams",
    "settings-audit": "/settings/audit",
    "settings-system": "/settings/system",
    "templates": "/templates",
    "template": "/templates/data-sync",
}
"""What a page is called, and its address. A page of yours belongs here."""
LOOKS = {
    "light": {"color_scheme": "light", "viewport": {"width": 1360, "height": 860}},
    "dark": {"color_scheme": "dark", "viewport": {"width": 1360, "height": 860}},
    "phone": {"color_scheme": "light", "viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True},
}
QUALITY = 82
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


async def draw(folder: Path, only: str | None) -> None:
    program = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if program is None:
        raise SystemExit("There is no Chromium here: install your system's, or put it on the PATH.")
    with tempfile.TemporaryDirectory() as here:
        values = {"db": str(Path(here) / "treadle.db"), "workspace": here, "synchronous": "OFF"}
        settings = replace(Settings(), **values, requests_per_minute=0, host="127.0.0.1", port=0)
        application = Application(settings)
        async with application, async_playwright() as playwright:
            services = Services(application, Deployments(application), Identities(application))
            await world.build(application, services.deployments)
            ada = await services.identities.create_user("ada", role="admin")
            await office.furnish(application, services.deployments, services.identities)
            await bots.trade(application, services.deployments)
            if only is None or "backtest" in only:
                await backtests.build(application)
            session = await services.identities.open_session(ada)
            browser = await playwright.chromium.launch(executable_path=program)
            async with serving(services, listen(settings), settings=settings) as url:
                for look, options in LOOKS.items():
                    await _draw_look(browser, url, session, folder, look, options, only)
            await browser.close()


async def _draw_look(
    browser: Browser, url: str, session: str, folder: Path, look: str, options: dict[str, object], only: str | None
) -> None:
    context = await browser.new_context(
        base_url=url, locale="en-GB", timezone_id="Europe/Berlin", reduced_motion="reduce", **options
    )
    await context.add_cookies([{"name": SESSION_COOKIE, "value": session, "url": url}])
    page = await context.new_page()
    for name, address in PAGES.items():
        if only is None or name == only:
            await page.goto(address)
            await page.get_by_role("heading", level=1).wait_for()
            await page.locator('[aria-busy="true"], [aria-label="Loading"]').first.wait_for(state="detached")
            if name in ACTS:
                await ACTS[name](page)
            await settle(page)
            print(await _take(page, folder, f"{name}-{look}"))
    await context.close()


async def _take(page: Page, folder: Path, name: str) -> Path:
    """Small in the docs; elsewhere as every viewer can show it."""
    if folder != FOLDER:
        path = folder / f"{name}.png"
        await page.screenshot(path=path)
        return path
    session: Any = await page.context.new_cdp_session(page)  # Its answers come without types.
    taken = await session.send("Page.captureScreenshot", {"format": "webp", "quality": QUALITY})
    await session.detach()
    path = folder / f"{name}.webp"
    path.write_bytes(base64.b64decode(taken["data"]))
    return path


def main() -> int:
    """`python -m docs.editor [page] [folder]`"""
    only = sys.argv[1] if len(sys.argv) > 1 and sys.argv[1] != "all" else None
    folder = Path(sys.argv[2]) if len(sys.argv) > 2 else FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    asyncio.run(draw(folder, only))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
