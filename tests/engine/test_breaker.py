"""Circuit breakers: a provider that fails again and again is left alone, and found out about by one attempt."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from treadle.engine.breaker import Breakers
from treadle.errors import NodeError
from treadle.model.policy import Retry
from treadle.node import Context, NodeDefinition, effect
from treadle.testing.clock import START
from treadle.testing.graphs import node, workflow
from treadle.testing.harness import Harness

DOWN = NodeError("no answer", code="connection", retryable=True)
LATER = START + timedelta(seconds=30)


def opened(threshold: int = 3) -> Breakers:
    breakers = Breakers(threshold=threshold, rest=30)
    for _ in range(threshold):
        breakers.failed("api", DOWN, who=None, now=START)
    return breakers


class Service:
    """A provider that answers each call with the next of `answers`: an error to raise, or a value."""

    def __init__(self, answers: Sequence[Any]) -> None:
        self.answers = list(answers)
        self.asked = 0
        self.definition = self._declare()

    def _declare(self) -> NodeDefinition:
        @effect("test.ask", in_doubt="repeat", provider=lambda config: config["host"])
        async def ask(ctx: Context, *, host: str) -> Any:
            """Ask the service."""
            self.asked += 1
            answer = self.answers.pop(0)
            if isinstance(answer, BaseException):
                raise answer
            return answer

        return ask


@pytest.mark.parametrize(
    "error",
    [
        TimeoutError(),
        ConnectionResetError(),
        DOWN,
        NodeError("busy", code="http_status", status=503),
        NodeError("slow down", code="http_status", status=429),
    ],
)
def test_failures_that_may_pass_open_the_circuit(error: Exception) -> None:
    breakers = Breakers(threshold=2, rest=30)

    for _ in range(2):
        breakers.failed("api", error, who=None, now=START)

    assert breakers.state_of("api", now=START) == "open"


@pytest.mark.parametrize("error", [ValueError("mine"), NodeError("no", code="invalid_url")])
def test_failures_that_say_nothing_of_the_provider_do_not_count(error: Exception) -> None:
    breakers = Breakers(threshold=2, rest=30)
    breakers.failed("api", DOWN, who=None, now=START)

    for _ in range(5):
        breakers.failed("api", error, who=None, now=START)

    assert breakers.state_of("api", now=START) == "closed"


def test_a_refusal_shows_that_the_provider_is_there() -> None:
    """404 is an answer: counting begins anew."""
    breakers = Breakers(threshold=2, rest=30)
    breakers.failed("api", DOWN, who=None, now=START)
    breakers.failed("api", NodeError("no", code="http_status", status=404), who=None, now=START)

    breakers.failed("api", DOWN, who=None, now=START)

    assert breakers.state_of("api", now=START) == "closed"


def test_an_answer_begins_the_counting_anew() -> None:
    """Failures have to come in a row; one in five calls failing opens nothing."""
    breakers = Breakers(threshold=3, rest=30)

    for _ in range(20):
        breakers.failed("api", DOWN, who=None, now=START)
        breakers.failed("api", DOWN, who=None, now=START)
        breakers.succeeded("api")

    assert breakers.state_of("api", now=START) == "closed"


def test_while_it_is_open_nobody_is_let_through() -> None:
    with pytest.raises(NodeError) as refused:
        opened().enter("api", who="a", now=START + timedelta(seconds=10))

    assert (refused.value.code, refused.value.retryable, refused.value.retry_after) == ("circuit_open", True, 20)


def test_other_providers_are_not_touched() -> None:
    breakers = opened()

    breakers.enter("other", who="a", now=START)

    assert breakers.state_of("other", now=START) == "closed"


def test_half_open_it_lets_one_through() -> None:
    breakers = opened()
    breakers.enter("api", who="a", now=LATER)

    with pytest.raises(NodeError):
        breakers.enter("api", who="b", now=LATER)

    assert breakers.state_of("api", now=LATER) == "half open"


def test_an_answer_to_the_one_closes_it() -> None:
    breakers = opened()
    breakers.enter("api", who="a", now=LATER)

    breakers.succeeded("api")

    assert breakers.state_of("api", now=LATER) == "closed"


def test_its_failure_opens_it_again() -> None:
    breakers = opened()
    breakers.enter("api", who="a", now=LATER)

    breakers.failed("api", DOWN, who="a", now=LATER)

    assert breakers.state_of("api", now=LATER + timedelta(seconds=29)) == "open"
    assert breakers.state_of("api", now=LATER + timedelta(seconds=30)) == "half open"


def test_one_that_comes_back_with_nothing_to_tell_makes_room_for_another() -> None:
    """It was cancelled."""
    breakers = opened()
    breakers.enter("api", who="a", now=LATER)

    breakers.left("api", who="a")
    breakers.enter("api", who="b", now=LATER)

    with pytest.raises(NodeError):
        breakers.enter("api", who="c", now=LATER)


async def test_an_open_circuit_fails_a_node_without_asking(memory_harness: Harness) -> None:
    """Runs share it, and nothing was begun that could be in doubt."""
    service = Service([DOWN, DOWN])
    memory_harness.breakers = Breakers(threshold=2, rest=30)
    asking = workflow(node(service.definition, config={"host": "api"}))
    await memory_harness.run(asking)
    await memory_harness.run(asking)

    run = await memory_harness.run(asking)

    assert run.error is not None
    assert (run.error.type, service.asked) == ("circuit_open", 2)


async def test_a_retry_waits_until_it_is_half_open(memory_harness: Harness) -> None:
    """The run is suspended, it does not hammer."""
    service = Service([DOWN, DOWN, "back"])
    memory_harness.breakers = Breakers(threshold=2, rest=30)
    retry = Retry(max_attempts=5, delay=1, backoff="constant", jitter=False)
    begun = memory_harness.clock.now()

    run = await memory_harness.run(workflow(node(service.definition, config={"host": "api"}, retry=retry)))

    assert (run.status, run.output, service.asked) == ("completed", "back", 3)
    assert memory_harness.clock.now() - begun >= timedelta(seconds=31)


async def test_a_node_without_a_provider_has_no_circuit(memory_harness: Harness) -> None:
    """`provider` that gives None, or fails, names nobody."""
    failing = Service([DOWN] * 5)
    memory_harness.breakers = Breakers(threshold=1, rest=30)
    failing.definition.provider = lambda config: config["nobody"]

    for _ in range(5):
        await memory_harness.run(workflow(node(failing.definition, config={"host": "api"})))

    assert failing.asked == 5
