"""`treadle deploy`: make a workflow run by itself, or change how one does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from treadle.cli.command import Invocation, command
from treadle.cli.confirming import Confirm, confirmed
from treadle.cli.deploy_options import LimitOptions, read_every, read_limits, read_mode, read_params, read_profiles
from treadle.errors import InvalidWorkflow

if TYPE_CHECKING:
    from treadle.model.policy import Mode
    from treadle.model.workflow import Workflow
    from treadle.node.registry import Registry
    from treadle.service.application import Application
    from treadle.store.deployments import Deployment

_LIMITS = "Limits"
_IN_MODE = {"live": "live", "paper": "on paper", "test": "as a test"}


@command
def deploy(
    invocation: Invocation,
    file: Annotated[
        str | None,
        typer.Argument(metavar="FILE|NAME", help="A workflow file, or a stored workflow; without it, change `--name`."),
    ] = None,
    every: Annotated[
        str | None,
        typer.Option(metavar="5s|10m|own", help="How often; without it, or with `own`, the workflow's triggers say."),
    ] = None,
    name: Annotated[str | None, typer.Option(help="The deployment's name; else the workflow's.")] = None,
    workflow: Annotated[str | None, typer.Option(help="Which workflow of a file with several.")] = None,
    version: Annotated[str | None, typer.Option(metavar="V", help="A stored version, or `latest`.")] = None,
    latest: Annotated[bool, typer.Option("--latest", help="Each run is of the newest version there is.")] = False,
    input_: Annotated[str | None, typer.Option("--input", metavar="JSON|@FILE", help="What each run is given.")] = None,
    pair: Annotated[list[str] | None, typer.Option("-i", metavar="KEY=VALUE", help="One input.")] = None,
    param: Annotated[
        list[str] | None, typer.Option("--param", metavar="KEY=VALUE", help="One value that is read as `params.KEY`.")
    ] = None,
    profile: Annotated[
        list[str] | None,
        typer.Option("--profile", metavar="NAME", help="Credentials its runs read before all others; `none` for none."),
    ] = None,
    mode: Annotated[
        str | None,
        typer.Option(help="live, paper, or test; at first paper where it could order, else live."),
    ] = None,
    paused: Annotated[bool, typer.Option("--paused", help="Do not start it yet.")] = False,
    confirm: Confirm = None,
    move_waiting: Annotated[
        bool, typer.Option("--move-waiting", help="Move the runs that wait to the new version, too.")
    ] = False,
    concurrency: Annotated[
        int | None,
        typer.Option(metavar="N", help="How many runs there may be at once; 1 as it begins.", rich_help_panel=_LIMITS),
    ] = None,
    key: Annotated[
        str | None,
        typer.Option(
            metavar="EXPRESSION",
            help="Count them apart by what this gives for each run; `none` for all in one.",
            rich_help_panel=_LIMITS,
        ),
    ] = None,
    shared: Annotated[
        bool,
        typer.Option("--shared", help="Count runs of all deployments whose key is the same.", rich_help_panel=_LIMITS),
    ] = False,
    overlap: Annotated[
        str | None,
        typer.Option(metavar="skip|queue", help="What becomes of a run that finds no room.", rich_help_panel=_LIMITS),
    ] = None,
    rate: Annotated[
        str | None,
        typer.Option(metavar="10/1m", help="How many runs may begin in how long; `none`.", rich_help_panel=_LIMITS),
    ] = None,
    burst: Annotated[
        int | None, typer.Option(metavar="N", help="How many of them at once.", rich_help_panel=_LIMITS)
    ] = None,
    rate_key: Annotated[
        str | None,
        typer.Option(metavar="EXPRESSION", help="A rate for each value of this.", rich_help_panel=_LIMITS),
    ] = None,
) -> None:
    """Deploy a workflow: from then on [bold]treadle up[/] starts its runs when they are due.

    A deployment of the same name is changed, and keeps what is not given: runs under way finish as they began, the
    next is by the new version. Without FILE|NAME, only what is given changes. What could place orders begins on paper;
    [bold]--mode live[/] is for money, and asks what is at stake.
    """
    from treadle.cli.session import wait_for

    if latest and version not in (None, "latest"):
        raise InvalidWorkflow(
            f"`--latest` and `--version {version}` are two versions.",
            code="invalid_argument",
            remedy="Leave out one of them.",
        )
    limits = LimitOptions(concurrency, key, shared, rate, burst, rate_key, overlap)
    asked = _Asked(
        file=file,
        name=name,
        workflow=workflow,
        version="latest" if latest else version,
        every=read_every(every),
        input=input_,
        pairs=pair or [],
        params=param or [],
        profiles=profile,
        mode=read_mode(mode),
        paused=paused,
        move_waiting=move_waiting,
        confirm=confirm,
        limits=limits,
    )
    wait_for(_change(invocation, asked) if file is None else _deploy(invocation, asked, file))


@dataclass(frozen=True, slots=True)
class _Source:
    """What is deployed. `text` is the file's; None for a stored version."""

    workflow: Workflow
    text: str | None


@dataclass(frozen=True, slots=True)
class _Asked:
    file: str | None
    name: str | None
    workflow: str | None
    version: str | None
    every: float | Literal["own"] | None
    input: str | None
    pairs: list[str]
    params: list[str]
    profiles: list[str] | None
    mode: Mode | None
    paused: bool
    move_waiting: bool
    confirm: str | None
    limits: LimitOptions


