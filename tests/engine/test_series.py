"""7.1: what arrives at a column is collected over the runs of a deployment."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy
import pytest
import talib

from tests.engine.test_forking import fork
from treadle.engine.recording import Recording
from treadle.engine.replaying import replay
from treadle.engine.series import Column, SeenSeries
from treadle.errors import NodeError
from treadle.model.columns import BLOCK, Head, grow, keep_for, origin
from treadle.model.policy import Retry
from treadle.model.workflow import Node, Settings, Workflow
from treadle.node import Flags, Series, node
from treadle.node.series import SeriesMark
from treadle.testing import FakeEffect, Harness
from treadle.testing.crash import Crash
from treadle.testing.graphs import connect, graph, workflow
from treadle.testing.graphs import node as part
from treadle.testing.harness import TestRun


class Averaged(NamedTuple):
    value: Series
    above: Flags


@node("test.average", lookback=lambda config: config["period"] - 1)
def average(series: Series, *, period: int = 3) -> Averaged:
    """The mean of the last values."""
    value = numpy.full(len(series), numpy.nan)
    first = int(numpy.count_nonzero(numpy.isnan(series)))
    for at in range(first + period - 1, len(series)):
        value[at] = series[at - period + 1 : at + 1].mean()
    return Averaged(value, series > value)


@node("test.price")
def price(*, price: Any) -> float:
    """What the run is told."""
    return price


@node("test.any")
def anything(*, value: Any) -> Any:
    """What the run is told, whatever it is."""
    return value


@node("test.unchecked")
def unchecked(*, value: Any) -> Any:
    """What the run is told; an expression gives no NaN itself."""
    return float(value) if value in ("nan", "inf") else value


@node("test.seen")
def seen(value: Any) -> Any:
    """What arrives."""
    return value


def averaging(*more: Any, wires: tuple[str, ...] = (), **fields: Any) -> Workflow:
    """`price` → `average`."""
    first = part(price, id="price", config={"price": "{{ workflow.input.price }}"})
    second = part(average, id="average", **fields)
    return workflow(
        first, second, *more, connections=connect("price.output -> average.series", *wires), name="averaging"
    )


async def feed(harness: Harness, workflow: Workflow, *prices: Any, deployment: str | None = "bot") -> list[TestRun]:
    return [await harness.run(workflow, input={"price": one}, deployment=deployment) for one in prices]


def restarted(harness: Harness) -> Harness:
    """Another process on the same journal."""
    return Harness(journal=harness.journal, clock=harness.clock, exchange=harness.exchange)


async def test_a_deployment_collects_what_comes_run_by_run(harness: Harness) -> None:
    runs = await feed(harness, averaging(), 1.0, 2.0, 3.0, 5.0)

    assert [run.statuses()["average"] for run in runs] == ["skipped", "skipped", "completed", "completed"]
    assert [run.outputs()["average"] for run in runs[2:]] == [
        {"value": 2.0, "above": True},
        {"value": pytest.approx(10 / 3), "above": True},
    ]


async def test_the_log_says_why_a_node_is_not_live_yet(harness: Harness) -> None:
    first = (await feed(harness, averaging(), 1.0))[0]

    assert [event.message for event in first.events if type(event).__name__ == "Logged"] == [
        "Warming up: 1 of 3 values."
    ]


async def test_what_needs_a_node_that_is_warming_up_is_skipped_too(harness: Harness) -> None:
    more = part(seen, id="after")

    runs = await feed(harness, averaging(more, wires=("average.value -> after.value",)), 1.0, 2.0, 3.0)

    assert [run.statuses()["after"] for run in runs] == ["skipped", "skipped", "completed"]
    assert runs[2].outputs()["after"] == {"output": 2.0}


async def test_lookbacks_of_an_indicator_on_an_indicator_add_up(harness: Harness) -> None:
    second = part(average, id="second")

    runs = await feed(harness, averaging(second, wires=("average.value -> second.series",)), 1.0, 2.0, 3.0, 4.0, 5.0)

    assert [run.statuses()["second"] for run in runs] == ["skipped"] * 4 + ["completed"]
    assert runs[4].outputs()["second"]["value"] == 3.0


async def test_a_restart_goes_on_where_the_column_was(harness: Harness) -> None:
    await feed(harness, averaging(), 1.0, 2.0)

    third = (await feed(restarted(harness), averaging(), 3.0))[0]

    assert third.outputs()["average"]["value"] == 2.0


async def test_columns_longer_than_a_block_outlive_a_restart(harness: Harness) -> None:
    prices = [float(at % 7) for at in range(3 * BLOCK + 5)]
    flow = averaging(config={"period": 100})
    await feed(harness, flow, *prices[:-1])

    last = (await feed(restarted(harness), flow, prices[-1]))[0]

    assert last.outputs()["average"]["value"] == numpy.mean(prices[-100:])


async def test_deployments_do_not_share_columns(harness: Harness) -> None:
    await feed(harness, averaging(), 1.0, 2.0)

    other = (await feed(harness, averaging(), 3.0, deployment="other"))[0]

    assert other.statuses()["average"] == "skipped"


async def test_without_a_deployment_a_run_has_only_its_own_value(harness: Harness) -> None:
    runs = await feed(harness, averaging(config={"period": 1}), 1.0, 7.0, deployment=None)

    assert [run.outputs()["average"]["value"] for run in runs] == [1.0, 7.0]
    assert await harness.journal.list_state("series:workflow:averaging") == {}


async def test_an_array_is_taken_as_it_is(harness: Harness) -> None:
    source = part(anything, id="source", config={"value": [1, 2, 3, 4]})
    flow = workflow(
        source,
        part(average, id="average"),
        part(average, id="second", config={"period": 2}),
        part(seen, id="after"),
        connections=connect(
            "source.output -> average.series", "average.value -> second.series", "second.value -> after.value"
        ),
        outputs="{{ nodes.average.value }}",
    )

    run = await harness.run(flow, deployment="bot")

    assert run.output == 3.0
    assert run.outputs()["after"] == {"output": 2.5}
    assert run.outputs()["average"]["value"].tolist()[2:] == [2.0, 3.0]
    assert await harness.journal.list_state("series:deployment:bot") == {}


async def test_an_array_that_is_too_short_skips_the_node(harness: Harness) -> None:
    source = part(anything, id="source", config={"value": [1, 2]})
    flow = workflow(source, part(average, id="average"), connections=connect("source.output -> average.series"))

    run = await harness.run(flow)

    assert run.statuses()["average"] == "skipped"


@pytest.mark.parametrize("bad", ["nan", "inf", "12", None, True])
async def test_what_is_no_number_is_refused_and_not_collected(harness: Harness, bad: Any) -> None:
    flow = averaging(on_error="continue")
    source = part(unchecked, id="price", config={"value": "{{ workflow.input.price }}"})
    flow = flow.model_copy(update={"nodes": (source, *flow.nodes[1:])})

    runs = await feed(harness, flow, 1.0, 2.0, bad, 3.0)

    assert runs[2].statuses()["average"] == "failed"
    assert runs[2].result.nodes["average"].error.type == "not_a_number"
    assert runs[3].outputs()["average"]["value"] == 2.0


async def test_a_hole_in_an_array_is_named(harness: Harness) -> None:
    source = part(anything, id="source", config={"value": [None, 2, None, 4, 5]})
    flow = workflow(source, part(average, id="average"), connections=connect("source.output -> average.series"))

    run = await harness.run(flow)

    assert run.error is not None
    assert run.error.type == "not_a_number"
    assert "Row 3 of `series`" in run.error.message


def staged(effect: FakeEffect, **fields: Any) -> Workflow:
    """`price` → `average`, and an effect after it."""
    after = part(effect, id="late", after=("average",))
    return averaging(after, wires=("price.output -> late.value",), config={"period": 2}, **fields)


async def test_a_run_that_fails_collects_nothing(harness: Harness) -> None:
    late = FakeEffect("late", fails=[ValueError("no")])
    runs = await feed(harness, staged(late), 1.0, 2.0, 3.0)

    assert [run.status for run in runs] == ["failed", "completed", "completed"]
    assert runs[2].outputs()["average"]["value"] == 2.5


@pytest.mark.parametrize("point", ["before_intent", "after_commit", "after_result"])
@pytest.mark.parametrize("save", ["all", "none"])
async def test_a_recovered_run_collects_its_value_once(harness: Harness, point: Any, save: Any) -> None:
    late = FakeEffect("late", in_doubt="repeat")
    flow = staged(late).model_copy(update={"settings": Settings(save=save)})
    await feed(harness, flow, 1.0)
    crashed = await harness.start(flow, input={"price": 2.0}, deployment="bot", crash=Crash(point, "late"))
    assert crashed.crashed

    await restarted(harness).recover(crashed)

    assert crashed.outputs()["average"] == {"value": 1.5, "above": True}
    assert (await feed(restarted(harness), flow, 5.0))[0].outputs()["average"]["value"] == 3.5


async def test_a_recovered_run_sees_the_column_it_started_with(harness: Harness) -> None:
    """Whatever other runs of the deployment have collected meanwhile."""
    late = FakeEffect("late", in_doubt="repeat")
    flow = staged(late)
    await feed(harness, flow, 1.0)
    crashed = await harness.start(flow, input={"price": 2.0}, deployment="bot", crash=Crash("after_intent", "late"))
    await feed(harness, flow, 100.0, 200.0)

    await harness.recover(crashed)

    assert crashed.outputs()["average"]["value"] == 1.5


async def test_runs_side_by_side_lose_nothing(harness: Harness) -> None:
    late = FakeEffect("late", held=True)
    flow = staged(late)
    first = harness.begin(flow, input={"price": 1.0}, deployment="bot")
    second = harness.begin(flow, input={"price": 3.0}, deployment="bot")
    await late.wait_until_entered(2)
    late.release()
    await harness.settle(first)
    await harness.settle(second)

    head = await harness.journal.list_state("series:deployment:bot")

    assert sorted(next(iter(head.values()))["rows"]) == [[1.0], [3.0]]


async def test_a_column_goes_on_where_its_node_does_not_run(harness: Harness) -> None:
    flow = averaging(when="{{ workflow.input.price > 2 }}", config={"period": 3})

    runs = await feed(harness, flow, 1.0, 2.0, 6.0)

    assert runs[2].outputs()["average"]["value"] == 3.0


async def test_another_wire_begins_another_column(harness: Harness) -> None:
    await feed(harness, averaging(config={"period": 2}), 1.0)
    other = averaging(part(price, id="other", config={"price": 5.0}), config={"period": 2})
    rewired = other.model_copy(update={"connections": connect("other.output -> average.series")})

    run = (await feed(harness, rewired, 1.0))[0]

    assert run.statuses()["average"] == "skipped"


async def test_another_period_goes_on_with_the_column(harness: Harness) -> None:
    await feed(harness, averaging(config={"period": 2}), 1.0, 2.0, 3.0)

    run = (await feed(harness, averaging(config={"period": 4}), 4.0))[0]

    assert run.outputs()["average"]["value"] == 2.5


async def test_nodes_in_a_loop_have_a_column_each(harness: Harness) -> None:
    body = graph(part(average, id="average", config={"period": 2, "series": "{{ loop.item }}"}))
    each = Node(id="each", type="flow.loop", config={"items": "{{ workflow.input.price }}"}, body=body)
    flow = workflow(each, name="averaging")

    runs = await feed(harness, flow, [1.0, 10.0], [3.0, 30.0])

    assert runs[1].outputs()["each[0]/average"]["value"] == 2.0
    assert runs[1].outputs()["each[1]/average"]["value"] == 20.0


async def test_a_node_that_is_retried_collects_once(harness: Harness) -> None:
    """A node with a retry policy is handed out, and takes the long way."""
    flow = averaging(config={"period": 2}, retry=Retry(max_attempts=3))

    runs = await feed(harness, flow, 1.0, 2.0, 4.0)

    assert [run.outputs().get("average", {}).get("value") for run in runs] == [None, 1.5, 3.0]


class Total:
    def __init__(self, series: Any) -> None:
        self.sum = float(series.sum())
        opened.append(len(series))

    def update(self, value: float) -> float:
        self.sum += value
        return self.sum

    def peek(self, value: float) -> float:
        return self.sum + value


opened: list[int] = []


@node("test.total")
def total(series: Series) -> Series:
    """The sum of all."""
    return numpy.cumsum(series)


@total.streaming
def _(series: Series) -> Total | None:
    return Total(series) if len(series) else None


def totalling() -> Workflow:
    first = part(price, id="price", config={"price": "{{ workflow.input.price }}"})
    return workflow(first, part(total, id="total"), connections=connect("price.output -> total.series"), name="total")


async def test_a_streaming_node_is_opened_once_and_after_a_restart(harness: Harness) -> None:
    opened.clear()
    runs = await feed(harness, totalling(), 1.0, 2.0, 3.0, 4.0)
    later = await feed(restarted(harness), totalling(), 5.0, 6.0)

    assert [run.output for run in (*runs, *later)] == [1.0, 3.0, 6.0, 10.0, 15.0, 21.0]
    assert opened == [1, 4]


async def test_a_handle_is_right_after_a_run_that_failed(harness: Harness) -> None:
    late = FakeEffect("late", fails=[ValueError("no"), ValueError("no")])
    base = totalling()
    flow = base.model_copy(update={"nodes": (*base.nodes, part(late, id="late"))})

    runs = await feed(harness, flow, 1.0, 1.0, 1.0, 2.0, 4.0)

    assert [run.outputs()["total"]["output"] for run in runs] == [1.0, 1.0, 1.0, 3.0, 7.0]


async def test_a_fork_collects_for_itself_only_what_it_runs_anew(harness: Harness) -> None:
    late = FakeEffect("late")
    flow = staged(late)
    _, second = await feed(harness, flow, 1.0, 2.0)

    forked = await fork(harness, second, "late")

    assert forked.status == "completed"
    assert forked.outputs()["average"]["value"] == 1.5
    head = await harness.journal.list_state("series:deployment:bot")
    assert next(iter(head.values()))["n"] == 2


async def test_a_replay_takes_from_the_record_what_was_collected(harness: Harness) -> None:
    flow = averaging(config={"period": 2})
    runs = await feed(harness, flow, 1.0, 2.0)

    again = [replay(run.plan, run.record, await recording(harness, run)) for run in runs]

    assert [one.status for one in again] == ["completed", "completed"]
    assert again[0].nodes["average"].status == "skipped"
    assert again[1].nodes["average"].outputs == {"value": 1.5, "above": True}


async def test_a_replay_of_another_config_says_that_it_cannot_be_told(harness: Harness) -> None:
    _, run = await feed(harness, averaging(config={"period": 2}), 1.0, 2.0)
    record = await recording(harness, run)
    asked = replay(run.plan, run.record, record).asked
    other = harness.plan(averaging(config={"period": 1}))

    came = replay(other, run.record, record, before=asked)

    assert came.unknown == ("average",)


async def recording(harness: Harness, run: TestRun) -> Recording:
    return Recording(run.record, await harness.journal.load(run.id))


async def test_a_moved_run_keeps_what_it_has_collected(harness: Harness) -> None:
    wait = Node(id="wait", type="flow.wait", config={"duration": "1h"}, after=("average",))
    later = part(seen, id="later", config={"value": "{{ nodes.average.value }}"}, after=("wait",))
    flow = averaging(wait, config={"period": 2})
    await feed(harness, flow, 1.0)
    waiting = await harness.start(flow, input={"price": 2.0}, deployment="bot")

    moved = await harness.move(waiting, averaging(wait, later, config={"period": 2}))
    await harness.finish(waiting)

    assert not moved.problems
    assert waiting.outputs()["later"] == {"output": 1.5}
    head = await harness.journal.list_state("series:deployment:bot")
    assert next(iter(head.values()))["n"] == 2


def test_what_is_kept_is_bounded_and_covers_what_is_read() -> None:
    head, kept, keep = Head(), dict[int, Any](), 100
    for at in range(1000):
        grown = grow(head, (float(at),), 2 * keep + 4 * BLOCK)
        head = Head.read(grown.head.write())
        if grown.moved is not None:
            kept[grown.moved[0]] = grown.moved[1]
        for number in grown.dropped:
            del kept[number]
        rows = [row for number in sorted(kept) for row in kept[number]] + list(head.rows)
        assert [row[0] for row in rows] == list(range(at + 1 - len(rows), at + 1))
        assert at + 1 - len(rows) <= origin(at + 1, keep)
        assert len(rows) <= 2 * keep + 6 * BLOCK


def test_where_more_is_asked_for_than_was_kept_what_there_is_has_to_do() -> None:
    """A longer period, after a shorter one had let go of the beginning."""
    column = Column(10 * BLOCK, [(float(at),) for at in range(10 * BLOCK, 30 * BLOCK)])
    series = SeenSeries("series:deployment:bot", {"rsi": column}, {"rsi": (30 * BLOCK, 10)})

    window = series.window("rsi", (5.0,), 4096)

    assert (window.start, window.length) == (10 * BLOCK, 20 * BLOCK + 1)
    assert window.rows()[[0, -2, -1], 0].tolist() == [10 * BLOCK, 30 * BLOCK - 1, 5.0]


def test_a_run_that_waited_too_long_is_told_that_its_column_is_gone() -> None:
    column = Column(10 * BLOCK, [(float(at),) for at in range(10 * BLOCK, 30 * BLOCK)])
    series = SeenSeries("series:deployment:bot", {"rsi": column}, {"rsi": (12 * BLOCK, 0)})

    with pytest.raises(NodeError, match="no longer kept"):
        series.window("rsi", (5.0,), 1024)


def test_a_number_too_large_is_none() -> None:
    for value in (10**400, [1, 10**400]):
        with pytest.raises(NodeError, match="not a number"):
            SeriesMark().read(value)
    assert SeriesMark().read(numpy.int64(5)) == 5.0


def test_the_origin_moves_in_blocks() -> None:
    assert [origin(count, 10) for count in (1, 20, 21, 30, 31, 40, 41)] == [0, 0, 10, 10, 20, 20, 30]
    assert (keep_for(0), keep_for(199)) == (1024, 8000)


@pytest.mark.slow
async def test_past_its_origin_a_column_is_read_alike_by_every_process(memory_harness: Harness) -> None:
    """7.4: a restart changes no digit, and a calculation over whole columns can take the same origins."""
    keep = keep_for(14)
    prices = numpy.round(100 + numpy.cumsum(numpy.random.default_rng(5).normal(0, 1, 2 * keep + 40)), 2)
    first = part(price, id="price", config={"price": "{{ workflow.input.price }}"})
    rsi = Node(id="rsi", type="indicator.rsi", config={"period": 14})
    flow = workflow(first, rsi, connections=connect("price.output -> rsi.series"), outputs="{{ nodes.rsi.value }}")
    steady, harness, came = memory_harness, memory_harness, list[Any]()

    for at, one in enumerate(prices.tolist()):
        if at % 97 == 96:
            harness = restarted(steady)
        came.append((await harness.run(flow, input={"price": one}, deployment="bot")).output)

    wanted = [talib.RSI(prices[origin(at, keep) : at], 14)[-1] if at > 14 else None for at in range(1, len(prices) + 1)]
    assert came == wanted
    assert origin(len(prices), keep) == keep
    assert came[: 2 * keep] == [None if value != value else value for value in talib.RSI(prices, 14)[: 2 * keep]]
