"""§4.4 Every crash point × every way to settle a doubt × where an effect may stand: as if nothing had happened."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.engine.nodes import add_one, loop, parallel, sequence, show, try_, value, wait, while_
from treadle.engine.context import idempotency_key
from treadle.engine.journal import EntryKind
from treadle.model.policy import InDoubt, Settings
from treadle.model.workflow import Workflow
from treadle.testing.crash import CRASH_POINTS, IN_DOUBT_POINTS, Crash, FaultNeverFired, Point
from treadle.testing.fake_effect import FakeEffect
from treadle.testing.graphs import chain, connect, graph, node, workflow
from treadle.testing.harness import Harness, TestRun

Shape = Callable[[FakeEffect, FakeEffect], Workflow]


def single(charge: FakeEffect, receipt: FakeEffect) -> Workflow:
    return chain(node(value, config={"of": 5}), charge, receipt)


def beside_others(charge: FakeEffect, receipt: FakeEffect) -> Workflow:
    wires = connect("value -> charge", "value -> add_one", "charge -> receipt")
    return workflow(node(value, config={"of": 5}), add_one, charge, receipt, connections=wires)


def retried(charge: FakeEffect, receipt: FakeEffect) -> Workflow:
    retry = {"max_attempts": 3, "delay": 60, "jitter": False}
    return chain(node(value, config={"of": 5}), node(charge, retry=retry), receipt)


def in_parallel_loop(charge: FakeEffect, receipt: FakeEffect) -> Workflow:
    body = graph(node(charge, config={"value": "{{ loop.item }}"}), receipt, connections=connect("charge -> receipt"))
    return workflow(node(loop, config={"items": [10, 20, 30, 40], "parallel": True}, body=body))


def in_loop(charge: FakeEffect, receipt: FakeEffect) -> Workflow:
    body = graph(node(charge, config={"value": "{{ loop.item }}"}), receipt, connections=connect("charge -> receipt"))
    return workflow(node(loop, config={"items": [10, 20, 30, 40]}, body=body))


def five_deep(charge: FakeEffect, receipt: FakeEffect) -> Workflow:
    inner = graph(
        node(charge, config={"value": "{{ loop.parent.item }}"}), receipt, connections=connect("charge -> receipt")
    )
    third = graph(node(loop, id="third", config={"items": ["a", "b"]}, body=inner))
    second = graph(node(sequence, id="second", body=third))
    first = graph(node(try_, id="first", body=second, catch=graph(node(show, id="caught"))))
    outer = graph(node(loop, id="outer", config={"items": [1, 2], "parallel": True}, body=first))
    return workflow(node(parallel, id="top", body=outer))


def in_while(charge: FakeEffect, receipt: FakeEffect) -> Workflow:
    body = graph(node(charge, config={"value": "{{ loop.state }}"}),
                 node(show, config={"what": "{{ nodes.charge.output.did + 1 }}"}))  # fmt: skip
    return workflow(
        node(while_, config={"condition": "state < 5", "state": 0, "delay": "1h"}, body=body),
        receipt,
        connections=connect("while -> receipt"),
    )


def after_a_wait(charge: FakeEffect, receipt: FakeEffect) -> Workflow:
    wires = connect("wait -> charge", "charge -> receipt")
    return workflow(node(wait, config={"duration": "48h", "value": 5}), charge, receipt, connections=wires)


SHAPES: dict[str, tuple[Shape, str]] = {
    "single": (single, "charge"),
    "beside others": (beside_others, "charge"),
    "retried": (retried, "charge"),
    "in a parallel loop": (in_parallel_loop, "loop[2]/charge"),
    "in a loop": (in_loop, "loop[2]/charge"),
    "five deep": (five_deep, "top/outer[1]/first/second/third[1]/charge"),
    "in a while": (in_while, "while[2]/charge"),
    "after a wait": (after_a_wait, "charge"),
}


def fakes(in_doubt: InDoubt, shape: str) -> tuple[FakeEffect, FakeEffect]:
    fails = [OSError("busy")] if shape == "retried" else []
    return FakeEffect("charge", returns=lambda given: {"did": given}, fails=fails, in_doubt=in_doubt), FakeEffect(
        "receipt", returns=lambda given: ["sent", given], in_doubt=in_doubt
    )


def came_to(run: TestRun) -> Any:
    """All of a run that does not depend on when and how often it was driven."""
    nodes = {path: (r.status, dict(r.outputs), r.attempts) for path, r in run.result.nodes.items()}
    return run.status, run.output, run.error, nodes


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("in_doubt", ["ask", "repeat", "reconcile"])
@pytest.mark.parametrize("point", CRASH_POINTS)
async def test_a_recovered_run_comes_to_what_an_undisturbed_one_does(
    harness: Harness, point: Point, in_doubt: InDoubt, shape: str
) -> None:
    """4.4: no effect with a result is repeated, every doubt is settled as the node type says."""
    make, path = SHAPES[shape]
    charge, receipt = fakes(in_doubt, shape)
    undisturbed = await harness.run(make(charge, receipt))
    once = (charge.distinct, receipt.distinct)
    charge, receipt = fakes(in_doubt, shape)
    nth = 2 if shape == "retried" and point in ("before_intent", "after_intent") else 1
    run = await harness.start(make(charge, receipt), crash=Crash(point, path, nth=nth))
    happened = charge.calls

    await harness.recover(run)
    doubts = [where for where, status in run.statuses().items() if status == "in_doubt"]
    for where in doubts:
        await answer(harness, run, where, charge, receipt)

    assert came_to(run) == came_to(undisturbed)
    assert (charge.distinct, receipt.distinct) == once
    assert happened <= charge.calls
    in_the_middle = point in IN_DOUBT_POINTS
    if in_doubt != "repeat":
        assert (charge.calls, receipt.calls) == once
    if "parallel" not in shape and shape != "five deep":  # where nothing else was in the middle
        repeated = in_doubt == "repeat" and point in ("after_effect", "before_result", "mid_commit")
        assert (charge.calls, receipt.calls) == (once[0] + repeated, once[1])
        assert (charge.asked > 0) == (in_doubt == "reconcile" and in_the_middle)
        assert doubts == ([path] if in_doubt == "ask" and in_the_middle else [])


async def answer(harness: Harness, run: TestRun, path: str, *fakes: FakeEffect) -> None:
    """Say what became of the effect in doubt, as somebody who looked would."""
    scope, _, name = path.rpartition("/")
    (fake,) = (fake for fake in fakes if fake.name == name)
    key = idempotency_key(run.id, scope, name)
    if key in fake.results:
        await harness.resolve(run, path, "done", {"output": fake.results[key]})
    else:
        await harness.resolve(run, path, "repeat")


@pytest.mark.parametrize("point", CRASH_POINTS)
async def test_a_wait_survives_a_crash_at_any_point(harness: Harness, point: Point) -> None:
    """4.4, 4.5: two days are two days, however often the process dies; what was done before is not done again."""
    before, after = FakeEffect("before"), FakeEffect("after")
    begun = harness.clock.now()
    flow = chain(before, node(wait, config={"duration": "48h"}), after)
    run = await harness.start(flow, crash=Crash(point, "wait"))

    await harness.recover(run)

    assert (run.status, before.calls, after.calls) == ("completed", 1, 1)
    assert (harness.clock.now() - begun).total_seconds() == 48 * 3600


async def test_a_crash_at_every_step_in_turn_still_ends(harness: Harness) -> None:
    """4.4: one run that crashes again and again, at every effect and every point of it, and ends all the same."""
    charge, receipt = fakes("reconcile", "in a loop")
    expected = await harness.run(in_loop(*fakes("reconcile", "")))
    run = harness.prepare(in_loop(charge, receipt))
    crashes = 0
    for index in range(4):
        for name in ("charge", "receipt"):
            for point in CRASH_POINTS[:-1]:
                crash = Crash(point, f"loop[{index}]/{name}")
                await harness.drive(run, crash=crash)
                crashes += crash.fired

    await harness.recover(run)

    assert came_to(run) == came_to(expected)
    assert (charge.calls, receipt.calls) == (4, 4)
    assert crashes >= 4 * 2 * 3


async def test_a_fault_that_never_fires_fails_the_test(memory_harness: Harness) -> None:
    """4.4: a test of a crash that did not come proves nothing."""
    charge, receipt = fakes("ask", "single")

    with pytest.raises(FaultNeverFired):
        await memory_harness.start(single(charge, receipt), crash=Crash("after_effect", "no-such-node"))


async def test_a_crash_before_anything_was_written_starts_over(harness: Harness) -> None:
    """4.2: pure nodes leave nothing behind before the first effect; there is nothing to recover but the run itself."""
    charge, receipt = fakes("ask", "single")
    run = await harness.start(single(charge, receipt), crash_before=charge)

    await harness.recover(run)

    assert (run.status, charge.calls) == ("completed", 1)


async def test_a_failed_sibling_does_not_hide_a_doubt(harness: Harness) -> None:
    """3.2, 4.4: one branch failed, the other was in the middle of its effect when the process died."""
    bad, charge = FakeEffect("bad", fails=[OSError("no")]), FakeEffect("charge", in_doubt="reconcile", held=True)
    run = harness.begin(workflow(bad, charge))
    await charge.wait_until_entered()
    await harness.wait_until_journaled(run, EntryKind.RESULT, "bad")
    await harness.kill(run)
    charge.release()

    await harness.recover(run)

    assert run.statuses() == {"bad": "failed", "charge": "completed"}
    assert (run.status, charge.asked, bad.attempts) == ("failed", 1, [1])


async def test_a_failed_sibling_does_not_answer_for_a_person(harness: Harness) -> None:
    """3.2, 4.4: with `ask`, the run waits for the answer even though it is going to fail."""
    bad, charge = FakeEffect("bad", fails=[OSError("no")]), FakeEffect("charge")
    flow = workflow(charge, node(bad, after=("charge",)), node(FakeEffect("other"), after=("charge",)))
    other = FakeEffect("other")
    flow = workflow(bad, other)
    run = await harness.start(flow, crash=Crash("after_effect", "other"))
    await harness.recover(run)
    asked = (run.status, run.statuses().get("other"))

    await harness.resolve(run, "other", "done", {"output": 1})

    assert asked == ("suspended", "in_doubt")
    assert run.status == "failed"
    assert run.statuses() == {"bad": "failed", "other": "completed"}
    assert charge.calls == 0


@pytest.mark.parametrize("pure_first", [True, False])
async def test_what_had_begun_behind_a_pure_node_is_taken_up_in_a_scope_that_has_failed(
    harness: Harness, pure_first: bool
) -> None:
    """3.2, 4.2: the pure node was not journaled, and the failure beside it is recalled first."""
    bad, cleanup = FakeEffect("bad", fails=[OSError("no")]), FakeEffect("cleanup")
    slow = FakeEffect("slow", in_doubt="reconcile")
    trying = [node(value), node(try_, body=graph(slow), **{"finally": graph(cleanup)})]
    parts = [*trying, node(bad)] if pure_first else [node(bad), *trying]
    flow = workflow(*parts, connections=connect("value -> try.trigger"), settings=Settings(save="failures"))

    run = await harness.start(flow, crash=Crash("after_effect", "try/slow"))
    await harness.recover(run)

    assert (run.status, slow.calls, cleanup.calls) == ("failed", 1, 1)
