"""Forks: a run that goes on from the middle of another (§5.3)."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.engine.nodes import if_, loop, parallel, stop, try_, value, wait, while_
from tests.engine.reference import Spec
from tests.engine.test_random_graphs import Outside, build, came_to, effects_of, specs
from treadle.engine.forking import ForkPlan, plan_fork
from treadle.engine.journal import Batch
from treadle.errors import Conflict, NotFound
from treadle.model.ids import new_run_id
from treadle.model.run import RunRecord
from treadle.model.workflow import Workflow
from treadle.node import Context, JsonValue, effect
from treadle.testing.crash import Crash
from treadle.testing.fake_effect import FakeEffect
from treadle.testing.graphs import chain, connect, graph, node, workflow
from treadle.testing.harness import Harness, TestRun


async def plan_of(
    harness: Harness, run: TestRun, at: str, *, to: Workflow | None = None, **more: Any
) -> tuple[Any, ForkPlan]:
    plan = harness.plan(to) if to is not None else run.plan
    entries = await harness.journal.load(run.id)
    changed_from = run.plan if to is not None else None
    return plan, plan_fork(plan, entries, at, now=harness.clock.now(), changed_from=changed_from, **more)


async def fork(harness: Harness, run: TestRun, at: str, **more: Any) -> TestRun:
    """Fork a run and drive the fork to its end."""
    plan, made = await plan_of(harness, run, at, **more)
    record = RunRecord(
        id=new_run_id(),
        workflow=run.record.workflow,
        version=plan.version,
        input=run.record.input,
        deployment=run.record.deployment,
        created_at=harness.clock.now(),
    )
    entries = [*made.copied, *made.rewritten]
    await harness.journal.append(Batch(record.id, 0, opens=record, entries=entries))
    forked = TestRun(plan, record, drives=1)
    await harness.recover(forked)
    return forked


async def test_what_comes_before_the_node_is_copied_and_the_rest_runs_anew(harness: Harness) -> None:
    """5.3: under the fork's own idempotency keys."""
    first, second, third = (FakeEffect(name, returns=lambda v, n=name: f"{v}>{n}") for name in ("a", "b", "c"))
    run = await harness.run(chain(node(value, config={"of": "in"}), first, second, third))

    forked = await fork(harness, run, "b")

    assert (forked.status, forked.output) == ("completed", "in>a>b>c")
    assert (first.calls, second.calls, third.calls) == (1, 2, 2)
    assert (second.distinct, third.distinct) == (2, 2)


async def test_the_source_is_as_it_was(harness: Harness) -> None:
    run = await harness.run(chain(FakeEffect("a"), FakeEffect("b")))
    before = await harness.entries(run)

    await fork(harness, run, "b")

    assert await harness.entries(run) == before


async def test_an_edited_output_is_what_the_node_sees(harness: Harness) -> None:
    first, second = FakeEffect("a", returns=1), FakeEffect("b", returns=lambda v: v)
    run = await harness.run(chain(first, second))

    forked = await fork(harness, run, "b", edits={"a": {"output": 41}})

    assert (forked.output, first.calls, second.values) == (41, 1, [1, 41])


async def test_a_node_whose_own_output_is_edited_does_not_run(harness: Harness) -> None:
    first, second, third = FakeEffect("a"), FakeEffect("b"), FakeEffect("c")
    run = await harness.run(chain(first, second, third))

    await fork(harness, run, "b", edits={"b": {"output": "by hand"}})

    assert (first.calls, second.calls, third.values) == (1, 1, [None, "by hand"])


async def test_what_was_computed_from_an_edited_output_runs_anew(harness: Harness) -> None:
    """An edit that has no effect would be no edit."""
    first, second, third = (FakeEffect(name, returns=lambda v, n=name: f"{v}>{n}") for name in ("a", "b", "c"))
    run = await harness.run(chain(first, second, third))

    forked = await fork(harness, run, "c", edits={"a": {"output": "x"}})

    assert (forked.output, first.calls, second.calls) == ("x>b>c", 1, 2)


