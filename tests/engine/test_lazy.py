"""§2.8 Lazy nodes run only when somebody live needs them."""

from __future__ import annotations

from tests.engine.nodes import boom, fork, loop, merge, pair, pass_on, required, show, value
from treadle.testing.fake_effect import FakeEffect
from treadle.testing.graphs import connect, graph, node, workflow
from treadle.testing.harness import Harness


async def test_a_lazy_node_that_is_needed_runs(harness: Harness) -> None:
    """2.8: a live follower is a need."""
    fetch, end = FakeEffect("fetch", returns=4), FakeEffect("end")

    run = await harness.run(workflow(node(fetch, lazy=True), end, connections=connect("fetch -> end")))

    assert (run.status, fetch.calls, end.values) == ("completed", 1, [4])


async def test_a_lazy_node_whose_follower_is_not_wanted_does_not_run(harness: Harness) -> None:
    """2.8: `when: false` on the only follower."""
    fetch = FakeEffect("fetch")

    run = await harness.run(
        workflow(node(fetch, lazy=True), node(required, when=False), connections=connect("fetch -> required"))
    )

    assert (run.statuses(), fetch.calls) == ({"fetch": "skipped", "required": "skipped"}, 0)


async def test_a_lazy_node_on_a_branch_not_taken_does_not_run(harness: Harness) -> None:
    """2.8: the follower's trigger is dead."""
    fetch = FakeEffect("fetch")
    parts = [node(fork, config={"take": "no"}), node(fetch, lazy=True), node(pass_on, id="end")]

    run = await harness.run(workflow(*parts, connections=connect("fetch -> end.value", "fork.yes -> end.trigger")))

    assert (run.statuses()["end"], fetch.calls) == ("skipped", 0)


async def test_a_lazy_node_that_nothing_follows_does_not_run(harness: Harness) -> None:
    """2.8: nobody needs the end of the graph."""
    fetch = FakeEffect("fetch")

    run = await harness.run(workflow(node(fetch, lazy=True), value))

    assert (fetch.calls, run.output) == (0, {"value": 1})


async def test_a_lazy_node_that_the_outputs_read_runs(harness: Harness) -> None:
    """2.8: the workflow's outputs are a need."""
    fetch = FakeEffect("fetch", returns=9)

    run = await harness.run(workflow(node(fetch, lazy=True), outputs="{{ nodes.fetch.output }}"))

    assert run.output == 9


async def test_a_chain_of_lazy_nodes_runs_when_its_end_is_needed(harness: Harness) -> None:
    """2.8: need passes up through lazy nodes."""
    fakes = [FakeEffect(f"lazy{n}") for n in range(5)]
    nodes = [node(fake, lazy=True) for fake in fakes]
    wires = connect(*(f"lazy{n} -> lazy{n + 1}" for n in range(4)), "lazy4 -> end")

    run = await harness.run(workflow(*nodes, node(pass_on, id="end"), connections=wires))

    assert (run.status, [fake.calls for fake in fakes]) == ("completed", [1] * 5)


async def test_a_chain_of_lazy_nodes_does_not_run_when_its_end_is_not_needed(harness: Harness) -> None:
    """2.8: none of them."""
    fakes = [FakeEffect(f"lazy{n}") for n in range(5)]
    nodes = [node(fake, lazy=True) for fake in fakes]
    wires = connect(*(f"lazy{n} -> lazy{n + 1}" for n in range(4)), "lazy4 -> end")

    run = await harness.run(workflow(*nodes, node(required, id="end", when=False), connections=wires))

    assert [fake.calls for fake in fakes] == [0] * 5
    assert set(run.statuses().values()) == {"skipped"}


async def test_a_reference_is_a_need(harness: Harness) -> None:
    """2.8: somebody who reads a lazy node needs it."""
    fetch = FakeEffect("fetch", returns=2)

    run = await harness.run(workflow(node(fetch, lazy=True), node(show, config={"what": "{{ nodes.fetch.output }}"})))

    assert run.output == 2


async def test_a_lazy_node_waits_until_its_need_is_certain(harness: Harness) -> None:
    """2.8: the follower's other input may still turn out dead."""
    fetch, gate = FakeEffect("fetch"), FakeEffect("gate", held=True)
    parts = [gate, node(required, id="narrow", when="{{ nodes.gate.output == 'go' }}"), node(fetch, lazy=True), pair]
    wires = connect("gate -> narrow", "narrow -> pair.left", "fetch -> pair.right")
    run = harness.begin(workflow(*parts, connections=wires))
    await gate.wait_until_entered()
    gate.release()

    await harness.settle(run)

    assert (run.statuses()["pair"], fetch.calls) == ("skipped", 0)


