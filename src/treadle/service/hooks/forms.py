"""Forms: a token for each page, so that one that is sent twice starts one run."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from treadle.errors import Conflict, TreadleError
from treadle.packs.data.schema import find_problems
from treadle.service.hooks.hooks import for_strangers
from treadle.service.hooks.starting import Starting
from treadle.service.hooks.table import HookRoute
from treadle.service.signing import read_key

if TYPE_CHECKING:
    from treadle.service.application import Application

_PURPOSE = b"treadle form token 1\0"
_LASTS = 86_400
_MOST_PROBLEMS = 100


class Forms:
    """What the hosted pages of forms stand on."""

    def __init__(self, application: Application, starting: Starting) -> None:
        self.application = application
        self._starting = starting

    @cached_property
    def _key(self) -> bytes:
        return read_key(self.application.store.path)

    def make_token(self, route: HookRoute) -> str:
        """For one page of the form; it counts for a day, and once."""
        body = f"{secrets.token_urlsafe(12)}.{int(self.application.world.clock.now().timestamp())}"
        return f"{body}.{self._sign(route, body)}"

    def find_problems(self, route: HookRoute, values: Mapping[str, Any]) -> list[dict[str, str]]:
        """What does not fit, by `path`, with a `message` and the `rule`."""
        return find_problems(dict(values), route.form, limit=_MOST_PROBLEMS)

    async def submit(self, route: HookRoute, token: str, values: Mapping[str, Any]) -> None:
        """Start the form's run, durably; the same token a second time starts none.

        Raises `Conflict` (`form_expired`) for a token that counts no more or never did, and what keeps it from
        starting.
        """
        body, _, digest = token.rpartition(".")
        made = body.rpartition(".")[2]
        now = self.application.world.clock.now().timestamp()
        known = hmac.compare_digest(digest.encode(), self._sign(route, body).encode())
        if not known or not made.isdigit() or not -60 <= now - int(made) <= _LASTS:
            raise Conflict(
                "The page has been open for too long.",
                code="form_expired",
                remedy="Send it again: what you filled in is still there.",
            )
        try:
            await self._starting.start(route, {"values": dict(values)}, {}, key=f"form:{body}")
        except TreadleError as error:
            raise for_strangers(error, route) from error

    def _sign(self, route: HookRoute, body: str) -> str:
        digest = hmac.digest(self._key, _PURPOSE + f"{route.id}\n{body}".encode(), hashlib.sha256)
        return base64.urlsafe_b64encode(digest).decode().rstrip("=")
