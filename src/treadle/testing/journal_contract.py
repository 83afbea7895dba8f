"""What every journal promises, as tests. Subclass `JournalContract` and give it a `journal` fixture:

    class TestMyJournal(JournalContract):
        @pytest.fixture
        async def journal(self) -> AsyncIterator[Journal]:
            async with MyStore(...) as store:
                yield store

A journal that outlives its process also overrides `reopen`.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from treadle.engine.journal import Batch, Entry, EntryKind, Journal, LogLine, RunUpdate, StateChange
from treadle.errors import Conflict, LeaseLost, NotFound, StoreError
from treadle.model.ids import RunId, new_run_id
from treadle.model.run import Failure, RunRecord

NOW = datetime(2026, 1, 2, 3, 4, 5, 678_901, tzinfo=UTC)


def make_record(run_id: RunId | None = None, **changes: Any) -> RunRecord:
    """A run as a test needs it: epoch 1, created at `NOW`."""
    given: dict[str, Any] = {"workflow": "orders", "version": "abcdef012345", "epoch": 1, "created_at": NOW}
    return RunRecord(id=run_id or new_run_id(), **(given | changes))


def make_result(node: str, sequence: int = 0, *, scope: str = "", **outputs: Any) -> Entry:
    """A RESULT entry of a node that completed."""
    body = {"status": "completed", "outputs": outputs, "attempts": 1, "ms": 1.5}
    return Entry(scope, node, sequence, EntryKind.RESULT, NOW, body)


async def open_run(journal: Journal, entries: Sequence[Entry] = (), **changes: Any) -> RunRecord:
    """A run opened with its first batch."""
    record = make_record(**changes)
    await journal.append(Batch(record.id, record.epoch, opens=record, entries=entries))
    return record


def finish(record: RunRecord, **more: Any) -> Batch:
    update = RunUpdate("completed", finished_at=NOW + timedelta(seconds=1), output={"ok": True})
    return Batch(record.id, record.epoch, update=update, **more)


class JournalContract:
    """Each test is one promise of `treadle.engine.journal.Journal`."""

    async def reopen(self, journal: Journal) -> Journal:
        """The same journal as a later process finds it. The default is for journals that end with their
        process.
        """
        return journal

    # Entries

    async def test_an_entry_comes_back_as_it_was_given(self, journal: Journal) -> None:
        entry = Entry("each[2]/inner[0]", "send", 3, EntryKind.SUSPENSION, NOW, {"until": NOW, "signal": None})

        record = await open_run(journal, [entry])

        assert await journal.load(record.id) == [entry]

    async def test_every_kind_of_value_comes_back_as_it_was_given(self, journal: Journal) -> None:
        values: dict[str, Any] = {
            "plain": [None, True, 2**70, -1.5, "é\u2028\x00", {"a": []}],
            "endless": [math.inf, -math.inf],
            "time": NOW,
            "offset": datetime(2026, 1, 1, tzinfo=UTC).astimezone(),
            "date": date(2026, 1, 2),
            "duration": timedelta(days=-1, microseconds=7),
            "money": Decimal("1.10"),
            "bytes": b"\x00\xff",
            "like a tag": {"$td": "datetime", "v": "not one"},
        }

        record = await open_run(journal, [make_result("all", **values)])

        (entry,) = await journal.load(record.id)
        assert entry.body["outputs"] == values
        assert {name: type(value) for name, value in entry.body["outputs"].items()} == {
            name: type(value) for name, value in values.items()
        }

    async def test_what_was_given_may_change_afterwards_without_changing_the_journal(self, journal: Journal) -> None:
        items = [1]
        record = await open_run(journal, [make_result("a", items=items)])

        items.append(2)

        (entry,) = await journal.load(record.id)
        assert entry.body["outputs"] == {"items": [1]}

    async def test_a_value_that_cannot_be_kept_is_refused_with_its_path(self, journal: Journal) -> None:
        record = make_record()

        with pytest.raises(StoreError, match=r"outputs\.x\[1\]") as caught:
            await journal.append(Batch(record.id, 1, opens=record, entries=[make_result("a", x=[1, object()])]))

        assert caught.value.code == "unstorable_value"
        assert (caught.value.attributes["scope"], caught.value.attributes["node"]) == ("", "a")
        assert await journal.load(record.id) == []

    async def test_entries_come_in_key_order_whatever_order_they_were_written_in(self, journal: Journal) -> None:
        late = [make_result("b"), make_result("a", 1), make_result("z", scope="each[1]")]
        early = [make_result("a", 0), make_result("z", scope="each[0]")]
        record = await open_run(journal, late)
        await journal.append(Batch(record.id, 1, entries=early))

        keys = [(entry.scope, entry.node, entry.sequence) for entry in await journal.load(record.id)]

        assert keys == [("", "a", 0), ("", "a", 1), ("", "b", 0), ("each[0]", "z", 0), ("each[1]", "z", 0)]

    async def test_a_large_value_comes_back_whole(self, journal: Journal) -> None:
        text = "0123456789abcdef" * 20_000

        record = await open_run(journal, [make_result("large", text=text)])

        (entry,) = await journal.load(record.id)
        assert entry.body["outputs"]["text"] == text

    async def test_a_run_without_entries_loads_empty(self, journal: Journal) -> None:
        record = await open_run(journal)

        assert await journal.load(record.id) == []

    async def test_entries_are_there_after_reopening(self, journal: Journal) -> None:
        entries = [make_result("a", value=1), make_result("b", value=2)]
        record = await open_run(journal, entries)

        later = await self.reopen(journal)

        assert await later.load(record.id) == entries

    # Batches

    async def test_a_batch_is_written_whole_or_not_at_all(self, journal: Journal) -> None:
        record = await open_run(journal, [make_result("a")])
        counted = StateChange("workflow:orders", "count", increment=1)

        with pytest.raises(Conflict):
            await journal.append(finish(record, entries=[make_result("b"), make_result("a")], state=[counted]))

        assert [entry.node for entry in await journal.load(record.id)] == ["a"]
        assert await journal.read_state("workflow:orders", "count") is None
        assert (await journal.claim(record.id)).status == "running"

    async def test_opening_a_run_twice_is_a_conflict_and_keeps_the_first(self, journal: Journal) -> None:
        record = await open_run(journal, [make_result("a")], input={"first": True})

        with pytest.raises(Conflict):
            await open_run(journal, [make_result("b")], run_id=record.id, input={"first": False})

        assert (await journal.claim(record.id)).input == {"first": True}
        assert [entry.node for entry in await journal.load(record.id)] == ["a"]

    async def test_batches_given_together_are_all_written(self, journal: Journal) -> None:
        records = [make_record() for _ in range(100)]

        await asyncio.gather(
            *(
                journal.append(Batch(record.id, 1, opens=record, entries=[make_result("a", index=index)]))
                for index, record in enumerate(records)
            )
        )

        found = [(await journal.load(record.id))[0].body["outputs"]["index"] for record in records]
        assert found == list(range(100))

    async def test_batches_of_one_run_given_together_are_written_in_order(self, journal: Journal) -> None:
        record = make_record()

        await asyncio.gather(
            journal.append(Batch(record.id, 1, opens=record, entries=[make_result("a")])),
            journal.append(Batch(record.id, 1, update=RunUpdate("suspended", wake_at=NOW))),
            journal.append(finish(record, entries=[make_result("b")])),
        )

        assert [entry.node for entry in await journal.load(record.id)] == ["a", "b"]
        with pytest.raises(Conflict):
            await journal.claim(record.id)

    async def test_a_refused_batch_takes_no_other_with_it(self, journal: Journal) -> None:
        taken = await open_run(journal, [make_result("a")])
        stale = await open_run(journal)
        await journal.claim(stale.id)
        others = [make_record() for _ in range(5)]
        bad = [
            Batch(taken.id, 1, entries=[make_result("a")]),
            Batch(taken.id, 1, opens=taken),
            Batch(stale.id, 1, entries=[make_result("late")]),
        ]
        good = [Batch(other.id, 1, opens=other, entries=[make_result("a")]) for other in others]

        outcomes = await asyncio.gather(
            *(journal.append(batch) for batch in [*good[:2], *bad, *good[2:]]), return_exceptions=True
        )

        kinds = [type(outcome) for outcome in outcomes]
        assert kinds == [type(None)] * 2 + [Conflict, Conflict, LeaseLost] + [type(None)] * 3
        assert [len(await journal.load(other.id)) for other in others] == [1] * 5

    # Leases

    async def test_a_claim_gives_the_record_and_raises_the_epoch(self, journal: Journal) -> None:
        given = await open_run(
            journal,
            mode="test",
            input={"size": 1.5},
            trigger="manual",
            fired={"at": NOW},
            deployment="bot",
            params={"limit": Decimal("2.0")},
            save="failures",
        )

        claimed = await journal.claim(given.id)

        assert claimed.epoch == 2
        assert (claimed.input, claimed.fired, claimed.params) == (given.input, given.fired, given.params)
        assert (claimed.workflow, claimed.version, claimed.mode, claimed.trigger, claimed.deployment) == (
            "orders", "abcdef012345", "test", "manual", "bot",
        )  # fmt: skip
        assert (claimed.status, claimed.save, claimed.created_at) == ("running", "failures", NOW)

    async def test_who_drove_before_the_claim_cannot_append(self, journal: Journal) -> None:
        record = await open_run(journal)
        claimed = await journal.claim(record.id)

        with pytest.raises(LeaseLost):
            await journal.append(Batch(record.id, record.epoch, entries=[make_result("late")]))
        await journal.append(Batch(record.id, claimed.epoch, entries=[make_result("mine")]))

        assert [entry.node for entry in await journal.load(record.id)] == ["mine"]

    async def test_appending_to_an_unknown_run_loses_the_lease(self, journal: Journal) -> None:
        with pytest.raises(LeaseLost):
            await journal.append(Batch(new_run_id(), 1, entries=[make_result("a")]))

    async def test_a_suspended_run_is_running_again_once_claimed(self, journal: Journal) -> None:
        record = await open_run(journal)
        await journal.append(Batch(record.id, 1, update=RunUpdate("suspended", wake_at=NOW)))

        claimed = await journal.claim(record.id)

        assert (claimed.status, claimed.wake_at) == ("running", None)

    @pytest.mark.parametrize("status", ["completed", "failed", "cancelled"])
    async def test_a_finished_run_cannot_be_claimed(self, journal: Journal, status: Any) -> None:
        record = await open_run(journal)
        failure = Failure("timeout", "took too long", node="a", attempt=3, details={"limit": 1.5})
        await journal.append(Batch(record.id, 1, update=RunUpdate(status, finished_at=NOW, error=failure)))

        with pytest.raises(Conflict):
            await journal.claim(record.id)

    async def test_an_unknown_run_cannot_be_claimed(self, journal: Journal) -> None:
        with pytest.raises(NotFound):
            await journal.claim(new_run_id())

    async def test_of_claims_made_together_the_last_one_drives(self, journal: Journal) -> None:
        record = await open_run(journal)

        claims = await asyncio.gather(*(journal.claim(record.id) for _ in range(5)))
        outcomes = await asyncio.gather(
            *(journal.append(Batch(record.id, claim.epoch, entries=[make_result("a")])) for claim in claims),
            return_exceptions=True,
        )

        assert sorted(claim.epoch for claim in claims) == [2, 3, 4, 5, 6]
        assert [type(outcome) for outcome in outcomes] == [LeaseLost] * 4 + [type(None)]

    # State

    async def test_state_commits_with_the_batch(self, journal: Journal) -> None:
        record = await open_run(journal)
        change = StateChange("deployment:bot", "window", value=[1, 2.5, NOW])

        await journal.append(finish(record, state=[change]))

        assert await journal.read_state("deployment:bot", "window") == [1, 2.5, NOW]
        assert await journal.read_state("deployment:other", "window") is None

    async def test_state_of_a_driver_that_lost_its_lease_is_not_written(self, journal: Journal) -> None:
        record = await open_run(journal)
        await journal.claim(record.id)

        with pytest.raises(LeaseLost):
            await journal.append(finish(record, state=[StateChange("workflow:orders", "peak", value=9)]))

        assert await journal.read_state("workflow:orders", "peak") is None

    async def test_increments_add_up(self, journal: Journal) -> None:
        records = [await open_run(journal) for _ in range(20)]
        change = StateChange("workflow:orders", "count", increment=2)

        await asyncio.gather(*(journal.append(finish(record, state=[change])) for record in records))

        assert await journal.read_state("workflow:orders", "count") == 40

    async def test_the_value_set_last_is_read(self, journal: Journal) -> None:
        owner = "workflow:orders"
        changes = [
            StateChange(owner, "a", value=1),
            StateChange(owner, "a", increment=0.5),
            StateChange(owner, "b", value="text"),
            StateChange(owner, "b", value=None),
        ]
        record = await open_run(journal)

        await journal.append(Batch(record.id, 1, state=changes))

        assert (await journal.read_state(owner, "a"), await journal.read_state(owner, "b")) == (1.5, None)

    async def test_counting_up_text_is_a_conflict_and_writes_nothing(self, journal: Journal) -> None:
        owner = "workflow:orders"
        record = await open_run(journal)
        await journal.append(Batch(record.id, 1, state=[StateChange(owner, "name", value="x")]))

        with pytest.raises(Conflict):
            await journal.append(finish(record, state=[StateChange(owner, "name", increment=1)]))

        assert await journal.read_state(owner, "name") == "x"
        assert (await journal.claim(record.id)).status == "running"

    # Claims of keys

    async def test_a_key_is_claimed_once(self, journal: Journal) -> None:
        first = await journal.claim_key("workflow:orders", "k", window=None, token="one", now=NOW)
        second = await journal.claim_key(
            "workflow:orders", "k", window=None, token="two", now=NOW + timedelta(days=999)
        )
        other = await journal.claim_key("workflow:other", "k", window=None, token="two", now=NOW)

        assert (first, second, other) == (True, False, True)

    async def test_the_same_token_may_claim_again(self, journal: Journal) -> None:
        await journal.claim_key("workflow:orders", "k", window=None, token="one", now=NOW)

        assert await journal.claim_key("workflow:orders", "k", window=None, token="one", now=NOW)

    async def test_a_key_is_free_once_its_window_is_over(self, journal: Journal) -> None:
        async def claim(token: str, after: float) -> bool:
            now = NOW + timedelta(seconds=after)
            return await journal.claim_key("workflow:orders", "k", window=60, token=token, now=now)

        answers = [
            await claim("one", 0),
            await claim("two", 60),
            await claim("two", 61),
            await claim("one", 62),
        ]

        assert answers == [True, False, True, False]

    async def test_of_claims_of_a_key_made_together_one_wins(self, journal: Journal) -> None:
        answers = await asyncio.gather(
            *(journal.claim_key("workflow:orders", "k", window=10, token=f"t{index}", now=NOW) for index in range(20))
        )

        assert answers.count(True) == 1

    # Cache

    async def test_a_cached_result_is_found_until_it_expires(self, journal: Journal) -> None:
        await journal.put_cached("k", {"output": [1, NOW]}, expires_at=NOW + timedelta(seconds=10))

        found = await journal.find_cached("k", now=NOW + timedelta(seconds=9))
        late = await journal.find_cached("k", now=NOW + timedelta(seconds=10))

        assert (found, late) == ({"output": [1, NOW]}, None)

    async def test_the_result_cached_last_is_found(self, journal: Journal) -> None:
        for value in (1, 2):
            await journal.put_cached("k", {"output": value}, expires_at=NOW + timedelta(seconds=value))

        assert await journal.find_cached("k", now=NOW) == {"output": 2}
        assert await journal.find_cached("other", now=NOW) is None

    # Runs that are not kept

    async def test_a_run_opened_finished_and_forgotten_leaves_only_its_state(self, journal: Journal) -> None:
        record = make_record()
        batch = finish(
            record,
            opens=record,
            entries=[make_result("a")],
            state=[StateChange("workflow:orders", "n", increment=1)],
            forget=True,
        )

        await journal.append(batch)

        assert await journal.load(record.id) == []
        assert await journal.read_state("workflow:orders", "n") == 1
        with pytest.raises(NotFound):
            await journal.claim(record.id)

    async def test_forgetting_a_finished_run_removes_it(self, journal: Journal) -> None:
        line = LogLine(NOW, "a", "info", "hello", {"n": 1})
        record = await open_run(journal, [make_result("a", text="x" * 100_000)])
        await journal.append(Batch(record.id, 1, log=[line]))

        await journal.append(finish(record, entries=[make_result("b")], forget=True))

        assert await journal.load(record.id) == []
        with pytest.raises(NotFound):
            await journal.claim(record.id)

    async def test_forgetting_an_unfinished_run_keeps_its_row(self, journal: Journal) -> None:
        record = await open_run(journal, [make_result("a")])

        await journal.append(Batch(record.id, 1, forget=True))
        await journal.append(Batch(record.id, 1, entries=[make_result("c")]))

        assert [entry.node for entry in await journal.load(record.id)] == ["c"]
        assert (await journal.claim(record.id)).epoch == 2
