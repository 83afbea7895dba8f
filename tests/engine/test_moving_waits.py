"""5.2: what waits, is in doubt, tries again or cannot be moved."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, cast

import pytest

from tests.engine.nodes import boom, parallel, pass_on, show, try_, wait
from treadle.engine.journal import Batch, Entry, EntryKind
from treadle.errors import Conflict
from treadle.model.policy import Settings
from treadle.model.workflow import Node, Workflow
from treadle.testing import FakeEffect, Harness, chain, connect, node, workflow
from treadle.testing.crash import Crash
from treadle.testing.graphs import graph
from treadle.testing.harness import Movable, TestRun


def held(**config: Any) -> Node:
    return node(wait, id="hold", config={"duration": "1h", **config})


def approving(title: str, *more: Node | FakeEffect, **fields: Any) -> Workflow:
    ask = Node(id="ask", type="flow.approval", config={"title": title})
    return workflow(ask, *more, **fields)


async def tasks_of(harness: Harness, run: TestRun) -> list[tuple[str, str]]:
    return [(task.title, task.status) for task in await harness.exchange.list_tasks(run_id=run.id)]


async def test_a_task_that_is_unchanged_stays_in_the_inbox(harness: Harness) -> None:
    run = await harness.start(approving("Pay?"))

    await harness.move(run, approving("Pay?", FakeEffect("more")))
    await harness.answer(run)

    assert (run.status, await tasks_of(harness, run)) == ("completed", [("Pay?", "done")])


async def test_a_task_that_changed_is_taken_back_and_asked_anew(harness: Harness) -> None:
    run = await harness.start(approving("Pay?"))

    move = await harness.move(run, approving("Pay 7?"))
    await harness.drive(run)

    assert move.abandoned == ("ask",)
    assert sorted(await tasks_of(harness, run)) == [("Pay 7?", "open"), ("Pay?", "cancelled")]


async def test_a_task_that_is_gone_is_taken_back(harness: Harness) -> None:
    run = await harness.start(approving("Pay?", held()))

    move = await harness.move(run, workflow(held()))

    assert [one.path for one in move.removed] == ["ask"]
    assert await tasks_of(harness, run) == [("Pay?", "cancelled")]


async def test_a_task_that_is_taken_back_does_not_return_with_the_old_version(harness: Harness) -> None:
    run = await harness.start(approving("Pay?", held()))
    await harness.move(run, workflow(held()))

    await harness.move(run, approving("Pay?", held()))
    await harness.drive(run)

    assert sorted(await tasks_of(harness, run)) == [("Pay?", "cancelled"), ("Pay?", "open")]


async def test_a_child_that_is_waited_for_is_kept(harness: Harness) -> None:
    child = workflow(held(), name="child", outputs=7)
    harness.children.know(child)
    call = Node(id="call", type="flow.workflow", config={"workflow": "child"})
    run = await harness.start(workflow(call, name="parent", outputs="{{ nodes.call.output }}"))

    await harness.move(run, workflow(call, FakeEffect("more"), name="parent", outputs="{{ nodes.call.output }}"))
    await harness.drive(run)
    await harness.finish(run)

    started = [entry for entry in await harness.entries(run) if entry.node == "call" and entry.kind is EntryKind.INTENT]
    assert (run.status, run.output, len(started)) == ("completed", 7, 1)


async def in_doubt(harness: Harness, flow: Workflow) -> TestRun:
    run = await harness.start(flow, crash=Crash("after_effect", "charge"))
    await harness.drive(run)
    assert run.statuses()["charge"] == "in_doubt"
    return run


async def test_an_effect_in_doubt_that_is_unchanged_stays_in_doubt(harness: Harness) -> None:
    charge = FakeEffect("charge", returns="paid")
    run = await in_doubt(harness, chain(charge))

    move = await harness.move(run, chain(charge, pass_on))
    await harness.resolve(run, "charge", "done", {"output": "paid"})

    assert not move.problems
    assert (run.status, run.output, charge.calls) == ("completed", "paid", 1)


@pytest.mark.parametrize("changed", ["config", "removed", "behind"])
async def test_an_effect_in_doubt_that_is_not_unchanged_has_to_be_settled_first(harness: Harness, changed: str) -> None:
    charge, first = FakeEffect("charge"), FakeEffect("first", returns=1)
    run = await in_doubt(harness, chain(node(first), node(charge)))
    before = await harness.entries(run)
    versions = {
        "config": chain(node(first), node(charge, id="other"), node(charge, config={"value": 2})),
        "removed": chain(first),
        "behind": chain(node(first, config={"value": 5}), node(charge)),
    }

    move = await harness.move(run, versions[changed])

    assert [problem.code for problem in move.problems] == ["in_doubt"]
    assert f"treadle resolve {run.id} charge" in (move.problems[0].remedy or "")
    assert await harness.entries(run) == before


async def test_what_was_said_of_an_effect_in_doubt_holds_in_the_new_version(harness: Harness) -> None:
    charge = FakeEffect("charge")
    run = await in_doubt(harness, chain(charge, pass_on))
    last = max(entry.sequence for entry in await harness.entries(run) if entry.node == "charge")
    said = {"outcome": "done", "outputs": {"output": "paid"}}
    answer = Entry("", "charge", last + 1, EntryKind.RESOLUTION, harness.clock.now(), said)
    await harness.journal.append(Batch(run.id, run.record.epoch, entries=[answer]))

    move = await harness.move(run, chain(charge, pass_on, node(pass_on, id="last")))
    await harness.drive(run)

    assert not move.problems
    assert (run.status, run.output, charge.calls) == ("completed", "paid", 1)


@pytest.mark.parametrize(("given", "attempts"), [(1, [1, 2]), (2, [1, 1])])
async def test_a_node_that_tries_again_later_goes_on_unless_it_changed(
    harness: Harness, given: int, attempts: list[int]
) -> None:
    retry = {"max_attempts": 3, "delay": 60, "jitter": False}
    send = FakeEffect("send", fails=[OSError("busy")])
    run = await harness.start(workflow(node(send, config={"value": 1}, retry=retry)))

    await harness.move(run, workflow(node(send, config={"value": given}, retry=retry), node(pass_on)))
    await harness.finish(run)

    assert (run.status, send.attempts, send.values) == ("completed", attempts, [given])


async def test_what_was_drawn_stays_with_what_is_kept_and_is_drawn_anew_for_other_work(harness: Harness) -> None:
    mail, order = FakeEffect("mail"), FakeEffect("order", returns=lambda value: value)

    def ordering(symbol: str) -> Workflow:
        return workflow(
            node(mail, config={"value": "{{ uuid() }} {{ now() }}"}),
            node(order, config={"value": {"id": "{{ uuid() }}", "symbol": symbol}}),
            held(),
        )

    run = await harness.start(ordering("A"))
    harness.clock.advance(60)

    await harness.move(run, ordering("B"))
    await harness.finish(run)

    first, second = order.values
    assert isinstance(first, dict)
    assert isinstance(second, dict)
    assert mail.calls == 1
    assert first["id"] != second["id"]


async def test_a_secret_that_was_renewed_is_no_change_and_is_not_written_down(memory_harness: Harness) -> None:
    harness = memory_harness
    harness.secrets["token"] = "s3cret-before"
    first, mail = FakeEffect("first", returns=1), FakeEffect("mail")

    def mailing(given: int) -> Workflow:
        return workflow(
            node(first, config={"value": given}),
            node(mail, config={"value": "{{ secrets.token }} {{ nodes.first.output }}"}),
            held(),
        )

    run = await harness.start(mailing(1))
    move = await harness.move(run, mailing(2))
    harness.secrets["token"] = "s3cret-after"
    await harness.finish(run)

    assert [one.path for one in move.later] == ["mail"]
    assert (run.status, mail.calls) == ("completed", 1)
    assert "s3cret" not in str(move.change.entries)


@pytest.mark.parametrize("read", ["workflow.version", "run.attempt", "state.count ?? 0"])
async def test_what_changes_with_every_move_is_no_change(harness: Harness, read: str) -> None:
    mail = FakeEffect("mail")
    told = node(mail, config={"value": f"{{{{ {read} }}}}"})
    count = Node(id="count", type="data.variable", config={"name": "count", "action": "increment"}, after=("mail",))
    run = await harness.start(workflow(told, count, held()))

    move = await harness.move(run, workflow(told, count, held(), node(pass_on)))
    await harness.finish(run)

    assert sorted(one.path for one in move.kept) == ["count", "hold", "mail"]
    assert (run.status, mail.calls) == ("completed", 1)


async def test_a_setting_that_says_its_default_is_no_change(harness: Harness) -> None:
    """By value: `mode: all` was so before it was written down."""
    before = Node(id="ask", type="flow.approval", config={"title": "Pay?"})
    after = Node(id="ask", type="flow.approval", config={"title": "{{ 'Pay' + '?' }}", "message": ""})
    run = await harness.start(workflow(before))

    move = await harness.move(run, workflow(after))

    assert [one.path for one in move.kept] == ["ask"]


async def test_a_pin_is_work_where_pins_count(harness: Harness) -> None:
    send = FakeEffect("send")
    run = await harness.start(workflow(node(send, pinned=1), held()), mode="test")

    move = await harness.move(run, workflow(node(send, pinned=2), held(), outputs="{{ nodes.send.output }}"))
    await harness.finish(run)

    assert move.again[0].reasons == ("what is pinned changed",)
    assert (run.output, send.calls) == (2, 0)


async def test_a_lazy_node_that_nobody_asks_for_any_more_counts_no_more(harness: Harness) -> None:
    fetch, use = FakeEffect("fetch", returns=4), FakeEffect("use")
    lazy = node(fetch, lazy=True)
    run = await harness.start(workflow(lazy, use, held(), connections=connect("fetch -> use")))

    await harness.move(run, workflow(lazy, node(use, when=False), held(), connections=connect("fetch -> use")))
    await harness.finish(run)

    assert (run.result.nodes["fetch"].status, fetch.calls, use.calls) == ("skipped", 1, 1)


async def test_a_node_that_joined_first_goes_by_the_same_wherever_it_stands_in_the_file(harness: Harness) -> None:
    slow = node(wait, id="slow", config={"duration": "2h", "value": "slow"})
    quick, use = FakeEffect("quick", returns="quick"), FakeEffect("use", returns=lambda value: value)
    joined = node(use, join="first")
    wires = connect("slow.value -> use", "quick -> use")
    run = await harness.start(workflow(slow, quick, joined, held(), connections=wires))

    added = FakeEffect("added")
    move = await harness.move(run, workflow(held(), added, joined, quick, slow, connections=wires))
    await harness.finish(run)

    assert "use" in [one.path for one in move.kept]
    assert use.values == ["quick"]


async def test_a_race_that_was_won_stays_won(harness: Harness) -> None:
    quick, slow = FakeEffect("quick", returns="quick"), node(wait, id="slow", config={"duration": "2h"})

    def racing(*more: Any) -> Workflow:
        race = node(parallel, config={"wait_for": "first"}, body=graph(quick, slow))
        return workflow(race, held(), *more, outputs="{{ nodes.parallel.output }}")

    run = await harness.start(racing())

    move = await harness.move(run, racing(node(pass_on)))
    await harness.finish(run)

    assert not move.again
    assert (run.status, quick.calls) == ("completed", 1)


async def test_a_race_is_run_again_where_its_branches_changed(harness: Harness) -> None:
    quick, slow = FakeEffect("quick", returns="quick"), node(wait, id="slow", config={"duration": "2h"})

    def racing(given: int) -> Workflow:
        body = graph(node(quick, config={"value": given}), slow)
        return workflow(node(parallel, config={"wait_for": "first"}, body=body), held())

    run = await harness.start(racing(1))

    await harness.move(run, racing(2))
    await harness.finish(run)

    assert (run.status, quick.values) == ("completed", [1, 2])


async def test_a_version_that_would_fail_at_once_is_refused(harness: Harness) -> None:
    run = await harness.start(workflow(held()))

    move = await harness.move(run, workflow(held(), boom))

    assert [(problem.code, problem.node) for problem in move.problems] == [("would_fail", "boom")]
    assert (await harness.finish(run)).status == "completed"


async def test_a_trigger_that_started_the_run_may_not_be_gone(harness: Harness) -> None:
    run = await harness.start(workflow(Node(id="begin", type="trigger.manual"), held()), trigger="begin")

    move = await harness.move(run, workflow(held()))

    assert [problem.code for problem in move.problems] == ["unknown_trigger"]


async def test_a_timeout_that_is_over_is_said(harness: Harness) -> None:
    run = await harness.start(workflow(held()))
    harness.clock.advance(600)

    move = await harness.move(run, workflow(held(), settings=Settings(timeout=300)))
    await harness.finish(run)

    assert "timeout of 300 s is over" in move.warnings[-1]
    assert (run.status, run.error and run.error.type) == ("failed", "timeout")


async def test_the_new_versions_outputs_are_the_runs(harness: Harness) -> None:
    run = await harness.start(workflow(held(), outputs=1))

    await harness.move(run, workflow(held(), outputs=2))
    await harness.finish(run)

    assert run.output == 2


async def test_a_run_that_is_ending_is_not_moved(harness: Harness) -> None:
    """It was cancelled, and what its `finally` body waits for has not come yet."""
    last = node(try_, id="t", body=graph(held()), finally_=graph(node(wait, id="end", config={"duration": "3h"})))
    run = await harness.start(workflow(last))
    await harness.cancel(run)
    assert run.status == "suspended"

    move = await harness.plan_move(run, workflow(last, FakeEffect("more")))

    assert "run_ending" in [problem.code for problem in move.problems]


async def test_a_move_that_was_planned_for_what_the_run_no_longer_is_changes_nothing(harness: Harness) -> None:
    run = await harness.start(workflow(held()))
    plan = await harness.plan_move(run, workflow(held(duration="2h")))
    harness.clock.advance(60)
    await harness.drive(run)
    before = await harness.entries(run)

    with pytest.raises(Conflict) as refused:
        await cast(Movable, harness.journal).move_run(plan.change, now=harness.clock.now())

    assert refused.value.code == "run_changed"
    assert await harness.entries(run) == before


async def test_whoever_drove_the_run_before_cannot_write_any_more(harness: Harness) -> None:
    run = await harness.start(workflow(held()))
    epoch = run.record.epoch

    await harness.move(run, workflow(held(), FakeEffect("more")))

    record = await cast(Movable, harness.journal).get_run(run.id)
    assert record.epoch == epoch + 1
    assert (record.status, record.wake_at) == ("suspended", harness.clock.now())


@pytest.mark.parametrize("save", ["all", "failures"])
async def test_pure_nodes_are_computed_anew_and_nothing_else(harness: Harness, save: str) -> None:
    mail = FakeEffect("mail")

    def mailing(text: str) -> Workflow:
        return workflow(
            node(show, config={"what": text}),
            node(mail),
            held(),
            connections=connect("show -> mail"),
            settings=Settings.model_validate({"save": save}),
        )

    run = await harness.start(mailing("a"))
    harness.clock.set(harness.clock.now() + timedelta(minutes=1))

    await harness.move(run, mailing("b"))
    await harness.finish(run)

    assert (run.status, mail.values) == ("completed", ["a", "b"])
