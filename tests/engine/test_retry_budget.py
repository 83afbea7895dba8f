"""A workflow's retry budget: once it is spent, a failure is final, whatever the node's policy says."""

from __future__ import annotations

from treadle.model.policy import Retry, Settings
from treadle.model.workflow import Workflow
from treadle.testing.fake_effect import FakeEffect
from treadle.testing.graphs import node, workflow
from treadle.testing.harness import Harness

PATIENT = Retry(max_attempts=5, delay=0, jitter=False)


def flaky(effect: FakeEffect, budget: str | None) -> Workflow:
    return workflow(node(effect, retry=PATIENT), settings=Settings(retry_budget=budget))


async def test_a_failure_beyond_the_budget_is_final(harness: Harness) -> None:
    """It says so, and what the attempt failed of."""
    send = FakeEffect("send", fails=[ValueError("no ink")] * 9)

    run = await harness.run(flaky(send, "2 per 1m"))

    assert run.error is not None
    assert (run.status, len(send.attempts)) == ("failed", 3)
    assert run.error.message == ("no ink. It is not tried again: the workflow's retry budget of 2 per 1m is spent.")
    assert run.error.details["retry_budget"] == "2 per 1m"


async def test_all_runs_of_a_workflow_share_it(harness: Harness) -> None:
    """That is what it is for: a thousand runs do not each try five times."""
    send = FakeEffect("send", fails=[ValueError("no ink")] * 9)
    await harness.run(flaky(send, "2 per 1m"))

    await harness.run(flaky(send, "2 per 1m"))

    assert len(send.attempts) == 4


async def test_it_is_there_again_when_its_time_is_over(harness: Harness) -> None:
    send = FakeEffect("send", fails=[ValueError("no ink")] * 9)
    await harness.run(flaky(send, "2 per 1m"))
    harness.clock.advance(61)

    await harness.run(flaky(send, "2 per 1m"))

    assert len(send.attempts) == 6


async def test_without_a_budget_the_policy_alone_decides(harness: Harness) -> None:
    send = FakeEffect("send", fails=[ValueError("no ink")] * 9)

    await harness.run(flaky(send, None))

    assert len(send.attempts) == 5
