"""Teams: read by everybody, changed by administrators."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Response

from treadle.server.caller import Called
from treadle.server.models.access import ChangeTeam, CreateTeam, Team, TeamPage, show_team
from treadle.server.paging import DEFAULT_LIMIT, Cursor, Limit
from treadle.server.slices import cut
from treadle.service.access.teams import Teams

router = APIRouter(prefix="/teams", tags=["teams"])

TeamName = Annotated[str, Path(min_length=1, max_length=100, description="A name or an id.")]


@router.get("", operation_id="listTeams", summary="List teams", response_model=TeamPage)
async def list_teams(caller: Called, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None) -> TeamPage:
    """By name."""
    page, following = cut(await Teams(caller.application).list(), limit, cursor, order=lambda team: (team.name,))
    return TeamPage(items=[show_team(team) for team in page], next=following)


@router.post("", operation_id="createTeam", summary="Create a team", status_code=201, response_model=Team)
async def create_team(caller: Called, body: CreateTeam) -> Team:
    """Members are named by name or id."""
    return show_team(await Teams(caller.application).create(body.name, members=body.members))


@router.get("/{name}", operation_id="getTeam", summary="Read a team", response_model=Team)
async def get_team(caller: Called, name: TeamName) -> Team:
    """By name or id."""
    return show_team(await Teams(caller.application).get(name))


@router.patch("/{name}", operation_id="updateTeam", summary="Change a team", response_model=Team)
async def update_team(caller: Called, name: TeamName, body: ChangeTeam) -> Team:
    """`members` are all there are to be."""
    return show_team(await Teams(caller.application).change(name, name=body.name, members=body.members))


@router.delete("/{name}", operation_id="deleteTeam", summary="Delete a team", status_code=204)
async def delete_team(caller: Called, name: TeamName) -> Response:
    """Nothing is shared with it any more."""
    await Teams(caller.application).delete(name)
    return Response(status_code=204)
