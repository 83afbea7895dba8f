"""Ctrl-C in work that nothing is kept of: it ends at once, whatever it is at."""

from __future__ import annotations

import asyncio
import multiprocessing
import multiprocessing.util
import os
import signal
import sys
import threading
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from treadle.cli.command import INTERRUPTED

if TYPE_CHECKING:
    from types import FrameType

    from treadle.cli.screen import Screen

T = TypeVar("T")
_GRACE = 0.5
"""Seconds for what is under way to clean up behind itself."""


class Cancelling:
    """Within it, Ctrl-C ends the program with `message` and the code 130: processes and tasks are closed as far as that
    is quick. Threads cannot be ended (they calculate, or have code compiled); nobody waits for them."""

    def __init__(self, screen: Screen, message: str) -> None:
        self._screen, self._message = screen, message
        self._cancel: Callable[[], object] | None = None
        self._saying = threading.RLock()
        self._said = self._asked = False
        self._before: Any = None

    def __enter__(self) -> Cancelling:
        with suppress(ValueError):  # not in the main thread: no signal comes here
            self._before = signal.signal(signal.SIGINT, self._take)
        return self

    def __exit__(self, kind: type[BaseException] | None, *exception: object) -> None:
        if kind is not None and issubclass(kind, KeyboardInterrupt):
            self._say()
            if not _is_alone():
                self._leave()
        if self._before is not None:
            signal.signal(signal.SIGINT, self._before)

    def wait_for(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine to its end; Ctrl-C cancels it. Raises `KeyboardInterrupt`."""
        try:
            return asyncio.run(self._run(work))
        except asyncio.CancelledError:
            raise KeyboardInterrupt from None
        finally:
            self._cancel = None

    async def _run(self, work: Coroutine[Any, Any, T]) -> T:
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        assert task is not None
        self._cancel = lambda: loop.call_soon_threadsafe(task.cancel)
        return await work

    def _take(self, number: int, frame: FrameType | None) -> None:
        if self._asked:
            self._leave()
        self._asked = True
        timer = threading.Timer(_GRACE, self._leave)
        timer.daemon = True
        timer.start()
        if self._cancel is None:
            raise KeyboardInterrupt
        self._cancel()

    def _leave(self) -> NoReturn:
        with suppress(Exception):
            for worker in multiprocessing.active_children():
                worker.kill()
        with suppress(Exception):
            vars(multiprocessing.util)["_run_finalizers"](0)  # what they had in common is gone, too
        self._say()
        os._exit(INTERRUPTED)

    def _say(self) -> None:
        """Once, by whoever comes first."""
        with self._saying:
            if self._said:
                return
            self._said = True
            with suppress(Exception):
                self._screen.err.show_cursor(True)
                self._screen.note(f"[magenta]{self._message}[/]")
                sys.stdout.flush()


def _is_alone() -> bool:
    """Whether nothing keeps this process from ending by itself."""
    return all(one.daemon or one is threading.main_thread() for one in threading.enumerate())
