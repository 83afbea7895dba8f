"""§4.1–4.3 The journal: what is written, under which key, and when."""

from __future__ import annotations

import asyncio
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engine.nodes import add_one, loop, parallel, pass_on, show, value
from treadle.engine.journal import Batch, Entry, EntryKind
from treadle.model.event import NodeCompleted
from treadle.node import JsonValue
from treadle.node import node as declare
from treadle.testing.fake_effect import FakeEffect
from treadle.testing.graphs import chain, connect, graph, node, workflow
from treadle.testing.harness import Harness
from treadle.testing.memory_journal import MemoryJournal

BRANCHES = 5


class Watching(MemoryJournal):
    """Keeps every batch in the order in which it became durable."""

    def __init__(self) -> None:
        super().__init__()
        self.batches: list[Batch] = []

    async def append(self, batch: Batch) -> None:
        await super().append(batch)
        self.batches.append(batch)

    def order(self) -> list[tuple[str, str]]:
        return [(entry.kind.name, entry.node) for batch in self.batches for entry in batch.entries]


@given(st.permutations(range(BRANCHES)), st.integers(0, BRANCHES))
@settings(max_examples=40, deadline=None)
def test_recovery_does_not_depend_on_the_order_in_which_branches_finished(order: list[int], finished: int) -> None:
    """4.1: branches finish in any order, the process dies after any number of them; those are kept, the others asked
    about, by their place."""
    asyncio.run(_finish_in(order, finished))


async def _finish_in(order: list[int], finished: int) -> None:
    harness = Harness()
    fakes = [
        FakeEffect(f"b{n}", held=True, returns=lambda _, n=n: n * 10, in_doubt="reconcile") for n in range(BRANCHES)
    ]
    afters = [FakeEffect(f"c{n}", returns=lambda given: given + 1, in_doubt="reconcile") for n in range(BRANCHES)]
    wires = connect(*(f"b{n} -> c{n}" for n in range(BRANCHES)))
    run = harness.begin(workflow(node(parallel, body=graph(*fakes, *afters, connections=wires))))
    for fake in fakes:
        await fake.wait_until_entered()
    for at in order[:finished]:
        fakes[at].release()
        await run.wait_until_told(NodeCompleted, f"parallel/c{at}")
    if finished < BRANCHES:
        await harness.kill(run)
        for fake in fakes:
            fake.release()
        await harness.recover(run)
    else:
        await harness.settle(run)

    assert run.output == {f"c{n}": n * 10 + 1 for n in range(BRANCHES)}
    assert [fake.calls for fake in (*fakes, *afters)] == [1] * (2 * BRANCHES)
    assert [fake.asked for fake in fakes] == [0 if n in order[:finished] else 1 for n in range(BRANCHES)]


async def test_entries_are_keyed_by_where_they_happened(harness: Harness) -> None:
    """4.1: scope path, node id, sequence within the node."""
    send = FakeEffect("send", fails=[OSError("once")])
    body = graph(node(send, retry={"max_attempts": 2, "delay": 0}))

    run = await harness.run(workflow(node(loop, config={"items": ["a"]}, body=body)))

    entries = [(e.scope, e.node, e.sequence, e.kind.name) for e in await harness.entries(run) if e.node == "send"]
    assert entries == [
        ("loop[0]", "send", 0, "INTENT"),
        ("loop[0]", "send", 1, "FAILURE"),
        ("loop[0]", "send", 2, "INTENT"),
        ("loop[0]", "send", 3, "RESULT"),
    ]


async def test_an_intent_is_durable_before_the_effect_starts() -> None:
    """4.3: whoever asks the journal from inside the effect finds its intent there."""
    journal = Watching()
    harness, found = Harness(journal=journal), list[list[tuple[str, str]]]()

    async def look() -> None:
        found.append(journal.order())

    await harness.run(chain(FakeEffect("first", before=look), FakeEffect("second", before=look)))

    assert found == [
        [("INTENT", "first")],
        [("INTENT", "first"), ("RESULT", "first"), ("INTENT", "second")],
    ]


