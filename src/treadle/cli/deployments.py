"""`treadle deployments`: what runs by itself, how it stands, and what it remembers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from treadle.cli.command import Db, Debug, Invocation, Json, command, take_common
from treadle.cli.confirming import Confirm, confirmed
from treadle.cli.deployment_view import (
    describe,
    has_address,
    show_counters,
    show_limits,
    show_rate,
    show_value,
    show_values,
    show_version,
    show_when,
    stands_still,
)
from treadle.errors import InvalidWorkflow, NotFound

if TYPE_CHECKING:
    from rich.text import Text

    from treadle.service.standing import Standing

Name = Annotated[str, typer.Argument(metavar="NAME", help="The deployment's name.")]

app = typer.Typer(help="List deployments: what runs by itself, when, and what came of it.")


@command
def _list(invocation: Invocation) -> None:
    from treadle.cli.session import wait_for

    wait_for(_list_all(invocation))


@app.callback(invoke_without_command=True)
def deployments(ctx: typer.Context, db: Db = None, json: Json = False, debug: Debug = False) -> None:
    """List deployments: what runs by itself, when, and what came of it."""
    take_common(ctx, db=db, json=json, debug=debug)
    if ctx.invoked_subcommand is None:
        _list(ctx=ctx, db=None, json=False, debug=False)


@app.command("show")
@command
def show(invocation: Invocation, name: Name) -> None:
    """Show everything about one deployment."""
    from treadle.cli.session import wait_for

    wait_for(_show(invocation, name))


@app.command("clone")
@command
def clone(
    invocation: Invocation,
    name: Name,
    new_name: Annotated[str, typer.Argument(metavar="NEW", help="The clone's name.")],
    version: Annotated[str | None, typer.Option(metavar="V", help="Another version, or `latest`.")] = None,
    mode: Annotated[str | None, typer.Option(help="live, paper, or test.")] = None,
    param: Annotated[list[str] | None, typer.Option("--param", metavar="KEY=VALUE", help="Another parameter.")] = None,
    profile: Annotated[
        list[str] | None, typer.Option("--profile", metavar="NAME", help="Other credentials; `none` for none.")
    ] = None,
    paused: Annotated[bool, typer.Option("--paused", help="Do not start it yet.")] = False,
    confirm: Confirm = None,
) -> None:
    """Make another deployment like one there is; its state is its own, and empty."""
    from treadle.cli.session import wait_for

    wait_for(_clone(invocation, name, new_name, version, mode, param or [], profile, paused, confirm))


@app.command("state")
@command
def state(
    invocation: Invocation,
    name: Name,
    key: Annotated[str | None, typer.Argument(metavar="KEY", help="One value of it.")] = None,
    value: Annotated[str | None, typer.Argument(metavar="VALUE", help="What to set it to: JSON, or text.")] = None,
    clear: Annotated[bool, typer.Option("--clear", help="Remove the value, or without KEY all of them.")] = False,
) -> None:
    """Show, set or clear what a deployment remembers from run to run.

    A run under way writes what it changes when it finishes: pause the deployment first to be sure of what stays.
    """
    from treadle.cli.session import wait_for

    if clear and value is not None:
        raise InvalidWorkflow(
            "A value cannot be set and cleared.", code="invalid_argument", remedy="Leave out VALUE or `--clear`."
        )
    wait_for(_state(invocation, name, key, value, clear=clear))


async def _list_all(invocation: Invocation) -> None:
    from rich.markup import escape

    from treadle.cli.reaching import link_base
    from treadle.cli.screen import new_table
    from treadle.cli.session import reading
    from treadle.service.deployments import Deployments
    from treadle.service.standing import list_standings

    async with reading(invocation) as application:
        found = await list_standings(application, await Deployments(application).list())
        base = link_base(application.settings) if any(map(has_address, found)) else ""
    screen = invocation.screen
    if invocation.json:
        screen.print_json([describe(standing, base=base) for standing in found])
        return
    if not found:
        screen.say("[dim]No deployments yet. `treadle deploy FILE --every 5m` makes one.[/]")
        return
    columns = ("deployment", "status", "when", "version", "runs", "ok", "mean", "p95", "last", "next", "counted")
    table = new_table(*columns, right=["runs", "ok", "mean", "p95"])
    for standing in found:
        table.add_row(*_row(standing))
    screen.print_table(table)
    for standing in found:
        for text in stands_still(standing):
            screen.say(f"[bold]{standing.deployment.name}[/]: {text}")
    # In full, where no column cuts them: they are there to be copied.
    for standing in filter(has_address, found):
        screen.say(f"[dim]{standing.deployment.name}: {escape(show_when(standing.triggers, base=base))}[/]")


def _row(standing: Standing) -> list[str | Text]:
    from rich.text import Text

    from treadle.cli.mark import show_duration, show_time, show_until, sign, status_text
    from treadle.engine.clock import SystemClock

    one, metrics, now = standing.deployment, standing.metrics, SystemClock().now()
    last = Text("–", style="dim")
    if metrics.last_status is not None:
        last = sign(metrics.last_status).append(f" {show_time(metrics.last_finished_at, zone=True)}", style="dim")
    return [
        Text(one.name, style="bold"),
        status_text(one.status),
        show_when(standing.triggers),
        show_version(standing),
        str(metrics.runs),
        show_rate(metrics.success_rate),
        show_duration(metrics.mean_ms),
        show_duration(metrics.p95_ms),
        last,
        show_until(standing.next_due, now, zone=True),
        show_counters(metrics.counters),
    ]


async def _show(invocation: Invocation, name: str) -> None:
    from treadle.cli.mark import show_duration, show_moment, show_until, status_text
    from treadle.cli.reaching import link_base
    from treadle.cli.session import reading
    from treadle.cli.trades import say_figures
    from treadle.engine.clock import SystemClock
    from treadle.service.bots.bots import Bots
    from treadle.service.deployments import Deployments
    from treadle.service.standing import list_standings

    async with reading(invocation) as application:
        service = Deployments(application)
        (standing,) = await list_standings(application, [await service.get(name)])
        kept = await service.list_state(name)
        traded = await Bots(application).figures(name)
        base = link_base(application.settings) if has_address(standing) else ""
    one, metrics, screen = standing.deployment, standing.metrics, invocation.screen
    if invocation.json:
        bot = traded.to_dict() if traded.has_dealt else None
        screen.print_json({**describe(standing, base=base), "bot": bot, "state": kept})
        return
    now = SystemClock().now()
    screen.say(f"{status_text(one.status).markup}  [bold]{one.name}[/]")
    for text in stands_still(standing):
        screen.say(f"  {text}")
    refusal = standing.last_refusal
    ran = f"{metrics.completed} completed, {metrics.failed} failed, {metrics.cancelled} cancelled"
    facts = {
        "workflow": f"{one.workflow} version {show_version(standing)}, {one.mode}",
        "starts": show_when(standing.triggers, base=base),
        "next": show_until(standing.next_due, now, zone=True),
        "now": f"{standing.under_way} under way, {standing.queued} queued",
        "at once": show_limits(describe(standing)["limits"]),
        "profiles": ", ".join(one.profiles),
        "input": show_values(one.input),
        "params": show_values(one.params),
        "runs": f"{ran}, {metrics.skipped} left out" if metrics.runs or metrics.skipped else "none yet",
        "refused": f"{metrics.refused} could start no run, the last at {show_moment(refusal.at)} for {refusal.about}: "
        f"{refusal.message}"
        if refusal is not None
        else "",
        "success": show_rate(metrics.success_rate),
        "took": f"{show_duration(metrics.mean_ms)} on average, 95 % within {show_duration(metrics.p95_ms)}"
        if metrics.mean_ms is not None
        else "",
        "last run": f"{metrics.last_status} at {show_moment(metrics.last_finished_at)}" if metrics.last_status else "",
        "counted": show_counters(metrics.counters),
        "traded": say_figures(traded) if traded.has_dealt else "",
        "state": show_values(kept),
    }
    for fact, text in facts.items():
        if text:
            screen.say(f"  [dim]{fact:<9}[/] {text}")


async def _clone(
    invocation: Invocation,
    name: str,
    new_name: str,
    version: str | None,
    mode: str | None,
    params: list[str],
    profiles: list[str] | None,
    paused: bool,
    confirm: str | None,
) -> None:
    from treadle.cli.deploy_options import read_mode, read_params, read_profiles
    from treadle.cli.session import reading
    from treadle.service.deployments import Deployments

    async with reading(invocation) as application:
        service = Deployments(application)
        before = await service.get(name)
        cloned = await confirmed(
            invocation,
            confirm,
            lambda said: service.clone(
                name,
                new_name,
                version=version,
                mode=read_mode(mode),
                params=read_params(params, before.params),
                profiles=read_profiles(profiles),
                paused=paused,
                confirm=said,
            ),
        )
        await say_changed(invocation, application, cloned)


async def _state(invocation: Invocation, name: str, key: str | None, value: str | None, *, clear: bool) -> None:
    from treadle.cli.mark import count
    from treadle.cli.session import reading
    from treadle.cli.source import read_content
    from treadle.service.deployments import Deployments

    screen = invocation.screen
    async with reading(invocation) as application:
        service = Deployments(application)
        if clear and key is None:
            removed = await service.clear_state(name)
            if not invocation.json:
                screen.say(f"{count(removed, 'value')} removed.")
        elif clear or value is not None:
            await service.set_state(name, str(key), None if value is None else read_content(value, "The value"))
        kept = await service.list_state(name)
    if key is not None and not clear and value is None:
        if key not in kept:
            listed = f"It has {', '.join(f'`{name}`' for name in kept)}." if kept else "It remembers nothing yet."
            raise NotFound(f"`{name}` remembers no `{key}`.", code="unknown_key", remedy=listed)
        screen.print_json(kept[key])
    elif invocation.json:
        screen.print_json(kept)
    elif not (clear and key is None):
        for one, content in kept.items():
            screen.say(f"  [dim]{one}[/] {show_value(content)}")
        if not kept:
            screen.say(f"[dim]`{name}` remembers nothing.[/]")


async def say_changed(invocation: Invocation, application: Any, changed: Any) -> None:
    """A deployment as it is after it was changed."""
    from treadle.cli.mark import status_text
    from treadle.service.standing import list_standings

    (standing,) = await list_standings(application, [changed])
    if invocation.json:
        invocation.screen.print_json(describe(standing))
    else:
        invocation.screen.say(f"{status_text(changed.status).markup}  [bold]{changed.name}[/]")
