"""Users, their sessions, one-time sign-in links and API keys. Of what lets somebody in, only digests are kept."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from treadle.errors import Conflict
from treadle.store.codec import decode, encode
from treadle.store.database import Database
from treadle.store.rows import from_micros, to_micros

USER_COLUMNS = "users.id, users.name, users.role, users.password, users.quotas, users.created_at, users.disabled_at"
_KEY = (
    "api_keys.id, api_keys.user_id, api_keys.name, api_keys.scopes, api_keys.created_at, api_keys.expires_at,"
    " api_keys.used_at, api_keys.revoked_at"
)


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who may sign in. `password` is an argon2 hash, `quotas` a mapping or None. Times are aware UTC."""

    id: str
    name: str
    role: str
    created_at: datetime
    password: str | None = None
    quotas: Any = None
    disabled_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in browser. `digest` is that of its token."""

    digest: str
    user_id: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    agent: str | None = None


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key that acts for its user, narrowed to `scopes`."""

    id: str
    user_id: str
    name: str
    scopes: Sequence[str]
    created_at: datetime
    expires_at: datetime | None = None
    used_at: datetime | None = None
    revoked_at: datetime | None = None


class Identities(Database):
    """Who there is, and what they let themselves in with."""

    async def create_user(self, user: User) -> None:
        """Raises `Conflict` (`user_exists`) when the name is taken."""
        quotas = None if user.quotas is None else encode(user.quotas)
        row = (user.id, user.name, user.role, user.password, quotas, to_micros(user.created_at))

        def insert(connection: sqlite3.Connection) -> None:
            try:
                connection.execute(
                    "INSERT INTO users (id, name, role, password, quotas, created_at) VALUES (?, ?, ?, ?, ?, ?)", row
                )
            except sqlite3.IntegrityError:
                raise Conflict(
                    f"There is a user `{user.name}` already.", code="user_exists", remedy="Choose another name."
                ) from None

        await self.write(insert)

    async def find_user(self, name: str) -> User | None:
        """By name or id."""
        found = await self.read(
            lambda c: c.execute(f"SELECT {USER_COLUMNS} FROM users WHERE name = ?1 OR id = ?1", (name,)).fetchone()
        )
        return None if found is None else read_user(found)

    async def list_users(self) -> list[User]:
        """By name."""
        rows = await self.read(lambda c: c.execute(f"SELECT {USER_COLUMNS} FROM users ORDER BY name").fetchall())
        return [read_user(row) for row in rows]

    async def list_teams_of(self, user_id: str) -> list[str]:
        """The ids of the teams a user is in."""
        return await self.read(lambda connection: _teams_of(connection, user_id))

    # Sessions

    async def create_session(self, session: Session) -> None:
        row = (session.digest, session.user_id, *map(to_micros, (session.created_at, session.seen_at)))
        values = (*row, to_micros(session.expires_at), session.agent)
        await self.write(
            lambda c: c.execute(
                "INSERT INTO sessions (digest, user_id, created_at, seen_at, expires_at, agent)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                values,
            )
        )

    async def find_session(self, digest: str) -> tuple[Session, User, list[str]] | None:
        """With its user and the ids of their teams; expired or not."""

        def query(connection: sqlite3.Connection) -> tuple[Session, User, list[str]] | None:
            found = connection.execute(
                "SELECT digest, user_id, sessions.created_at, seen_at, expires_at, agent,"
                f" {USER_COLUMNS} FROM sessions JOIN users ON users.id = user_id WHERE digest = ?",
                (digest,),
            ).fetchone()
            if found is None:
                return None
            session = read_session(found[:6])
            return session, read_user(found[6:]), _teams_of(connection, session.user_id)

        return await self.read(query)

    async def delete_session(self, digest: str) -> bool:
        statement = "DELETE FROM sessions WHERE digest = ?"
        return await self.write(lambda c: c.execute(statement, (digest,)).rowcount > 0)

    # Sign-in links

    async def create_sign_in_link(self, digest: str, user_id: str, *, expires_at: datetime) -> None:
        row = (digest, user_id, to_micros(expires_at))
        await self.write(
            lambda c: c.execute("INSERT INTO sign_in_links (digest, user_id, expires_at) VALUES (?, ?, ?)", row)
        )

    async def take_sign_in_link(self, digest: str, *, now: datetime) -> User | None:
        """The user whom a link lets in. It is gone then: nobody else gets in by it. None: it is not there, or is
        expired."""

        def take(connection: sqlite3.Connection) -> User | None:
            found = connection.execute(
                f"SELECT {USER_COLUMNS} FROM sign_in_links JOIN users ON users.id = user_id"
                " WHERE digest = ? AND expires_at > ?",
                (digest, to_micros(now)),
            ).fetchone()
            connection.execute(
                "DELETE FROM sign_in_links WHERE digest = ? OR expires_at <= ?", (digest, to_micros(now))
            )
            return None if found is None else read_user(found)

        return await self.write(take)

    # API keys

    async def create_api_key(self, key: ApiKey, *, digest: str) -> None:
        expires = None if key.expires_at is None else to_micros(key.expires_at)
        row = (key.id, key.user_id, key.name, digest, encode(list(key.scopes)), to_micros(key.created_at), expires)
        await self.write(
            lambda c: c.execute(
                "INSERT INTO api_keys (id, user_id, name, digest, scopes, created_at, expires_at)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                row,
            )
        )

    async def find_api_key(self, digest: str) -> tuple[ApiKey, User, list[str]] | None:
        """With its user and the ids of their teams; expired, revoked or not."""

        def query(connection: sqlite3.Connection) -> tuple[ApiKey, User, list[str]] | None:
            found = connection.execute(
                f"SELECT {_KEY}, {USER_COLUMNS} FROM api_keys JOIN users ON users.id = user_id WHERE digest = ?",
                (digest,),
            ).fetchone()
            if found is None:
                return None
            key = _read_key(found[:8])
            return key, read_user(found[8:]), _teams_of(connection, key.user_id)

        return await self.read(query)

    async def list_api_keys(self, user_id: str | None = None) -> list[ApiKey]:
        """Newest first; without a user, everybody's."""
        statement = f"SELECT {_KEY} FROM api_keys WHERE ?1 IS NULL OR user_id = ?1 ORDER BY created_at DESC, id"
        rows = await self.read(lambda c: c.execute(statement, (user_id,)).fetchall())
        return [_read_key(row) for row in rows]


def _teams_of(connection: sqlite3.Connection, user_id: str) -> list[str]:
    rows = connection.execute("SELECT team_id FROM members WHERE user_id = ?", (user_id,))
    return [team for (team,) in rows]


def _maybe(micros: int | None) -> datetime | None:
    return None if micros is None else from_micros(micros)


def read_user(row: Sequence[Any]) -> User:
    """The user of a row of `USER_COLUMNS`."""
    user_id, name, role, password, quotas, created_at, disabled_at = row
    found = None if quotas is None else decode(quotas)
    return User(user_id, name, role, from_micros(created_at), password, found, _maybe(disabled_at))


def read_session(row: Sequence[Any]) -> Session:
    """The session of a row (digest, user, created, seen, expires, agent)."""
    digest, user_id, created_at, seen_at, expires_at, agent = row
    return Session(digest, user_id, from_micros(created_at), from_micros(seen_at), from_micros(expires_at), agent)


def _read_key(row: Sequence[Any]) -> ApiKey:
    key_id, user_id, name, scopes, created_at, *times = row
    return ApiKey(key_id, user_id, name, decode(scopes), from_micros(created_at), *map(_maybe, times))
