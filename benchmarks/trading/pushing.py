"""Ticks when the benchmark says so: a paper venue whose quotes are told one by one, and how long a run takes on one."""

from __future__ import annotations

import asyncio
import contextlib
import gc
from collections.abc import AsyncGenerator, Mapping, Sequence
from pathlib import Path
from time import perf_counter
from typing import Any

from benchmarks.subjects import registry
from treadle.authoring.check.file import check_file
from treadle.engine.journal import Batch, EntryKind, RunUpdate
from treadle.model.workflow import Workflow
from treadle.packs.trading.paper.venue import PaperVenue
from treadle.packs.trading.venue.protocol import Channel
from treadle.packs.trading.venue.venues import Venues
from treadle.service.application import Application
from treadle.service.deployments import Deployments
from treadle.service.settings import Settings

PATIENCE = 30.0


def desk(folder: Path) -> Application:
    """Treadle as it is installed, with its store and its paper accounts in `folder`."""
    return Application(Settings(db=str(folder / "treadle.db"), workspace=str(folder)), registry=registry())


class PushedPaper:
    """Every paper venue of a process: their prices, books and accounts are as they are, but their tickers tell what
    `tick` says."""

    def __init__(self, venues: Venues) -> None:
        self._venues = venues
        self._queues: list[asyncio.Queue[dict[str, Any]]] = []
        self._number = 0
        opens = venues.open

        async def open_(opening: Any) -> Any:
            venue = await opens(opening)
            if isinstance(venue, PaperVenue):
                venue.stream = self._stream
            return venue

        venues.open = open_

    @property
    def listening(self) -> int:
        return len(self._queues)

    def tick(self, of: int | None = None, **quote: Any) -> None:
        """Tell all who listen, or the one that was `of` so many the last to."""
        self._number += 1
        at = 1_767_603_600_000 + 1000 * self._number
        for queue in self._queues if of is None else self._queues[of : of + 1]:
            queue.put_nowait({"id": f"{self._number}", "at": at, "n": self._number, **quote})

    async def _stream(
        self, channel: Channel, symbol: str, *, timeframe: str | None = None
    ) -> AsyncGenerator[dict[str, Any]]:
        queue: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._queues.append(queue)
        try:
            while True:
                yield await queue.get()
        finally:
            self._queues.remove(queue)


def workflow(text: str, app: Application) -> Workflow:
    checked = check_file(text, app.registry)
    if not checked.result.valid:
        raise RuntimeError(f"The workflow cannot run: {'; '.join(map(str, checked.result.issues))}")
    return checked.workflows[0]


class Journaled:
    """When what a node came to was durable, of each run that ends; nobody watches the runs, as no page is open."""

    def __init__(self, app: Application, node: str) -> None:
        self._node = node
        self._append = app.store.append
        self._at = 0.0
        self._over: asyncio.Queue[tuple[float, RunUpdate]] = asyncio.Queue()
        app.store.append = self._note

    async def _note(self, batch: Batch) -> None:
        await self._append(batch)
        if any(entry.node == self._node and entry.kind is EntryKind.RESULT for entry in batch.entries):
            self._at = perf_counter()
        if batch.update is not None and batch.update.finished_at is not None:
            self._over.put_nowait((self._at, batch.update))

    async def next(self) -> float:
        async with asyncio.timeout(PATIENCE):
            at, update = await self._over.get()
        if update.error is not None:
            raise RuntimeError(f"A run did not complete: {update.error.message}")
        return at


def reactions(folder: Path, text: str, quotes: Sequence[Mapping[str, Any]], **more: Any) -> list[float]:
    """See `react`; in the event loop that `treadle up` has."""
    factory = None
    with contextlib.suppress(ImportError):  # not made for Windows
        import uvloop

        factory = uvloop.new_event_loop
    with asyncio.Runner(loop_factory=factory) as runner:
        return runner.run(react(folder, text, quotes, **more))


async def react(
    folder: Path, text: str, quotes: Sequence[Mapping[str, Any]], *, until: str, count: int, warm: int = 60
) -> list[float]:
    """Milliseconds from a tick until what the node `until` came to is journaled, in the run that it started; one tick
    after the other, of `quotes` in turn."""
    async with desk(folder) as app:
        deployments = Deployments(app)
        pushed = PushedPaper(app.world.resources.get(Venues))
        journaled = Journaled(app, until)
        taken: list[float] = []
        async with deployments.listening():
            await deployments.deploy(workflow(text, app), mode="paper")
            while not pushed.listening:
                await asyncio.sleep(0.01)
            for number in range(warm + count):
                if number == warm:  # as `treadle up` does, once all is loaded
                    gc.collect()
                    gc.freeze()
                begun = perf_counter()
                pushed.tick(**quotes[number % len(quotes)])
                ended = await journaled.next()
                if number >= warm:
                    taken.append((ended - begun) * 1000)
                await asyncio.sleep(0.002)
        gc.unfreeze()
        return taken
