"""Work the loop hands out: attempts at nodes that are not run inline, and nodes that wait."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from treadle.engine.history import Place
from treadle.engine.plan import NodePlan, Source
from treadle.engine.scope import Ports, Scope
from treadle.engine.series import Collected
from treadle.errors import NodeError
from treadle.model.run import Failure


@dataclass(frozen=True, slots=True)
class CameTo:
    """What a container came to: its live ports, or its failure."""

    ports: Ports
    failure: Failure | None
    ms: float


@dataclass(slots=True, eq=False)
class Attempt:
    """One try at a node: decided, its arguments gathered, not yet run.

    `resumed`: the node was suspended and is entered again. `reconciles`: its last attempt is in doubt and the outside
    is to be asked first. `begun`: earlier attempts, or an earlier driver, have begun the node; it is let finish in a
    scope that has failed. `returned`: its function has. `shielded`: something of it is being journaled, and it is not
    cancelled meanwhile.
    """

    scope: Scope
    node: NodePlan
    number: int
    started_at: datetime
    arguments: list[Any] = field(default_factory=list[Any])
    config: Mapping[str, Any] = field(default_factory=dict[str, Any])
    resumed: bool = False
    reconciles: bool = False
    begun: bool = False
    cancelled: bool = False
    live: tuple[Source, ...] | None = None
    """With `join: first`, the connections that were live when the node was decided."""
    cache_key: str | None = None
    opens: bool = False
    """A container whose handlers are told first."""
    came_to: CameTo | None = None
    """What a container came to, before its handlers are told."""
    returned: bool = False
    shielded: bool = False
    asked: dict[str, bool] = field(default_factory=dict[str, bool])
    """What it and the attempts before it have asked for from outside (`run:<id>`, `task:<id>`, `signal:<token>`), and
    whether it was given that."""
    through: set[str] = field(default_factory=set[str])
    """The limits that have let it through: calls of it that ask for no slot when the function is entered again."""
    told: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """What the journal says last of its waiting."""
    failure: Failure | None = None
    """What it failed of, secrets blotted out; whether it is tried again is another matter."""
    note_intent: Callable[[], None] | None = None
    """Where its intent is to be journaled with its first record: notes it."""
    looks_again: bool = False
    """Something has come since it looked: should it come to wait, it looks again instead."""

    @property
    def place(self) -> Place:
        return self.scope.path, self.node.id

    @property
    def path(self) -> str:
        return self.scope.prefix + self.node.id

    def inputs(self) -> Mapping[str, Any]:
        """The arguments by port, for messages."""
        return dict(zip((plan.name for plan in self.node.inputs), self._what_came(), strict=False))

    def given(self) -> Mapping[str, Any]:
        """Those of `inputs` that something was connected to or written for: what came in, defaults aside."""
        pairs = zip(self.node.inputs, self._what_came(), strict=False)
        return {plan.name: value for plan, value in pairs if plan.sources or plan.render or plan.has_constant}

    def _what_came(self) -> list[Any]:
        return [value.item if isinstance(value, Collected) else value for value in self.arguments]


@dataclass(slots=True, eq=False)
class Waiting:
    """A node that waits: until a time, for a signal, or in doubt for a person. `resume` lets it go on.

    `signal` names what it waits for from outside: `run:<id>`, `task:<id>`, `signal:<token>`.
    """

    scope: Scope
    node: NodePlan
    resume: Callable[[], None]
    until: datetime | None = None
    signal: str | None = None
    in_doubt: bool = False
    paused: bool = False
    """It has not begun: the run stopped before it, at a breakpoint."""


def require_intent(attempt: Attempt) -> None:
    """Raises `NodeError` (`no_intent`) where a node that said it would begin with a record does something else."""
    if attempt.note_intent is not None:
        raise NodeError(
            f"`{attempt.path}` is declared to begin with a record, and nothing is on record yet.",
            code="no_intent",
            remedy="Call `ctx.records.put` or `ctx.records.write` first, or declare the effect without "
            "`begins_with_record`.",
            retryable=False,
        )


class Suspend(BaseException):
    """Raised by the context out of an effect that has to wait; not an error, so nothing in a node catches it."""

    def __init__(self, until: datetime | None = None, signal: str | None = None) -> None:
        super().__init__("suspended")
        self.until = until
        self.signal = signal
