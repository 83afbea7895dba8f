"""API keys: made for a program that acts for a user, with the user's role or less. The text is shown once."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, cast

from treadle.errors import Conflict, Forbidden, InvalidWorkflow, NotFound
from treadle.model.nearest import listed
from treadle.service.access.actions import ACTIONS, SCOPES
from treadle.service.access.actor import ROLES, Actor, Role
from treadle.service.access.operation import note_details, operation
from treadle.service.access.tokens import digest_of
from treadle.store.identities import ApiKey, User

if TYPE_CHECKING:
    from treadle.service.application import Application

KEY_PREFIX = "trk_"
"""What every API key begins with, so that one that leaked is recognised."""
_LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class MadeKey:
    """A new API key and its `text`, which cannot be read again."""

    key: ApiKey
    text: str


class Keys:
    """The operations on API keys."""

    def __init__(self, application: Application) -> None:
        self.application = application
        self._store = application.store

    @operation("keys.own")
    async def make(
        self,
        name: str,
        *,
        user: str | None = None,
        scopes: Collection[str] = ("*",),
        expires_at: datetime | None = None,
    ) -> MadeKey:
        """A key of one's own; on this machine, `user` says whose.

        Raises `InvalidWorkflow`: `unknown_scope`, `scope_beyond_role`, `invalid_key`; `Forbidden`
        (`scope_beyond_key`) for a key that asks for one that could do more, or longer, than itself.
        """
        owner = await self._find_owner(user)
        now = self.application.world.clock.now()
        wanted = frozenset(scopes)
        _check_scopes(wanted, cast("Role", owner.role))
        await self._check_maker(wanted, expires_at)
        if not 1 <= len(name.strip()) <= _LONGEST_NAME or not name.isprintable():
            raise _invalid(f"A key's name has 1 to {_LONGEST_NAME} characters.", "Say what the key is for.")
        if expires_at is not None and expires_at <= now:
            raise _invalid("The key would have expired already.", "Name a time to come.")
        if owner.disabled_at is not None:
            raise Conflict(f"`{owner.name}` is disabled.", code="user_disabled", remedy="Enable the user first.")
        text = KEY_PREFIX + secrets.token_urlsafe(32)
        key = ApiKey(f"k{secrets.token_hex(6)}", owner.id, name.strip(), sorted(wanted), now, expires_at)
        await self._store.create_api_key(key, digest=digest_of(text))
        note_details(key=key.id, name=key.name, scopes=list(key.scopes), user=owner.name)
        return MadeKey(key, text)

    @operation("me.read")
    async def list(self) -> Sequence[ApiKey]:
        """One's own, newest first."""
        return await self._store.list_api_keys(self._own_id())

    @operation("users.list")
    async def list_of(self, user: str | None = None) -> Sequence[ApiKey]:
        """A user's, or everybody's. Raises `NotFound`."""
        return await self._store.list_api_keys(None if user is None else (await self._store.get_user(user)).id)

    @operation("keys.own")
    async def revoke(self, key_id: str) -> None:
        """One of one's own counts no more. Raises `NotFound`."""
        await self._revoke(key_id, self._own_id())

    @operation("users.write")
    async def revoke_of(self, user: str, key_id: str) -> None:
        """One of that user. Raises `NotFound`."""
        await self._revoke(key_id, (await self._store.get_user(user)).id)

    async def _revoke(self, key_id: str, user_id: str | None) -> None:
        note_details(key=key_id)
        now = self.application.world.clock.now()
        if not await self._store.revoke_api_key(key_id, user_id=user_id, now=now):
            raise NotFound(f"There is no key `{key_id}`.", code="unknown_key", remedy="List the keys to see their ids.")

    def _own_id(self) -> str | None:
        """None on this machine: everybody's are one's own there."""
        return self.application.actor.user_id

    async def _find_owner(self, user: str | None) -> User:
        actor = self.application.actor
        if not actor.is_local:
            own = await self._store.get_user(str(actor.user_id))
            if user is not None and user not in (own.id, own.name):
                raise Forbidden(
                    "A key is made by whom it is to act for.",
                    code="not_your_key",
                    remedy="Sign in as them, or leave `user` out.",
                )
            return own
        if user is None:
            raise _invalid("Nobody is named for whom the key acts.", "Name a user.")
        return await self._store.get_user(user)

    async def _check_maker(self, wanted: frozenset[str], expires_at: datetime | None) -> None:
        actor = self.application.actor
        if actor.via != "key":
            return
        beyond = sorted(scope for scope in wanted if not _includes(actor, scope))
        if beyond:
            raise Forbidden(
                f"The key that asks has not the scope {listed(beyond)} itself.",
                code="scope_beyond_key",
                remedy="Make the key with one that has, or signed in.",
            )
        own = next((key for key in await self._store.list_api_keys(actor.user_id) if key.id == actor.credential), None)
        ends = None if own is None else own.expires_at
        if ends is not None and (expires_at is None or expires_at > ends):
            raise Forbidden(
                "The key that asks expires before the one it asks for.",
                code="scope_beyond_key",
                remedy="Let it expire no later, or make it signed in.",
            )


def require_whole(actor: Actor, refusal: str = "A key with scopes makes nobody a way in that has none.") -> None:
    """Nothing, unless a narrow key asks for what would let it in as somebody with no such bounds, or undo them.

    Raises `Forbidden` (`key_too_narrow`).
    """
    if actor.via == "key" and "*" not in (actor.scopes or ()):
        raise Forbidden(
            refusal,
            code="key_too_narrow",
            remedy="Do this signed in, or with a key for everything (`*`).",
        )


def _includes(actor: Actor, scope: str) -> bool:
    own = actor.scopes or frozenset()
    resource, _, kind = scope.partition(":")
    return "*" in own or scope in own or (kind == "read" and f"{resource}:write" in own)


def _check_scopes(wanted: frozenset[str], role: Role) -> None:
    if not wanted:
        raise InvalidWorkflow("The key has no scope.", code="unknown_scope", remedy=f"Use {listed(SCOPES)}, or `*`.")
    unknown = sorted(wanted - {*SCOPES, "*"})
    if unknown:
        raise InvalidWorkflow(
            f"There is no scope {listed(unknown)}.",
            code="unknown_scope",
            remedy=f"Use {listed(SCOPES, limit=len(SCOPES))}, or `*`.",
        )
    beyond = sorted(scope for scope in wanted - {"*"} if ROLES.index(_least_role(scope)) > ROLES.index(role))
    if beyond:
        raise InvalidWorkflow(
            f"The role {role} does not reach as far as {listed(beyond)}.",
            code="scope_beyond_role",
            remedy="Leave the scope out; `*` is everything that the role allows.",
        )


def _least_role(scope: str) -> Role:
    roles = {action.role for action in ACTIONS.values() if action.scope == scope}
    return next(role for role in ROLES if role in roles)


def _invalid(message: str, remedy: str) -> InvalidWorkflow:
    return InvalidWorkflow(message, code="invalid_key", remedy=remedy)
