"""axe-core over a page as it stands: nothing that WCAG 2.2 AA forbids, as far as a program can tell."""

from __future__ import annotations

from functools import cache
from typing import Any

from playwright.async_api import Page

from tests.ui.node import UI, require_packages

_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

_DRAWN = """scheme => new Promise((draw) => requestAnimationFrame(() => requestAnimationFrame(() =>
    draw(getComputedStyle(document.documentElement).colorScheme === scheme))))"""


@cache
def _source() -> str:
    require_packages()
    return (UI / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


async def find_faults(page: Page) -> list[str]:
    """Each with its rule, what it is about, and where."""
    await page.evaluate(_source())
    found: dict[str, Any] = await page.evaluate("tags => axe.run(document, {runOnly: tags})", _TAGS)
    return [
        f"{fault['id']}: {fault['help']} — {node['html']} {node['any'] and node['any'][0]['message']}"
        for fault in found["violations"]
        for node in fault["nodes"]
    ]


async def assert_accessible(page: Page) -> None:
    """In light and in dark."""
    for scheme in ("light", "dark"):
        await page.emulate_media(color_scheme=scheme)
        await page.wait_for_function(_DRAWN, arg=scheme)
        faults = await find_faults(page)
        assert not faults, "\n".join([f"In {scheme}:", *faults])
