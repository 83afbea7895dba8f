"""Fake effects."""

from __future__ import annotations

import asyncio

import pytest

from treadle.testing.fake_effect import FakeEffect
from treadle.testing.graphs import chain, node, workflow
from treadle.testing.harness import Harness


async def test_it_counts_calls_keys_and_values(memory_harness: Harness) -> None:
    first, second = FakeEffect("first", returns=3), FakeEffect("second")

    await memory_harness.run(chain(first, second))

    assert (first.calls, second.calls, second.values) == (1, 1, [3])
    assert len(first.keys[0]) == 32
    assert first.keys != second.keys
    assert first.results == {first.keys[0]: 3}


async def test_it_returns_a_function_of_what_came_in(memory_harness: Harness) -> None:
    double = FakeEffect("double", returns=lambda value: value * 2)

    run = await memory_harness.run(workflow(node(double, config={"value": 4})))

    assert run.output == 8


async def test_it_fails_as_often_as_it_is_told(memory_harness: Harness) -> None:
    send = FakeEffect("send", fails=[OSError("a"), ValueError("b")])

    runs = [await memory_harness.run(workflow(send)) for _ in range(3)]

    assert [run.status for run in runs] == ["failed", "failed", "completed"]
    assert (send.calls, len(send.attempts)) == (1, 3)


async def test_it_is_held_until_it_is_released(memory_harness: Harness) -> None:
    send = FakeEffect("send", held=True)
    run = memory_harness.begin(workflow(send))
    await send.wait_until_entered()

    held = send.calls
    send.release()
    await memory_harness.settle(run)

    assert (held, send.calls, run.status) == (0, 1, "completed")


async def test_waiting_for_a_call_that_does_not_come_can_be_given_up() -> None:
    send = FakeEffect("send")

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await send.wait_until_entered()

    assert send.calls == 0


async def test_it_knows_how_many_ran_at_once(memory_harness: Harness) -> None:
    send = FakeEffect("send", held=True)
    run = memory_harness.begin(workflow(*[node(send, id=f"n{n}") for n in range(3)]))
    await send.wait_until_entered(3)
    send.release()

    await memory_harness.settle(run)

    assert (send.most_at_once, send.running) == (3, 0)
