"""Profiles and their sealed fields. What a field holds is known to whoever has the key, which is not in here."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from treadle.errors import Conflict, NotFound
from treadle.model.nearest import suggest
from treadle.store.database import Database
from treadle.store.rows import from_micros, to_micros

ANCHOR = ("", "")
"""Profile and field of the row that says which key seals the others; its `updated_at` is the vault's revision."""
_FIELDS = "profile, field, key_id, sealed, updated_at, updated_by"
_PUT = (
    f"INSERT INTO credentials ({_FIELDS}) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (profile, field) DO UPDATE SET"
    " key_id = excluded.key_id, sealed = excluded.sealed, updated_at = excluded.updated_at,"
    " updated_by = excluded.updated_by"
)


@dataclass(frozen=True, slots=True)
class SealedField:
    """One secret. `profile` is empty for those of every run."""

    profile: str
    field: str
    key_id: str
    sealed: bytes
    updated_at: datetime
    updated_by: str | None = None


@dataclass(frozen=True, slots=True)
class StoredProfile:
    """`provider` says what the fields are for, `owner` is a user's id; None: whoever may use credentials."""

    name: str
    created_at: datetime
    provider: str | None = None
    owner: str | None = None


@dataclass(frozen=True, slots=True)
class VaultContent:
    """Everything at one moment; `anchor` is None as long as nothing has been sealed."""

    anchor: SealedField | None
    profiles: Sequence[StoredProfile]
    fields: Sequence[SealedField]


class Credentials(Database):
    """Every change names the anchor it was sealed beside: after the key has changed, nothing comes in under the old."""

    async def vault_revision(self) -> int:
        """Another number after every change; 0: nothing was ever sealed."""
        return await self.read(_revision)

    async def read_vault(self) -> VaultContent:
        def query(connection: sqlite3.Connection) -> VaultContent:
            rows = connection.execute(f"SELECT {_FIELDS} FROM credentials ORDER BY profile, field").fetchall()
            fields = [_read_field(row) for row in rows]
            anchor = next((one for one in fields if (one.profile, one.field) == ANCHOR), None)
            named = "SELECT name, created_at, provider, owner FROM profiles ORDER BY name"
            profiles = [_read_profile(row) for row in connection.execute(named)]
            return VaultContent(anchor, profiles, [one for one in fields if one is not anchor])

        return await self.read(query)

    async def create_profile(
        self, profile: StoredProfile, *, anchor: SealedField, puts: Sequence[SealedField] = ()
    ) -> None:
        """With its fields. Raises `Conflict` (`profile_exists`, `vault_changed`)."""
        row = (profile.name, profile.provider, profile.owner, to_micros(profile.created_at))

        def work(connection: sqlite3.Connection) -> None:
            now = _advance(connection, anchor, to_micros(self._now()))
            if connection.execute("SELECT 1 FROM profiles WHERE name = ?", (profile.name,)).fetchone():
                raise Conflict(
                    f"There is a profile `{profile.name}`.",
                    code="profile_exists",
                    remedy="Take another name, or set the fields of that one.",
                    profile=profile.name,
                )
            connection.execute("INSERT INTO profiles (name, provider, owner, created_at) VALUES (?, ?, ?, ?)", row)
            _put(connection, puts, now)

        await self.write(work)

    async def change_fields(
        self,
        profile: str,
        *,
        anchor: SealedField,
        puts: Sequence[SealedField] = (),
        removes: Collection[str] = (),
        provider: str | None = None,
    ) -> Collection[str]:
        """Set and remove fields at once; those of `removes` that were there. Raises `NotFound` (`unknown_profile`),
        `Conflict` (`vault_changed`)."""

        def work(connection: sqlite3.Connection) -> Collection[str]:
            now = _advance(connection, anchor, to_micros(self._now()))
            if profile:
                _require_profile(connection, profile)
                if provider is not None:
                    connection.execute("UPDATE profiles SET provider = ? WHERE name = ?", (provider, profile))
            _put(connection, puts, now)
            statement = "DELETE FROM credentials WHERE profile = ? AND field = ?"
            return [field for field in removes if connection.execute(statement, (profile, field)).rowcount]

        return await self.write(work)

    async def delete_profile(self, name: str) -> None:
        """With its fields. Raises `NotFound`."""

        def work(connection: sqlite3.Connection) -> None:
            _require_profile(connection, name)
            connection.execute("DELETE FROM profiles WHERE name = ?", (name,))
            connection.execute("DELETE FROM credentials WHERE profile = ?", (name,))
            statement = "UPDATE credentials SET updated_at = max(updated_at + 1, ?) WHERE profile = '' AND field = ''"
            connection.execute(statement, (to_micros(self._now()),))

        await self.write(work)

    async def reseal(self, sealed: Mapping[tuple[str, str], tuple[str, bytes]], *, anchor: SealedField) -> int:
        """Put every field, and the anchor, under another key in one transaction: key id and sealed text by profile and
        field. How many. Raises `Conflict` (`vault_changed`) when it is not all that there is now."""

        def work(connection: sqlite3.Connection) -> int:
            _advance(connection, anchor, to_micros(self._now()))
            found = {tuple(row) for row in connection.execute("SELECT profile, field FROM credentials")}
            if found != set(sealed):
                raise _changed()
            statement = "UPDATE credentials SET key_id = ?, sealed = ? WHERE profile = ? AND field = ?"
            connection.executemany(statement, [(*value, *place) for place, value in sealed.items()])
            return len(sealed) - 1

        return await self.write(work)

    async def find_users_of_profile(self, name: str) -> list[str]:
        """The names of the deployments that are bound to a profile."""
        statement = (
            "SELECT name FROM deployments WHERE EXISTS"
            " (SELECT 1 FROM json_each(deployments.profiles) WHERE value = ?) ORDER BY name"
        )
        rows = await self.read(lambda connection: connection.execute(statement, (name,)).fetchall())
        return [row[0] for row in rows]


