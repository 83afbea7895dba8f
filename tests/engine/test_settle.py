"""§2 Settling: which nodes run, with what, and which are skipped."""

from __future__ import annotations

from typing import Annotated

import pytest
from pydantic import Field

from tests.engine.nodes import (
    add_one,
    boom,
    fork,
    if_,
    join_lists,
    merge,
    optional,
    pair,
    pass_on,
    required,
    show,
    value,
)
from treadle.engine.journal import EntryKind
from treadle.model.event import NodeCompleted
from treadle.model.workflow import Node
from treadle.node import DEAD, Branch, Context, JsonValue, Needed, Value, effect
from treadle.node import node as declare
from treadle.testing.fake_effect import FakeEffect
from treadle.testing.graphs import connect, node, workflow
from treadle.testing.harness import Harness


def take(way: str, id: str = "fork") -> Node:
    return node(fork, id=id, config={"take": way, "value": 5})


def dead(id: str) -> Node:
    """A node that is skipped."""
    return node(value, id=id, when=False)


async def test_every_node_settles_once(harness: Harness) -> None:
    """2.1: a diamond of effects leaves one result per node, however many ways lead to its end."""
    fakes = [FakeEffect(name) for name in ("top", "left", "right")]
    bottom = FakeEffect("bottom")
    wires = connect("top -> left", "top -> right", "left -> bottom.trigger", "right -> bottom.trigger")

    run = await harness.run(workflow(*fakes, bottom, connections=wires))

    results = [e.node for e in await harness.entries(run) if e.kind is EntryKind.RESULT]
    assert sorted(results) == ["bottom", "left", "right", "top"]
    assert bottom.calls == 1


async def test_a_dead_required_input_skips_the_node_and_what_follows(harness: Harness) -> None:
    """2.3: skipped, and all its outputs are dead."""
    chain = [take("no"), node(required, id="b"), node(required, id="c")]

    run = await harness.run(workflow(*chain, connections=connect("fork.yes -> b", "b -> c")))

    assert run.statuses() == {"fork": "completed", "b": "skipped", "c": "skipped"}
    assert run.status == "completed"


async def test_one_live_trigger_is_enough(harness: Harness) -> None:
    """2.3: `join: any` runs a node if at least one connection into its trigger is live."""
    end = FakeEffect("end")
    wires = connect("fork.yes -> end.trigger", "dead.output -> end.trigger")

    run = await harness.run(workflow(take("yes"), dead("dead"), end, connections=wires))

    assert run.statuses()["end"] == "completed"


async def test_join_all_asks_for_all_triggers(harness: Harness) -> None:
    """2.3: with `join: all`, one dead trigger skips the node."""
    wires = connect("a -> end.trigger", "dead -> end.trigger")
    parts = [node(value, id="a"), dead("dead")]

    run = await harness.run(workflow(*parts, node(pass_on, id="end", join="all"), connections=wires))

    assert run.statuses()["end"] == "skipped"


async def test_join_all_runs_when_all_triggers_are_live(harness: Harness) -> None:
    """2.3: and with all of them live it runs."""
    wires = connect("a -> end.trigger", "b -> end.trigger")
    parts = [node(value, id="a"), node(value, id="b")]

    run = await harness.run(workflow(*parts, node(pass_on, id="end", join="all"), connections=wires))

    assert run.statuses()["end"] == "completed"


async def test_dead_triggers_skip_a_node_whose_inputs_are_live(harness: Harness) -> None:
    """2.3: a trigger that is connected has to be live, whatever the inputs are."""
    wires = connect("a -> end.value", "dead -> end.trigger")

    run = await harness.run(workflow(node(value, id="a"), dead("dead"), node(pass_on, id="end"), connections=wires))

    assert run.statuses()["end"] == "skipped"


async def test_a_join_waits_for_all_its_connections(harness: Harness) -> None:
    """2.2: `any` is decided when everything before it has settled."""
    quick, slow, end = FakeEffect("quick"), FakeEffect("slow", held=True), FakeEffect("end")
    run = harness.begin(workflow(quick, slow, end, connections=connect("quick -> end.trigger", "slow -> end.trigger")))
    await slow.wait_until_entered()
    await quick.wait_until_entered()

    early = end.calls
    slow.release()
    await harness.settle(run)

    assert (early, end.calls) == (0, 1)


