"""Random graphs, crashed at random points: as undisturbed, and as the reference says (§2, §4.4)."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from tests.engine.nodes import loop, wait
from tests.engine.reference import ATTEMPTS, Spec, calc, in_order, interpret, number, sent
from treadle.model.workflow import Connection, Node, Workflow
from treadle.node import DEAD, NOT_DONE, Branch, Context, JsonValue, NodeDefinition, Value, effect
from treadle.node import node as declare
from treadle.testing.crash import CRASH_POINTS, Crash, Point
from treadle.testing.graphs import graph, node, workflow
from treadle.testing.harness import Harness, TestRun


class Ways(NamedTuple):
    yes: Branch[Value] = DEAD
    no: Branch[Value] = DEAD


@declare("g.calc")
def calc_node(value: JsonValue, *, extra: Any = 0) -> JsonValue:
    """Needs its input."""
    return calc(value, extra)


@declare("g.maybe")
def maybe_node(value: JsonValue = 100, *, extra: Any = 0) -> JsonValue:
    """Has a default."""
    return calc(value, extra)


@declare("g.gather")
def gather_node(items: list[JsonValue], *, extra: Any = 0) -> JsonValue:
    """Takes all that is live."""
    return calc(in_order(items), extra)


@declare("g.fork")
def fork_node(value: Value = 100) -> Ways:
    """Odd one way, even the other."""
    return Ways(yes=value) if number(value) % 2 else Ways(no=value)


class Outside:
    """The world the effects touch: counts what was done by key."""

    def __init__(self) -> None:
        self.done: dict[str, int] = {}
        self.times: Counter[str] = Counter()

    def send(self) -> NodeDefinition:
        @effect("g.send", in_doubt="reconcile")
        async def send(ctx: Context, value: JsonValue = 100, *, extra: Any = 0, fails: int = 0) -> JsonValue:
            """Does something."""
            if ctx.attempt <= fails:
                raise OSError("busy")
            self.times[ctx.idempotency_key] += 1
            self.done[ctx.idempotency_key] = sent(value, extra)
            return self.done[ctx.idempotency_key]

        @send.reconcile
        async def find(ctx: Context, value: JsonValue = 100, *, extra: Any = 0, fails: int = 0) -> JsonValue:
            return self.done.get(ctx.idempotency_key, NOT_DONE)

        return send


PORTS = {"fork": ["yes", "no"], "each": ["results"]}


@st.composite
def specs(draw: DrawFn, *, may_fail: bool) -> list[Spec]:
    """A graph of two to nine nodes, each connected to some before it."""
    made: list[Spec] = []
    for at in range(draw(st.integers(2, 9))):
        kinds = ["calc", "maybe", "gather", "fork", "send", "send", "each"] if at else ["maybe", "send", "each"]
        kind = draw(st.sampled_from(kinds))
        ends = [(spec.id, port) for spec in made for port in _ports(spec)]
        if kind == "gather" and len(ends) < 2:
            kind = "calc"  # one connection may carry the whole list; two never do
        numbers = [spec.id for spec in made if spec.kind not in ("fork", "each")]

        def some(most: int, least: int = 0, ends: list[tuple[str, str]] = ends) -> tuple[tuple[str, str], ...]:
            if not ends:
                return ()
            return tuple(draw(st.lists(st.sampled_from(ends), min_size=least, max_size=most, unique=True)))

        def one_of(numbers: list[str] = numbers) -> str | None:
            return draw(st.none() | st.sampled_from(numbers)) if numbers else None

        needs = {"calc": 1, "gather": 2}.get(kind, 0)
        on_error = draw(st.sampled_from(["continue", "branch", *(["fail"] if may_fail else [])]))
        made.append(
            Spec(
                id=f"n{at}",
                kind=kind,
                sources=some(3, needs) if kind != "each" else (),
                triggers=some(2),
                join=draw(st.sampled_from(["any", "all"])),
                after=tuple({spec for spec, _ in some(1)}),
                when=one_of(),
                extra=one_of() if kind != "fork" else None,
                fails=draw(st.integers(0, ATTEMPTS)) if kind == "send" else 0,
                on_error=on_error if kind == "send" else "fail",
                disabled=draw(st.integers(0, 9)) == 0,
                parallel=draw(st.booleans()),
            )
        )
    return made


def _ports(spec: Spec) -> list[str]:
    ports = PORTS.get(spec.kind, ["output"])
    return [*ports, "error"] if spec.on_error == "branch" else ports


def build(specs: Sequence[Spec], order: Sequence[int], send: NodeDefinition, delay: float) -> Workflow:
    """The workflow of `specs`, its nodes written in any `order`."""
    connections = [
        Connection(source=source, output=port, target=spec.id, input="items" if spec.kind == "gather" else "value")
        for spec in specs
        for source, port in spec.sources
    ] + [
        Connection(source=source, output=port, target=spec.id, input="trigger")
        for spec in specs
        for source, port in spec.triggers
    ]
    nodes = [_node(spec, send, delay) for spec in specs]
    return workflow(*(nodes[at] for at in order), connections=tuple(connections), outputs="{{ 'done' }}")


def _node(spec: Spec, send: NodeDefinition, delay: float) -> Node:
    extra = f"{{{{ nodes.{spec.extra}.output ?? 0 }}}}" if spec.extra else 0
    config: dict[str, Any] = {} if spec.kind in ("fork", "each", "wait") else {"extra": extra}
    more: dict[str, Any] = {}
    if spec.kind == "send":
        config["fails"] = spec.fails
        more["retry"] = {"max_attempts": ATTEMPTS, "delay": delay, "max_delay": delay, "jitter": False}
    if spec.kind == "each":
        config = {"items": [0, 1, 2], "parallel": spec.parallel}
        more["body"] = graph(node(send, id="inner", config={"value": "{{ loop.item }}", "extra": extra}))
    if spec.kind == "wait":
        config["duration"] = "1h"
    when = f"{{{{ (nodes.{spec.when}.output ?? 0) % 2 == 0 }}}}" if spec.when else None
    pure = {"calc": calc_node, "maybe": maybe_node, "gather": gather_node, "fork": fork_node}
    return node(
        {**pure, "send": send, "each": loop, "wait": wait}[spec.kind],
        id=spec.id,
        config=config,
        join=spec.join,
        after=spec.after,
        when=when,
        on_error=spec.on_error,
        disabled=spec.disabled,
        **more,
    )


def came_to(run: TestRun, specs: Sequence[Spec]) -> dict[str, tuple[str, dict[str, Any]]]:
    """Status and live ports by node; of an error, only that it is one."""
    nodes = run.result.nodes
    return {
        spec.id: (
            nodes[spec.id].status,
            {port: {} if isinstance(value, Mapping) else value for port, value in nodes[spec.id].outputs.items()},
        )
        for spec in specs
    }


def effects_of(specs: Sequence[Spec], nodes: dict[str, tuple[str, dict[str, Any]]]) -> list[str]:
    """Paths of the effects that succeed."""
    paths: list[str] = []
    for spec in specs:
        if nodes[spec.id][0] == "completed":
            paths += [spec.id] if spec.kind == "send" else []
            paths += [f"{spec.id}[{at}]/inner" for at in range(3)] if spec.kind == "each" else []
    return paths


cases = st.tuples(specs(may_fail=False), st.randoms(use_true_random=False), st.sampled_from([0, 1, 60]))
quick = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@given(cases, st.lists(st.sampled_from(CRASH_POINTS), min_size=1, max_size=3), st.sampled_from(["all", "failures"]))
@quick
def test_a_random_graph_comes_to_what_the_reference_says_however_often_it_crashes(
    case: Any, points: list[Point], save: str
) -> None:
    """§2, 4.4: node by node, status and live ports; no effect twice."""
    made, random, delay = case
    order = list(range(len(made)))
    random.shuffle(order)
    expected = interpret(made).nodes
    paths = effects_of(made, expected)
    crashes = [Crash(point, random.choice(paths)) for point in points] if paths else []

    undisturbed, recovered = asyncio.run(_both(made, order, delay, crashes, save))

    assert came_to(undisturbed, made) == expected
    assert came_to(recovered, made) == expected
    assert (undisturbed.status, recovered.status) == ("completed", "completed")
    event(f"crashes: {sum(crash.fired for crash in crashes)}")
    if crashes:
        assert crashes[0].fired


async def _both(
    made: list[Spec], order: list[int], delay: float, crashes: list[Crash], save: str
) -> tuple[TestRun, TestRun]:
    harness, calm, rough = Harness(), Outside(), Outside()
    undisturbed = await harness.run(_saved(build(made, order, calm.send(), delay), save))
    run = harness.prepare(_saved(build(made, order, rough.send(), delay), save))
    for crash in crashes:
        while not run.crashed and (run.outcome is None or run.status == "suspended"):
            await harness.drive(run, crash=crash)
            await harness.finish(run, crash=crash)
            if crash.fired or run.outcome is not None:
                break
        if run.outcome is not None and run.status != "suspended":
            break
        run.crashed = False
    if run.outcome is None or run.status == "suspended":
        await harness.recover(run)
    assert rough.times == Counter(dict.fromkeys(rough.times, 1)), "an effect was repeated"
    assert len(rough.times) == len(calm.times)
    return undisturbed, run


def _saved(flow: Workflow, save: str) -> Workflow:
    return flow.model_copy(update={"settings": flow.settings.model_copy(update={"save": save})})


@given(specs(may_fail=True), st.randoms(use_true_random=False), st.sampled_from(CRASH_POINTS))
@quick
def test_a_random_graph_that_fails_fails_where_the_reference_says(made: list[Spec], random: Any, point: Point) -> None:
    """3.2, 4.4: with `on_error: fail` somewhere; before and after a crash."""
    order = list(range(len(made)))
    random.shuffle(order)
    came = interpret(made)
    paths = effects_of(made, came.nodes)
    crashes = [Crash(point, random.choice(paths))] if paths else []

    undisturbed, recovered = asyncio.run(_both_failing(made, order, crashes))

    for run in (undisturbed, recovered):
        assert run.status == ("failed" if came.failed_at else "completed")
        assert (run.error is None) == (not came.failed_at)
        if run.error is not None:
            assert run.error.node in came.failed_at


async def _both_failing(made: list[Spec], order: list[int], crashes: list[Crash]) -> tuple[TestRun, TestRun]:
    harness, calm, rough = Harness(), Outside(), Outside()
    undisturbed = await harness.run(build(made, order, calm.send(), 0))
    run = harness.prepare(build(made, order, rough.send(), 0))
    for crash in crashes:
        await harness.drive(run, crash=crash)
    if run.outcome is None:
        await harness.recover(run)
    assert rough.times == Counter(dict.fromkeys(rough.times, 1)), "an effect was repeated"
    return undisturbed, run
