"""Watch one running job, and leave nothing of it."""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import socket
import time

from treadle.packs.code.sandbox.inside.job import Job

_CHUNK = 1 << 16
# A program's own clock stops it with a line number; the warden's stops it for certain, a little later.
_GRACE_SECONDS = 0.25


class EngineGone(Exception):
    """The socket closed: nobody waits for an answer any more."""


class Supervision:
    """One running child: its pipes, its clock, its output bound, and everything it started."""

    def __init__(self, engine: socket.socket, child_ended: socket.socket, child: int, job: Job) -> None:
        self._engine = engine
        self._child_ended = child_ended
        self._child = child
        self._job = job
        self._status: int | None = None
        self._open: list[int] = []

    def watch(self, stdin: int, out: int, err: int) -> tuple[dict[str, object], list[bytes]]:
        """Wait for the end, whichever comes first: the child's, the clock's, or the output bound's."""
        self._open = [stdin, out, err]
        for descriptor in self._open:
            os.set_blocking(descriptor, False)
        collected: dict[int, list[bytes]] = {out: [], err: []}
        state = self._collect(stdin, collected)
        return self._header(state), [b"".join(collected[out]), b"".join(collected[err])]

    def _collect(self, stdin: int, collected: dict[int, list[bytes]]) -> str:
        deadline = time.monotonic() + self._job.seconds + (0 if self._job.kind == "command" else _GRACE_SECONDS)
        unsent = memoryview(self._job.stdin.encode())
        room = self._job.pipe_bytes
        with selectors.DefaultSelector() as selector:
            selector.register(self._engine, selectors.EVENT_READ)
            selector.register(self._child_ended, selectors.EVENT_READ)
            for descriptor in collected:
                selector.register(descriptor, selectors.EVENT_READ)
            selector.register(stdin, selectors.EVENT_WRITE)
            reading = set(collected)
            while reading or self._status is None:
                remaining = deadline - time.monotonic()
                if remaining <= 0:
                    return "timeout"
                for key, _ in selector.select(remaining):
                    if key.fileobj is self._engine:
                        raise EngineGone
                    if key.fileobj is self._child_ended:
                        self._child_ended.recv(_CHUNK)
                        self._reap()
                    elif key.fd == stdin:
                        unsent = _write(stdin, unsent)
                        if not unsent:
                            selector.unregister(stdin)
                            self._close(stdin)
                    else:
                        part = os.read(key.fd, _CHUNK)
                        room -= len(part)
                        if room < 0:
                            return "overflow"
                        collected[key.fd].append(part)
                        if not part:
                            selector.unregister(key.fd)
                            reading.discard(key.fd)
        return "ended"

    def _reap(self) -> None:
        """Note the child's end; what it left running holds its pipes open and ends with it."""
        if self._status is None and _has_ended(self._child):
            # Before its number is given back: until then the number can only mean this group.
            _kill_group(self._child)
            _, self._status = os.waitpid(self._child, 0)
            _kill_rest()

    def _header(self, state: str) -> dict[str, object]:
        code = os.waitstatus_to_exitcode(self._status) if self._status is not None else None
        return {"state": state, "code": code}

    def _close(self, descriptor: int) -> None:
        self._open.remove(descriptor)
        os.close(descriptor)

    def end(self) -> None:
        """Kill whatever is left and close the pipes."""
        if self._status is None:
            _kill_group(self._child)
            # Alone as well: it may not have made its group yet.
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._child, signal.SIGKILL)
        _kill_rest()
        for descriptor in list(self._open):
            self._close(descriptor)


def _write(descriptor: int, unsent: memoryview) -> memoryview:
    try:
        return unsent[os.write(descriptor, unsent[:_CHUNK]) :] if unsent else unsent
    except BlockingIOError:
        return unsent
    except BrokenPipeError:
        # The program does not read its input; that is its business.
        return unsent[:0]


def _has_ended(child: int) -> bool:
    return os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def _kill_group(group: int) -> None:
    # The whole group at once: a program that forks faster than it is killed loses its race here.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)


def _kill_rest() -> None:
    """Kill and reap every process below the warden; orphans come to it, so none is missed."""
    while True:
        children = _children()
        for process in children:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        try:
            # All that were listed before the next look: a list of thousands takes long to make.
            for _ in children or (0,):
                os.waitpid(-1, 0)
        except ChildProcessError:
            return


def _children() -> list[int]:
    try:
        with open(f"/proc/self/task/{os.getpid()}/children", "rb") as children:
            return [int(process) for process in children.read().split()]
    except OSError:
        return []
