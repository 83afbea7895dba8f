"""What is kept of a run: `save`, the result cache, and trying a failed run again (§4.4, §5)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.engine.nodes import add_one, boom, loop, pass_on, stop, value, wait
from treadle.engine.journal import EntryKind
from treadle.errors import NotFound
from treadle.model.workflow import Workflow
from treadle.node import JsonValue
from treadle.node import node as declare
from treadle.store.sqlite_journal import SqliteStore
from treadle.testing.crash import Crash
from treadle.testing.fake_effect import FakeEffect
from treadle.testing.graphs import chain, connect, graph, node, workflow
from treadle.testing.harness import Harness, TestRun

Store = tuple[Harness, SqliteStore]


def flow(save: str, *, fails: bool, effect: bool) -> Workflow:
    parts: list[Any] = [node(value, config={"of": 1})]
    parts += [FakeEffect("send", returns=2)] if effect else []
    parts += [boom] if fails else [add_one]
    return chain(*parts, settings={"save": save})  # type: ignore[arg-type]


async def rows(store: SqliteStore, run: TestRun) -> dict[str, int]:
    """How many rows of each table are this run's."""
    tables = {"runs": "id", "journal": "run_id", "run_logs": "run_id", "payloads": "run_id"}
    return {
        table: await store.read(
            lambda c, table=table, column=column: c.execute(
                f"SELECT count(*) FROM {table} WHERE {column} = ?", (run.id,)
            ).fetchone()[0]
        )
        for table, column in tables.items()
    }


@pytest.mark.parametrize("effect", [False, True])
@pytest.mark.parametrize(
    ("save", "fails", "kept"),
    [
        ("all", False, True),
        ("all", True, True),
        ("failures", False, False),
        ("failures", True, True),
        ("none", False, False),
        ("none", True, False),
    ],
)
async def test_exactly_what_is_to_be_kept_is_kept(
    stored_harness: Store, save: str, fails: bool, kept: bool, effect: bool
) -> None:
    """`save`: all runs with all node results, those that failed, or none; nothing else is left behind."""
    harness, store = stored_harness

    run = await harness.run(flow(save, fails=fails, effect=effect))

    found = await rows(store, run)
    results = [entry for entry in await harness.entries(run) if entry.kind is EntryKind.RESULT]
    assert run.status == ("failed" if fails else "completed")
    assert found["runs"] == kept
    assert len({entry.node for entry in results}) == len(results) == (len(run.statuses()) if kept else 0)
    assert (found["journal"] > 0) == kept


async def test_a_run_that_is_not_kept_is_still_recovered(harness: Harness) -> None:
    """4.4: `save: none` is about what stays afterwards."""
    first, second = FakeEffect("first"), FakeEffect("second")
    quiet = chain(value, first, add_one_to_null, second, settings={"save": "none"})  # type: ignore[arg-type]
    run = await harness.start(quiet, crash=Crash("before_intent", "second"))

    await harness.recover(run)

    assert (run.status, first.calls, second.calls) == ("completed", 1, 1)
    with pytest.raises(NotFound):
        await harness.journal.claim(run.id)


@declare("t.add_one_to_null")
def add_one_to_null(number: JsonValue) -> JsonValue:
    """One more than nothing is one."""
    return (number or 0) + 1  # type: ignore[operator]


async def test_a_suspended_run_that_is_not_kept_is_in_the_store_meanwhile(stored_harness: Store) -> None:
    """4.5: there is nowhere else to wait."""
    harness, store = stored_harness
    quiet = chain(node(wait, config={"duration": "1h"}), pass_on, settings={"save": "none"})  # type: ignore[arg-type]
    run = await harness.start(quiet)
    meanwhile = (await rows(store, run))["runs"]

    await harness.finish(run)

    assert (meanwhile, run.status, (await rows(store, run))["runs"]) == (1, "completed", 0)


async def test_a_cached_result_is_used_until_it_expires(harness: Harness) -> None:
    """`cache`: the same node, config and inputs within its time."""
    fetch = FakeEffect("fetch", returns=lambda given: {"for": given})
    cached = chain(node(value, config={"of": "{{ workflow.input.n }}"}), node(fetch, cache="5m"))

    runs = [await harness.run(cached, input={"n": n}) for n in (1, 1, 2)]
    harness.clock.advance(301)
    late = await harness.run(cached, input={"n": 1})

    assert [run.output for run in (*runs, late)] == [{"for": 1}, {"for": 1}, {"for": 2}, {"for": 1}]
    assert fetch.values == [1, 2, 1]


async def test_a_failure_is_not_cached(harness: Harness) -> None:
    """`cache` is of results."""
    fetch = FakeEffect("fetch", fails=[OSError("no")], returns="got")
    cached = workflow(node(fetch, cache="5m"))

    runs = [await harness.run(cached) for _ in range(2)]

    assert [run.status for run in runs] == ["failed", "completed"]


