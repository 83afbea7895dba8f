"""Arming: which triggers a deployment of a workflow has, and what becomes of them when it changes."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from treadle.authoring.inputs import validate_input
from treadle.errors import Conflict, InvalidWorkflow
from treadle.model.issue import Issue
from treadle.model.workflow import Node, Workflow
from treadle.node.registry import Registry
from treadle.node.watching import Neighbour
from treadle.service.hooks.address import KINDS, brought_inputs, with_path
from treadle.store.sqlite_journal import SqliteStore
from treadle.store.triggers import Trigger
from treadle.store.versions import Following

Result = TypeVar("Result")

log = logging.getLogger("treadle.service")

STAND_IN = "@every"
"""The id of the interval that stands in for a workflow's own times; no node can be called so."""
_INTERVAL = "trigger.interval"
TOPICS = {"trigger.event": "*", "trigger.failure": "run.failed"}
"""Types that listen to events, and to which where they do not say so."""
_HEARING = {*TOPICS, *KINDS}
"""Types that start runs for what comes from outside, whatever the time."""


def find_triggers(
    workflow: Workflow,
    registry: Registry,
    *,
    deployment: str,
    now: datetime,
    every: float | None = None,
    before: Sequence[Trigger] = (),
    store: Path | None = None,
) -> list[Trigger]:
    """The triggers of a deployment of `workflow`; `every` seconds stand in for all that run on time. Webhooks and forms
    without an address get one, which nobody guesses who has not the key of the `store`.

    One that was there `before`, and fires at the same times, goes on as it was: paused, and without a gap. Raises
    `InvalidWorkflow`: `invalid_interval`, and `no_schedule` when nothing would ever start a run.
    """
    armed = [node for node in workflow.nodes if is_armed(node, registry)]
    timed = [node for node in armed if _is_timed(node, registry)]
    hearing = [node for node in armed if not _is_timed(node, registry)]
    found = [
        Trigger(deployment, node.id, node.id, node.type, _config(workflow, node, registry), _topic(node), armed_at=now)
        for node in [*([] if every is not None else timed), *hearing]
    ]
    if every is not None:
        own = next((node.id for node in timed if node.type == _INTERVAL), None)
        config = {"seconds": _interval(every, registry)}
        found.append(Trigger(deployment, STAND_IN, own, _INTERVAL, config, armed_at=now))
    if not found:
        raise InvalidWorkflow(
            f"Nothing says when `{workflow.name}` is to run.",
            code="no_schedule",
            remedy="Give it a `trigger.interval` node, or say how often: `--every 5m`.",
        )
    known = {trigger.id: trigger for trigger in before}
    if store is not None:
        found = [with_path(trigger, store) for trigger in found]
    return [_as_before(trigger, known.get(trigger.id)) for trigger in found]


async def release(
    store: SqliteStore,
    registry: Registry,
    workflow: Workflow,
    make_latest: Callable[[Following], Awaitable[Result]],
    *,
    now: datetime,
) -> Result:
    """Make `workflow` the latest of its name, with `make_latest`: the deployments that follow the latest have its
    triggers from the same moment on."""
    while True:
        try:
            return await make_latest(await _find_following(store, registry, workflow, now=now))
        except Conflict as changed:
            # Somebody has paused or deployed something since it was read.
            if changed.code != "triggers_changed":
                raise


async def _find_following(store: SqliteStore, registry: Registry, workflow: Workflow, *, now: datetime) -> Following:
    """The triggers that each deployment which follows the latest of `workflow` has of this one.

    What would keep it from being deployed is logged: publishing a version is not refused for it.
    """
    revision, following = await store.triggers_revision(), dict[str, Sequence[Trigger]]()
    for deployment in await store.list_deployments():
        if deployment.workflow != workflow.name or deployment.version is not None:
            continue
        before = await store.list_triggers(deployment=deployment.id)
        for issue in find_input_issues(workflow, deployment.input, registry):
            log.warning("Deployment %s of the latest `%s`: %s", deployment.name, workflow.name, issue.message)
        try:
            found = find_triggers(
                workflow,
                registry,
                deployment=deployment.id,
                now=now,
                every=stand_in_of(before),
                before=before,
                store=store.path,
            )
        except InvalidWorkflow as error:
            log.warning("Deployment %s of the latest `%s` starts no runs: %s", deployment.name, workflow.name, error)
            found = []
        if found != before:
            following[deployment.id] = found
    return Following(following, revision)


def is_armed(node: Node, registry: Registry) -> bool:
    """Whether a deployment fires the node by itself: at its times, or for what it hears."""
    definition = registry.find(node.type)
    by_itself = definition is not None and (definition.next_fire is not None or definition.watching is not None)
    return not node.disabled and (by_itself or node.type in _HEARING)


def _is_timed(node: Node, registry: Registry) -> bool:
    definition = registry.find(node.type)
    return definition is not None and definition.next_fire is not None


def resolved_config(workflow: Workflow, node: Node, registry: Registry) -> Mapping[str, Any]:
    """The config of a trigger that watches, standing by itself. Raises `InvalidWorkflow` (`invalid_trigger`)."""
    definition = registry.find(node.type)
    watching = None if definition is None else definition.watching
    if watching is None:
        return node.config
    beside = {one.id: Neighbour(one.type, one.config) for one in workflow.nodes if one.id != node.id}
    try:
        return watching.resolved(node.config, beside)
    except ValueError as error:
        what, _, remedy = str(error).partition(". ")
        raise InvalidWorkflow(
            f"The trigger `{node.id}` ({node.type}): {what.rstrip('.')}.",
            code="invalid_trigger",
            remedy=remedy or "Correct the workflow.",
        ) from None


def _config(workflow: Workflow, node: Node, registry: Registry) -> dict[str, Any]:
    return dict(resolved_config(workflow, node, registry))


def find_input_issues(workflow: Workflow, given: Mapping[str, Any], registry: Registry) -> list[Issue]:
    """What is wrong with a deployment's input; what its webhooks bring need not be in it."""
    brought = brought_inputs(workflow, (node.id for node in workflow.nodes if is_armed(node, registry)))
    _, issues = validate_input(workflow, given)
    return [issue for issue in issues if issue.code != "missing_input" or issue.path[-1] not in brought]


def stand_in_of(triggers: Sequence[Trigger]) -> float | None:
    """How many seconds stand in for the workflow's own times; None when nothing does."""
    return next((float(one.config["seconds"]) for one in triggers if one.id == STAND_IN), None)


def _as_before(trigger: Trigger, before: Trigger | None) -> Trigger:
    if before is None:
        return trigger
    same = (before.type, dict(before.config)) == (trigger.type, dict(trigger.config))
    # What was published before the change is heard by whoever listened then, though it is delivered after it.
    same = same or (trigger.topic is not None and before.topic is not None)
    return replace(trigger, status=before.status, armed_at=before.armed_at if same else trigger.armed_at)


def _topic(node: Node) -> str | None:
    """What the deployment hears; a trigger with several topics says itself which it takes."""
    config: Mapping[str, Any] = node.config
    if node.type in KINDS:
        return None
    named = config.get("topics") or config.get("topic")
    return str(named) if isinstance(named, str) else TOPICS.get(node.type)


def _interval(seconds: float, registry: Registry) -> float:
    problems = registry.get(_INTERVAL).config_problems({"seconds": seconds}, frozenset())
    if problems:
        raise InvalidWorkflow(
            f"The interval {seconds:g} s does not fit: {problems[0][1]}.",
            code="invalid_interval",
            remedy="Write 0.1 seconds or more, such as `5s` or `10m`.",
        )
    return seconds
