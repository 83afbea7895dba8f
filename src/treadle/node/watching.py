"""Watching: what a trigger needs that is told things as they happen, instead of asking at its times."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, NamedTuple, Protocol

from pydantic import JsonValue

from treadle.node.connection import Surroundings

WhenBusy = Literal["newest", "queue"]
"""What becomes of items that come while there is no room for their runs: only the newest counts, or they wait."""


@dataclass(frozen=True, slots=True)
class Item:
    """Something that happened, and starts a run. The same thing has the same `id`, whoever hears of it and however
    often; `at` (aware UTC) is when it happened. What it `remembers` is kept in the transaction that starts its run,
    and only if it does; None leaves that as it was."""

    id: str
    at: datetime
    payload: Any
    remembers: JsonValue = None


class Lookout(Surroundings, Protocol):
    """What a watch may use. `remembered` is what it kept last, under the same config, in whatever process.

    `is_resumed`: somebody has paused it since, and what it missed meanwhile is not to be made up for.
    """

    remembered: JsonValue
    is_resumed: bool

    @property
    def run_id(self) -> str: ...
    @property
    def workflow(self) -> str: ...
    @property
    def deployment(self) -> str | None: ...
    @property
    def mode(self) -> Literal["live", "paper", "test"]: ...

    def profile(self, name: str | None, *, provider: str | None = None) -> Mapping[str, str]:
        """As a node of the deployment's runs would be given it; see `Context.profile`."""
        ...

    def now(self) -> datetime:
        """The time, aware UTC."""
        ...

    def saw(self, at: datetime) -> None:
        """Something came in, whether or not it starts a run: people are shown when that was last."""
        ...

    async def remember(self, value: JsonValue) -> None:
        """Keep `value` at once."""
        ...

    def log(self, message: str, *, level: Literal["debug", "info", "warning", "error"] = "info") -> None: ...


Watch = Callable[..., AsyncGenerator[Item]]
"""`watch(lookout, **config)`: an async generator of items. It is closed when nobody wants them any more, and called
again, after a while, when it raises or ends."""

Glance = Callable[..., Awaitable[Any]]
"""`glance(lookout, **config)`: the payload that there would be now, for a run that a person starts."""


class Neighbour(NamedTuple):
    """Another node of the same graph, as it is written."""

    type: str
    config: Mapping[str, Any]


Resolve = Callable[[Mapping[str, Any], Mapping[str, Neighbour]], Mapping[str, Any]]
"""From config as written, and the nodes beside it by id, to config that stands by itself. Raises `ValueError` whose
text says what is wrong and, after the first full stop, what to do."""


@dataclass(frozen=True, slots=True)
class Watching:
    """How a trigger watches, as its node type declares it."""

    watch: Watch
    glance: Glance | None = None
    resolve: Resolve | None = None
    when_busy: Callable[[Mapping[str, Any]], WhenBusy] = lambda config: "queue"

    def resolved(self, config: Mapping[str, Any], nodes: Mapping[str, Neighbour]) -> Mapping[str, Any]:
        """Raises `ValueError`."""
        return config if self.resolve is None else self.resolve(config, nodes)
