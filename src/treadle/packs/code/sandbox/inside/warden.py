"""The process between the engine and people's programs: one fork per job, none left when the job is over.

Started as a script by `treadle.packs.code.sandbox.jail`. Standard input is a stream socket to the engine: a
frame with a job comes in, three frames (header, output, error output) go out. When the socket closes, for
whatever reason, every process of the job in hand is killed and the warden ends; so the death of the engine
leaves nothing behind.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import resource
import shutil
import signal
import socket
import sys
import tempfile
from pathlib import Path
from types import FrameType, ModuleType


def _stand_in_for_packages() -> None:
    """Let our modules be imported by their full names without running what their packages import.

    A package of nodes brings the whole engine with it; none of that belongs on this side of the wall.
    """
    place = Path(__file__).resolve().parents[5]
    for name in ("treadle", "packs", "code", "sandbox"):
        place = place / name
        full_name = str(place.relative_to(Path(__file__).resolve().parents[5])).replace(os.sep, ".")
        package = ModuleType(full_name)
        package.__path__ = [str(place)]
        sys.modules[full_name] = package


if __name__ == "__main__":
    _stand_in_for_packages()

from treadle.packs.code.sandbox.inside.child import SET_CHILD_SUBREAPER, become, come_first, control  # noqa: E402
from treadle.packs.code.sandbox.inside.frames import HEADER, frame  # noqa: E402
from treadle.packs.code.sandbox.inside.job import Job  # noqa: E402
from treadle.packs.code.sandbox.inside.lock import Lock  # noqa: E402
from treadle.packs.code.sandbox.inside.supervision import EngineGone, Supervision  # noqa: E402


def _wake_only(number: int, frame_: FrameType | None) -> None:
    """A handler must exist for the wake-up descriptor to be written to."""


class Warden:
    """Runs jobs one after the other, each in a process forked for it."""

    def __init__(self, engine: socket.socket, lock: Lock) -> None:
        self._engine = engine
        self._lock = lock
        self._child_ended, wake = socket.socketpair()
        for end in (self._child_ended, wake):
            end.setblocking(False)
        self._wake = wake
        signal.signal(signal.SIGCHLD, _wake_only)
        signal.set_wakeup_fd(wake.fileno(), warn_on_full_buffer=False)

    def serve(self) -> None:
        """Answer jobs until the engine closes the socket."""
        javascript = _has_javascript()
        self._send(json.dumps({"missing": self._lock.missing, "javascript": javascript}).encode())
        while True:
            job = Job(**json.loads(self._receive()))
            scratch = tempfile.mkdtemp(prefix="treadle-") if job.kind == "python" else ""
            try:
                header, outputs = self._run(job, scratch)
            finally:
                if scratch:
                    shutil.rmtree(scratch, ignore_errors=True)
            self._send(json.dumps(header).encode(), *outputs)

    def _run(self, job: Job, scratch: str) -> tuple[dict[str, object], list[bytes]]:
        pipes = [os.pipe() for _ in range(3)]
        (stdin_read, stdin_write), (out_read, out_write), (err_read, err_write) = pipes
        child = os.fork()
        if child == 0:
            become(job, scratch, self._lock, stdin_read, out_write, err_write)
        for descriptor in (stdin_read, out_write, err_write):
            os.close(descriptor)
        supervision = Supervision(self._engine, self._child_ended, child, job)
        try:
            return supervision.watch(stdin_write, out_read, err_read)
        finally:
            supervision.end()

    def _send(self, *payloads: bytes) -> None:
        try:
            self._engine.sendall(b"".join(frame(payload) for payload in payloads))
        except OSError:
            raise EngineGone from None

    def _receive(self) -> bytes:
        (size,) = HEADER.unpack(self._read(HEADER.size))
        return self._read(size)

    def _read(self, size: int) -> bytes:
        parts: list[bytes] = []
        while size:
            part = self._engine.recv(min(size, 1 << 20))
            if not part:
                raise EngineGone
            parts.append(part)
            size -= len(part)
        return b"".join(parts)


def _has_javascript() -> bool:
    try:
        from treadle.packs.code.sandbox.inside import javascript
    except ImportError:
        return False
    # Run once, so that every module this touches is in memory before files are out of reach.
    warm = javascript.run("null", "{}", seconds=1, memory_mb=16, output_bytes=100)
    return b"result" in warm


def main(folders: list[str]) -> None:
    """Serve on standard input until it closes. `folders` hold the extension modules to load."""
    usual = list(sys.path)
    sys.path += folders
    lock = Lock()
    lock.prepare()
    engine = socket.socket(fileno=os.dup(0))
    engine.setblocking(True)
    control(SET_CHILD_SUBREAPER, 1)
    come_first()
    warden = Warden(engine, lock)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(EngineGone, ConnectionError):
        # Loading now, while every file can be read.
        _has_javascript()
        sys.path[:] = usual
        gc.freeze()
        warden.serve()


if __name__ == "__main__":
    main(sys.argv[1:])
    os._exit(0)
