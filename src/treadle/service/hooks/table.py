"""The table of addresses: what the store's triggers answer to, read again when they have changed."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from time import monotonic
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from treadle.errors import TreadleError
from treadle.expressions import Expression, compile_expression, compile_template
from treadle.model.workflow import Workflow
from treadle.packs.core.trigger.form import form_schema
from treadle.service.hooks.address import KINDS, Kind, is_hook, methods_of, path_of
from treadle.service.hooks.pattern import Pattern
from treadle.store.deployments import Deployment, DeploymentLimits
from treadle.store.triggers import Trigger

if TYPE_CHECKING:
    from treadle.service.application import Application

log = logging.getLogger("treadle.service")

_LOOK_EVERY = 0.1
"""Seconds for which the table is taken for right without looking: what another process changed counts after that."""


@dataclass(eq=False)
class HookRoute:
    """An address and what it starts, with everything about it that is the same for each request."""

    kind: Kind
    pattern: Pattern
    methods: frozenset[str]
    deployment: Deployment
    trigger: Trigger
    workflow: Workflow
    config: Mapping[str, Any]
    inputs: Mapping[str, Expression]

    @property
    def id(self) -> str:
        return f"{self.deployment.id}/{self.trigger.id}"

    @property
    def path(self) -> str:
        return "/".join(self.pattern.segments)

    @property
    def in_turn(self) -> bool:
        return bool(self.config.get("in_turn")) or self.deployment.limits != DeploymentLimits()

    @cached_property
    def secret(self) -> Expression | None:
        """What the secret is, over `secrets`."""
        given: Any = self.trigger.config.get("secret")
        return compile_template(given) if isinstance(given, str) else None

    @cached_property
    def form(self) -> dict[str, Any]:
        return form_schema(self.config.get("fields") or ())


class HookTable:
    """One for each process that serves HTTP."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._routes: dict[tuple[Kind, int], list[HookRoute]] = {}
        self._stamp: object = None
        self._version: int | None = None
        self._looked = float("-inf")
        self._lock = asyncio.Lock()

    async def find(self, kind: Kind, path: str) -> list[tuple[HookRoute, dict[str, str]]]:
        """What answers at `path`, whatever the method; what is written out goes before what may be anything."""
        if monotonic() - self._looked > _LOOK_EVERY:
            await self._look()
        found = self._match(kind, path)
        if not found and self._application.store.data_version() != self._version:
            await self._look()
            found = self._match(kind, path)
        return found

    def _match(self, kind: Kind, path: str) -> list[tuple[HookRoute, dict[str, str]]]:
        segments = tuple(path.split("/"))
        return [
            (route, matched)
            for route in self._routes.get((kind, len(segments)), ())
            if (matched := route.pattern.match(segments)) is not None
        ]

    async def _look(self) -> None:
        async with self._lock:
            store = self._application.store
            version = store.data_version()
            if version != self._version or not version:
                stamp = await store.listening_stamp()
                if stamp != self._stamp:
                    self._routes = await self._read()
                    self._stamp = stamp
                self._version = version
            self._looked = monotonic()

    async def _read(self) -> dict[tuple[Kind, int], list[HookRoute]]:
        store = self._application.store
        deployments = {one.id: one for one in await store.list_deployments(status="active")}
        routes: dict[tuple[Kind, int], list[HookRoute]] = {}
        taken: set[tuple[object, ...]] = set()
        triggers = [one for one in await store.list_triggers(armed_only=True) if is_hook(one.type)]
        triggers.sort(
            key=lambda one: str(deployments[one.deployment].created_at) if one.deployment in deployments else ""
        )
        for trigger in triggers:
            deployment = deployments.get(trigger.deployment)
            if deployment is None:
                continue
            try:
                route = await self._route(trigger, deployment)
            except (TreadleError, ValidationError, ValueError) as error:
                # One that cannot answer must not keep the others from answering.
                log.error("Trigger `%s` of `%s` answers nothing: %s", trigger.id, deployment.name, error)
                continue
            places = {(route.kind, route.pattern.shape, method) for method in route.methods}
            if places & taken:
                log.error("`/%s/%s` of `%s` is taken by another deployment.", route.kind, route.path, deployment.name)
                continue
            taken |= places
            routes.setdefault((route.kind, len(route.pattern.segments)), []).append(route)
        for found in routes.values():
            found.sort(key=lambda route: route.pattern.shape.count("{}"))
        return routes

    async def _route(self, trigger: Trigger, deployment: Deployment) -> HookRoute:
        application = self._application
        definition = application.registry.get(trigger.type)
        config = {
            name: definition.config_value(name, value)
            for name, value in trigger.config.items()
            if name not in ("secret", "input")
        }
        given: Any = trigger.config.get("input") or {}
        return HookRoute(
            kind=KINDS[trigger.type],
            pattern=Pattern.of(path_of(trigger)),
            methods=methods_of(trigger),
            deployment=deployment,
            trigger=trigger,
            workflow=await application.get_workflow(deployment.workflow, deployment.version),
            config=config,
            inputs={name: compile_expression(str(source)) for name, source in given.items()},
        )
