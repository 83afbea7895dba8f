"""Quotas: what the owner of a workflow may use, or whoever has one run that nobody owns, is asked for once, wherever a
run or a version comes from."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from treadle.errors import LimitExceeded
from treadle.model.ids import RunId, first_id_at
from treadle.model.workflow import Node, Workflow
from treadle.service.access.allowance import Allowance, allowance_of, default_allowance

if TYPE_CHECKING:
    from treadle.engine.clock import Clock
    from treadle.service.settings import Settings
    from treadle.store.sqlite_journal import SqliteStore

_LOOKED_UP_EVERY = timedelta(seconds=1)
"""How long a change made by another process may go unnoticed."""
_COUNTED_EVERY = timedelta(seconds=10)
_ACCEPTED_FOR = timedelta(seconds=5)
"""How long a run that was accepted may take to be stored."""
_DAY = timedelta(days=1)
_OWNERS = 1000


@dataclass(slots=True)
class _Used:
    """What an owner's runs have used: of the day that began at `day`, `runs` when they were counted and since."""

    day: datetime
    counted_at: datetime
    runs: int
    accepted: OrderedDict[RunId, datetime] = field(default_factory=OrderedDict[RunId, datetime])


class Quotas:
    """One for each store. Where nobody has a quota it costs nothing but a look once a second."""

    def __init__(self, store: SqliteStore, clock: Clock, settings: Settings) -> None:
        self._store = store
        self._clock = clock
        self._default = default_allowance(settings)
        self._looked_at: datetime | None = None
        self._anybody_has = False
        self._used: OrderedDict[str, _Used] = OrderedDict()
        self._trying: dict[str, set[RunId]] = {}
        """The nodes that users try out at the moment."""

    def forget(self) -> None:
        """Quotas were changed: look again."""
        self._looked_at = None

    async def require_run(self, workflow: Workflow, account: str | None, run_id: RunId) -> float | None:
        """The seconds that this run may take (None: any), and one run more on a user's account.

        Raises `LimitExceeded` (`quota_exceeded`): `nodes`, `runs_per_day`, `concurrent_runs`.
        """
        allowed = Allowance() if account is None else await self.allowance_of(account)
        if account is None or allowed.is_unbounded:
            return None
        _require_nodes(workflow, allowed)
        await self._accept(account, allowed, run_id)
        return None if allowed.run_seconds is None else float(allowed.run_seconds)

    @asynccontextmanager
    async def trying_node(self, user: str | None, run_id: RunId) -> AsyncGenerator[float | None]:
        """The seconds that a user's try of a node may take (None: any), and while it lasts, one run more on their
        account: an effect does what it does in one, too. Nothing is stored of it, so that this process alone knows.

        Raises `LimitExceeded` as `require_run` does.
        """
        allowed = Allowance() if user is None else await self.allowance_of(user)
        if user is None or allowed.is_unbounded:
            yield None
            return
        trying = self._trying.setdefault(user, set())
        trying.add(run_id)  # before it is accepted: accepted runs are soon taken for stored
        try:
            await self._accept(user, allowed, run_id)
            yield None if allowed.run_seconds is None else float(allowed.run_seconds)
        finally:
            trying.discard(run_id)
            if (used := self._used.get(user)) is not None:
                used.accepted.pop(run_id, None)  # it is not to come: it is over
            if not trying:
                self._trying.pop(user, None)

    async def _accept(self, owner: str, allowed: Allowance, run_id: RunId) -> None:
        """One run more on the owner's account."""
        now = self._clock.now()
        used = self._account(owner, now)
        if allowed.runs_per_day is not None:
            await self._recount(owner, used, now)
            if used.runs >= allowed.runs_per_day:
                left = (used.day + _DAY - now).total_seconds()
                raise _exceeded("runs_per_day", used.runs, allowed.runs_per_day, "runs of today", retry_after=left)
        used.runs += 1
        used.accepted[run_id] = now
        try:
            if allowed.concurrent_runs is not None:
                # Counted with this one: of two that come at once, both are seen by whichever looks last.
                trying = self._trying.get(owner, ())
                accepted = {*used.accepted, *trying}
                under_way = await self._store.count_owned_under_way(owner, accepted) - 1
                if under_way >= allowed.concurrent_runs:
                    raise _exceeded(
                        "concurrent_runs", under_way, allowed.concurrent_runs, "runs at a time", retry_after=5.0
                    )
        except BaseException:
            used.runs -= 1
            used.accepted.pop(run_id, None)
            raise

    async def require_version(self, workflow: Workflow) -> None:
        """Raises `LimitExceeded` (`quota_exceeded`): `nodes`."""
        if not await self.is_anybody_bound():
            return
        owner = (await self._store.find_holding(workflow.name)).owner
        if owner is not None:
            _require_nodes(workflow, await self.allowance_of(owner))

    async def room_for(self, owner: str) -> Callable[[int], None] | None:
        """What says, of how many workflows a user has, whether there may be one more; None: there may. It is for the
        store to ask within the transaction that brings it: of many that come at once, none sees the others before.

        It raises `LimitExceeded` (`quota_exceeded`): `workflows`.
        """
        most = (await self.allowance_of(owner)).workflows
        if most is None:
            return None

        def require(used: int) -> None:
            if used >= most:
                raise _exceeded("workflows", used, most, "workflows")

        return require

    async def allowance_of(self, owner: str) -> Allowance:
        if not await self.is_anybody_bound():
            return Allowance()
        user = await self._store.find_user(owner)
        return self._default if user is None else allowance_of(user.quotas, self._default)

    async def is_anybody_bound(self) -> bool:
        """Whether anybody has quotas at all."""
        if not self._default.is_unbounded:
            return True
        now = self._clock.now()
        if self._looked_at is None or not timedelta() <= now - self._looked_at < _LOOKED_UP_EVERY:
            # Looked at by each that asks until it is known: none takes what was known before for it meanwhile.
            self._anybody_has = await self._store.has_quotas()
            self._looked_at = now
        return self._anybody_has

    def _account(self, owner: str, now: datetime) -> _Used:
        day = now.replace(hour=0, minute=0, second=0, microsecond=0)
        used = self._used.get(owner)
        if used is None or used.day != day:
            used = self._used[owner] = _Used(day, day - _DAY, 0)
        self._used.move_to_end(owner)
        if len(self._used) > _OWNERS:
            self._used.popitem(last=False)
        while used.accepted and now - next(iter(used.accepted.values())) > _ACCEPTED_FOR:
            used.accepted.popitem(last=False)
        return used

    async def _recount(self, owner: str, used: _Used, now: datetime) -> None:
        """What other processes started is in the store; what is not kept there is known here alone."""
        if now - used.counted_at >= _COUNTED_EVERY:
            used.counted_at = now
            stored = await self._store.count_owned_since(owner, first_id_at(used.day))
            used.runs = max(used.runs, stored)