@pytest.mark.parametrize("kind", ["pure", "effect"])
async def test_join_first_goes_with_the_first_live_connection(harness: Harness, kind: str) -> None:
    """2.2: `first` is decided at the first live connection; what arrives later is dropped."""
    quick, slow = FakeEffect("quick", returns="quick"), FakeEffect("slow", returns="slow", held=True)
    end = FakeEffect("end", returns=lambda value: value)
    last = node(end, join="first") if kind == "effect" else node(pass_on, id="end", join="first")
    wires = connect("slow -> end.value", "quick -> end.value")
    run = harness.begin(workflow(slow, quick, last, connections=wires))
    await slow.wait_until_entered()
    await run.wait_until_told(NodeCompleted, "end")
    slow.release()

    await harness.settle(run)

    assert (run.output, run.statuses()["slow"]) == ("quick", "completed")


async def test_a_late_arrival_does_not_run_a_node_again(harness: Harness) -> None:
    """2.1, 2.2: the second connection settles while a `first` effect is still under way."""
    quick, slow = FakeEffect("quick"), FakeEffect("slow", held=True)
    end = FakeEffect("end", held=True)
    wires = connect("quick -> end.trigger", "slow -> end.trigger")
    run = harness.begin(workflow(quick, slow, node(end, join="first"), connections=wires))
    await end.wait_until_entered()
    slow.release()
    await run.wait_until_told(NodeCompleted, "slow")
    end.release()

    await harness.settle(run)

    assert (run.status, end.calls, len(end.attempts)) == ("completed", 1, 1)


async def test_join_first_is_skipped_when_nothing_was_live(harness: Harness) -> None:
    """2.3: all connections dead, nothing to go with."""
    wires = connect("a -> end.trigger", "b -> end.trigger")

    run = await harness.run(workflow(dead("a"), dead("b"), node(pass_on, id="end", join="first"), connections=wires))

    assert run.statuses()["end"] == "skipped"


async def test_an_optional_input_that_is_dead_takes_its_default(harness: Harness) -> None:
    """2.4: all connections dead: the default."""
    run = await harness.run(workflow(take("no"), optional, connections=connect("fork.yes -> optional")))

    assert run.outputs()["optional"] == {"output": "default"}


async def test_a_list_input_collects_in_file_order(harness: Harness) -> None:
    """2.4: live connections in the order of the file, whatever finished first; dead ones are left out."""
    slow, quick = FakeEffect("slow", returns="slow", held=True), FakeEffect("quick", returns="quick")
    parts = [slow, quick, dead("dead"), join_lists]
    wires = connect("slow -> join_lists.items", "dead -> join_lists.items", "quick -> join_lists.items")
    run = harness.begin(workflow(*parts, connections=wires))
    await quick.wait_until_entered()
    slow.release()

    await harness.settle(run)

    assert run.outputs()["join_lists"] == {"output": ["slow", "quick"]}


async def test_a_required_list_input_without_a_live_connection_skips_the_node(harness: Harness) -> None:
    """2.3: a required input is live when one of its connections is."""
    wires = connect("a -> join_lists.items", "b -> join_lists.items")

    run = await harness.run(workflow(dead("a"), dead("b"), join_lists, connections=wires))

    assert run.statuses()["join_lists"] == "skipped"


async def test_a_list_input_takes_one_list_as_it_is(harness: Harness) -> None:
    """2.4: one connection that carries a list gives that list."""
    run = await harness.run(
        workflow(node(value, config={"of": [1, 2]}), join_lists, connections=connect("value -> join_lists"))
    )

    assert run.output == [1, 2]


async def test_a_variadic_input_takes_what_is_live(harness: Harness) -> None:
    """2.4: `flow.merge` with one branch taken."""
    parts = [take("yes"), node(pass_on, id="a"), node(required, id="b"), node(merge, config={"mode": "list"})]
    wires = connect("fork.yes -> a", "fork.no -> b", "a -> merge", "b -> merge")

    run = await harness.run(workflow(*parts, connections=wires))

    assert run.output == [5]


async def test_when_is_asked_last(harness: Harness) -> None:
    """2.5: `when` sees the node's inputs, and is not asked of a node that is skipped anyway."""
    asked = node(required, id="asked", when="{{ input.value > 3 }}")
    never = node(required, id="never", when="{{ input.value > nodes.nothing.output.at.all }}")
    parts = [take("yes"), asked, never, dead("nothing")]

    run = await harness.run(workflow(*parts, connections=connect("fork.yes -> asked", "fork.no -> never")))

    assert run.statuses()["asked"] == "completed"
    assert run.statuses()["never"] == "skipped"


