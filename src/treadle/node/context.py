"""`Context`: the only door from an effect to the world."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal, Protocol, TypeVar

from pydantic import JsonValue

from treadle.node.exchange import Children, Events, Limits, Records, Signals, Tasks
from treadle.node.permissions import Permissions

R = TypeVar("R", bound="Resource")
Level = Literal["debug", "info", "warning", "error"]
StateScope = Literal["run", "deployment", "workflow"]


class Resource(Protocol):
    """Something kept open for the whole process (a connection pool), made at first use."""

    def __init__(self, permissions: Permissions) -> None: ...

    async def aclose(self) -> None: ...


class State(Protocol):
    """Named values that outlive a node. Changes commit together with the run that made them, or not at all."""

    async def get(self, key: str, *, scope: StateScope = "deployment", default: JsonValue = None) -> JsonValue: ...

    async def set(self, key: str, value: JsonValue, *, scope: StateScope = "deployment") -> None: ...

    async def increment(self, key: str, by: float = 1, *, scope: StateScope = "deployment") -> float: ...

    async def claim(self, key: str, *, window: float | None, scope: StateScope = "deployment") -> bool:
        """True the first time `key` is claimed within `window` seconds, over all runs and processes.

        Committed at once; asking again from the same place in the same run gives the same answer.
        """
        ...


class Context(Protocol):
    """What an effect is given. Whatever it does to the world goes through here.

    `idempotency_key` is derived from the node's place in the run: the same for every attempt at the same work.
    `started_at` (aware UTC) is when the node first started; it does not change over retries and suspensions.
    """

    @property
    def run_id(self) -> str: ...
    @property
    def workflow(self) -> str: ...
    @property
    def deployment(self) -> str | None:
        """The id of the deployment that this is done for, also in a workflow that it calls."""
        ...

    @property
    def node_id(self) -> str: ...
    @property
    def path(self) -> str: ...
    @property
    def attempt(self) -> int: ...
    @property
    def mode(self) -> Literal["live", "paper", "test"]: ...
    @property
    def idempotency_key(self) -> str: ...
    @property
    def started_at(self) -> datetime: ...
    @property
    def permissions(self) -> Permissions: ...
    @property
    def state(self) -> State: ...
    @property
    def signals(self) -> Signals: ...
    @property
    def tasks(self) -> Tasks: ...
    @property
    def children(self) -> Children: ...
    @property
    def limits(self) -> Limits: ...
    @property
    def events(self) -> Events: ...
    @property
    def records(self) -> Records: ...

    def profile(self, name: str | None, *, provider: str | None = None) -> Mapping[str, str]:
        """The fields of a profile that the run is bound to; None: of the first that is of this `provider`, and nothing
        where there is none. Never to be given out or logged. Raises `NodeError` (`profile_not_bound`)."""
        ...

    def count(self, name: str, by: float = 1) -> None:
        """Add to a counter of the run, and with it of its deployment (profit, trades); kept if the node completes."""
        ...

    def now(self) -> datetime:
        """The time, aware UTC, from the run's clock (virtual in tests and simulations)."""
        ...

    async def sleep_until(self, at: datetime) -> None:
        """Wait until `at`. Longer than a few seconds, the run is suspended and the function is called anew later,
        so put it before anything that must happen once."""
        ...

    def resource(self, kind: type[R]) -> R:
        """The process's one `kind`, made now if need be."""
        ...

    def log(self, message: str, *, level: Level = "info", **data: JsonValue) -> None: ...

    def progress(self, share: float | None = None, message: str = "") -> None: ...

    def stream(self, text: str) -> None:
        """Show `text` to whoever watches, as it is made."""
        ...

    def trace_headers(self) -> Mapping[str, str]:
        """What a request to another service carries so that it shows in the same trace; empty when nobody traces."""
        ...

    def redact(self, text: str) -> str:
        """`text` with every known secret value replaced."""
        ...


class NotDone:
    """The type of `NOT_DONE`."""

    def __repr__(self) -> str:
        return "NOT_DONE"


NOT_DONE: Any = NotDone()
"""What `reconcile` returns when the outside says that the effect did not happen: it is then done again."""
