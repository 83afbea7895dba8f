"""Replaying recorded runs (§5.4): recorded results stand in for the world, and nothing is done."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.engine.nodes import add_one, boom, double, loop, merge, parallel, show, stop, try_, wait, while_
from tests.engine.reference import Spec, sent
from tests.engine.test_forking import fork
from tests.engine.test_random_graphs import Outside, build, specs
from treadle.engine.compile import compile_plan
from treadle.engine.recording import Recording
from treadle.engine.replay_report import RunReplay, judge
from treadle.engine.replaying import NO_STUBS, Replayed, replay
from treadle.engine.sameness import same
from treadle.errors import NodeError
from treadle.model.policy import Settings
from treadle.model.run import RunRecord
from treadle.model.workflow import Connection, Workflow
from treadle.node import Context, JsonValue, NodeDefinition, effect
from treadle.packs.data.variable import variable
from treadle.testing.fake_effect import FakeEffect
from treadle.testing.graphs import chain, connect, graph, node, workflow
from treadle.testing.harness import Harness, TestRun
from treadle.testing.memory_journal import MemoryJournal

quick = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@dataclass
class Recorded:
    """A run that was recorded, and what it takes to replay it."""

    harness: Harness
    run: TestRun
    record: RunRecord
    recording: Recording

    def replay(self, flow: Workflow | None = None, stubs: Mapping[str, Any] = NO_STUBS) -> RunReplay:
        """Replay it with `flow`, or with what it was a run of, and compare."""
        before = self.replayed()
        if flow is None:
            plan, after = self.run.plan, before
        else:
            plan = compile_plan(flow, self.harness.registry)
            run = replace(self.record, version=plan.version)
            after = replay(plan, run, self.recording, before=before.asked, stubs=stubs)
        return judge(
            self.record,
            self.recording,
            plan=self.run.plan,
            before=before.asked,
            after=after,
            same_version=flow is None,
        )

    def replayed(self) -> Replayed:
        return replay(self.run.plan, self.record, self.recording)


async def record(harness: Harness, run: TestRun) -> Recorded:
    journal = harness.journal
    assert isinstance(journal, MemoryJournal)
    saved = await journal.get_run(run.id)
    return Recorded(harness, run, saved, Recording(saved, await harness.entries(run)))


async def recorded(harness: Harness, flow: Workflow, **more: Any) -> Recorded:
    return await record(harness, await harness.run(flow, **more))


# The same version


@given(specs(may_fail=True), st.randoms(use_true_random=False), st.sampled_from([0, 1, 60]))
@quick
def test_the_same_version_over_any_recorded_run_comes_to_the_same(made: list[Spec], random: Any, delay: float) -> None:
    """§5.4: status, output, error, effects and every node; and no effect is made."""
    order = list(range(len(made)))
    random.shuffle(order)
    outside, harness = Outside(), Harness()

    async def go() -> tuple[Recorded, int]:
        known = await recorded(harness, build(made, order, outside.send(), delay))
        return known, sum(outside.times.values())

    known, times = asyncio.run(go())
    found = known.replay()

    assert found.verdict == "same", found
    assert found.nodes == ()
    assert sum(outside.times.values()) == times


@given(specs(may_fail=False), st.randoms(use_true_random=False), st.integers(0, 8), st.integers(0, 2))
@quick
def test_another_version_comes_to_what_it_would_in_the_world_as_it_was(
    made: list[Spec], random: Any, at: int, how: int
) -> None:
    """§5.4: wherever the replay can say so, the version really comes to that where each effect answers as recorded."""
    order = list(range(len(made)))
    random.shuffle(order)
    at %= len(made)
    changes: list[dict[str, Any]] = [{"disabled": not made[at].disabled}, {"when": None}, {"triggers": ()}]
    edited = [replace(spec, **changes[how]) if n == at else spec for n, spec in enumerate(made)]

    async def go() -> tuple[RunReplay, Replayed, TestRun]:
        harness = Harness()
        known = await recorded(harness, build(made, order, Outside().send(), 0))
        flow = build(edited, order, _as_recorded(known.recording), 0)
        plan = Harness().plan(flow)
        run = replace(known.record, version=plan.version)
        after = replay(plan, run, known.recording, before=known.replayed().asked)
        return known.replay(), after, await Harness().run(flow)

    _, after, real = asyncio.run(go())

    if after.status is None:
        assert after.unknown
    else:
        assert (after.status, after.output) == (real.status, real.output)
        assert {path: result.status for path, result in after.nodes.items()} == real.statuses()
        assert same({path: _ports(result) for path, result in after.nodes.items()}, _all_ports(real))


def _as_recorded(recording: Recording) -> NodeDefinition:
    """An effect that answers as it did in the recorded run, whatever it is asked; it knows nothing of other paths."""

    @effect("g.send", in_doubt="repeat")
    async def send(ctx: Context, value: JsonValue = 100, *, extra: Any = 0, fails: int = 0) -> JsonValue:
        """Answers as recorded."""
        scope, _, name = ctx.path.rpartition("/")
        found = recording.find((scope, name))
        if found is None or found.status == "skipped":
            return sent(value, extra)
        if found.failure is not None:
            raise NodeError(found.failure.message, code=found.failure.type, retryable=False)
        return found.ports["output"]

    return send


def _ports(result: Any) -> dict[str, Any]:
    return {port: {} if isinstance(value, Mapping) else value for port, value in result.outputs.items()}


def _all_ports(run: TestRun) -> dict[str, dict[str, Any]]:
    return {path: _ports(result) for path, result in run.result.nodes.items()}


async def test_what_was_drawn_is_drawn_again(memory_harness: Harness) -> None:
    """Times and ids, of nodes, of a condition that is asked again and again, and of the outputs."""
    body = graph(node(show, id="tick", config={"what": {"n": "{{ loop.index + 1 }}", "at": "{{ now() }}"}}))
    config = {
        "condition": "len(text(uuid())) == 36 && now() >= workflow.input.start && state.n < 3",
        "state": {"n": 0},
        "delay": 60,
    }
    flow = workflow(
        node(show, id="drawn", config={"what": "{{ [now(), uuid()] }}"}),
        node(while_, id="again", config=config, body=body),
        outputs="{{ [nodes.drawn.output, nodes.again.state, now(), uuid(), run.id] }}",
    )
    known = await recorded(memory_harness, flow, input={"start": memory_harness.clock.now()})

    found = known.replay()

    assert known.record.status == "completed", known.record.error
    assert (found.verdict, found.differences(), found.nodes) == ("same", [], ())


async def test_waits_are_jumped_over(memory_harness: Harness) -> None:
    """A wait of two days is what it was recorded to be."""
    flow = chain(
        node(wait, config={"duration": "48h", "value": 1}), add_one, node(show, config={"what": "{{ now() }}"})
    )
    known = await recorded(memory_harness, flow)

    found = known.replay()

    assert found.verdict == "same"
    assert found.after is not None
    assert found.after.output - known.record.created_at >= timedelta(days=2)


@pytest.mark.parametrize("fail_fast", [True, False])
async def test_a_run_that_failed_fails_of_the_same_node(memory_harness: Harness, fail_fast: bool) -> None:
    """What ran beside it ends as it did then."""
    slow = FakeEffect("slow")
    broken = FakeEffect("broken", fails=[OSError("down")] * 9)
    flow = workflow(
        node(slow),
        node(wait, id="pause", config={"duration": "2h"}),
        node(broken, retry={"max_attempts": 3, "delay": 10, "jitter": False}),
        node(double, id="after"),
        connections=connect("pause -> after.number"),
        settings=Settings(fail_fast=fail_fast),
    )
    known = await recorded(memory_harness, flow)

    found = known.replay()

    assert (known.record.status, found.verdict, found.nodes) == ("failed", "same", ())
    assert found.after is not None
    assert found.after.error == known.record.error
    assert (slow.calls, len(broken.attempts)) == (1, 3)


async def test_a_run_that_was_cancelled_is_cancelled(memory_harness: Harness) -> None:
    """With its `finally` body, that is run as it was."""
    held = FakeEffect("held", held=True)
    clean = FakeEffect("clean")
    flow = workflow(
        node(try_, body=graph(held), **{"finally": graph(clean)}), node(double, after=("try",), config={"number": 2})
    )
    run = memory_harness.begin(flow)
    await held.wait_until_entered()
    await memory_harness.cancel(run)
    known = await record(memory_harness, run)

    found = known.replay()

    assert (known.record.status, found.verdict) == ("cancelled", "same")
    assert (held.calls, clean.calls) == (0, 1)


async def test_a_run_over_its_timeout_ends_so(memory_harness: Harness) -> None:
    flow = chain(node(wait, config={"duration": "2h"}), settings=Settings(timeout=60))
    known = await recorded(memory_harness, flow)

    found = known.replay()

    assert known.record.error is not None
    assert (known.record.error.type, found.verdict) == ("timeout", "same")


async def test_a_run_that_a_node_stopped_is_stopped(memory_harness: Harness) -> None:
    flow = workflow(
        node(stop, config={"status": "failed", "message": "enough"}),
        node(wait, id="pause", config={"duration": "2h"}),
    )
    known = await recorded(memory_harness, flow)

    found = known.replay()

    assert (known.record.status, found.verdict) == ("failed", "same")


async def test_a_run_that_waits_waits(memory_harness: Harness) -> None:
    """One that is not over is replayed as far as it went."""
    flow = chain(FakeEffect("ask"), node(wait, config={"duration": "2h"}))
    known = await record(memory_harness, await memory_harness.start(flow))

    assert known.replay().verdict == "same"


async def test_an_item_that_failed_inside_a_caught_loop_stays_caught(memory_harness: Harness) -> None:
    """Containers in containers, with catch: their failures are handled as they were."""
    broken = FakeEffect("broken", fails=[OSError("down")])
    inner = node(loop, config={"items": [1, 2, 3], "parallel": True}, body=graph(broken))
    saved = FakeEffect("saved", returns="caught")
    flow = workflow(node(try_, body=graph(inner), catch=graph(saved)), outputs="{{ nodes.try.result }}")
    known = await recorded(memory_harness, flow)

    found = known.replay()

    assert (known.record.output, found.verdict, found.nodes) == ("caught", "same", ())


async def test_the_first_of_two_branches_stays_the_first(memory_harness: Harness) -> None:
    """2.2: which connection was first is in the record."""
    one, other = FakeEffect("one", returns=1), FakeEffect("other", returns=2)
    flow = workflow(
        node(wait, id="late", config={"duration": "1h"}),
        node(one, after=("late",)),
        other,
        node(merge, join="first"),
        connections=connect("one -> merge", "other -> merge"),
    )
    known = await recorded(memory_harness, flow)

    assert known.replay().verdict == "same"


async def test_a_run_with_parallel_branches_over_crashes_comes_to_the_same(memory_harness: Harness) -> None:
    """A run that was recovered is recorded like any other."""
    one, other = FakeEffect("one", returns=1, in_doubt="repeat"), FakeEffect("other", returns=2, in_doubt="repeat")
    flow = workflow(node(parallel, body=graph(one, other)), node(double, after=("parallel",), config={"number": 4}))
    run = await memory_harness.start(flow, crash_before="parallel/other")
    await memory_harness.recover(run)
    known = await record(memory_harness, run)

    assert known.replay().verdict == "same"


async def test_state_and_counters_are_as_they_were(memory_harness: Harness) -> None:
    """Expressions see the state the run saw, and what effects changed and counted is changed and counted again."""
    harness = memory_harness
    harness.know(_trade)
    flow = workflow(
        node(_trade),
        node(show, after=("trade",), config={"what": "{{ state.trades ?? 0 }}"}),
        outputs="{{ nodes.show.output }}",
    )
    await harness.run(flow)
    known = await recorded(harness, flow)
    await harness.run(flow)

    found = known.replay()

    assert known.record.output == 2
    assert (found.verdict, found.after and found.after.counters) == ("same", {"profit": 1.5})


async def test_a_counter_that_counts_otherwise_is_counted_so(memory_harness: Harness) -> None:
    """Counters are Treadle's own: they need no recording."""
    memory_harness.know(variable)
    known = await recorded(memory_harness, workflow(_counting(2)))

    found = known.replay(workflow(_counting(5), _counting(1, "more")))

    assert found.before is not None
    assert found.after is not None
    assert (found.before.counters, found.after.counters) == ({"points": 2}, {"points": 6})
    assert (found.verdict, found.unknown) == ("different", ())