async def test_a_result_is_durable_before_anything_downstream_sees_it() -> None:
    """4.3: a pure node after an effect finds the effect's result in the journal."""
    journal = Watching()
    harness, found = Harness(journal=journal), list[bool]()

    @declare("t.look")
    def look(value: JsonValue) -> JsonValue:
        """Looks at the journal."""
        found.append(("RESULT", "send") in journal.order())
        return value

    await harness.run(chain(FakeEffect("send"), look))

    assert found == [True]


async def test_a_pure_node_is_recomputed(harness: Harness) -> None:
    """4.2: nothing of it is journaled before it runs."""
    calls: list[int] = []

    @declare("t.count")
    def count() -> JsonValue:
        """Counts."""
        calls.append(1)
        return len(calls)

    send = FakeEffect("send")
    run = await harness.start(chain(count, send), crash_before=send)

    await harness.recover(run)

    assert (len(calls), send.values) == (2, [2])


async def test_a_pure_result_that_was_kept_is_not_computed_again(harness: Harness) -> None:
    """4.2, 4.4: it went into the journal with an effect's intent, so everybody sees the same value."""
    calls: list[int] = []

    @declare("t.count")
    def count() -> JsonValue:
        """Counts."""
        calls.append(1)
        return len(calls)

    first, second = FakeEffect("first"), FakeEffect("second")
    wires = connect("count -> first", "count -> second.value", "first -> second.trigger")
    run = await harness.start(workflow(count, first, second, connections=wires), crash_before=second)

    await harness.recover(run)

    assert (first.values, second.values) == ([1], [1])


async def test_a_workflow_of_pure_nodes_is_one_batch() -> None:
    """4.2, 4.7: its row, its results and its end are written together."""
    journal = Watching()

    run = await Harness(journal=journal).run(
        chain(node(value, config={"of": 1}), *[node(add_one, id=f"n{n}") for n in range(5)])
    )

    (batch,) = journal.batches
    assert (run.output, len(batch.entries)) == (6, 6)
    assert batch.opens is not None
    assert batch.update is not None


async def test_an_effect_costs_two_batches() -> None:
    """4.3, 4.7: intent and result; the end goes with neither, since nothing waits for a group to fill."""
    journal = Watching()

    await Harness(journal=journal).run(chain(FakeEffect("first"), FakeEffect("second")))

    assert len(journal.batches) == 5


async def test_the_key_of_an_effect_follows_from_its_place(harness: Harness) -> None:
    """4.3: stable over attempts and processes, different for each iteration, node and run."""
    send = FakeEffect("send", fails=[OSError("once")], in_doubt="repeat")
    body = graph(node(send, retry={"max_attempts": 2, "delay": 0}))
    flow = workflow(node(loop, config={"items": 3, "parallel": True}, body=body))

    first, second = await harness.run(flow), await harness.run(flow)

    assert first.id != second.id
    assert send.calls == send.distinct == 6


def entry(place: str, kind: EntryKind, **body: Any) -> Entry:
    scope, _, name = place.rpartition("/")
    return Entry(scope, name, 0, kind, Harness().clock.now(), body)


async def test_a_result_in_the_journal_stands_for_the_effect(harness: Harness) -> None:
    """4.4: whoever wrote it."""
    send = FakeEffect("send")
    run = harness.prepare(chain(send, node(pass_on, id="end")))
    done = entry("send", EntryKind.RESULT, status="completed", outputs={"output": "from before"}, attempts=1)
    await harness.journal.append(Batch(run.id, 0, opens=run.record, entries=[done]))
    run.drives = 1

    await harness.recover(run)

    assert (run.output, send.calls) == ("from before", 0)


async def test_what_is_shown_of_a_run_is_the_same_after_recovery(harness: Harness) -> None:
    """4.4: also of what lies inside a container that had completed before the crash."""
    inner, outer = FakeEffect("inner"), FakeEffect("outer")
    looping = node(loop, config={"items": [1, 2]}, body=graph(inner, node(show, config={"what": "{{ loop.item }}"})))
    run = await harness.start(workflow(looping, node(outer, after=("loop",))), crash_before=outer)

    await harness.recover(run)

    assert sorted(run.statuses()) == [
        "loop", "loop[0]/inner", "loop[0]/show", "loop[1]/inner", "loop[1]/show", "outer",
    ]  # fmt: skip