@pytest.mark.parametrize("kind", ["pure", "effect"])
async def test_when_false_skips_the_node(harness: Harness, kind: str) -> None:
    """2.5: false skips; nothing of the node happens."""
    fake = FakeEffect("end")
    end = node(fake if kind == "effect" else pass_on, id="end", when="{{ nodes.a.output > 1 }}")

    run = await harness.run(workflow(node(value, id="a"), end, connections=connect("a -> end")))

    assert (run.statuses()["end"], fake.calls) == ("skipped", 0)


@effect("fake.order", in_doubt="repeat")
async def order(ctx: Context, size: Annotated[float, Field(gt=0)]) -> float:
    """Take only what is more than nothing."""
    return size


@pytest.mark.parametrize(
    ("size", "when", "status"),
    [
        ("{{ nodes.a.output }}", "{{ nodes.a.output > 0 }}", "skipped"),
        ("{{ nodes.a.output }}", "{{ input.size > 0 }}", "skipped"),
        ("{{ nodes.a.output.size }}", "{{ nodes.a.output > 0 }}", "skipped"),
        ("{{ nodes.a.output }}", "{{ nodes.a.output == 0 }}", "failed"),
        ("{{ nodes.a.output }}", "{{ nodes.a.output.nothing }}", "failed"),
    ],
)
async def test_what_does_not_fit_a_node_that_nobody_wants_does_not_fail_it(
    harness: Harness, size: str, when: str, status: str
) -> None:
    """2.5: false skips, whatever the inputs are worth; else it is said what is wrong with them."""
    end = node(order, id="end", config={"size": size}, when=when)

    run = await harness.run(workflow(node(value, id="a", config={"of": 0}), end, connections=connect()))

    assert run.statuses()["end"] == status


async def test_a_when_that_cannot_be_read_fails_the_node(harness: Harness) -> None:
    """2.5: a missing field is an error, not false."""
    end = node(pass_on, id="end", when="{{ nodes.a.output.nothing }}")

    run = await harness.run(
        workflow(node(value, id="a", config={"of": {"some": 1}}), end, connections=connect("a -> end"))
    )

    assert (run.status, run.error and run.error.node) == ("failed", "end")


async def test_a_branching_node_makes_live_only_what_it_chose(harness: Harness) -> None:
    """2.6: the live port carries the input value on; the other one is dead."""
    parts = [
        node(if_, id="choose", config={"condition": "input.a > 1", "a": 2}),
        node(required, id="yes"),
        node(required, id="no"),
    ]

    run = await harness.run(workflow(*parts, connections=connect("choose.true -> yes", "choose.false -> no")))

    assert run.statuses() == {"choose": "completed", "yes": "completed", "no": "skipped"}
    assert run.outputs()["yes"] == {"output": 2}


async def test_a_reference_to_a_skipped_node_picks_the_branch_taken(harness: Harness) -> None:
    """2.7: `{{ nodes.a.output ?? nodes.b.output }}`."""
    parts = [
        take("no"),
        node(required, id="a"),
        node(required, id="b"),
        node(show, config={"what": "{{ nodes.a.output ?? nodes.b.output }}"}),
    ]

    run = await harness.run(workflow(*parts, connections=connect("fork.yes -> a", "fork.no -> b")))

    assert run.outputs()["show"] == {"output": 5}


async def test_a_dead_port_of_a_node_that_ran_reads_as_null(harness: Harness) -> None:
    """2.7: of a branching node, the port that was not chosen."""
    reader = node(show, config={"what": ["{{ nodes.fork.yes }}", "{{ nodes.fork.no }}"]})

    run = await harness.run(workflow(take("yes"), reader))

    assert run.outputs()["show"] == {"output": [5, None]}


async def test_the_whole_result_of_a_skipped_node_is_null(harness: Harness) -> None:
    """2.7: also of a node with several ports."""
    reader = node(show, config={"what": "{{ nodes.fork.output }}"})

    run = await harness.run(workflow(node(fork, when=False), reader))

    assert run.outputs()["show"] == {"output": None}


async def test_an_unconnected_optional_input_takes_config_or_default(harness: Harness) -> None:
    """2.4: what is not connected comes from config, or is the default."""
    run = await harness.run(
        workflow(
            node(value, id="a"),
            node(pair, id="b", config={"right": "given"}),
            node(pair, id="c"),
            connections=connect("a -> b.left", "a -> c.left"),
        )
    )

    assert run.output == {"b": [1, "given"], "c": [1, "none"]}


