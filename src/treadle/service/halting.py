"""The kill switch of a deployment: on, it sends no new orders, what is open is cancelled and what is held is closed. It
stays on until a person resets it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from treadle.errors import Conflict, InvalidWorkflow
from treadle.model.record import Record, RecordQuery
from treadle.service.access.operation import note_details, operation
from treadle.service.deployments import Deployments
from treadle.service.flattening import start_flattening

if TYPE_CHECKING:
    from treadle.service.application import Application
    from treadle.store.sqlite_journal import SqliteStore

HALT = "halt"
"""The kind of the record that the order path reads before each order; its key is the id of the deployment."""
_LONGEST = 500


@dataclass(frozen=True, slots=True)
class Halt:
    """`by` and `run` are who turned it on: a person, or a run of the deployment. One that was reset says by whom.
    `flattening` is the run that cancels and closes; None where there was nothing to, or nobody asked for it."""

    on: bool
    reason: str = ""
    by: str | None = None
    at: datetime | None = None
    run: str | None = None
    reset_by: str | None = None
    reset_at: datetime | None = None
    flattening: str | None = None

    @classmethod
    def of(cls, value: Mapping[str, Any]) -> Halt:
        """From the record, whoever wrote it."""

        def time(name: str) -> datetime | None:
            return datetime.fromisoformat(value[name]) if value.get(name) else None

        return cls(
            bool(value.get("on")),
            str(value.get("reason") or ""),
            value.get("by"),
            time("at"),
            value.get("run"),
            value.get("reset_by"),
            time("reset_at"),
            value.get("flattening"),
        )

    def to_dict(self) -> dict[str, Any]:
        """As the record holds it."""
        found = {
            "on": self.on,
            "reason": self.reason,
            "by": self.by,
            "at": None if self.at is None else self.at.isoformat(),
            "run": self.run,
            "reset_by": self.reset_by,
            "reset_at": None if self.reset_at is None else self.reset_at.isoformat(),
            "flattening": self.flattening,
        }
        return {name: value for name, value in found.items() if value is not None}


class Halting:
    """The operations on kill switches."""

    def __init__(self, application: Application) -> None:
        self.application = application
        self._store = application.store
        self._deployments = Deployments(application)

    @operation("deployments.read", on="deployment")
    async def show(self, name: str) -> Halt:
        """How the switch of a deployment stands; off, where nobody has ever touched it. Raises `NotFound`."""
        deployment = await self._deployments.get(name)
        found = await self._store.find_record(HALT, deployment.id)
        return Halt(False) if found is None else Halt.of(found.value)

    @operation("deployments.control", on="deployment")
    async def engage(self, name: str, reason: str, *, closes: bool = True) -> Halt:
        """Turn it on: from now on every new order of the deployment is refused, in whatever process its runs are. Then
        a run is started (`flattening`) that cancels its orders, closes its positions (unless not `closes`, and nothing
        is cancelled then either) and looks whether that is so; its other runs go on. On already, it stays as it was
        turned on; what is open then is closed all the same.

        Raises `NotFound`, `InvalidWorkflow` (`invalid_argument`) without a reason.
        """
        reason = reason.strip()
        if not 1 <= len(reason) <= _LONGEST:
            raise InvalidWorkflow(
                "A kill switch is turned on for a reason." if not reason else "The reason is too long.",
                code="invalid_argument",
                remedy=f"Say why, in at most {_LONGEST} characters: whoever resets it will want to know.",
            )
        deployment = await self._deployments.get(name)
        note_details(reason=reason, closes=closes)
        halt = await self.show(name)
        if not halt.on:
            halt = Halt(True, reason, self.application.actor.name, self._now())
            await self._put(deployment.id, halt)
        if closes and (run_id := await start_flattening(self.application, deployment, reason)) is not None:
            halt = replace(halt, flattening=run_id)
            await self._put(deployment.id, halt)
        return halt

    @operation("deployments.control", on="deployment")
    async def reset(self, name: str) -> Halt:
        """Turn it off again: only a person does. Raises `NotFound`, `Conflict` (`not_halted`)."""
        deployment = await self._deployments.get(name)
        before = await self.show(name)
        if not before.on:
            raise Conflict(
                f"The kill switch of `{name}` is off.",
                code="not_halted",
                remedy="Nothing needs doing.",
                deployment=name,
            )
        note_details(reason=before.reason)
        by = self.application.actor.name
        halt = Halt(False, before.reason, before.by, before.at, before.run, by, self._now())
        await self._put(deployment.id, halt)
        return halt

    async def _put(self, deployment_id: str, halt: Halt) -> None:
        redact = self.application.world.redactor().text
        value = {**halt.to_dict(), "reason": redact(halt.reason)}
        record = Record(HALT, deployment_id, value, f"deployment:{deployment_id}", is_open=halt.on)
        await self._store.put_record(record, now=self._now())
        self.application.tell_deployments_changed()

    def _now(self) -> datetime:
        return self.application.world.clock.now()


async def list_halts(store: SqliteStore) -> dict[str, Halt]:
    """Those that are on, by the id of the deployment."""
    found = {record.key: Halt.of(record.value) for record in await store.list_records(RecordQuery(HALT))}
    return {deployment_id: halt for deployment_id, halt in found.items() if halt.on}
