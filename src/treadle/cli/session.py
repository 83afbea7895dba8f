"""A session: the application opened for one command, and what signals mean while it runs."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import AsyncGenerator, Callable, Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from treadle.errors import NotFound
from treadle.model.event import (
    NodeCancelled,
    NodeCompleted,
    NodeFailed,
    NodeRetried,
    NodeSkipped,
    NodeStarted,
    NodeWaited,
    RunEvent,
)

if TYPE_CHECKING:
    from treadle.cli.command import Invocation
    from treadle.node.registry import Registry
    from treadle.service.application import Application
    from treadle.service.settings import Settings

T = TypeVar("T")
_DEMO = ".treadle/demo/treadle.db"


def wait_for(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end."""
    return asyncio.run(work)


@contextlib.asynccontextmanager
async def reading(invocation: Invocation) -> AsyncGenerator[Application]:
    """The application to look and ask with. Raises `NotFound` (`no_store`) where there is no store yet."""
    from treadle.cli.missing_types import PlansToLookAt
    from treadle.service.application import Application

    settings = invocation.settings()
    require_store(settings.db)
    registry = look_up_types(invocation, settings)
    async with Application(settings, registry=registry, drives=False) as application:
        application.plans = PlansToLookAt(application.store, application.registry)
        yield application


@contextlib.asynccontextmanager
async def driving(invocation: Invocation) -> AsyncGenerator[Application]:
    """The application to go on with one run; it leaves all others alone. Raises `NotFound` as `reading` does."""
    from treadle.service.application import Application

    settings = invocation.settings()
    require_store(settings.db)
    async with Application(settings, recovers=False) as application:
        yield application


@contextlib.asynccontextmanager
async def changing(invocation: Invocation) -> AsyncGenerator[Application]:
    """The application to change the store with, which is made where there is none. Raises `NotFound` (`no_folder`)."""
    from treadle.service.application import Application

    settings = invocation.settings()
    may_make_store(invocation, settings.db)
    async with Application(settings, recovers=False) as application:
        yield application


def look_up_types(invocation: Invocation, settings: Settings) -> Registry:
    """The node types to look with; a file of the project's own that cannot be used is told of and left out."""
    from rich.markup import escape

    from treadle.service.project import readable_registry

    registry, issues = readable_registry(settings)
    for issue in issues:
        invocation.screen.note(f"[yellow]Left out:[/] {escape(issue.message)}  [dim]{escape(issue.remedy or '')}[/]")
    return registry


def _refuse_folder(path: Path) -> None:
    if path.is_dir():
        raise NotFound(
            f"`{path}` is a folder; a store is a file.",
            code="no_store",
            remedy=f"Name the file in it: `{path / 'treadle.db'}`.",
        )


def require_store(location: str) -> None:
    """Raises `NotFound` (`no_store`) where there is none: looking must not make one."""
    from treadle.store.database import parse_location

    path = parse_location(location)
    _refuse_folder(path)
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


def may_make_store(invocation: Invocation, location: str) -> None:
    """A store named here and now is made only in a folder that is there: a slip of the pen makes no folders.

    Raises `NotFound` (`no_folder`).
    """
    from treadle.store.database import parse_location

    path = parse_location(location)
    _refuse_folder(path)
    if invocation.db is None:
        return
    if path.parent.is_file():
        raise NotFound(
            f"`{path.parent}` is a file: no store can be made in it.", code="no_folder", remedy="Correct `--db`."
        )
    if not path.exists() and not path.parent.is_dir():
        raise NotFound(
            f"There is no folder `{path.parent}` to make the store `{path.name}` in.",
            code="no_folder",
            remedy=f"Correct `--db`, or make the folder first: mkdir -p {path.parent}",
        )


def note_under_way(under_way: dict[str, None], event: RunEvent) -> None:
    """Keep in mind which nodes run now, in the order in which they began."""
    match event:
        case NodeStarted():
            under_way[event.path] = None
        case NodeCompleted() | NodeFailed() | NodeSkipped() | NodeCancelled() | NodeWaited() | NodeRetried():
            under_way.pop(event.path, None)
        case _:
            pass


def say_finishing(invocation: Invocation, under_way: dict[str, None]) -> None:
    """What Ctrl-C has set off, on standard error."""
    named = ", ".join(list(under_way)[:3]) + (", …" if len(under_way) > 3 else "")
    invocation.screen.note(f"[dim]Finishing {named or 'what is under way'}; Ctrl-C again stops at once.[/]")
