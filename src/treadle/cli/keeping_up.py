"""Keeping the process up that `treadle up` and `treadle server` are: opened, shown or logged, and closed in order."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import os
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from treadle.cli.command import Invocation

if TYPE_CHECKING:
    from treadle.cli.showing import Showing
    from treadle.server.services import Services
    from treadle.server.serving import Listener
    from treadle.service.application import Application
    from treadle.service.deployments import Deployments
    from treadle.service.settings import Settings

T = TypeVar("T")
log = logging.getLogger("treadle.server")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the command line asks for. `may_move`: where the port is taken, another will do."""

    settings: Settings
    may_move: bool = False
    serves: bool = True
    shows: bool = True
    browser: bool | None = None
    seconds: float | None = None
    demo: bool = False


def read_settings(
    invocation: Invocation, *, host: str | None = None, port: int | None = None, **more: str
) -> tuple[Settings, set[str]]:
    """The settings in force, and the names of those that somebody has chosen. `more` counts where nobody has. Raises
    `InvalidWorkflow`."""
    from dataclasses import replace

    from treadle.service.settings import load_settings

    settings, listed = load_settings(overrides={"db": invocation.db, "host": host, "port": port})
    chosen = {setting.name for setting in listed if setting.source != "default"}
    return replace(settings, **{name: value for name, value in more.items() if name not in chosen}), chosen