def _counting(by: float, name: str = "points") -> Any:
    return node(variable, id=name, config={"name": "points", "action": "count", "by": by})


def _growing(by: float, *, last: str | None = None) -> Workflow:
    """Add to a variable, and read it; and another one, if so said."""
    more = [node(variable, id="last", after=("read",), config={"name": last})] if last else []
    return workflow(
        node(variable, id="add", config={"name": "total", "action": "increment", "by": by}),
        node(variable, id="read", after=("add",), config={"name": "total"}),
        *more,
        outputs="{{ nodes." + ("last" if last else "read") + ".output }}",
    )


async def test_a_variable_is_worked_out_from_what_it_was_when_the_run_met_it(memory_harness: Harness) -> None:
    harness = memory_harness
    harness.know(variable)
    await harness.run(_growing(2))
    known = await recorded(harness, _growing(2))
    await harness.run(_growing(2))

    same_, other, new = known.replay(), known.replay(_growing(5)), known.replay(_growing(5, last="total"))

    assert known.record.output == 4
    assert same_.verdict == "same"
    assert [found.after.output for found in (other, new) if found.after] == [7, 7]


async def test_a_variable_of_which_the_record_tells_nothing_is_unknown(memory_harness: Harness) -> None:
    memory_harness.know(variable)
    known = await recorded(memory_harness, _growing(2))

    without = known.replay(_growing(2, last="never"))
    given_ = known.replay(_growing(2, last="never"), stubs={"last": 9})

    assert (without.verdict, without.unknown) == ("undetermined", ("last",))
    assert given_.after is not None
    assert given_.after.output == 9


