"""Containers: nodes whose body is a graph of its own.

A container's function is a coroutine that awaits only what its `Bodies` gives it. It is run again from its start
after a suspension or a crash; bodies that have finished answer at once, from the journal.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from treadle.model.run import Failure
from treadle.node.field import Expression


@dataclass(frozen=True, slots=True)
class BodyOutcome:
    """What a body came to. `output` is None where nothing in it was live; `failure` is set when it failed. `winner` is
    the last node of the branch that won a race, and the only one in `sinks`."""

    output: Any = None
    failure: Failure | None = None
    sinks: Mapping[str, Any] = field(default_factory=dict[str, Any])
    winner: str | None = None


@dataclass(frozen=True, slots=True)
class BodyCall:
    """A request to run one body: awaited, it gives a `BodyOutcome`.

    `concurrency` limits the effects under way in it. A failure starts nothing new in the body; with `goes_on` it
    does not even do that, and with `fail_fast` it also cancels what runs. With `races`, the first of its branches to
    complete ends it and the others are cancelled.
    """

    body: str = "body"
    index: int | None = None
    names: Mapping[str, Any] = field(default_factory=dict[str, Any])
    concurrency: int | None = None
    fail_fast: bool = False
    goes_on: bool = False
    races: bool = False

    def __await__(self) -> Generator[Any, Any, BodyOutcome]:
        return (yield self)


@dataclass(frozen=True, slots=True)
class BodyCalls:
    """A request to run many bodies, `concurrency` at once; gives the outcomes in order.

    No further body starts once `stop` (index, outcome) is true or, with `fail_fast`, one has failed; those that never
    started are missing from the end of the list.
    """

    calls: Sequence[BodyCall]
    concurrency: int | None = None
    fail_fast: bool = True
    stop: Callable[[int, BodyOutcome], bool] | None = None

    def __await__(self) -> Generator[Any, Any, list[BodyOutcome]]:
        return (yield self)


@dataclass(frozen=True, slots=True)
class Delay:
    """A durable pause of `seconds`, counted from when it was first asked for."""

    seconds: float

    def __await__(self) -> Generator[Any, Any, None]:
        return (yield self)


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Evaluate an expression once and remember it: asked again after a crash, it gives the same value."""

    expression: Expression
    names: Mapping[str, Any]

    def __await__(self) -> Generator[Any, Any, Any]:
        return (yield self)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Remember `value` and forget the bodies before it; see `Bodies.checkpoint`."""

    value: Any

    def __await__(self) -> Generator[Any, Any, None]:
        return (yield self)


class Bodies(Protocol):
    """What a container's function is given as its first parameter."""

    @property
    def checkpoint(self) -> Any:
        """The value of the last `save`, or None: where to go on after a crash."""
        ...

    @property
    def max_concurrency(self) -> int | None: ...

    def run(self, body: str = "body", *, index: int | None = None, **names: Any) -> Awaitable[BodyOutcome]:
        """Run one body; `names` are what its expressions see (`loop={"item": …}`)."""
        ...

    def run_branches(
        self,
        body: str = "body",
        *,
        concurrency: int | None = None,
        fail_fast: bool = False,
        race: bool = False,
        **names: Any,
    ) -> Awaitable[BodyOutcome]:
        """Run a body whose nodes are branches: without `fail_fast`, one that fails stops no other. In a `race` the
        first to complete cancels all others; a branch that fails or is skipped cannot win."""
        ...

    def run_all(
        self,
        calls: Sequence[BodyCall],
        *,
        concurrency: int | None = None,
        fail_fast: bool = True,
        stop: Callable[[int, BodyOutcome], bool] | None = None,
    ) -> Awaitable[list[BodyOutcome]]: ...

    def nodes_of(self, body: str = "body") -> tuple[str, ...]:
        """Ids of the nodes of a body that nothing follows, in file order; none when there is no such body."""
        ...

    def pause(self, seconds: float) -> Awaitable[None]: ...

    def evaluate(self, expression: Expression, **names: Any) -> Awaitable[Any]: ...

    def save(self, value: Any) -> Awaitable[None]:
        """Journal `value`; after a crash the function starts with it as `checkpoint`."""
        ...


class BodyFailed(Exception):
    """Raised by a container to fail with its body's own failure."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message)
        self.failure = failure
