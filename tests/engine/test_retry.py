"""§3.1 Retries: how often, when, and for which failures."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.engine.nodes import boom
from treadle.engine.journal import EntryKind
from treadle.errors import NodeError
from treadle.model.event import NodeRetried
from treadle.node import JsonValue
from treadle.node import node as declare
from treadle.testing.fake_effect import FakeEffect
from treadle.testing.graphs import node, workflow
from treadle.testing.harness import Harness, TestRun


def http(status: int, **more: Any) -> NodeError:
    return NodeError(f"The service answered {status}.", code="http_status", status=status, **more)


def retrying(fake: FakeEffect, **retry: Any) -> Any:
    return workflow(node(fake, retry={"jitter": False, **retry}))


def delays(run: TestRun) -> list[float]:
    """Seconds between each failure and the attempt that follows it."""
    retries = [event for event in run.events if isinstance(event, NodeRetried)]
    return [(event.retry_at - event.at) / timedelta(seconds=1) for event in retries if event.retry_at]


async def test_an_attempt_that_raises_is_tried_again(harness: Harness) -> None:
    """3.1: until it succeeds."""
    fake = FakeEffect("send", fails=[OSError("a"), OSError("b")], returns="sent")

    run = await harness.run(retrying(fake, max_attempts=3))

    assert (run.output, fake.attempts, run.result.nodes["send"].attempts) == ("sent", [1, 2, 3], 3)


async def test_attempts_are_limited(harness: Harness) -> None:
    """3.1: `max_attempts` counts the first one too."""
    fake = FakeEffect("send", fails=[OSError(str(n)) for n in range(9)])

    run = await harness.run(retrying(fake, max_attempts=3))

    assert run.error is not None
    assert (fake.attempts, run.error.message, run.error.attempt) == ([1, 2, 3], "2", 3)


@pytest.mark.parametrize(
    ("backoff", "expected"),
    [("constant", [10, 10, 10, 10]), ("linear", [10, 20, 30, 35]), ("exponential", [10, 20, 35, 35])],
)
async def test_delays_grow_as_asked_up_to_the_cap(harness: Harness, backoff: str, expected: list[float]) -> None:
    """3.1: constant, linear or exponential, with a cap."""
    fake = FakeEffect("send", fails=[OSError(str(n)) for n in range(4)])

    run = await harness.run(retrying(fake, max_attempts=5, delay=10, backoff=backoff, max_delay=35))

    assert (run.status, delays(run)) == ("completed", expected)


async def test_full_jitter_draws_each_delay_from_chance(harness: Harness) -> None:
    """3.1: between zero and the whole delay."""
    fake = FakeEffect("send", fails=[OSError("a"), OSError("b")])
    harness.chance = 0.25

    run = await harness.run(retrying(fake, max_attempts=3, delay=100, max_delay=1000, jitter=True))

    assert delays(run) == [25, 50]


@pytest.mark.parametrize(
    ("rules", "error", "expected"),
    [
        ([429], http(429), True),
        ([429], http(500), False),
        (["5xx"], http(503), True),
        (["5xx"], http(404), False),
        (["503"], http(503), True),
        (["timeout"], TimeoutError("late"), True),
        (["timeout"], OSError("other"), False),
        (["connection"], ConnectionRefusedError("nobody there"), True),
        (["connection"], NodeError("gone", code="connection"), True),
        (["connection"], OSError("other"), False),
        (["ValueError"], ValueError("bad"), True),
        (["ValueError"], UnicodeError("a kind of ValueError"), True),
        (["ValueError"], KeyError("k"), False),
        (["http_status"], http(418), True),
        ([], http(404, retryable=False), False),
        ([], http(404, retryable=True), True),
        ([], ValueError("anything"), True),
    ],
)  # fmt: skip
async def test_only_failures_that_are_asked_for_are_tried_again(
    memory_harness: Harness, rules: list[Any], error: Exception, expected: bool
) -> None:
    """3.1: which errors and HTTP statuses."""
    fake = FakeEffect("send", fails=[error])

    run = await memory_harness.run(retrying(fake, max_attempts=2, retry_on=rules))

    assert (run.status == "completed", len(fake.attempts)) == (expected, 2 if expected else 1)


async def test_retry_after_is_honoured_beyond_the_cap(harness: Harness) -> None:
    """3.1: the server's word counts more than ours."""
    fake = FakeEffect("send", fails=[http(429, retry_after=120.0)])

    run = await harness.run(retrying(fake, max_attempts=2, delay=1, max_delay=5))

    assert (run.status, delays(run)) == ("completed", [120])


