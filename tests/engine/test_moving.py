"""5.2: a waiting run goes over to another version; what is unchanged is kept, the rest runs."""

from __future__ import annotations

from typing import Any

import pytest

from tests.engine.nodes import double, loop, pass_on, try_, value, wait, while_
from treadle.engine.moving import Move
from treadle.model.policy import Settings
from treadle.model.workflow import Connection, Node, Workflow
from treadle.testing import FakeEffect, Harness, chain, connect, node, workflow
from treadle.testing.crash import Crash, Point
from treadle.testing.graphs import graph


def held(duration: str = "1h", **fields: Any) -> Node:
    """A node that waits and passes on what comes in."""
    return node(wait, id="hold", config={"duration": duration}, **fields)


def paths(nodes: Any) -> list[str]:
    return [one.path for one in nodes]


def lists(move: Move) -> dict[str, list[str]]:
    return {name: paths(getattr(move, name)) for name in ("kept", "again", "new", "later", "removed")}


async def test_an_effect_whose_work_is_unchanged_is_kept(harness: Harness) -> None:
    mail, after = FakeEffect("mail", returns="sent"), FakeEffect("after")
    run = await harness.start(chain(mail, held(), after))
    version = run.record.version

    move = await harness.move(run, chain(mail, held(), after, node(pass_on, id="more")))
    await harness.finish(run)

    assert (lists(move)["kept"], lists(move)["new"]) == (["hold", "mail"], ["more"])
    assert run.status == "completed"
    assert (mail.calls, after.calls, after.values) == (1, 1, ["sent"])
    assert run.result.version == run.plan.version
    assert run.record.origin is not None
    assert run.record.origin.moved_from == version


async def test_an_effect_whose_config_changed_runs_once_more_as_other_work(harness: Harness) -> None:
    mail = FakeEffect("mail", returns=lambda value: f"sent {value}")
    run = await harness.start(workflow(node(mail, config={"value": "a"}), held(), connections=connect("mail -> hold")))

    move = await harness.move(
        run, workflow(node(mail, config={"value": "b"}), held(), connections=connect("mail -> hold"))
    )
    await harness.finish(run)

    assert lists(move)["again"] == ["mail"]
    assert move.again[0].reasons == ("input `value` changed",)
    assert mail.values == ["a", "b"]
    assert mail.distinct == 2
    assert run.output == "sent b"


async def test_what_lies_behind_a_changed_effect_is_kept_if_that_comes_to_the_same(harness: Harness) -> None:
    first = FakeEffect("first", returns="same")
    mail = FakeEffect("mail", returns="sent")
    run = await harness.start(chain(node(first, config={"value": 1}), mail, held()))

    move = await harness.move(run, chain(node(first, config={"value": 2}), mail, held()))
    await harness.finish(run)

    assert lists(move)["again"] == ["first"]
    assert lists(move)["later"] == ["hold", "mail"]
    assert (first.calls, mail.calls) == (2, 1)
    assert run.status == "completed"


async def test_what_lies_behind_a_changed_effect_runs_again_if_that_comes_to_something_else(harness: Harness) -> None:
    first = FakeEffect("first", returns=lambda value: value)
    mail = FakeEffect("mail", returns="sent")
    run = await harness.start(chain(node(first, config={"value": 1}), mail, held()))

    await harness.move(run, chain(node(first, config={"value": 2}), mail, held()))
    await harness.finish(run)

    assert mail.values == [1, 2]
    assert mail.distinct == 2


async def test_it_does_not_matter_where_an_equal_value_comes_from(harness: Harness) -> None:
    """By value, not by the text: a constant, an expression, another node."""
    mail = FakeEffect("mail")
    run = await harness.start(workflow(node(mail, config={"value": 4}), held()))

    move = await harness.move(
        run,
        workflow(
            node(double, config={"number": "{{ 1 + 1 }}"}), node(mail), held(), connections=connect("double -> mail")
        ),
    )
    await harness.finish(run)

    assert "mail" in lists(move)["kept"]
    assert mail.calls == 1


async def test_a_node_that_is_gone_is_forgotten_with_a_warning(harness: Harness) -> None:
    mail = FakeEffect("mail")
    run = await harness.start(workflow(mail, held()))

    move = await harness.move(run, workflow(held()))
    await harness.finish(run)

    assert lists(move)["removed"] == ["mail"]
    assert "has happened and is forgotten" in move.warnings[0]
    assert set(run.result.nodes) == {"hold"}


