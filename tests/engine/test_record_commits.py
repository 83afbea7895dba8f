"""In which commits an effect's intent, its records and its result go (semantics 4.3)."""

from __future__ import annotations

from typing import Any

import pytest

from treadle.engine.exchange import Exchange
from treadle.engine.journal import Batch, EntryKind
from treadle.errors import Conflict, NodeError, StoreError
from treadle.model.record import OVERTAKEN, Record, RecordQuery, Turn
from treadle.model.workflow import Node, Settings, Workflow
from treadle.node import Context, effect
from treadle.testing import Harness, chain, node
from treadle.testing.crash import Crash, SimulatedCrash

SENT: list[str] = []
LOST: list[str] = []


@pytest.fixture(autouse=True)
def _anew() -> None:
    SENT.clear()
    LOST.clear()


@effect("fake.send", in_doubt="repeat", begins_with_record=True)
async def send(ctx: Context, *, fails: bool = False, claims: bool = False, reads: bool = False) -> dict[str, Any]:
    """Say what is to be sent, send it, and say later what became of it."""
    known = await ctx.records.get("order", "t-1")
    if fails:
        raise NodeError("The market is closed.", code="closed", retryable=False)
    if claims:
        await ctx.state.claim("once", window=None)
    await ctx.records.put("order", "t-1", {"status": "sending"}, is_open=True)
    SENT.append("t-1")
    await ctx.records.put("fill", "f-1", {"price": "9"}, later=lambda: LOST.append("f-1"))
    await ctx.records.put("order", "t-1", {"status": "filled"}, later=lambda: LOST.append("t-1"))
    seen = await ctx.records.get("order", "t-1") if reads else None
    return {"known": known, "seen": seen}


@effect("fake.cancel", in_doubt="repeat", begins_with_record=True)
async def cancel(ctx: Context) -> None:
    """Change something outside that no record announces."""
    await ctx.records.write()
    SENT.append("cancel")


@effect("fake.odd", in_doubt="repeat", begins_with_record=True)
async def odd(ctx: Context) -> None:
    """Put what no store can keep."""
    await ctx.records.put("order", "t-1", {"status": object()})  # type: ignore[dict-item]
    SENT.append("t-1")


@effect("fake.turn", in_doubt="repeat", begins_with_record=True)
async def in_turn(ctx: Context, *, number: int = 0) -> str:
    """Note something, and put two records in a turn; what becomes of that."""
    turn = Turn("orders/a", number)
    await ctx.records.put("fill", "f-0", {}, later=lambda: LOST.append("f-0"))
    await ctx.records.put("order", "t-1", {"status": "sending"}, later=lambda: LOST.append("t-1"), turn=turn)
    try:
        await ctx.records.put("order", "t-2", {"status": "sending"}, turn=turn)
    except Conflict as error:
        return error.code
    return "written"


class Commits:
    """What each commit of a harness held, in short; `refuse` makes those fail that hold such a record."""

    def __init__(self, harness: Harness) -> None:
        self.made: list[list[str]] = []
        self.refuse: str | None = None
        self._append = harness.journal.append
        harness.journal.append = self._note  # type: ignore[method-assign]

    async def _note(self, batch: Batch) -> None:
        records = [f"{put.record.kind} {put.record.value.get('status', '')}".strip() for put in batch.records]
        if self.refuse in records:
            raise StoreError("The file is damaged.", code="corrupt")
        await self._append(batch)
        entries = [one.kind.name.lower() for one in batch.entries if one.node in ("send", "cancel", "odd")]
        self.made.append([*entries, *records])


async def kept(harness: Harness, kind: str = "order") -> list[Any]:
    exchange: Exchange = harness.exchange
    return [one.value for one in await exchange.list_records(RecordQuery(kind))]


async def test_the_intent_goes_with_the_first_record_and_what_is_put_later_with_the_result(harness: Harness) -> None:
    commits = Commits(harness)

    run = await harness.run(chain(send), deployment="bot")

    assert run.status == "completed"
    assert [one for one in commits.made if one] == [["intent", "order sending"], ["result", "fill", "order filled"]]
    assert await kept(harness) == [{"status": "filled"}]


