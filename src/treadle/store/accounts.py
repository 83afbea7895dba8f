"""Changes to users, and what they let themselves in with: listed, used, ended."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from treadle.errors import Conflict, NotFound
from treadle.store.codec import encode
from treadle.store.identities import USER_COLUMNS, Identities, Session, User, read_session, read_user
from treadle.store.rows import to_micros

_ADMINS = "SELECT count(*) FROM users WHERE role = 'admin' AND disabled_at IS NULL AND id <> ?"
_CHANGEABLE = frozenset({"name", "role", "password", "quotas", "disabled_at"})


class Accounts(Identities):
    """The last active administrator stays one, whoever asks and however many at once."""

    async def create_first_user(self, user: User) -> bool:
        """Whether it is the first now; nothing is changed where there is a user already."""
        row = (user.id, user.name, user.role, to_micros(user.created_at))
        statement = (
            "INSERT INTO users (id, name, role, created_at) SELECT ?, ?, ?, ? WHERE NOT EXISTS (SELECT 1 FROM users)"
        )
        return await self.write(lambda c: c.execute(statement, row).rowcount > 0)

    async def get_user(self, name: str) -> User:
        """By name or id. Raises `NotFound` (`unknown_user`)."""
        found = await self.find_user(name)
        if found is None:
            raise _unknown(name)
        return found

    async def update_user(self, user_id: str, changes: Mapping[str, Any], *, keep_session: str | None = None) -> User:
        """The user with `changes` to columns. Who is disabled, or has another password, is signed out everywhere but
        in `keep_session`.

        Raises `NotFound`, and `Conflict`: `user_exists` for a name that is taken, `last_admin` when no active
        administrator would be left.
        """
        values = {name: _column(name, changes[name]) for name in changes if name in _CHANGEABLE}

        def update(connection: sqlite3.Connection) -> User:
            before = connection.execute(f"SELECT {USER_COLUMNS} FROM users WHERE id = ?", (user_id,)).fetchone()
            if before is None:
                raise _unknown(user_id)
            _keep_an_admin(connection, read_user(before), changes)
            if values:
                assignments = ", ".join(f"{name} = ?" for name in values)
                try:
                    connection.execute(f"UPDATE users SET {assignments} WHERE id = ?", (*values.values(), user_id))
                except sqlite3.IntegrityError:
                    raise Conflict(
                        f"There is a user `{changes['name']}` already.",
                        code="user_exists",
                        remedy="Choose another name.",
                    ) from None
            if changes.get("disabled_at") is not None or "password" in changes:
                connection.execute(
                    "DELETE FROM sessions WHERE user_id = ? AND digest <> ?", (user_id, keep_session or "")
                )
                connection.execute("DELETE FROM sign_in_links WHERE user_id = ?", (user_id,))
            after = connection.execute(f"SELECT {USER_COLUMNS} FROM users WHERE id = ?", (user_id,)).fetchone()
            return read_user(after)

        return await self.write(update)

    async def rehash_password(self, user_id: str, *, before: str, after: str) -> None:
        """The same password, hashed anew: nobody is signed out, and nothing is done where it was changed meanwhile."""
        statement = "UPDATE users SET password = ? WHERE id = ? AND password = ?"
        await self.write(lambda c: c.execute(statement, (after, user_id, before)))

    async def has_quotas(self) -> bool:
        """Whether any user has quotas of their own."""
        statement = "SELECT 1 FROM users WHERE quotas IS NOT NULL LIMIT 1"
        return await self.read(lambda c: c.execute(statement).fetchone()) is not None

    # Sessions

    async def touch_session(self, digest: str, *, now: datetime, expires_at: datetime) -> None:
        """It was used, and lasts so much longer."""
        row = (to_micros(now), to_micros(expires_at), digest)
        await self.write(lambda c: c.execute("UPDATE sessions SET seen_at = ?, expires_at = ? WHERE digest = ?", row))

    async def list_sessions(self, user_id: str, *, now: datetime) -> list[Session]:
        """Those that still count, the last used first."""
        statement = (
            "SELECT digest, user_id, created_at, seen_at, expires_at, agent FROM sessions"
            " WHERE user_id = ? AND expires_at > ? ORDER BY seen_at DESC, digest"
        )
        rows = await self.read(lambda c: c.execute(statement, (user_id, to_micros(now))).fetchall())
        return [read_session(row) for row in rows]

    async def end_sessions(self, user_id: str, *, prefix: str = "", besides: str | None = None) -> int:
        """How many were ended: those of the user whose digest begins with `prefix`, but `besides`."""
        statement = "DELETE FROM sessions WHERE user_id = ? AND substr(digest, 1, ?) = ? AND digest <> ?"
        row = (user_id, len(prefix), prefix, besides or "")
        return await self.write(lambda c: c.execute(statement, row).rowcount)

    async def drop_expired_sessions(self, now: datetime) -> None:
        await self.write(lambda c: c.execute("DELETE FROM sessions WHERE expires_at <= ?", (to_micros(now),)))

    # Sign-in links

    async def find_sign_in_link(self, digest: str, *, now: datetime) -> User | None:
        """Whom a link would let in; it stays."""
        statement = (
            f"SELECT {USER_COLUMNS} FROM sign_in_links JOIN users ON users.id = user_id"
            " WHERE digest = ? AND expires_at > ?"
        )
        found = await self.read(lambda c: c.execute(statement, (digest, to_micros(now))).fetchone())
        return None if found is None else read_user(found)

    # API keys

    async def touch_api_key(self, key_id: str, *, now: datetime) -> None:
        row = (to_micros(now), key_id)
        await self.write(lambda c: c.execute("UPDATE api_keys SET used_at = ? WHERE id = ?", row))

    async def revoke_api_key(self, key_id: str, *, user_id: str | None, now: datetime) -> bool:
        """Whether there is such a key (of the user, if one is named); one that was revoked stays so."""
        statement = (
            "UPDATE api_keys SET revoked_at = coalesce(revoked_at, ?1) WHERE id = ?2 AND (?3 IS NULL OR user_id = ?3)"
        )
        return await self.write(lambda c: c.execute(statement, (to_micros(now), key_id, user_id)).rowcount > 0)


def _column(name: str, value: Any) -> Any:
    if name == "disabled_at" and value is not None:
        return to_micros(value)
    return encode(value) if name == "quotas" and value is not None else value


def _keep_an_admin(connection: sqlite3.Connection, user: User, changes: Mapping[str, Any]) -> None:
    was = user.role == "admin" and user.disabled_at is None
    stays = changes.get("role", user.role) == "admin" and changes.get("disabled_at", user.disabled_at) is None
    if was and not stays and connection.execute(_ADMINS, (user.id,)).fetchone()[0] == 0:
        raise Conflict(
            f"`{user.name}` is the last active administrator.",
            code="last_admin",
            remedy="Make somebody else an administrator first.",
        )


def _unknown(name: str) -> NotFound:
    return NotFound(f"There is no user `{name}`.", code="unknown_user", remedy="`treadle user list` shows them.")
