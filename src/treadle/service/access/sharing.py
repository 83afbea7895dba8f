"""Sharing: to whom a workflow belongs, and who else may see, run or change it and all that is its."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, get_args

from treadle.errors import Conflict, InvalidWorkflow, NotFound
from treadle.model.holding import LEVELS, Level, Share, ShareKind
from treadle.model.nearest import listed
from treadle.service.access.authorise import find_level
from treadle.service.access.keys import require_whole
from treadle.service.access.operation import note_details, operation
from treadle.store.workflows import unknown_workflow

if TYPE_CHECKING:
    from treadle.service.application import Application


@dataclass(frozen=True, slots=True)
class Shared:
    """Whose a workflow is and with whom it is shared, by names; `level` is what the one who asks may do with it.
    Without an owner it is everybody's."""

    workflow: str
    owner: str | None
    shares: tuple[Share, ...]
    level: Level | None


class Sharing:
    """The operations on who has a workflow."""

    def __init__(self, application: Application) -> None:
        self.application = application
        self._store = application.store

    async def own(self, workflow: str) -> None:
        """A workflow that is new becomes its creator's: part of the operation that creates it, before anything of it is
        stored. Made on this machine it stays everybody's.

        Raises `Conflict` (`workflow_exists`) when it has become somebody else's, `LimitExceeded` (`quota_exceeded`).
        """
        user_id = self.application.actor.user_id
        if user_id is None or await self._store.has_workflow(workflow):
            return
        room = await self.application.quotas.room_for(user_id)
        owner = await self._store.claim_workflow(workflow, user_id, now=self.application.world.clock.now(), room=room)
        if owner is not None and owner != user_id:
            raise Conflict(
                f"There is a workflow `{workflow}` already.", code="workflow_exists", remedy="Choose another name."
            )

    @operation("workflows.read", on="workflow")
    async def get(self, workflow: str) -> Shared:
        """Raises `NotFound`."""
        return await self._read(workflow)

    @operation("workflows.share", on="workflow")
    async def share(self, workflow: str, *, kind: str, name: str = "", level: str = "view") -> Shared:
        """Let a user, a team or everybody do that much with it; as far as the role of each goes.

        Raises `NotFound` (`unknown_user`, `unknown_team`), `InvalidWorkflow` (`invalid_share`), `Conflict` (`no_owner`)
        where it is everybody's.
        """
        note_details(kind=kind, name=name, level=level)
        wanted: tuple[Level, ...] = LEVELS[:-1]
        if level not in wanted:
            raise InvalidWorkflow(
                f"A workflow is not shared to `{level}`.",
                code="invalid_share",
                remedy=f"Use {listed(wanted)}; to give it away, transfer it.",
            )
        holding = await self._store.find_holding(workflow)
        if holding.owner is None:
            await self._require(workflow)
            raise Conflict(
                f"`{workflow}` belongs to nobody: everybody may use it as far as their role goes.",
                code="no_owner",
                remedy="Give it an owner first, as an administrator may: transfer it to one.",
            )
        subject = await self._find_subject(kind, name)
        if kind == "user" and subject == holding.owner:
            raise InvalidWorkflow(
                f"`{workflow}` is theirs.", code="invalid_share", remedy="Share it with somebody else."
            )
        await self._store.put_share(workflow, Share(_kind(kind), subject, level))
        return await self._read(workflow)

    @operation("workflows.share", on="workflow")
    async def unshare(self, workflow: str, *, kind: str, name: str = "") -> Shared:
        """Take back what was shared. Raises `NotFound` (`not_shared`, `unknown_user`, `unknown_team`)."""
        note_details(kind=kind, name=name, level=None)
        if not await self._store.delete_share(workflow, _kind(kind), await self._find_subject(kind, name)):
            raise NotFound(
                f"`{workflow}` is not shared with {name or kind}.",
                code="not_shared",
                remedy="Look at whom it is shared with.",
            )
        return await self._read(workflow)

    @operation("workflows.transfer", on="workflow")
    async def transfer(self, workflow: str, *, to: str | None) -> Shared:
        """Give it to another user; None: to everybody. What it may reach is from now on what its new owner does: nobody
        has a share in it any more, and what is deployed of it rests until somebody starts it again.

        Raises `NotFound`, `Conflict` (`user_disabled`), `LimitExceeded` (`quota_exceeded`).
        """
        note_details(to=to)
        await self._require(workflow)
        note_details(paused=list(await self._give(workflow, to)))
        return await self._read(workflow)

    @operation("users.write")
    async def transfer_all(self, user: str, *, to: str | None) -> list[str]:
        """Everything of one user to another, for instance before they are disabled; the names of the workflows. Raises
        as `transfer` does, and `Forbidden` (`key_too_narrow`)."""
        require_whole(self.application.actor, "A key with scopes gives nobody's workflows away.")
        found = await self._store.get_user(user)
        names = await self._store.list_owned(found.id)
        note_details(user=found.name, to=to, workflows=names)
        paused = [name for workflow in names for name in await self._give(workflow, to)]
        note_details(paused=paused)
        return names

    async def _give(self, workflow: str, to: str | None) -> Sequence[str]:
        """The names of the deployments that rest now."""
        owner = room = None
        if to is not None:
            user = await self._store.get_user(to)
            if user.disabled_at is not None:
                raise Conflict(f"`{user.name}` is disabled.", code="user_disabled", remedy="Name another user.")
            owner = user.id
            room = await self.application.quotas.room_for(owner)
        paused = await self._store.set_owner(workflow, owner, now=self.application.world.clock.now(), room=room)
        if paused:
            self.application.tell_deployments_changed()
        return paused

    async def _require(self, workflow: str) -> None:
        if not await self._store.has_workflow(workflow):
            raise unknown_workflow(workflow, "`treadle list --workflows` shows them.")

    async def _read(self, workflow: str) -> Shared:
        await self._require(workflow)
        holding = await self._store.find_holding(workflow)
        users = {user.id: user.name for user in await self._store.list_users()}
        teams = {team.id: team.name for team in await self._store.list_teams()}
        shares = [
            Share(one.kind, {"user": users, "team": teams}.get(one.kind, {}).get(one.subject, one.subject), one.level)
            for one in holding.shares
        ]
        shares.sort(key=lambda one: (one.kind, one.subject))
        owner = None if holding.owner is None else users.get(holding.owner, holding.owner)
        return Shared(workflow, owner, tuple(shares), find_level(self.application.actor, holding))

    async def _find_subject(self, kind: str, name: str) -> str:
        if _kind(kind) == "everybody":
            return ""
        if kind == "user":
            return (await self._store.get_user(name)).id
        team = await self._store.find_team(name)
        if team is None:
            raise NotFound(f"There is no team `{name}`.", code="unknown_team", remedy="`treadle team list` shows them.")
        return team.id


def _kind(kind: str) -> ShareKind:
    for known in get_args(ShareKind):
        if kind == known:
            return known
    raise InvalidWorkflow(
        f"A workflow is not shared with a `{kind}`.", code="invalid_share", remedy=f"Use {listed(get_args(ShareKind))}."
    )