async def test_a_node_that_was_renamed_is_removed_and_new(harness: Harness) -> None:
    mail = FakeEffect("mail")
    run = await harness.start(workflow(mail, held()))

    move = await harness.move(run, workflow(node(mail, id="letter"), held()))
    await harness.finish(run)

    assert (lists(move)["removed"], lists(move)["new"]) == (["mail"], ["letter"])
    assert mail.calls == 2


async def test_moved_back_before_it_goes_on_nothing_has_been_forgotten(harness: Harness) -> None:
    mail = FakeEffect("mail")
    original = workflow(mail, held())
    run = await harness.start(original)
    await harness.move(run, workflow(held()))

    move = await harness.move(run, original)
    await harness.finish(run)

    assert lists(move)["kept"] == ["hold", "mail"]
    assert mail.calls == 1


async def test_a_wait_that_is_unchanged_keeps_its_start(harness: Harness) -> None:
    run = await harness.start(workflow(held()))
    harness.clock.advance(1800)

    move = await harness.move(run, workflow(held(), node(value, config={"of": 2})))
    started = harness.clock.now()
    await harness.finish(run)

    assert "hold" in lists(move)["kept"]
    assert (harness.clock.now() - started).total_seconds() == pytest.approx(1800)


async def test_a_wait_that_changed_starts_over(harness: Harness) -> None:
    run = await harness.start(workflow(held()))
    harness.clock.advance(1800)

    move = await harness.move(run, workflow(held(duration="2h")))
    started = harness.clock.now()
    await harness.finish(run)

    assert (lists(move)["again"], move.abandoned) == (["hold"], ("hold",))
    assert (harness.clock.now() - started).total_seconds() == pytest.approx(7200)


async def test_only_the_iterations_whose_item_changed_run_again(harness: Harness) -> None:
    mail = FakeEffect("mail", returns=lambda value: value)

    def mailing(items: list[int]) -> Workflow:
        body = graph(node(mail, config={"value": "{{ loop.item }}"}))
        return workflow(node(loop, config={"items": items}, body=body), held(), connections=connect("loop -> hold"))

    run = await harness.start(mailing([1, 2, 3]))

    move = await harness.move(run, mailing([1, 5, 3, 4]))
    await harness.finish(run)

    assert mail.values == [1, 2, 3, 5, 4]
    assert lists(move)["again"] == ["loop", "loop[1]/mail"]
    assert run.output == [1, 5, 3, 4]


async def test_a_new_node_in_a_body_sees_what_the_old_ones_did(harness: Harness) -> None:
    mail, log = FakeEffect("mail", returns=lambda value: f"m{value}"), FakeEffect("log", returns=lambda value: value)

    def mailing(*more: Any, connections: tuple[Connection, ...] = ()) -> Workflow:
        body = graph(node(mail, config={"value": "{{ loop.item }}"}), *more, connections=connections)
        return workflow(node(loop, config={"items": [1, 2]}, body=body), held(), connections=connect("loop -> hold"))

    run = await harness.start(mailing())

    await harness.move(run, mailing(log, connections=connect("mail -> log")))
    await harness.finish(run)

    assert (mail.calls, log.values) == (2, ["m1", "m2"])
    assert run.output == ["m1", "m2"]


async def test_a_long_loop_keeps_what_lies_before_its_checkpoint(harness: Harness) -> None:
    mail = FakeEffect("mail", returns=lambda value: value)

    def mailing(*more: Any) -> Workflow:
        body = graph(node(mail, config={"value": "{{ loop.item }}"}), *more)
        long = node(loop, config={"items": 150, "max_iterations": 200}, body=body)
        return workflow(long, held(), connections=connect("loop -> hold"))

    run = await harness.start(mailing())

    await harness.move(run, mailing(node(value, config={"of": 7})))
    await harness.finish(run)

    assert mail.calls == 150
    assert run.status == "completed"


