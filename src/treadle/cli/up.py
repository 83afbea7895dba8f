"""`treadle up`: the engine, its store and its scheduler in one process, and what they do shown live."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated

import typer

from treadle.cli.command import Invocation, command

if TYPE_CHECKING:
    from treadle.service.application import Application
    from treadle.service.deployments import Deployments


@command
def up(
    invocation: Invocation,
    demo: Annotated[bool, typer.Option("--demo", help="Deploy three example workflows and show them at work.")] = False,
    seconds: Annotated[
        float | None, typer.Option("--for", metavar="SECONDS", min=0.0, help="Stop by itself after so long.")
    ] = None,
) -> None:
    """Start the engine: goes on with every unfinished run, and runs what is deployed.

    Ctrl-C and SIGTERM let the nodes under way finish and keep the rest for the next start.
    """
    from treadle.cli.session import wait_for

    wait_for(_demo(invocation, seconds) if demo else _up(invocation, seconds))


async def _up(invocation: Invocation, seconds: float | None) -> None:
    from treadle.cli.session import may_make_store
    from treadle.service.application import Application
    from treadle.service.deployments import Deployments

    settings = invocation.settings()
    may_make_store(invocation, settings.db)
    application = Application(settings)
    await _keep_up(invocation, Deployments(application), seconds)


async def _demo(invocation: Invocation, seconds: float | None) -> None:
    from treadle.demo.demo import demo_settings, deploy_demo, serving
    from treadle.service.application import Application
    from treadle.service.deployments import Deployments

    # A store named here and now is meant; the project's own, from its settings, is not for trying things out.
    db = invocation.db or os.environ.get("TREADLE_DB")
    async with serving(demo_settings(invocation.settings(), db=db)) as settings:
        deployments = Deployments(Application(settings))
        await _keep_up(invocation, deployments, seconds, demo=lambda: deploy_demo(deployments))


async def _keep_up(
    invocation: Invocation,
    deployments: Deployments,
    seconds: float | None,
    *,
    demo: Callable[[], Awaitable[None]] | None = None,
) -> None:
    """Open everything, show what happens until asked to stop, and close in order: the scheduler first, so that
    nothing new comes in while the engine drains."""
    from treadle.cli.dashboard import Dashboard
    from treadle.cli.session import Stop
    from treadle.cli.showing import Showing
    from treadle.service.events import Events

    application = deployments.application
    showing = Showing(invocation, Dashboard(application, deployments, demo=demo is not None))
    with Stop() as stop:
        async with application:
            if demo is not None:
                await demo()
            # What is loaded now stays: a collector that need not look at it again leaves a fifth more time for runs.
            gc.collect()
            gc.freeze()
            async with deployments.scheduler(), Events(application).delivery(), showing:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(seconds):
                        await stop.asked.wait()
            _say_stopping(invocation, application)
    showing.close()


def _say_stopping(invocation: Invocation, application: Application) -> None:
    active = application.dispatcher.active
    if active and not invocation.json:
        from treadle.cli.mark import count

        invocation.screen.say(f"[dim]Stopping: {count(active, 'run')} under way, their nodes finish first.[/]")
