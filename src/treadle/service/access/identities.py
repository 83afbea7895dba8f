"""Users and how they get in: a session, an API key, a one-time link. Tokens are random and kept as digests only."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, cast

from treadle.errors import InvalidWorkflow
from treadle.model.nearest import listed
from treadle.service.access.actions import SCOPES
from treadle.service.access.actor import ROLES, Actor, Role
from treadle.service.access.operation import operation
from treadle.store.identities import ApiKey, Session, User

if TYPE_CHECKING:
    from treadle.service.application import Application

KEY_PREFIX = "trk_"
"""What every API key begins with, so that one that leaked is recognised."""
SESSION_SECONDS = 14 * 86_400
"""How long a session lasts without being used."""
LINK_SECONDS = 600


@dataclass(frozen=True, slots=True)
class MadeKey:
    """A new API key and its `text`, which cannot be read again."""

    key: ApiKey
    text: str


class Identities:
    """The operations on users, sessions and keys."""

    def __init__(self, application: Application) -> None:
        self.application = application
        self._store = application.store
        self._clock = application.world.clock

    @operation("users.write")
    async def create_user(self, name: str, *, role: Role) -> User:
        """A user who signs in by link until they have a password. Raises `InvalidWorkflow`, `Conflict`."""
        if role not in ROLES:
            raise InvalidWorkflow(f"There is no role `{role}`.", code="unknown_role", remedy=f"Use {listed(ROLES)}.")
        user = User(f"u{secrets.token_hex(8)}", name, role, self._clock.now())
        await self._store.create_user(user)
        return user

    @operation("keys.own")
    async def make_key(self, user: User, name: str, *, scopes: Collection[str] = ("*",)) -> MadeKey:
        """An API key that acts for `user`. Raises `InvalidWorkflow` (`unknown_scope`)."""
        unknown = sorted(set(scopes) - {*SCOPES, "*"})
        if unknown:
            raise InvalidWorkflow(
                f"There is no scope {listed(unknown)}.", code="unknown_scope", remedy=f"Use {listed(SCOPES)}, or `*`."
            )
        text = KEY_PREFIX + secrets.token_urlsafe(32)
        key = ApiKey(f"k{secrets.token_hex(6)}", user.id, name, sorted(scopes), self._clock.now())
        await self._store.create_api_key(key, digest=digest_of(text))
        return MadeKey(key, text)

    async def make_sign_in_link(self, user: User, *, seconds: float = LINK_SECONDS) -> str:
        """The token of a link that signs `user` in once."""
        token = secrets.token_urlsafe(32)
        expires_at = self._clock.now() + timedelta(seconds=seconds)
        await self._store.create_sign_in_link(digest_of(token), user.id, expires_at=expires_at)
        return token

    async def open_session(self, user: User, *, agent: str | None = None) -> str:
        """The token of a new session, for its cookie."""
        token, now = secrets.token_urlsafe(32), self._clock.now()
        expires_at = now + timedelta(seconds=SESSION_SECONDS)
        await self._store.create_session(Session(digest_of(token), user.id, now, now, expires_at, agent))
        return token

    async def sign_in_by_link(self, token: str, *, agent: str | None = None) -> str | None:
        """The token of a session; None when the link counts no more."""
        user = await self._store.take_sign_in_link(digest_of(token), now=self._clock.now())
        return None if user is None or user.disabled_at else await self.open_session(user, agent=agent)

    async def find_by_session(self, token: str, *, address: str | None = None) -> Actor | None:
        """Whom a session's token belongs to; None when it counts no more."""
        found = await self._store.find_session(digest_of(token))
        if found is None or found[0].expires_at <= self._clock.now() or found[1].disabled_at:
            return None
        return await self._actor(found[1], address=address)

    async def find_by_key(self, text: str, *, address: str | None = None) -> Actor | None:
        """Whom an API key acts for; None when it counts no more."""
        found = await self._store.find_api_key(digest_of(text))
        if found is None:
            return None
        key, user = found
        is_over = key.revoked_at is not None or (key.expires_at is not None and key.expires_at <= self._clock.now())
        return None if is_over or user.disabled_at else await self._actor(user, key=key, address=address)

    async def _actor(self, user: User, *, address: str | None, key: ApiKey | None = None) -> Actor:
        return Actor(
            user.name,
            cast("Role", user.role),
            "session" if key is None else "key",
            user_id=user.id,
            scopes=None if key is None else frozenset(key.scopes),
            teams=frozenset(await self._store.list_teams_of(user.id)),
            address=address,
        )


def digest_of(token: str) -> str:
    """SHA-256, in hex: tokens are long and random, so nothing slower is needed."""
    return hashlib.sha256(token.encode()).hexdigest()
