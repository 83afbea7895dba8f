"""Deployments: workflows bound to what their runs are given, and to how many of them there may be."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Literal

from treadle.errors import NotFound
from treadle.model.columns import owners_of_series
from treadle.model.policy import Mode
from treadle.store.codec import decode, encode
from treadle.store.database import Database
from treadle.store.day_counts import forget_days_of
from treadle.store.lanes import call_up, change_rate
from treadle.store.reasons import CONFIRMED, REASONS
from treadle.store.rows import from_micros, to_micros
from treadle.store.triggers import Trigger, arm_triggers, raise_revision, trigger_row, write_triggers
from treadle.store.workflows import is_deleted, workflow_deleted

DeploymentStatus = Literal["active", "paused", "stopped"]
Overlap = Literal["skip", "queue"]
LimitScope = Literal["deployment", "all"]
_COLUMNS = "id, name, workflow, version, mode, status, input, params, profiles, limits, created_at, account"


@dataclass(frozen=True, slots=True)
class Rate:
    """No more than `number` runs begin in any `period` seconds, but for a `burst` at once.

    `key` is an expression: each of its values has a rate of its own.
    """

    number: float
    period: float
    burst: int = 1
    key: str | None = None


@dataclass(frozen=True, slots=True)
class DeploymentLimits:
    """How many runs of a deployment may be under way.

    `concurrency_key` is an expression: each of its values has a lane of its own, which with `scope` all it shares with
    every deployment whose key has that value. `overlap` says what becomes of a run that finds its lane full; None: it
    is left out where a time started it, and waits its turn where an event did.
    """

    concurrency: int = 1
    concurrency_key: str | None = None
    scope: LimitScope = "deployment"
    overlap: Overlap | None = None
    rate: Rate | None = None


@dataclass(frozen=True, slots=True)
class Deployment:
    """A workflow made to run by itself. `version` None means the latest; `profiles` name the credentials its runs read
    before all others. `account` is the user who deployed it: its runs are theirs where nobody owns the workflow."""

    id: str
    name: str
    workflow: str
    version: str | None = None
    mode: Mode = "live"
    status: DeploymentStatus = "active"
    input: Mapping[str, Any] = field(default_factory=dict[str, Any])
    params: Mapping[str, Any] = field(default_factory=dict[str, Any])
    profiles: tuple[str, ...] = ()
    limits: DeploymentLimits = field(default_factory=DeploymentLimits)
    created_at: datetime | None = None
    account: str | None = None


class Deployments(Database):
    async def save_deployment(
        self,
        deployment: Deployment,
        *,
        triggers: Sequence[Trigger] | None = None,
        arm_at: datetime | None = None,
        instead_of: Deployment | None = None,
    ) -> bool:
        """Insert it, or replace the one with its id; when that was created stays. False, and nothing changes, when that
        one is not `instead_of` any more. Raises `Conflict` (`workflow_deleted`) where it would start runs of a workflow
        in the bin.

        With it, `triggers` replace those it has, and with `arm_at` they fire for later times only: one transaction.
        """
        rows = None if triggers is None else [trigger_row(trigger, self._now()) for trigger in triggers]
        row = (
            deployment.id,
            deployment.name,
            deployment.workflow,
            deployment.version,
            deployment.mode,
            deployment.status,
            encode(deployment.input),
            encode(deployment.params),
            encode(list(deployment.profiles)),
            encode(asdict(deployment.limits)),
            to_micros(deployment.created_at or self._now()),
            deployment.account,
        )

        def work(connection: sqlite3.Connection) -> bool:
            statement = f"SELECT {_COLUMNS} FROM deployments WHERE id = ?"
            found = connection.execute(statement, (deployment.id,)).fetchone()
            before = None if found is None else _read_deployment(found)
            if instead_of is not None and before != instead_of:
                return False
            if deployment.status != "stopped" and is_deleted(connection, deployment.workflow):
                raise workflow_deleted(deployment.workflow)
            connection.execute(
                f"INSERT INTO deployments ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
                " ON CONFLICT (id) DO UPDATE SET name = excluded.name, workflow = excluded.workflow,"
                " version = excluded.version, mode = excluded.mode, status = excluded.status, input = excluded.input,"
                " params = excluded.params, profiles = excluded.profiles, limits = excluded.limits,"
                " account = excluded.account",
                row,
            )
            if before is not None:
                _apply_to_queue(connection, deployment, before.limits, at=to_micros(self._now()))
            if rows is not None:
                write_triggers(connection, deployment.id, rows)
            if arm_at is not None:
                arm_triggers(connection, deployment.id, at=arm_at)
            raise_revision(connection)
            return True

        return await self.write(work)

    async def delete_deployment(self, deployment_id: str) -> None:
        """Remove it with its triggers, state and figures. Its runs stay, and so do its records: they are what was
        traded, of a deployment that is no more, and none of the next one of this name."""
        owner = f"deployment:{deployment_id}"
        gone = f"{owner}@{to_micros(self._now())}"

        def work(connection: sqlite3.Connection) -> None:
            write_triggers(connection, deployment_id, [])
            connection.execute("DELETE FROM deployments WHERE id = ?", (deployment_id,))
            connection.execute("DELETE FROM metrics WHERE deployment = ?", (deployment_id,))
            forget_days_of(connection, deployment_id)
            owners = [f"{owner}:{deployment_id}" for owner in ("deployment", "trigger", "@paused")]
            for one in (*owners, *owners_of_series(deployment_id)):
                connection.execute("DELETE FROM state WHERE owner = ?", (one,))
            about = "DELETE FROM state WHERE owner IN (?, ?) AND key = ?"
            connection.execute(about, (REASONS, CONFIRMED, deployment_id))
            connection.execute("UPDATE records SET owner = ? WHERE owner = ?", (gone, owner))
            connection.execute("DELETE FROM records WHERE kind = 'halt' AND \"key\" = ?", (deployment_id,))
            raise_revision(connection)

        await self.write(work)

    async def clear_state(self, deployment_id: str) -> int:
        """Remove what it remembers, and the columns its nodes have collected; how many values it remembered."""

        def work(connection: sqlite3.Connection) -> int:
            for owner in owners_of_series(deployment_id):
                connection.execute("DELETE FROM state WHERE owner = ?", (owner,))
            return connection.execute("DELETE FROM state WHERE owner = ?", (f"deployment:{deployment_id}",)).rowcount

        return await self.write(work)

    async def get_deployment(self, deployment_id: str) -> Deployment:
        """Raises `NotFound`."""
        statement = f"SELECT {_COLUMNS} FROM deployments WHERE id = ?"
        row = await self.peek(lambda c: c.execute(statement, (deployment_id,)).fetchone())
        if row is None:
            raise unknown_deployment(deployment_id)
        return _read_deployment(row)

    async def list_deployments(self, *, status: DeploymentStatus | None = None) -> list[Deployment]:
        """By name."""
        statement = f"SELECT {_COLUMNS} FROM deployments WHERE ? IS NULL OR status = ? ORDER BY name, id"
        # Read in the reader's thread: ten thousand rows would hold the loop up.
        return await self.read(lambda c: [_read_deployment(row) for row in c.execute(statement, (status, status))])


def unknown_deployment(name: str, remedy: str = "`treadle deployments` lists those there are.") -> NotFound:
    return NotFound(f"There is no deployment `{name}`.", code="unknown_deployment", remedy=remedy, deployment=name)


def _apply_to_queue(
    connection: sqlite3.Connection, deployment: Deployment, before: DeploymentLimits, *, at: int
) -> None:
    """How many may be under way, how many may begin, and whether any may, counts from now on for those that wait
    already, too."""
    rate = deployment.limits.rate
    if rate != before.rate:
        keeps_keys = rate is not None and before.rate is not None and rate.key == before.rate.key
        written = None if rate is None else asdict(rate)
        change_rate(connection, deployment.id, written, keeps_keys=keeps_keys, at=at)
    connection.execute(
        "UPDATE runs SET origin = json_set(origin, '$.lane_limit', ?)"
        " WHERE deployment = ? AND status = 'queued' AND origin IS NOT NULL",
        (deployment.limits.concurrency, deployment.id),
    )
    lanes = "SELECT DISTINCT lane FROM runs WHERE deployment = ? AND status = 'queued' AND lane IS NOT NULL"
    for (lane,) in connection.execute(lanes, (deployment.id,)).fetchall():
        call_up(connection, lane, at=at)


def _read_deployment(row: tuple[Any, ...]) -> Deployment:
    deployment, name, workflow, version, mode, status, given, params, profiles, limits, created_at, account = row
    return Deployment(
        id=deployment,
        name=name,
        workflow=workflow,
        version=version,
        mode=mode,
        status=status,
        input=decode(given),
        params=decode(params),
        profiles=tuple(decode(profiles)),
        limits=_read_limits(decode(limits)),
        created_at=from_micros(created_at),
        account=account,
    )


def _read_limits(found: dict[str, Any]) -> DeploymentLimits:
    rate: dict[str, Any] | None = found.pop("rate", None)
    return DeploymentLimits(**found, rate=Rate(**rate) if rate else None)
