"""What Chromium counts of a page."""

from __future__ import annotations

from typing import Any, cast

from playwright.sync_api import Page


class Counters:
    """Times are of the processor, not of the clock."""

    def __init__(self, page: Page) -> None:
        self._session: Any = page.context.new_cdp_session(page)
        self._session.send("Performance.enable", {"timeDomain": "threadTicks"})

    def read(self) -> dict[str, float]:
        answer = cast("dict[str, list[dict[str, Any]]]", self._session.send("Performance.getMetrics"))
        return {str(one["name"]): float(one["value"]) for one in answer["metrics"]}

    def give_back(self) -> None:
        """What nothing refers to any more."""
        self._session.send("HeapProfiler.collectGarbage")

    def close(self) -> None:
        self._session.detach()
