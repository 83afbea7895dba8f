"""Tests made of recorded runs: they pass at once, and fail when the workflow does something else."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.engine.nodes import add_one, merge, show, stop, wait, while_
from tests.engine.reference import Spec
from tests.engine.test_random_graphs import Outside, build, specs
from treadle.engine.failure import Redactor
from treadle.errors import Conflict
from treadle.model.workflow import Workflow
from treadle.node import Context, JsonValue, effect
from treadle.testing.cases.outcome import CaseOutcome
from treadle.testing.cases.reading import parse_case_file
from treadle.testing.cases.recording import record_case, write_case
from treadle.testing.cases.running import Subject, run_case
from treadle.testing.fake_effect import FakeEffect
from treadle.testing.graphs import chain, connect, graph, node, workflow
from treadle.testing.harness import Harness, TestRun
from treadle.testing.memory_journal import MemoryJournal


async def text_of(harness: Harness, run: TestRun, secrets: tuple[str, ...] = ()) -> str:
    """The test file made of a run."""
    journal = harness.journal
    assert isinstance(journal, MemoryJournal)
    document = record_case(
        run.plan,
        await journal.get_run(run.id),
        await harness.entries(run),
        workflow="under-test.yaml",
        name="as it was",
        redactor=Redactor(secrets),
    )
    return write_case(document)


async def rerun(harness: Harness, text: str, flow: Workflow) -> CaseOutcome:
    """The test, run with `flow`."""
    file = parse_case_file(text, "a.test.yaml")
    harness.plan(flow)
    return await run_case(file.cases[0], Subject("it", flow, harness.registry), file="a.test.yaml", line=1)


async def again(harness: Harness, flow: Workflow, edited: Workflow | None = None, **more: Any) -> CaseOutcome:
    """Run `flow`, make a test of it, and run that, with `edited` if given."""
    run = await harness.run(flow, **more)
    return await rerun(harness, await text_of(harness, run), edited or flow)


@given(specs(may_fail=True), st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_test_of_any_run_passes_at_once(made: list[Spec], random: Any) -> None:
    assume(not _tied(made))
    order = list(range(len(made)))
    random.shuffle(order)
    outside = Outside()

    outcome = asyncio.run(again(Harness(), build(made, order, outside.send(), 0)))

    assert outcome.passed, outcome.text()


def _tied(made: list[Spec]) -> bool:
    """Two effects fail the run at one and the same moment: which is first is not told by times."""
    return sum(spec.on_error == "fail" and spec.kind in ("send", "each") for spec in made) > 1


async def test_what_was_drawn_and_waited_for_is_as_it_was(memory_harness: Harness) -> None:
    flow = workflow(
        node(show, id="drawn", config={"what": "{{ [now(), uuid()] }}"}),
        node(wait, id="pause", config={"duration": "48h"}, after=("drawn",)),
        node(show, id="later", config={"what": "{{ now() }}"}, after=("pause",)),
        outputs="{{ [nodes.drawn.output, nodes.later.output, now(), uuid(), run.id, run.started_at] }}",
    )

    outcome = await again(memory_harness, flow)

    assert outcome.passed, outcome.text()


async def test_the_first_branch_is_the_first_again(memory_harness: Harness) -> None:
    one, other = FakeEffect("one", returns=1), FakeEffect("other", returns=2)
    late = node(wait, id="late", config={"duration": "1h"})
    parts = (late, node(one, after=("late",)), other, node(merge, join="first"))
    flow = workflow(*parts, connections=connect("one -> merge", "other -> merge"))

    outcome = await again(memory_harness, flow)

    assert outcome.passed, outcome.text()


async def test_state_counters_and_failures_are_as_they_were(memory_harness: Harness) -> None:
    harness = memory_harness
    harness.know(_trade)
    body = graph(node(_trade, id="trade", on_error="branch"))
    flow = workflow(
        node(show, id="before", config={"what": "{{ state.trades ?? 0 }}"}),
        node(while_, id="each", config={"condition": "state < 3", "state": 0}, body=body, after=("before",)),
        node(show, id="after", config={"what": "{{ state.trades ?? 0 }}"}, after=("each",)),
        outputs="{{ [nodes.before.output, nodes.after.output] }}",
    )
    await harness.run(flow)

    outcome = await again(harness, flow)

    assert outcome.passed, outcome.text()


@effect("t.trade_up")
async def _trade(ctx: Context) -> JsonValue:
    """Counts up the trades of the deployment."""
    ctx.count("profit", 0.5)
    return await ctx.state.increment("trades")


async def test_a_failed_and_a_stopped_run_make_tests_too(memory_harness: Harness) -> None:
    broken = FakeEffect("broken", fails=[OSError("down: 7")] * 5)
    retried = workflow(node(broken, retry={"max_attempts": 2, "delay": 5}), outputs=1)
    stopped = workflow(node(stop, config={"status": "failed", "message": "enough"}))

    outcomes = [await again(memory_harness, flow) for flow in (retried, stopped)]

    assert [outcome.text() for outcome in outcomes] == [[], []]


async def test_an_edit_fails_the_test_with_the_node_in_words(memory_harness: Harness) -> None:
    """The diff says which node is otherwise, and how the output differs."""
    fetch = FakeEffect("fetch", returns=20)

    def flow(more: int) -> Workflow:
        what = f"{{{{ nodes.fetch.output + {more} }}}}"
        return workflow(node(fetch, id="fetch"), node(show, id="sum", config={"what": what}, after=("fetch",)))

    outcome = await again(memory_harness, flow(1), flow(2))
    skipped = await again(memory_harness, flow(1), chain(node(fetch, id="fetch", disabled=True), add_one))

    assert outcome.text() == ["`output` is not as expected.", "  output: expected 21, got 22"]
    assert "`fetch` is skipped, not completed." in skipped.text()
    assert "`fetch` was not made." in skipped.text()


async def test_texts_that_look_like_something_else_stay_texts(memory_harness: Harness) -> None:
    """YAML's words, numbers, dates: what is written is read as it was."""
    odd = [
        "on",
        "no",
        "1e5",
        "0o17",
        "null",
        "~",
        "2026-01-01",
        "0x1f",
        " a: b",
        "- x",
        "#",
        "1_000",
        "",
        "ä\n\tb\n",
        ".5",
    ]
    fetch = FakeEffect("fetch", returns={text: text for text in odd})

    outcome = await again(memory_harness, chain(fetch), input={"odd": odd})

    assert outcome.passed, outcome.text()


async def test_secrets_are_left_out(memory_harness: Harness) -> None:
    memory_harness.secrets["key"] = "s3cr3t-value"
    memory_harness.know(_signed)
    flow = workflow(node(_signed, config={"key": "{{ secrets.key }}"}))
    run = await memory_harness.run(flow)

    text = await text_of(memory_harness, run, ("s3cr3t-value",))
    memory_harness.secrets.clear()
    outcome = await rerun(memory_harness, text, flow)

    assert "s3cr3t" not in text
    assert outcome.passed, outcome.text()


@effect("t.echo_key")
async def _signed(ctx: Context, *, key: Any) -> JsonValue:
    """Gives its secret away."""
    return f"key={key}"


async def test_a_run_that_is_not_over_makes_no_test(memory_harness: Harness) -> None:
    run = await memory_harness.start(chain(node(wait, config={"duration": "1h"})))
    journal = memory_harness.journal
    assert isinstance(journal, MemoryJournal)
    record = await journal.get_run(run.id)

    with pytest.raises(Conflict) as caught:
        record_case(run.plan, replace(record), [], workflow="x", name="x", redactor=Redactor())

    assert caught.value.code == "not_recorded"
