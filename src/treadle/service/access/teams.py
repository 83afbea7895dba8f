"""Teams: users under one name, to share workflows with."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from treadle.errors import NotFound
from treadle.service.access.operation import note_details, operation
from treadle.service.access.users import check_name
from treadle.store.teams import Team

if TYPE_CHECKING:
    from treadle.service.application import Application


class Teams:
    """The operations on teams. Members are named by name or id, and given by name."""

    def __init__(self, application: Application) -> None:
        self.application = application
        self._store = application.store

    @operation("users.names")
    async def list(self) -> Sequence[Team]:
        """By name."""
        names = await self._names()
        return [_with_names(team, names) for team in await self._store.list_teams()]

    @operation("users.names")
    async def get(self, team: str) -> Team:
        """By name or id. Raises `NotFound` (`unknown_team`)."""
        return _with_names(await self._get(team), await self._names())

    @operation("teams.write")
    async def create(self, name: str, *, members: Collection[str] = ()) -> Team:
        """Raises `InvalidWorkflow` (`invalid_name`), `NotFound` (`unknown_user`), `Conflict` (`team_exists`)."""
        check_name(name)
        note_details(team=name, members=list(members))
        ids = [(await self._store.get_user(member)).id for member in members]
        team = Team(f"t{secrets.token_hex(8)}", name, self.application.world.clock.now(), ids)
        await self._store.create_team(team)
        return _with_names(team, await self._names())

    @operation("teams.write")
    async def change(self, team: str, *, name: str | None = None, members: Collection[str] | None = None) -> Team:
        """Another name, other members. Raises as `create` does, and `NotFound` (`unknown_team`)."""
        found = await self._get(team)
        note_details(team=found.name, **({} if members is None else {"members": list(members)}))
        ids = None if members is None else [(await self._store.get_user(member)).id for member in members]
        if name is not None and name != found.name:
            check_name(name)
            note_details(name=name)
            await self._store.rename_team(found.id, name)
        if ids is not None:
            await self._store.set_members(found.id, ids)
        return _with_names(await self._get(found.id), await self._names())

    @operation("teams.write")
    async def delete(self, team: str) -> None:
        """Nothing is shared with it any more. Raises `NotFound`."""
        found = await self._get(team)
        note_details(team=found.name)
        await self._store.delete_team(found.id)

    async def _get(self, team: str) -> Team:
        found = await self._store.find_team(team)
        if found is None:
            raise NotFound(f"There is no team `{team}`.", code="unknown_team", remedy="`treadle team list` shows them.")
        return found

    async def _names(self) -> dict[str, str]:
        return {user.id: user.name for user in await self._store.list_users()}


def _with_names(team: Team, names: dict[str, str]) -> Team:
    return Team(team.id, team.name, team.created_at, sorted(names.get(member, member) for member in team.members))
