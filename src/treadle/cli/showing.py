"""Showing what `treadle up` does: a live dashboard on a terminal, a line an event elsewhere, JSON when asked."""

from __future__ import annotations

import asyncio
import contextlib
import time
from dataclasses import fields
from typing import TYPE_CHECKING, Any, Self

from rich.live import Live
from rich.markup import escape

from treadle.cli.dashboard import Dashboard, Line
from treadle.cli.dashboard_view import draw_dashboard, shorten
from treadle.cli.mark import count, show_duration, show_time, show_until, status_text
from treadle.engine.clock import SystemClock
from treadle.errors import TreadleError
from treadle.model.event import NodeRetried, RunEvent, RunFinished, RunResumed, RunStarted, RunSuspended

if TYPE_CHECKING:
    from treadle.cli.command import Invocation
    from treadle.cli.screen import Screen

_FRAMES_A_SECOND = 4


class Showing:
    """Takes every event from when it is made: make it before the application is entered, or what recovery does at
    once is missed. Shows them as long as it is entered."""

    def __init__(self, invocation: Invocation, dashboard: Dashboard) -> None:
        self._dashboard = dashboard
        screen = invocation.screen
        self._lines: _Lines | None = None
        self._live: Live | None = None
        if screen.out.is_terminal and not screen.json:
            self._live = Live(console=screen.out, auto_refresh=False)
        else:
            self._lines = _Lines(screen, dashboard)
        self._early: list[RunEvent] | None = []
        self._drawing: asyncio.Task[None] | None = None
        self._stop_watching = dashboard.application.dispatcher.watch(self._take)

    async def __aenter__(self) -> Self:
        await self._dashboard.refresh()
        if self._lines is not None:
            self._lines.begin()
        early, self._early = self._early or [], None
        for event in early:
            self._take(event)
        if self._live is not None:
            self._live.start()
        self._drawing = asyncio.create_task(self._keep_drawing())
        return self

    async def __aexit__(self, *exception: object) -> None:
        if self._drawing is not None:
            self._drawing.cancel()
            await asyncio.gather(self._drawing, return_exceptions=True)
        if self._live is not None:
            self._draw(self._live)
            self._live.stop()
        if self._lines is not None:
            with contextlib.suppress(TreadleError):  # the store is busy: those runs stay without a name
                await self._dashboard.name_runs()
            self._lines.release()

    def close(self) -> None:
        """Take no more events."""
        self._stop_watching()

    def _take(self, event: RunEvent) -> None:
        if self._early is not None:
            self._early.append(event)
            return
        self._dashboard.take(event)
        if self._lines is not None:
            self._lines.take(event)

    def _draw(self, live: Live) -> None:
        width, height = live.console.size
        live.update(draw_dashboard(self._dashboard, SystemClock().now(), width=width, height=height), refresh=True)

    async def _keep_drawing(self) -> None:
        last_refresh = 0.0
        while True:
            started = time.monotonic()
            with contextlib.suppress(TreadleError):  # the store is busy: what is shown stays as it was
                if self._live is not None and started - last_refresh >= 1:
                    await self._dashboard.refresh()
                    last_refresh = started
                await self._dashboard.name_runs()
                if self._lines is not None:
                    self._lines.release()
            if self._live is not None:
                self._draw(self._live)
            # A slow terminal must not take the engine's time: never draw more than a tenth of it.
            await asyncio.sleep(max(1 / _FRAMES_A_SECOND, 10 * (time.monotonic() - started)))


class _Lines:
    """Plain lines for files and pipes."""

    def __init__(self, screen: Screen, dashboard: Dashboard) -> None:
        self._screen = screen
        self._dashboard = dashboard
        self._unnamed: list[RunEvent] = []
        """Events of resumed runs, kept back until it is known what they are runs of."""

    def begin(self) -> None:
        standings = [one for one in self._dashboard.standings if one.deployment.status == "active"]
        store = self._dashboard.application.store.path
        if self._screen.json:
            names = [one.deployment.name for one in standings]
            ready = {"event": "Ready", "at": SystemClock().now(), "store": str(store), "deployments": names}
            self._print_json({**ready, "address": self._dashboard.address})
            return
        where = f"store {shorten(store)}, {count(len(standings), 'active deployment')}"
        address = self._dashboard.address
        self._say(f"treadle is up: {address}, {where}." if address else f"treadle is up: {where}.")

    def take(self, event: RunEvent) -> None:
        if self._screen.json:
            self._print_json(event_to_dict(event))
            return
        line = self._dashboard.lines[event.run_id]
        if not line.workflow:
            self._unnamed.append(event)
            return
        self._tell(event, line)

    def release(self) -> None:
        """Tell what was kept back."""
        unnamed, self._unnamed = self._unnamed, []
        for event in unnamed:
            line = self._dashboard.lines.get(event.run_id)
            if line is not None:
                self._tell(event, line)

    def _tell(self, event: RunEvent, line: Line) -> None:
        name = f"{show_time(event.at)}  {event.run_id}  {line.name:<24}"
        match event:
            case RunStarted():
                self._say(f"{name}  {status_text('running').plain}")
            case RunResumed():
                self._say(f"{name}  {status_text('running').plain}  {'recovered' if event.recovered else 'goes on'}")
            case RunSuspended():
                self._say(f"{name}  {status_text('suspended').plain}  {show_until(event.until, event.at)}")
            case RunFinished():
                took = show_duration((event.at - line.started_at).total_seconds() * 1000)
                self._say(f"{name}  {status_text(event.status).plain}  {took}  {' '.join(line.error.split())}".rstrip())
            case NodeRetried():
                why = event.error.message if event.error else ""
                when = show_until(event.retry_at, event.at)
                self._say(f"{name}  {status_text('retrying').plain}  {event.path} {when}: {' '.join(why.split())}")
            case _:
                pass

    def _say(self, text: str) -> None:
        self._screen.say(escape(text))
        self._flush()

    def _print_json(self, value: dict[str, Any]) -> None:
        self._screen.print_json(value, indent=None)

    def _flush(self) -> None:
        self._screen.out.file.flush()


def event_to_dict(event: RunEvent) -> dict[str, Any]:
    """An event as JSON: its name and its fields."""
    values = {item.name: getattr(event, item.name) for item in fields(event)}
    if "duration_ms" in values:
        values["duration_ms"] = round(values["duration_ms"], 3)
    error = values.get("error")
    if error is not None:
        values["error"] = error.to_dict()
    return {"event": type(event).__name__, **values}