async def test_an_edit_may_take_another_branch(harness: Harness) -> None:
    yes, no = FakeEffect("yes"), FakeEffect("no")
    run = await harness.run(
        workflow(
            node(value, config={"of": 1}), node(if_, config={"condition": "input.a > 0"}), yes, no,
            connections=connect("value -> if.a", "if.true -> yes.trigger", "if.false -> no.trigger"),
        )
    )  # fmt: skip

    await fork(harness, run, "if", edits={"value": {"output": -1}})

    assert (yes.calls, no.calls) == (1, 1)


async def test_what_does_not_follow_from_the_node_is_copied_too(harness: Harness) -> None:
    """A branch beside it: its mail has gone out, and need not go out again."""
    beside, first, second = FakeEffect("beside"), FakeEffect("a"), FakeEffect("b")
    run = await harness.run(workflow(beside, first, second, connections=connect("a -> b")))

    await fork(harness, run, "b")

    assert (beside.calls, first.calls, second.calls) == (1, 1, 2)


async def test_a_branch_beside_it_runs_anew_where_that_is_asked_for(harness: Harness) -> None:
    beside, first, second = FakeEffect("beside"), FakeEffect("a"), FakeEffect("b")
    run = await harness.run(workflow(beside, first, second, connections=connect("a -> b")))

    await fork(harness, run, "b", upstream_only=True)

    assert (beside.calls, first.calls, second.calls) == (2, 1, 2)


async def test_a_failed_run_is_forked_where_it_failed(harness: Harness) -> None:
    first, second = FakeEffect("a", returns=1), FakeEffect("b", fails=[OSError("no")])
    run = await harness.run(chain(first, second))

    forked = await fork(harness, run, "b")

    assert (run.status, forked.status, first.calls) == ("failed", "completed", 1)


async def test_a_failure_that_was_dealt_with_is_a_result(harness: Harness) -> None:
    first, after = FakeEffect("a", fails=[OSError("no")]), FakeEffect("after")
    run = await harness.run(workflow(node(first, on_error="branch"), after, connections=connect("a.error -> after")))

    forked = await fork(harness, run, "after")

    assert (forked.status, first.attempts, after.calls) == ("completed", [1], 2)
    assert forked.statuses()["a"] == "failed"


async def test_changes_of_state_stay_with_the_run_that_made_them(harness: Harness) -> None:
    """6.2: they commit with it or not at all; neither they nor what it counted is counted twice."""

    @effect("t.count", in_doubt="repeat")
    async def count(ctx: Context, value: JsonValue = None) -> JsonValue:
        """Adds one."""
        ctx.count("trades")
        return await ctx.state.increment("total")

    after = FakeEffect("after")
    run = await harness.run(chain(count, after))

    forked = await fork(harness, run, "after")
    again = await fork(harness, run, "count")

    assert (forked.status, again.status) == ("completed", "completed")
    assert await harness.journal.list_state("workflow:under-test") == {"total": 2}
    assert [entry.body.get("state") for entry in await harness.entries(forked) if entry.node == "count"] == [None]


# Containers


def looped(send: FakeEffect, *, parallel: bool, after: FakeEffect, before: FakeEffect) -> Workflow:
    body = graph(node(before, config={"value": "{{ loop.item }}"}), send, connections=connect("before -> send"))
    return chain(node(loop, config={"items": [0, 1, 2, 3], "parallel": parallel}, body=body), after)


@pytest.mark.parametrize(("parallel", "again"), [(False, [2, 3]), (True, [2])])
async def test_iterations_before_are_kept_and_others_too_where_they_run_side_by_side(
    harness: Harness, parallel: bool, again: list[int]
) -> None:
    """Of iterations one after the other, a later one may build on what an earlier one did."""
    before, send = FakeEffect("before", returns=lambda v: v), FakeEffect("send", returns=lambda v: v)
    after = FakeEffect("after", returns=lambda v: v)
    run = await harness.run(looped(send, parallel=parallel, after=after, before=before))

    forked = await fork(harness, run, "loop[2]/send")

    assert (forked.status, forked.output) == ("completed", [0, 1, 2, 3])
    assert sorted(send.values[4:]) == again  # type: ignore[type-var]
    assert sorted(before.values[4:]) == [item for item in again if item != 2]  # type: ignore[type-var]
    assert after.calls == 2


