"""The door: lets requests in while the process is up, turns them away while it stops, and sees those inside out."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field

from starlette.types import Message, Receive

_MOMENT = 1.0
"""Seconds."""


@dataclass(eq=False, slots=True)
class Inside:
    """A request under way. `streams`: it is answered bit by bit, until somebody ends it. `ended`: with its last bit."""

    task: asyncio.Task[object] | None
    answered: bool = False
    streams: bool = False
    ended: bool = False
    turned_out: bool = False


@dataclass(eq=False)
class Door:
    """One for a server. It opens when the engine is ready, and is shut before the engine drains."""

    is_open: bool = True
    inside: set[Inside] = field(default_factory=set[Inside])
    closing: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the engine has drained: streams end now."""
    turned_away: int = 0

    def shut(self) -> None:
        """Let nobody in any more; whoever is inside may stay."""
        self.is_open = False

    async def close(self) -> None:
        """Let those inside go: streams end as if their reader had gone. Who waits for an answer has a moment to get it,
        for what they asked for has just come to rest; then they are told that there will be none from this process."""
        self.shut()
        self.closing.set()
        with suppress(TimeoutError):
            async with asyncio.timeout(_MOMENT):
                while any(not request.answered for request in self.inside):
                    await asyncio.sleep(0.01)
        for request in list(self.inside):
            if not request.answered and request.task is not None:
                request.turned_out = True
                request.task.cancel()

    def watched(self, receive: Receive) -> Receive:
        """`receive`, which says that the client has gone once the door closes."""
        closing = self.closing

        heard = False

        async def receive_or_close() -> Message:
            nonlocal heard
            if not heard:  # its body: who is still sending that is turned out otherwise
                message = await receive()
                heard = not message.get("more_body", False)
                return message
            if closing.is_set():
                return {"type": "http.disconnect"}
            coming = asyncio.create_task(_receive(receive))
            closed = asyncio.create_task(closing.wait())
            try:
                await asyncio.wait({coming, closed}, return_when=asyncio.FIRST_COMPLETED)
                return coming.result() if coming.done() else {"type": "http.disconnect"}
            finally:
                coming.cancel()
                closed.cancel()

        return receive_or_close

    @property
    def streams(self) -> int:
        """Streams open now."""
        return sum(1 for request in self.inside if request.streams)


async def _receive(receive: Receive) -> Message:
    return await receive()
