"""Watch one running job, and leave nothing of it."""

from __future__ import annotations

import contextlib
import math
import os
import selectors
import signal
import socket
import time

from treadle.packs.code.sandbox.inside.job import Job
from treadle.packs.code.sandbox.inside.lock import everybodys_processes

_CHUNK = 1 << 16
# A program's own clock stops it with a line number; the warden's stops it for certain, a little later.
_GRACE_SECONDS = 0.25
_COUNTED_EVERY = 0.05
_COUNTED_AT_LEAST = 20
"""Of so many looks, one counts whatever it looks like."""
_REAPED_AT_ONCE = 500
_LOOK_ONLY = os.WEXITED | os.WNOHANG | os.WNOWAIT


class EngineGone(Exception):
    """The socket closed: nobody waits for an answer any more."""


class Supervision:
    """One running child: its pipes, its clock, its bounds on output and processes, and everything it started."""

    def __init__(self, engine: socket.socket, child_ended: socket.socket, child: int, job: Job) -> None:
        self._engine = engine
        self._child_ended = child_ended
        self._child = child
        self._job = job
        self._status: int | None = None
        self._open: list[int] = []
        self._before = everybodys_processes()
        self._looks = 0

    def watch(self, stdin: int, out: int, err: int) -> tuple[dict[str, object], list[bytes]]:
        """Wait for the end, whichever comes first: the child's, the clock's, or a bound's."""
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
        count_at = time.monotonic() + _COUNTED_EVERY if self._job.kind == "command" else math.inf
        with selectors.DefaultSelector() as selector:
            selector.register(self._engine, selectors.EVENT_READ)
            selector.register(self._child_ended, selectors.EVENT_READ)
            for descriptor in collected:
                selector.register(descriptor, selectors.EVENT_READ)
            selector.register(stdin, selectors.EVENT_WRITE)
            reading = set(collected)
            while reading or self._status is None:
                now = time.monotonic()
                if now >= count_at:
                    self._reap_orphans()
                    if self._is_crowded():
                        return "crowd"
                    # The more there are, the longer a look takes: a tenth of the time goes into looking, no more.
                    count_at = time.monotonic() + max(_COUNTED_EVERY, 10 * (time.monotonic() - now))
                if now >= deadline:
                    return "timeout"
                for key, _ in selector.select(min(deadline, count_at) - now):
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
        if self._status is None and os.waitid(os.P_PID, self._child, _LOOK_ONLY) is not None:
            # Before its number is given back: until then the number can only mean this group.
            _kill_group(self._child)
            _, self._status = os.waitpid(self._child, 0)
            _kill_rest()

    def _reap_orphans(self) -> None:
        """Let go of some of those that have ended: a program may leave thousands in the time it is given."""
        for _ in range(_REAPED_AT_ONCE):
            ended = os.waitid(os.P_ALL, 0, _LOOK_ONLY) if self._status is None else None
            if ended is None or ended.si_pid == self._child:
                return
            os.waitpid(ended.si_pid, 0)

    def _is_crowded(self) -> bool:
        """Whether the program has more processes than it may. They are counted if there seem to be more on the whole
        machine, and now and then, as others may have ended."""
        limit, everybodys = self._job.processes, everybodys_processes()
        self._looks += 1
        more = math.inf if everybodys is None or self._before is None else everybodys - self._before
        if more <= limit and self._looks % _COUNTED_AT_LEAST:
            return False
        return _count_below(limit) > limit

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


def _count_below(enough: int) -> int:
    """How many processes there are below the warden; the count stops above `enough`."""
    count, unseen = 0, _children()
    while unseen and count <= enough:
        count += len(unseen)
        unseen = [] if count > enough else [below for process in unseen for below in _children_of(process)]
    return count


def _children_of(process: int) -> list[int]:
    try:
        threads = os.listdir(f"/proc/{process}/task")
    except OSError:
        return []  # it has ended
    return [child for thread in threads for child in _children(process, thread)]


def _children(process: int | None = None, thread: str | None = None) -> list[int]:
    try:
        with open(f"/proc/{process or 'self'}/task/{thread or os.getpid()}/children", "rb") as children:
            return [int(child) for child in children.read().split()]
    except OSError:
        return []
