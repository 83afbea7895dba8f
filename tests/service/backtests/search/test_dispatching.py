"""Variants over a dispatcher: runs that any process on the store may take up."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.service.backtests.bars import FREE, buys_low_sells_high, flat, write_bars
from tests.service.backtests.search.formulas import REGISTRY, grid
from treadle.dispatch.plans import write_version
from treadle.engine.journal import Batch
from treadle.errors import Conflict, InvalidWorkflow, NotFound
from treadle.model.ids import RunId, new_run_id
from treadle.model.run import RunRecord
from treadle.model.workflow import Workflow
from treadle.service.application import Application
from treadle.service.backtests.data.arrays import BarArrays
from treadle.service.backtests.request import BacktestRequest
from treadle.service.backtests.search.dispatching import (
    NODE,
    DispatchedEvaluator,
    offer_variants,
    read_request,
    spreading,
    workflow_of_variants,
    write_request,
)
from treadle.service.backtests.search.engine import EngineEvaluator
from treadle.service.backtests.search.request import Sweep
from treadle.service.backtests.search.sweep import run_sweep
from treadle.service.internal import VARIANTS
from treadle.service.run_days import RunDays
from treadle.service.runs import Runs
from treadle.service.settings import Settings
from treadle.store.run_ranges import RunFilter
from treadle.store.sqlite_journal import SqliteStore

CLOSES = [100, 93, 97, 106, 99, 92, 94, 108, 101, 90]


def bot(folder: Path) -> BacktestRequest:
    return BacktestRequest(buys_low_sells_high(), {"BTC/USDT": write_bars(folder, flat(*CLOSES))}, paper=FREE)


def settings(folder: Path) -> Settings:
    return Settings(db=str(folder / "treadle.db"), workspace=str(folder))


@pytest.mark.slow
async def test_a_sweep_over_a_dispatcher_finds_what_one_here_finds(tmp_path: Path) -> None:
    request, own = bot(tmp_path), settings(tmp_path)
    wanted = Sweep((grid("low.threshold", 93, 96, 1), grid("high.threshold", 103, 103)), metric="ended_with")

    async with Application(own, registry=REGISTRY) as application:
        worker = offer_variants(application, processes=1)
        evaluator = DispatchedEvaluator(application, request)
        found = await run_sweep(request, wanted, own, REGISTRY, evaluator=evaluator)
        runs = await application.list_runs(workflow=VARIANTS)
        await worker.aclose()
    here = await run_sweep(request, wanted, own, REGISTRY, evaluator=EngineEvaluator(request, own, REGISTRY))

    assert len(runs) == 4
    assert [row.to_dict() for row in found.rows] == [row.to_dict() for row in here.rows]
    assert found.skill == here.skill


@pytest.mark.slow
async def test_what_a_process_left_behind_is_carried_out_by_the_next(tmp_path: Path) -> None:
    request, own, workflow = bot(tmp_path), settings(tmp_path), workflow_of_variants()
    body = {"request": write_request(request), "variants": [{"low.threshold": 95}]}
    run = RunRecord(new_run_id(), workflow.name, workflow.version, mode="test", input=body)
    async with SqliteStore(own.db) as store:
        await store.keep_trial(workflow.name, workflow.version, write_version(workflow))
        await store.append(Batch(run.id, run.epoch, opens=run))

    application = Application(own, registry=REGISTRY)
    worker = offer_variants(application, processes=1)
    async with application:
        result = await application.wait(run.id)
        await worker.aclose()

    assert result.status == "completed", result.error
    assert result.output[0]["figures"]["trades"] == 2


async def test_no_list_shows_runs_that_nobody_asked_for_unless_they_are_named(tmp_path: Path) -> None:
    request, own = bot(tmp_path), settings(tmp_path)

    async with Application(own, registry=REGISTRY) as application:
        async with spreading(application, request) as evaluator:
            await evaluator.evaluate_many([{"low.threshold": 95}])
        runs, days = Runs(application), RunDays(application)
        listed = [
            await application.list_runs(),
            await runs.list(RunFilter()),
            [day for day in await days.list(days=2) if day.counts],
        ]
        named = [
            await application.list_runs(workflow=VARIANTS),
            await runs.list(RunFilter(workflow=VARIANTS)),
            [day for day in await days.list(days=2, workflow=VARIANTS) if day.counts],
        ]
        with pytest.raises(NotFound):
            await runs.find_id("last")

    assert [len(found) for found in (*listed, *named)] == [0, 0, 0, 1, 1, 1]


async def test_a_variant_that_fails_is_told_over_a_dispatcher_too(tmp_path: Path) -> None:
    request, own = bot(tmp_path), settings(tmp_path)

    async with Application(own, registry=REGISTRY) as application:
        worker = offer_variants(application, processes=1)
        evaluator = DispatchedEvaluator(application, request)
        (found,) = await evaluator.evaluate_many([{"low.operator": "up"}])
        await worker.aclose()

    assert found.error is not None
    assert found.error["code"] == "invalid_workflow"


@pytest.mark.slow
async def test_who_searches_goes_on_with_what_another_process_left_behind(tmp_path: Path) -> None:
    request, own = bot(tmp_path), settings(tmp_path)
    variants = [{"low.threshold": value} for value in range(90, 98)]

    async with Application(own, registry=REGISTRY, recovers=False) as application:
        async with spreading(application, request) as evaluator, SqliteStore(own.db) as other:
            searching = asyncio.create_task(evaluator.evaluate_many(variants))
            taken = await take_one(other)
            await other.close()
            found = await searching
        run = await application.store.get_run(taken)
    here = await EngineEvaluator(request, own, REGISTRY).evaluate_many(variants)

    assert run.status == "completed"
    assert [one.figures for one in found] == [one.figures for one in here]


async def take_one(store: SqliteStore) -> RunId:
    """A run that is on offer, taken up by the worker of `store`."""
    while True:
        for run_id in await store.find_due(datetime.now(UTC)):
            with contextlib.suppress(Conflict):
                return (await store.claim(run_id)).id
        await asyncio.sleep(0)


async def test_a_search_that_is_broken_off_leaves_nothing_on_offer(tmp_path: Path) -> None:
    request, own = bot(tmp_path), settings(tmp_path)

    async with Application(own, registry=REGISTRY, recovers=False) as application:
        async with spreading(application, request) as evaluator:
            searching = asyncio.create_task(evaluator.evaluate_many([{"low.threshold": at} for at in range(90, 98)]))
            while not await application.list_runs(workflow=VARIANTS):
                await asyncio.sleep(0)
            searching.cancel()
            await asyncio.gather(searching, return_exceptions=True)
        await application.dispatcher.drain()
        left = await application.list_runs(workflow=VARIANTS)

    assert left
    assert {run.status for run in left} <= {"cancelled", "completed"}


def test_a_request_comes_out_of_json_as_it_went_in(tmp_path: Path) -> None:
    request = bot(tmp_path)

    assert read_request(write_request(request)) == request


def test_bars_in_memory_are_not_sent_to_others() -> None:
    prices = [100.0, 101.0]
    bars = BarArrays.of([0, 3_600_000], prices, prices, prices, prices, timeframe="1h")

    with pytest.raises(InvalidWorkflow) as error:
        write_request(BacktestRequest(buys_low_sells_high(), {"BTC/USDT": bars}))

    assert error.value.code == "cannot_dispatch"


def test_nobody_writes_a_workflow_with_it() -> None:
    assert REGISTRY.find(NODE) is None
    assert isinstance(workflow_of_variants(), Workflow)