async def test_a_pure_node_may_be_cached(harness: Harness) -> None:
    """`cache`: whatever its kind."""
    calls: list[int] = []

    @declare("t.costly")
    def costly() -> JsonValue:
        """Takes long."""
        calls.append(1)
        return "dear"

    cached = workflow(node(costly, cache="5m"))

    outputs = [(await harness.run(cached)).output for _ in range(2)]

    assert (outputs, len(calls)) == (["dear", "dear"], 1)


async def test_a_value_that_cannot_be_cached_is_no_reason_to_repeat_an_effect(harness: Harness) -> None:
    """4.4: the effect happened."""
    fetch = FakeEffect("fetch", returns=object())

    run = await harness.run(workflow(node(fetch, cache="5m", retry={"max_attempts": 3, "delay": 0})))

    assert (run.status, run.error and run.error.type, fetch.calls) == ("failed", "unstorable_value", 1)


async def retry(harness: Harness, store: SqliteStore, run: TestRun) -> None:
    await store.reopen(run.id)
    await harness.recover(run)


async def test_trying_again_keeps_what_succeeded(stored_harness: Store) -> None:
    """4.4: only what failed, and what had not run, runs."""
    harness, store = stored_harness
    first, second, third = FakeEffect("first"), FakeEffect("second", fails=[OSError("no")]), FakeEffect("third")
    run = await harness.run(chain(first, second, third))
    failed = run.status

    await retry(harness, store, run)

    assert (failed, run.status) == ("failed", "completed")
    assert (first.calls, second.attempts, third.calls) == (1, [1, 1], 1)


async def test_trying_a_loop_again_keeps_its_iterations(stored_harness: Store) -> None:
    """4.4: those that had succeeded, in a loop whose third item failed."""
    harness, store = stored_harness
    send = FakeEffect("send", fails=[], returns=lambda n: n)
    failing = {2}

    def maybe(n: Any) -> Any:
        if n in failing:
            failing.clear()
            raise OSError("no")
        return n

    send = FakeEffect("send", returns=maybe)
    body = graph(node(send, config={"value": "{{ loop.item }}"}))
    run = await harness.run(workflow(node(loop, config={"items": [0, 1, 2, 3]}, body=body)))
    failed = run.status

    await retry(harness, store, run)

    assert (failed, run.status, run.output) == ("failed", "completed", [0, 1, 2, 3])
    assert send.values == [0, 1, 2, 2, 3]


async def test_a_run_that_failed_by_its_timeout_has_all_of_it_again(stored_harness: Store) -> None:
    """3.4: it counts from when the run was taken up again."""
    harness, store = stored_harness
    first, pause = FakeEffect("first"), node(wait, config={"duration": "90m"})
    run = await harness.run(chain(first, pause, settings={"timeout": "1h"}))  # type: ignore[arg-type]
    failed = run.error
    harness.clock.advance(7200)

    await retry(harness, store, run)

    assert (failed and failed.type, run.status, first.calls) == ("timeout", "completed", 1)


async def test_a_run_taken_up_again_is_timed_out_again(stored_harness: Store) -> None:
    """3.4: the timeout still holds."""
    harness, store = stored_harness
    run = await harness.run(chain(node(wait, config={"duration": "9h"}), settings={"timeout": "1h"}))  # type: ignore[arg-type]
    again = harness.clock.now()

    await retry(harness, store, run)

    assert run.error is not None
    assert (run.status, run.error.type) == ("failed", "timeout")
    assert harness.clock.now() - again == timedelta(hours=1)


@pytest.mark.parametrize(("in_doubt", "expected"), [("repeat", "completed"), ("ask", "suspended")])
async def test_a_cancelled_run_can_be_tried_again(stored_harness: Store, in_doubt: Any, expected: str) -> None:
    """3.4, 4.4: an effect that was broken off is in doubt, and settled as its type says."""
    harness, store = stored_harness
    first, second = FakeEffect("first"), FakeEffect("second", held=True, in_doubt=in_doubt)
    run = harness.begin(chain(first, second))
    await second.wait_until_entered()
    await harness.cancel(run)
    second.release()
    run.record = replace(run.record, cancel_requested=False)

    await retry(harness, store, run)

    assert (run.status, first.calls, second.calls) == (expected, 1, int(in_doubt == "repeat"))


async def test_a_run_stopped_as_failed_stops_again(stored_harness: Store) -> None:
    """4.4: a stop is what the workflow says, and it says so again."""
    harness, store = stored_harness
    first = FakeEffect("first")
    halt = node(stop, config={"status": "failed", "message": "stale"})
    run = await harness.run(workflow(first, halt, connections=connect("first -> stop.trigger")))

    await retry(harness, store, run)

    assert (run.status, run.error and run.error.message, first.calls) == ("failed", "stale", 1)