def count_nodes(workflow: Workflow) -> int:
    """All of them, those in containers too."""
    return sum(_count(node) for node in workflow.nodes)


def _count(node: Node) -> int:
    return 1 if node.body is None else 1 + sum(_count(inner) for inner in node.body.nodes)


def _require_nodes(workflow: Workflow, allowed: Allowance) -> None:
    if allowed.nodes is not None and (used := count_nodes(workflow)) > allowed.nodes:
        raise _exceeded("nodes", used, allowed.nodes, f"nodes in one workflow, and `{workflow.name}` has {used}")


_REMEDY = {
    "workflows": "Delete one for good or give it to somebody else, or ask an administrator for a larger quota.",
    "runs_per_day": "Try again after midnight (UTC), or ask an administrator for a larger quota.",
    "concurrent_runs": "Wait until one of them is over, or ask an administrator for a larger quota.",
    "nodes": "Split the workflow with `flow.call`, or ask an administrator for a larger quota.",
}


def _exceeded(quota: str, used: int, limit: int, what: str, *, retry_after: float | None = None) -> LimitExceeded:
    said = what if quota == "nodes" else f"{what}, and has used {used}"
    return LimitExceeded(
        f"The owner of the workflow may have {limit} {said}.",
        code="quota_exceeded",
        remedy=_REMEDY[quota],
        retry_after=retry_after,
        quota=quota,
        used=used,
        limit=limit,
    )
