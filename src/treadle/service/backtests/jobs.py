"""Backtests under way: each in a process of its own, so many at once, the others in a queue."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from treadle.errors import Conflict, NotFound, StoreError
from treadle.model.ids import RunId
from treadle.store.backtests import CANCELLED, FAILED

if TYPE_CHECKING:
    from asyncio.subprocess import Process

    from treadle.service.settings import Settings
    from treadle.store.sqlite_journal import SqliteStore

log = logging.getLogger("treadle.service")

INTERRUPTED: Mapping[str, Any] = {
    "code": "interrupted",
    "message": "The process that did it is gone.",
    "remedy": "Start it again.",
    "issues": [],
}
_LONGEST_LINE = 1 << 24
_NOTED_EVERY = 1.0
"""Seconds between two times that the store is told how far one is."""


@dataclass(slots=True)
class _Job:
    id: str
    order: Mapping[str, Any]
    progress: float = 0.0
    process: Process | None = None
    task: asyncio.Task[None] | None = None
    is_cancelled: bool = False
    offered: Sequence[str] = ()
    """Runs of its variants that are not over."""
    noted_at: float = field(default=0.0)


class Jobs:
    """Those of one application; they end with it."""

    def __init__(self, store: SqliteStore, settings: Settings) -> None:
        self._store, self._settings = store, settings
        self._jobs: dict[str, _Job] = {}
        self._room: asyncio.Semaphore | None = None

    def progress(self, id: str) -> float | None:
        """How far one is that is under way here."""
        job = self._jobs.get(id)
        return None if job is None else job.progress

    def begin(self, id: str, order: Mapping[str, Any]) -> None:
        """One that is in the store, as soon as it is its turn."""
        job = self._jobs[id] = _Job(id, {**order, "id": id, "settings": asdict(self._settings)})
        job.task = asyncio.create_task(self._look_after(job), name=f"backtest-{id}")

    async def cancel(self, id: str) -> None:
        """Nothing, where it is not under way here."""
        job = self._jobs.get(id)
        if job is None or job.task is None:
            return
        job.is_cancelled = True
        job.task.cancel()
        await asyncio.gather(job.task, return_exceptions=True)

    async def join(self, id: str) -> None:
        """Until one that is under way here is over."""
        job = self._jobs.get(id)
        if job is not None and job.task is not None:
            await asyncio.wait({job.task})

    async def close(self) -> None:
        """End what is under way: it has been interrupted."""
        jobs = list(self._jobs.values())
        for job in jobs:
            if job.task is not None:
                job.task.cancel()
        await asyncio.gather(*(job.task for job in jobs if job.task is not None), return_exceptions=True)

    async def _look_after(self, job: _Job) -> None:
        if self._room is None:
            self._room = asyncio.Semaphore(self._settings.max_backtests)
        try:
            async with self._room:
                if await self._store.begin_backtest(job.id):
                    await self._carry_out(job)
        except asyncio.CancelledError:
            await asyncio.shield(self._end(job, None if job.is_cancelled else INTERRUPTED))
        except Exception as error:
            log.exception("The backtest %s could not be done.", job.id)
            said = f"It could not be done: {error}"
            await self._end(job, {**INTERRUPTED, "message": said})
        finally:
            self._jobs.pop(job.id, None)

    async def _carry_out(self, job: _Job) -> None:
        process = job.process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "treadle.service.backtests.child",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=_LONGEST_LINE,
            start_new_session=True,
        )
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            with contextlib.suppress(ConnectionError):
                process.stdin.write(json.dumps(job.order, default=str).encode() + b"\n")
                await process.stdin.drain()
            async for line in process.stdout:
                said = json.loads(line)
                if "failed" in said:
                    await self._end(job, said["failed"])
                elif "offered" in said:
                    job.offered = said["offered"]
                elif "progress" in said:
                    await self._note(job, said["progress"])
            code = await process.wait()
            died = f"The process that did it ended ({code}); perhaps there was not enough memory."
            await self._end(job, {**INTERRUPTED, "message": died} if code else INTERRUPTED)
        finally:
            await _stop(process)
            await asyncio.shield(self._take_back(job))

    async def _take_back(self, job: _Job) -> None:
        """Whoever tries out a variant now does it for nobody."""
        for run_id in job.offered:
            with contextlib.suppress(StoreError, NotFound, Conflict):
                await self._store.request_cancel(RunId(run_id))

    async def _note(self, job: _Job, progress: float) -> None:
        job.progress = progress
        now = asyncio.get_running_loop().time()
        if now - job.noted_at >= _NOTED_EVERY:
            job.noted_at = now
            if not await self._store.note_backtest_progress(job.id, progress):
                job.is_cancelled = True  # somebody else has taken it off
                raise asyncio.CancelledError

    async def _end(self, job: _Job, error: Mapping[str, Any] | None) -> None:
        """Nothing, where it is over: whoever came first has said of what."""
        with contextlib.suppress(StoreError):
            await self._store.end_backtest(job.id, state=CANCELLED if error is None else FAILED, error=error)


async def _stop(process: Process) -> None:
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            if hasattr(os, "killpg"):
                os.killpg(process.pid, signal.SIGKILL)
            else:
                process.kill()
        await asyncio.shield(process.wait())
