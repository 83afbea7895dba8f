"""`flow.parallel` with `until: first`: one branch wins, the others are cancelled as by 3.4; across crashes too."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.engine.nodes import boom, parallel, pass_on, sequence, show, stop, try_, value, wait
from treadle.engine.compile import compile_plan
from treadle.engine.handlers import Handlers, Step
from treadle.engine.history import History
from treadle.engine.journal import Entry, EntryKind
from treadle.engine.outcome import Suspended
from treadle.engine.racing import WINNER, recalled_winner
from treadle.engine.scope import Limit, Scope
from treadle.model.workflow import Node, Workflow
from treadle.testing.crash import CRASH_POINTS, Crash, Point
from treadle.testing.fake_effect import FakeEffect
from treadle.testing.graphs import chain, connect, graph, node, workflow
from treadle.testing.harness import Harness

AT = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


def race(*branches: Any, id: str = "race", connections: tuple[Any, ...] = (), **config: Any) -> Node:
    """A `flow.parallel` that ends with its first branch."""
    return node(parallel, id=id, config={"until": "first", **config}, body=graph(*branches, connections=connections))


def later(id: str, duration: str, *then: Any, cleanup: FakeEffect | None = None) -> Node:
    """A branch that waits, then goes on; with `cleanup`, inside a `try`."""
    steps = graph(node(wait, id="wait", config={"duration": duration}), *then)
    if cleanup is None:
        return node(sequence, id=id, body=steps)
    return node(try_, id=id, body=graph(node(sequence, body=steps)), **{"finally": graph(cleanup)})


def told(*, then: Any = None) -> Node:
    """Says what came of the race."""
    what = {"output": "{{ nodes.race.output }}", "winner": "{{ nodes.race.winner }}"}
    return node(show, config={"what": what}, after=() if then is None else (then,))


async def test_the_first_branch_to_complete_wins_and_what_still_runs_is_cancelled(harness: Harness) -> None:
    """3.4: one effect has returned, the other is in the middle of its call."""
    quick, slow = FakeEffect("quick", returns="q"), FakeEffect("slow", held=True)

    run = await harness.run(workflow(race(slow, quick), told()))

    assert (run.status, run.output) == ("completed", {"output": "q", "winner": "quick"})
    assert (slow.attempts, slow.cancelled, slow.calls) == ([1], 1, 0)
    assert run.statuses()["race/slow"] == "cancelled"


async def test_what_waits_is_given_up(harness: Harness) -> None:
    """3.4, 4.5: the run does not stay suspended for a wait that has lost."""
    late = FakeEffect("late")

    run = await harness.run(workflow(race(later("week", "7d", late), later("day", "1d")), told()))

    assert run.output["winner"] == "day"
    assert (harness.clock.now() - run.record.created_at).days == 1  # type: ignore[operator]
    assert late.calls == 0
    assert run.statuses()["race/week/wait"] == "cancelled"


async def test_a_branch_that_is_done_at_once_lets_no_other_start(harness: Harness) -> None:
    """3.4: what was only queued never starts."""
    never = FakeEffect("never")

    run = await harness.run(workflow(race(node(value, id="now", config={"of": 7}), never), told()))

    assert run.output == {"output": 7, "winner": "now"}
    assert (never.attempts, run.statuses().get("race/never")) == ([], None)


async def test_the_finally_of_a_loser_has_run_before_anything_follows(harness: Harness) -> None:
    """3.4: the race is over when everything in it is."""
    seen: list[int] = []
    quick, cleanup = FakeEffect("quick"), FakeEffect("cleanup")
    after = FakeEffect("after", returns=lambda _: seen.append(cleanup.calls))

    run = await harness.run(workflow(race(later("slow", "1h", cleanup=cleanup), quick), node(after, after=("race",))))

    assert (run.status, seen) == ("completed", [1])


async def test_a_branch_of_several_nodes_is_through_with_its_last(harness: Harness) -> None:
    """The first of a branch to complete is not the branch."""
    first, second = FakeEffect("first"), FakeEffect("second")
    waits = [node(wait, id=id, config={"duration": duration}) for id, duration in (("pause", "1h"), ("short", "5m"))]
    wires = connect("first -> pause.value", "pause -> second")

    run = await harness.run(workflow(race(first, *waits, second, connections=wires), told()))

    assert run.output["winner"] == "short"
    assert (first.calls, second.calls) == (1, 0)


async def test_a_branch_that_fails_does_not_win(harness: Harness) -> None:
    """The failure is on record, and the run goes on."""
    quick = FakeEffect("quick", returns="q")

    run = await harness.run(workflow(race(boom, later("slow", "1h", quick)), told()))

    assert (run.status, run.output) == ("completed", {"output": "q", "winner": "slow"})
    assert run.statuses()["race/boom"] == "failed"


@pytest.mark.parametrize("on_error", ["continue", "branch"])
async def test_a_branch_whose_failure_was_handled_does_not_win(harness: Harness, on_error: str) -> None:
    """3.2: the run goes on after it, but it has not completed."""
    run = await harness.run(workflow(race(node(boom, on_error=on_error), later("slow", "1h")), told()))

    assert run.output["winner"] == "slow"


async def test_when_all_fail_the_race_fails_with_the_first_failure(harness: Harness) -> None:
    """3.2: nobody is left to win."""
    late = FakeEffect("late", fails=[OSError("late")])

    run = await harness.run(workflow(race(later("slow", "1h", late), boom), told()))

    assert (run.status, run.error and run.error.type) == ("failed", "broken")


async def test_with_fail_fast_the_first_failure_ends_the_race(harness: Harness) -> None:
    """3.2: the others are cancelled, and nobody has won."""
    slow = FakeEffect("slow", held=True)

    run = await harness.run(workflow(race(slow, boom, fail_fast=True), told()))

    assert (run.status, run.error and run.error.type, slow.calls) == ("failed", "broken", 0)
    assert (slow.attempts, run.statuses()["race/slow"]) == ([], "cancelled")


async def test_with_fail_fast_who_was_there_first_has_won(harness: Harness) -> None:
    """A failure that comes later is a loser's."""
    bad = FakeEffect("bad", fails=[OSError("no")])

    run = await harness.run(workflow(race(value, later("slow", "1h", bad), fail_fast=True), told()))

    assert (run.status, run.output["winner"]) == ("completed", "value")


