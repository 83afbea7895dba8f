from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from treadle.node import Expression, NodeError
from treadle.packs.core.flow.wait import wait

START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
MakeExpression = Callable[..., Expression]


async def test_a_duration_counts_from_the_start_and_the_value_goes_on(make_context: Any) -> None:
    """However late the function is called anew."""
    ctx = make_context()

    waited = await wait(ctx, "lead-7", duration=48 * 3600)

    assert waited.value == "lead-7"
    assert ctx.waits == [48 * 3600]


async def test_until_waits_for_a_time_in_any_zone(make_context: Any) -> None:
    """The instant counts."""
    ctx = make_context()
    lisbon_summer = timezone(timedelta(hours=1))

    await wait(ctx, until=datetime(2026, 1, 5, 11, 0, tzinfo=lisbon_summer))

    assert ctx.waits == [3600]


async def test_a_time_that_has_passed_does_not_wait(make_context: Any) -> None:
    """The value goes on at once."""
    ctx = make_context()

    waited = await wait(ctx, 1, until=START - timedelta(days=1))

    assert (waited.value, ctx.waits) == (1, [])


async def test_a_condition_is_waited_for(make_context: Any, expression: MakeExpression) -> None:
    """It is looked at now and at every multiple of the interval, and each look sees the present."""
    ctx = make_context()
    condition = expression("now() >= parse_date('2026-01-05T09:00:25Z')")

    await wait(ctx, condition=condition, poll_interval=10)

    assert ctx.waits == [10, 20, 30]


async def test_while_waits_for_as_long_as_it_holds(make_context: Any, expression: MakeExpression) -> None:
    """The opposite sense of `condition`."""
    ctx = make_context()
    condition = expression("now() < parse_date('2026-01-05T09:00:15Z')")

    await wait(ctx, poll_interval=10, **{"while": condition})

    assert ctx.waits == [10, 20]


async def test_a_condition_that_holds_already_does_not_wait(make_context: Any, expression: MakeExpression) -> None:
    """Not even for one interval."""
    ctx = make_context()

    await wait(ctx, condition=expression("state.ready", state={"ready": True}), max_wait=0)

    assert ctx.waits == []


async def test_waiting_too_long_fails_with_timeout(make_context: Any, expression: MakeExpression) -> None:
    """After a last look at the very end; a retry would not help."""
    ctx = make_context()

    with pytest.raises(NodeError) as caught:
        await wait(ctx, condition=expression("false"), poll_interval=10, max_wait=25)

    assert ctx.waits == [10, 20, 25]
    assert (caught.value.code, caught.value.retryable) == ("timeout", False)
    assert "`false` did not come true for 25s" in caught.value.message


async def test_a_condition_that_comes_true_at_the_last_moment_is_in_time(
    make_context: Any, expression: MakeExpression
) -> None:
    """The end of the wait is a look like the others."""
    ctx = make_context()
    condition = expression("now() >= parse_date('2026-01-05T09:00:25Z')")

    waited = await wait(ctx, 7, condition=condition, poll_interval=10, max_wait=25)

    assert waited.value == 7


async def test_suspensions_and_late_wakes_do_not_move_the_looks(
    make_context: Any, suspended: type[Exception], expression: MakeExpression
) -> None:
    """The function is called anew after each; the looks stay on multiples of the interval after the start."""
    ctx = make_context(suspends=True)
    condition = expression("now() >= parse_date('2026-01-05T09:00:35Z')")
    late = timedelta(seconds=4)

    for _ in range(4):
        with pytest.raises(suspended):
            await wait(ctx, condition=condition, poll_interval=10)
        ctx.time += late
    await wait(ctx, condition=condition, poll_interval=10)

    assert ctx.waits == [10, 20, 30, 40]


async def test_nothing_to_wait_for_fails_the_node(make_context: Any) -> None:
    """An expression that comes to null must not make the wait vanish."""
    with pytest.raises(NodeError) as caught:
        await wait(make_context(), duration=None)

    assert caught.value.code == "nothing_to_wait_for"


@pytest.mark.parametrize(
    ("config", "told"),
    [
        ({}, "Nothing says how long"),
        ({"duration": "5s", "until": "2026-01-05T09:00:00Z"}, "`duration` and `until` are set together"),
        ({"duration": "5s", "max_wait": "1h"}, "`max_wait` means something only"),
        ({"until": "2026-01-05T09:00:00"}, "timezone"),
        ({"duration": "soon"}, "is not a duration"),
        ({"condition": "true", "poll_interval": 0.01}, "0.1 or more"),
    ],
)
def test_config_that_contradicts_itself_is_an_issue(config: dict[str, Any], told: str) -> None:
    """Found before the run, with what to do."""
    problems = wait.config_problems(config, frozenset())

    assert told in problems[0][1]


@pytest.mark.parametrize(
    "config",
    [
        {"duration": 5},
        {"until": "2026-01-05T09:00:00+01:00"},
        {"condition": "state.ready", "poll_interval": "5s", "max_wait": "1h"},
        {"while": "state.busy"},
    ],
)
def test_each_way_to_wait_passes_the_check(config: dict[str, Any]) -> None:
    """One way at a time."""
    assert wait.config_problems(config, frozenset()) == []