async def test_an_iteration_may_be_edited(harness: Harness) -> None:
    before, send = FakeEffect("before", returns=lambda v: v), FakeEffect("send", returns=lambda v: v)
    after = FakeEffect("after", returns=lambda v: v)
    run = await harness.run(looped(send, parallel=True, after=after, before=before))

    forked = await fork(harness, run, "after", edits={"loop[1]/before": {"output": "new"}})

    assert (forked.output, before.calls, send.values[4:]) == ([0, "new", 2, 3], 4, ["new"])


async def test_a_loop_that_remembers_goes_on_from_the_iteration(harness: Harness) -> None:
    """Its state was saved after each; those saved later do not count. The pause before the iteration is over."""
    add = FakeEffect("add", returns=lambda v: v + 1)
    body = graph(node(add, config={"value": "{{ loop.state }}"}))
    run = await harness.run(
        workflow(node(while_, config={"condition": "state < 4", "state": 0, "delay": "1h"}, body=body))
    )
    begun = harness.clock.now()

    forked = await fork(harness, run, "while[2]/add")

    assert (forked.output, add.values) == (4, [0, 1, 2, 3, 2, 3])
    assert (harness.clock.now() - begun).total_seconds() == 3600


async def test_a_body_that_failed_is_as_it_was_where_its_catch_is_forked(harness: Harness) -> None:
    """The error it saw is there, and `finally` comes after it."""
    bad, mend, tidy = FakeEffect("bad", fails=[OSError("no")]), FakeEffect("mend"), FakeEffect("tidy")
    bodies = {"catch": graph(node(mend, config={"value": "{{ error.message }}"})), "finally": graph(tidy)}
    trying = node(try_, body=graph(bad), **bodies)  # type: ignore[arg-type]
    run = await harness.run(workflow(trying))

    forked = await fork(harness, run, "try.catch/mend")

    assert (forked.status, bad.attempts, mend.calls, tidy.calls) == ("completed", [1], 2, 2)
    assert mend.values[0] == mend.values[1]


async def test_a_body_that_is_forked_where_it_failed_leaves_its_catch_out(harness: Harness) -> None:
    bad, mend = FakeEffect("bad", fails=[OSError("no")], returns="well"), FakeEffect("mend")
    run = await harness.run(workflow(node(try_, body=graph(bad), catch=graph(mend))))

    forked = await fork(harness, run, "try/bad")

    assert (forked.output["result"], mend.calls) == ("well", 1)


async def test_a_node_in_a_loop_in_a_loop_is_forked(harness: Harness) -> None:
    """5.3: the pauses of the iterations before are over; the loop around goes on from its own place."""
    send, after = FakeEffect("send", returns=lambda v: v), FakeEffect("after", returns=lambda v: v)
    item = "{{ loop.parent.item * 10 + loop.item }}"
    inner = node(loop, id="inner", config={"items": [1, 2]}, body=graph(node(send, config={"value": item})))
    outer = node(loop, id="outer", config={"items": [1, 2, 3]}, body=graph(inner))
    run = await harness.run(chain(outer, after))

    forked = await fork(harness, run, "outer[1]/inner[1]/send")

    assert forked.output == [[11, 12], [21, 22], [31, 32]]
    assert send.values[6:] == [22, 31, 32]


async def test_what_runs_anew_is_told_also_of_later_iterations(harness: Harness) -> None:
    before, send, after = FakeEffect("before"), FakeEffect("send"), FakeEffect("after")
    run = await harness.run(looped(send, parallel=False, after=after, before=before))

    _, made = await plan_of(harness, run, "loop[2]/send")

    assert made.effects == ("after", "loop[2]/send", "loop[3]/before", "loop[3]/send")
    assert made.kept == ("loop[2]/before",)


async def test_a_fork_is_forked_like_any_run(harness: Harness) -> None:
    first, second, third = FakeEffect("a", returns=1), FakeEffect("b", returns=2), FakeEffect("c")
    run = await harness.run(chain(first, second, third))
    forked = await fork(harness, run, "c", edits={"b": {"output": 5}})

    again = await fork(harness, forked, "c")

    assert (again.status, third.values, first.calls, second.calls) == ("completed", [2, 5, 5], 1, 1)


