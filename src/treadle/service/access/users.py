"""Users: made, changed, disabled; and what each may do about themselves."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from treadle.errors import Conflict, InvalidWorkflow, NotFound, Unauthenticated
from treadle.model.nearest import listed
from treadle.service.access.actor import ROLES
from treadle.service.access.allowance import read_allowance
from treadle.service.access.keys import require_whole
from treadle.service.access.operation import note_details, operation
from treadle.service.access.passwords import Passwords, check_password
from treadle.service.access.throttle import Throttle
from treadle.service.access.tokens import digest_of
from treadle.store.identities import Session, User

if TYPE_CHECKING:
    from treadle.service.application import Application

FIRST_NAME = "admin"
NAME = re.compile(r"[\w.+-][\w.@+-]{0,99}")
_LIKE_AN_ID = re.compile(r"[ut][0-9a-f]{16}")
_LINK_SECONDS, _LONGEST_LINK = 600.0, 7 * 86_400.0
SHOWN = 16
"""Characters of a session's digest that are its id: enough to tell it apart, too few to be taken for it."""


@dataclass(frozen=True, slots=True)
class Names:
    """With whom a workflow can be shared."""

    users: tuple[str, ...]
    teams: tuple[str, ...]


class Users:
    """The operations on users, an administrator's."""

    def __init__(self, application: Application) -> None:
        self.application = application
        self._store = application.store
        self._clock = application.world.clock

    @operation("users.write")
    async def create(
        self, name: str, *, role: str, password: str | None = None, quotas: Mapping[str, Any] | None = None
    ) -> User:
        """A user who, without a password, signs in by link.

        Raises `InvalidWorkflow` (`invalid_name`, `unknown_role`, `weak_password`, `invalid_quotas`), `Conflict`
        (`user_exists`).
        """
        note_details(name=name[:100], role=role)
        require_whole(self.application.actor)
        check_name(name)
        _check_role(role)
        wanted = None if quotas is None else read_allowance(quotas).to_dict()
        hashed = None if password is None else await self._hash(password, name)
        user = User(f"u{secrets.token_hex(8)}", name, role, self._clock.now(), hashed, wanted)
        await self._store.create_user(user)
        self.application.quotas.forget()
        return user

    @operation("users.list")
    async def list(self) -> Sequence[User]:
        """By name, disabled or not."""
        return await self._store.list_users()

    @operation("users.list")
    async def get(self, name: str) -> User:
        """By name or id. Raises `NotFound`."""
        return await self._store.get_user(name)

    @operation("users.names")
    async def list_names(self) -> Names:
        """Names of active users and of teams."""
        users = [user.name for user in await self._store.list_users() if user.disabled_at is None]
        return Names(tuple(users), tuple(team.name for team in await self._store.list_teams()))

    @operation("users.write")
    async def change(self, user: str, changes: Mapping[str, Any]) -> User:
        """Another `name`, `role`, or `quotas` (null: those of the installation).

        Raises `InvalidWorkflow`, `NotFound`, `Conflict` (`user_exists`, `last_admin`).
        """
        found = await self._store.get_user(user)
        note_details(user=found.name, **{key: changes[key] for key in ("name", "role", "quotas") if key in changes})
        wanted = {key: changes[key] for key in ("name", "role", "quotas") if key in changes}
        if "name" in wanted and wanted["name"] != found.name:
            check_name(wanted["name"])
        if "role" in wanted and wanted["role"] != found.role:
            require_whole(self.application.actor)
            _check_role(wanted["role"])
        if wanted.get("quotas") is not None:
            wanted["quotas"] = read_allowance(wanted["quotas"]).to_dict()
        changed = await self._store.update_user(found.id, wanted)
        self.application.quotas.forget()
        return changed

    @operation("users.write")
    async def set_password(self, user: str, password: str) -> User:
        """Another password, and the end of every session. Raises `InvalidWorkflow` (`weak_password`), `NotFound`."""
        found = await self._store.get_user(user)
        note_details(user=found.name, password="set")
        require_whole(self.application.actor)
        return await self._store.update_user(found.id, {"password": await self._hash(password, found.name)})

    @operation("users.write")
    async def disable(self, user: str) -> User:
        """Nothing lets them in any more; what is theirs stays. Raises `NotFound`, `Conflict` (`last_admin`)."""
        found = await self._store.get_user(user)
        note_details(user=found.name, disabled=True)
        return await self._store.update_user(found.id, {"disabled_at": found.disabled_at or self._clock.now()})

    @operation("users.write")
    async def enable(self, user: str) -> User:
        """Raises `NotFound`."""
        found = await self._store.get_user(user)
        note_details(user=found.name, disabled=False)
        return await self._store.update_user(found.id, {"disabled_at": None})

    @operation("users.write")
    async def make_link(self, user: str, *, seconds: float = _LINK_SECONDS) -> str:
        """The token of a link that signs the user in once, for `/sign-in/<token>`. Raises `NotFound`, `Conflict`
        (`user_disabled`), `InvalidWorkflow`."""
        found = await self._store.get_user(user)
        note_details(user=found.name, link=seconds)
        require_whole(self.application.actor)
        if found.disabled_at is not None:
            raise Conflict(f"`{found.name}` is disabled.", code="user_disabled", remedy="Enable the user first.")
        if not 1 <= seconds <= _LONGEST_LINK:
            raise InvalidWorkflow(
                "A sign-in link lasts from a second to 7 days.", code="invalid_argument", remedy="Name another time."
            )
        return await self.make_token(found, seconds=seconds)

    async def make_token(self, user: User, *, seconds: float) -> str:
        """As `make_link`, for whoever opens the door."""
        token = secrets.token_urlsafe(32)
        expires_at = self._clock.now() + timedelta(seconds=seconds)
        await self._store.create_sign_in_link(digest_of(token), user.id, expires_at=expires_at)
        return token

    @operation("users.list")
    async def list_sessions(self, user: str) -> Sequence[Session]:
        """Those that count, the last used first. Raises `NotFound`."""
        return await self._store.list_sessions((await self._store.get_user(user)).id, now=self._clock.now())

    @operation("users.write")
    async def end_sessions(self, user: str) -> int:
        """How many there were. Raises `NotFound`."""
        found = await self._store.get_user(user)
        note_details(user=found.name, sessions="ended")
        return await self._store.end_sessions(found.id)

    async def _hash(self, password: str, name: str) -> str:
        check_password(password, name=name)
        return await Passwords().hash(password)


