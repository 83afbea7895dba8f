"""How many programs run at once; the others wait for a turn, off their clock."""

from __future__ import annotations

import asyncio
import weakref


class Turns:
    """At most `at_once` holders per event loop."""

    def __init__(self, at_once: int) -> None:
        self._at_once = at_once
        self._by_loop: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = (
            weakref.WeakKeyDictionary()
        )

    def turn(self) -> asyncio.Semaphore:
        """What to hold (`async with`) while a program runs."""
        return self._by_loop.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(self._at_once))
