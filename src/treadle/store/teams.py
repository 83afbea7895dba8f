"""Teams: users under one name, to share with."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from treadle.errors import Conflict, NotFound
from treadle.store.database import Database
from treadle.store.rows import from_micros, to_micros


@dataclass(frozen=True, slots=True)
class Team:
    """`members` are ids of users."""

    id: str
    name: str
    created_at: datetime
    members: Sequence[str] = ()


class Teams(Database):
    async def create_team(self, team: Team) -> None:
        """Raises `Conflict` (`team_exists`)."""

        def insert(connection: sqlite3.Connection) -> None:
            row = (team.id, team.name, to_micros(team.created_at))
            try:
                connection.execute("INSERT INTO teams (id, name, created_at) VALUES (?, ?, ?)", row)
            except sqlite3.IntegrityError:
                raise _taken(team.name) from None
            _set_members(connection, team.id, team.members)

        await self.write(insert)

    async def find_team(self, name: str) -> Team | None:
        """By name or id."""
        return next(iter(await self._teams("WHERE teams.name = ?1 OR teams.id = ?1", (name,))), None)

    async def list_teams(self) -> list[Team]:
        """By name."""
        return await self._teams("", ())

    async def _teams(self, where: str, values: tuple[str, ...]) -> list[Team]:
        statement = (
            "SELECT teams.id, teams.name, teams.created_at, group_concat(members.user_id) FROM teams"
            f" LEFT JOIN members ON members.team_id = teams.id {where} GROUP BY teams.id ORDER BY teams.name"
        )
        rows = await self.read(lambda c: c.execute(statement, values).fetchall())
        return [Team(row[0], row[1], from_micros(row[2]), sorted(row[3].split(",")) if row[3] else ()) for row in rows]

    async def rename_team(self, team_id: str, name: str) -> None:
        """Raises `Conflict` (`team_exists`)."""

        def rename(connection: sqlite3.Connection) -> None:
            try:
                connection.execute("UPDATE teams SET name = ? WHERE id = ?", (name, team_id))
            except sqlite3.IntegrityError:
                raise _taken(name) from None

        await self.write(rename)

    async def set_members(self, team_id: str, members: Collection[str]) -> None:
        """Raises `NotFound` when the team is gone."""

        def change(connection: sqlite3.Connection) -> None:
            if connection.execute("SELECT 1 FROM teams WHERE id = ?", (team_id,)).fetchone() is None:
                raise NotFound(f"There is no team `{team_id}`.", code="unknown_team")
            connection.execute("DELETE FROM members WHERE team_id = ?", (team_id,))
            _set_members(connection, team_id, members)

        await self.write(change)

    async def delete_team(self, team_id: str) -> None:
        """What was shared with it is shared with it no more."""

        def delete(connection: sqlite3.Connection) -> None:
            connection.execute("DELETE FROM members WHERE team_id = ?", (team_id,))
            connection.execute("DELETE FROM shares WHERE kind = 'team' AND subject = ?", (team_id,))
            connection.execute("DELETE FROM teams WHERE id = ?", (team_id,))

        await self.write(delete)


def _set_members(connection: sqlite3.Connection, team_id: str, members: Collection[str]) -> None:
    rows = [(team_id, user_id) for user_id in dict.fromkeys(members)]
    connection.executemany("INSERT INTO members (team_id, user_id) VALUES (?, ?)", rows)


def _taken(name: str) -> Conflict:
    return Conflict(f"There is a team `{name}` already.", code="team_exists", remedy="Choose another name.")
