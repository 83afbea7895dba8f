"""A node whose strings a test pulls: it says, logs and comes to what it is told to, when it is told to."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from treadle.node import Context, JsonValue, NodeError, effect


class Puppet:
    """An effect node type of its own, `puppet.<name>`. What it is told is kept until a call of it listens."""

    def __init__(self, name: str) -> None:
        self._strings: asyncio.Queue[Callable[[Context], Any]] = asyncio.Queue()
        self._end = object()
        self._value: Any = None

        @effect(f"puppet.{name}", in_doubt="ask", title=name.capitalize())
        async def puppet(ctx: Context, value: JsonValue = None) -> JsonValue:
            """A puppet."""
            while (await self._strings.get())(ctx) is not self._end:
                await asyncio.sleep(0)
            return self._value

        self.definition = puppet

    def streams(self, text: str) -> None:
        self._strings.put_nowait(lambda ctx: ctx.stream(text))

    def logs(self, message: str, *, level: Any = "info", **data: JsonValue) -> None:
        self._strings.put_nowait(lambda ctx: ctx.log(message, level=level, **data))

    def progresses(self, share: float, message: str = "") -> None:
        self._strings.put_nowait(lambda ctx: ctx.progress(share, message))

    def returns(self, value: Any) -> None:
        def give(_: Context) -> object:
            self._value = value
            return self._end

        self._strings.put_nowait(give)

    def fails(self, message: str) -> None:
        def fail(_: Context) -> None:
            raise NodeError(message, code="not_now")

        self._strings.put_nowait(fail)
