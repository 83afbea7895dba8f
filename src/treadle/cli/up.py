"""`treadle up`: the engine, its store, its scheduler and its server in one process, and what they do shown live."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from treadle.cli.command import Invocation, command

if TYPE_CHECKING:
    from treadle.service.deployments import Deployments

Host = Annotated[
    str | None, typer.Option("--host", metavar="ADDRESS", help="Listen on this address; default: loopback only.")
]
Port = Annotated[
    int | None, typer.Option("--port", metavar="PORT", min=0, max=65_535, help="Listen on this port; 0: a free one.")
]


@command
def up(
    invocation: Invocation,
    demo: Annotated[bool, typer.Option("--demo", help="Deploy three example workflows and show them at work.")] = False,
    empty: Annotated[bool, typer.Option("--empty", help="At a first start, without the two paper bots.")] = False,
    seconds: Annotated[
        float | None, typer.Option("--for", metavar="SECONDS", min=0.0, help="Stop by itself after so long.")
    ] = None,
    host: Host = None,
    port: Port = None,
    browser: Annotated[
        bool | None,
        typer.Option("--browser/--no-browser", metavar="", help="Open the browser; default: at the first start."),
    ] = None,
    server: Annotated[
        bool, typer.Option("--server/--no-server", metavar="", help="Whether to serve HTTP beside the engine.")
    ] = True,
) -> None:
    """Start everything: goes on with every unfinished run, runs what is deployed, serves the API and hosted pages.

    Ctrl-C and SIGTERM let the nodes under way finish and keep the rest for the next start.

    The first start in an empty folder deploys two bots that trade on paper, on simulated markets, so that there is
    something to look at. `treadle stop NAME` ends one.
    """
    from treadle.cli.keeping_up import run_loop

    run_loop(
        _up(invocation, demo=demo, empty=empty, seconds=seconds, host=host, port=port, browser=browser, server=server)
    )


async def _up(
    invocation: Invocation,
    *,
    demo: bool,
    empty: bool,
    seconds: float | None,
    host: str | None,
    port: int | None,
    browser: bool | None,
    server: bool,
) -> None:
    from treadle.cli.keeping_up import Wanted, keep_up, read_settings
    from treadle.cli.session import may_make_store
    from treadle.demo.first_start import is_untouched
    from treadle.service.application import Application
    from treadle.service.deployments import Deployments
    from treadle.service.logs import start_logs

    settings, chosen = read_settings(invocation, host=host, port=port)
    start_logs(format=settings.log_format, level="debug" if invocation.debug else settings.log_level)
    wanted = Wanted(settings, "port" not in chosen, server, browser=browser, seconds=seconds, demo=demo)
    if not demo:
        may_make_store(invocation, settings.db)
        bots = not empty and is_untouched(settings, chosen, Path.cwd())
        deployments = Deployments(Application(settings))
        await keep_up(invocation, wanted, deployments, demo=(lambda: _seed(invocation, deployments)) if bots else None)
        return
    from treadle.demo.demo import demo_settings, deploy_demo, serving

    # A store named here and now is meant; the project's own, from its settings, is not for trying things out.
    db = invocation.db or os.environ.get("TREADLE_DB")
    async with serving(demo_settings(settings, db=db)) as demonstrated:
        deployments = Deployments(Application(demonstrated))
        await keep_up(
            invocation, replace(wanted, settings=demonstrated), deployments, demo=lambda: deploy_demo(deployments)
        )


async def _seed(invocation: Invocation, deployments: Deployments) -> None:
    from treadle.demo.first_start import deploy_bots

    names = await deploy_bots(deployments)
    if names:
        invocation.screen.note(
            f"[dim]Trading on paper, on simulated markets: {', '.join(names)}. Nothing about them is real. "
            f"`treadle stop NAME` ends one; `treadle up --empty` starts without.[/]"
        )