async def test_when_every_branch_is_skipped_nobody_wins(harness: Harness) -> None:
    """2.3: a skipped branch has not completed; nothing has failed either."""
    branches = [node(value, id=id, when="{{ false }}") for id in ("one", "two")]

    run = await harness.run(workflow(race(*branches), told()))

    assert (run.status, run.output) == ("completed", {"output": None, "winner": None})


async def test_a_branch_that_ends_the_run_has_not_won(harness: Harness) -> None:
    """3.4: `flow.stop` ends the whole run, whatever races."""
    slow, after = FakeEffect("slow", held=True), FakeEffect("after")
    ending = node(stop, config={"status": "completed", "output": "enough"})

    run = await harness.run(workflow(race(slow, ending), node(after, after=("race",))))

    assert (run.status, run.output, after.calls) == ("completed", "enough", 0)
    assert run.statuses()["race"] == "cancelled"


async def test_a_race_within_a_race(harness: Harness) -> None:
    """The loser is itself a race under way, and inside the winner another one was decided."""
    never, cleanup = FakeEffect("never"), FakeEffect("cleanup")
    inner = race(later("a", "3h", never, cleanup=cleanup), later("b", "4h"), id="inner")
    other = race(later("c", "1h"), later("d", "2h", never), id="other")

    run = await harness.run(workflow(race(inner, other), told()))

    assert run.output["winner"] == "other"
    assert (never.calls, cleanup.calls) == (0, 1)
    assert run.statuses()["race/inner"] == "cancelled"