class Account:
    """The operations on oneself. `throttle` is that of signing in: whoever has a session guesses no quicker."""

    def __init__(
        self, application: Application, passwords: Passwords | None = None, *, throttle: Throttle | None = None
    ) -> None:
        self.application = application
        self._passwords = passwords or Passwords()
        self._throttle = throttle
        self._store = application.store
        self._clock = application.world.clock

    @operation("me.read")
    async def read(self) -> User:
        return await self._store.get_user(self._own_id())

    @operation("me.change")
    async def set_password(self, new: str, *, current: str | None = None) -> None:
        """Another password for oneself; all sessions but this one end. Who has none yet need not name it.

        Raises `Unauthenticated` (`wrong_password`), `InvalidWorkflow` (`weak_password`), `LimitExceeded`
        (`too_many_attempts`).
        """
        actor, user = self.application.actor, await self._store.get_user(self._own_id())
        note_details(password="set")
        require_whole(actor)
        check_password(new, name=user.name)
        if user.password is not None:
            if self._throttle is not None:
                self._throttle.begin(user.name, actor.address)
            if not await self._passwords.verify(user.password, current or ""):
                raise Unauthenticated(
                    "The current password is wrong.", code="wrong_password", remedy="Send it as `current_password`."
                )
            if self._throttle is not None:
                self._throttle.succeed(user.name, actor.address)
        hashed = await self._passwords.hash(new)
        await self._store.update_user(user.id, {"password": hashed}, keep_session=actor.credential)

    @operation("me.read")
    async def list_sessions(self) -> Sequence[Session]:
        """Those that count, the last used first."""
        return await self._store.list_sessions(self._own_id(), now=self._clock.now())

    @operation("me.change")
    async def end_session(self, session_id: str) -> None:
        """One of one's own, by the beginning of its digest. Raises `NotFound` (`unknown_session`)."""
        if len(session_id) < SHOWN or not await self._store.end_sessions(self._own_id(), prefix=session_id):
            raise NotFound("There is no such session.", code="unknown_session", remedy="List them to see their ids.")

    @operation("me.change")
    async def sign_out(self) -> None:
        """End the session that this comes by; a key stays as it is."""
        actor = self.application.actor
        if actor.via == "session" and actor.credential is not None:
            await self._store.delete_session(actor.credential)

    @operation("me.change")
    async def end_other_sessions(self) -> int:
        """All but this one; how many there were."""
        return await self._store.end_sessions(self._own_id(), besides=self.application.actor.credential)

    def _own_id(self) -> str:
        user_id = self.application.actor.user_id
        if user_id is None:
            raise Unauthenticated("Nobody is signed in.", remedy="Sign in, or send an API key.")
        return user_id


def check_name(name: str) -> None:
    """Raises `InvalidWorkflow` (`invalid_name`) for what no user or team is to be called."""
    if not NAME.fullmatch(name) or _LIKE_AN_ID.fullmatch(name) or name == "names":
        raise InvalidWorkflow(
            f"`{name[:100]}` cannot be a name.",
            code="invalid_name",
            remedy="Use 1 to 100 letters, digits and . _ - + @: a word or an e-mail address.",
        )


def _check_role(role: str) -> None:
    if role not in ROLES:
        raise InvalidWorkflow(f"There is no role `{role}`.", code="unknown_role", remedy=f"Use {listed(ROLES)}.")
