"""Limits: effects at once, and what size costs."""

from __future__ import annotations

import asyncio
import sys
from typing import Any

import pytest

from tests.engine.nodes import add_one, loop, parallel, show, value, while_
from treadle.engine.execution import Execution
from treadle.engine.scope import Scope
from treadle.testing.fake_effect import FakeEffect
from treadle.testing.graphs import chain, connect, graph, node, workflow
from treadle.testing.harness import Harness


def slow() -> FakeEffect:
    """An effect that takes a moment, so that others have time to run beside it."""

    async def moment() -> None:
        for _ in range(5):
            await asyncio.sleep(0)

    return FakeEffect("slow", before=moment)


@pytest.mark.parametrize("most", [1, 3])
async def test_a_workflow_limits_its_effects(harness: Harness, most: int) -> None:
    """`settings.max_concurrency`."""
    fake = slow()
    many = [node(fake, id=f"n{n}") for n in range(10)]

    run = await harness.run(workflow(*many, settings={"max_concurrency": most}))  # type: ignore[arg-type]

    assert (run.status, fake.calls, fake.most_at_once) == ("completed", 10, most)


async def test_without_a_limit_all_run_at_once(harness: Harness) -> None:
    """No limit of its own."""
    fake = slow()

    await harness.run(workflow(*[node(fake, id=f"n{n}") for n in range(10)]))

    assert fake.most_at_once == 10


async def test_a_parallel_limits_its_own(harness: Harness) -> None:
    """`flow.parallel max_concurrency`, beside an effect that is not in it."""
    inside, outside = slow(), FakeEffect("outside", held=True)
    body = graph(*[node(inside, id=f"n{n}") for n in range(8)])
    run = harness.begin(workflow(node(parallel, config={"max_concurrency": 2}, body=body), outside))
    await inside.wait_until_entered(8)
    outside.release()

    await harness.settle(run)

    assert (run.status, inside.most_at_once) == ("completed", 2)


@pytest.mark.parametrize(("outer", "inner", "whole", "expected"), [(3, 2, None, 3), (2, 9, None, 2), (9, 9, 4, 4)])
async def test_nested_limits_all_hold(
    harness: Harness, outer: int, inner: int, whole: int | None, expected: int
) -> None:
    """The tightest of what is around an effect decides."""
    fake = slow()
    insides = [
        node(
            parallel,
            id=f"p{n}",
            config={"max_concurrency": inner},
            body=graph(*[node(fake, id=f"n{m}") for m in range(4)]),
        )
        for n in range(3)
    ]
    around = node(parallel, config={"max_concurrency": outer}, body=graph(*insides))

    run = await harness.run(workflow(around, settings={"max_concurrency": whole}))  # type: ignore[arg-type]

    assert (run.status, fake.calls, fake.most_at_once) == ("completed", 12, expected)


async def test_a_loop_limits_its_iterations(harness: Harness) -> None:
    """`flow.loop concurrency`."""
    fake = slow()

    run = await harness.run(
        workflow(node(loop, config={"items": 12, "parallel": True, "concurrency": 3}, body=graph(fake)))
    )

    assert (run.status, fake.calls, fake.most_at_once) == ("completed", 12, 3)


async def test_a_wait_takes_no_place(harness: Harness) -> None:
    """4.5: what waits for its next attempt lets others have its place."""
    bad, other = FakeEffect("bad", fails=[OSError("no")]), FakeEffect("other")
    retrying = node(bad, retry={"max_attempts": 2, "delay": 3600, "max_delay": 3600})

    run = await harness.start(workflow(retrying, other, settings={"max_concurrency": 1}))  # type: ignore[arg-type]

    assert run.statuses() == {"bad": "waiting", "other": "completed"}


async def test_effects_start_in_file_order(harness: Harness) -> None:
    """A limit does not shuffle what waits for its turn."""
    seen: list[int] = []
    fakes = [FakeEffect(f"n{n}", returns=lambda _, n=n: seen.append(n)) for n in range(20)]

    await harness.run(workflow(*fakes, settings={"max_concurrency": 1}))  # type: ignore[arg-type]

    assert seen == list(range(20))


