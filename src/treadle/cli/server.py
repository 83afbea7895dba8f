"""`treadle server`: what `treadle up` does, for a service manager: nothing drawn, logs as JSON, no browser."""

from __future__ import annotations

from treadle.cli.command import Invocation, command
from treadle.cli.up import Host, Port


@command
def server(invocation: Invocation, host: Host = None, port: Port = None) -> None:
    """Start everything as a service: as `up` does, with structured logs on standard error instead of a dashboard.

    SIGTERM lets the nodes under way finish and keeps the rest for the next start.
    """
    from treadle.cli.keeping_up import run_loop

    run_loop(_serve(invocation, host=host, port=port))


async def _serve(invocation: Invocation, *, host: str | None, port: int | None) -> None:
    from treadle.cli.keeping_up import Wanted, keep_up, read_settings
    from treadle.cli.session import may_make_store
    from treadle.service.application import Application
    from treadle.service.deployments import Deployments
    from treadle.service.logs import start_logs

    # A service's port is written down somewhere: another than that one would not be found.
    settings, _ = read_settings(invocation, host=host, port=port, log_format="json", log_level="info")
    start_logs(format=settings.log_format, level="debug" if invocation.debug else settings.log_level)
    may_make_store(invocation, settings.db)
    wanted = Wanted(settings, shows=False, browser=False)
    await keep_up(invocation, wanted, Deployments(Application(settings)))
