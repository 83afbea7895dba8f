"""What every exchange promises of records; a part of `treadle.testing.exchange_contract`."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from treadle.engine.exchange import Exchange
from treadle.engine.journal import Batch, Journal, Put, RunUpdate
from treadle.errors import Conflict, LeaseLost
from treadle.model.ids import RunId
from treadle.model.record import OVERTAKEN, TURN, Record, RecordQuery, Turn
from treadle.model.run import RunRecord
from treadle.testing.journal_contract import NOW, make_result, open_run

BOT = "deployment:bot"
ENDED = RunUpdate("completed", finished_at=NOW)


class RecordsContract:
    """As `ExchangeContract`, of which it is a part."""

    async def test_a_record_is_found_by_kind_and_key(self, exchange: Exchange) -> None:
        await _put(exchange, "t-1", side="buy")
        await _put(exchange, "t-1", kind="fill", price="12.5")

        found = await exchange.find_record("order", "t-1")

        assert found is not None
        assert (found.value, found.owner, found.at) == ({"side": "buy"}, BOT, NOW)
        assert await exchange.find_record("order", "t-2") is None

    async def test_a_record_that_is_written_again_is_one(self, exchange: Exchange) -> None:
        await _put(exchange, "t-1", status="open", is_open=True)
        await _put(exchange, "t-2")
        await _put(exchange, "t-1", status="filled", owner="deployment:other", after=9)

        found = await exchange.list_records(RecordQuery("order"))

        assert [(one.key, one.is_open, one.owner) for one in found] == [("t-1", False, BOT), ("t-2", False, BOT)]
        assert (found[0].value, found[0].at) == ({"status": "filled"}, NOW)

    async def test_records_are_told_apart_by_owner_group_and_being_open(self, exchange: Exchange) -> None:
        await _put(exchange, "a", group="paper/one", is_open=True)
        await _put(exchange, "b", group="paper/two")
        await _put(exchange, "c", group="paper/one", owner="deployment:other")

        mine = await _keys(exchange, owner=BOT)
        together = await _keys(exchange, group="paper/one")
        still_open = await _keys(exchange, open_only=True)

        assert (mine, together, still_open) == (["a", "b"], ["a", "c"], ["a"])

    async def test_records_after_another_since_a_time_and_the_newest(self, exchange: Exchange) -> None:
        for number, key in enumerate("abcd"):
            await _put(exchange, key, after=number)

        after, unknown = await _keys(exchange, after="b"), await _keys(exchange, after="z")
        since = await _keys(exchange, since=NOW + timedelta(seconds=1))
        newest, none = await _keys(exchange, newest=2), await _keys(exchange, newest=0)

        assert (after, unknown) == (["c", "d"], ["a", "b", "c", "d"])
        assert (since, newest, none) == (["b", "c", "d"], ["c", "d"], [])

    async def test_what_a_test_writes_is_seen_by_nobody_else(self, exchange: Exchange) -> None:
        await _put(exchange, "bot", kind="halt", on=True)
        await _put(exchange, "bot", kind="halt", on=False, test="r1", owner="run:r1")

        real, tested = await exchange.find_record("halt", "bot"), await exchange.find_record("halt", "bot", test="r1")

        assert real is not None
        assert tested is not None
        assert (real.value, tested.value) == ({"on": True}, {"on": False})
        assert [one.test for one in await exchange.list_records(RecordQuery("halt"))] == [""]

    async def test_a_driver_that_was_taken_over_writes_no_record(self, journal: Journal, exchange: Exchange) -> None:
        run = await open_run(journal)
        await _put(exchange, "mine", by=(run.id, run.epoch))

        with pytest.raises(LeaseLost):
            await _put(exchange, "late", by=(run.id, run.epoch + 1))

        assert await _keys(exchange) == ["mine"]

    async def test_records_go_with_a_batch_or_not_at_all(self, exchange: Exchange, journal: Journal) -> None:
        run = await open_run(journal)
        order, fill = Record("order", "t-1", {"status": "filled"}, BOT), Record("order", "t-0", {}, BOT, is_open=True)
        puts = [Put(fill, NOW), Put(order, NOW)]

        with pytest.raises(LeaseLost):
            await journal.append(Batch(run.id, run.epoch + 1, records=puts))
        lost = await _keys(exchange)
        await journal.append(Batch(run.id, run.epoch, entries=[make_result("a")], records=puts))

        assert (lost, await _keys(exchange), await _keys(exchange, open_only=True)) == ([], ["t-0", "t-1"], ["t-0"])
        assert [entry.node for entry in await journal.load(run.id)] == ["a"]

    async def test_of_two_who_take_one_turn_the_first_writes(self, exchange: Exchange) -> None:
        await _put(exchange, "t-1", turn=Turn("orders/a", 0))
        await _put(exchange, "t-2", turn=Turn("orders/b", 0))

        with pytest.raises(Conflict) as caught:
            await _put(exchange, "t-3", turn=Turn("orders/a", 0))
        await _put(exchange, "t-4", turn=Turn("orders/a", 1))

        assert (caught.value.code, await _keys(exchange)) == (OVERTAKEN, ["t-1", "t-2", "t-4"])
        counted = await exchange.find_record(TURN, "orders/a")
        assert counted is not None
        assert counted.value == {"number": 2}

    async def test_a_batch_whose_turn_was_taken_is_not_written(self, exchange: Exchange, journal: Journal) -> None:
        one, other = await open_run(journal), await open_run(journal)

        def batch(run: RunRecord) -> Batch:
            order = Record("order", f"t-{run.id}", {}, BOT)
            return Batch(run.id, run.epoch, entries=[make_result("a")], records=[Put(order, NOW, None, Turn("o", 0))])

        answers = await asyncio.gather(journal.append(batch(one)), journal.append(batch(other)), return_exceptions=True)

        assert [getattr(answer, "code", None) for answer in answers] == [None, OVERTAKEN]
        assert await _keys(exchange) == [f"t-{one.id}"]
        assert [len(await journal.load(run.id)) for run in (one, other)] == [1, 0]

    async def test_the_turns_of_a_test_are_its_own(self, exchange: Exchange) -> None:
        await _put(exchange, "t-1", turn=Turn("orders/a", 0))

        await _put(exchange, "t-1", test="r1", turn=Turn("orders/a", 0))

        assert await exchange.find_record("order", "t-1", test="r1") is not None

    async def test_the_records_of_a_run_that_is_forgotten_stay(self, exchange: Exchange, journal: Journal) -> None:
        run = await open_run(journal)
        puts = [Put(Record("order", "t-1", {}, BOT), NOW)]

        await journal.append(Batch(run.id, run.epoch, update=ENDED, records=puts, forget=True))

        assert await _keys(exchange) == ["t-1"]


async def _put(
    exchange: Exchange,
    key: str,
    *,
    kind: str = "order",
    owner: str = BOT,
    group: str = "",
    is_open: bool = False,
    test: str = "",
    after: float = 0,
    by: tuple[RunId, int] | None = None,
    turn: Turn | None = None,
    **value: Any,
) -> None:
    record = Record(kind, key, value, owner, group, is_open, test)
    await exchange.put_record(record, now=NOW + timedelta(seconds=after), by=by, turn=turn)


async def _keys(exchange: Exchange, **which: Any) -> list[str]:
    return [record.key for record in await exchange.list_records(RecordQuery("order", **which))]