async def test_a_while_does_not_pause_again_for_iterations_that_are_kept(harness: Harness) -> None:
    poll = FakeEffect("poll", returns=lambda value: value + 1)

    def polling(*more: Any, **fields: Any) -> Workflow:
        body = graph(node(poll, config={"value": "{{ loop.state }}"}), *more, **fields)
        config = {"condition": "state < 5", "state": 0, "delay": "1h"}
        return workflow(node(while_, id="until", config=config, body=body), outputs="{{ nodes.until.output }}")

    run = await harness.start(polling())
    for _ in range(2):
        harness.clock.advance(3600)
        await harness.drive(run)
    assert poll.calls == 3

    await harness.move(
        run, polling(node(double), connections=connect("poll -> double"), outputs="{{ nodes.poll.output }}")
    )
    started = harness.clock.now()
    await harness.finish(run)

    assert (poll.values, run.output) == ([0, 1, 2, 3, 4], 5)
    assert (harness.clock.now() - started).total_seconds() == pytest.approx(2 * 3600)


async def test_a_failure_that_was_dealt_with_means_what_the_new_version_says(harness: Harness) -> None:
    bad = FakeEffect("bad", fails=[OSError("no")])
    after = FakeEffect("after")
    run = await harness.start(workflow(node(bad, on_error="continue"), held()))

    await harness.move(
        run, workflow(node(bad, on_error="branch"), after, held(), connections=connect("bad.error -> after.trigger"))
    )
    await harness.finish(run)

    assert (run.status, len(bad.attempts), after.calls) == ("completed", 1, 1)


async def test_what_was_skipped_runs_where_the_new_version_wants_it(harness: Harness) -> None:
    mail = FakeEffect("mail")
    run = await harness.start(workflow(node(mail, when=False), held()))

    move = await harness.move(run, workflow(mail, held()))
    await harness.finish(run)

    assert (lists(move)["new"], mail.calls) == (["mail"], 1)


async def test_what_the_new_version_skips_counts_no_more(harness: Harness) -> None:
    mail = FakeEffect("mail", returns="sent")
    run = await harness.start(workflow(mail, held(), outputs="{{ nodes.mail.output }}"))

    move = await harness.move(run, workflow(node(mail, disabled=True), held(), outputs="{{ nodes.mail.output }}"))
    await harness.finish(run)

    assert move.removed[0].reasons == ("the new version skips it",)
    assert (run.output, run.result.nodes["mail"].status, mail.calls) == (None, "skipped", 1)


async def test_what_a_try_has_caught_is_kept(harness: Harness) -> None:
    bad, tell = FakeEffect("bad", fails=[OSError("no")]), FakeEffect("tell", returns="told")

    def trying(*more: Any) -> Workflow:
        caught = graph(node(tell, config={"value": "{{ error.message }}"}), held(), connections=connect("tell -> hold"))
        return workflow(node(try_, id="t", body=graph(bad), catch=caught), *more, outputs="{{ nodes.t.result }}")

    run = await harness.start(trying())

    move = await harness.move(run, trying(node(pass_on, config={"value": 1})))
    await harness.finish(run)

    assert not move.problems
    assert (len(bad.attempts), tell.calls, run.output) == (1, 1, "told")


async def test_a_new_version_of_what_failed_in_a_try_is_tried(harness: Harness) -> None:
    """The catch that had begun is left; the task it waited for is given up."""
    bad, tell = FakeEffect("bad", fails=[OSError("no")], returns="fine"), FakeEffect("tell")

    def trying(given: int) -> Workflow:
        caught = graph(node(tell, config={"value": "{{ error.message }}"}), held(), connections=connect("tell -> hold"))
        body = graph(node(bad, config={"value": given}))
        return workflow(node(try_, id="t", body=body, catch=caught), outputs="{{ nodes.t.result }}")

    run = await harness.start(trying(1))

    await harness.move(run, trying(2))
    await harness.finish(run)

    assert (bad.calls, bad.values, run.output) == (1, [2], "fine")
    assert tell.calls == 1


