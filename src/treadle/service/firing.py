"""Firing: a deployment's trigger has come due, or has heard something, and one run is to begin."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, Any

from treadle.dispatch.listener import MOST_QUEUED
from treadle.engine.journal import StateChange
from treadle.errors import Conflict, ExpressionError, InvalidWorkflow, TreadleError
from treadle.expressions import compile_expression
from treadle.model.ids import RunId, new_run_id, run_id_for
from treadle.model.run import Origin, RunRecord
from treadle.model.workflow import Workflow
from treadle.service.execution import ExecutionRequest
from treadle.service.preparation import prepare
from treadle.store.admission import Admission, Fired, RateKey
from treadle.store.deployments import Deployment, Overlap
from treadle.store.lanes import rate_name
from treadle.store.watches import WatchedItem

if TYPE_CHECKING:
    from treadle.engine.plan import Plan
    from treadle.service.application import Application
    from treadle.store.triggers import Trigger


class Firing:
    """Starts the runs of deployments; each fire time, and each event, starts one at most, whatever process is asked."""

    def __init__(self, application: Application) -> None:
        self.application = application
        self._store = application.store

    async def fire(
        self,
        deployment: Deployment,
        trigger: Trigger | None = None,
        *,
        payload: Any = None,
        due: datetime | None = None,
        seed: str | None = None,
        at: datetime | None = None,
        run_id: RunId | None = None,
        input: Mapping[str, Any] | None = None,
        in_turn: bool = True,
        item: WatchedItem | None = None,
        most_queued: int | None = None,
    ) -> RunId | None:
        """Start a run for the fire time `due`, for an event (`payload`, known by its `seed`, published `at`), for an
        `item` (with its `payload`) that a trigger has heard, or out of turn. It is `run_id`, should that be given, and
        has `input` beside the deployment's own; unless `in_turn`, the deployment's limits say nothing of it.

        It may have to wait its turn; None when it finds no room and is not to wait, or at a fire time where
        `MOST_QUEUED` wait, unless every one is to be made up for.

        Raises `Conflict` (`already_fired`, `not_active`; of an item `not_listening`; `lane_full` of an item, or a fire
        time that is to be made up for, where too many wait), `NotFound`, `InvalidWorkflow`, `StoreError`.
        """
        application = self.application
        # As it is now: whoever asks may have looked a while ago, and a change counts from the next run on.
        deployment = await self._store.get_deployment(deployment.id)
        if deployment.mode != "test":
            await application.startups.require(deployment.id)
        limits = deployment.limits
        workflow = await self._find_workflow(deployment)
        now = application.world.clock.now()
        heard = seed is not None or item is not None or (trigger is not None and trigger.topic is not None)
        fired, ticked = payload, list[StateChange]()
        if not heard:
            owner, key = f"trigger:{deployment.id}", trigger.id if trigger else "ticks"
            fired = int(await self._store.read_state(owner, key) or 0) if payload is None else payload
            ticked = [StateChange(owner, key, increment=1)]
        if item is not None:
            seed, at = item.id, item.at
        given, run_id = run_id is not None, run_id or new_run_id()
        if not given and (due is not None or seed is not None):
            run_id = run_id_for(due or at or now, "/".join((deployment.id, trigger.id if trigger else "", seed or "")))
        prepared = await prepare(
            application,
            replace(request_of(deployment, workflow, trigger, fired=fired, input=input), run_id=run_id, at=now),
        )
        scope = {"input": prepared.run.input, "params": deployment.params, "fired": fired}
        run = replace(
            prepared.run,
            lane=_lane(deployment, scope) if in_turn else None,
            due_at=due,
            origin=replace(
                prepared.run.origin or Origin(),
                lane_limit=limits.concurrency if in_turn else None,
                profiles=deployment.profiles,
            ),
        )
        makes_up = trigger is not None and trigger.config.get("catch_up") == "all"
        overlap: Overlap = limits.overlap or ("queue" if heard or makes_up else "skip")
        beginning = Beginning(application, prepared.plan, run)
        admit = partial(
            self._store.admit,
            run,
            fired=Fired(deployment.id, trigger.id, due, seed, item) if trigger else None,
            limit=limits.concurrency,
            rate=_rate(deployment, scope) if in_turn else None,
            state=ticked,
            driven=application.drives,
            most_queued=MOST_QUEUED if most_queued is None and due is not None else most_queued,
            foretold=beginning.begin,
        )
        async with beginning:
            admission = await admit(overlap=overlap)
            if admission.outcome == "full" and due is not None and not makes_up:
                admission = await admit(overlap="skip")
        if admission.outcome == "full":
            raise Conflict(
                f"Deployment `{deployment.name}` has no room for another run.",
                code="lane_full",
                remedy="It is tried again once a run of it is over.",
            )
        if admission.outcome == "skipped":
            return None
        if admission.outcome == "running":
            beginning.begin(admission)
        elif admission.outcome == "queued":
            application.dispatcher.look()
        return run.id

    async def _find_workflow(self, deployment: Deployment) -> Workflow:
        """The version that its next run is of: on the latest, the newest there is now."""
        application, version = self.application, deployment.version
        if version is None:
            version = (await self._store.get_version(deployment.workflow)).version
        plan = application.plans.find(deployment.workflow, version)
        return plan.workflow if plan else await application.get_workflow(deployment.workflow, version)


class Beginning:
    """A run that begins once it is sure to be written, or while its admission waits for the disk: what is pure may be
    computed meanwhile. An effect cannot begin before: its intent is written after the admission, or refused with it.
    """

    def __init__(self, application: Application, plan: Plan, run: RunRecord) -> None:
        self._application, self._plan, self._run = application, plan, run
        self._has_begun = False

    def begin(self, admission: Admission) -> None:
        dispatcher = self._application.dispatcher
        if admission.outcome == "running" and self._application.drives and not self._has_begun:
            self._has_begun = True
            dispatcher.begin(self._plan, self._run)

    async def __aenter__(self) -> None: ...

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if error is None:
            return
        had_begun, self._has_begun = self._has_begun, True  # what is told from here on comes too late
        if had_begun and isinstance(error, TreadleError):
            # It was not written after all. Whoever tries again does so under the same id.
            await self._application.dispatcher.wait_until_left(self._run.id)


def request_of(
    deployment: Deployment,
    workflow: Workflow,
    trigger: Trigger | None,
    *,
    fired: Any,
    input: Mapping[str, Any] | None = None,
) -> ExecutionRequest:
    """A run of the deployment: bound as it is, with `input` before the deployment's own."""
    return ExecutionRequest(
        workflow,
        input={**deployment.input, **(input or {})},
        mode=deployment.mode,
        trigger=trigger.node if trigger else None,
        fired=fired,
        deployment=deployment.id,
        params=deployment.params,
        profiles=deployment.profiles,
        account=deployment.account,
    )


def _lane(deployment: Deployment, scope: Mapping[str, Any]) -> str:
    limits = deployment.limits
    if limits.concurrency_key is None:
        return f"deployment:{deployment.id}"
    key = key_of(limits.concurrency_key, scope, what="concurrency key")
    return f"key:{key}" if limits.scope == "all" else f"deployment:{deployment.id}/{key}"


def _rate(deployment: Deployment, scope: Mapping[str, Any]) -> RateKey | None:
    rate = deployment.limits.rate
    if rate is None:
        return None
    key = None if rate.key is None else key_of(rate.key, scope, what="key of the rate")
    return RateKey(rate_name(deployment.id, key), rate.number, rate.period, rate.burst)


def key_of(expression: str, scope: Mapping[str, Any], *, what: str) -> str:
    """The value of a key as text. Raises `InvalidWorkflow` (`no_key`) when it has none."""
    try:
        value = compile_expression(expression).evaluate(scope)
    except ExpressionError as error:
        raise InvalidWorkflow(
            f"The {what} `{expression}` has no value for this run: {error.message}",
            code="no_key",
            remedy='It reads `input`, `params` and `fired` of the run; write `?? "none"` behind what may be missing.',
        ) from None
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True, default=str)
