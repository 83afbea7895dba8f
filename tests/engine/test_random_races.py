"""Random trees of waits, sequences, parallels and races, crashed at random points, against an interpreter of their own
that knows nothing but when each part begins and ends (3.4, 4.4)."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass
from typing import Any

from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from tests.engine.nodes import parallel, sequence, try_, wait
from treadle.model.workflow import Node, Workflow
from treadle.node import NOT_DONE, Context, NodeDefinition, NodeError, effect
from treadle.testing.crash import CRASH_POINTS, Crash, Point
from treadle.testing.graphs import graph, node, workflow
from treadle.testing.harness import Harness, TestRun

NEVER = float("inf")


@dataclass(frozen=True)
class Leaf:
    """Waits `seconds`, then does its work, which may fail; with `tidies`, does something in a `finally`."""

    id: str
    seconds: int
    fails: bool
    tidies: bool


@dataclass(frozen=True)
class Tree:
    """`kind`: seq, all or first."""

    id: str
    kind: str
    parts: tuple[Leaf | Tree, ...]


@dataclass(frozen=True)
class Came:
    """When a part ended, and whether it failed."""

    at: float
    failed: bool


@st.composite
def trees(draw: DrawFn) -> Tree:
    """Two to eight leaves. Each waits for a power of two, so that no two parts ever end at the same time."""
    leaves = draw(st.integers(2, 8))
    seconds = draw(st.permutations([2 ** (at + 2) for at in range(leaves)]))
    parts: list[Leaf | Tree] = [
        Leaf(f"l{at}", seconds[at], draw(st.integers(0, 3)) == 0, draw(st.booleans())) for at in range(leaves)
    ]
    made = 0
    while len(parts) > 1 or not isinstance(parts[0], Tree):
        size = draw(st.integers(2, min(4, len(parts))))
        start = draw(st.integers(0, len(parts) - size))
        kind = draw(st.sampled_from(["seq", "all", "first", "first"]))
        parts[start : start + size] = [Tree(f"t{made}", kind, tuple(parts[start : start + size]))]
        made += 1
    return parts[0]


def interpret(part: Leaf | Tree, start: float, stop: float, done: set[str]) -> Came:
    """What a part comes to that begins at `start` and is cancelled at `stop`; its work is added to `done`."""
    if isinstance(part, Leaf):
        at = start + part.seconds
        if start < stop and part.tidies:
            done.add(f"{part.id}-tidy")
        if at < stop and not part.fails:
            done.add(part.id)
        return Came(at, part.fails)
    if part.kind == "seq":
        came = Came(start, False)
        for inner in part.parts:
            if came.failed or came.at >= stop:
                break
            came = interpret(inner, came.at, stop, done)
        return came
    ends = [interpret(inner, start, NEVER, set()) for inner in part.parts]
    won = min([end.at for end in ends if not end.failed], default=NEVER) if part.kind == "first" else NEVER
    for inner, end in zip(part.parts, ends, strict=True):
        # Who wins is not cancelled by itself.
        interpret(inner, start, stop if end.at == won else min(stop, won), done)
    if won < NEVER:
        return Came(won, False)
    return Came(max(end.at for end in ends), any(end.failed for end in ends))


class Outside:
    """The world that the work touches: counts what was done by key."""

    def __init__(self) -> None:
        self.done: dict[str, str] = {}
        self.times: Counter[str] = Counter()

    def work(self) -> NodeDefinition:
        @effect("r.work", in_doubt="reconcile")
        async def work(ctx: Context, *, name: str, fails: bool = False) -> str:
            """Does something."""
            if fails:
                raise NodeError("It went wrong.", code="broken")
            self.times[ctx.idempotency_key] += 1
            self.done[ctx.idempotency_key] = name
            return name

        @work.reconcile
        async def find(ctx: Context, *, name: str, fails: bool = False) -> Any:
            return self.done.get(ctx.idempotency_key, NOT_DONE)

        return work


def build(part: Leaf | Tree, work: NodeDefinition, path: str, paths: dict[str, str]) -> Node:
    """The node of a part; `paths` is told where its work is."""
    here = f"{path}{part.id}"
    if isinstance(part, Tree):
        body = graph(*(build(inner, work, f"{here}/", paths) for inner in part.parts))
        if part.kind == "seq":
            return node(sequence, id=part.id, body=body)
        # A body that is a race gives what came first under the name of the branch.
        return node(parallel, id=part.id, config={"until": part.kind}, body=body)
    steps = (
        node(wait, id="wait", config={"duration": float(part.seconds)}),
        node(work, id="work", config={"name": part.id, "fails": part.fails}),
    )
    if not part.tidies:
        paths[part.id] = f"{here}/work"
        return node(sequence, id=part.id, body=graph(*steps))
    tidy = node(work, id="tidy", config={"name": f"{part.id}-tidy"})
    inside = node(sequence, id="steps", body=graph(*steps))
    # Without a catch, a try does not fail; what failed inside it has to fail around it too.
    again = node(work, id="again", when="{{ error != null }}", config={"name": part.id, "fails": True})
    paths[part.id], paths[f"{part.id}-tidy"] = f"{here}/steps/work", f"{here}.finally/tidy"
    return node(try_, id=part.id, body=graph(inside), **{"catch": graph(again), "finally": graph(tidy)})


def flow_of(tree: Tree, work: NodeDefinition, paths: dict[str, str], save: str) -> Workflow:
    flow = workflow(build(tree, work, "", paths))
    return flow.model_copy(update={"settings": flow.settings.model_copy(update={"save": save})})


@given(
    trees(),
    st.randoms(use_true_random=False),
    st.lists(st.sampled_from(CRASH_POINTS), min_size=1, max_size=3),
    st.sampled_from(["all", "failures"]),
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_random_race_has_the_winner_that_the_clock_says_however_often_it_crashes(
    tree: Tree, random: Any, points: list[Point], save: str
) -> None:
    """3.4, 4.4: who wins, what was done and what was not; nothing twice."""
    done: set[str] = set()
    came = interpret(tree, 0.0, NEVER, done)
    paths: dict[str, str] = {}
    calm, rough = Outside(), Outside()
    flow_of(tree, calm.work(), paths, save)
    crashes = [Crash(point, paths[random.choice(sorted(done))]) for point in points] if done else []

    undisturbed, recovered = asyncio.run(_both(tree, calm, rough, crashes, save))

    for ended, outside in ((undisturbed, calm), (recovered, rough)):
        assert (ended.status, ended.seconds) == ("failed" if came.failed else "completed", came.at)
        assert set(outside.done.values()) == done
        assert set(outside.times.values()) <= {1}
    assert undisturbed.output == recovered.output
    assert undisturbed.nodes == recovered.nodes or save == "failures"
    event(f"crashes: {sum(crash.fired for crash in crashes)}")


@dataclass(frozen=True)
class Ended:
    """How a run ended."""

    status: str
    seconds: float
    output: Any
    nodes: dict[str, str]


def _ended(run: TestRun) -> Ended:
    finished, started = run.result.finished_at, run.record.created_at
    seconds = -1.0 if finished is None or started is None else (finished - started).total_seconds()
    return Ended(run.status, seconds, run.output, run.statuses())


async def _both(tree: Tree, calm: Outside, rough: Outside, crashes: list[Crash], save: str) -> tuple[Ended, Ended]:
    undisturbed = await Harness().run(flow_of(tree, calm.work(), {}, save))
    harness = Harness()
    run = harness.prepare(flow_of(tree, rough.work(), {}, save))
    for crash in crashes:
        await harness.drive(run, crash=crash)
        await harness.finish(run, crash=crash)
        if not run.crashed:
            break
    if run.crashed or not crashes:
        await harness.recover(run)
    return _ended(undisturbed), _ended(run)
