"""Access: lets an actor do something or refuses, and remembers what was done."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any, Literal

from treadle.errors import NotFound
from treadle.service.access.actions import ACTIONS
from treadle.service.access.actor import Actor
from treadle.service.access.authorise import authorise
from treadle.store.audit import AuditEntry

if TYPE_CHECKING:
    from treadle.engine.clock import Clock
    from treadle.store.sqlite_journal import SqliteStore

Kind = Literal["workflow", "run", "deployment", "task"]
"""What an operation may be on. All but the first belong to a workflow."""


class Access:
    """One for each store; actors come and go."""

    def __init__(self, store: SqliteStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def require(self, actor: Actor, action: str, kind: Kind | None = None, subject: str | None = None) -> None:
        """Nothing, if the actor may do this (to `subject`). Raises what `authorise` raises.

        Of what is not there, whoever has the role hears from the operation itself; of what they are not to know of, the
        same words.
        """
        if actor.is_local:
            return
        found = ACTIONS[action]
        authorise(actor, found)
        if found.level is None or kind is None or subject is None:
            return
        workflow = subject if kind == "workflow" else await self._store.find_workflow_of(kind, subject)
        if workflow is None:
            return
        try:
            authorise(actor, found, await self._store.find_holding(workflow))
        except NotFound:
            raise NotFound(f"There is no {kind} `{subject}`.", **{kind: subject}) from None

    async def find_hidden(self, actor: Actor) -> Collection[str]:
        """The names of the workflows that are to be left out of what the actor is shown."""
        if actor.is_local or actor.role == "admin":
            return frozenset()
        return await self._store.find_hidden(actor.user_id)

    async def note(
        self, actor: Actor, action: str, outcome: str, *, subject: str | None, details: Mapping[str, Any]
    ) -> None:
        """Write a line of the audit log."""
        await self._store.append_audit(
            AuditEntry(
                at=self._clock.now(),
                name=actor.name,
                via=actor.via,
                action=action,
                outcome=outcome,
                actor=actor.user_id,
                address=actor.address,
                subject=subject,
                details=details,
            )
        )
