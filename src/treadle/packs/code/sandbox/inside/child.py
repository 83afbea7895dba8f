"""What a process forked for a job does: shed the warden's belongings, lock itself, run, answer, end."""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import signal
import sys
import tempfile
from typing import NoReturn

from treadle.packs.code.sandbox.inside import landlock, python
from treadle.packs.code.sandbox.inside.job import Job
from treadle.packs.code.sandbox.inside.lock import Lock, bound, bound_command

SET_PARENT_DEATH_SIGNAL, SET_CHILD_SUBREAPER = 1, 36
# What extension modules and the time zones need beyond the library's own folders.
_SHARED = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/share/zoneinfo", os.devnull, "/dev/urandom")
_ANSWER_FD = 3
_TEXT_MB = 64
_GIVES_WAY = 5


def become(job: Job, scratch: str, lock: Lock, stdin: int, out: int, err: int) -> NoReturn:
    """In the child: shed everything of the warden's, then run the job and end."""
    code = 70
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.setsid()
        control(SET_PARENT_DEATH_SIGNAL, signal.SIGKILL)
        if job.kind == "command":
            _execute(job, stdin, out, err)
        nothing = os.open(os.devnull, os.O_RDWR)
        answer = os.dup2(out, 100)
        for descriptor in range(3):
            os.dup2(nothing, descriptor)
        os.dup2(answer, _ANSWER_FD)
        os.closerange(_ANSWER_FD + 1, 65536)
        _answer(_locked(job, scratch, lock))
        code = 0
    except BaseException:
        code = 71
    finally:
        os._exit(code)


def _execute(job: Job, stdin: int, out: int, err: int) -> NoReturn:
    for number, descriptor in enumerate((stdin, out, err)):
        # Out of the way of 0 to 2 first; the copies made by dup2 survive the exec.
        os.dup2(descriptor, 100 + number)
    for number in range(3):
        os.dup2(100 + number, number)
    os.closerange(3, 65536)
    try:
        os.chdir(job.cwd)
        os.nice(_GIVES_WAY)
        bound_command(seconds=job.seconds, memory_mb=job.memory_mb, processes=job.processes)
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
        os.execve(job.executable, job.argv, job.environment or {})
    except OSError as error:
        os.write(2, f"{job.argv[0]}: {os.strerror(error.errno or 0)}\n".encode())
        os._exit(126)


def _locked(job: Job, scratch: str, lock: Lock) -> bytes:
    if job.kind == "javascript":
        from treadle.packs.code.sandbox.inside import javascript

        # The engine bounds its own memory, and says so politely; this is for the text that goes in and out.
        bound(seconds=job.seconds, memory_mb=job.memory_mb + _TEXT_MB)
        lock.close(interpreter=False, grants=())
        return javascript.run(
            job.source,
            job.inputs,
            seconds=job.seconds,
            memory_mb=job.memory_mb,
            output_bytes=job.output_bytes,
        )
    bound(seconds=job.seconds, memory_mb=job.memory_mb)
    os.chdir(scratch)
    sys.path[:] = [*sys.path, *job.readable]
    tempfile.tempdir = scratch
    library = [*(path for path in sys.path if os.path.isdir(path)), *job.readable]
    grants = [(path, landlock.READ) for path in (*library, *_SHARED)]
    lock.close(interpreter=True, grants=[*grants, (scratch, landlock.READ_WRITE)])
    # Longest first: one folder may lie in another.
    hidden = {scratch: ".", **dict.fromkeys(sorted(library, key=len, reverse=True), "<python>")}
    return python.run(job.source, json.loads(job.inputs), output_bytes=job.output_bytes, hidden=hidden)


def _answer(answer: bytes) -> None:
    rest = memoryview(answer)
    while rest:
        rest = rest[os.write(_ANSWER_FD, rest) :]


def come_first() -> None:
    """Have this process, but none that it forks, served before all others, where it may ask for that.

    A fair share is too little for it: among ten thousand processes of a program that forks without end it would be
    seconds before it got to end them.
    """
    if hasattr(os, "SCHED_RESET_ON_FORK"):
        with contextlib.suppress(OSError):
            os.sched_setscheduler(0, os.SCHED_RR | os.SCHED_RESET_ON_FORK, os.sched_param(1))


def control(option: int, value: int) -> None:
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(option, ctypes.c_ulong(value), 0, 0, 0)
