"""variable and dedupe: what outlives a run."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.packs.binding import perform
from tests.packs.fake_context import FakeContext
from treadle.authoring.check.file import check_file
from treadle.node import NodeError
from treadle.packs.data.dedupe import dedupe
from treadle.packs.data.variable import variable
from treadle.testing.harness import Harness


async def use(ctx: FakeContext, *value: Any, **config: Any) -> Any:
    inputs = {"value": value[0]} if value else {}
    return (await perform(variable, ctx, {"name": "n", **config}, **inputs))["output"]


async def sift(ctx: FakeContext, value: Any, **config: Any) -> dict[str, Any]:
    return await perform(dedupe, ctx, config, value=value)


async def test_a_variable_is_what_was_set_in_its_scope() -> None:
    ctx = FakeContext()

    await use(ctx, {"a": Decimal("1.5")}, action="set", scope="run")

    assert await use(ctx, scope="run") == {"a": 1.5}
    assert await use(ctx, scope="workflow", default="none") == "none"


async def test_an_increment_starts_at_zero_and_may_go_down() -> None:
    ctx = FakeContext()

    found = [await use(ctx, action="increment", by=by) for by in (1, 2.5, -4)]

    assert found == [1, 3.5, -0.5]


async def test_a_text_cannot_be_incremented() -> None:
    ctx = FakeContext()
    await use(ctx, "x", action="set")

    with pytest.raises(NodeError, match="`n` cannot be incremented: it is text"):
        await use(ctx, action="increment")


@pytest.mark.parametrize("by", [12.5, -3])
async def test_a_workflow_counts_for_its_run_and_deployment(harness: Harness, by: float) -> None:
    text = f"name: c\nnodes: [{{id: c, type: data.variable, config: {{action: count, name: profit, by: {by}}}}}]"
    (counting,) = check_file(text, harness.registry).workflows

    run = await harness.run(counting)

    assert run.outputs() == {"c": {"output": by}}
    assert (await harness.journal.get_run(run.id)).counters == {"profit": by}  # type: ignore[attr-defined]


def test_a_counter_has_no_scope(memory_harness: Harness) -> None:
    text = "name: c\nnodes: [{id: c, type: data.variable, config: {action: count, name: n, scope: run}}]"

    checked = check_file(text, memory_harness.registry)

    assert "`scope` means nothing to a counter" in checked.result.issues[0].message


async def test_a_value_is_fresh_once() -> None:
    ctx = FakeContext()

    first = await sift(ctx, {"id": 1, "x": 1}, key="item.id")
    second = await sift(ctx, {"id": 1.0, "x": 2}, key="item.id")

    assert (list(first), list(second)) == (["fresh"], ["seen"])


async def test_after_the_window_it_is_fresh_again() -> None:
    ctx = FakeContext()
    await sift(ctx, "a", window="1h")

    ctx.clock += timedelta(minutes=59)
    early = await sift(ctx, "a", window="1h")
    ctx.clock += timedelta(minutes=2)
    late = await sift(ctx, "a", window="1h")

    assert (list(early), list(late)) == (["seen"], ["fresh"])


async def test_iterations_of_a_loop_share_what_they_have_seen() -> None:
    ctx = FakeContext(path="each[0]/once")
    await sift(ctx, "a")

    ctx.path = "each[1]/once"

    assert list(await sift(ctx, "a")) == ["seen"]


async def test_two_nodes_share_only_under_one_name() -> None:
    ctx = FakeContext(path="one")
    await sift(ctx, "a")
    await sift(ctx, "b", name="shared")

    ctx.path = "two"

    assert list(await sift(ctx, "a")) == ["fresh"]
    assert list(await sift(ctx, "b", name="shared")) == ["seen"]


async def test_a_list_is_taken_apart_and_an_empty_port_is_dead() -> None:
    ctx = FakeContext()

    first = await sift(ctx, [1, 2, 1], each=True)
    second = await sift(ctx, [2, 1], each=True)
    nothing = await sift(ctx, [], each=True)

    assert (first, second, nothing) == ({"fresh": [1, 2], "seen": [1]}, {"seen": [2, 1]}, {})


async def test_both_may_be_repeated_after_a_crash() -> None:
    assert (variable.type.in_doubt, dedupe.type.in_doubt) == ("repeat", "repeat")
