"""Startup: what packs ask the outside about a deployment before any of its runs goes on in this process."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
from collections.abc import Collection, Coroutine, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from treadle.dispatch.plans import read_version
from treadle.errors import Conflict, NotFound, StoreError, TreadleError
from treadle.model.run import RunRecord, deployment_of
from treadle.model.workflow import Workflow
from treadle.node.startup import StartCheck, Starting, start_checks
from treadle.service.access.actor import Actor
from treadle.service.calls import named_workflows
from treadle.service.starting import StartingDeployment
from treadle.store.reasons import Reason

if TYPE_CHECKING:
    from treadle.service.application import Application
    from treadle.store.deployments import Deployment

log = logging.getLogger("treadle.startup")

DIFFERS, UNREACHABLE = "differs", "not_reconciled"
_BY = Actor("startup check", "admin", "local")
_LONGEST = 60.0
"""Seconds that a check may take."""
_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 60.0
_AT_ONCE = 8
_TYPE = re.compile(r'"type": ?"([a-z][a-z0-9_-]*)\.')


class Startups:
    """Each deployment is checked once in a process: when it begins, or before its first run here.

    `require` is what the dispatcher and whoever fires runs ask. A deployment that differs stands still until a person
    starts it again; one that cannot be asked about is asked again and again.
    """

    def __init__(self, application: Application) -> None:
        self._application = application
        self._store = application.store
        self._ready: set[str] = set()
        self._checking: dict[str, asyncio.Task[Reason | None]] = {}
        self._held: dict[str, Reason] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._first_pause = _FIRST_PAUSE

    def begin(self) -> None:
        """Check all active deployments that have something to be checked, in the background."""
        self._spawn(self._check_all())

    async def stop(self) -> None:
        tasks = [*self._tasks, *self._checking.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._tasks.clear()
        self._checking.clear()

    async def require_run(self, run: RunRecord) -> None:
        """As `require`, of the deployment that a run is done for."""
        deployment = deployment_of(run)
        if deployment is not None and run.mode != "test":
            await self.require(deployment)

    async def require(self, deployment_id: str) -> None:
        """Nothing, once everything is as it was left; waits for the check that is under way. Raises `Conflict`
        (`not_reconciled`, `differs`) while runs of the deployment must not go on."""
        if deployment_id in self._ready:
            return
        held = self._held.get(deployment_id)
        if held is not None and held.code == DIFFERS and await self._store.find_reason(deployment_id) is None:
            del self._held[deployment_id]  # a person has started it again
            held = None
        if held is None:
            task = self._checking.get(deployment_id)
            if task is None:
                task = self._checking[deployment_id] = asyncio.create_task(self._check(deployment_id))
            held = await asyncio.shield(task)
        if held is not None:
            differs = held.code == DIFFERS
            raise Conflict(
                held.message,
                code="differs" if differs else "not_reconciled",
                remedy="Look at it, put it right, and start it again." if differs else "It is tried again by itself.",
                deployment=deployment_id,
                differences=list(held.differences),
            )

    async def _check(self, deployment_id: str) -> Reason | None:
        try:
            reason = await self._find_reason(deployment_id)
        finally:
            self._checking.pop(deployment_id, None)
        if reason is None:
            self._ready.add(deployment_id)
            return None
        self._held[deployment_id] = reason
        if reason.code == UNREACHABLE:
            self._spawn(self._try_again(deployment_id))
        return reason

    async def _find_reason(self, deployment_id: str) -> Reason | None:
        """Why it must not go on; None: it may."""
        try:
            deployment = await self._store.get_deployment(deployment_id)
            if deployment.mode == "test":
                return None
            definition, called = await self._read(deployment)
        except NotFound:
            return None  # what is not there any more has nothing to look after
        checks = self._checks_of([definition, *called])
        if not checks:
            return None
        before = await self._store.find_reason(deployment_id)
        if before is not None and before.code == DIFFERS and deployment.status != "active":
            return before
        starting = StartingDeployment(self._application.world, deployment, definition, called)
        try:
            differences = await _ask(checks, starting)
        except Exception as error:
            return await self._note_unreachable(deployment, starting.redact(_said(error)), error, before)
        if differences:
            return await self._stop(deployment, [starting.redact(one) for one in differences])
        if before is not None:
            await self._store.clear_reason(deployment_id)
        return None

    async def _note_unreachable(
        self, deployment: Deployment, said: str, error: Exception, before: Reason | None
    ) -> Reason:
        message = f"`{deployment.name}` starts no runs until it is known how things stand outside: {said}"
        reason = Reason(self._application.world.clock.now(), UNREACHABLE, message)
        if before is None or (before.code, before.message) != (reason.code, reason.message):
            log.warning("%s", message, exc_info=None if isinstance(error, TreadleError | TimeoutError) else error)
            await self._store.set_reason(deployment.id, reason)
        return reason

    async def _stop(self, deployment: Deployment, differences: Sequence[str]) -> Reason:
        application = self._application
        message = f"`{deployment.name}` was stopped: not everything is as it was left. {' '.join(differences)}"
        reason = Reason(application.world.clock.now(), DIFFERS, message, tuple(differences))
        await self._store.set_reason(deployment.id, reason)
        with contextlib.suppress(NotFound):
            now = await self._store.get_deployment(deployment.id)
            await self._store.save_deployment(replace(now, status="stopped"))
        log.error("%s", message)
        details = {"reason": DIFFERS, "differences": list(differences)}
        await application.access.note(_BY, "deployments.control", "done", subject=deployment.id, details=details)
        application.tell_deployments_changed()
        return reason

    async def _try_again(self, deployment_id: str) -> None:
        """Until it can be asked about: then what waited goes on."""
        pause = self._first_pause
        while True:
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)
            try:
                reason = await self._find_reason(deployment_id)
            except StoreError:
                continue  # said by those who look after it
            if reason is not None and reason.code == UNREACHABLE:
                self._held[deployment_id] = reason
                continue
            if reason is not None:
                self._held[deployment_id] = reason
                return
            self._held.pop(deployment_id, None)
            self._ready.add(deployment_id)
            await self._application.dispatcher.recover()
            self._application.dispatcher.look()
            self._application.tell_deployments_changed()
            return

    # Which deployments there is something to check of

    async def _check_all(self) -> None:
        try:
            deployments = await self._store.list_deployments(status="active")
            wanted = await self._with_checks(deployments)
        except StoreError as error:
            log.error("The deployments cannot be looked at: %s", error)
            return
        room = asyncio.Semaphore(_AT_ONCE)

        async def check(deployment_id: str) -> None:
            async with room:
                with contextlib.suppress(TreadleError):  # it has been said
                    await self.require(deployment_id)

        await asyncio.gather(*(check(one.id) for one in wanted))

    async def _with_checks(self, deployments: Sequence[Deployment]) -> list[Deployment]:
        """Those whose workflow names a namespace that has checks, or starts other workflows: a look at the text, as
        most have none."""
        found: dict[tuple[str, str | None], bool] = {}
        for one in deployments:
            key = (one.workflow, one.version)
            if key not in found:
                try:
                    document = (await self._store.get_version(*key)).document
                except NotFound:
                    document = ""
                namespaces = set(_TYPE.findall(document))
                found[key] = "flow.workflow" in document or self._has_checks(namespaces)
        return [one for one in deployments if one.mode != "test" and found[one.workflow, one.version]]

    def _has_checks(self, namespaces: Collection[str]) -> bool:
        for namespace in namespaces:
            self._application.registry.find(f"{namespace}.@")  # its pack is imported, with its checks
        return bool(start_checks(namespaces))

    def _checks_of(self, workflows: Sequence[Workflow]) -> list[StartCheck]:
        types = {node.type for workflow in workflows for node in workflow.walk() if not node.disabled}
        for one in types:
            self._application.registry.find(one)
        return start_checks(types)

    async def _read(self, deployment: Deployment) -> tuple[Workflow, list[Workflow]]:
        """The workflow of its next run, and all that it starts by names that are written down."""
        found = await self._store.get_version(deployment.workflow, deployment.version)
        definition = read_version(found.document)
        called: dict[str, Workflow] = {}
        names = [name for _, name in named_workflows(definition)]
        while names:
            name = names.pop()
            if name in called or name == definition.name:
                continue
            with contextlib.suppress(NotFound):
                called[name] = read_version((await self._store.get_version(name)).document)
                names += [further for _, further in named_workflows(called[name])]
        return definition, list(called.values())

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def _ask(checks: Sequence[StartCheck], starting: Starting) -> list[str]:
    differences: list[str] = []
    async with asyncio.timeout(_LONGEST):
        for check in checks:
            differences += await check(starting)
    return differences


def _said(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return f"no answer within {_LONGEST:g} s."
    return str(error) or type(error).__name__
