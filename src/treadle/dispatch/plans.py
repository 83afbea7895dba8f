"""Plans by version: compiled once, kept while they are used."""

from __future__ import annotations

import json
from collections import OrderedDict
from typing import Protocol

from treadle.engine.compile import compile_plan
from treadle.engine.plan import Plan
from treadle.model.workflow import Workflow
from treadle.node.definition import NodeDefinition
from treadle.node.registry import Registry

_KEPT = 512


class StoredVersion(Protocol):
    @property
    def document(self) -> str: ...


class VersionStore(Protocol):
    """Where immutable versions are found."""

    async def get_version(self, workflow: str, version: str | None = None) -> StoredVersion: ...


class Plans:
    """Compiles versions as they are asked for; a bounded number stays."""

    def __init__(self, store: VersionStore, registry: Registry) -> None:
        self._store = store
        self._registry = registry
        self._plans: OrderedDict[tuple[str, str], Plan] = OrderedDict()

    def know(self, *definitions: NodeDefinition) -> None:
        """Compile with these node types too; they win over others of their names."""
        self._registry = self._registry.with_definitions(*definitions)

    def keep(self, plan: Plan) -> None:
        """Remember a plan made elsewhere."""
        key = (plan.workflow.name, plan.version)
        self._plans[key] = plan
        self._plans.move_to_end(key)
        if len(self._plans) > _KEPT:
            self._plans.popitem(last=False)

    def find(self, workflow: str, version: str) -> Plan | None:
        return self._plans.get((workflow, version))

    async def get(self, workflow: str, version: str) -> Plan:
        """The plan of a stored version. Raises `NotFound`, `InvalidWorkflow` when its node types are gone."""
        plan = self.find(workflow, version)
        if plan is None:
            stored = await self._store.get_version(workflow, version)
            plan = compile_plan(read_version(stored.document), self._registry)
            self.keep(plan)
        return plan


def write_version(workflow: Workflow, *, source: str | None = None) -> str:
    """What the store keeps of a version: the model, and the file's text as it was written."""
    model = workflow.model_dump(mode="json", by_alias=True, exclude_unset=True)
    return json.dumps({"workflow": model, "source": source})


def read_version(document: str) -> Workflow:
    return Workflow.model_validate(json.loads(document)["workflow"])
