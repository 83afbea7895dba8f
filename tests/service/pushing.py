"""A trigger that is pushed what a test pushes, and what its runs came to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from treadle.authoring.check.file import check_file
from treadle.errors import NodeError
from treadle.model.workflow import Workflow
from treadle.node import Fire, Permissions, Registry, trigger
from treadle.node.watching import Item, Lookout, Watching
from treadle.service.application import Application
from treadle.service.deployments import Deployments
from treadle.service.settings import Settings

BEGIN = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
PATIENCE = 30.0


class Feed:
    """What is pushed: one queue for each who listens; what came before one listens is lost to it."""

    def __init__(self, permissions: Permissions) -> None:
        self.opened = 0
        self.failing: Exception | None = None
        self.lookouts: list[Lookout] = []
        self._queues: list[asyncio.Queue[Item | Exception]] = []

    @property
    def listening(self) -> int:
        return len(self._queues)

    def push(self, number: int, *, remembers: Any = None, name: str | None = None) -> None:
        item = Item(name or f"i{number}", BEGIN + timedelta(seconds=number), {"number": number}, remembers)
        for queue in self._queues:
            queue.put_nowait(item)

    def fail(self, error: Exception) -> None:
        for queue in self._queues:
            queue.put_nowait(error)

    async def open(self) -> AsyncGenerator[Item]:
        self.opened += 1
        if self.failing is not None:
            raise self.failing
        queue: asyncio.Queue[Item | Exception] = asyncio.Queue()
        self._queues.append(queue)
        try:
            while True:
                item = await queue.get()
                if isinstance(item, Exception):
                    raise item
                yield item
        finally:
            self._queues.remove(queue)

    async def aclose(self) -> None:
        pass


async def _watch(lookout: Lookout, *, name: str = "a", level: int = 0) -> AsyncGenerator[Item]:
    feed = lookout.resource(Feed)
    feed.lookouts.append(lookout)
    async for item in feed.open():
        yield item


async def _glance(lookout: Lookout, *, name: str = "a", level: int = 0) -> Any:
    return {"number": 100 + level}


def _resolve(config: Any, nodes: Any) -> Any:
    if config.get("name") == "wrong":
        raise ValueError("`name` names nothing. Name something")
    return {**config, "name": "resolved"} if config.get("name") in nodes else config


def _pushed(fire: Fire, *, name: str = "a", level: int = 0) -> int:
    """Start a run for what is pushed."""
    return fire.payload["number"]


QUEUED = trigger("test.pushed", watching=Watching(_watch, glance=_glance, resolve=_resolve))(_pushed)
NEWEST = trigger("test.newest", watching=Watching(_watch, when_busy=lambda config: "newest"))(_pushed)


def registry() -> Registry:
    return Registry.installed().with_definitions(QUEUED, NEWEST)


PUSHED = """\
name: pushed
nodes: [{id: push, type: test.pushed}]
outputs: "{{ nodes.push.output }}"
"""
SLOW = """\
name: slow
nodes:
  - {id: push, type: test.pushed}
  - {id: wait, type: flow.signal, config: {name: go}, after: [push]}
outputs: "{{ nodes.push.output }}"
"""


def workflow(text: str) -> Workflow:
    checked = check_file(text, registry())
    assert checked.result.valid, checked.result.issues
    (found,) = checked.workflows
    return found


def opened(folder: Path, **more: Any) -> Application:
    settings = Settings(db=str(folder / "s.db"), workspace=str(folder), synchronous="NORMAL")
    return Application(settings, registry=registry(), **more)


def feed_of(deployments: Deployments) -> Feed:
    return deployments.application.world.resources.get(Feed)


async def until(holds: Any) -> None:
    """Until `holds()`, which may be a coroutine function."""
    async with asyncio.timeout(PATIENCE):
        while True:
            found = holds()
            if await found if asyncio.iscoroutine(found) else found:
                return
            await asyncio.sleep(0.01)


async def outputs(deployments: Deployments, name: str) -> list[Any]:
    """What its finished runs came to, in the order of their items."""
    runs = await deployments.application.store.list_runs(workflow=name, limit=1000)
    return sorted(run.output for run in runs if run.status == "completed")


async def until_outputs(deployments: Deployments, name: str, wanted: list[Any]) -> None:
    found: list[Any] = []

    async def same() -> bool:
        found[:] = await outputs(deployments, name)
        return len(found) >= len(wanted)

    try:
        await until(same)
    finally:
        assert found == wanted


def gone(text: str = "The connection is gone.", *, retryable: bool = True) -> NodeError:
    return NodeError(text, code="gone", retryable=retryable)
