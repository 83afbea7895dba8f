"""Workers: who holds leases, and who of them is dead."""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import sqlite3
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from treadle.errors import StoreError
from treadle.store.database import Database
from treadle.store.process import find_process_start, this_host, this_process_start
from treadle.store.rows import from_micros, to_micros

HEARTBEAT_EVERY = 10.0
"""Seconds between the heartbeats of a worker that holds leases."""

DEAD_AFTER = 30.0
"""Seconds without a heartbeat after which a worker counts as dead."""

_open_here: set[str] = set()
"""The workers of this process whose store is open: one that could not take itself off the list is dead."""

_COLUMNS = "id, host, pid, process_start, heartbeat_at"


@dataclass(frozen=True, slots=True)
class Worker:
    """A process that drives runs."""

    id: str
    host: str
    pid: int
    process_start: str | None
    heartbeat_at: datetime

    def is_alive(self, *, now: datetime) -> bool:
        """On this host, whether its process lives, however long it has been busy; elsewhere, by its heartbeat."""
        if self.host == this_host() and self.process_start is not None:
            started = find_process_start(self.pid)
            if started != "unknown":
                ours = self.pid == os.getpid()
                return started == self.process_start and (not ours or self.id in _open_here)
        return now - self.heartbeat_at <= timedelta(seconds=DEAD_AFTER)


def new_worker(now: datetime) -> Worker:
    """This process, under a fresh id."""
    worker = Worker(f"w{secrets.token_hex(8)}", this_host(), os.getpid(), this_process_start(), now)
    _open_here.add(worker.id)
    return worker


def read_workers(connection: sqlite3.Connection) -> list[Worker]:
    return [
        Worker(worker, host, pid, start, from_micros(at))
        for worker, host, pid, start, at in connection.execute(f"SELECT {_COLUMNS} FROM workers ORDER BY id")
    ]


def find_worker(connection: sqlite3.Connection, worker_id: str) -> Worker | None:
    row = connection.execute(f"SELECT {_COLUMNS} FROM workers WHERE id = ?", (worker_id,)).fetchone()
    return None if row is None else Worker(row[0], row[1], row[2], row[3], from_micros(row[4]))


def write_worker(connection: sqlite3.Connection, worker: Worker) -> None:
    connection.execute(
        f"INSERT INTO workers ({_COLUMNS}) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (id) DO UPDATE SET heartbeat_at = excluded.heartbeat_at",
        (worker.id, worker.host, worker.pid, worker.process_start, to_micros(worker.heartbeat_at)),
    )


class Workers(Database):
    """This store's own worker. It is written down by itself before its first lease, and keeps its
    heartbeat.
    """

    _worker: Worker
    _heart: asyncio.Task[None] | None = None

    @property
    def worker_id(self) -> str:
        return self._worker.id

    async def register_worker(self) -> str:
        """Write this worker down and start its heartbeat; its id. Taking a lease does this by itself."""
        await self._register()
        return self._worker.id

    async def heartbeat(self, *, now: datetime | None = None) -> None:
        """Say that this worker lives. Called every ten seconds by the store itself."""
        worker = replace(self._worker, heartbeat_at=now or self._now())
        await self.write(lambda connection: write_worker(connection, worker))

    async def list_workers(self, *, now: datetime | None = None) -> list[tuple[Worker, bool]]:
        """Every worker written down, and whether it is alive."""
        at = now or self._now()
        return await self.read(lambda c: [(worker, worker.is_alive(now=at)) for worker in read_workers(c)])

    def _beating(self) -> Worker:
        """This worker as it is to be written down now; from here on its heart beats."""
        if self._heart is None:
            self._heart = asyncio.create_task(self._keep_beating())
        return replace(self._worker, heartbeat_at=self._now())

    def _register(self) -> asyncio.Future[None]:
        """Queued before whatever is queued next, so that no lease is durable before its holder is."""
        worker = self._beating()
        written = self._writer.call(lambda connection: write_worker(connection, worker))
        written.add_done_callback(_look_at)  # whoever needs the answer awaits it; nobody has to
        return written

    async def _keep_beating(self) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT_EVERY)
            with contextlib.suppress(StoreError):  # a full disk may have room again at the next beat
                await self.heartbeat()

    async def _resign(self) -> None:
        """Stop the heartbeat and take the worker off the list: whatever it still drove is free at once."""
        _open_here.discard(self._worker.id)
        if self._heart is None:
            return
        heart, self._heart = self._heart, None
        heart.cancel()
        await asyncio.gather(heart, return_exceptions=True)
        worker_id = self._worker.id

        def work(connection: sqlite3.Connection) -> None:
            connection.execute("DELETE FROM workers WHERE id = ?", (worker_id,))

        await self.write(work)


def _look_at(written: asyncio.Future[None]) -> None:
    if not written.cancelled():
        written.exception()
