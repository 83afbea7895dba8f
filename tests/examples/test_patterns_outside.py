"""The patterns in which something outside decides: signals, people, other runs."""

from __future__ import annotations

from tests.examples.patterns import Course, pattern, run, seconds, send, start
from treadle.model.event import NodeCompleted
from treadle.testing.harness import Harness


async def test_12_instances_without_synchronisation(harness: Harness) -> None:
    """Three runs of their own are begun, and the one that began them is over before any of them is."""
    parent, child = pattern(12)
    harness.children.know(child)

    ended = await harness.run(parent, input={"leads": ["ada", "bo", "cy"]})

    children = list(harness.children.started.values())
    assert (ended.status, ended.output) == ("completed", 3)
    assert sorted(child.record.input["lead"] for child in children) == ["ada", "bo", "cy"]
    assert [child.outcome for child in children] == [None, None, None]


async def test_12_the_instances_go_their_own_way(harness: Harness) -> None:
    """Each ends by itself, whatever becomes of the others."""
    parent, child = pattern(12)
    harness.children.know(child)
    await harness.run(parent, input={"leads": ["ada", "bo"]})

    for child in harness.children.started.values():
        await harness.recover(child)

    assert [child.output for child in harness.children.started.values()] == [
        f"Still there, {child.record.input['lead']}?" for child in harness.children.started.values()
    ]


async def test_15_instances_not_known_beforehand(harness: Harness) -> None:
    """A second comes while the first is under way; the run waits for both, and for the word that it was the last."""
    harness.children.know(*pattern(15))
    parent = await start(harness, 15, claim="c-7")
    await harness.signal(parent, "witness", "Ada")
    (second,) = harness.children.started.values()
    await harness.drive(second)
    assert (parent.status, second.status) == ("suspended", "suspended")

    assert await send(harness, "witness", "Bo", key="c-7") is second
    await harness.drive(second)
    third = next(child for child in harness.children.started.values() if child is not second)
    await harness.drive(third)
    assert await send(harness, "no-more", key="c-7") is third
    await harness.drive(third)
    await harness.finish(parent)

    assert (parent.status, parent.output) == ("completed", ["Ada", "Bo"])
    assert len(harness.children.started) == 2


async def test_15_no_instance_at_all(harness: Harness) -> None:
    """Nobody turns up: that is an end too."""
    parent = await start(harness, 15)

    await harness.signal(parent, "no-more")

    assert (parent.status, parent.output) == ("completed", [])


async def test_16_deferred_choice_leaves_every_way_open_at_first(harness: Harness) -> None:
    """The customer may answer and a colleague may take over: nothing has been decided."""
    waiting = await start(harness, 16)

    (task,) = await harness.exchange.list_tasks(run_id=waiting.id)
    assert task.status == "open"
    assert [wait.name for wait in await harness.exchange.find_waits(waiting.id)] == ["answer"]
    assert {waiting.statuses()[f"choice/{way}"] for way in ("answer", "taken-over", "silence")} == {"waiting"}


async def test_16_deferred_choice_by_a_signal(harness: Harness) -> None:
    """The customer was first: the task and the timer are withdrawn."""
    waiting = await start(harness, 16)

    await harness.signal(waiting, "answer", "yes please")

    (task,) = await harness.exchange.list_tasks(run_id=waiting.id)
    assert (waiting.status, waiting.output) == ("completed", {"close": "ada says: yes please"})
    assert task.status == "cancelled"
    assert seconds(waiting) == 0


async def test_16_deferred_choice_by_a_person(harness: Harness) -> None:
    """The colleague was first: nobody waits for the customer any more."""
    waiting = await start(harness, 16)

    await harness.answer(waiting)

    assert waiting.output == {"hand-over": "ada is in good hands"}
    assert await harness.exchange.find_waits(waiting.id) == []


async def test_16_deferred_choice_by_time(harness: Harness) -> None:
    """Three days of silence decide too."""
    ended = await run(harness, 16)

    assert (ended.output, seconds(ended)) == ({"remind": "Did you see our offer, ada?"}, 72 * 3600)


async def test_19_cancel_activity(harness: Harness) -> None:
    """The work is cancelled and tidies up, and the run goes on."""
    waiting = await start(harness, 19)

    await harness.signal(waiting, "withdrawn")

    assert (waiting.status, waiting.output) == ("completed", "no offer was wanted")
    assert waiting.statuses()["offer/work/draft"] == "cancelled"
    assert Course.of(waiting).completions.index("offer/work.finally/desk") < Course.of(waiting).completions.index(
        "file"
    )


async def test_19_an_activity_that_is_not_cancelled_ends_as_usual(harness: Harness) -> None:
    """And nobody waits for the withdrawal any more."""
    ended = await run(harness, 19)

    assert (ended.output, seconds(ended)) == ("an offer for Ada", 24 * 3600)
    assert await harness.exchange.find_waits(ended.id) == []


async def test_20_cancel_case_from_inside(harness: Harness) -> None:
    """Everything under way ends at once, and what was reserved is released."""
    waiting = await start(harness, 20)

    await harness.signal(waiting, "cancelled", "changed my mind")

    assert (waiting.status, waiting.error and waiting.error.message) == ("failed", "Cancelled: changed my mind")
    assert waiting.statuses()["fulfil/work/book-the-van"] == "cancelled"
    assert any(isinstance(event, NodeCompleted) and event.path == "fulfil.finally/release" for event in waiting.events)


async def test_20_cancel_case_from_outside(harness: Harness) -> None:
    """`treadle cancel`: the same, whatever the run is doing."""
    waiting = await start(harness, 20)

    await harness.cancel(waiting)

    assert waiting.status == "cancelled"
    assert waiting.statuses()["fulfil.finally/release"] == "completed"
    assert waiting.statuses()["cancelled"] == "cancelled"


async def test_20_a_case_that_is_not_cancelled_is_shipped(harness: Harness) -> None:
    """The wait for a cancellation holds up nothing."""
    ended = await run(harness, 20)

    assert (ended.status, ended.output, seconds(ended)) == ("completed", "shipped", 24 * 3600)
