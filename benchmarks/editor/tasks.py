"""What a page's own thread was busy with: each stretch, by the clock and by the processor's time."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page

_CATEGORIES = ("disabled-by-default-devtools.timeline", "toplevel", "__metadata")


@dataclass(frozen=True, slots=True)
class Tasks:
    """In milliseconds."""

    longest: float
    longest_cpu: float
    """Of the processor's own time: what the rest of the machine does is not in it."""


def watch_tasks(page: Page, meanwhile: Callable[[], None]) -> Tasks:
    """The page's tasks while something was done to it."""
    browser = page.context.browser
    if browser is None:
        raise RuntimeError("The page has no browser.")
    browser.start_tracing(page=page, categories=list(_CATEGORIES))
    try:
        meanwhile()
    finally:
        events: list[dict[str, Any]] = json.loads(browser.stop_tracing())["traceEvents"]
    return Tasks(*_longest(events))


def _longest(events: list[dict[str, Any]]) -> tuple[float, float]:
    threads = {
        (event["pid"], event["tid"])
        for event in events
        if event["name"] == "thread_name" and event["args"]["name"] == "CrRendererMain"
    }
    tasks = [
        (event["dur"] / 1000, event.get("tdur", 0) / 1000)
        for event in events
        if event["ph"] == "X" and event["name"] in _TASKS and (event["pid"], event["tid"]) in threads
    ]
    if not tasks:
        raise RuntimeError("The trace has no tasks.")
    return max(span for span, _ in tasks), max(cpu for _, cpu in tasks)


_TASKS = ("RunTask", "ThreadControllerImpl::RunTask")
