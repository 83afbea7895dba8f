"""What an effect may exchange with people, other runs and other processes; the parts of a `Context`.

A function that is suspended, or whose process dies, is called anew from its start. What it asks for is told apart by
the order of the calls: the second `take` of one call of the function is the second `take` of the next, and is given
the same. So ask in the same order each time; what decides it may be the inputs and what was given before, not the time
of day.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from pydantic import JsonValue

from treadle.model.json import Value
from treadle.model.record import Turn
from treadle.model.signal import Signal
from treadle.model.task import Task


class Signals(Protocol):
    async def take(self, *names: str, key: str = "", until: datetime | None = None) -> Signal | None:
        """The oldest signal of one of `names` with this `key` (or meant for this run) that nobody has taken.

        When there is none the run is suspended and the function called anew when one comes; None once `until` is
        over. Taken once and for all by this call at this place in the run, also after a crash; a second call takes
        another.
        """
        ...


class Tasks(Protocol):
    async def ask(
        self,
        *,
        title: str,
        message: str = "",
        value: Value = None,
        form: Mapping[str, JsonValue] | None = None,
        assignees: Sequence[str] = (),
        escalate_at: datetime | None = None,
        escalate_to: Sequence[str] = (),
        deadline_at: datetime | None = None,
        kind: str = "approval",
    ) -> Task:
        """Put a task into the inbox and suspend the run; the task once it is `done`, `expired` or `cancelled`. Each
        call is a task of its own, the same one after a crash."""
        ...


class Children(Protocol):
    async def start(self, workflow: str, *, input: Mapping[str, Any], version: str | None = None) -> str:
        """Start a run of another workflow that this one does not wait for; its id. Each call starts one, the same one
        after a crash."""
        ...

    async def run(self, workflow: str, *, input: Mapping[str, Any], version: str | None = None) -> Any:
        """Start a child run, suspend until it has finished, and give its output. Each call starts one.

        Raises `NodeError` (`child_failed`, `child_cancelled`, `too_deep`), and what starting a run raises.
        """
        ...


class Limits(Protocol):
    async def take(self, key: str, *, number: float, period: float, burst: int = 1) -> None:
        """Wait for one of the `number` slots that `key` has in every `period` seconds, over all runs and processes.

        A `burst` of slots may be taken at once. One slot for each call at this place in the run, also after a crash.
        """
        ...


class Events(Protocol):
    async def publish(self, topic: str, payload: JsonValue) -> str:
        """Publish an event to every deployment that listens to `topic`; its id. Each call once, also after a crash."""
        ...


class Records(Protocol):
    """What a deployment keeps of its dealings with the outside: orders, fills. Written at once, not with the end of the
    run, and kept when the run fails and when the deployment is deleted.

    `kind` and `key` name a record, whoever writes it; its owner is the deployment that wrote it first. What a test
    (mode `test`) writes and reads is its own.
    """

    async def put(
        self,
        kind: str,
        key: str,
        value: Mapping[str, JsonValue],
        *,
        group: str = "",
        is_open: bool = False,
        later: Callable[[], object] | None = None,
        turn: Turn | None = None,
    ) -> None:
        """Durable when it returns. Written again, it is replaced; its place among the others stays. `group` is what it
        belongs to, such as an account; `is_open`: something is still to become of it.

        With `later` it is written in one commit with what comes next of the node: the next `put`, or its result; and
        before anything is read. For what could be found out again after a crash. `later` is called where it may have
        been lost without one: the store could not be written, or the node was broken off.

        With `turn` it is written, and the turn taken, in one (one turn for all that is written with it); raises
        `Conflict` (`overtaken`) where somebody else has taken one since, and nothing is written of it then: what was
        decided on is no longer so. How many were taken says the record `TURN` of that name, to be read before what the
        decision rests on."""
        ...

    async def write(self) -> None:
        """What was put `later`, and the intent of an effect that begins with a record, is durable when it returns. To
        be called before anything outside is changed otherwise."""
        ...

    async def get(self, kind: str, key: str) -> dict[str, Any] | None: ...

    async def list(
        self,
        kind: str,
        *,
        group: str | None = None,
        mine: bool = True,
        open_only: bool = False,
        after: str | None = None,
        since: datetime | None = None,
        newest: int | None = None,
    ) -> list[dict[str, Any]]:
        """The values, in the order in which they were first written. Not only `mine`: those of all deployments, with
        this `group`. `after` a key: those first written after that one (all, where it is not there); `since` a time:
        those first written then or later; `newest`: so many of the last."""
        ...
