"""Events: publish one, and deliver them to the deployments that listen and to who handles failures."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import uuid4

from treadle.dispatch.delivery import Delivery
from treadle.errors import InvalidWorkflow, NotFound, StoreError
from treadle.model.ids import RunId, run_id_for
from treadle.model.published import Published, matches_topic, topic_problem
from treadle.model.run import Origin
from treadle.model.workflow import Workflow
from treadle.packs.core.trigger.workflow import fit_input
from treadle.service.access.operation import operation
from treadle.service.application import Application
from treadle.service.children import find_called
from treadle.service.execution import ExecutionRequest
from treadle.service.firing import Firing
from treadle.service.handing import hand_on, naming_withheld
from treadle.service.preparation import prepare
from treadle.store.admission import Fired
from treadle.store.deployments import Deployment
from treadle.store.fault import LASTING
from treadle.store.triggers import Trigger

log = logging.getLogger("treadle.service")

_HANDLER = "@on_failure"


class Events:
    """The operations on events."""

    def __init__(self, application: Application) -> None:
        self.application = application
        self._store = application.store

    def delivery(self) -> Delivery:
        """What delivers events, as an async context manager; one for each process that drives."""
        application = self.application
        return Delivery(self._store, clock=application.world.clock, fire=self._fire, handle=self.start_handler)

    @operation("events.publish")
    async def publish(self, topic: str, payload: Any = None) -> str:
        """Publish an event; its id. Durable when this returns, delivered by `treadle up`.

        Raises `InvalidWorkflow` (`invalid_topic`), `StoreError` for a payload that cannot be kept.
        """
        problem = topic_problem(topic)
        if problem is not None:
            what, _, remedy = problem.partition(". ")
            raise InvalidWorkflow(f"{what}.", code="invalid_topic", remedy=remedy)
        origin = Origin(account=self.application.actor.user_id)
        payload = self.application.world.redactor_for(origin).value(payload)
        event_id = f"e{uuid4().hex}"
        await self._store.publish_event(event_id, topic, payload, now=self.application.world.clock.now())
        return event_id

    @operation("deployments.list")
    async def find_listeners(self, topic: str) -> list[str]:
        """The ids of the active deployments that listen to `topic`, whatever they filter out."""
        triggers = [one for one in await self._store.list_triggers(armed_only=True) if one.type == "trigger.event"]
        found = {one.deployment for one in triggers if matches_topic(one.config.get("topic") or "", topic)}
        hidden = await self.application.access.find_hidden(self.application.actor)
        if not hidden:
            return sorted(found)
        of = {one.id: one.workflow for one in await self._store.list_deployments()}
        return sorted(deployment for deployment in found if of.get(deployment) not in hidden)

    async def _fire(
        self, deployment: Deployment, trigger: Trigger, *, payload: Any, seed: str, at: datetime
    ) -> RunId | None:
        """Start a run for an event. Of what a run published, and of its failure, whoever may not see its workflow hears
        nothing."""
        of = payload["workflow"]
        if of is not None and not await self.application.access.may_hear_of(deployment.workflow, of):
            log.info("Deployment %s hears nothing of `%s`: its owner may not see it.", deployment.name, of)
            return None
        return await Firing(self.application).fire(deployment, trigger, payload=payload, seed=seed, at=at)

    async def start_handler(self, event: Published) -> RunId | None:
        """Start the workflow that a failed run's `on_failure` names, once for each failure; None when it names none.

        The handler is given `run`, `workflow`, `error` and `input`, as far as it declares them. Raises `NotFound`
        (`unknown_handler` while it is not in the store or is in the bin, `unknown_workflow` where the owner of the
        workflow that failed may not operate it), `InvalidWorkflow`, `NodeError` for input that it does not
        take, `Conflict` when it has been started.
        """
        failed: Mapping[str, Any] = event.payload
        application = self.application
        workflow = await application.get_workflow(failed["workflow"], failed["version"])
        name = workflow.settings.on_failure
        if name is None:
            return None
        handler = await self._get_handler(name, workflow)
        await application.access.require_to_call(workflow.name, handler.name)
        called = find_called(handler)
        given = _given(
            handler, failed, failed["input"] if failed["input"] is not None else await self._input_of(failed)
        )
        if called is not None and isinstance(schema := called.config.get("schema"), dict):
            given = fit_input(given, schema)
        profiles, withheld = await hand_on(application, failed["profiles"], caller=workflow.name, called=handler.name)
        with naming_withheld(handler.name, withheld):
            prepared = await prepare(
                application,
                ExecutionRequest(
                    handler.name,
                    version=handler.version,
                    input=given,
                    mode=failed["mode"],
                    trigger=called.id if called else None,
                    fired=event.to_dict(),
                    profiles=profiles,
                    run_id=run_id_for(event.at, f"{event.id}/{_HANDLER}"),
                    account=await self._account_of(failed),
                    is_confirmed=True,
                ),
            )
        origin = replace(
            prepared.run.origin or Origin(), profiles=profiles, detached=True, hops=event.hops, handles=True
        )
        run = replace(prepared.run, parent=RunId(failed["run"]), origin=origin)
        # Noted with the run: a handler that is not kept is started no second time either.
        await self._store.admit(
            run, fired=Fired(_HANDLER, name, seed=event.id), limit=None, overlap="queue", driven=application.drives
        )
        if application.drives:
            application.dispatcher.begin(prepared.plan, run)
        return run.id

    async def _get_handler(self, name: str, workflow: Workflow) -> Workflow:
        said, remedy = "is not in the store", "Publish it"
        if await self._store.find_deleted(name):
            said, remedy = "is in the bin", "Restore it"
        else:
            with contextlib.suppress(NotFound):
                return await self.application.get_workflow(name)
        raise NotFound(
            f"`{name}`, which `{workflow.name}` names as `on_failure`, {said}.",
            code="unknown_handler",
            remedy=f"{remedy}: it is then started for the failures that wait for it.",
            workflow=name,
        )

    async def _account_of(self, failed: Mapping[str, Any]) -> str | None:
        """On whose account the failed run was, where it is kept."""
        try:
            origin = (await self._store.get_run(RunId(failed["run"]))).origin
        except (NotFound, StoreError):
            return None
        return None if origin is None else origin.account

    async def _input_of(self, failed: Mapping[str, Any]) -> Mapping[str, Any]:
        """The input of a failed run where it was too large for the event; empty when the run is not kept, or is
        damaged: somebody is to hear of the failure all the same."""
        try:
            return (await self._store.get_run(RunId(failed["run"]))).input
        except NotFound:
            return {}
        except StoreError as error:
            if error.code not in LASTING:
                raise
            log.warning("The input of run %s cannot be given to its handler: %s", failed["run"], error)
            return {}


def _given(handler: Workflow, failed: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    everything = {"run": failed["run"], "workflow": failed["workflow"], "error": failed["error"], "input": dict(given)}
    return {name: value for name, value in everything.items() if name in handler.inputs or not handler.inputs}
