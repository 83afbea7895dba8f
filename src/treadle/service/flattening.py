"""What a kill switch does beside refusing orders: it cancels what is open, closes what is held, and looks whether that
is so.

That is a run like any other, of one `risk.kill_switch` node for each account that the deployment has traded with. So
it goes on after a crash, tries again while a venue does not answer, and can be watched.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from treadle.model.ids import RunId
from treadle.model.record import RecordQuery
from treadle.model.workflow import Workflow
from treadle.service.execution import ExecutionRequest
from treadle.service.preparation import keep

if TYPE_CHECKING:
    from treadle.service.application import Application
    from treadle.store.deployments import Deployment

_NODE = "risk.kill_switch"
_RECENT = 200
"""Orders that are looked through for accounts in which nothing is open or held, as far as anybody knows."""


async def start_flattening(application: Application, deployment: Deployment, reason: str) -> RunId | None:
    """The run that does it, durable when this returns; None where the deployment has never sent an order."""
    providers = await _find_providers(application, deployment.id)
    if not providers:
        return None
    workflow = _workflow(deployment.workflow, providers, reason)
    await keep(application, workflow, source=None, tries=True)
    request = ExecutionRequest(
        workflow,
        mode=deployment.mode,
        deployment=deployment.id,
        params=deployment.params,
        profiles=deployment.profiles,
        account=deployment.account,
        is_confirmed=True,
    )
    return await application.start(request)


async def _find_providers(application: Application, deployment_id: str) -> list[Mapping[str, Any]]:
    """Of each account the provider that its newest order was sent with."""
    store, owner = application.store, f"deployment:{deployment_id}"
    book = (await application.books.read(deployment_id)).book
    known = await store.list_records(RecordQuery("order", owner, newest=_RECENT))
    known += await store.list_records(RecordQuery("order", owner, open_only=True))
    groups = dict.fromkeys([*(held.group for held in book.open), *(record.group for record in known)])
    found: list[Mapping[str, Any]] = []
    for group in groups:
        newest = await store.list_records(RecordQuery("order", owner, group, newest=1))
        values = [record.value for record in newest if record.value.get("venue")]
        found += [value.get("provider") or {"venue": value["venue"]} for value in values]
    return found


def _workflow(name: str, providers: Iterable[Mapping[str, Any]], reason: str) -> Workflow:
    nodes = [
        {"id": f"flatten-{number}", "type": _NODE, "config": {"provider": dict(provider), "reason": reason}}
        for number, provider in enumerate(providers, 1)
    ]
    return Workflow.model_validate({"name": name, "title": "Kill switch", "nodes": nodes})
