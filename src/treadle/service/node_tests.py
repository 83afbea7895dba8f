"""Trying one node out: with given inputs and config, in a workflow that holds nothing else and is not kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, cast

from treadle.engine.compile import compile_plan
from treadle.engine.redaction import Redactor
from treadle.errors import InvalidWorkflow
from treadle.model.ids import new_run_id
from treadle.model.issue import Issue
from treadle.model.nearest import listed, suggest
from treadle.model.policy import Mode
from treadle.model.policy import Settings as WorkflowSettings
from treadle.model.port import InputPort
from treadle.model.run import ExecutionResult, Failure, Origin, RunRecord
from treadle.model.workflow import Connection, Node, Workflow
from treadle.node.definition import NodeDefinition
from treadle.service.access.operation import note_details, operation
from treadle.service.application import Application
from treadle.service.preparation import Prepared
from treadle.service.profiles import require_credentials
from treadle.service.vault.credentials import Credentials

SECONDS = 60.0
"""How long a try may take."""
_NAME, _NODE, _GIVEN = "node-test", "node", "given"
_STANDS_IN = "data.transform"


@dataclass(frozen=True, slots=True)
class NodeTried:
    """What came of it. `outputs` are the live ports. `status` `waiting`: it waits for a time or a person, which nobody
    does here."""

    status: str
    outputs: Mapping[str, Any] = field(default_factory=dict[str, Any])
    error: Failure | None = None
    duration_ms: float | None = None


class NodeTests:
    """The operation of trying a node out."""

    def __init__(self, application: Application) -> None:
        self.application = application

    @operation("runs.test")
    async def run(
        self,
        type_: str,
        *,
        config: Mapping[str, Any],
        inputs: Mapping[str, Any],
        mode: Mode = "test",
        profiles: Sequence[str] = (),
    ) -> NodeTried:
        """Run one node. An effect does what it does. Raises `NotFound` (`unknown_node_type`), `InvalidWorkflow` with
        everything that is wrong in config and inputs, `LimitExceeded` (it is a run of who asks for it); a node that
        fails is no exception."""
        application = self.application
        note_details(node_type=type_)
        definition = application.registry.get(type_)
        workflow = _wrap(definition, config, inputs)
        _check(application, workflow)
        plan = compile_plan(workflow, application.registry)
        if plan.secrets or profiles:
            await application.vault.refresh()
            await Credentials(application).require_usable(profiles)
        require_credentials(application.world, type_, plan.secrets, tuple(profiles))
        run = RunRecord(
            id=new_run_id(),
            workflow=workflow.name,
            version=workflow.version,
            mode=mode,
            input={},
            origin=Origin(profiles=tuple(profiles), account=application.actor.user_id),
            created_at=application.world.clock.now(),
            save="none",
        )
        async with application.quotas.trying_node(application.actor.user_id, run.id) as most_seconds:
            if most_seconds is not None:
                run = replace(run, origin=replace(run.origin or Origin(), most_seconds=most_seconds))
            outcome = await application.run(Prepared(plan, run))
        result = outcome.result
        if result.status == "suspended":
            await application.store.request_cancel(run.id)
            application.dispatcher.cancel(run.id)
            application.dispatcher.look()
        return _tell(result, application.world.redactor_for(run.origin))


def _wrap(definition: NodeDefinition, config: Mapping[str, Any], inputs: Mapping[str, Any]) -> Workflow:
    """The node in a workflow of its own; what it is given comes from nodes whose output is pinned."""
    type_ = definition.type
    if type_.kind not in ("pure", "effect"):
        raise InvalidWorkflow(
            f"`{type_.name}` is a {type_.kind}: it does nothing by itself.",
            code="not_testable",
            remedy="Put it into a workflow, and run that in test mode.",
        )
    ports = {port.name: port for port in type_.inputs_of(config)}
    issues = [
        Issue(
            "unknown_port",
            f"`{type_.name}` has no input `{name}`.",
            ("inputs", name),
            remedy=suggest(name, list(ports), f"Its inputs are {listed(list(ports))}." if ports else "It has none."),
        )
        for name in inputs
        if name not in ports
    ]
    if issues:
        raise InvalidWorkflow(f"The inputs do not fit `{type_.name}`.", issues=tuple(issues))
    nodes = [Node(id=_NODE, type=type_.name, config=dict(config))]
    connections: list[Connection] = []
    for name, given in inputs.items():
        for value in _parts(ports[name], given):
            one = Node(id=f"{_GIVEN}-{len(connections)}", type=_STANDS_IN, config={"transform": "null"}, pinned=value)
            nodes.append(one)
            connections.append(Connection(source=one.id, output="output", target=_NODE, input=name))
    settings = WorkflowSettings(timeout=SECONDS, save="none")
    return Workflow(name=_NAME, nodes=tuple(nodes), connections=tuple(connections), settings=settings)


def _parts(port: InputPort, given: Any) -> Sequence[Any]:
    return cast("list[Any]", given) if port.collects and isinstance(given, list) else [given]


def _check(application: Application, workflow: Workflow) -> None:
    from treadle.authoring.check import check

    checked = check(workflow, application.registry)
    if not checked.valid:
        # The node is the first of the workflow; who asks has sent its config and inputs alone.
        raise InvalidWorkflow(
            "The node cannot run like this.",
            issues=tuple(
                Issue(one.code, one.message, one.path[2:], remedy=one.remedy, severity=one.severity)
                for one in checked.issues
            ),
        )


def _tell(result: ExecutionResult, redactor: Redactor) -> NodeTried:
    """Without a secret: whoever may use one is not told it."""
    found = result.nodes.get(_NODE)
    status = found.status if found is not None else "failed"
    if result.status == "suspended" and status not in ("completed", "failed"):
        status = "waiting"
    error = result.error
    if error is not None:
        details = redactor.value(dict(error.details))
        error = Failure(error.type, redactor.text(error.message), error.node, error.attempt, details)
    return NodeTried(
        status=status,
        outputs=redactor.ports(dict(found.outputs)) if found is not None else {},
        error=error,
        duration_ms=found.duration_ms if found is not None else None,
    )
