"""Running a pure function with a time limit: in a thread of its own, which is told to stop and then left behind."""

from __future__ import annotations

import asyncio
import ctypes
import threading
from collections.abc import Callable
from typing import Any

from treadle.engine.failure import TookTooLong


class _Abandoned(BaseException):
    """Raised inside a thread whose answer nobody waits for any more."""


async def call_in_thread(function: Callable[[], Any], *, timeout: float) -> Any:
    """What `function` returns. Raises `TookTooLong` after `timeout` seconds; the thread is then interrupted at its
    next bytecode and, being a daemon, never keeps the process alive."""
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[Any] = loop.create_future()

    def settle(error: BaseException | None, value: Any) -> None:
        if not answer.done():
            if error is None:
                answer.set_result(value)
            else:
                answer.set_exception(error)

    def work() -> None:
        try:
            value, error = function(), None
        except _Abandoned:
            return
        except BaseException as raised:
            value, error = None, raised
        try:
            loop.call_soon_threadsafe(settle, error, value)
        except RuntimeError:
            return  # the loop has closed: nobody waits

    thread = threading.Thread(target=work, name="treadle-node", daemon=True)
    thread.start()
    try:
        limit = asyncio.timeout(timeout)
        try:
            async with limit:
                return await answer
        except TimeoutError as error:
            if not limit.expired():
                raise
            raise TookTooLong(timeout) from error
    finally:
        if (thread.is_alive() and thread.ident is not None and not answer.done()) or answer.cancelled():
            _interrupt(thread)


def _interrupt(thread: threading.Thread) -> None:
    if thread.ident is not None and thread.is_alive():
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident), ctypes.py_object(_Abandoned))