async def test_a_race_is_run_again_as_a_whole(harness: Harness) -> None:
    """A branch that has won would end it at once, and the forked node with it."""
    quick, slow = FakeEffect("quick"), FakeEffect("slow", held=True)
    run = await harness.run(workflow(node(parallel, config={"until": "first"}, body=graph(quick, slow))))

    forked = await fork(harness, run, "parallel/slow")

    assert (run.status, forked.status, quick.calls) == ("completed", "completed", 2)


# Runs that have not finished, and what cannot be


async def test_a_run_that_still_waits_is_forked_before_it(harness: Harness) -> None:
    first, after = FakeEffect("a"), FakeEffect("after")
    run = await harness.start(chain(first, node(wait, config={"duration": "9h"}), after))

    forked = await fork(harness, run, "wait", edits={"wait": {"value": "at once"}})

    assert (run.status, forked.status) == ("suspended", "completed")
    assert (first.calls, after.values) == (1, ["at once"])


@pytest.mark.parametrize(
    ("at", "said"),
    [("after", "`wait`, which it needs, still waits"), ("beyond", "`wait`, which it needs, still waits")],
)
async def test_a_node_that_was_not_reached_is_refused(harness: Harness, at: str, said: str) -> None:
    run = await harness.start(chain(node(wait, config={"duration": "9h"}), FakeEffect("after"), FakeEffect("beyond")))

    with pytest.raises(Conflict, match=said) as refused:
        await plan_of(harness, run, at)

    assert (refused.value.code, "Fork at `" in str(refused.value.remedy)) == ("not_reached", True)


async def test_what_needs_an_effect_in_doubt_is_refused(harness: Harness) -> None:
    pay, ship = FakeEffect("pay"), FakeEffect("ship")
    run = await harness.start(chain(pay, ship), crash=Crash("after_intent", "pay"))
    await harness.recover(run)

    with pytest.raises(Conflict, match="`pay`, which it needs, is in doubt"):
        await plan_of(harness, run, "ship")

    said = await fork(harness, run, "ship", edits={"pay": {"output": "paid"}})
    assert (said.status, ship.values) == ("completed", ["paid"])


async def test_what_needs_a_node_that_failed_is_refused(harness: Harness) -> None:
    run = await harness.run(chain(FakeEffect("a", fails=[OSError("no")]), FakeEffect("b")))

    with pytest.raises(Conflict, match="`a`, which it needs, has failed"):
        await plan_of(harness, run, "b")


async def test_what_comes_after_the_end_of_the_run_is_refused(harness: Harness) -> None:
    run = await harness.run(workflow(stop, node(FakeEffect("b"), after=("stop",))))

    with pytest.raises(Conflict, match="`stop`, which it needs, ended the run"):
        await plan_of(harness, run, "b")


async def test_an_output_that_comes_after_the_node_cannot_be_edited(harness: Harness) -> None:
    run = await harness.run(chain(FakeEffect("a"), FakeEffect("b")))

    with pytest.raises(Conflict, match="`b` comes after `a`") as refused:
        await plan_of(harness, run, "a", edits={"b": {"output": 1}})

    assert refused.value.code == "edit_after_fork"


async def test_a_container_whose_input_is_edited_is_not_forked_inside(harness: Harness) -> None:
    """Its iterations may be others altogether."""
    send = FakeEffect("send")
    each = node(loop, body=graph(node(send, config={"value": "{{ loop.item }}"})))
    run = await harness.run(chain(node(value, config={"of": [1, 2]}), each))

    with pytest.raises(Conflict, match="all of it runs anew") as refused:
        await plan_of(harness, run, "loop[1]/send", edits={"value": {"output": [7]}})

    assert refused.value.code == "container_runs_anew"