async def test_what_the_source_of_a_fork_has_counted_is_not_counted_in_its_replay(memory_harness: Harness) -> None:
    memory_harness.know(variable)
    run = await memory_harness.run(_counts_and_shows(2))
    known = await record(memory_harness, await fork(memory_harness, run, "show"))

    found = known.replay(_counts_and_shows(5))

    assert found.after is not None
    assert (known.record.counters, found.after.counters) == ({}, {})


def _counts_and_shows(by: float) -> Workflow:
    return workflow(_counting(by), node(show, id="show", after=("points",), config={"what": "on"}))


async def test_what_a_person_set_in_a_fork_holds_in_a_replay_of_it(memory_harness: Harness) -> None:
    """Of a node that is computed, and of an effect; neither was asked, nor is it now."""
    harness = memory_harness
    send = FakeEffect("send", returns="sent")
    flow = workflow(
        node(show, id="one", config={"what": "one"}),
        node(send, after=("one",), config={"value": "{{ nodes.one.output }}"}),
        node(show, id="both", after=("send",), config={"what": "{{ nodes.one.output }} {{ nodes.send.output }}"}),
        outputs="{{ nodes.both.output }}",
    )
    run = await harness.run(flow)
    forked = await fork(harness, run, "both", edits={"one": {"output": "ONE"}, "send": {"output": "SENT"}})
    known = await record(harness, forked)

    found = known.replay()

    assert known.record.output == "ONE SENT"
    assert (found.verdict, found.effects, found.nodes) == ("same", (), ())


