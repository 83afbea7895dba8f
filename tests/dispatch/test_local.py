"""The in-process dispatcher: what it owes a run whoever lets it down."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from treadle.dispatch.local import LocalDispatcher
from treadle.dispatch.plans import Plans, write_version
from treadle.engine.compile import compile_plan
from treadle.engine.handlers import Handlers
from treadle.engine.journal import Batch
from treadle.engine.outcome import Done
from treadle.engine.plan import Plan
from treadle.engine.world import World
from treadle.errors import Conflict, NotFound, StoreError
from treadle.model.event import NodeCompleted, RunEvent
from treadle.model.ids import RunId, new_run_id
from treadle.model.run import Origin, RunRecord, RunStatus
from treadle.model.workflow import Workflow
from treadle.node import Registry
from treadle.store.sqlite_journal import SqliteStore
from treadle.testing.fake_effect import FakeEffect
from treadle.testing.graphs import chain

PATIENCE = 10.0


class FaultyStore(SqliteStore):
    """Refuses the next appends, or raises what no store should."""

    refused = 0
    claims = looks = 0
    held: asyncio.Event | None = None
    broken: Callable[[], Exception] | None = None

    async def append(self, batch: Batch) -> None:
        if self.refused and batch.entries:
            self.refused -= 1
            raise StoreError("The disk is full.", code="disk_full")
        await super().append(batch)

    async def claim(self, run_id: RunId) -> RunRecord:
        self.claims += 1
        if self.held is not None:
            await self.held.wait()
        return await super().claim(run_id)

    async def find_due(self, now: datetime, limit: int = 100) -> list[RunId]:
        self.looks += 1
        return await super().find_due(now, limit)

    async def find_cancelled(self) -> list[RunId]:
        if self.broken is not None:
            raise self.broken()
        return await super().find_cancelled()


class Bench:
    """A dispatcher on a store of its own, and what it takes to make runs."""

    def __init__(self, store: FaultyStore) -> None:
        self.store = store
        self.dispatchers = AsyncExitStack()

    async def dispatcher(self, *known: FakeEffect, most_at_once: int = 8) -> LocalDispatcher:
        """Knows the node types of `known` alone."""
        registry = Registry.installed().with_definitions(*(effect.definition for effect in known))
        world, plans = World(self.store), Plans(self.store, registry)
        dispatcher = LocalDispatcher(self.store, world=world, plans=plans, most_at_once=most_at_once)
        return await self.dispatchers.enter_async_context(dispatcher)

    async def make_run(self, effect: FakeEffect) -> tuple[Plan, RunRecord]:
        """A run of that effect alone; its version is stored."""
        workflow: Workflow = chain(effect, name=effect.name)
        await self.store.save_version(workflow.name, workflow.version, write_version(workflow))
        plan = compile_plan(workflow, Registry.installed().with_definitions(effect.definition))
        run = RunRecord(
            id=new_run_id(), workflow=workflow.name, version=workflow.version, created_at=World(self.store).clock.now()
        )
        return plan, run

    async def wait_until(self, run_id: RunId, status: RunStatus) -> RunRecord:
        async with asyncio.timeout(PATIENCE):
            while True:
                try:
                    run = await self.store.get_run(run_id)
                except NotFound:
                    run = None
                if run is not None and run.status == status:
                    return run
                await asyncio.sleep(0.01)


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with FaultyStore(tmp_path / "treadle.db") as store:
        bench = Bench(store)
        async with bench.dispatchers:
            yield bench


class TestCancelling:
    """A cancel reaches a run wherever it is between being accepted and having a driver."""

    @pytest.mark.parametrize("through", ["dispatcher", "store"])
    async def test_a_run_cancelled_while_it_waits_for_room_does_not_run(self, bench: Bench, through: str) -> None:
        first, second = FakeEffect("first", held=True), FakeEffect("second")
        dispatcher = await bench.dispatcher(first, second, most_at_once=1)
        await dispatcher.submit(*await bench.make_run(first))
        await first.wait_until_entered()
        plan, waiting = await bench.make_run(second)
        await dispatcher.submit(plan, waiting)
        await asyncio.sleep(0)

        if through == "dispatcher":
            assert dispatcher.cancel(waiting.id)
        else:
            await bench.store.request_cancel(waiting.id)
        first.release()

        await bench.wait_until(waiting.id, "cancelled")
        assert second.calls == 0

    async def test_a_run_that_is_not_driven_here_cannot_be_cancelled_here(self, bench: Bench) -> None:
        dispatcher = await bench.dispatcher()

        assert not dispatcher.cancel(new_run_id())


class TestStandingStill:
    """No run stands still in a process that lives, and no call waits for what will never come."""

    async def test_a_run_goes_on_when_its_caller_is_cancelled(self, bench: Bench) -> None:
        effect = FakeEffect("pay", held=True)
        dispatcher = await bench.dispatcher(effect)
        plan, run = await bench.make_run(effect)
        calling = asyncio.create_task(dispatcher.run(plan, run))
        await effect.wait_until_entered()

        calling.cancel()
        await asyncio.gather(calling, return_exceptions=True)
        effect.release()

        await bench.wait_until(run.id, "completed")
        assert (effect.calls, effect.cancelled) == (1, 0)

    async def test_a_run_that_the_store_refused_is_driven_on(self, bench: Bench) -> None:
        effect = FakeEffect("pay")
        dispatcher = await bench.dispatcher(effect)
        plan, run = await bench.make_run(effect)
        await dispatcher.submit(plan, run)
        bench.store.refused = 1

        await bench.wait_until(run.id, "completed")

        assert effect.calls == 1

    async def test_what_a_handler_of_the_run_raises_fails_the_run(self, bench: Bench) -> None:
        def refuse(start: object) -> None:
            raise ValueError("not today")

        effect = FakeEffect("pay")
        dispatcher = await bench.dispatcher(effect)
        plan, run = await bench.make_run(effect)

        await dispatcher.submit(plan, run, handlers=Handlers(workflow_start=(refuse,)))

        failed = await bench.wait_until(run.id, "failed")
        assert failed.error is not None
        assert (failed.error.type, failed.error.message, failed.error.node) == ("ValueError", "not today", None)

    async def test_what_a_handler_raises_after_the_end_does_not_change_it(self, bench: Bench) -> None:
        def refuse(result: object) -> None:
            raise ValueError("too late")

        effect = FakeEffect("pay")
        dispatcher = await bench.dispatcher(effect)
        plan, run = await bench.make_run(effect)
        settled = dispatcher.next_outcome(run.id)
        await dispatcher.submit(plan, run, handlers=Handlers(workflow_complete=(refuse,)))

        await asyncio.wait_for(settled, PATIENCE)

        assert (await bench.store.get_run(run.id)).status == "completed"

    async def test_a_run_whose_node_type_is_gone_is_given_back_and_said_so(self, bench: Bench) -> None:
        effect = FakeEffect("pay")
        _, run = await bench.make_run(effect)
        await bench.store.create_run(run)
        stranger = await bench.dispatcher()

        with pytest.raises(NotFound, match=r"fake\.pay"):
            await asyncio.wait_for(stranger.take(run.id), PATIENCE)

        assert await bench.store.find_unfinished() == [run.id]
        connoisseur = await bench.dispatcher(effect)
        await bench.wait_until(run.id, "completed")
        assert connoisseur.active == 0

    @pytest.mark.parametrize("status", ["suspended", "queued"])
    async def test_a_run_that_rested_rests_again_where_its_node_type_is_gone(
        self, bench: Bench, status: RunStatus
    ) -> None:
        """It can be moved then, and the place in its lane is another's if it had not begun."""
        _, run = await bench.make_run(FakeEffect("pay"))
        lane = "deployment:d" if status == "queued" else None
        due = World(bench.store).clock.now()
        await bench.store.create_run(replace(run, status=status, wake_at=due, lane=lane))

        stranger = await bench.dispatcher()
        stranger.look()

        async with asyncio.timeout(PATIENCE):
            while (found := await bench.store.get_run(run.id)).epoch == run.epoch or found.status != status:
                await asyncio.sleep(0.01)
        assert found.wake_at is not None
        assert found.wake_at > due
        assert await bench.store.find_unfinished() == []

    @pytest.mark.parametrize("status", ["suspended", "queued", "running"])
    async def test_a_run_whose_node_type_is_gone_can_be_cancelled(self, bench: Bench, status: RunStatus) -> None:
        """What waits behind it in its lane goes on."""
        effect = FakeEffect("ship")
        _, gone = await bench.make_run(FakeEffect("pay"))
        _, behind = await bench.make_run(effect)
        origin = Origin(lane_limit=1)
        await bench.store.create_run(replace(gone, status=status, lane="deployment:d", origin=origin))
        await bench.store.create_run(replace(behind, status="queued", lane="deployment:d", origin=origin))

        await bench.store.request_cancel(gone.id)
        dispatcher = await bench.dispatcher(effect)
        dispatcher.look()

        ended = await bench.wait_until(gone.id, "cancelled")
        assert ended.error is not None
        assert ended.error.type == "cancelled"
        await bench.wait_until(behind.id, "completed")

    async def test_a_dispatcher_that_was_drained_takes_nothing_up(self, bench: Bench) -> None:
        effect = FakeEffect("pay")
        _, run = await bench.make_run(effect)
        dispatcher = await bench.dispatcher(effect)
        await dispatcher.drain()
        await bench.store.create_run(run)

        with pytest.raises(Conflict) as caught:
            await asyncio.wait_for(dispatcher.take(run.id), PATIENCE)

        assert caught.value.code == "draining"

    async def test_the_run_of_an_id_that_is_driven_already_is_refused(self, bench: Bench) -> None:
        effect = FakeEffect("pay", held=True)
        dispatcher = await bench.dispatcher(effect)
        plan, run = await bench.make_run(effect)
        await dispatcher.submit(plan, run)
        await effect.wait_until_entered()

        with pytest.raises(Conflict) as caught:
            await dispatcher.run(plan, run)

        effect.release()
        await bench.wait_until(run.id, "completed")
        assert caught.value.code == "run_exists"

    async def test_a_second_taker_gets_the_outcome_of_the_first(self, bench: Bench) -> None:
        effect = FakeEffect("pay", returns=7)
        _, run = await bench.make_run(effect)
        dispatcher = await bench.dispatcher(effect)
        await bench.store.create_run(run)

        outcomes = await asyncio.wait_for(asyncio.gather(*(dispatcher.take(run.id) for _ in range(2))), PATIENCE)

        assert [isinstance(outcome, Done) and outcome.result.output for outcome in outcomes] == [7, 7]
        assert effect.calls == 1

    async def test_upkeep_survives_what_nobody_expected(self, bench: Bench) -> None:
        effect = FakeEffect("pay", held=True)
        dispatcher = await bench.dispatcher(effect)
        plan, run = await bench.make_run(effect)
        await dispatcher.submit(plan, run)
        await effect.wait_until_entered()
        bench.store.broken = RuntimeError
        dispatcher.look()
        await asyncio.sleep(0.05)

        bench.store.broken = None
        await bench.store.request_cancel(run.id)
        dispatcher.look()

        await bench.wait_until(run.id, "cancelled")

    async def test_runs_that_are_due_and_cannot_be_taken_cost_next_to_nothing(self, bench: Bench) -> None:
        """Another process holds the database: there is nothing to do but to look now and then."""
        effect = FakeEffect("pay")
        _, run = await bench.make_run(effect)
        await bench.dispatcher(effect)
        bench.store.held = asyncio.Event()
        await bench.store.create_run(replace(run, status="suspended", wake_at=World(bench.store).clock.now()))
        async with asyncio.timeout(PATIENCE):
            while not bench.store.claims:
                await asyncio.sleep(0.01)
        looks = bench.store.looks

        await asyncio.sleep(1)

        assert bench.store.looks - looks < 40
        bench.store.held.set()
        await bench.wait_until(run.id, "completed")