@pytest.mark.parametrize("is_written", [False, True])
async def test_the_intent_and_its_record_are_there_together_or_not_at_all(harness: Harness, is_written: bool) -> None:
    append = harness.journal.append

    async def die(batch: Batch) -> None:
        if is_written:
            await append(batch)
        raise SimulatedCrash

    harness.journal.append = die  # type: ignore[method-assign]
    run = await harness.start(chain(send), deployment="bot")
    harness.journal.append = append  # type: ignore[method-assign]

    entries = await harness.journal.load(run.id) if is_written else []
    assert (run.crashed, SENT) == (True, [])
    assert [one.kind for one in entries] == ([EntryKind.INTENT] if is_written else [])
    assert await kept(harness) == ([{"status": "sending"}] if is_written else [])


async def test_after_a_crash_before_the_result_what_was_to_be_put_later_is_not_there(harness: Harness) -> None:
    run = await harness.start(chain(send), crash=Crash("mid_commit", "send"), deployment="bot")
    assert (await kept(harness), await kept(harness, "fill")) == ([{"status": "sending"}], [])

    await harness.recover(run)

    assert run.output["known"] == {"status": "sending"}
    assert (await kept(harness), await kept(harness, "fill")) == ([{"status": "filled"}], [{"price": "9"}])


async def test_nothing_is_read_past_what_was_put_later(harness: Harness) -> None:
    run = await harness.run(chain(node(send, config={"reads": True})), deployment="bot")

    assert run.output["seen"] == {"status": "filled"}


async def test_a_node_that_fails_before_its_first_record_has_an_intent_all_the_same(harness: Harness) -> None:
    commits = Commits(harness)

    run = await harness.run(chain(node(send, config={"fails": True})), deployment="bot")

    assert run.status == "failed"
    assert [one for one in commits.made if one] == [["intent", "result"]]


async def test_a_node_can_have_its_intent_written_without_a_record(harness: Harness) -> None:
    commits = Commits(harness)

    await harness.run(chain(cancel), deployment="bot")

    assert [one for one in commits.made if one] == [["intent"], ["result"]]


async def test_a_node_that_begins_with_something_else_than_a_record_is_refused(harness: Harness) -> None:
    run = await harness.run(chain(node(send, config={"claims": True})), deployment="bot")

    assert run.error is not None
    assert run.error.type == "no_intent"
    assert SENT == []


async def test_a_record_that_cannot_be_kept_fails_its_node_and_nothing_is_sent(harness: Harness) -> None:
    run = await harness.run(chain(odd), deployment="bot")

    assert run.error is not None
    assert (run.error.type, SENT, await kept(harness)) == ("unstorable_value", [], [])


async def test_who_put_something_later_hears_that_it_may_be_lost(harness: Harness) -> None:
    commits = Commits(harness)
    commits.refuse = "fill"
    run = harness.prepare(chain(send), deployment="bot")

    with pytest.raises(StoreError):
        await harness.drive(run)

    assert sorted(set(LOST)) == ["f-1", "t-1"]
    assert await kept(harness) == [{"status": "sending"}]


async def test_records_stay_of_a_run_that_is_not_kept(harness: Harness) -> None:
    flow = Workflow(name="quiet", nodes=(Node(id="send", type="fake.send"),), settings=Settings(save="none"))
    harness.know(send)

    run = await harness.run(flow, deployment="bot")

    assert run.status == "completed"
    assert (await kept(harness), await kept(harness, "fill")) == ([{"status": "filled"}], [{"price": "9"}])


async def test_what_is_put_in_a_turn_takes_it_once_however_much_there_is(harness: Harness) -> None:
    run = await harness.run(chain(in_turn), deployment="bot")
    again = await harness.run(chain(node(in_turn, config={"number": 1})), deployment="bot")

    assert [next(iter(one.outputs().values()))["output"] for one in (run, again)] == ["written", "written"]
    assert await kept(harness, "turn") == [{"number": 2}]


async def test_where_somebody_was_first_nothing_of_the_turn_is_written_and_all_else_is(harness: Harness) -> None:
    commits = Commits(harness)
    other = Record("order", "theirs", {"status": "sending"}, "deployment:other")
    await harness.exchange.put_record(other, now=harness.clock.now(), turn=Turn("orders/a", 0))

    run = await harness.run(chain(in_turn), deployment="bot")

    assert next(iter(run.outputs().values()))["output"] == OVERTAKEN
    assert await kept(harness) == [{"status": "sending"}]
    assert await kept(harness, "fill") == [{}]
    # The intent is not lost with what was to go with it.
    assert ["fill"] in [[record for record in one if record != "intent"] for one in commits.made]
    assert [one.kind for one in await harness.journal.load(run.id)] == [EntryKind.INTENT, EntryKind.RESULT]
