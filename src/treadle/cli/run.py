"""`treadle run`: run a workflow once, from a file or from the store."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from treadle.cli.command import COMPLETED, FAILED, INTERRUPTED, SUSPENDED, Invocation, command
from treadle.cli.confirming import Confirm, confirmed
from treadle.cli.deploy_options import read_params, read_profiles
from treadle.errors import InvalidWorkflow, NotFound

if TYPE_CHECKING:
    from treadle.model.breakpoints import Breakpoints
    from treadle.model.run import ExecutionResult
    from treadle.service.application import Application
    from treadle.service.execution import ExecutionRequest

EXIT_CODES = {"completed": COMPLETED, "failed": FAILED, "cancelled": FAILED, "suspended": SUSPENDED}
_MODES = ("live", "paper", "test")


@command
def run(
    invocation: Invocation,
    workflow: Annotated[str, typer.Argument(metavar="FILE|NAME", help="A workflow file, or a stored workflow.")],
    input_: Annotated[
        str | None, typer.Option("--input", metavar="JSON|@FILE", help="The input as a JSON object.")
    ] = None,
    pair: Annotated[
        list[str] | None, typer.Option("-i", metavar="KEY=VALUE", help="One input; may be repeated.")
    ] = None,
    mode: Annotated[
        str | None, typer.Option(help="live, paper, or test; default: live, with breakpoints test.")
    ] = None,
    trigger: Annotated[str | None, typer.Option(help="The trigger node that fires.")] = None,
    name: Annotated[
        str | None, typer.Option("--workflow", metavar="NAME", help="Which workflow of a file with several.")
    ] = None,
    param: Annotated[
        list[str] | None, typer.Option("--param", metavar="KEY=VALUE", help="One value that is read as `params.KEY`.")
    ] = None,
    profile: Annotated[
        list[str] | None, typer.Option("--profile", metavar="NAME", help="Credentials it reads before all others.")
    ] = None,
    version: Annotated[
        str | None,
        typer.Option(
            metavar="V", help="Which version of a stored workflow: its number or digest; in a test also `draft`."
        ),
    ] = None,
    break_: Annotated[
        list[str] | None,
        typer.Option("--break", metavar="NODE", help="In a test: stop before this node; may be repeated."),
    ] = None,
    step: Annotated[bool, typer.Option("--step", help="In a test: stop before every node.")] = False,
    watch: Annotated[bool, typer.Option("--watch", "-w", help="Draw the progress node by node.")] = False,
    confirm: Confirm = None,
    wait: Annotated[bool, typer.Option("--wait", help="Wait until a suspended run has finished.")] = False,
) -> int:
    """Run a workflow once and print its output.

    Ctrl-C lets the nodes under way finish and keeps the run: [bold]treadle retry[/] goes on with it. A run that stands
    at a breakpoint goes on with [bold]treadle continue[/].
    """
    from treadle.model.breakpoints import Breakpoints

    breakpoints = Breakpoints(tuple(break_ or ()), step) if break_ or step else None
    mode = mode or ("live" if breakpoints is None else "test")
    if mode not in _MODES:
        raise InvalidWorkflow(
            f"There is no mode `{mode}`.", code="unknown_mode", remedy="Modes are live, paper and test."
        )
    from treadle.cli.session import wait_for

    given = _Given(input_, pair or [], param or [], read_profiles(profile) or [], breakpoints, confirm)
    return wait_for(_run(invocation, workflow, given, mode, trigger, name, version, watch, wait))


@dataclass(frozen=True, slots=True)
class _Given:
    """What the run is given on the command line."""

    input: str | None
    pairs: list[str]
    params: list[str]
    profiles: list[str]
    breakpoints: Breakpoints | None
    confirm: str | None


async def _run(
    invocation: Invocation,
    workflow: str,
    given: _Given,
    mode: Any,
    trigger: str | None,
    name: str | None,
    version: str | None,
    watch: bool,
    wait: bool,
) -> int:
    from treadle.cli.outcome import print_result, stand
    from treadle.cli.session import may_make_store
    from treadle.cli.source import is_file, read_all, read_input
    from treadle.service.application import Application
    from treadle.service.execution import ExecutionRequest
    from treadle.service.project import installed_registry
    from treadle.service.unpublished import Unpublished
    from treadle.service.version_names import DRAFT

    settings = invocation.settings()
    may_make_store(invocation, settings.db)
    registry = installed_registry(settings)
    if version is not None and is_file(workflow):
        raise InvalidWorkflow(
            "A file is one version, and `--version` names another.",
            code="invalid_argument",
            remedy="Name the stored workflow instead of the file, or leave out `--version`.",
        )
    document, others = read_all(workflow, registry, name=name) if is_file(workflow) else (None, [])
    chosen = document.workflow if document is not None and document.workflow is not None else workflow
    declared = None if isinstance(chosen, str) else chosen.inputs
    values = read_input(given.input, given.pairs, declared=declared)
    source = document.text if document is not None else None
    beside = tuple((other.workflow, other.text) for other in others if other.workflow is not None)
    request = ExecutionRequest(
        chosen,
        input=values,
        mode=mode,
        source=source,
        trigger=trigger,
        params=read_params(given.params, {}) or {},
        profiles=tuple(given.profiles),
        version=version,
        beside=beside,
        breakpoints=given.breakpoints,
        confirm=given.confirm,
    )
    async with Application(settings, registry=registry, recovers=False) as application:
        if version == DRAFT and mode == "test":
            drafted = await Unpublished(application).read_draft(workflow)
            request = replace(request, workflow=drafted.workflow, source=drafted.source, version=None)
        result, interrupted = await see_through(invocation, application, request, watch=watch, wait=wait)
        standing = await stand(application, result)
    print_result(invocation, standing, watched=watch)
    return INTERRUPTED if interrupted and result.status == "suspended" else EXIT_CODES[result.status]


async def see_through(
    invocation: Invocation, application: Application, request: ExecutionRequest, *, watch: bool, wait: bool
) -> tuple[ExecutionResult, bool]:
    """Run until done, suspended or interrupted; with `wait` on through suspensions."""
    from treadle.cli.session import Stop, note_under_way, say_finishing
    from treadle.cli.watching import Watching
    from treadle.service.failures import find_missing_handler
    from treadle.service.preparation import prepare

    try:
        prepared = await confirmed(
            invocation, request.confirm, lambda said: prepare(application, replace(request, confirm=said))
        )
    except NotFound as error:
        raise _explain(error) from None
    handler = await find_missing_handler(application, prepared.plan.workflow)
    if handler is not None:
        invocation.screen.note(
            f"[yellow]Warning:[/] `on_failure` names `{handler}`, which is not in the store. "
            f"[dim]Publish it: it is then started for the failures of the last 7 days.[/]"
        )
    under_way: dict[str, None] = {}
    forget = application.dispatcher.watch(lambda event: note_under_way(under_way, event))
    draining: list[asyncio.Task[None]] = []

    def stop_softly() -> None:
        say_finishing(invocation, under_way)
        draining.append(asyncio.create_task(application.dispatcher.drain()))

    with Stop(stop_softly) as stop:
        watching = Watching(invocation.screen, application, prepared.plan) if watch else None
        if watching is not None:
            watching.start()
        try:
            result = (await application.run(prepared)).result
            if wait and result.status == "suspended" and not stop.asked.is_set():
                result = await wait_until_finished(invocation, application, result, stop.asked)
        finally:
            if watching is not None:
                await watching.stop()
            forget()
        await asyncio.gather(*draining)
        return result, stop.asked.is_set()


def _explain(error: NotFound) -> NotFound:
    """Of a name that the store does not hold: how it comes to hold it."""
    if error.code != "unknown_workflow":
        return error
    remedy = "`treadle run FILE` stores it; `treadle list --workflows` shows those that are stored."
    return NotFound(error.message, code=error.code, remedy=remedy, **error.attributes)


async def wait_until_finished(
    invocation: Invocation, application: Application, result: ExecutionResult, stopped: asyncio.Event
) -> ExecutionResult:
    """Wait on; says once who is waited for when that is a person."""
    doubtful = [path for path, node in result.nodes.items() if node.status == "in_doubt"]
    if doubtful:
        from treadle.cli.outcome import in_doubt_help

        invocation.screen.note(in_doubt_help(result.run_id, doubtful[0]))
    finishing = asyncio.create_task(application.wait(result.run_id))
    stopping = asyncio.create_task(stopped.wait())
    done, pending = await asyncio.wait({finishing, stopping}, return_when=asyncio.FIRST_COMPLETED)
    for task in pending:
        task.cancel()
    if pending:
        await asyncio.wait(pending)
    return finishing.result() if finishing in done else await application.get_result(result.run_id)
