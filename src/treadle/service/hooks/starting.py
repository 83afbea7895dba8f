"""Starting a run for a request, and hearing what became of it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from treadle.engine.outcome import Outcome
from treadle.errors import Conflict, InvalidWorkflow, LimitExceeded, NotFound, StoreError, TreadleError
from treadle.model.ids import RunId, new_run_id
from treadle.model.run import FINISHED, ExecutionResult
from treadle.packs.http.respond import Answer, Answers
from treadle.service.firing import Firing, request_of
from treadle.service.hooks.table import HookRoute
from treadle.service.preparation import Prepared, prepare

if TYPE_CHECKING:
    from treadle.service.application import Application

log = logging.getLogger("treadle.service")

_LOOK_AGAIN = 0.5
"""Seconds between looks at the store for a run that another process may drive."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What a request that waited has heard: the run's `answer` to it, or its `result`; or neither in time. `repeated`:
    it had been sent before and started nothing."""

    run_id: RunId
    answer: Answer | None = None
    result: ExecutionResult | None = None
    repeated: bool = False


class Starting:
    """Starts runs of hooks. One for each process."""

    def __init__(self, application: Application) -> None:
        self.application = application
        self._firing = Firing(application)
        self._tasks: set[asyncio.Task[Any]] = set()

    @property
    def _answers(self) -> Answers:
        return self.application.world.resources.get(Answers)

    async def start(
        self, route: HookRoute, payload: Mapping[str, Any], values: Mapping[str, Any], *, key: str | None = None
    ) -> Heard:
        """Start a run; it is durable when this returns. With the same `key`, a second time starts none."""
        if key is None and not route.in_turn:
            prepared = await self._prepare(route, payload, values)
            await self.application.dispatcher.submit(prepared.plan, prepared.run)
            return Heard(prepared.run.id)
        run_id = new_run_id()
        known = await self._fire(route, payload, values, run_id=run_id, key=key)
        return Heard(known or run_id, repeated=known is not None)

    async def run(
        self,
        route: HookRoute,
        payload: Mapping[str, Any],
        values: Mapping[str, Any],
        *,
        wait: float,
        key: str | None = None,
        answers: bool = False,
    ) -> Heard:
        """Start a run and wait for what it comes to, at most `wait` seconds; with `answers`, for what it answers. It
        goes on whatever is heard of it."""
        if key is not None or route.in_turn:
            return await self._run_in_turn(route, payload, values, wait=wait, key=key, answers=answers)
        prepared = await self._prepare(route, payload, values)
        run_id = prepared.run.id
        if not prepared.plan.has_effects and not answers:
            return Heard(run_id, result=(await self.application.run(prepared)).result)
        answer = self._answers.expect(run_id) if answers else None
        driving = asyncio.create_task(self.application.run(prepared))
        self._keep(driving)
        return await self._hear(run_id, driving, answer, wait)

    async def _prepare(self, route: HookRoute, payload: Mapping[str, Any], values: Mapping[str, Any]) -> Prepared:
        request = request_of(route.deployment, route.workflow, route.trigger, fired=payload, input=values)
        return await prepare(self.application, request)

    async def _run_in_turn(
        self,
        route: HookRoute,
        payload: Mapping[str, Any],
        values: Mapping[str, Any],
        *,
        wait: float,
        key: str | None,
        answers: bool,
    ) -> Heard:
        run_id = new_run_id()
        answer = self._answers.expect(run_id) if answers else None
        coming = asyncio.create_task(self._come_to_rest(run_id, begun := asyncio.Event()))
        self._keep(coming)
        try:
            known = await self._fire(route, payload, values, run_id=run_id, key=key)
        except BaseException:
            coming.cancel()
            if answer is not None:
                answer.cancel()
            raise
        if known is not None:
            coming.cancel()
            if answer is not None:
                answer.cancel()
            return Heard(known, result=await self._find_finished(known), repeated=True)
        begun.set()
        heard = await self._hear(run_id, coming, answer, wait)
        coming.cancel()
        return heard

    async def _fire(
        self,
        route: HookRoute,
        payload: Mapping[str, Any],
        values: Mapping[str, Any],
        *,
        run_id: RunId,
        key: str | None,
    ) -> RunId | None:
        """None: it is on its way; else the run that was started for the `key` before."""
        seed = key or str(run_id)
        try:
            fired = await self._firing.fire(
                route.deployment,
                route.trigger,
                payload=payload,
                seed=seed,
                run_id=run_id,
                input=values,
                in_turn=route.in_turn,
            )
        except Conflict as conflict:
            if conflict.code != "already_fired":
                raise
            known = await self._find_run_of(route, seed)
            await self._require_same(known, payload)
            return known
        if fired is None:
            raise LimitExceeded(
                "Another run is under way.", code="busy", remedy="Send it again when that is over.", retry_after=1.0
            )
        return None

    async def _find_run_of(self, route: HookRoute, seed: str) -> RunId:
        owner = f"fired:{route.deployment.id}/{route.trigger.id}"
        token = await self.application.store.find_claim(owner, seed)
        if token is None:
            raise StoreError("Which run was started for it cannot be told.", remedy="Send it again.")
        return RunId(token)

    async def _require_same(self, run_id: RunId, payload: Mapping[str, Any]) -> None:
        """A key is of one request: who sends another under it hears nothing of the first."""
        try:
            before: Any = (await self.application.store.get_run(run_id)).fired
        except NotFound:
            return  # it was not kept: there is nothing to hear
        told = cast("dict[str, Any]", before) if isinstance(before, dict) else {}
        if any(payload.get(one) != told.get(one) for one in ("hash", "path", "method")):
            raise InvalidWorkflow(
                "The `Idempotency-Key` was used for another request.",
                code="key_reused",
                remedy="Use another key for each request.",
            )

    async def _find_finished(self, run_id: RunId) -> ExecutionResult | None:
        """What it came to; None while it is under way, and of one that was not kept."""
        try:
            result = await self.application.get_result(run_id)
        except NotFound:
            return None
        return result if result.status in FINISHED else None

    async def _come_to_rest(self, run_id: RunId, begun: asyncio.Event) -> ExecutionResult | None:
        """Of a run that may have to wait its turn, and may get it in another process."""
        application = self.application
        heard = application.dispatcher.next_outcome(run_id)
        await begun.wait()
        try:
            while True:
                await asyncio.wait({heard}, timeout=_LOOK_AGAIN)
                if heard.done():
                    outcome = heard.result()
                    if outcome is not None:
                        return (await application.children.come_to_rest(outcome)).result
                    heard = application.dispatcher.next_outcome(run_id)
                result = await self._find_finished(run_id)
                if result is not None:
                    return result
        finally:
            heard.cancel()

    async def _hear(
        self,
        run_id: RunId,
        coming: asyncio.Task[Outcome] | asyncio.Task[ExecutionResult | None],
        answer: asyncio.Future[Answer] | None,
        wait: float,
    ) -> Heard:
        try:
            async with asyncio.timeout(wait):
                while True:
                    waiting: set[asyncio.Future[Any]] = {coming} if answer is None else {coming, answer}
                    await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
                    if answer is not None and answer.done():
                        return Heard(run_id, answer=answer.result())
                    came: Any = coming.result()
                    result: ExecutionResult | None = came.result if isinstance(came, Outcome) else came
                    if answer is None or (result is not None and result.status in FINISHED):
                        return Heard(run_id, result=result)
                    # Suspended before it has answered: it may be driven on, and answer, while there is time.
                    return Heard(run_id, answer=await answer)
        except TimeoutError:
            return Heard(run_id)
        finally:
            if answer is not None:
                answer.cancel()

    def _keep(self, task: asyncio.Task[Any]) -> None:
        self._tasks.add(task)
        task.add_done_callback(self._end)

    def _end(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None and not isinstance(error, TreadleError):
            log.error("A run that a request started failed in Treadle itself.", exc_info=error)
