"""`Venues`: the process's open venues, one for each account, made at first use; a venue's library is imported then."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from importlib import import_module
from typing import TYPE_CHECKING, Any, Literal, Protocol

from treadle.model.nearest import suggest
from treadle.node import Permissions
from treadle.packs.trading.venue.refusal import refusal

if TYPE_CHECKING:
    from treadle.packs.trading.venue.protocol import Venue
    from treadle.packs.trading.venue.provider import ProviderRef

KNOWN = {
    "paper": "treadle.packs.trading.paper.venue:open_paper",
    "polymarket": "treadle.packs.trading.polymarket.venue:open_polymarket",
    "mt5": "treadle.packs.trading.mt5.venue:open_mt5",
    "rest": "treadle.packs.trading.rest.venue:open_rest",
}
"""Every other name is one of ccxt's exchanges."""
CCXT = "treadle.packs.trading.ccxt.venue:open_ccxt"


@dataclass(frozen=True, slots=True)
class Opening:
    """What a venue is opened with. `account` names whose it is where one venue has several (a simulated account of a
    deployment); `credentials` are the fields of the profile; `inner` is the venue whose prices a paper account uses;
    `now` tells the time, of whoever asks."""

    venue: str
    account: str
    credentials: Mapping[str, str]
    settings: Mapping[str, Any]
    permissions: Permissions
    now: Callable[[], datetime]
    inner: Venue | None = None


Opener = Callable[[Opening], Awaitable["Venue"]]


class Asker(Protocol):
    """What is asked of who asks for a venue: a node's `Context`, or the `Lookout` of a trigger."""

    @property
    def run_id(self) -> str: ...
    @property
    def workflow(self) -> str: ...
    @property
    def deployment(self) -> str | None: ...
    @property
    def mode(self) -> Literal["live", "paper", "test"]: ...
    def profile(self, name: str | None, *, provider: str | None = None) -> Mapping[str, str]: ...
    def now(self) -> datetime: ...


class Venues:
    """A resource. The same provider, credentials and account is the same open venue."""

    def __init__(self, permissions: Permissions) -> None:
        self._permissions = permissions
        self._open: dict[Any, Venue] = {}
        self._opening = asyncio.Lock()
        self._now: Callable[[], datetime] | None = None

    async def of(self, ctx: Asker, provider: ProviderRef) -> Venue:
        """The venue a node means. Outside mode `live` every order is a paper order: on a paper account that sees the
        prices, the rules and the fees of the venue it stands in for."""
        credentials = ctx.profile(provider.profile, provider=provider.venue)
        self._now = ctx.now
        account = provider.profile or ""
        # What is under `paper` is for the account that stands in.
        own = {name: value for name, value in provider.settings.items() if name != "paper"}
        if provider.venue == "paper":
            account = account_of(ctx, provider)
        opening = Opening(provider.venue, account, credentials, own, self._permissions, self._time)
        if provider.venue != "paper" and ctx.mode != "live":
            inner = await self.open(opening)
            settings: Mapping[str, Any] = provider.settings.get("paper") or {}
            opening = replace(opening, venue="paper", account=account_of(ctx, provider), settings=settings, inner=inner)
        return await self.open(opening)

    async def open(self, opening: Opening) -> Venue:
        inner = None if opening.inner is None else id(opening.inner)
        key = (opening.venue, opening.account, _written(opening.credentials), _written(opening.settings), inner)
        async with self._opening:
            if key not in self._open:
                self._open[key] = await find_opener(opening.venue)(opening)
            return self._open[key]

    def _time(self) -> datetime:
        assert self._now is not None
        return self._now()

    async def aclose(self) -> None:
        for venue in reversed(list(self._open.values())):
            await venue.aclose()
        self._open.clear()


def account_of(ctx: Asker, provider: ProviderRef) -> str:
    """Whose orders and fills these are, in words: what records of them are grouped by."""
    if provider.venue != "paper" and ctx.mode == "live":
        return f"{provider.venue}/{provider.profile or 'default'}"
    market = provider.settings.get("market")
    parts = ("paper", "" if provider.venue == "paper" else provider.venue, market, _paper_account(ctx, provider))
    return "/".join(str(part) for part in parts if part)


def find_opener(venue: str) -> Opener:
    """Raises `NodeError` (`unknown_venue`)."""
    require_known(venue)
    module, _, name = KNOWN.get(venue, CCXT).partition(":")
    return getattr(import_module(module), name)


def require_known(venue: str) -> None:
    """Raises `NodeError` (`unknown_venue`), with a name that is close."""
    if venue not in KNOWN:
        names = import_module("treadle.packs.trading.ccxt.names").NAMES
        if venue not in names:
            raise refusal(
                "unknown_venue",
                f"There is no venue `{venue}`.",
                remedy=suggest(venue, [*KNOWN, *names], f"Use {', '.join(KNOWN)} or an exchange of ccxt."),
            )


def _paper_account(ctx: Asker, provider: ProviderRef) -> str:
    """A run that is only a test starts with an account of its own."""
    named = provider.settings.get("account") or ctx.deployment or ctx.workflow
    return f"test:{ctx.run_id}" if ctx.mode == "test" else str(named)


def _written(given: Mapping[str, Any]) -> str:
    return json.dumps(given, sort_keys=True, default=str)
