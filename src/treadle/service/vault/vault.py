"""The vault: what is sealed in the store, open in the memory of this process and up to date with all others."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from time import monotonic
from typing import TYPE_CHECKING, TypeVar

from treadle.engine.redaction import OPEN_FIELDS, hidden_of
from treadle.errors import Conflict, StoreError, TreadleError
from treadle.model.run import Origin
from treadle.service.vault.keys import KEY_VARIABLE, Key, Keyring, key_path, new_key, read_keyring, write_keys
from treadle.service.vault.lock import locked
from treadle.service.vault.sealing import find_content, seal
from treadle.store.credentials import ANCHOR, SealedField, StoredProfile, VaultContent
from treadle.store.rows import to_micros

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from treadle.engine.clock import Clock
    from treadle.store.sqlite_journal import SqliteStore

T = TypeVar("T")

_SECRET, _PROFILE = "TREADLE_SECRET_", "TREADLE_PROFILE_"
_Whose = tuple[str | None, tuple[str, ...]] | None
"""The user and the profiles whose secrets are meant; None: everybody's."""
_TRIES = 5
_KNOWN_FOR = 1.0
_LOG = logging.getLogger("treadle.vault")


class Vault:
    """Reads at once what other processes change: see `refresh`, and `open(watches=True)`."""

    def __init__(
        self, store: SqliteStore, clock: Clock, *, declared: Mapping[str, Mapping[str, str]] | None = None
    ) -> None:
        self.secrets: Mapping[str, str] = {}
        self.profiles: Mapping[str, Mapping[str, str]] = {}
        self.owners: Mapping[str, str] = {}
        """Whose each profile is that is somebody's."""
        self.providers: Mapping[str, str] = {}
        """What each profile is for that says so."""
        self.unopened: Mapping[tuple[str, str], str] = {}
        """Profile and field of what is stored and cannot be opened, and why."""
        self._store = store
        self._clock = clock
        self._declared = declared or {}
        self._known: dict[_Whose, frozenset[str]] = {}
        self._known_until = 0.0
        self._revision = 0
        self._seen = -1
        self._watching: asyncio.Task[None] | None = None

    async def open(self, *, watches: bool = False) -> None:
        """Raises nothing for what cannot be opened: it is told of where it is needed."""
        await self.refresh()
        if watches:
            self._watching = asyncio.create_task(self._watch(), name="treadle-vault")

    async def close(self) -> None:
        watching, self._watching = self._watching, None
        if watching is not None:
            watching.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await watching

    async def refresh(self) -> None:
        """See what any process has changed until now."""
        seen = self._store.data_version()
        # What could not be opened may be by now: its key was put back.
        if seen and seen == self._seen and not self.unopened:
            return
        if self.unopened or await self._store.vault_revision() != self._revision:
            await self._load()
        self._seen = seen

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(0.5)
            try:
                await self.refresh()
            except StoreError as error:
                _LOG.debug("The vault could not be looked at: %s", error.message)

    # What is in it

    async def read(self) -> VaultContent:
        return await self._store.read_vault()

    async def _load(self) -> None:
        content = await self._store.read_vault()
        secrets: dict[str, str] = {}
        profiles: dict[str, dict[str, str]] = {profile.name: {} for profile in content.profiles}
        unopened: dict[tuple[str, str], str] = {}
        for field, value, problem in self._open_all(content):
            if value is None:
                unopened[field.profile, field.field] = problem
            elif field.profile:
                profiles.setdefault(field.profile, {})[field.field] = value
            else:
                secrets[field.field] = value
        before = self.unopened
        self.owners = {profile.name: profile.owner for profile in content.profiles if profile.owner is not None}
        self.providers = {one.name: one.provider for one in content.profiles if one.provider is not None}
        self.secrets, self.profiles, self.unopened = secrets, profiles, unopened
        self._known_until = 0.0
        self._revision = 0 if content.anchor is None else to_micros(content.anchor.updated_at)
        if unopened.keys() - before.keys():
            names = ", ".join(describe(*place) for place in unopened)
            _LOG.warning("Cannot be opened: %s. %s", names, next(iter(unopened.values())))

    def _open_all(self, content: VaultContent) -> Iterator[tuple[SealedField, str | None, str]]:
        if content.anchor is None:
            return
        try:
            keyring = read_keyring(self._store.path)
        except TreadleError as error:
            yield from ((field, None, str(error)) for field in content.fields)
            return
        store_id = _store_id(keyring, content.anchor)
        for field in content.fields:
            key = keyring.find(field.key_id)
            opened = None
            if key is not None and store_id is not None:
                opened = find_content(key, store_id, field.profile, field.field, field.sealed)
            problem = _no_key(keyring, field) if key is None else _damaged(keyring, store_id)
            yield field, None if opened is None else opened.decode(), problem

    def known(self) -> Collection[str]:
        """Every value that is to turn up nowhere: those in here, in the environment, and the keys themselves. What has
        changed in the environment of this very process is seen within a second."""
        return self._find_known(None)

    def known_to(self, origin: Origin) -> Collection[str]:
        """As `known`, without what other users alone have: of the profiles, those that are nobody's, those of the user
        on whose account a run of this origin is, and those it is bound to."""
        return self._find_known((origin.account, origin.profiles))

    def _find_known(self, whose: _Whose) -> Collection[str]:
        now = monotonic()
        if now >= self._known_until:
            self._known, self._known_until = {}, now + _KNOWN_FOR
        found = self._known.get(whose)
        if found is None:
            found = self._known[whose] = self._gather(whose)
        return found

    def _gather(self, whose: _Whose) -> frozenset[str]:
        found = set(self.secrets.values())
        for profile, fields in self.profiles.items():
            if whose is not None and profile not in whose[1] and self.owners.get(profile, whose[0]) != whose[0]:
                continue
            for name, value in fields.items():
                found |= hidden_of(name, value)
        for name, value in os.environ.items():
            if name.startswith(_SECRET):
                found.add(value)
            elif name.startswith(_PROFILE):
                # Where the profile's name ends cannot be told: what ends as an open field does is one.
                rest = name.removeprefix(_PROFILE).lower()
                field = next((one for one in OPEN_FIELDS if rest.endswith(f"_{one}")), "")
                found |= hidden_of(field, value)
            elif name == KEY_VARIABLE:
                found |= {value, *(part.strip() for part in value.split(","))}
        for fields in self._declared.values():
            for field, variable in fields.items():
                found |= hidden_of(field, os.environ.get(variable, ""))
        found.discard("")
        return frozenset(found)

    # Changes

    async def create_profile(self, profile: StoredProfile, values: Mapping[str, str], *, by: str | None) -> None:
        """Raises `Conflict` (`profile_exists`), and what `read_keyring` raises."""

        async def change(keyring: Keyring, anchor: SealedField, store_id: bytes) -> None:
            puts = self._sealed(keyring, anchor, store_id, profile.name, values, by)
            await self._store.create_profile(profile, anchor=anchor, puts=puts)

        await self._change(change)

    async def change(
        self,
        profile: str,
        values: Mapping[str, str],
        *,
        removes: Collection[str] = (),
        provider: str | None = None,
        by: str | None = None,
    ) -> Collection[str]:
        """Set and remove fields of a profile, or of the secrets of every run (`""`); those removed that were there.
        Raises `NotFound`, and what `read_keyring` raises."""

        async def change(keyring: Keyring, anchor: SealedField, store_id: bytes) -> Collection[str]:
            puts = self._sealed(keyring, anchor, store_id, profile, values, by)
            return await self._store.change_fields(
                profile, anchor=anchor, puts=puts, removes=removes, provider=provider
            )

        return await self._change(change)

    async def delete_profile(self, name: str) -> None:
        """Raises `NotFound`."""
        await self._store.delete_profile(name)
        await self._load()

    async def rotate(self) -> tuple[str, int]:
        """Put everything under another key: one that is made, where keys are in the file, or the first of
        `TREADLE_KEY`. The id of the key that seals now, and how many values it seals.

        The file first gets the new key beside the old, then every value is sealed anew in one transaction, then the old
        goes, unless something in the store names it still: whenever it is broken off, everything can be opened, and the
        next call goes on from there. No two processes do it at once.

        Raises `StoreError` (`cannot_open`) when something cannot be opened, `Conflict` (`no_new_key`), and what
        `read_keyring` and `locked` raise.
        """
        async with self._lock():
            # Read in here: what another rotation has just made of them counts.
            keyring = read_keyring(self._store.path)
            self._require_opened(await self._store.read_vault())
            if keyring.path is None and len(keyring.keys) == 1:
                raise Conflict(
                    f"{keyring.where} holds one key: there is no other to change to.",
                    code="no_new_key",
                    remedy=f"Put a new one before it, `{KEY_VARIABLE}=new,old`, for every process, and rotate again.",
                )
            if keyring.path is not None and len(keyring.keys) == 1:
                keyring = Keyring([new_key(), *keyring.keys], keyring.where, keyring.path)
                write_keys(keyring.path or self._store.path, keyring.keys)
            count = await self._reseal(keyring)
            if keyring.path is not None:
                write_keys(keyring.path, _needed(keyring, await self._store.read_vault()))
        await self._load()
        return keyring.first.id, count

    async def _reseal(self, keyring: Keyring) -> int:
        for tries_left in reversed(range(_TRIES)):
            content = await self._store.read_vault()
            if content.anchor is None:
                return 0
            store_id = self._require_opened(content)
            key = keyring.first
            sealed = {
                (field.profile, field.field): (
                    key.id,
                    seal(key, store_id, field.profile, field.field, self._get(keyring, store_id, field)),
                )
                for field in content.fields
            }
            sealed[ANCHOR] = key.id, seal(key, b"", *ANCHOR, store_id)
            try:
                return await self._store.reseal(sealed, anchor=content.anchor)
            except Conflict:
                if not tries_left:
                    raise
        raise AssertionError

    def _get(self, keyring: Keyring, store_id: bytes, field: SealedField) -> bytes:
        key = keyring.find(field.key_id)
        found = None if key is None else find_content(key, store_id, field.profile, field.field, field.sealed)
        if found is None:
            raise _cannot_open([describe(field.profile, field.field)], _no_key(keyring, field))
        return found

    def _require_opened(self, content: VaultContent) -> bytes:
        """The store's id. Raises `StoreError` (`cannot_open`) that names all that cannot be opened."""
        closed = [(field, problem) for field, value, problem in self._open_all(content) if value is None]
        if closed:
            raise _cannot_open([describe(field.profile, field.field) for field, _ in closed], closed[0][1])
        if content.anchor is None:
            return b""
        keyring = read_keyring(self._store.path)
        found = _store_id(keyring, content.anchor)
        if found is None:
            raise _cannot_open(["the vault"], _no_key(keyring, content.anchor))
        return found

    async def _change(self, change: Callable[[Keyring, SealedField, bytes], Awaitable[T]]) -> T:
        """Seal with the key that seals now; once more where the vault was changed meanwhile."""
        async with self._lock():
            for tries_left in reversed(range(_TRIES)):
                try:
                    done = await self._try(change)
                    break
                except Conflict as conflict:
                    if conflict.code != "vault_changed" or not tries_left:
                        raise
            else:
                raise AssertionError
        await self._load()
        return done

    async def _try(self, change: Callable[[Keyring, SealedField, bytes], Awaitable[T]]) -> T:
        keyring = read_keyring(self._store.path)
        anchor = (await self._store.read_vault()).anchor
        if anchor is None:
            store_id = os.urandom(16)
            key = keyring.first
            anchor = SealedField(*ANCHOR, key.id, seal(key, b"", *ANCHOR, store_id), self._clock.now())
        else:
            found = _store_id(keyring, anchor)
            if found is None:
                raise _cannot_open(["the vault"], _no_key(keyring, anchor))
            store_id = found
        return await change(keyring, anchor, store_id)

    def _lock(self) -> contextlib.AbstractAsyncContextManager[None]:
        keys = key_path(self._store.path)
        return locked(keys.with_name(f"{keys.name}.lock"))

    def _sealed(
        self,
        keyring: Keyring,
        anchor: SealedField,
        store_id: bytes,
        profile: str,
        values: Mapping[str, str],
        by: str | None,
    ) -> Sequence[SealedField]:
        # With the anchor's key, whichever comes first here: the others know that one.
        key = keyring.find(anchor.key_id) or keyring.first
        now = self._clock.now()
        return [
            SealedField(profile, name, key.id, seal(key, store_id, profile, name, value.encode()), now, by)
            for name, value in values.items()
        ]


