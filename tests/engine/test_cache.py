"""The result cache: the same work, and only that."""

from __future__ import annotations

import numpy

from treadle.model.workflow import Node
from treadle.node import Context, Value, effect
from treadle.testing import Harness, workflow

SEEN: list[float] = []


@effect("numbers.total", in_doubt="repeat")
async def total(ctx: Context, value: Value) -> float:
    """The sum of a series."""
    SEEN.append(1)
    return float(numpy.sum(value))


async def total_of(harness: Harness, series: numpy.ndarray, **record: str) -> float:
    harness.know(total)
    spring = workflow(
        Node(id="total", type="numbers.total", cache=3600, config={"value": "{{ workflow.input.series }}"}),
        outputs="{{ nodes.total.output }}",
    )
    return (await harness.run(spring, input={"series": series}, **record)).output


async def test_long_arrays_that_differ_in_the_middle_are_different_work(memory_harness: Harness) -> None:
    first, second = numpy.zeros(5000), numpy.zeros(5000)
    first[2500], second[2500] = 1.0, 7.0

    sums = [await total_of(memory_harness, series) for series in (first, second)]

    assert sums == [1.0, 7.0]


async def test_a_result_of_a_paper_run_is_not_served_to_a_live_one(memory_harness: Harness) -> None:
    SEEN.clear()

    for mode in ("paper", "live", "live"):
        await total_of(memory_harness, numpy.ones(3), mode=mode)

    assert len(SEEN) == 2


async def test_a_node_with_an_expression_of_its_own_is_not_cached(memory_harness: Harness) -> None:
    """What it sees beside its inputs cannot be told from its text."""
    kept = workflow(
        Node(id="rows", type="data.set", config={"fields": {"n": "{{ workflow.input.n }}"}}),
        Node(
            id="kept",
            type="data.filter",
            cache=3600,
            config={"value": [1, 2, 3], "condition": "item > nodes.rows.output.n"},
        ),
        outputs="{{ nodes.kept.output }}",
    )

    outputs = [(await memory_harness.run(kept, input={"n": n})).output for n in (1, 2)]

    assert outputs == [[2, 3], [3]]
