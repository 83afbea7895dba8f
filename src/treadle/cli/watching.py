"""Watching a run: the board drawn again and again on a terminal, a line an event elsewhere."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from rich.live import Live
from rich.markup import escape

from treadle.cli.board import Board
from treadle.cli.board_view import draw
from treadle.cli.mark import show_duration, show_goes_on, show_time, show_until, status_text
from treadle.engine.clock import SystemClock
from treadle.model.event import (
    NodeCompleted,
    NodeFailed,
    NodePaused,
    NodeRetried,
    NodeWaited,
    RunEvent,
    RunFinished,
    RunSuspended,
)

if TYPE_CHECKING:
    from treadle.cli.screen import Screen
    from treadle.engine.plan import Plan
    from treadle.service.application import Application

_FRAMES_A_SECOND = 8


class Watching:
    """Draws on standard error, so that standard output carries the output alone."""

    def __init__(self, screen: Screen, application: Application, plan: Plan) -> None:
        self.board = Board(plan)
        self._screen = screen
        self._application = application
        self._live: Live | None = None
        self._drawing: asyncio.Task[None] | None = None
        self._stop_watching = lambda: None

    def start(self) -> None:
        self._stop_watching = self._application.dispatcher.watch(self._take)
        if self._screen.err.is_terminal:
            self._live = Live(console=self._screen.err, auto_refresh=False, transient=False)
            self._live.start()
            self._drawing = asyncio.create_task(self._draw())

    async def stop(self) -> None:
        self._stop_watching()
        if self._drawing is not None:
            self._drawing.cancel()
            await asyncio.gather(self._drawing, return_exceptions=True)
        if self._live is not None:
            self._refresh()
            self._live.stop()

    async def _draw(self) -> None:
        while True:
            started = time.monotonic()
            self._refresh()
            # A slow terminal must not take the run's time: never draw more than a tenth of it.
            await asyncio.sleep(max(1 / _FRAMES_A_SECOND, 10 * (time.monotonic() - started)))

    def _refresh(self) -> None:
        if self._live is not None:
            picture = draw(self.board, SystemClock().now(), height=self._screen.err.height)
            self._live.update(picture, refresh=True)

    def _take(self, event: RunEvent) -> None:
        self.board.apply(event)
        if self._live is None:
            line = describe(event)
            if line:
                self._screen.note(line)


def describe(event: RunEvent) -> str:
    """One line for people (markup) about an event worth a line; else ''."""
    at = f"[dim]{show_time(event.at)}[/]"
    path = f"[bold]{escape(event.path)}[/]"
    match event:
        case NodeCompleted():
            took = show_duration(event.duration_ms)
            took += f", attempt {event.attempt}" if event.attempt > 1 else ""
            return f"{at}  {status_text('completed').markup}  {path}  [dim]{took}[/]"
        case NodeFailed():
            why = escape(f"{event.error.type}: {event.error.message}") if event.error else ""
            return f"{at}  {status_text('failed').markup}  {path}  {why}"
        case NodeRetried():
            why = escape(f"{event.error.type}: {event.error.message}") if event.error else ""
            when = show_until(event.retry_at, event.at)
            return f"{at}  {status_text('retrying').markup}  {path}  [dim]{when}[/]  {why}"
        case NodeWaited():
            status = "in_doubt" if event.in_doubt else "waiting"
            return f"{at}  {status_text(status).markup}  {path}  [dim]{show_until(event.until, event.at)}[/]"
        case NodePaused():
            return f"{at}  {status_text('paused').markup}  {path}"
        case RunSuspended():
            return f"{at}  {status_text('suspended').markup}  [dim]{show_goes_on(event.until, event.at)}[/]"
        case RunFinished():
            return ""
        case _:
            return ""
