"""Variants in processes of their own: each goes the way that it can."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Generator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from multiprocessing.connection import wait

from treadle.errors import InvalidWorkflow, TreadleError
from treadle.node.registry import Registry
from treadle.service.backtests.program.prepared import Prepared
from treadle.service.backtests.request import BacktestRequest
from treadle.service.backtests.search.engine import evaluate
from treadle.service.backtests.search.evaluator import Evaluation, Variant
from treadle.service.backtests.search.preparing import CANNOT, told_by
from treadle.service.project import installed_registry
from treadle.service.settings import Settings

Period = tuple[datetime | None, datetime | None]
Work = tuple[Period, Variant]
"""A variant and the period to test it over."""


class GrowingEvaluator:
    """Carries out variants here at first, run by run, and in processes of their own once that takes so long that they
    are worth being started; they end with this one, however it ends."""

    def __init__(self, request: BacktestRequest, crew: Crew) -> None:
        self._request, self._crew = request, crew

    @property
    def batch(self) -> int:
        return 1 if self._crew.pool is None else 4 * self._crew.processes

    async def evaluate_many(self, variants: Sequence[Variant]) -> list[Evaluation]:
        crew, found = self._crew, list[Evaluation]()
        for variant in variants:
            if crew.is_worth_starting:
                break
            began = time.perf_counter()
            found.append(await evaluate(self._request, variant, crew.settings, crew.registry))
            crew.patience -= time.perf_counter() - began
        period = self._request.since, self._request.until
        left = [(period, one) for one in variants[len(found) :]]
        return found + (await crew.started().carry_out(left) if left else [])

    async def over(self, since: datetime, until: datetime) -> GrowingEvaluator:
        return GrowingEvaluator(replace(self._request, since=since, until=until), self._crew)

    async def aclose(self) -> None:
        await self._crew.aclose()


@dataclass(slots=True)
class Crew:
    """What evaluators of one request over several periods share. `patience` is how many seconds of work are done before
    processes are started."""

    request: BacktestRequest
    settings: Settings
    registry: Registry
    processes: int
    patience: float = 2.0
    pool: Pool | None = None

    @property
    def is_worth_starting(self) -> bool:
        """Whether there are processes, or there should be."""
        return self.pool is not None or (self.patience <= 0 and self.processes > 1)

    def started(self) -> Pool:
        if self.pool is None:
            self.pool = Pool(self.request, self.settings, processes=self.processes)
        return self.pool

    async def aclose(self) -> None:
        if self.pool is not None:
            await self.pool.aclose()


class Pool:
    """Processes that carry out variants of one request, over whatever part of its bars."""

    def __init__(self, request: BacktestRequest, settings: Settings, *, processes: int) -> None:
        self.processes = processes
        self._executor = ProcessPoolExecutor(
            processes,
            # A copy of a process with threads and a loop (fork) is none that one could rely on.
            mp_context=multiprocessing.get_context("spawn"),
            initializer=_begin,
            initargs=(request, settings),
        )

    @property
    def pids(self) -> list[int]:
        return list(self._executor._processes or {})

    async def carry_out(self, work: Sequence[Work]) -> list[Evaluation]:
        """Raises `TreadleError` (`workers_died`)."""
        loop = asyncio.get_running_loop()
        try:
            with _unasked():
                found = [loop.run_in_executor(self._executor, _carry_out, one) for one in work]
            for one in found:
                one.add_done_callback(_look_at)
            # Whoever stops waiting cancels none: an executor whose processes are killed stumbles over those (3.11).
            return list(await asyncio.gather(*(asyncio.shield(one) for one in found)))
        except BrokenProcessPool:
            raise TreadleError(
                "The processes that carry out the variants have ended.",
                code="workers_died",
                remedy="Look at what was said before this. In a program of your own, call it below "
                '`if __name__ == "__main__":`. Or there was too little memory: have fewer processors used.',
            ) from None

    async def aclose(self) -> None:
        workers = list((self._executor._processes or {}).values())
        self._executor.shutdown(wait=False, cancel_futures=True)
        for worker in workers:
            worker.kill()  # nothing that it does is to be kept
        await asyncio.to_thread(self._executor.shutdown)


@contextmanager
def _unasked() -> Generator[None]:
    """Processes that are started within are not asked by Ctrl-C, but ended by who started them."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _look_at(found: asyncio.Future[Evaluation]) -> None:
    """Nobody may wait for it any more."""
    if not found.cancelled():
        found.exception()


def processes_here() -> int:
    """As many as this process may use of the machine."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


# In a process of the pool


class _Worker:
    """`prepared` is for the last period there was work of; None: each variant is a backtest of its own."""

    def __init__(self, request: BacktestRequest, settings: Settings) -> None:
        self._request, self._settings, self._registry = request, settings, installed_registry(settings)
        self._prepared: tuple[Period, Prepared | None] | None = None

    def carry_out(self, period: Period, variant: Variant) -> Evaluation:
        request = replace(self._request, since=period[0], until=period[1])
        if self._prepared is None or self._prepared[0] != period:
            self._prepared = period, self._prepare(request)
        prepared = self._prepared[1]
        told = None if prepared is None else told_by(prepared.evaluate(variant), request)
        return told or asyncio.run(evaluate(request, variant, self._settings, self._registry))

    def _prepare(self, request: BacktestRequest) -> Prepared | None:
        if request.way == "engine":
            return None
        try:
            return Prepared.of(request, self._settings, self._registry)
        except InvalidWorkflow as error:
            if error.code != CANNOT:
                raise
            return None


_worker: _Worker | None = None


def _begin(request: BacktestRequest, settings: Settings) -> None:
    global _worker
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _worker = _Worker(request, settings)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def _carry_out(work: Work) -> Evaluation:
    assert _worker is not None
    return _worker.carry_out(*work)