@pytest.mark.parametrize(
    ("at", "said"),
    [
        ("sned", "Did you mean `send`?"),
        ("send", "There is `loop/send`, inside a container."),
        ("loop[0]/other", "There are `send`."),
        ("value[0]/send", "There is nothing inside `value`."),
    ],
)
async def test_an_unknown_node_is_refused_with_what_is_nearest(harness: Harness, at: str, said: str) -> None:
    each = node(loop, body=graph(node(FakeEffect("send"), config={"value": "{{ loop.item }}"})))
    run = await harness.run(chain(node(value, config={"of": [1]}), each))
    at = at.replace("sned", "loop[0]/sned")

    with pytest.raises(NotFound, match="There is no node") as refused:
        await plan_of(harness, run, at)

    assert (refused.value.code, refused.value.remedy) == ("unknown_node", said)


@pytest.mark.parametrize(
    ("at", "said"), [("loop/send", "loop[0]/send"), ("loop[7]/send", "never came to `loop[7]/send`")]
)
async def test_an_iteration_that_never_was_is_refused(harness: Harness, at: str, said: str) -> None:
    each = node(loop, body=graph(node(FakeEffect("send"), config={"value": "{{ loop.item }}"})))
    run = await harness.run(chain(node(value, config={"of": [1]}), each))

    with pytest.raises(Conflict) as refused:
        await plan_of(harness, run, at)

    assert said in str(refused.value)


# Another version


async def test_a_fork_may_go_on_with_another_version(harness: Harness) -> None:
    """What is the same in it is kept; what has changed, and what follows from it, runs anew."""
    a, b, c = (FakeEffect(name, returns=lambda v, n=name: f"{v}>{n}") for name in ("a", "b", "c"))
    run = await harness.run(chain(a, b, c))
    later = chain(a, node(b, when=True), c, FakeEffect("d", returns="end"))

    forked = await fork(harness, run, "c", to=later)

    assert (forked.output, a.calls, b.calls, c.calls) == ("end", 1, 2, 2)


async def test_a_node_that_is_titled_anew_or_may_try_longer_is_the_same(harness: Harness) -> None:
    a, b = FakeEffect("a"), FakeEffect("b")
    run = await harness.run(chain(a, b))

    await fork(harness, run, "b", to=chain(node(a, title="The first", timeout=9), b))

    assert (a.calls, b.calls) == (1, 2)


# Random graphs


@given(specs(may_fail=False), st.data())
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_fork_without_edits_ends_as_the_run_did_and_repeats_only_what_follows(made: list[Spec], data: Any) -> None:
    """5.3: no effect upstream of the node, every effect downstream once more, nothing beside it."""
    inside = [f"{spec.id}[1]/inner" for spec in made if spec.kind == "each"]
    at = data.draw(st.sampled_from([spec.id for spec in made] + inside))

    asyncio.run(_fork_and_compare(made, at))


async def _fork_and_compare(made: list[Spec], at: str) -> None:
    harness, outside = Harness(), Outside()
    run = await harness.run(build(made, range(len(made)), outside.send(), 0))
    once = Counter(outside.times)
    paths = effects_of(made, came_to(run, made))
    began = any(entry.scope == at.rpartition("/")[0] for entry in await harness.entries(run))
    if "/" in at and not began:
        with pytest.raises(Conflict):
            await plan_of(harness, run, at)
        return

    forked = await fork(harness, run, at)

    assert came_to(forked, made) == came_to(run, made)
    assert forked.output == run.output
    follows = _anew(made, at)
    again = [path for path in paths if path.partition("[")[0] in follows and path not in _kept_inside(made, at)]
    assert outside.times - once == Counter(dict.fromkeys(outside.times - once, 1))
    assert sum((outside.times - once).values()) == len(again)


def _anew(made: list[Spec], at: str) -> set[str]:
    """The node and everything that follows from it."""
    start = at.partition("[")[0]
    found = {start}
    for spec in made:
        before = {source for source, _ in (*spec.sources, *spec.triggers)} | {*spec.after, spec.when, spec.extra}
        if before & found:
            found.add(spec.id)
    return found


def _kept_inside(made: list[Spec], at: str) -> set[str]:
    """Of a loop that is forked in its second iteration."""
    start, inside, _ = at.partition("[")
    if not inside:
        return set()
    parallel = next(spec.parallel for spec in made if spec.id == start)
    return {f"{start}[0]/inner", *([f"{start}[2]/inner"] if parallel else [])}