async def test_one_race_after_another_in_one_run(harness: Harness) -> None:
    """What the first has cancelled does not keep the second from running."""
    first = race(later("a", "1h"), later("b", "2h"))
    second = node(
        parallel, id="again", after=("race",), config={"until": "first"},
        body=graph(later("c", "2h"), later("d", "1h")),
    )  # fmt: skip

    run = await harness.run(workflow(first, second, outputs="{{ [nodes.race.winner, nodes.again.winner] }}"))

    assert run.output == ["a", "d"]


async def test_what_goes_on_beside_a_race_is_not_touched(harness: Harness) -> None:
    """3.4 cancels the losers and nothing else."""
    beside = FakeEffect("beside")

    run = await harness.run(workflow(race(later("a", "1h"), later("b", "2h")), later("long", "3h", beside)))

    assert (run.status, beside.calls, run.statuses()["long/wait"]) == ("completed", 1, "completed")


async def test_a_run_cancelled_during_a_race_is_cancelled(harness: Harness) -> None:
    """3.4: nobody wins any more, and each branch cleans up."""
    cleanup = FakeEffect("cleanup")
    run = await harness.start(
        workflow(race(later("a", "1h", cleanup=cleanup), node(boom, on_error="continue")), told())
    )

    await harness.cancel(run)

    assert (run.status, cleanup.calls, run.statuses()["race"]) == ("cancelled", 1, "cancelled")


async def test_a_run_cancelled_while_the_losers_clean_up_is_cancelled(harness: Harness) -> None:
    """3.4: the race had a winner, but had not ended; `finally` is let finish."""
    cleanup, after = FakeEffect("cleanup", held=True), FakeEffect("after")
    quick = FakeEffect("quick")
    run = harness.begin(workflow(race(later("slow", "1h", cleanup=cleanup), quick), node(after, after=("race",))))
    await cleanup.wait_until_entered()

    if run.driver is not None:
        run.driver.cancel()
    cleanup.release()
    await harness.settle(run)

    assert (run.status, cleanup.calls, after.calls) == ("cancelled", 1, 0)


def crashing(quick: FakeEffect, cleanup: FakeEffect, after: FakeEffect, late: FakeEffect, save: str) -> Workflow:
    """A quick branch of pure nodes around an effect, a loser that has to clean up, and an effect that follows."""
    fast = node(sequence, id="fast", body=graph(value, quick, node(pass_on, config={"value": "done"})))
    flow = workflow(
        race(later("slow", "1h", late, cleanup=cleanup), fast),
        node(after, after=("race",), config={"value": "{{ nodes.race.winner }}"}),
    )
    return flow.model_copy(update={"settings": flow.settings.model_copy(update={"save": save})})


@pytest.mark.parametrize("save", ["all", "failures"])
@pytest.mark.parametrize("path", ["race/fast/quick", "race/slow.finally/cleanup", "after"])
@pytest.mark.parametrize("point", CRASH_POINTS)
async def test_a_crash_changes_neither_the_winner_nor_what_is_cleaned_up(
    harness: Harness, point: Point, path: str, save: str
) -> None:
    """4.4: at every point of the winner, of the loser's `finally`, and of what follows."""
    quick, after = FakeEffect("quick", in_doubt="reconcile"), FakeEffect("after", in_doubt="reconcile")
    cleanup, late = FakeEffect("cleanup", in_doubt="reconcile"), FakeEffect("late")
    crash = Crash(point, path)
    run = harness.prepare(crashing(quick, cleanup, after, late, save))

    await harness.drive(run, crash=crash)
    await harness.recover(run)

    assert crash.fired
    assert (run.status, after.values) == ("completed", ["fast"])
    assert (quick.distinct, cleanup.distinct, after.distinct, late.attempts) == (1, 1, 1, [])
    assert run.statuses()["race/slow/sequence/wait"] == "cancelled"