def _put(connection: sqlite3.Connection, puts: Sequence[SealedField], now: int) -> None:
    for put in puts:
        connection.execute(_PUT, (put.profile, put.field, put.key_id, put.sealed, now, put.updated_by))


def _revision(connection: sqlite3.Connection) -> int:
    row = connection.execute("SELECT updated_at FROM credentials WHERE profile = '' AND field = ''").fetchone()
    return 0 if row is None else row[0]


def _advance(connection: sqlite3.Connection, anchor: SealedField, now: int) -> int:
    """Make the anchor as given the one there is, or see that it is; the new revision."""
    row: Any = connection.execute(
        "SELECT updated_at, sealed FROM credentials WHERE profile = '' AND field = ''"
    ).fetchone()
    if row is None:
        connection.execute(_PUT, ("", "", anchor.key_id, anchor.sealed, now, None))
        return now
    if row[1] != anchor.sealed:
        raise _changed()
    revision = max(row[0] + 1, now)
    connection.execute("UPDATE credentials SET updated_at = ? WHERE profile = '' AND field = ''", (revision,))
    return revision


def _changed() -> Conflict:
    return Conflict(
        "The vault was changed, or put under another key, meanwhile.",
        code="vault_changed",
        remedy="Try again. Nothing has been written.",
    )


def _require_profile(connection: sqlite3.Connection, name: str) -> None:
    names = [row[0] for row in connection.execute("SELECT name FROM profiles")]
    if name not in names:
        raise NotFound(
            f"There is no profile `{name}` in the store.",
            code="unknown_profile",
            remedy=suggest(name, names, f"Make it: `treadle profile set {name} FIELD`."),
            profile=name,
        )


def _read_field(row: tuple[Any, ...]) -> SealedField:
    profile, field, key_id, sealed, updated_at, updated_by = row
    return SealedField(profile, field, key_id, bytes(sealed), from_micros(updated_at), updated_by)


def _read_profile(row: tuple[Any, ...]) -> StoredProfile:
    name, created_at, provider, owner = row
    return StoredProfile(name, from_micros(created_at), provider, owner)
