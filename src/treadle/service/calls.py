"""Calls: which workflows a definition has started by name or listens to, and whether whoever brings it may have that.

A run reaches what the owner of its workflow does (`Access.require_to_call`, `Access.may_hear_of`). So that nobody
reaches through somebody else's workflow what they do not reach themself, whoever publishes, tries out or deploys a
definition has to.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING

from treadle.dispatch.plans import read_version
from treadle.errors import Forbidden, NotFound
from treadle.model.holding import LEVELS
from treadle.service.access.authorise import find_level
from treadle.service.arming import TOPICS

if TYPE_CHECKING:
    from treadle.model.workflow import Workflow
    from treadle.service.application import Application

ON_FAILURE = "`on_failure`"
"""Where a workflow names the one that is started when a run fails."""


async def require_named_workflows(application: Application, workflow: Workflow) -> None:
    """Every workflow that this one starts by a name that is written down has to be in the store, and the actor's to
    run: as a child, or when a run fails. Raises `NotFound` (`unknown_workflow`) that names all that are not, and what
    `require_reach` raises."""
    await require_reach(application, workflow)
    known = {version.workflow for version in await application.store.list_versions()} | {workflow.name}
    missing = [f"{where} names `{name}`" for where, name in named_workflows(workflow) if name not in known]
    if missing:
        raise _unknown(workflow, missing)


async def require_reach(application: Application, workflow: Workflow) -> None:
    """Nothing, if the actor may operate every workflow that this one starts by a name that is written down; one that is
    not in the store yet is nobody's.

    Raises `NotFound` (`unknown_workflow`) that names all others, and `Forbidden` (`not_shared`) where the workflow is
    somebody else's and a name is computed, or events are listened to that it did not listen to before: it could be any
    of those that its owner reaches.
    """
    actor, store = application.actor, application.store
    if actor.is_local:
        return
    await _require_known_events(application, workflow)
    if not _has_calls(workflow):
        return
    missing: list[str] = []
    for where, name in named_workflows(workflow):
        level = find_level(actor, await store.find_holding(name))
        if name != workflow.name and (level is None or LEVELS.index(level) < LEVELS.index("operate")):
            missing.append(f"{where} names `{name}`")
    if missing:
        raise _unknown(workflow, missing)
    holding = await store.find_holding(workflow.name)
    computed = next(_computed(workflow), None)
    if computed is not None and holding.owner is not None and find_level(actor, holding) != "own":
        raise Forbidden(
            f"`{computed}` computes which workflow it starts: in `{workflow.name}`, which is not yours, it could be "
            "any that its owner may run.",
            code="not_shared",
            remedy="Write the name down, or ask its owner to publish this.",
            workflow=workflow.name,
            node=computed,
        )


async def _require_known_events(application: Application, workflow: Workflow) -> None:
    listening = _listening(workflow)
    if not listening:
        return
    store, holding = application.store, await application.store.find_holding(workflow.name)
    if holding.owner is None or find_level(application.actor, holding) == "own":
        return
    known: set[str] = set()
    with suppress(NotFound):
        known = set(_listening(read_version((await store.get_version(workflow.name)).document)).values())
    new = next((node for node, config in listening.items() if config not in known), None)
    if new is not None:
        raise Forbidden(
            f"`{new}` listens to events: in `{workflow.name}`, which is not yours, it would hear of every run that its "
            "owner may see.",
            code="not_shared",
            remedy="Listen in a workflow of your own, or ask its owner to publish this.",
            workflow=workflow.name,
            node=new,
        )


def _listening(workflow: Workflow) -> dict[str, str]:
    """What each of its triggers listens to, by node."""
    return {
        node.id: json.dumps([node.type, node.config], sort_keys=True, default=str)
        for node in workflow.nodes
        if node.type in TOPICS and not node.disabled
    }


def _has_calls(workflow: Workflow) -> bool:
    return any(True for _ in named_workflows(workflow)) or any(True for _ in _computed(workflow))


def named_workflows(workflow: Workflow) -> Iterator[tuple[str, str]]:
    """(where, name) of each workflow that is started by a name that is written down."""
    if workflow.settings.on_failure is not None:
        yield ON_FAILURE, workflow.settings.on_failure
    for node, name in _calls(workflow):
        if "{{" not in name:
            yield f"`{node}`", name


def _computed(workflow: Workflow) -> Iterator[str]:
    return (node for node, name in _calls(workflow) if "{{" in name)


def _calls(workflow: Workflow) -> Iterator[tuple[str, str]]:
    for node in workflow.walk():
        name = node.config.get("workflow")
        if node.type == "flow.workflow" and isinstance(name, str) and not node.disabled:
            yield node.id, name


def _unknown(workflow: Workflow, missing: list[str]) -> NotFound:
    return NotFound(
        f"`{workflow.name}` starts workflows that are not in the store, or not yours to run: {'; '.join(missing)}.",
        code="unknown_workflow",
        remedy="Publish them first, have them shared with you to operate, or correct the names.",
    )
