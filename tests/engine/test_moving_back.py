"""5.2: moved back, moved again, and what counts as the same value."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from tests.engine.nodes import loop, wait
from treadle.engine.journal import EntryKind
from treadle.model.workflow import Node, Workflow
from treadle.node import Context, JsonValue, effect
from treadle.testing import FakeEffect, Harness, chain, node, workflow
from treadle.testing.graphs import graph


def held(duration: str = "1h", **fields: Any) -> Node:
    return node(wait, id="hold", config={"duration": duration}, **fields)


def paths(nodes: Any) -> list[str]:
    return [one.path for one in nodes]


def mailing(mail: FakeEffect, word: str) -> Workflow:
    return workflow(node(mail, config={"value": word}), held(), outputs="{{ nodes.mail.output }}")


async def test_moved_there_and_back_nothing_is_repeated(harness: Harness) -> None:
    mail = FakeEffect("mail", returns=lambda value: f"sent {value}")
    run = await harness.start(mailing(mail, "a"))
    there = await harness.move(run, mailing(mail, "b"))

    back = await harness.move(run, mailing(mail, "a"))
    await harness.finish(run)

    assert (paths(there.again), paths(back.kept), back.warnings) == (["mail"], ["hold", "mail"], ())
    assert (mail.values, run.output) == (["a"], "sent a")


async def test_moved_to_and_fro_more_than_once_nothing_is_repeated(harness: Harness) -> None:
    mail = FakeEffect("mail", returns=lambda value: f"sent {value}")
    run = await harness.start(mailing(mail, "{{ uuid() }}"))
    for _ in range(3):
        await harness.move(run, mailing(mail, "b"))
        await harness.move(run, mailing(mail, "{{ uuid() }}"))
    await harness.finish(run)

    assert (mail.calls, run.status) == (1, "completed")


async def test_what_an_earlier_move_has_set_aside_is_said_to_run_again(harness: Harness) -> None:
    mail = FakeEffect("mail")
    run = await harness.start(mailing(mail, "a"))
    await harness.move(run, mailing(mail, "b"))

    move = await harness.move(run, mailing(mail, "c"))
    await harness.finish(run)

    assert (paths(move.again), move.again[0].reasons) == (["mail"], ("an earlier move has set it aside",))
    assert "happens once more" in move.warnings[0]
    assert mail.values == ["a", "c"]


async def test_an_item_that_comes_back_is_not_done_again(harness: Harness) -> None:
    mail = FakeEffect("mail", returns=lambda value: value)

    def each(items: list[int]) -> Workflow:
        body = graph(node(mail, config={"value": "{{ loop.item }}"}))
        return workflow(node(loop, config={"items": items}, body=body), held(), outputs="{{ nodes.loop.results }}")

    run = await harness.start(each([1, 2]))
    await harness.move(run, each([1]))
    await harness.drive(run)

    await harness.move(run, each([1, 2]))
    await harness.finish(run)

    assert (mail.values, run.output) == ([1, 2], [1, 2])


async def test_a_wait_that_was_given_up_is_said_to_begin_anew(harness: Harness) -> None:
    run = await harness.start(workflow(held()))
    await harness.move(run, workflow(held("2h")))

    move = await harness.move(run, workflow(held()))

    assert (paths(move.again), move.warnings) == (["hold"], ())


@effect("t.put", in_doubt="repeat")
async def put(ctx: Context, *, x: JsonValue = 0, note: JsonValue = None) -> JsonValue:
    """Sets `state.x`."""
    await ctx.state.set("x", x)
    return None


def writing(mail: FakeEffect, before: int, after: int | None) -> Workflow:
    later = [] if after is None else [node(put, id="later", config={"x": after}, after=("pause",))]
    return workflow(
        node(put, config={"x": before}),
        node(mail, config={"value": "{{ state.x }}"}, after=("put",)),
        node(wait, id="pause", config={"duration": "1m"}, after=("mail",)),
        *later,
        held(),
    )


async def paused(harness: Harness, mail: FakeEffect) -> Any:
    run = await harness.start(writing(mail, 1, 5))
    harness.clock.advance(60)
    await harness.drive(run)
    assert run.statuses()["later"] == "completed"
    return run


async def test_what_the_run_itself_has_set_is_an_input(harness: Harness) -> None:
    mail = FakeEffect("mail")
    run = await paused(harness, mail)

    move = await harness.move(run, writing(mail, 2, 5))
    await harness.finish(run)

    assert "mail" in paths(move.later)
    assert mail.values == [1, 2]


@pytest.mark.parametrize(("after", "listed"), [(6, "again"), (None, "removed")])
async def test_what_the_run_set_after_a_node_had_begun_is_no_input_of_it(
    harness: Harness, after: int | None, listed: str
) -> None:
    mail = FakeEffect("mail")
    run = await paused(harness, mail)

    move = await harness.move(run, writing(mail, 1, after))
    await harness.finish(run)

    assert (paths(getattr(move, listed)), mail.values) == (["later"], [1])


async def test_what_was_compared_after_a_move_is_the_same_in_the_next(harness: Harness) -> None:
    """`mail` was kept because `put` had set the same again, later than `mail` was sent."""
    mail = FakeEffect("mail")

    def reading(given: int, *more: Any) -> Workflow:
        return workflow(
            node(put, config={"x": 1, "note": given}),
            node(mail, config={"value": "{{ state.x }}"}, after=("put",)),
            held(),
            *more,
        )

    run = await harness.start(reading(1))
    for given in (2, 3):
        harness.clock.advance(60)
        await harness.move(run, reading(given))
        await harness.drive(run)
    await harness.move(run, reading(3, node(wait, id="more", config={"duration": "1m"})))
    await harness.finish(run)

    puts = [entry for entry in await harness.entries(run) if entry.node == "put" and entry.kind is EntryKind.RESULT]
    assert (len(puts), mail.values) == (3, [1])


class Stamp(datetime):
    """A time of somebody else's making."""


@pytest.mark.parametrize(
    "made",
    [
        {9: 1, 10: 2},
        {True: 1, 1.5: {10: None, 9: Decimal("1.0")}},
        bytearray(b"abc"),
        (1, [2, (3,)]),
        Stamp(2026, 1, 2, tzinfo=UTC),
    ],
)
async def test_a_value_is_the_same_before_and_after_the_journal(harness: Harness, made: Any) -> None:
    first, mail = FakeEffect("first", returns=lambda _: made), FakeEffect("mail")

    def sending(given: int) -> Workflow:
        return chain(node(first, config={"value": given}), mail, held())

    run = await harness.start(sending(1))

    await harness.move(run, sending(2))
    await harness.finish(run)

    assert (run.status, first.calls, mail.calls) == ("completed", 2, 1)