def run_loop(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end on the quickest event loop there is."""
    factory: Callable[[], asyncio.AbstractEventLoop] | None = None
    with contextlib.suppress(ImportError):  # not made for Windows
        import uvloop

        factory = uvloop.new_event_loop
    with asyncio.Runner(loop_factory=factory) as runner:
        return runner.run(work)


async def keep_up(
    invocation: Invocation,
    wanted: Wanted,
    deployments: Deployments,
    *,
    demo: Callable[[], Awaitable[None]] | None = None,
) -> None:
    """Open everything, show what happens until asked to stop, and close in order: no new requests; the scheduler, so
    that nothing new comes in; the runs; the streams, whose readers see the runs come to rest; the store."""
    from treadle.cli.session import Stop
    from treadle.service.backtests.search.dispatching import offer_variants
    from treadle.service.events import Events
    from treadle.service.tracing import start_tracing
    from treadle.service.whereabouts import told

    application, settings = deployments.application, wanted.settings
    variants = offer_variants(application)
    listener = _listen(wanted)
    tracing = start_tracing(application, os.environ)
    services = _services(deployments) if listener is not None else None
    showing = _showing(invocation, wanted, deployments, listener)
    with Stop() as stop, contextlib.ExitStack() as last:
        if tracing is not None:
            last.callback(tracing.close)
        async with application, AsyncExitStack() as server:
            server.push_async_callback(variants.aclose)
            if demo is not None:
                await demo()
            # What is loaded now stays: a collector that need not look at it again leaves a fifth more time for runs.
            gc.collect()
            gc.freeze()
            last.callback(gc.unfreeze)
            starting = deployments.scheduler(), deployments.listening(), Events(application).delivery()
            async with starting[0], starting[1], starting[2], _beside(application, services):
                if services is not None and listener is not None:
                    await server.enter_async_context(_serve(services, listener, settings))
                    server.enter_context(told(application.store.path, _address(wanted, listener)))
                    await _welcome(invocation, wanted, services, listener)
                async with showing or contextlib.nullcontext():
                    with contextlib.suppress(TimeoutError):
                        async with asyncio.timeout(wanted.seconds):
                            await stop.asked.wait()
                if services is not None:
                    services.door.shut()
            _say_stopping(invocation, wanted, application)
            await application.dispatcher.drain()
    if showing is not None:
        showing.close()
    log.info("Stopped.")


def _listen(wanted: Wanted) -> Listener | None:
    if not wanted.serves:
        return None
    from treadle.server.serving import listen

    return listen(wanted.settings, may_move=wanted.may_move)


def _services(deployments: Deployments) -> Services:
    from treadle.server.services import Services
    from treadle.service.access.identities import Identities

    return Services(deployments.application, deployments, Identities(deployments.application))


def _serve(services: Services, listener: Listener, settings: Settings) -> contextlib.AbstractAsyncContextManager[str]:
    from treadle.server.serving import serving

    return serving(services, listener, settings=settings)


@contextlib.asynccontextmanager
async def _beside(application: Application, services: Services | None) -> AsyncGenerator[None]:
    """What goes on beside the runs: counting, and copies of the store."""
    async with AsyncExitStack() as stack:
        if services is not None:
            from treadle.server.metrics import RunMetrics

            services.runs = await stack.enter_async_context(RunMetrics(application))
        if application.settings.backup_every:
            from treadle.service.backing_up import BackingUp

            await stack.enter_async_context(BackingUp(application))
        yield


def _showing(
    invocation: Invocation, wanted: Wanted, deployments: Deployments, listener: Listener | None
) -> Showing | None:
    if not wanted.shows:
        return None
    from treadle.cli.dashboard import Dashboard
    from treadle.cli.showing import Showing

    dashboard = Dashboard(deployments.application, deployments, demo=wanted.demo)
    dashboard.address = None if listener is None else _address(wanted, listener)
    return Showing(invocation, dashboard)


async def _welcome(invocation: Invocation, wanted: Wanted, services: Services, listener: Listener) -> None:
    """Say where the server is, and how to get in. A link that signs in is told to whoever sits at the terminal: it
    counts once, and for ten minutes."""
    settings, screen = wanted.settings, invocation.screen
    address = _address(wanted, listener)
    if listener.moved:
        screen.note(f"[yellow]Port {settings.port} is taken; this is port {listener.port}.[/]")
    if not listener.is_loopback and wanted.shows:
        beside = [url for url in (listener.url, *listener.network_urls) if url != address]
        screen.note(f"Listening to the network: {', '.join([address, *beside])}")
    if not listener.is_loopback and not listener.secure and not settings.public_url.startswith("https://"):
        screen.note(
            f"[yellow]Everybody who reaches port {listener.port} of this machine reaches Treadle, and what they send "
            "is not encrypted.[/] Set `tls_cert` and `tls_key`, or put a proxy with TLS before it and set `public_url`."
        )
    log.info("Listening on %s.", address)
    if wanted.demo and wanted.shows:
        screen.note(
            f"[dim]The demo has a store of its own. In other terminals, other commands find it with "
            f"--db {settings.db}, or after: export TREADLE_DB={settings.db}[/]"
        )
    link = await find_link(services, address, again=wanted.shows)
    if link is None:
        return
    if not wanted.shows:
        log.warning("Nobody has signed in yet. Sign in once, within ten minutes: %s", link)
        return
    screen.note(f"[bold]Sign in:[/] {link}  [dim](counts once, for ten minutes)[/]")
    if _opens_browser(invocation, wanted):
        import webbrowser

        # Remembered first: a browser that cannot be opened is not tried again at every start.
        _marker(services.application).touch()
        await asyncio.to_thread(webbrowser.open, link)


def _address(wanted: Wanted, listener: Listener) -> str:
    """The one that works from wherever one reads it."""
    return wanted.settings.public_url or next(iter(listener.network_urls), listener.url)


async def find_link(services: Services, address: str, *, again: bool) -> str | None:
    """A link for the first administrator, who is made if nobody is there yet; `again`: also later, as long as no
    administrator has a password, whoever else is there."""
    users = await services.application.store.list_users()
    can_sign_in = any(user.role == "admin" and user.disabled_at is None and user.password for user in users)
    if users and (not again or can_sign_in):
        return None
    user = await services.identities.ensure_first_admin()
    return f"{address}/sign-in/{await services.identities.make_sign_in_link(user)}"


def _opens_browser(invocation: Invocation, wanted: Wanted) -> bool:
    """Once for each store, where there is somebody to look: on a terminal, with a display."""
    from treadle.store.database import parse_location

    if wanted.browser is not None:
        return wanted.browser
    if not wanted.shows or not sys.stdout.isatty() or invocation.json:
        return False
    has_display = sys.platform in ("darwin", "win32") or bool(
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    )
    return has_display and not parse_location(wanted.settings.db).with_suffix(".opened").exists()


def _marker(application: Application) -> Any:
    return application.store.path.with_suffix(".opened")


def _say_stopping(invocation: Invocation, wanted: Wanted, application: Application) -> None:
    from treadle.cli.mark import count

    active = application.dispatcher.active
    if not active:
        return
    text = f"Stopping: {count(active, 'run')} under way, their nodes finish first."
    if not wanted.shows:
        log.info("%s", text)
    elif not invocation.json:
        invocation.screen.say(f"[dim]{text}[/]")