async def test_one_of_two_lazy_nodes_turning_out_dead_spares_the_other(harness: Harness) -> None:
    """2.8: the follower needs both; one waits for an effect that leaves it dead, so the other must not run."""
    gate, costly, other = FakeEffect("gate", returns="stop"), FakeEffect("costly"), FakeEffect("other")
    parts = [
        gate,
        node(required, id="narrow", when="{{ nodes.gate.output == 'go' }}"),
        node(other, lazy=True, id="other"),
        node(required, id="strict", lazy=True),
        node(costly, lazy=True),
        pair,
    ]
    wires = connect("gate -> narrow", "narrow -> strict", "strict -> pair.left", "costly -> pair.right")

    run = await harness.run(workflow(*parts, connections=wires))

    assert (run.statuses()["pair"], costly.calls) == ("skipped", 0)


async def test_a_lazy_node_with_a_false_when_is_skipped_and_its_follower_decided(harness: Harness) -> None:
    """2.5, 2.8: needed, but not wanted by itself."""
    fetch = FakeEffect("fetch")
    parts = [node(fetch, lazy=True, when=False), node(pass_on, id="end")]

    run = await harness.run(workflow(*parts, connections=connect("fetch -> end")))

    assert (run.statuses(), fetch.calls) == ({"fetch": "skipped", "end": "completed"}, 0)


async def test_a_lazy_node_is_not_run_for_a_when_that_is_false_without_it(harness: Harness) -> None:
    """2.5, 2.8: the follower's `when` reads only what has settled already."""
    fetch = FakeEffect("fetch")
    parts = [value, node(fetch, lazy=True), node(required, when="{{ nodes.value.output > 100 }}")]

    run = await harness.run(workflow(*parts, connections=connect("fetch -> required")))

    assert (run.statuses()["required"], fetch.calls) == ("skipped", 0)


async def test_a_when_that_cannot_be_read_fails_its_node_and_not_the_engine(harness: Harness) -> None:
    """2.5, 2.8: looking ahead at a `when` that raises."""
    fetch = FakeEffect("fetch")
    parts = [node(value, config={"of": {"a": 1}}), node(fetch, lazy=True),
             node(required, when="{{ nodes.value.output.b > 100 }}")]  # fmt: skip

    run = await harness.run(workflow(*parts, connections=connect("fetch -> required")))

    assert run.error is not None
    assert (run.status, run.error.node) == ("failed", "required")


async def test_a_lazy_fallback_runs_only_when_the_other_way_is_dead(harness: Harness) -> None:
    """2.8: an optional follower needs it either way; `join: first` does not."""
    main, spare = FakeEffect("main", returns="main"), FakeEffect("spare", returns="spare")
    parts = [main, node(spare, lazy=True), node(merge, join="first")]

    run = await harness.run(workflow(*parts, connections=connect("main -> merge", "spare -> merge")))

    assert (run.output, spare.calls) == ("main", 0)


async def test_a_lazy_node_in_a_body_is_decided_in_each_iteration(harness: Harness) -> None:
    """2.8: need is a matter of the scope."""
    fetch = FakeEffect("fetch", returns="fetched")
    body = graph(node(fetch, lazy=True), node(required, id="end", when="{{ loop.item > 1 }}"),
                 connections=connect("fetch -> end"))  # fmt: skip

    run = await harness.run(workflow(node(loop, config={"items": [1, 2, 3]}, body=body)))

    assert (run.output, fetch.calls) == ([None, "fetched", "fetched"], 2)


async def test_a_failure_elsewhere_leaves_lazy_nodes_alone(harness: Harness) -> None:
    """2.8, 3.2: a run that fails needs nothing more."""
    fetch = FakeEffect("fetch")
    parts = [boom, node(fetch, lazy=True), pair]

    run = await harness.run(workflow(*parts, connections=connect("boom -> pair.left", "fetch -> pair.right")))

    assert (run.status, fetch.calls) == ("failed", 0)


async def test_recovery_decides_lazy_nodes_alike(harness: Harness) -> None:
    """2.8, 4.4: a lazy effect with a result is not run again, one not needed is not run at all."""
    needed, idle, end = FakeEffect("needed"), FakeEffect("idle"), FakeEffect("end")
    parts = [node(needed, lazy=True), node(idle, lazy=True), node(required, id="off", when=False), end]
    run = await harness.start(workflow(*parts, connections=connect("needed -> end", "idle -> off")), crash_before=end)

    await harness.recover(run)

    assert (run.status, needed.calls, idle.calls, end.calls) == ("completed", 1, 0, 1)
