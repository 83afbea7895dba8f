"""What accounts are worth over time: a point whenever a deployment reads one anyway, one a minute at most."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, Protocol, TypeVar

from treadle.node import Permissions
from treadle.node.context import Resource
from treadle.node.exchange import Records
from treadle.packs.trading.exact import tidy
from treadle.packs.trading.venue.account import Account

EQUITY = "equity"
"""The kind of the records; the store keeps them thinner, the older they are."""
R = TypeVar("R", bound=Resource)


class Reader(Protocol):
    """Who reads the account: a node's `Context`, or whoever stands in for one."""

    @property
    def deployment(self) -> str | None: ...
    @property
    def mode(self) -> Literal["live", "paper", "test"]: ...
    @property
    def records(self) -> Records: ...
    def now(self) -> datetime: ...
    def resource(self, kind: type[R]) -> R: ...


class Points:
    """A resource: the minute of the last point of each deployment and account."""

    def __init__(self, permissions: Permissions) -> None:
        self.last: dict[tuple[str, str], str] = {}

    async def aclose(self) -> None:
        self.last.clear()


async def note_equity(reader: Reader, account_name: str, account: Account) -> None:
    """Nothing, where no deployment reads it, or in a test."""
    if reader.deployment is None or reader.mode == "test":
        return
    now = reader.now()
    minute, place = now.isoformat(timespec="minutes"), (reader.deployment, account_name)
    points = reader.resource(Points)
    if points.last.get(place) == minute:
        return
    value = {"at": now.isoformat(), "equity": f"{tidy(account.equity):f}", "currency": account.currency}
    await reader.records.put(EQUITY, f"{reader.deployment}/{account_name}/{minute}", value, group=account_name)
    points.last[place] = minute
