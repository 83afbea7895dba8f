"""The embedded store: one SQLite file in WAL mode, with grouped commits."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from treadle.engine.journal import Batch, Entry
from treadle.errors import StoreError
from treadle.model.ids import RunId
from treadle.model.run import RunRecord
from treadle.store.accounts import Accounts
from treadle.store.admission import Admissions
from treadle.store.audit import Audit
from treadle.store.backtests import Backtests
from treadle.store.budgets import Budgets
from treadle.store.credentials import Credentials
from treadle.store.database import connect, make_private, switch_to_wal
from treadle.store.dead_letters import DeadLetters
from treadle.store.deployments import Deployments
from treadle.store.drafts import Drafts
from treadle.store.editing import Editing
from treadle.store.events import Events
from treadle.store.fault import translate
from treadle.store.feed_reading import Feed
from treadle.store.forks import Forks
from treadle.store.holdings import Holdings
from treadle.store.idempotency import Idempotency
from treadle.store.keyed import Keyed
from treadle.store.limits import Limits
from treadle.store.metrics import MetricsQueries
from treadle.store.moves import RunMoves
from treadle.store.owned_runs import OwnedRuns
from treadle.store.reasons import Reasons
from treadle.store.record_listing import RecordListing
from treadle.store.records import Records
from treadle.store.refusals import Refusals
from treadle.store.rows import BatchRows
from treadle.store.run_changes import RunChanges, read_entries
from treadle.store.run_days import RunDays
from treadle.store.run_selection import RunSelection
from treadle.store.schema import prepare
from treadle.store.signals import Signals
from treadle.store.tasks import Tasks
from treadle.store.teams import Teams
from treadle.store.templates import Templates
from treadle.store.triggers import Triggers
from treadle.store.versions import Versions
from treadle.store.watches import Watches
from treadle.store.workers import new_worker
from treadle.store.workflows import Workflows

DEFAULT_RETENTION = 30 * 86_400.0
"""Seconds a finished run is kept when neither its workflow nor the store says otherwise."""
DEFAULT_FEED_AGE = 30 * 86_400.0
"""Seconds for which a live stream can be resumed."""


class SqliteStore(
    RunChanges,
    Keyed,
    Versions,
    Drafts,
    Editing,
    Forks,
    Deployments,
    Triggers,
    Admissions,
    Watches,
    Limits,
    MetricsQueries,
    Refusals,
    Signals,
    Tasks,
    Events,
    Records,
    Reasons,
    RecordListing,
    RunDays,
    Budgets,
    DeadLetters,
    RunSelection,
    RunMoves,
    Holdings,
    Accounts,
    Teams,
    OwnedRuns,
    Idempotency,
    Workflows,
    Audit,
    Credentials,
    Feed,
    Templates,
    Backtests,
):
    """A `Journal`, and what dispatchers and commands need beside it. Belongs to the event loop that opened
    it.

        async with SqliteStore("treadle.db") as store:
            await store.append(batch)

    `location` is a path or `sqlite:///` URL; a missing file is made. `synchronous` FULL survives a power
    cut, NORMAL a killed process. `retention` (seconds, None: for ever) is for runs that name none.
    `feed_age` (seconds) is how long the feed is kept: how far back a live stream can be taken up.
    `busy_timeout` is how many seconds to wait for another process before `database_locked`.
    """

    def __init__(
        self,
        location: str | Path,
        *,
        synchronous: str = "FULL",
        busy_timeout: float = 5.0,
        retention: float | None = DEFAULT_RETENTION,
        feed_age: float = DEFAULT_FEED_AGE,
        now: Callable[[], datetime] | None = None,
    ) -> None:
        super().__init__(location, synchronous=synchronous, busy_timeout=busy_timeout, now=now)
        self._busy_timeout = busy_timeout
        self._retention = retention
        self._feed_age = feed_age

    async def open(self) -> Self:
        """Raises `StoreError` when the file cannot be used as it is."""
        await asyncio.to_thread(self._prepare)
        self._worker = new_worker(self._now())
        self._writer.start()
        self._reader.start()
        return self

    async def close(self) -> None:
        """Write what waits, give up this worker's leases, close the file."""
        # When the file cannot be written, others see the worker dead by its process or its heartbeat.
        with contextlib.suppress(StoreError):
            await self._resign()
        await self._writer.stop()
        await self._reader.stop()
        self._stop_asking()

    async def __aenter__(self) -> Self:
        return await self.open()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()

    async def append(self, batch: Batch) -> None:
        """See `Journal.append`. Also raises `StoreError` (`unstorable_value`) before anything is written."""
        worker = None
        if batch.opens is not None:
            if self._heart is None:
                self._register()
            worker = self._worker.id
        await self._writer.append(BatchRows(batch, worker=worker, now=self._now, retention=self._retention))

    async def create_run(self, record: RunRecord) -> None:
        """Insert a run that nobody drives yet; durable once this returns. Raises `Conflict` when its id is
        taken.
        """
        batch = Batch(run_id=record.id, epoch=record.epoch, opens=record)
        await self._writer.append(BatchRows(batch, worker=None, now=self._now, retention=self._retention))

    async def load(self, run_id: RunId) -> Sequence[Entry]:
        """See `Journal.load`."""
        return await self.read(lambda connection: read_entries(connection, run_id))

    def _prepare(self) -> None:
        make_private(self.path)
        try:
            connection = connect(self.path, busy_timeout=self._busy_timeout)
        except sqlite3.Error as error:
            raise translate(error) from error
        try:
            mode = switch_to_wal(connection, busy_timeout=self._busy_timeout)
            if mode != "wal":
                raise StoreError(
                    f"`{self.path}` lies on a file system without shared memory (journal mode {mode}).",
                    code="unsupported_file_system",
                    remedy="Put the store on a local disk.",
                )
            prepare(self.path, connection)
        except sqlite3.Error as error:
            raise translate(error) from error
        finally:
            connection.close()
