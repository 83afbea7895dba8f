"""The writer: one thread that owns the write connection and commits whatever waits as one transaction."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import threading
from collections.abc import Callable, Sequence
from queue import SimpleQueue
from time import perf_counter
from typing import Any, NamedTuple, TypeVar

from treadle.errors import Conflict, StoreError
from treadle.store.fault import explain
from treadle.store.feed import next_serial
from treadle.store.group import write_batches
from treadle.store.rows import BatchRows

T = TypeVar("T")
Work = Callable[[sqlite3.Connection], Any]
Listener = Callable[[int, Sequence[BatchRows]], None]
"""Is told the newest serial of the feed, and the batches that have just been committed with theirs."""


class Listening(NamedTuple):
    loop: asyncio.AbstractEventLoop
    listener: Listener


class _Item:
    """Something to write, and the future that waits for it: `rows`, or `work` to be called inside the
    transaction. `foretold` is called with the work's result before it is durable.
    """

    __slots__ = ("error", "foretold", "future", "loop", "result", "rows", "work")

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        *,
        rows: BatchRows | None = None,
        work: Work | None = None,
        foretold: Callable[[Any], None] | None = None,
    ) -> None:
        self.loop = loop
        self.future: asyncio.Future[Any] = loop.create_future()
        self.rows = rows
        self.work = work
        self.foretold = foretold
        self.result: Any = None
        self.error: Exception | None = None


class Writer:
    """Groups form by themselves: what arrives while a commit waits for the disk is the next group. No
    timer.
    """

    def __init__(self, connect: Callable[[], sqlite3.Connection]) -> None:
        self._connect = connect
        self._queue: SimpleQueue[_Item | None] = SimpleQueue()
        self._thread: threading.Thread | None = None
        self.commits = 0
        """Transactions committed so far."""
        self._listeners: list[Listening] = []
        self.seconds = 0.0
        """How long writing and committing them took."""

    def start(self) -> None:
        self._thread = threading.Thread(target=self._run, args=(self._connect(),), name="treadle-writer", daemon=True)
        self._thread.start()

    def append(self, rows: BatchRows) -> asyncio.Future[None]:
        """Resolves when `rows` are durable. Raises what `Journal.append` raises."""
        return self._put(_Item(asyncio.get_running_loop(), rows=rows))

    def call(
        self, work: Callable[[sqlite3.Connection], T], *, foretold: Callable[[T], None] | None = None
    ) -> asyncio.Future[T]:
        """Resolves to `work`'s result when what it wrote is durable. `work` may run twice (rolled back in
        between).

        `foretold` is called in this event loop with the result while the disk is still being waited for, where the
        work has the transaction to itself: what it has seen is durable then, and whatever is given to this writer from
        then on is written after it, or refused with it. It is not called where that cannot be said.
        """
        return self._put(_Item(asyncio.get_running_loop(), work=work, foretold=foretold))

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` in this event loop after each commit that brought something into the feed, before whoever
        waits for the commit goes on; returns what stops it."""
        listening = Listening(asyncio.get_running_loop(), listener)
        self._listeners = [*self._listeners, listening]

        def stop() -> None:
            self._listeners = [other for other in self._listeners if other is not listening]

        return stop

    def _put(self, item: _Item) -> asyncio.Future[Any]:
        if self._thread is None:
            raise StoreError("The store is not open.", code="store_closed", remedy="Open it with `async with`.")
        self._queue.put(item)
        return item.future

    @property
    def waiting(self) -> int:
        """How much waits to be written."""
        return self._queue.qsize()

    async def stop(self) -> None:
        """Write what waits, then end the thread and close the connection."""
        thread, self._thread = self._thread, None
        if thread is not None:
            self._queue.put(None)
            await asyncio.to_thread(thread.join)

    def _run(self, connection: sqlite3.Connection) -> None:
        queue = self._queue
        last = False
        while not last:
            group: list[_Item] = []
            waiting = [queue.get(), *(queue.get_nowait() for _ in range(queue.qsize()))]
            for item in waiting:
                if item is None:
                    last = True
                else:
                    group.append(item)
            if group:
                begun = perf_counter()
                newest = self._write(connection, group)
                self.seconds += perf_counter() - begun
                if newest is not None:
                    self._tell(newest, group)
                _settle(group)
        connection.close()

    def _write(self, connection: sqlite3.Connection, group: Sequence[_Item]) -> int | None:
        """Write `group` in one transaction; an item that cannot be written takes no other with it. The newest serial
        then, if anybody listens."""
        group = [item for item in group if _spill(item)]
        try:
            connection.execute("BEGIN IMMEDIATE")
            try:
                _write_together(connection, group)
            except sqlite3.OperationalError:
                raise  # the disk, or another process: one by one they would fare no better
            except Exception:
                connection.execute("ROLLBACK")
                connection.execute("BEGIN IMMEDIATE")
                _write_singly(connection, group)
            newest = next_serial(connection) - 1 if self._listeners else None
            if len(group) == 1:
                _foretell(group[0])
            connection.execute("COMMIT")
            self.commits += 1
            return newest
        except Exception as error:
            # Whatever it is, the callers get it and the writer stays: the next group may find the disk freed.
            fault = explain(error)
            _roll_back(connection)
            for item in group:
                item.error = fault
            return None

    def _tell(self, newest: int, group: Sequence[_Item]) -> None:
        rows = [item.rows for item in group if item.rows is not None and item.error is None and item.rows.serial]
        for loop, listener in self._listeners:
            try:
                loop.call_soon_threadsafe(listener, newest, rows)
            except RuntimeError:
                continue  # the loop was closed; nobody listens there any more


