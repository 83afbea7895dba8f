"""Who asks for an operation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

Role = Literal["viewer", "operator", "editor", "admin"]
"""Each may what those before it may. A viewer looks, an operator runs things, an editor changes them."""

ROLES: tuple[Role, ...] = get_args(Role)

Via = Literal["local", "session", "key", "link", "nobody"]
"""How they came: on this machine with the store at hand, signed in, with an API key, by a signed link, not at all."""


@dataclass(frozen=True, slots=True)
class Actor:
    """`name` is for people and for the audit log, `user_id` tells users apart; None: no user of the installation.

    `scopes` narrow what the role allows (`runs:read`, `workflows:write`, `*`); None: they do not. `teams` are ids.
    `address` is where the request came from, `credential` what they showed: the digest of a session, the id of a key.
    """

    name: str
    role: Role
    via: Via
    user_id: str | None = None
    scopes: frozenset[str] | None = None
    teams: frozenset[str] = frozenset()
    address: str | None = None
    credential: str | None = None

    @property
    def is_local(self) -> bool:
        """Whoever can read the store's file and its key is not kept from anything by us."""
        return self.via == "local"


LOCAL = Actor("local", "admin", "local")
"""The command line and Python, on the machine that has the store."""
