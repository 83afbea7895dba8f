"""Stand-ins for the engine: bodies that answer from a function, and a context with a clock of its own."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from treadle.expressions import compile_expression
from treadle.model.run import Failure
from treadle.node import BodyCall, BodyOutcome, Expression
from treadle.node.container import BodyCalls, Checkpoint, Delay, Evaluation

START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


class FakeBodies:
    """Runs no graph: `body(call)` says what a body comes to: a value, a `Failure` or a `BodyOutcome`."""

    def __init__(
        self,
        body: Callable[[BodyCall], Any] = lambda call: None,
        *,
        nodes: Mapping[str, tuple[str, ...]] | None = None,
        checkpoint: Any = None,
    ) -> None:
        self.body = body
        self.nodes = nodes if nodes is not None else {"body": ("last",)}
        self.checkpoint = checkpoint
        self.max_concurrency = None
        self.ran: list[BodyCall] = []
        self.requests: list[Any] = []

    def run(self, body: str = "body", *, index: int | None = None, **names: Any) -> BodyCall:
        return BodyCall(body, index, names)

    def run_branches(
        self,
        body: str = "body",
        *,
        concurrency: int | None = None,
        fail_fast: bool = False,
        race: bool = False,
        **names: Any,
    ) -> BodyCall:
        return BodyCall(body, None, names, concurrency, fail_fast, goes_on=not fail_fast, races=race)

    def run_all(
        self,
        calls: Sequence[BodyCall],
        *,
        concurrency: int | None = None,
        fail_fast: bool = True,
        stop: Callable[[int, BodyOutcome], bool] | None = None,
    ) -> BodyCalls:
        return BodyCalls(calls, concurrency, fail_fast, stop)

    def nodes_of(self, body: str = "body") -> tuple[str, ...]:
        return self.nodes.get(body, ())

    def pause(self, seconds: float) -> Delay:
        return Delay(seconds)

    def evaluate(self, expression: Expression, **names: Any) -> Evaluation:
        return Evaluation(expression, names)

    def save(self, value: Any) -> Checkpoint:
        return Checkpoint(value)

    def play(self, container: Coroutine[Any, Any, Any]) -> Any:
        """Drive a container's coroutine to its end."""
        answer: Any = None
        while True:
            try:
                request = container.send(answer)
            except StopIteration as end:
                return end.value
            self.requests.append(request)
            answer = self._answer(request)

    def asked(self, kind: type[Any]) -> list[Any]:
        return [request for request in self.requests if isinstance(request, kind)]

    def _answer(self, request: Any) -> Any:
        match request:
            case BodyCall():
                return self._outcome(request)
            case BodyCalls():
                return self._outcomes(request)
            case Evaluation():
                return request.expression.evaluate(**request.names)
            case Checkpoint():
                self.checkpoint = request.value
                return None
            case Delay():
                return None
            case _:
                raise TypeError(f"a container may not await {request!r}")

    def _outcome(self, call: BodyCall) -> BodyOutcome:
        self.ran.append(call)
        came_to = self.body(call)
        if isinstance(came_to, BodyOutcome):
            return came_to
        return BodyOutcome(failure=came_to) if isinstance(came_to, Failure) else BodyOutcome(came_to)

    def _outcomes(self, calls: BodyCalls) -> list[BodyOutcome]:
        outcomes: list[BodyOutcome] = []
        for index, call in enumerate(calls.calls):
            outcomes.append(self._outcome(call))
            if calls.stop is not None and calls.stop(index, outcomes[-1]):
                break
            if calls.fail_fast and outcomes[-1].failure is not None:
                break
        return outcomes


class Suspended(Exception):
    """The run was suspended: the node's function is given up, to be called anew."""


class FakeContext:
    """A context whose clock moves only by waiting. With `suspends`, waiting gives the function up."""

    started_at = START
    idempotency_key = "wait-1"

    def __init__(self, *, suspends: bool = False) -> None:
        self.time = START
        self.suspends = suspends
        self.waited_until: list[datetime] = []

    def now(self) -> datetime:
        return self.time

    async def sleep_until(self, at: datetime) -> None:
        if at <= self.time:
            return
        self.waited_until.append(at)
        self.time = at
        if self.suspends:
            raise Suspended

    @property
    def waits(self) -> list[float]:
        """Seconds from the start to each time that was waited for."""
        return [(at - START) / timedelta(seconds=1) for at in self.waited_until]


@pytest.fixture
def make_bodies() -> type[FakeBodies]:
    return FakeBodies


@pytest.fixture
def make_context() -> type[FakeContext]:
    return FakeContext


@pytest.fixture
def suspended() -> type[Suspended]:
    return Suspended


@pytest.fixture
def expression() -> Callable[..., Expression]:
    """An expression as a node is given it: `expression("a > 1", a=2)`."""

    def make(source: str, **scope: Any) -> Expression:
        return Expression(compile_expression(source), scope)

    return make


@pytest.fixture
def failure() -> Failure:
    return Failure(type="timeout", message="The page took too long.", node="fetch", attempt=3)
