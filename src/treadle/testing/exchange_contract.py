"""What every exchange promises, as tests. Subclass `ExchangeContract` and give it the fixtures `journal` and
`exchange`, which may be one store:

    class TestMyStore(ExchangeContract):
        @pytest.fixture
        async def journal(self) -> AsyncIterator[MyStore]:
            async with MyStore(...) as store:
                yield store

        @pytest.fixture
        def exchange(self, journal: MyStore) -> MyStore:
            return journal
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

import pytest

from treadle.engine.journal import Batch, Journal, RunUpdate
from treadle.errors import Conflict, NotFound
from treadle.model.ids import RunId, new_run_id
from treadle.model.run import Failure, RunRecord, RunStatus
from treadle.model.signal import Signal
from treadle.model.task import Task, TaskAnswer
from treadle.store.giving import Woken
from treadle.testing.journal_contract import NOW, open_run
from treadle.testing.limit_contract import LimitContract
from treadle.testing.memory_exchange import RunExchange
from treadle.testing.records_contract import RecordsContract

LATER = NOW + timedelta(days=2)


class RunJournal(Journal, Protocol):
    """A journal whose runs can be looked at."""

    async def get_run(self, run_id: RunId) -> RunRecord: ...


def make_signal(name: str = "paid", *, after: float = 0, **fields: Any) -> Signal:
    return Signal(new_run_id(), name, at=NOW + timedelta(seconds=after), **fields)


async def suspend(journal: Journal, run: RunRecord, *, wake_at: datetime | None = None, heard: int = 0) -> None:
    await journal.append(Batch(run.id, run.epoch, update=RunUpdate("suspended", wake_at=wake_at, heard=heard)))


async def finish(journal: Journal, run: RunRecord, status: RunStatus = "completed", *, forget: bool = False) -> None:
    error = Failure("broken", "It broke.") if status == "failed" else None
    update = RunUpdate(status, finished_at=NOW, error=error)
    closes = run if status == "failed" else None
    await journal.append(Batch(run.id, run.epoch, update=update, closes=closes, forget=forget))


async def take(
    exchange: RunExchange, run: RunRecord, *names: str, token: str = "t", key: str = "", at: datetime = NOW
) -> Signal | None:
    return await exchange.take_signal(names or ("paid",), key=key, run_id=run.id, token=token, now=at)


def make_task(run: RunRecord, id: str = "task-1", **fields: Any) -> Task:
    return Task(id, run.id, "ask", title="Pay?", created_at=NOW, **fields)


class ExchangeContract(LimitContract, RecordsContract):
    """Each test is one promise of `treadle.engine.exchange.Exchange`, or of those who send and answer."""

    # Signals: what comes before the wait

    async def test_a_signal_that_came_before_anybody_waited_is_taken(
        self, journal: RunJournal, exchange: RunExchange
    ) -> None:
        run = await open_run(journal)
        woken = await exchange.send_signal(make_signal(payload={"amount": 3, "at": NOW}))

        taken = await take(exchange, run)

        assert taken is not None
        assert (taken.name, taken.payload, taken.at, woken) == ("paid", {"amount": 3, "at": NOW}, NOW, Woken())

    async def test_who_asks_again_is_given_the_same_signal(self, journal: RunJournal, exchange: RunExchange) -> None:
        run = await open_run(journal)
        for payload in (1, 2):
            await exchange.send_signal(make_signal(payload=payload, after=payload))

        taken = [await take(exchange, run, token=token) for token in ("a", "a", "b", "a")]

        assert [signal and signal.payload for signal in taken] == [1, 1, 2, 1]

    async def test_a_signal_is_taken_once(self, journal: RunJournal, exchange: RunExchange) -> None:
        runs = [await open_run(journal) for _ in range(20)]
        for number in range(10):
            await exchange.send_signal(make_signal(payload=number))

        taken = await asyncio.gather(*(take(exchange, run, token=run.id) for run in runs))

        assert sorted(signal.payload for signal in taken if signal) == list(range(10))

    async def test_the_oldest_of_any_name_is_taken_first(self, journal: RunJournal, exchange: RunExchange) -> None:
        run = await open_run(journal)
        await exchange.send_signal(make_signal("cancelled", after=5))
        await exchange.send_signal(make_signal("other", after=1))
        await exchange.send_signal(make_signal("paid", after=2))

        names = [await take(exchange, run, "cancelled", "paid", token=token) for token in ("a", "b")]

        assert [signal and signal.name for signal in names] == ["paid", "cancelled"]

    async def test_a_signal_goes_by_its_key(self, journal: RunJournal, exchange: RunExchange) -> None:
        run = await open_run(journal)
        await exchange.send_signal(make_signal(key="order-7"))

        answers = [await take(exchange, run, token=f"t-{key}", key=key) for key in ("", "order-8", "order-7")]

        assert [answer is not None for answer in answers] == [False, False, True]

    async def test_a_signal_meant_for_a_run_is_taken_by_no_other_whatever_its_key(
        self, journal: RunJournal, exchange: RunExchange
    ) -> None:
        run, other = await open_run(journal), await open_run(journal)
        await exchange.send_signal(make_signal(run_id=run.id))

        answers = [
            await take(exchange, one, token=one.id + key, key=key) for one, key in ((other, ""), (run, "order-7"))
        ]

        assert [answer is not None for answer in answers] == [False, True]

    async def test_a_signal_meant_for_a_run_with_a_key_goes_to_the_node_that_has_it(
        self, journal: RunJournal, exchange: RunExchange
    ) -> None:
        run = await open_run(journal)
        await exchange.send_signal(make_signal(run_id=run.id, key="b"))

        answers = [await take(exchange, run, token=key, key=key) for key in ("a", "b")]

        assert [answer is not None for answer in answers] == [False, True]

    # Signals: what comes while somebody waits

    async def test_a_suspended_run_is_due_when_its_signal_comes(
        self, journal: RunJournal, exchange: RunExchange
    ) -> None:
        run = await open_run(journal)
        await take(exchange, run)
        await suspend(journal, run, wake_at=LATER)

        woken = await exchange.send_signal(make_signal(after=1))

        assert woken == Woken(run.id, 0)
        assert (await journal.get_run(run.id)).wake_at == NOW + timedelta(seconds=1)
        assert await take(exchange, run) is not None

    async def test_a_run_that_is_told_before_it_is_suspended_is_due_at_once(
        self, journal: RunJournal, exchange: RunExchange
    ) -> None:
        run = await open_run(journal)
        await take(exchange, run)
        woken = await exchange.send_signal(make_signal())

        await suspend(journal, run, wake_at=LATER)

        wake_at = (await journal.get_run(run.id)).wake_at
        assert woken == Woken(run.id, 1)
        assert wake_at is not None
        assert wake_at < LATER

    async def test_a_run_whose_driver_has_heard_sleeps_on(self, journal: RunJournal, exchange: RunExchange) -> None:
        run = await open_run(journal)
        await take(exchange, run)
        woken = await exchange.send_signal(make_signal())

        await suspend(journal, run, wake_at=LATER, heard=woken.nudged)

        assert (await journal.get_run(run.id)).wake_at == LATER

    async def test_each_signal_wakes_one_run_the_one_that_waited_longest(
        self, journal: RunJournal, exchange: RunExchange
    ) -> None:
        runs = [await open_run(journal) for _ in range(3)]
        for number, run in enumerate(runs):
            await take(exchange, run, token=run.id, at=NOW + timedelta(seconds=number))
            await suspend(journal, run)

        woken = [await exchange.send_signal(make_signal(payload=number, after=10)) for number in range(2)]

        assert [one.run_id for one in woken] == [runs[0].id, runs[1].id]
        taken = [await take(exchange, run, token=run.id, at=LATER) for run in runs]
        assert [signal and signal.payload for signal in taken] == [0, 1, None]

    async def test_asking_again_does_not_cost_the_place_in_the_line(
        self, journal: RunJournal, exchange: RunExchange
    ) -> None:
        first, second = await open_run(journal), await open_run(journal)
        await take(exchange, first, token="first")
        await take(exchange, second, token="second", at=NOW + timedelta(seconds=1))
        await take(exchange, first, token="first", at=NOW + timedelta(seconds=2))

        woken = await exchange.send_signal(make_signal())

        assert woken.run_id == first.id

    async def test_who_waits_for_several_names_is_given_one_signal(
        self, journal: RunJournal, exchange: RunExchange
    ) -> None:
        run = await open_run(journal)
        await take(exchange, run, "paid", "cancelled")

        woken = [await exchange.send_signal(make_signal(name)) for name in ("cancelled", "paid")]

        assert [one.run_id for one in woken] == [run.id, None]

    async def test_a_signal_sent_again_under_its_id_changes_nothing(
        self, journal: RunJournal, exchange: RunExchange
    ) -> None:
        first, second = await open_run(journal), await open_run(journal)
        signal = make_signal()
        await exchange.send_signal(signal)
        await take(exchange, first, token="first")

        woken = await exchange.send_signal(signal)

        assert woken == Woken()
        assert await take(exchange, second, token="second") is None

    async def test_what_a_run_waits_for_can_be_asked(self, journal: RunJournal, exchange: RunExchange) -> None:
        run = await open_run(journal)
        await take(exchange, run, "paid", "cancelled", key="order-7")

        waits = await exchange.find_waits(run.id)

        assert [(wait.name, wait.key, wait.token) for wait in waits] == [
            ("cancelled", "order-7", "t"),
            ("paid", "order-7", "t"),
        ]

    # Signals: refusals and endings

    async def test_a_signal_to_an_unknown_run_is_refused(self, exchange: RunExchange) -> None:
        with pytest.raises(NotFound):
            await exchange.send_signal(make_signal(run_id=new_run_id()))

    @pytest.mark.parametrize("status", ["completed", "failed", "cancelled"])
    async def test_a_signal_to_a_finished_run_is_refused(
        self, journal: RunJournal, exchange: RunExchange, status: RunStatus
    ) -> None:
        run = await open_run(journal)
        await finish(journal, run, status)

        with pytest.raises(Conflict) as caught:
            await exchange.send_signal(make_signal(run_id=run.id))

        assert caught.value.code == "run_finished"

    async def test_what_a_node_was_given_and_did_not_use_goes_to_the_next(
        self, journal: RunJournal, exchange: RunExchange
    ) -> None:
        first, second = await open_run(journal), await open_run(journal)
        await take(exchange, first, token="first")
        await exchange.send_signal(make_signal(payload=1))
        await take(exchange, second, token="second")

        await journal.append(Batch(first.id, first.epoch, abandons=["signal:first"]))

        taken = await take(exchange, second, token="second")
        assert (taken and taken.payload, await exchange.find_waits(second.id)) == (1, [])

    async def test_a_signal_for_a_wait_that_is_abandoned_is_kept(
        self, journal: RunJournal, exchange: RunExchange
    ) -> None:
        first, second = await open_run(journal), await open_run(journal)
        await take(exchange, first, token="first")
        await journal.append(Batch(first.id, first.epoch, abandons=["signal:first"]))

        woken = await exchange.send_signal(make_signal())

        assert woken == Woken()
        assert await take(exchange, second, token="second") is not None

    async def test_what_every_call_of_a_node_was_given_goes_to_the_next(
        self, journal: RunJournal, exchange: RunExchange
    ) -> None:
        """`all:` names the node; its second call goes by `<token>/1`. Another node of the run keeps what it has."""
        first, second = await open_run(journal), await open_run(journal)
        for payload in range(3):
            await exchange.send_signal(make_signal(payload=payload, after=payload))
        for token in ("first", "first/1", "first0"):
            await take(exchange, first, token=token)
        await take(exchange, first, "more", token="first/2")

        await journal.append(Batch(first.id, first.epoch, abandons=["all:first:each[0]/ask"]))

        taken = [await take(exchange, second, token=token) for token in ("a", "b", "c")]
        assert [signal and signal.payload for signal in taken] == [0, 1, None]
        assert await exchange.find_waits(first.id) == []

    async def test_giving_up_one_call_leaves_the_others_what_they_have(
        self, journal: RunJournal, exchange: RunExchange
    ) -> None:
        first, second = await open_run(journal), await open_run(journal)
        for payload in range(2):
            await exchange.send_signal(make_signal(payload=payload, after=payload))
        for token in ("first", "first/1"):
            await take(exchange, first, token=token)

        await journal.append(Batch(first.id, first.epoch, abandons=["signal:first"]))

        taken = [await take(exchange, second, token=token) for token in ("a", "b")]
        assert [signal and signal.payload for signal in taken] == [0, None]

    async def test_a_run_that_has_failed_waits_for_nothing(self, journal: RunJournal, exchange: RunExchange) -> None:
        first, second = await open_run(journal), await open_run(journal)
        await take(exchange, first, token="first")
        await exchange.open_task(make_task(first))
        await finish(journal, first, "failed")

        woken = await exchange.send_signal(make_signal())

        assert woken == Woken()
        assert await take(exchange, second, token="second") is not None
        assert (await exchange.get_task("task-1")).status == "cancelled"

    async def test_with_a_run_goes_what_it_exchanged(self, journal: RunJournal, exchange: RunExchange) -> None:
        run = await open_run(journal)
        signal = make_signal(run_id=run.id)
        await exchange.send_signal(signal)
        await take(exchange, run, "other", token="waits")
        await exchange.open_task(make_task(run))

        await finish(journal, run, forget=True)

        assert (await exchange.find_waits(run.id), await exchange.list_tasks(run_id=run.id)) == ([], [])
        with pytest.raises(NotFound):
            await exchange.get_task("task-1")

    # Tasks

    async def test_a_task_is_opened_once(self, journal: RunJournal, exchange: RunExchange) -> None:
        run = await open_run(journal)
        form = {"type": "object"}
        opened = await exchange.open_task(make_task(run, value={"at": NOW}, form=form, assignees=("ada",)))

        again = await exchange.open_task(make_task(run, value="another"))

        assert (again, opened.value, opened.form, opened.assignees) == (opened, {"at": NOW}, form, ("ada",))
        assert opened.status == "open"

    async def test_an_answer_makes_the_run_due(self, journal: RunJournal, exchange: RunExchange) -> None:
        run = await open_run(journal)
        await exchange.open_task(make_task(run))
        await suspend(journal, run, wake_at=LATER)

        answered = await exchange.answer_task("task-1", TaskAnswer("approved", {"n": 1}, by="ada", at=NOW))

        assert (answered.woken, (await journal.get_run(run.id)).wake_at) == (Woken(run.id, 0), NOW)
        task = await exchange.open_task(make_task(run))
        assert (task.status, task.answer) == ("done", TaskAnswer("approved", {"n": 1}, by="ada", at=NOW))

    async def test_an_answer_that_comes_before_the_suspension_is_not_lost(
        self, journal: RunJournal, exchange: RunExchange
    ) -> None:
        run = await open_run(journal)
        await exchange.open_task(make_task(run))
        answered = await exchange.answer_task("task-1", TaskAnswer("approved"), now=NOW)

        await suspend(journal, run, wake_at=LATER)

        wake_at = (await journal.get_run(run.id)).wake_at
        assert answered.woken == Woken(run.id, 1)
        assert wake_at is not None
        assert wake_at < LATER

    async def test_a_second_answer_is_refused(self, journal: RunJournal, exchange: RunExchange) -> None:
        run = await open_run(journal)
        await exchange.open_task(make_task(run))
        answers = [TaskAnswer("approved", by="ada"), TaskAnswer("rejected", by="bob")]

        came_to = await asyncio.gather(
            *(exchange.answer_task("task-1", answer, now=NOW) for answer in answers), return_exceptions=True
        )

        task = await exchange.get_task("task-1")
        assert task.answer is not None
        assert (task.answer.outcome, task.answer.by) == ("approved", "ada")
        assert isinstance(came_to[1], Conflict)
        assert came_to[1].code == "task_answered"

    async def test_an_answer_after_the_deadline_is_refused(self, journal: RunJournal, exchange: RunExchange) -> None:
        run = await open_run(journal)
        await exchange.open_task(make_task(run, deadline_at=NOW))

        with pytest.raises(Conflict) as caught:
            await exchange.answer_task("task-1", TaskAnswer("approved"), now=NOW)

        assert caught.value.code == "task_expired"
        assert (await exchange.expire_task("task-1", now=NOW)).status == "expired"

    async def test_a_task_that_is_answered_does_not_expire(self, journal: RunJournal, exchange: RunExchange) -> None:
        run = await open_run(journal)
        await exchange.open_task(make_task(run, deadline_at=LATER))
        await exchange.answer_task("task-1", TaskAnswer("rejected"), now=NOW)

        assert (await exchange.expire_task("task-1", now=LATER)).status == "done"

    async def test_a_task_that_nobody_waits_for_is_cancelled(self, journal: RunJournal, exchange: RunExchange) -> None:
        run = await open_run(journal)
        await exchange.open_task(make_task(run))
        await journal.append(Batch(run.id, run.epoch, abandons=["task:task-1"]))

        with pytest.raises(Conflict) as caught:
            await exchange.answer_task("task-1", TaskAnswer("approved"), now=NOW)

        assert caught.value.code == "task_cancelled"

    async def test_every_task_of_a_node_that_is_given_up_is_cancelled(
        self, journal: RunJournal, exchange: RunExchange
    ) -> None:
        """Those that are open, of that run."""
        run, other = await open_run(journal), await open_run(journal)
        for one, name in ((run, "task-1"), (run, "task-2"), (run, "task-3"), (other, "task-4")):
            await exchange.open_task(make_task(one, name))
        await exchange.answer_task("task-1", TaskAnswer("approved"), now=NOW)

        await journal.append(Batch(run.id, run.epoch, abandons=["all:token:elsewhere", "all:token:ask"]))

        statuses = [(await exchange.get_task(f"task-{number}")).status for number in (1, 2, 3, 4)]
        assert statuses == ["done", "cancelled", "cancelled", "open"]

    async def test_a_task_that_was_cancelled_is_open_when_asked_again(
        self, journal: RunJournal, exchange: RunExchange
    ) -> None:
        run = await open_run(journal)
        await exchange.open_task(make_task(run))
        await journal.append(Batch(run.id, run.epoch, abandons=["task:task-1"]))

        task = await exchange.open_task(make_task(run, deadline_at=LATER))

        assert (task.status, task.deadline_at) == ("open", LATER)

    async def test_a_task_that_is_done_stays_so_when_its_wait_is_left(
        self, journal: RunJournal, exchange: RunExchange
    ) -> None:
        run = await open_run(journal)
        await exchange.open_task(make_task(run))
        await exchange.answer_task("task-1", TaskAnswer("approved"), now=NOW)

        await journal.append(Batch(run.id, run.epoch, abandons=["task:task-1"]))

        assert (await exchange.get_task("task-1")).status == "done"

    async def test_an_unknown_task_cannot_be_answered(self, exchange: RunExchange) -> None:
        with pytest.raises(NotFound):
            await exchange.answer_task("nothing", TaskAnswer("approved"), now=NOW)

    async def test_tasks_are_listed_by_status_and_run(self, journal: RunJournal, exchange: RunExchange) -> None:
        runs = [await open_run(journal) for _ in range(2)]
        for number, run in enumerate((*runs, runs[0])):
            await exchange.open_task(make_task(run, f"task-{number}"))
        await exchange.answer_task("task-2", TaskAnswer("approved"), now=NOW)

        async def ids(**given: Any) -> Sequence[str]:
            return [task.id for task in await exchange.list_tasks(**given)]

        assert await ids() == ["task-0", "task-1", "task-2"]
        assert await ids(status="open") == ["task-0", "task-1"]
        assert await ids(run_id=runs[0].id) == ["task-0", "task-2"]