class Counted:
    """Counts calls of Python functions of the engine while it is entered: work, not time."""

    def __init__(self) -> None:
        self.calls = 0
        self.deepest = 0

    def __enter__(self) -> Counted:
        self._depth = 0
        sys.setprofile(self._profile)
        return self

    def __exit__(self, *_: object) -> None:
        sys.setprofile(None)

    def _profile(self, frame: Any, event: str, _: Any) -> None:
        if event == "call":
            self.calls += 1
            self._depth += 1
            self.deepest = max(self.deepest, self._depth)
        elif event == "return":
            self._depth -= 1


async def work_of(harness: Harness, size: int, make: Any) -> Counted:
    prepared = harness.prepare(make(size))
    with Counted() as counted:
        await harness.drive(prepared)
    assert prepared.status == "completed"
    return counted


def looped(size: int) -> Any:
    return workflow(
        node(loop, config={"items": size, "max_iterations": size}, body=graph(node(show, config={"what": 1})))
    )


def spread(size: int) -> Any:
    config = {"items": size, "max_iterations": size, "parallel": True}
    return workflow(node(loop, config=config, body=graph(node(show, config={"what": 1}))))


def repeated(size: int) -> Any:
    body = graph(node(show, config={"what": "{{ loop.state + 1 }}"}))
    return workflow(
        node(while_, config={"condition": f"state < {size}", "state": 0, "max_iterations": size}, body=body)
    )


def line(size: int) -> Any:
    return chain(value, *[node(add_one, id=f"n{n}") for n in range(size)])


def fan(size: int) -> Any:
    ends = [node(add_one, id=f"n{n}") for n in range(size)]
    return workflow(value, *ends, connections=connect(*(f"value -> n{n}" for n in range(size))))


def effects_in_turn(size: int) -> Any:
    many = [node(FakeEffect("one"), id=f"n{n}") for n in range(size)]
    return workflow(*many, settings={"max_concurrency": 2})


def lazy_line(size: int) -> Any:
    lazy = [node(add_one, id=f"n{n}", lazy=True) for n in range(size // 10)]
    return chain(*lazy, node(add_one, id="end"))


@pytest.mark.parametrize("make", [looped, spread, repeated, line, fan, effects_in_turn])
async def test_work_grows_with_size_and_no_faster(memory_harness: Harness, make: Any) -> None:
    """1.1: ten times as many iterations, nodes or effects are ten times the work, no deeper on the stack."""
    small, large = await work_of(memory_harness, 200, make), await work_of(memory_harness, 2000, make)

    assert large.calls < 13 * small.calls
    assert large.deepest < small.deepest + 20


@pytest.mark.slow
@pytest.mark.parametrize("make", [looped, spread, repeated, line])
async def test_ten_thousand_do_not_recurse(memory_harness: Harness, make: Any) -> None:
    """1.1: iterations, or nodes in a line."""
    run = await memory_harness.run(make(10_000))

    assert run.status == "completed"


async def test_a_long_line_of_lazy_nodes_runs(memory_harness: Harness) -> None:
    """2.8: half a thousand of them."""
    run = await memory_harness.run(lazy_line(5_000))

    assert (run.status, run.output) == ("completed", 501)


async def test_a_crash_far_into_a_loop_goes_on_there(harness: Harness) -> None:
    """4.4: from the last checkpoint; finished iterations are neither run nor even looked at again."""
    send = FakeEffect("send", returns=lambda n: n)
    body = graph(node(send, config={"value": "{{ loop.item }}"}))
    run = await harness.start(
        workflow(node(loop, config={"items": 350, "max_iterations": 350}, body=body)), crash_before="loop[320]/send"
    )
    opened: list[str] = []
    original = Execution._open  # pyright: ignore[reportPrivateUsage]

    def count(self: Execution, scope: Scope) -> None:
        opened.append(scope.path)
        original(self, scope)

    Execution._open = count  # type: ignore[method-assign]
    try:
        await harness.recover(run)
    finally:
        Execution._open = original  # type: ignore[method-assign]

    assert (run.status, run.output, send.calls) == ("completed", list(range(350)), 350)
    assert len(opened) < 350
