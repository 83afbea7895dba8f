"""Glancing: a run that a person starts, of a trigger that hears things, is given what there is to hear now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from treadle.engine.deciding import fired_trigger
from treadle.engine.lookout import EngineLookout, config_of
from treadle.engine.plan import Plan
from treadle.model.run import RunRecord
from treadle.service.arming import resolved_config

if TYPE_CHECKING:
    from treadle.service.application import Application


async def glance(application: Application, plan: Plan, run: RunRecord) -> RunRecord:
    """`run`, fired with what its trigger would hear now; as it is, where it was fired with something, or is given what
    its trigger needs. Raises `NodeError` of what cannot be asked."""
    name = fired_trigger(plan, run)
    node = None if name is None else plan.workflow.find_node(name)
    definition = None if node is None else application.registry.find(node.type)
    watching = None if definition is None else definition.watching
    if node is None or definition is None or watching is None or watching.glance is None:
        return run
    told = {port.name for port in definition.type.outputs}
    if isinstance(run.fired, Mapping) or node.has_pin or node.disabled or told & run.input.keys():
        return run
    resolved = resolved_config(plan.workflow, node, application.registry)
    config = config_of(definition, resolved, run.params, trigger=node.id)
    payload = await watching.glance(EngineLookout(application.world, run), **config)
    return replace(run, fired=application.world.redactor_for(run.origin).value(payload))