async def test_a_short_delay_is_slept(harness: Harness) -> None:
    """3.1: a delay of a few seconds does not suspend the run."""
    fake = FakeEffect("send", fails=[OSError("a")])

    run = await harness.start(retrying(fake, max_attempts=2, delay=2))

    assert (run.status, run.drives, delays(run)) == ("completed", 1, [2])


async def test_a_long_delay_is_a_durable_suspension(harness: Harness) -> None:
    """3.1: longer than a few seconds, the run is suspended until the next attempt."""
    fake = FakeEffect("send", fails=[OSError("a")])
    begun = harness.clock.now()

    run = await harness.start(retrying(fake, max_attempts=2, delay=3600, max_delay=7200))
    waiting = run.outcome
    await harness.finish(run)

    assert waiting is not None
    assert (waiting.result.status, waiting.result.nodes["send"].status) == ("suspended", "waiting")
    assert (run.status, fake.attempts) == ("completed", [1, 2])
    assert harness.clock.now() - begun == timedelta(hours=1)


async def test_a_delay_survives_a_kill(harness: Harness) -> None:
    """3.1, 4.4: the failure is durable, so the effect is not in doubt while it waits for its next attempt."""
    fake, other = FakeEffect("send", fails=[OSError("a")]), FakeEffect("other", held=True, in_doubt="repeat")
    harness.clock.skips = False
    run = harness.begin(workflow(node(fake, retry={"max_attempts": 2, "delay": 60, "jitter": False}), other))
    await other.wait_until_entered()
    await harness.wait_until_journaled(run, EntryKind.FAILURE, "send")
    await harness.kill(run)
    other.release()

    await harness.drive(run)

    assert run.statuses() == {"other": "completed", "send": "waiting"}


async def test_attempts_count_on_after_a_crash(harness: Harness) -> None:
    """3.1: two failures before the crash, one after it, and that was the last."""
    fake = FakeEffect("send", fails=[OSError(str(n)) for n in range(9)], in_doubt="repeat")
    flow = retrying(fake, max_attempts=3, delay=60, max_delay=60, backoff="constant")
    run = await harness.start(flow)
    harness.clock.advance(60)
    await harness.drive(run)

    await harness.recover(run)

    assert (run.status, fake.attempts) == ("failed", [1, 2, 3])


async def test_the_key_is_the_same_for_every_attempt(harness: Harness) -> None:
    """4.3: the outside can tell that it is the same work."""
    seen: list[str] = []

    async def look() -> None:
        seen.append("attempt")

    fake = FakeEffect("send", fails=[OSError("a")], before=look, in_doubt="repeat")

    run = await harness.run(retrying(fake, max_attempts=2, delay=60))

    assert (run.status, len(seen), fake.distinct) == ("completed", 2, 1)


async def test_a_pure_node_may_be_tried_again(harness: Harness) -> None:
    """3.1: the policy is the node's, whatever its kind."""
    left = [ValueError("once")]

    @declare("t.moody")
    def moody() -> JsonValue:
        """Fails once."""
        if left:
            raise left.pop()
        return "fine"

    run = await harness.run(workflow(node(moody, retry={"max_attempts": 2, "delay": 0})))

    assert (run.output, run.result.nodes["moody"].attempts) == ("fine", 2)


async def test_a_node_without_a_policy_is_tried_once(harness: Harness) -> None:
    """3.1: no policy, no retry."""
    fake = FakeEffect("send", fails=[OSError("a")])

    run = await harness.run(workflow(fake))

    assert (run.status, fake.attempts) == ("failed", [1])


async def test_an_expression_that_cannot_be_read_is_not_tried_again(harness: Harness) -> None:
    """3.1: it would fail again."""
    fake = FakeEffect("send")
    sending = node(fake, when="{{ nodes.boom.error.nothing }}", retry={"max_attempts": 5})

    run = await harness.run(workflow(node(boom, on_error="branch"), sending))

    assert (run.status, fake.attempts, delays(run)) == ("failed", [], [])


async def test_a_result_that_is_no_result_is_not_an_effect_to_repeat(harness: Harness) -> None:
    """3.1, 4.4: the effect happened; that its value cannot be kept is no reason to do it again."""
    fake = FakeEffect("send", returns=object())

    run = await harness.run(retrying(fake, max_attempts=5, delay=0))

    assert run.error is not None
    assert (run.status, fake.calls, run.error.type) == ("failed", 1, "unstorable_value")