async def test_a_value_that_does_not_fit_fails_the_node(harness: Harness) -> None:
    """2.3: what arrives is checked against the input's type."""
    run = await harness.run(
        workflow(node(value, config={"of": "text"}), join_lists, connections=connect("value -> join_lists"))
    )

    assert run.error is not None
    assert (run.error.type, run.error.node) == ("invalid_value", "join_lists")
    assert "text" in run.error.message


async def test_a_disabled_node_is_as_if_it_were_skipped(harness: Harness) -> None:
    """2.3: its outputs are dead."""
    fake = FakeEffect("off")

    run = await harness.run(workflow(node(fake, disabled=True), required, connections=connect("off -> required")))

    assert (run.statuses(), fake.calls) == ({"off": "skipped", "required": "skipped"}, 0)


async def test_outputs_default_to_what_nothing_follows(harness: Harness) -> None:
    """2.1: of several ends, those that are live, by id."""
    parts = [take("yes"), node(required, id="a"), node(required, id="b"), node(add_one, id="c")]
    wires = connect("fork.yes -> a", "fork.no -> b", "fork.yes -> c")

    run = await harness.run(workflow(*parts, connections=wires))

    assert run.output == {"a": 5, "c": 6}


async def test_outputs_that_cannot_be_read_fail_the_run(harness: Harness) -> None:
    """2.7: a missing field in `outputs` is an error too."""
    run = await harness.run(workflow(node(value, config={"of": {"a": 1}}), outputs="{{ nodes.value.output.b }}"))

    assert run.status == "failed"
    assert run.error is not None
    assert run.error.node == "under-test outputs"


async def test_a_failed_node_reads_as_null(harness: Harness) -> None:
    """2.7, 3.2: with `on_error: continue` its outputs are dead."""
    parts = [node(boom, on_error="continue"), node(show, config={"what": "{{ nodes.boom.output ?? 'none' }}"})]

    run = await harness.run(workflow(*parts))

    assert run.output == "none"


@declare("t.perhaps")
def perhaps(value: JsonValue = None) -> Branch[Value]:
    """The value, if there is one."""
    return DEAD if value is None else value


async def test_a_single_output_may_be_dead(harness: Harness) -> None:
    """2.6: and what needs it is skipped."""
    parts = [perhaps, required, node(perhaps, id="given", config={"value": 3}), node(required, id="b")]

    run = await harness.run(workflow(*parts, connections=connect("perhaps -> required", "given -> b")))

    assert run.statuses()["required"] == "skipped"
    assert run.outputs()["b"] == {"output": 3}


async def test_joining_at_the_first_is_the_same_after_a_crash(harness: Harness) -> None:
    """2.2, 4.4: the node that was decided is not decided again by what arrives late."""
    quick, slow = FakeEffect("quick"), FakeEffect("slow", held=True, in_doubt="repeat")
    end, last = FakeEffect("end"), FakeEffect("last", held=True, in_doubt="repeat")
    wires = connect("quick -> end.trigger", "slow -> end.trigger", "end -> last")
    run = harness.begin(workflow(quick, slow, node(end, join="first"), last, connections=wires))
    await last.wait_until_entered()
    await harness.kill(run)
    slow.release()
    last.release()

    await harness.recover(run)

    assert (run.status, quick.calls, end.calls, last.calls, slow.calls) == ("completed", 1, 1, 1, 1)


async def test_an_input_needed_once_connected_is_skipped_with_a_dead_branch(harness: Harness) -> None:
    """2.3: left open it is no reason to skip; connected, it is required. So nothing is sent on the branch not taken."""

    @effect("needs.send", in_doubt="repeat")
    async def send(ctx: Context, body: Annotated[Value, Needed()] = None) -> Value:
        """Send."""
        return body

    harness.know(send)
    check = Node(id="check", type="flow.if", config={"a": 1, "operator": ">", "b": 5})
    taken, not_taken, alone = (Node(id=name, type="needs.send") for name in ("taken", "not_taken", "alone"))

    run = await harness.run(
        workflow(
            check, taken, not_taken, alone, connections=connect("check.false -> taken", "check.true -> not_taken.body")
        )
    )

    assert {name: run.statuses()[name] for name in ("taken", "not_taken", "alone")} == {
        "taken": "completed",
        "not_taken": "skipped",
        "alone": "completed",
    }