def _spill(item: _Item) -> bool:
    """Move what is large out of the rows; False when it cannot be packed."""
    try:
        if item.rows is not None and item.rows.large:
            item.rows.spill()
    except Exception as error:
        item.error = explain(error)
    return item.error is None


def _write_together(connection: sqlite3.Connection, group: Sequence[_Item]) -> None:
    batches: list[_Item] = []
    for item in group:
        item.error = None
        if item.rows is not None:
            batches.append(item)
            continue
        _write_all(connection, batches)
        batches = []
        _call(connection, item)
    _write_all(connection, batches)


def _write_all(connection: sqlite3.Connection, items: Sequence[_Item]) -> None:
    if items:
        outcomes = write_batches(connection, [item.rows for item in items if item.rows is not None])
        for item, outcome in zip(items, outcomes, strict=True):
            item.error = outcome


def _write_singly(connection: sqlite3.Connection, group: Sequence[_Item]) -> None:
    for item in group:
        item.error = None
        if item.rows is None:
            _call(connection, item)
            continue
        connection.execute("SAVEPOINT item")
        try:
            (item.error,) = write_batches(connection, [item.rows])
        except sqlite3.OperationalError:
            raise
        except sqlite3.IntegrityError:
            item.error = Conflict(
                f"Run `{item.rows.run_id}` has an entry under one of these keys already.",
                code="entry_exists",
                remedy="Two drivers wrote the same run, or a sequence number was used twice.",
                run=item.rows.run_id,
            )
        except Exception as error:
            item.error = explain(error)
        if item.error is not None:
            connection.execute("ROLLBACK TO item")
        connection.execute("RELEASE item")


def _call(connection: sqlite3.Connection, item: _Item) -> None:
    """Run `item.work` so that its failure undoes only what it did."""
    if item.work is None:
        return
    connection.execute("SAVEPOINT item")
    try:
        item.result = item.work(connection)
    except sqlite3.OperationalError:
        raise
    except Exception as error:
        item.error = explain(error)
        connection.execute("ROLLBACK TO item")
    connection.execute("RELEASE item")


def _foretell(item: _Item) -> None:
    if item.foretold is not None and item.error is None:
        with contextlib.suppress(RuntimeError):  # the loop was closed
            item.loop.call_soon_threadsafe(item.foretold, item.result)


def _roll_back(connection: sqlite3.Connection) -> None:
    if connection.in_transaction:
        try:
            connection.execute("ROLLBACK")
        except sqlite3.Error:
            connection.rollback()


def _settle(group: Sequence[_Item]) -> None:
    """Wake the callers: one call into each event loop, however many of them wait there."""
    by_loop: dict[asyncio.AbstractEventLoop, list[_Item]] = {}
    for item in group:
        by_loop.setdefault(item.loop, []).append(item)
    for loop, items in by_loop.items():
        try:
            loop.call_soon_threadsafe(_resolve, items)
        except RuntimeError:
            continue  # the loop was closed while its callers waited; what they gave is durable all the same


def _resolve(items: Sequence[_Item]) -> None:
    for item in items:
        if item.future.done():
            continue  # the caller was cancelled
        if item.error is None:
            item.future.set_result(item.result)
        else:
            item.future.set_exception(item.error)
