"""Who is there: whom a session, an API key or a link belongs to, and how one gets in. Tokens are random, and kept as
digests only."""

from __future__ import annotations

import os
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, cast

from treadle.errors import Unauthenticated
from treadle.service.access.actor import Actor, Role, Via
from treadle.service.access.keys import KEY_PREFIX, Keys, MadeKey
from treadle.service.access.passwords import Passwords
from treadle.service.access.throttle import Throttle
from treadle.service.access.tokens import digest_of
from treadle.service.access.users import FIRST_NAME, NAME, Users
from treadle.store.identities import ApiKey, Session, User

if TYPE_CHECKING:
    from treadle.service.application import Application

__all__ = ["KEY_PREFIX", "LINK_SECONDS", "SESSION_SECONDS", "Identities", "MadeKey", "digest_of"]

SESSION_SECONDS = 14 * 86_400
"""How long a session lasts without being used."""
_LONGEST_SESSION = timedelta(days=90)
"""How long it lasts at all."""
_TOUCHED_EVERY = timedelta(minutes=5)
LINK_SECONDS = 600
_USED_EVERY = timedelta(minutes=1)
_AGENT = 200


class Identities:
    """The door: everything here is done by whoever keeps it, before anybody is known. Operations are elsewhere."""

    def __init__(self, application: Application) -> None:
        self.application = application
        self._store = application.store
        self._clock = application.world.clock
        self.passwords = Passwords()
        self.throttle = Throttle(self._clock.now)

    async def ensure_first_admin(self) -> User:
        """The administrator who may use this installation: made when there is no user yet, under the name of whoever
        runs this program; else the first active one by name."""
        name, access = _name_of_the_system(), self.application.access
        if await self._store.create_first_user(User(new_user_id(), name, "admin", self._clock.now())):
            await access.note(self.application.actor, "users.write", "done", subject=name, details={"first": True})
        while True:
            for user in await self._store.list_users():
                if user.role == "admin" and user.disabled_at is None:
                    return user
            # Users were made, and no administrator among them.
            await Users(self.application).create(await self._find_free_name(name), role="admin")

    async def _find_free_name(self, name: str) -> str:
        taken = {user.name for user in await self._store.list_users()}
        return next(
            one for one in (name, *(f"{FIRST_NAME}{n or ''}" for n in range(len(taken) + 1))) if one not in taken
        )

    async def create_user(self, name: str, *, role: Role) -> User:
        """As `Users.create`, for whoever has the store at hand."""
        return await Users(self.application).create(name, role=role)

    async def make_key(self, user: User, name: str, *, scopes: Collection[str] = ("*",)) -> MadeKey:
        """As `Keys.make`, for whoever has the store at hand."""
        return await Keys(self.application).make(name, user=user.name, scopes=scopes)

    async def make_sign_in_link(self, user: User, *, seconds: float = LINK_SECONDS) -> str:
        """The token of a link that signs `user` in once: `/sign-in/<token>`."""
        return await Users(self.application).make_token(user, seconds=seconds)

    # Getting in

    async def sign_in(
        self, name: str, password: str, *, address: str | None = None, agent: str | None = None, before: str = ""
    ) -> str:
        """The token of a new session; the session whose token is `before` ends.

        Raises `Unauthenticated` (`wrong_password`) for whichever of the two is wrong, and `LimitExceeded`
        (`too_many_attempts`).
        """
        self.throttle.begin(name, address)
        user = await self._store.find_user(name[:200])
        is_right = await self.passwords.verify(user.password if user else None, password)
        if user is None or not is_right or user.disabled_at is not None:
            # A name that nobody has may be a password in the wrong field: it is not written down.
            await self._note("refused", user, address, how="password")
            raise Unauthenticated(
                "The name or the password is wrong.",
                code="wrong_password",
                remedy="Try again, or ask an administrator for a sign-in link.",
            )
        self.throttle.succeed(name, address)
        if self.passwords.is_outdated(user.password or ""):
            hashed = await self.passwords.hash(password)
            await self._store.rehash_password(user.id, before=user.password or "", after=hashed)
        await self.sign_out(before)
        await self._note("done", user, address, how="password")
        return await self.open_session(user, agent=agent)

    async def find_link(self, token: str) -> User | None:
        """Whom a link would sign in; it goes on to count. None: it counts no more."""
        user = await self._store.find_sign_in_link(digest_of(token), now=self._clock.now())
        return None if user is None or user.disabled_at else user

    async def sign_in_by_link(
        self, token: str, *, address: str | None = None, agent: str | None = None, before: str = ""
    ) -> str | None:
        """The token of a session; None when the link counts no more."""
        user = await self._store.take_sign_in_link(digest_of(token), now=self._clock.now())
        if user is None or user.disabled_at:
            await self._note("refused", user, address, how="link")
            return None
        await self.sign_out(before)
        await self._note("done", user, address, how="link")
        return await self.open_session(user, agent=agent)

    async def open_session(self, user: User, *, agent: str | None = None) -> str:
        """The token of a new session, for its cookie."""
        token, now = secrets.token_urlsafe(32), self._clock.now()
        expires_at = now + timedelta(seconds=SESSION_SECONDS)
        await self._store.drop_expired_sessions(now)
        shown = None if agent is None else agent[:_AGENT]
        await self._store.create_session(Session(digest_of(token), user.id, now, now, expires_at, shown))
        return token

    async def sign_out(self, token: str) -> bool:
        """Whether there was such a session."""
        return bool(token) and await self._store.delete_session(digest_of(token))

    # Whom it belongs to

    async def find_by_session(self, token: str, *, address: str | None = None) -> Actor | None:
        """Whom a session's token belongs to; None when it counts no more. Being used, it lasts longer."""
        found = await self._store.find_session(digest_of(token))
        now = self._clock.now()
        if found is None or found[0].expires_at <= now or found[1].disabled_at:
            return None
        session, user, teams = found
        if now - session.seen_at >= _TOUCHED_EVERY:
            latest = min(now + timedelta(seconds=SESSION_SECONDS), session.created_at + _LONGEST_SESSION)
            await self._store.touch_session(session.digest, now=now, expires_at=latest)
        return _actor(user, "session", teams, address=address, credential=session.digest)

    async def find_by_key(self, text: str, *, address: str | None = None) -> Actor | None:
        """Whom an API key acts for; None when it counts no more."""
        if not text.startswith(KEY_PREFIX):
            return None
        found = await self._store.find_api_key(digest_of(text))
        now = self._clock.now()
        if found is None or _is_over(found[0], now) or found[1].disabled_at:
            return None
        key, user, teams = found
        if key.used_at is None or now - key.used_at >= _USED_EVERY:
            await self._store.touch_api_key(key.id, now=now)
        return _actor(user, "key", teams, address=address, credential=key.id, scopes=frozenset(key.scopes))

    async def _note(self, outcome: str, user: User | None, address: str | None, *, how: str) -> None:
        name, user_id = ("nobody", None) if user is None else (user.name, user.id)
        via: Via = "session" if outcome == "done" else "nobody"
        actor = Actor(name, "viewer", via, user_id=user_id, address=address)
        await self.application.access.note(actor, "session.sign_in", outcome, subject=None, details={"by": how})


def new_user_id() -> str:
    return f"u{secrets.token_hex(8)}"


def _actor(
    user: User,
    via: Via,
    teams: Collection[str],
    *,
    address: str | None,
    credential: str,
    scopes: frozenset[str] | None = None,
) -> Actor:
    role = cast("Role", user.role)
    return Actor(user.name, role, via, user.id, scopes, frozenset(teams), address, credential)


def _is_over(key: ApiKey, now: datetime) -> bool:
    return key.revoked_at is not None or (key.expires_at is not None and key.expires_at <= now)


def _name_of_the_system() -> str:
    name = next((os.environ[one] for one in ("USER", "LOGNAME", "USERNAME") if os.environ.get(one)), "")
    return name if NAME.fullmatch(name) and name != "root" else FIRST_NAME