async def _deploy(invocation: Invocation, asked: _Asked, file: str) -> None:
    from treadle.cli.session import may_make_store
    from treadle.cli.source import read_input
    from treadle.cli.stored import is_stored, read_published, refuse_choice
    from treadle.service.application import Application
    from treadle.service.deployments import Deployments
    from treadle.service.project import installed_registry

    by_name = is_stored(invocation, file)
    if by_name:
        refuse_choice(file, asked.workflow)
    elif asked.version is not None and asked.version != "latest":
        raise InvalidWorkflow(
            "A file is one version, and `--version` names another.",
            code="invalid_argument",
            remedy=f"Leave out one of them: `treadle deploy --name NAME --version {asked.version}`.",
        )
    settings = invocation.settings()
    may_make_store(invocation, settings.db)
    registry = installed_registry(settings)
    source = None if by_name else _read_file(file, registry, name=asked.workflow)
    async with Application(settings, registry=registry, recovers=False) as application:
        if source is None:
            source = _Source(await read_published(application, file, asked.version), None)
        service, definition, text = Deployments(application), source.workflow, source.text
        before = await service.find(asked.name or definition.name)
        given = None
        if before is None or asked.input is not None or asked.pairs:
            given = {
                **(before.input if before is not None and asked.input is None else {}),
                **read_input(asked.input, asked.pairs, declared=definition.inputs),
            }
            _require_all(file, definition, given, registry, every=asked.every)
        deployment = await confirmed(
            invocation,
            asked.confirm,
            lambda said: service.deploy(
                definition,
                name=asked.name,
                every=asked.every,
                mode=asked.mode,
                input=given,
                params=read_params(asked.params, before.params if before else {}),
                profiles=read_profiles(asked.profiles),
                limits=read_limits(asked.limits, before),
                latest=True if asked.version == "latest" else None,
                paused=True if asked.paused else None,
                waiting="move" if asked.move_waiting else "keep",
                source=text,
                is_stored=text is None,
                confirm=said,
            ),
        )
        await _say(invocation, application, deployment, asked)


def _read_file(file: str, registry: Registry, *, name: str | None) -> _Source:
    from treadle.cli.source import read_one

    document = read_one(file, registry, name=name)
    if document.workflow is None:
        raise InvalidWorkflow(f"`{file}` cannot be read.")
    return _Source(document.workflow, document.text)


async def _change(invocation: Invocation, asked: _Asked) -> None:
    from treadle.cli.session import driving
    from treadle.cli.source import read_input
    from treadle.service.deployments import Deployments

    if asked.name is None:
        raise InvalidWorkflow(
            "Nothing says what to deploy.",
            code="invalid_argument",
            remedy="Give a workflow file or the name of a stored workflow, or `--name` of the deployment to change.",
        )
    async with driving(invocation) as application:
        service = Deployments(application)
        before = await service.get(asked.name)
        given = None
        if asked.input is not None or asked.pairs:
            workflow = await application.get_workflow(before.workflow, before.version)
            read = read_input(asked.input, asked.pairs, declared=workflow.inputs)
            given = read if asked.input is not None else {**before.input, **read}
        name = before.name
        changed = await confirmed(
            invocation,
            asked.confirm,
            lambda said: service.update(
                name,
                version=asked.version,
                every=asked.every,
                mode=asked.mode,
                input=given,
                params=read_params(asked.params, before.params),
                profiles=read_profiles(asked.profiles),
                limits=read_limits(asked.limits, before),
                waiting="move" if asked.move_waiting else "keep",
                confirm=said,
            ),
        )
        if asked.paused and changed.status == "active":
            changed = await service.pause(asked.name)
        await _say(invocation, application, changed, asked)


async def _say(invocation: Invocation, application: Application, deployment: Deployment, asked: _Asked) -> None:
    from treadle.cli.deployment_view import describe, has_address, show_version
    from treadle.cli.reaching import link_base
    from treadle.service.standing import list_standings

    (standing,) = await list_standings(application, [deployment])
    described = describe(standing, base=link_base(application.settings) if has_address(standing) else "")
    if invocation.json:
        invocation.screen.print_json(described)
        return
    after = (
        "`treadle up` runs it." if deployment.status == "active" else f"`treadle start {deployment.name}` starts it."
    )
    which = f"version {show_version(standing)} [dim]{described['version']}[/]" if standing.number else "latest"
    invocation.screen.say(
        f"{'Deployed' if asked.file else 'Changed'} [bold]{deployment.name}[/] {which}, "
        f"{_IN_MODE[deployment.mode]}, {described['when']}. {after}"
    )
    if asked.file and asked.mode is None and deployment.mode == "paper":
        invocation.screen.say(f"  Go live:  treadle deploy --name {deployment.name} --mode live")


def _require_all(
    file: str, workflow: Workflow, values: dict[str, Any], registry: Registry, *, every: float | Literal["own"] | None
) -> None:
    """Both at once where both are wrong: the input of the runs, and when they are to begin. Raises
    `InvalidWorkflow`."""
    from treadle.authoring.inputs import validate_input
    from treadle.model.issue import Issue
    from treadle.service.arming import is_armed

    if isinstance(every, float) or any(is_armed(node, registry) for node in workflow.nodes):
        return
    _, issues = validate_input(workflow, values)
    if issues:
        schedule = Issue(
            "no_schedule",
            f"Nothing says when `{workflow.name}` is to run.",
            remedy="Give it a `trigger.interval` node, or say how often: `--every 5m`.",
        )
        message = f"`{file}` cannot be deployed: {len(issues) + 1} problems."
        raise InvalidWorkflow(message, code="invalid_input", issues=(*issues, schedule))