@pytest.mark.parametrize("path", ["race/fast/quick", "race/slow.finally/cleanup", "after"])
@pytest.mark.parametrize("point", CRASH_POINTS)
async def test_a_crash_changes_nothing_where_handlers_watch_either(harness: Harness, point: Point, path: str) -> None:
    """4.4: every node is handed out then, and none runs in the loop."""
    seen: list[str] = []

    def see(step: Step, output: Any) -> None:
        seen.append(step.path)

    handlers = Handlers(step_complete=((None, see),))
    quick, after = FakeEffect("quick", in_doubt="reconcile"), FakeEffect("after", in_doubt="reconcile")
    cleanup, late = FakeEffect("cleanup", in_doubt="reconcile"), FakeEffect("late")
    run = harness.prepare(crashing(quick, cleanup, after, late, "all"))

    await harness.drive(run, crash=Crash(point, path), handlers=handlers)
    await harness.recover(run, handlers=handlers)

    assert (run.status, after.values) == ("completed", ["fast"])
    assert (quick.distinct, cleanup.distinct, after.distinct, late.attempts) == (1, 1, 1, [])
    assert seen[-1] == "after"


@pytest.mark.parametrize("point", CRASH_POINTS)
async def test_an_effect_in_doubt_that_has_lost_is_given_up(harness: Harness, point: Point) -> None:
    """3.4, 4.4: nobody is asked about a loser that was under way when the process died."""
    slow, quick, after = FakeEffect("slow", held=True), FakeEffect("quick"), FakeEffect("after", in_doubt="reconcile")
    crash = Crash(point, "after")
    run = harness.prepare(workflow(race(slow, quick), node(after, after=("race",))))

    await harness.drive(run, crash=crash)
    await harness.recover(run)

    assert crash.fired
    assert (run.status, slow.calls, quick.calls, after.distinct) == ("completed", 0, 1, 1)
    assert run.statuses()["race/slow"] == "cancelled"


async def test_a_crash_before_anybody_has_won_leaves_the_race_open(harness: Harness) -> None:
    """4.5: both branches go on where they were."""
    tick = FakeEffect("tick", in_doubt="repeat")
    run = await harness.start(workflow(race(later("a", "2h", tick), later("b", "1h", tick)), told()))
    assert isinstance(run.outcome, Suspended)

    await harness.recover(run)

    assert (run.output["winner"], tick.calls) == ("b", 1)


def test_the_word_of_the_victory_decides_even_where_another_was_done_before() -> None:
    """4.4: two branches may be in the journal as completed; one of them was told to have won."""
    scope = _scope()
    entries = [_result("one", AT), _result("two", AT.replace(hour=10))]
    word = Entry("race", WINNER, 0, EntryKind.CHECKPOINT, AT, {"winner": "two"})

    winner = recalled_winner(scope, History([*entries, word]))

    assert winner is not None
    assert winner.id == "two"


def test_without_a_word_the_first_to_have_completed_wins() -> None:
    """4.4: the crash came after the results and before the word; those that failed or ended the run do not count."""
    entries = [
        _result("one", AT.replace(hour=11)),
        _result("two", AT.replace(hour=10)),
        _result("three", AT, status="failed"),
        _result("four", AT, stop={"status": "completed", "message": "", "output": None}),
    ]

    winner = recalled_winner(_scope(), History(entries))

    assert winner is not None
    assert winner.id == "two"


def test_a_word_whose_result_is_gone_says_nothing() -> None:
    """A run that was moved may have to run the winner again: the race is open once more."""
    word = Entry("race", WINNER, 0, EntryKind.CHECKPOINT, AT, {"winner": "gone"})

    assert recalled_winner(_scope(), History([word])) is None


def _scope() -> Scope:
    flow = chain(node(parallel, id="race", body=graph(*(node(value, id=id) for id in ("one", "two", "three", "four")))))
    body = compile_plan(flow, Harness().registry.with_definitions(value)).graph.nodes[0].bodies["body"]
    return Scope(body, "race", roots={"nodes": {}}, limit=Limit(None), on_done=lambda _: None, races=True)


def _result(name: str, at: datetime, *, status: str = "completed", stop: Any = None) -> Entry:
    body = {"status": status, "outputs": {"output": 1}}
    return Entry("race", name, 0, EntryKind.RESULT, at, body if stop is None else {**body, "stop": stop})