@pytest.mark.parametrize("parallel", [False, True])
@pytest.mark.parametrize("save", ["all", "failures"])
async def test_a_loop_that_waits_in_its_body_goes_on_in_the_new_one(
    harness: Harness, parallel: bool, save: str
) -> None:
    mail, log = FakeEffect("mail", returns=lambda value: value), FakeEffect("log")

    def mailing(*more: Any, wires: tuple[Connection, ...] = ()) -> Workflow:
        body = graph(node(mail, config={"value": "{{ loop.item }}"}), held(after=("mail",)), *more, connections=wires)
        each = node(loop, config={"items": [1, 2, 3], "parallel": parallel}, body=body)
        return workflow(each, settings=Settings.model_validate({"save": save}))

    run = await harness.start(mailing())
    harness.clock.advance(1800)

    await harness.move(run, mailing(log, wires=connect("mail -> log")))
    started = harness.clock.now()
    await harness.finish(run)

    took = (harness.clock.now() - started).total_seconds()
    assert (run.status, mail.values, sorted(map(str, log.values))) == ("completed", [1, 2, 3], ["1", "2", "3"])
    assert took == pytest.approx(1800 if parallel else 1800 + 2 * 3600)


@pytest.mark.parametrize(("answer", "calls"), [([1, 2], 2), ([2, 2], 3)])
async def test_a_loop_over_what_has_to_be_fetched_anew_repeats_only_what_differs(
    harness: Harness, answer: list[int], calls: int
) -> None:
    """Whether its iterations are kept is only known when the items have come."""
    answers = [[1, 2], answer]
    fetch, mail = FakeEffect("fetch", returns=lambda _: answers.pop(0)), FakeEffect("mail", returns=lambda value: value)

    def mailing(since: int) -> Workflow:
        each = node(loop, body=graph(node(mail, config={"value": "{{ loop.item }}"})))
        first = node(fetch, config={"value": since})
        return workflow(first, each, held(after=("loop",)), connections=connect("fetch -> loop.items"))

    run = await harness.start(mailing(1))

    move = await harness.move(run, mailing(2))
    await harness.finish(run)

    assert lists(move)["later"] == ["hold", "loop", "loop[0]/mail", "loop[1]/mail"]
    assert (run.status, mail.calls, mail.distinct) == ("completed", calls, calls)


@pytest.mark.parametrize("point", ["before_intent", "after_effect", "mid_commit", "after_commit"])
async def test_a_crash_after_the_move_makes_no_difference(harness: Harness, point: Point) -> None:
    """Neither what was judged before it nor what had still to be judged is judged otherwise after it."""
    first = FakeEffect("first", returns="same", in_doubt="reconcile")
    mail = FakeEffect("mail", returns="sent")
    run = await harness.start(chain(node(first, config={"value": 1}), mail, held()))
    await harness.move(run, chain(node(first, config={"value": 2}), mail, held()))

    crash = Crash(point, "first")
    await harness.drive(run, crash=crash)
    assert crash.fired
    await harness.recover(run)

    assert (run.status, first.calls, mail.calls) == ("completed", 2, 1)


async def test_a_loop_moved_again_before_it_went_on_keeps_nothing_of_the_version_before_last(harness: Harness) -> None:
    mail = FakeEffect("mail", returns=lambda value: f"sent {value}")

    def flow(word: str, hold: str = "1h") -> Workflow:
        body = graph(node(mail, config={"value": f"{word} {{{{ loop.item }}}}"}))
        return workflow(
            node(loop, config={"items": [1, 2]}, body=body), held(hold), connections=connect("loop -> hold")
        )

    run = await harness.start(flow("dear"))
    await harness.move(run, flow("hello"))

    await harness.move(run, flow("hello", "2h"))
    await harness.finish(run)

    assert mail.values == ["dear 1", "dear 2", "hello 1", "hello 2"]
    assert run.output == ["sent hello 1", "sent hello 2"]


async def test_a_loop_in_a_loop_is_looked_at_piece_by_piece(harness: Harness) -> None:
    mail = FakeEffect("mail", returns=lambda value: value)

    def mailing(rows: list[list[int]]) -> Workflow:
        inner = node(
            loop,
            id="inner",
            config={"items": "{{ loop.item }}"},
            body=graph(node(mail, config={"value": "{{ loop.item }}"})),
        )
        return workflow(node(loop, id="outer", config={"items": rows}, body=graph(inner)), held(after=("outer",)))

    run = await harness.start(mailing([[1, 2], [3, 4]]))

    await harness.move(run, mailing([[1, 2], [3, 5], [6]]))
    await harness.finish(run)

    assert (run.status, mail.values) == ("completed", [1, 2, 3, 4, 5, 6])
