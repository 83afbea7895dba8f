"""Looking at runs whose node types are not installed here: what the store holds can be shown all the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from treadle.dispatch.plans import Plans, VersionStore, read_version
from treadle.engine.plan import GraphPlan, Plan
from treadle.errors import InvalidWorkflow, NotFound

if TYPE_CHECKING:
    from treadle.model.ids import RunId
    from treadle.model.workflow import Graph
    from treadle.node.registry import Registry
    from treadle.service.application import Application


class PlansToLookAt(Plans):
    """Gives a plan without nodes where the real one cannot be compiled: enough to read by, nothing to drive."""

    def __init__(self, store: VersionStore, registry: Registry) -> None:
        super().__init__(store, registry)
        self._versions = store

    async def get(self, workflow: str, version: str) -> Plan:
        try:
            return await super().get(workflow, version)
        except (InvalidWorkflow, NotFound):
            # Raises `NotFound` by itself where it is the version that is not there.
            stored = read_version((await self._versions.get_version(workflow, version)).document)
            nothing = GraphPlan((), (), (), None, None, False, frozenset())
            return Plan(
                stored,
                version,
                nothing,
                frozenset(),
                frozenset(),
                has_effects=False,
                has_series=False,
                optional_inputs=(),
                triggers=(),
            )


async def find_missing_types(application: Application, run_id: RunId) -> list[str] | None:
    """Why a run cannot be driven here: its node types that are not installed, none where it is something else.
    None when it can be driven. Raises `NotFound`, `StoreError`."""
    run = await application.store.get_run(run_id)
    try:
        await application.plans.get(run.workflow, run.version)
    except (InvalidWorkflow, NotFound):
        workflow = await application.get_workflow(run.workflow, run.version)
        return [name for name in sorted(_types(workflow)) if application.registry.find(name) is None]
    return None


def _types(graph: Graph) -> set[str]:
    found = {node.type for node in graph.nodes}
    for node in graph.nodes:
        for _, body in node.bodies:
            found |= _types(body)
    return found