@effect("t.trade")
async def _trade(ctx: Context) -> JsonValue:
    """Trades once."""
    ctx.count("profit", 1.5)
    return await ctx.state.increment("trades")


async def test_secrets_are_not_needed_and_not_shown(memory_harness: Harness) -> None:
    memory_harness.secrets["key"] = "s3cr3t-value"
    memory_harness.know(_signed)
    known = await recorded(memory_harness, workflow(node(_signed, config={"key": "{{ secrets.key }}"})))
    memory_harness.secrets.clear()

    found = known.replay(workflow(node(_signed, config={"key": "{{ secrets.key }}", "to": "b"})))

    assert [effect.change for effect in found.effects] == ["other_arguments"]
    assert "s3cr3t" not in str(found.to_dict())


@effect("t.signed")
async def _signed(ctx: Context, *, key: Any, to: str = "a") -> JsonValue:
    """Signs."""
    return to


# Other versions


def _orders(threshold: int, factor: int = 2) -> Workflow:
    """Double the amount; order what is over the threshold, and tell."""
    send, tell = FakeEffect("send", returns={"id": 7}), FakeEffect("tell", returns="told")
    return workflow(
        node(show, id="amount", config={"what": f"{{{{ workflow.input.amount * {factor} }}}}"}),
        node(send, when=f"nodes.amount.output > {threshold}", config={"value": "{{ nodes.amount.output }}"}),
        node(tell, after=("send",), config={"value": "{{ nodes.send.output?.id ?? 0 }}"}),
        outputs={"amount": "{{ nodes.amount.output }}", "id": "{{ nodes.send.output?.id }}"},
    )


async def test_an_effect_that_would_not_be_made_is_said(memory_harness: Harness) -> None:
    known = await recorded(memory_harness, _orders(10), input={"amount": 20})

    found = known.replay(_orders(100))

    assert found.verdict == "different"
    assert [(one.path, one.change) for one in found.effects] == [("send", "not_made"), ("tell", "other_arguments")]
    assert [(one.path, one.before, one.after) for one in found.nodes] == [("send", "completed", "skipped")]
    assert [(one.path, one.before, one.after) for one in found.differences()] == [("output.id", 7, None)]