class TestWatching:
    """Watchers hear of everything and break nothing."""

    async def test_a_watcher_hears_of_runs_already_under_way(self, bench: Bench) -> None:
        effect, heard = FakeEffect("pay", held=True), list[RunEvent]()
        dispatcher = await bench.dispatcher(effect)
        plan, run = await bench.make_run(effect)
        await dispatcher.submit(plan, run)
        await effect.wait_until_entered()

        dispatcher.watch(heard.append)
        effect.release()
        await bench.wait_until(run.id, "completed")

        assert [event.path for event in heard if isinstance(event, NodeCompleted)] == ["pay"]

    async def test_a_watcher_that_raises_disturbs_neither_run_nor_watchers(self, bench: Bench) -> None:
        def fail(event: RunEvent) -> None:
            raise ValueError("a watcher's own")

        effect, heard = FakeEffect("pay"), list[RunEvent]()
        dispatcher = await bench.dispatcher(effect)
        plan, run = await bench.make_run(effect)
        dispatcher.watch(fail)
        dispatcher.watch(heard.append)

        outcome = await dispatcher.run(plan, run)

        assert outcome.result.status == "completed"
        assert any(isinstance(event, NodeCompleted) for event in heard)

    async def test_a_watcher_that_was_stopped_hears_nothing_more(self, bench: Bench) -> None:
        effect, heard = FakeEffect("pay", held=True), list[RunEvent]()
        dispatcher = await bench.dispatcher(effect)
        plan, run = await bench.make_run(effect)
        stop = dispatcher.watch(heard.append)
        await dispatcher.submit(plan, run)
        await effect.wait_until_entered()

        stop()
        effect.release()
        await bench.wait_until(run.id, "completed")

        assert not any(isinstance(event, NodeCompleted) for event in heard)