def describe(profile: str, field: str) -> str:
    """A secret as people call it."""
    return f"`{field}` of the profile `{profile}`" if profile else f"`{field}`"


def _needed(keyring: Keyring, content: VaultContent) -> Sequence[Key]:
    """The keys that seal, and those that something in the store is still sealed with."""
    named = {field.key_id for field in (*content.fields, *([content.anchor] if content.anchor else ()))}
    return [keyring.first, *(key for key in keyring.keys[1:] if key.id in named)]


def _store_id(keyring: Keyring, anchor: SealedField) -> bytes | None:
    key: Key | None = keyring.find(anchor.key_id)
    return None if key is None else find_content(key, b"", *ANCHOR, anchor.sealed)


def _no_key(keyring: Keyring, field: SealedField) -> str:
    return (
        f"It was sealed with the key {field.key_id}, which is not in {keyring.where}. Put that key there, or set the "
        "value anew."
    )


def _damaged(keyring: Keyring, store_id: bytes | None) -> str:
    what = "It was changed in the store, or belongs to another store or field" if store_id else "The vault is damaged"
    return f"{what}: the key in {keyring.where} does not open it. Set the value anew."


def _cannot_open(names: Sequence[str], problem: str) -> StoreError:
    return StoreError(
        f"Cannot be opened: {', '.join(names)}. {problem.partition('. ')[0]}.",
        code="cannot_open",
        remedy=problem.partition(". ")[2],
        secrets=list(names),
    )
