"""Applications whose runs are followed, and what their followers were given."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from pathlib import Path
from typing import Any

from treadle.model.workflow import Workflow
from treadle.node import Context, JsonValue, Registry, effect
from treadle.service.application import Application
from treadle.service.live.event import LiveEvent, Place
from treadle.service.live.live import Events
from treadle.service.settings import Settings

PATIENCE = 20.0


@effect("live.talk", in_doubt="repeat")
async def talk(ctx: Context, value: JsonValue = None) -> JsonValue:
    """Says all that an effect can say while it runs."""
    ctx.log("half way", step=1)
    ctx.progress(0.5, "half")
    ctx.stream("to")
    ctx.stream("ken")
    return value


def application(folder: Path, *known: Any, drives: bool = True) -> Application:
    definitions = [getattr(one, "definition", one) for one in known]
    registry = Registry.installed().with_definitions(talk, *definitions)
    settings = Settings(db=str(folder / "treadle.db"), workspace=str(folder), synchronous="OFF")
    return Application(settings, registry=registry, drives=drives)


def workflow(name: str, *nodes: dict[str, Any], **settings: Any) -> Workflow:
    """Nodes one after the other."""
    chain = [{**node, **({"after": [nodes[at - 1]["id"]]} if at else {})} for at, node in enumerate(nodes)]
    return Workflow.model_validate({"name": name, "settings": settings, "nodes": chain})


def pure(id: str, transform: str = "1") -> dict[str, Any]:
    return {"id": id, "type": "data.transform", "config": {"transform": transform}}


def fake(name: str) -> dict[str, Any]:
    return {"id": name, "type": f"fake.{name}"}


TALK = {"id": "talk", "type": "live.talk"}


class Follower:
    """Reads a stream in the background; `events` is what it was given so far."""

    def __init__(self, stream: AsyncGenerator[Events]) -> None:
        self.events: list[LiveEvent] = []
        self._stream = stream
        self._changed = asyncio.Event()
        self._begun = asyncio.Event()
        self._task = asyncio.create_task(self._read())

    async def _read(self) -> None:
        async with aclosing(self._stream):
            async for some in self._stream:
                self._begun.set()
                self.events += some
                self._changed.set()

    async def begin(self) -> Follower:
        """Return once nothing is missed any more."""
        begun = asyncio.create_task(self._begun.wait())
        await asyncio.wait({begun, self._task}, return_when=asyncio.FIRST_COMPLETED)
        begun.cancel()
        if self._task.done():
            await self._task
        return self

    async def until(self, reached: Callable[[Sequence[LiveEvent]], bool]) -> list[LiveEvent]:
        async with asyncio.timeout(PATIENCE):
            while not reached(self.events):
                self._changed.clear()
                if self._task.done():
                    await self._task
                    raise AssertionError(f"The stream has ended: {types(self.events)}")
                change = asyncio.create_task(self._changed.wait())
                await asyncio.wait({change, self._task}, return_when=asyncio.FIRST_COMPLETED)
                change.cancel()
        return self.events

    async def until_type(self, kind: str, times: int = 1) -> list[LiveEvent]:
        return await self.until(lambda events: types(events).count(kind) >= times)

    async def until_end(self) -> list[LiveEvent]:
        async with asyncio.timeout(PATIENCE):
            await asyncio.shield(self._task)
        return self.events

    async def stop(self) -> list[LiveEvent]:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        return self.events


async def follow(stream: AsyncGenerator[Events]) -> Follower:
    return await Follower(stream).begin()


async def read_whole(stream: AsyncGenerator[Events]) -> list[LiveEvent]:
    """All of a stream that ends."""
    return await Follower(stream).until_end()


def types(events: Sequence[LiveEvent]) -> list[str]:
    return [event.type for event in events]


def words(events: Sequence[LiveEvent]) -> list[str]:
    return [f"{event.type} {event.path}".strip() for event in events]


def kept(events: Sequence[LiveEvent]) -> list[LiveEvent]:
    return [event for event in events if "+" not in event.id]


def after(events: Sequence[LiveEvent]) -> Place | None:
    return events[-1].place if events else None
