"""Deployments for supervisors to look after, and a `fire` that remembers instead of starting runs."""

from __future__ import annotations

import asyncio
import sqlite3
from dataclasses import replace
from datetime import datetime, timedelta

from treadle.dispatch.supervisor import Supervisor
from treadle.engine.clock import Clock
from treadle.errors import Conflict
from treadle.node.registry import Registry
from treadle.store.deployments import Deployment, DeploymentStatus
from treadle.store.rows import to_micros
from treadle.store.sqlite_journal import SqliteStore
from treadle.store.triggers import Trigger
from treadle.testing.clock import START

__all__ = ["START", "Firing", "deploy", "interval", "schedule", "supervisor"]


class Firing:
    """Notes each fire time where the store does, so that it is fired once, as a run is admitted once."""

    def __init__(self, store: SqliteStore, *, takes: float = 0.0) -> None:
        self.store = store
        self.fired: list[tuple[str, datetime]] = []
        self.error: Exception | None = None
        self.under_way = 0
        self.most_at_once = 0
        self._takes = takes

    async def __call__(self, deployment: Deployment, trigger: Trigger, *, due: datetime) -> None:
        self.under_way += 1
        self.most_at_once = max(self.most_at_once, self.under_way)
        try:
            if self._takes:
                await asyncio.sleep(self._takes)
            if self.error is not None:
                raise self.error
            await self.store.write(lambda connection: _note(connection, trigger, to_micros(due)))
            self.fired.append((deployment.name, due))
        finally:
            self.under_way -= 1

    def dues(self) -> list[datetime]:
        return [due for _, due in self.fired]

    def minutes(self) -> list[float]:
        return [(due - START) / timedelta(minutes=1) for due in self.dues()]


def _note(connection: sqlite3.Connection, trigger: Trigger, due: int) -> None:
    changed = connection.execute(
        "UPDATE triggers SET last_fired_at = ? WHERE deployment = ? AND id = ? AND coalesce(last_fired_at, 0) < ?",
        (due, trigger.deployment, trigger.id, due),
    ).rowcount
    if not changed:
        raise Conflict("It has fired.", code="already_fired")


def interval(seconds: float | str, **config: str) -> Trigger:
    return Trigger("", "t", None, "trigger.interval", {"seconds": seconds, **config})


def schedule(cron: str, timezone: str, **config: str) -> Trigger:
    return Trigger("", "t", None, "trigger.schedule", {"cron": cron, "timezone": timezone, **config})


async def deploy(
    store: SqliteStore,
    trigger: Trigger,
    *,
    name: str = "d",
    status: DeploymentStatus = "active",
    armed_at: datetime = START,
) -> Deployment:
    deployment = Deployment(name, name, "w", "1", status=status, created_at=armed_at)
    await store.save_deployment(deployment)
    await store.save_triggers(name, [replace(trigger, deployment=name, armed_at=armed_at)])
    return deployment


def supervisor(
    store: SqliteStore, clock: Clock, fire: Firing, *, at_once: int = 64, registry: Registry | None = None
) -> Supervisor:
    return Supervisor(store, registry=registry or Registry.installed(), clock=clock, fire=fire, at_once=at_once)
