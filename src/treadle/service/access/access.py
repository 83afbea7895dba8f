"""Access: lets an actor do something or refuses, and remembers what was done."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal, cast

from treadle.engine.redaction import Redactor
from treadle.errors import Forbidden, NotFound
from treadle.model.holding import LEVELS, Level
from treadle.model.nearest import suggest
from treadle.service.access.actions import ACTIONS
from treadle.service.access.actor import Actor, Role
from treadle.service.access.authorise import authorise, find_level
from treadle.store.audit import AuditEntry
from treadle.store.backtests import unknown_backtest
from treadle.store.deployments import unknown_deployment
from treadle.store.inbox import unknown_task
from treadle.store.run_queries import unknown_run
from treadle.store.workflows import unknown_workflow

if TYPE_CHECKING:
    from treadle.engine.clock import Clock
    from treadle.store.sqlite_journal import SqliteStore

Kind = Literal["workflow", "run", "deployment", "task", "backtest"]
"""What an operation may be on. All but the first belong to a workflow."""

_REFUSALS = 30
"""Refusals of one user, or of everybody not signed in, that are written within a minute; the rest are counted."""
_WATCHED = 1000


class Access:
    """One for each store; actors come and go."""

    def __init__(self, store: SqliteStore, clock: Clock, *, redactor: Callable[[], Redactor] = Redactor) -> None:
        self._store = store
        self._redactor = redactor
        self._clock = clock
        self._refused: OrderedDict[str, _Refused] = OrderedDict()
        self.unwritten = 0
        """Refusals that were counted instead of written, so that nobody fills the disk by being refused."""

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
            raise await self.unknown(actor, kind, subject) from None
        except Forbidden:
            # What is not there is nobody's, and of that only administrators may do everything.
            if kind == "workflow" and not await self._store.has_workflow(subject):
                raise await self.unknown(actor, kind, subject) from None
            raise

    async def unknown(self, actor: Actor, kind: Kind, subject: str) -> NotFound:
        """What is said of what is not there, and of what the actor is not to know of: in no word is one the other."""
        if kind == "run":
            return unknown_run(subject)
        if kind == "task":
            return unknown_task(subject)
        if kind == "backtest":
            return unknown_backtest(subject)
        hidden = await self.find_hidden(actor)
        if kind == "deployment":
            names = [one.name for one in await self._store.list_deployments() if one.workflow not in hidden]
            return unknown_deployment(subject, suggest(subject, names, "The list of deployments has those there are."))
        names = [name for name in await self._store.list_workflow_names() if name not in hidden]
        return unknown_workflow(subject, suggest(subject, names, "The list of workflows has those there are."))

    async def require_to_test(self, actor: Actor, workflow: str) -> None:
        """Nothing, if the actor may run a definition of their own under this name: it is nobody's, or they may edit it.
        Raises `NotFound`, `Forbidden`."""
        if not actor.is_local:
            authorise(actor, replace(ACTIONS["runs.test"], level="edit"), await self._store.find_holding(workflow))

    async def require_to_call(self, caller: str, called: str) -> None:
        """Nothing, if a run of the workflow `caller` may start one of `called`: whoever owns the one owns the other, or
        has it shared with them to operate; that they are an administrator counts for nothing, for theirs may be
        changed, started and handed over by others. What is everybody's may call what is everybody's, or else anybody
        could reach anything by changing it.

        Raises `NotFound`, in the words for what is not there.
        """
        if not await self._reaches(caller, called, "operate"):
            raise NotFound(
                f"There is no workflow `{called}` in the store for `{caller}`.",
                code="unknown_workflow",
                remedy="Its owner may share it, to operate, with the owner of the one that calls it.",
                workflow=called,
            )

    async def may_hear_of(self, listener: str, workflow: str) -> bool:
        """Whether a deployment of `listener` may be told of a run of `workflow`: whoever owns the one owns the other,
        or has it shared with them."""
        return await self._reaches(listener, workflow, "view")

    async def _reaches(self, own: str, other: str, least: Level) -> bool:
        holding = await self._store.find_holding(other)
        if own == other or holding.owner is None:
            return True
        owner = (await self._store.find_holding(own)).owner
        user = None if owner is None else await self._store.find_user(owner)
        actor = Actor("everybody", "operator", "session")
        if user is not None:
            teams = frozenset(await self._store.list_teams_of(user.id))
            role = "editor" if user.role == "admin" else cast("Role", user.role)
            actor = Actor(user.name, role, "session", user_id=user.id, teams=teams)
        level = find_level(actor, holding)
        return level is not None and LEVELS.index(level) >= LEVELS.index(least)

    async def find_hidden(self, actor: Actor) -> Collection[str]:
        """The names of the workflows that are to be left out of what the actor is shown."""
        if actor.is_local or actor.role == "admin":
            return frozenset()
        return await self._store.find_hidden(actor.user_id)

    async def note(
        self, actor: Actor, action: str, outcome: str, *, subject: str | None, details: Mapping[str, Any]
    ) -> None:
        """Write a line of the audit log. Of many refusals in a row only the first are; the next line says how many were
        left out before it."""
        if outcome == "refused":
            left_out = self._count_refusal(actor.user_id or actor.via)
            if left_out is None:
                return
            if left_out:
                details = {**details, "left_out": left_out}
        await self._store.append_audit(
            AuditEntry(
                at=self._clock.now(),
                name=actor.name,
                via=actor.via,
                action=action,
                outcome=outcome,
                actor=actor.user_id,
                address=actor.address,
                subject=self._redactor().value(subject),
                details=self._redactor().value(details),
            )
        )

    def _count_refusal(self, who: str) -> int | None:
        """How many were left out before this one; None: so is this one."""
        now = self._clock.now()
        refused = self._refused.setdefault(who, _Refused(now))
        self._refused.move_to_end(who)
        if len(self._refused) > _WATCHED:
            self._refused.popitem(last=False)
        if now - refused.since >= timedelta(minutes=1):
            refused.since, refused.written = now, 0
        if refused.written >= _REFUSALS:
            refused.left_out += 1
            self.unwritten += 1
            return None
        refused.written += 1
        left_out, refused.left_out = refused.left_out, 0
        return left_out


class _Refused:
    """Refusals of one actor: when the minute under way began, and what became of them in it."""

    def __init__(self, since: datetime) -> None:
        self.since = since
        self.written = 0
        self.left_out = 0
