"""Deployments: bound, active workflows and what starts them."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from treadle.errors import NotFound
from treadle.model.policy import Mode
from treadle.store.codec import decode, encode
from treadle.store.database import Database
from treadle.store.rows import from_micros, to_micros

DeploymentStatus = Literal["active", "stopped"]
_COLUMNS = 'id, name, workflow, version, mode, status, "trigger", params, created_at, last_fired_at'


@dataclass(frozen=True, slots=True)
class Deployment:
    """A workflow bound to a trigger. `version` None means the latest; `trigger` is {type, config}."""

    id: str
    name: str
    workflow: str
    version: str | None = None
    mode: Mode = "live"
    status: DeploymentStatus = "active"
    trigger: Mapping[str, Any] = field(default_factory=dict[str, Any])
    params: Mapping[str, Any] = field(default_factory=dict[str, Any])
    created_at: datetime | None = None
    last_fired_at: datetime | None = None


class Deployments(Database):
    async def save_deployment(self, deployment: Deployment) -> None:
        """Insert it, or replace the one with its id; when that was created and last fired stays."""
        row = (
            deployment.id,
            deployment.name,
            deployment.workflow,
            deployment.version,
            deployment.mode,
            deployment.status,
            encode(deployment.trigger),
            encode(deployment.params),
            to_micros(deployment.created_at or self._now()),
            None if deployment.last_fired_at is None else to_micros(deployment.last_fired_at),
        )

        def work(connection: sqlite3.Connection) -> None:
            connection.execute(
                f"INSERT INTO deployments ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
                " ON CONFLICT (id) DO UPDATE SET name = excluded.name,"
                " workflow = excluded.workflow, version = excluded.version,"
                ' mode = excluded.mode, status = excluded.status, "trigger" = excluded."trigger",'
                " params = excluded.params, last_fired_at = coalesce(excluded.last_fired_at, last_fired_at)",
                row,
            )

        await self.write(work)

    async def get_deployment(self, deployment_id: str) -> Deployment:
        """Raises `NotFound`."""
        statement = f"SELECT {_COLUMNS} FROM deployments WHERE id = ?"
        row = await self.read(lambda c: c.execute(statement, (deployment_id,)).fetchone())
        if row is None:
            raise _unknown(deployment_id)
        return _read_deployment(row)

    async def list_deployments(self, *, status: DeploymentStatus | None = None) -> list[Deployment]:
        """By name."""
        statement = f"SELECT {_COLUMNS} FROM deployments WHERE ? IS NULL OR status = ? ORDER BY name, id"
        rows = await self.read(lambda c: c.execute(statement, (status, status)).fetchall())
        return [_read_deployment(row) for row in rows]

    async def touch_deployment(self, deployment_id: str, *, fired_at: datetime) -> None:
        """Note that it fired. Raises `NotFound`."""

        def work(connection: sqlite3.Connection) -> None:
            changed = connection.execute(
                "UPDATE deployments SET last_fired_at = ? WHERE id = ?", (to_micros(fired_at), deployment_id)
            ).rowcount
            if not changed:
                raise _unknown(deployment_id)

        await self.write(work)


def _unknown(deployment_id: str) -> NotFound:
    return NotFound(f"There is no deployment `{deployment_id}`.", code="unknown_deployment", remedy="Create it first.")


def _read_deployment(row: tuple[Any, ...]) -> Deployment:
    deployment, name, workflow, version, mode, status, trigger, params, created_at, fired_at = row
    return Deployment(
        id=deployment,
        name=name,
        workflow=workflow,
        version=version,
        mode=mode,
        status=status,
        trigger=decode(trigger),
        params=decode(params),
        created_at=from_micros(created_at),
        last_fired_at=None if fired_at is None else from_micros(fired_at),
    )
