"""Preparation: everything about a request is checked, and what it will be a run of is stored, before there is a run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from treadle.authoring.inputs import validate_input
from treadle.dispatch.plans import write_version
from treadle.engine.compile import compile_plan
from treadle.engine.plan import Plan
from treadle.errors import InvalidWorkflow, NotFound
from treadle.model.ids import new_run_id
from treadle.model.nearest import listed, suggest
from treadle.model.run import Origin, RunRecord
from treadle.model.workflow import Workflow
from treadle.node.registry import Registry
from treadle.service.access.sharing import Sharing
from treadle.service.calls import require_reach
from treadle.service.confirming import Confirming
from treadle.service.debugging import require_nodes, require_test
from treadle.service.execution import ExecutionRequest, pin
from treadle.service.glancing import glance
from treadle.service.profiles import require_credentials
from treadle.service.vault.credentials import Credentials
from treadle.store.workflows import workflow_deleted

if TYPE_CHECKING:
    from treadle.service.application import Application


@dataclass(frozen=True, slots=True)
class Prepared:
    """A request that passed every check: its plan and the run's row."""

    plan: Plan
    run: RunRecord


async def prepare(application: Application, request: ExecutionRequest) -> Prepared:
    """Check everything about a request before anything of a run is written. Raises `InvalidWorkflow`, `NotFound`,
    `LimitExceeded`, `Conflict` (`confirmation_required`)."""
    require_test(request.mode, request.breakpoints)
    workflow = await _find_workflow(application, request)
    values, issues = validate_input(workflow, request.input)
    if issues:
        raise InvalidWorkflow(
            f"The input of `{workflow.name}` is wrong: {' '.join(issue.message for issue in issues)}",
            code="invalid_input",
            issues=issues,
        )
    if request.trigger is not None and workflow.find_node(request.trigger) is None:
        raise NotFound(
            f"`{workflow.name}` has no trigger `{request.trigger}`.",
            code="unknown_trigger",
            remedy=_name_a_trigger(application.registry, workflow, request.trigger),
        )
    await _require_stored(application, workflow, request)
    plan = application.plans.find(workflow.name, workflow.version) or compile_plan(workflow, application.registry)
    if request.breakpoints is not None:
        await application.access.require(application.actor, "runs.debug", "workflow", workflow.name)
        require_nodes(plan, request.breakpoints)
    if plan.secrets or request.profiles:
        await application.vault.refresh()
        if request.deployment is None:
            await Credentials(application).require_usable(request.profiles)
    require_credentials(application.world, workflow.name, plan.secrets, request.profiles)
    await Confirming(application).require_run(workflow, request)
    return Prepared(plan, await glance(application, plan, await _create_run(application, workflow, values, request)))


async def _find_workflow(application: Application, request: ExecutionRequest) -> Workflow:
    """The workflow that is meant, with what is pinned; it may be tried out, or is there to be run."""
    workflow = request.workflow
    if isinstance(workflow, str):
        if request.deployment is None and await application.store.find_deleted(workflow):
            raise workflow_deleted(workflow)
        workflow = await application.get_workflow(workflow, request.version)
    elif request.deployment is None:
        await application.access.require_to_test(application.actor, workflow.name)
    return pin(workflow, request.pinned, mode=request.mode) if request.pinned else workflow


async def _require_stored(application: Application, workflow: Workflow, request: ExecutionRequest) -> None:
    """Check the workflow, and have the store keep it and those beside it: a run is of a version that is there."""
    if not request.pinned and (isinstance(request.workflow, str) or request.deployment is not None):
        application.check(workflow)  # it is in the store; to run an older version is not to publish it
    elif request.mode == "test" or application.kept.get(workflow.name) != workflow.version:
        await keep(application, workflow, source=request.source, tries=request.mode == "test")
    for other, text in request.beside:
        await application.access.require_to_test(application.actor, other.name)
        await keep(application, other, source=text)


async def keep(application: Application, workflow: Workflow, *, source: str | None, tries: bool = False) -> None:
    """Check a workflow and store its version, to be run: what follows the latest does not take it up. What is only
    tried out (`tries`) is none of its versions. Raises `InvalidWorkflow` with every issue."""
    application.check(workflow)
    await require_reach(application, workflow)
    await Sharing(application).own(workflow.name)
    document = write_version(workflow, source=source)
    if tries:
        await application.store.keep_trial(workflow.name, workflow.version, document, form=workflow.form)
        return
    await application.store.keep_version(workflow.name, workflow.version, document, form=workflow.form)
    application.kept.remember(workflow.name, workflow.version)


async def _create_run(
    application: Application, workflow: Workflow, values: Mapping[str, Any], request: ExecutionRequest
) -> RunRecord:
    """The run's row, on an account that has room for it. Raises `LimitExceeded`."""
    world = application.world
    run_id = request.run_id or new_run_id()
    account = await find_account(application, workflow.name, request.account)
    origin = Origin(
        profiles=request.profiles,
        trace=None if world.tracer is None else world.tracer.parent(),
        most_seconds=await application.quotas.require_run(workflow, account, run_id),
        account=account,
        breakpoints=request.breakpoints,
    )
    redactor = world.redactor_for(origin)  # what is kept of a run holds no secret, whoever put it in
    return RunRecord(
        id=run_id,
        workflow=workflow.name,
        version=workflow.version,
        mode=request.mode,
        input=redactor.ports(values),
        trigger=request.trigger,
        fired=redactor.value(request.fired),
        deployment=request.deployment,
        params=redactor.ports(request.params),
        origin=None if origin == Origin() else origin,
        created_at=request.at or world.clock.now(),
        save=workflow.settings.save if request.breakpoints is None else "all",
        retention=workflow.settings.retention,
    )


async def find_account(application: Application, workflow: str, starter: str | None = None) -> str | None:
    """On whose account a run of it is: its owner's or, where it has none, the starter's (None: who asks)."""
    if not (application.vault.owners or await application.quotas.is_anybody_bound()):
        return None  # nobody has anything to count or to keep
    return (await application.store.find_holding(workflow)).owner or starter or application.actor.user_id


def _name_a_trigger(registry: Registry, workflow: Workflow, meant: str) -> str:
    found = [(node.id, registry.find(node.type)) for node in workflow.nodes]
    names = [name for name, definition in found if definition is not None and definition.type.kind == "trigger"]
    if not names:
        return "It has no trigger nodes: run it without naming one."
    return suggest(meant, names, f"Its trigger nodes are {listed(names)}.")
