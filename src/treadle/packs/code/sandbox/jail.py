"""Locked processes, kept warm: each serves one job at a time and forks a fresh process for it.

A jail belongs to no event loop. It ends when its socket closes, so that neither a crash of this process nor a
forgotten `close_jails` leaves one behind.
"""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import importlib.util
import json
import os
import signal
import socket
import subprocess
import sys
from collections import deque
from dataclasses import dataclass
from pathlib import Path

from pydantic import JsonValue

from treadle.errors import MissingCapability, NodeError
from treadle.packs.code.sandbox.inside.frames import HEADER, frame
from treadle.packs.code.sandbox.turns import Turns

_WARDEN = Path(__file__).parent / "inside" / "warden.py"
_AT_ONCE = 8
_KEPT_WARM = max(2, os.cpu_count() or 2)
# The warden keeps time itself; this is for a warden that does not. Generous: a busy machine makes it late, and what it
# has not ended when it is ended itself is left to run.
_BACKSTOP_SECONDS = 15.0
_LAST_WORDS_SECONDS = 10.0
_NEEDS = {
    "landlock": "Linux 5.13 or newer with Landlock switched on",
    "seccomp": "the libseccomp library",
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a job ended: `state` is `ended`, `timeout`, `overflow` (of output) or `crowd` (of processes); `code` as in
    `Popen.returncode`."""

    state: str
    code: int | None
    out: bytes
    err: bytes


class Jail:
    """One warden process and the socket to it. Raises `MissingCapability` where it cannot run at all."""

    def __init__(self) -> None:
        if not hasattr(os, "fork") or not sys.executable:
            raise MissingCapability(
                "This system cannot run code in a locked process.",
                remedy="Run the engine on Linux, or use `code.python`, which needs no locked process.",
            )
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        with theirs:
            self._process = subprocess.Popen(
                [
                    sys.executable,
                    "-I",
                    "-S",
                    "-B",
                    str(_WARDEN),
                    *_extension_folders(),
                ],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={},
                cwd="/",
                start_new_session=True,
            )
        self._socket = ours
        self._missing: tuple[str, ...] | None = None
        self.has_javascript = False

    @property
    def pid(self) -> int:
        """The warden's process id."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether the warden still runs."""
        return self._process.poll() is None

    async def wait_until_ready(self) -> tuple[str, ...]:
        """Wait for the warden's greeting; return which locks this machine lacks (`landlock`, `seccomp`)."""
        if self._missing is None:
            greeting = json.loads(await self._receive())
            self._missing = tuple(greeting["missing"])
            self.has_javascript = greeting["javascript"]
        return self._missing

    async def run(self, job: dict[str, JsonValue]) -> Verdict:
        """Run one job to its end. After any exception the jail must be closed."""
        await asyncio.get_running_loop().sock_sendall(self._socket, frame(json.dumps(job).encode()))
        header = json.loads(await self._receive())
        return Verdict(header["state"], header["code"], await self._receive(), await self._receive())

    async def _receive(self) -> bytes:
        (size,) = HEADER.unpack(await self._read(HEADER.size))
        return await self._read(size)

    async def _read(self, size: int) -> bytes:
        loop = asyncio.get_running_loop()
        received = bytearray()
        while len(received) < size:
            part = await loop.sock_recv(self._socket, min(size - len(received), 1 << 20))
            if not part:
                raise ConnectionError("the locked process ended")
            received += part
        return bytes(received)

    def close(self) -> None:
        """End the warden and everything it runs, and wait for that: milliseconds, 10 s at the very most."""
        self._socket.close()
        try:
            self._process.wait(_LAST_WORDS_SECONDS)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()


async def run_in_jail(
    job: dict[str, JsonValue], *, seconds: float, allow_weaker: bool = False, needs_lock: bool = True
) -> Verdict:
    """Run `job` in a jail, at most eight at once; others wait their turn, off the clock.

    Raises `MissingCapability` when the machine lacks a lock and `allow_weaker` is false. Whatever ends this
    coroutine early, cancellation included, ends the job's processes before it returns.
    """
    async with _turns.turn():
        jail = _take()
        try:
            missing = await asyncio.wait_for(jail.wait_until_ready(), _BACKSTOP_SECONDS)
            _require(jail, job, missing if needs_lock and not allow_weaker else ())
            verdict = await asyncio.wait_for(jail.run(job), seconds + _BACKSTOP_SECONDS)
        except MissingCapability:
            _give_back(jail)
            raise
        except (TimeoutError, OSError) as error:
            await _end(jail)
            raise NodeError(
                "The process that runs code ended before the program did.",
                code="code_error",
                remedy="Try again; if it happens every time, give the node a larger memory limit.",
            ) from error
        except BaseException:
            await _end(jail)
            raise
        _give_back(jail)
        return verdict


def _require(jail: Jail, job: dict[str, JsonValue], missing: tuple[str, ...]) -> None:
    if job["kind"] == "javascript" and not jail.has_javascript:
        raise MissingCapability("JavaScript needs QuickJS.", remedy="Install it: `pip install quickjs-ng`.")
    if missing:
        needs = " and ".join(_NEEDS[name] for name in missing)
        raise MissingCapability(
            f"This machine cannot lock a process for this code: it lacks {' and '.join(missing)}.",
            remedy=f"It needs {needs}; or let an administrator allow weaker isolation.",
            missing=list(missing),
        )


_idle: deque[Jail] = deque()
_owner = os.getpid()
_turns = Turns(_AT_ONCE)


def _take() -> Jail:
    global _owner
    if _owner != os.getpid():
        # After a fork the jails are the parent's: on one socket each would read the other's answers.
        _idle.clear()
        _owner = os.getpid()
    while True:
        try:
            jail = _idle.pop()
        except IndexError:
            return Jail()
        if jail.alive:
            return jail
        jail.close()


def _give_back(jail: Jail) -> None:
    if len(_idle) < _KEPT_WARM:
        _idle.append(jail)
    else:
        jail.close()


async def _end(jail: Jail) -> None:
    # In a thread, and to its end even if cancelled once more: waiting for processes may take milliseconds.
    await asyncio.shield(asyncio.to_thread(jail.close))


def close_jails() -> None:
    """End the jails that wait for work. The next run starts a fresh one."""
    while _idle:
        _idle.pop().close()


def _extension_folders() -> list[str]:
    folders: list[str] = []
    for name in ("_quickjs", "pyseccomp"):
        found = importlib.util.find_spec(name)
        if found and found.origin and (folder := str(Path(found.origin).parent)) not in folders:
            folders.append(folder)
    return folders


atexit.register(close_jails)
