"""Why deployments stand still, kept until somebody starts them again or what kept them is over; what was confirmed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from treadle.store.codec import decode, encode
from treadle.store.database import Database

REASONS, CONFIRMED = "@reasons", "@confirmed"
"""Owners of the table `state`, its keys being the ids of deployments."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a deployment starts no runs: `message` says it, `differences` are what was found, each a sentence."""

    at: datetime
    code: str
    message: str
    differences: Sequence[str] = ()


class Reasons(Database):
    async def set_reason(self, deployment_id: str, reason: Reason) -> None:
        await self._put(REASONS, deployment_id, {**asdict(reason), "differences": list(reason.differences)})

    async def clear_reason(self, deployment_id: str) -> None:
        statement = "DELETE FROM state WHERE owner = ? AND key = ?"
        await self.write(lambda c: c.execute(statement, (REASONS, deployment_id)))

    async def list_reasons(self) -> dict[str, Reason]:
        """By the id of the deployment."""
        statement = "SELECT key, value FROM state WHERE owner = ?"
        rows = await self.read(lambda c: c.execute(statement, (REASONS,)).fetchall())
        return {deployment_id: _read(decode(text)) for deployment_id, text in rows}

    async def find_reason(self, deployment_id: str) -> Reason | None:
        found = await self._get(REASONS, deployment_id)
        return None if found is None else _read(found)

    async def note_confirmed(self, deployment_id: str, text: str) -> None:
        """What a person has confirmed for this deployment last."""
        await self._put(CONFIRMED, deployment_id, text)

    async def find_confirmed(self, deployment_id: str) -> str | None:
        return await self._get(CONFIRMED, deployment_id)

    async def _put(self, owner: str, deployment_id: str, value: Any) -> None:
        statement = (
            "INSERT INTO state (owner, key, value) VALUES (?, ?, ?)"
            " ON CONFLICT (owner, key) DO UPDATE SET value = excluded.value"
        )
        row = (owner, deployment_id, encode(value))
        await self.write(lambda connection: connection.execute(statement, row))

    async def _get(self, owner: str, deployment_id: str) -> Any:
        statement = "SELECT value FROM state WHERE owner = ? AND key = ?"
        row = await self.read(lambda c: c.execute(statement, (owner, deployment_id)).fetchone())
        return None if row is None else decode(row[0])


def _read(found: dict[str, Any]) -> Reason:
    return Reason(found["at"], found["code"], found["message"], tuple(found["differences"]))
