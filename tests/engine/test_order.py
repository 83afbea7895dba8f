"""§1 The graph: what orders nodes."""

from __future__ import annotations

import pytest

from tests.engine.nodes import add_one, loop, pass_on, sequence, show, value, while_
from treadle.authoring.document import load_workflow
from treadle.errors import InvalidWorkflow
from treadle.testing.fake_effect import FakeEffect
from treadle.testing.graphs import connect, graph, node, workflow
from treadle.testing.harness import Harness


async def test_a_connection_carries_the_value(harness: Harness) -> None:
    """1.2: what follows by a connection sees the value."""
    graph = workflow(node(pass_on, id="b"), node(value, id="a", config={"of": 7}), connections=connect("a -> b"))

    run = await harness.run(graph)

    assert run.output == 7


async def test_a_reference_waits_for_what_it_reads(harness: Harness) -> None:
    """1.2: a reference orders, wherever in the file the nodes stand."""
    slow = FakeEffect("slow", returns={"price": 3})
    reader = node(show, id="reader", config={"what": "{{ nodes.slow.output.price * 2 }}"})

    run = await harness.run(workflow(reader, slow))

    assert run.output == 6


async def test_after_orders_without_a_value(harness: Harness) -> None:
    """1.2: `after` starts a node when the others are settled, and gives it nothing."""
    first, second = FakeEffect("first", held=True), FakeEffect("second")
    run = harness.begin(workflow(node(second, after=("first",)), first))
    await first.wait_until_entered()

    began_early = second.calls
    first.release()
    await harness.settle(run)

    assert began_early == 0
    assert (run.status, second.values) == ("completed", [None])


async def test_after_carries_no_liveness(harness: Harness) -> None:
    """1.2: a node runs after one that was skipped."""
    second = FakeEffect("second")

    run = await harness.run(workflow(node(value, when=False), node(second, after=("value",))))

    assert run.statuses() == {"value": "skipped", "second": "completed"}


async def test_a_reference_carries_no_liveness(harness: Harness) -> None:
    """1.2: a reference to a skipped node does not skip the one that reads."""
    reader = node(show, config={"what": "{{ nodes.value.output }}"})

    run = await harness.run(workflow(node(value, when=False), reader))

    assert run.statuses() == {"value": "skipped", "show": "completed"}
    assert run.output is None


async def test_a_container_holds_a_graph_of_its_own(harness: Harness) -> None:
    """1.1: repetition lives inside a container, whose body is ordered by its own connections."""
    body = graph(node(add_one, id="b"), node(show, id="a", config={"what": "{{ loop.item * 10 }}"}),
                 connections=connect("a -> b"))  # fmt: skip

    run = await harness.run(workflow(node(loop, config={"items": [1, 2, 3]}, body=body)))

    assert run.output == [11, 21, 31]


async def test_a_body_reads_nodes_around_its_container(harness: Harness) -> None:
    """1.2: a reference inside a body makes the container wait for what it reads outside."""
    slow = FakeEffect("slow", returns=100)
    body = graph(node(show, config={"what": "{{ nodes.slow.output + loop.item }}"}))

    run = await harness.run(workflow(node(loop, config={"items": [1, 2]}, body=body), slow))

    assert run.output == [101, 102]


async def test_the_nodes_of_a_sequence_run_one_after_another(harness: Harness) -> None:
    """1.3: in an ordered body, each node is after the one before."""
    first, second = FakeEffect("first", held=True), FakeEffect("second")
    run = harness.begin(workflow(node(sequence, body=graph(first, second))))
    await first.wait_until_entered()

    early = second.calls
    first.release()
    await harness.settle(run)

    assert (early, second.calls) == (0, 1)


async def test_a_while_loop_feeds_its_state_back(harness: Harness) -> None:
    """1.1: the body's output is the state of the next iteration."""
    body = graph(node(show, config={"what": "{{ loop.state * 2 }}"}))
    repeat = node(while_, config={"condition": "state < 100", "state": 3}, body=body)

    run = await harness.run(workflow(repeat))

    assert run.output == 192


async def test_the_steps_form_is_the_same_graph_written_down(harness: Harness) -> None:
    """1.3: step n+1 is after step n; `then` and `else` are connected to the branch that chose them."""
    text = """
name: written-as-steps
inputs: {limit: number}
steps:
  - {id: price, type: transform, transform: "{ amount: 12 }"}
  - id: decide
    type: conditional
    condition: "{{ steps.price.output.amount }} > workflow.input.limit"
    then: dear
    else: cheap
  - {id: dear, type: transform, transform: "'dear'"}
  - {id: cheap, type: transform, transform: "'cheap'"}
  - id: last
    type: transform
    transform: "{ way: steps.dear.output ?? steps.cheap.output, chosen: steps.decide.output }"
output: "{{ steps.last.output }}"
"""
    (written,) = load_workflow(text).workflows

    dear = await harness.run(written, input={"limit": 10})
    cheap = await harness.run(written, input={"limit": 20})

    assert dear.output == {"way": "dear", "chosen": "dear"}
    assert cheap.output == {"way": "cheap", "chosen": "cheap"}
    assert dear.statuses()["cheap"] == "skipped"


async def test_steps_run_in_the_order_of_the_list(harness: Harness) -> None:
    """1.3: effects of a steps file happen from top to bottom."""
    seen: list[str] = []
    fakes = [FakeEffect(name, returns=lambda _, name=name: seen.append(name)) for name in ("c", "a", "b")]
    harness.know(*fakes)
    text = "name: in-order\nsteps:\n" + "".join(f"  - {{id: {f.name}, type: fake.{f.name}}}\n" for f in fakes)
    (written,) = load_workflow(text, catalogue=harness.registry).workflows

    run = await harness.run(written)

    assert (run.status, seen) == ("completed", ["c", "a", "b"])


async def test_a_workflow_without_nodes_is_done_at_once(harness: Harness) -> None:
    """1.1: the empty graph is a graph."""
    run = await harness.run(workflow())

    assert (run.status, run.output) == ("completed", {})


async def test_a_connection_to_a_node_that_is_not_there_is_refused(memory_harness: Harness) -> None:
    """1.1: what is not a graph does not become a plan."""
    with pytest.raises(InvalidWorkflow) as refused:
        memory_harness.plan(workflow(value, connections=connect("value -> nobody")))

    assert "nobody" in str(refused.value)
