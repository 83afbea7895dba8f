"""flow.rate_limit: values pass no faster than the rate allows, whatever happens."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from treadle.authoring.check.file import check_file
from treadle.engine.outcome import Suspended
from treadle.model.workflow import Workflow
from treadle.packs.core.flow.rate_limit import rate_limit
from treadle.testing.fake_effect import FakeEffect
from treadle.testing.graphs import chain, node
from treadle.testing.harness import Harness, TestRun


def limited(*after: Any, **config: Any) -> Workflow:
    given = {"key": "api", "number": 2, "period": "1m"} | config
    return chain(node(rate_limit, config=given), *after)


def is_due(run: TestRun, now: datetime) -> bool:
    return isinstance(run.outcome, Suspended) and run.outcome.until is not None and run.outcome.until <= now


async def test_the_value_passes_unchanged(harness: Harness) -> None:
    source = FakeEffect("source", returns={"a": [1]})
    passing = node(rate_limit, config={"key": "api", "number": 1, "period": "1s"})

    run = await harness.run(chain(source, passing))

    assert run.outputs()["rate_limit"] == {"output": {"a": [1]}}


async def test_a_run_waits_for_its_slot_and_costs_nothing(harness: Harness) -> None:
    first, second = await harness.start(limited()), await harness.start(limited())

    assert first.status == "completed"
    assert isinstance(second.outcome, Suspended)
    assert second.outcome.until == harness.clock.now() + timedelta(seconds=30)


async def test_workflows_with_one_key_share_a_rate_and_others_have_their_own(harness: Harness) -> None:
    await harness.start(limited())

    other, same = await harness.start(limited(key="other")), await harness.start(limited(FakeEffect("after")))

    assert (other.status, same.status) == ("completed", "suspended")


async def test_a_crash_takes_no_second_slot(harness: Harness) -> None:
    after = FakeEffect("after")
    crashed = await harness.start(limited(after), crash_before=after)

    await harness.recover(crashed)
    following = await harness.start(limited())

    assert after.calls == 1
    assert isinstance(following.outcome, Suspended)
    assert following.outcome.until is not None
    assert following.outcome.until - harness.clock.now() <= timedelta(seconds=30)


async def test_a_burst_larger_than_the_number_is_a_mistake(harness: Harness) -> None:
    text = "name: x\nnodes: [{id: r, type: flow.rate_limit, config: {key: a, number: 2, period: 1s, burst: 3}}]"

    checked = check_file(text, harness.registry)

    assert "`burst` is more than `number`" in checked.result.issues[0].message


@settings(max_examples=20, deadline=None)
@given(
    number=st.integers(1, 5),
    burst=st.integers(1, 3),
    gaps=st.lists(st.floats(0, 40), min_size=1, max_size=12),
)
async def test_no_window_ever_sees_more_pass_than_allowed(number: int, burst: int, gaps: list[float]) -> None:
    harness, passed = Harness(), list[datetime]()
    burst = min(burst, number)

    def note(value: Any) -> None:
        passed.append(harness.clock.now())

    runs: list[TestRun] = []
    for gap in gaps:
        harness.clock.advance(gap)
        after = FakeEffect("after", returns=note)
        runs.append(await harness.start(limited(after, number=number, burst=burst)))
        for run in runs:  # whoever's time has come goes on before the next one starts
            while is_due(run, harness.clock.now()):
                await harness.drive(run)
    for run in runs:
        await harness.finish(run)

    window = timedelta(minutes=1)
    assert len(passed) == len(gaps)
    assert all(sum(start <= at < start + window for at in passed) <= number + burst - 1 for start in passed)