async def test_an_effect_that_is_asked_something_else_keeps_its_answer(memory_harness: Harness) -> None:
    """What it would answer is not known; that it is asked something else is said, with the difference."""
    known = await recorded(memory_harness, _orders(10), input={"amount": 20})

    found = known.replay(_orders(10, factor=3))

    (change,) = found.effects
    assert (change.path, change.change) == ("send", "other_arguments")
    assert [(one.path, one.before, one.after) for one in change.differences()] == [("with.value", 40, 60)]
    assert [one.path for one in found.differences()] == ["output.amount"]


async def test_a_new_effect_leaves_the_run_undetermined(memory_harness: Harness) -> None:
    """What depends on it is listed; what does not is gone on with."""
    known = await recorded(memory_harness, _orders(100), input={"amount": 20})

    found = known.replay(_orders(10))

    assert (found.verdict, found.unknown, found.depends) == ("undetermined", ("send",), ("tell",))
    assert [(one.path, one.change) for one in found.effects] == [("send", "made")]


@pytest.mark.parametrize("name", ["send", "fake.send"])
async def test_a_stub_says_what_a_new_effect_comes_to(memory_harness: Harness, name: str) -> None:
    known = await recorded(memory_harness, _orders(100), input={"amount": 20})

    found = known.replay(_orders(10), {name: {"id": 99}})

    assert found.verdict == "different"
    assert found.after is not None
    assert found.after.output == {"amount": 40, "id": 99}
    assert [(one.path, one.change, one.stubbed) for one in found.effects] == [
        ("send", "made", True),
        ("tell", "other_arguments", False),
    ]


async def test_a_stub_without_iterations_is_for_all_of_them(memory_harness: Harness) -> None:
    def flow(items: int) -> Workflow:
        send = FakeEffect("send", returns=1)
        return workflow(node(loop, config={"items": items}, body=graph(send)))

    known = await recorded(memory_harness, flow(1))

    unknown, stubbed = known.replay(flow(3)), known.replay(flow(3), {"loop/send": 5})

    assert unknown.unknown == ("loop[1]/send",)
    assert stubbed.after is not None
    assert stubbed.after.output == [1, 5, 5]


async def test_another_type_at_the_same_place_is_another_effect(memory_harness: Harness) -> None:
    """The answer of an HTTP call does not stand in for that of an order."""
    one, other = FakeEffect("one", returns=1), FakeEffect("other", returns=2)
    memory_harness.know(other)
    known = await recorded(memory_harness, workflow(node(one, id="call")))

    found = known.replay(workflow(node(other, id="call")))

    assert (found.verdict, found.unknown) == ("undetermined", ("call",))


async def test_a_failure_that_is_handled_now_is_handled(memory_harness: Harness) -> None:
    """The recorded failure stands in; what follows from it is the new version's."""
    broken, fallback = FakeEffect("broken", fails=[OSError("down")]), FakeEffect("fallback")
    memory_harness.know(fallback)
    known = await recorded(memory_harness, workflow(broken))
    caught = workflow(node(broken, on_error="branch"), outputs="{{ nodes.broken.error.message }}")

    found = known.replay(caught)

    assert found.verdict == "different"
    assert found.after is not None
    assert (found.after.status, found.after.output) == ("completed", "down")


async def test_a_pure_node_that_fails_now_fails_the_run(memory_harness: Harness) -> None:
    known = await recorded(memory_harness, chain(FakeEffect("one", returns=1), add_one))
    memory_harness.know(boom)

    found = known.replay(chain(FakeEffect("one", returns=1), node(boom, id="add_one")))

    assert found.after is not None
    assert found.after.error is not None
    assert (found.verdict, found.after.status, found.after.error.node) == ("different", "failed", "add_one")


async def test_other_branches_go_on_beside_what_is_unknown(memory_harness: Harness) -> None:
    one, two = FakeEffect("one", returns=1), FakeEffect("two", returns=2)
    memory_harness.know(two, double)
    known = await recorded(memory_harness, workflow(one))
    flow = workflow(
        one, two, node(double, id="left"), node(double, id="right"),
        connections=(
            Connection(source="one", target="left", input="number"),
            Connection(source="two", target="right", input="number"),
        ),
    )  # fmt: skip
    before = known.replayed()

    after = replay(compile_plan(flow, memory_harness.registry), known.record, known.recording, before=before.asked)

    assert (after.status, after.unknown, after.depends) == (None, ("two",), ("right",))
    assert after.nodes["left"].outputs == {"output": 2}
