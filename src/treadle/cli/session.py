"""A session: the application opened for one command, and what signals mean while it runs."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import AsyncGenerator, Callable, Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from treadle.errors import NotFound

if TYPE_CHECKING:
    from treadle.cli.command import Invocation
    from treadle.service.application import Application

T = TypeVar("T")
_DEMO = ".treadle/demo/treadle.db"


def wait_for(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end."""
    return asyncio.run(work)


@contextlib.asynccontextmanager
async def reading(invocation: Invocation) -> AsyncGenerator[Application]:
    """The application to look and ask with. Raises `NotFound` (`no_store`) where there is no store yet."""
    from treadle.service.application import Application

    settings = invocation.settings()
    require_store(settings.db)
    async with Application(settings, drives=False) as application:
        yield application


@contextlib.asynccontextmanager
async def driving(invocation: Invocation) -> AsyncGenerator[Application]:
    """The application to go on with one run; it leaves all others alone. Raises `NotFound` as `reading` does."""
    from treadle.service.application import Application

    settings = invocation.settings()
    require_store(settings.db)
    async with Application(settings, recovers=False) as application:
        yield application


def require_store(location: str) -> None:
    """Raises `NotFound` (`no_store`) where there is none: looking must not make one."""
    from treadle.store.database import parse_location

    path = parse_location(location)
    if not path.exists():
        raise NotFound(
            f"There is no store at `{path}`.",
            code="no_store",
            remedy=f"The demo's is looked at with `--db {_DEMO}`."
            if Path(_DEMO).exists()
            else "`treadle run FILE` and `treadle up` make one; `--db` names another.",
        )


class Stop:
    """Set by Ctrl-C and SIGTERM; a second Ctrl-C stops at once, as the system would."""

    def __init__(self, on_stop: Callable[[], None] | None = None) -> None:
        self.asked = asyncio.Event()
        self._on_stop = on_stop
        self._installed: list[signal.Signals] = []

    def __enter__(self) -> Stop:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            # Where the loop takes no signals (Windows, other threads) Ctrl-C still raises KeyboardInterrupt.
            with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):
                loop.add_signal_handler(number, self._take)
                self._installed.append(number)
        return self

    def __exit__(self, *exception: object) -> None:
        self._uninstall()

    def _take(self) -> None:
        self._uninstall()
        self.asked.set()
        if self._on_stop is not None:
            self._on_stop()

    def _uninstall(self) -> None:
        loop = asyncio.get_running_loop()
        for number in self._installed:
            loop.remove_signal_handler(number)
        self._installed.clear()
