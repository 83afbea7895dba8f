"""Starting lives and ending them, from the test's side."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

ROOT = Path(__file__).parents[2]

Start = tuple[str, str, int]
"""(workflow, run id, value) of a run to be started."""


class Nursery:
    """One process after another on one store. `accepted` holds the runs that some life said were durable, `began`
    those it began to drive, `resumed` what it took up again: milliseconds after its start, and the run."""

    def __init__(self, database: Path, service: str) -> None:
        self.accepted: set[str] = set()
        self.began: list[str] = []
        self.resumed: list[tuple[float, str]] = []
        self._asked = {"db": str(database), "service": service}
        self._exit: int | None = None
        self._pid = 0
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.chaos.life"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
        )
        self._unread = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._pid and self._exit is None:
            os.kill(self._pid, signal.SIGKILL)
        self._process.communicate(timeout=20)

    def start(self, runs: Sequence[Start] = (), *, kill: bool = True, at: float = 0.0) -> None:
        """Begin a life; returns once there is a process. It opens the store at `at` (monotonic) or as soon as it can.
        Without `kill` it ends when no work is left."""
        self._exit, self._pid = None, 0
        stdin = self._process.stdin
        if stdin is None:
            raise RuntimeError("The nursery has no standard input.")
        stdin.write((json.dumps({**self._asked, "runs": runs, "kill": kill, "at": at}) + "\n").encode())
        self._read_until(lambda: self._pid != 0, seconds=20)

    def kill(self) -> None:
        """`kill -9`, and wait for the end."""
        os.kill(self._pid, signal.SIGKILL)
        exit_code = self.wait(seconds=20)
        if exit_code != -signal.SIGKILL:
            raise RuntimeError(f"The process had ended by itself with {exit_code}, before it was killed.")

    def wait(self, *, seconds: float) -> int:
        """The exit code, once the life is over. Raises `TimeoutError`."""
        self._read_until(lambda: self._exit is not None, seconds=seconds)
        if self._exit is None:
            raise TimeoutError(f"The process still lives after {seconds:g} s.")
        return self._exit

    def _read_until(self, reached: Callable[[], bool], *, seconds: float) -> None:
        stdout = self._process.stdout
        deadline = time.monotonic() + seconds
        while stdout is not None and not reached():
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([stdout], [], [], left)[0]:
                raise TimeoutError(f"Nothing more was heard of the process for {seconds:g} s.")
            more = os.read(stdout.fileno(), 65536)
            if not more:
                raise RuntimeError("The nursery itself has ended.")
            *lines, self._unread = (self._unread + more).split(b"\n")
            for line in lines:
                self._note(*line.decode().split())

    def _note(self, what: str, value: str, *more: str) -> None:
        match what:
            case "born":
                self._pid = int(value)
            case "dead":
                self._exit = int(value)
            case "accepted":
                self.accepted.add(value)
            case "began":
                self.began.append(more[0])
            case _:
                self.resumed.append((float(value), more[0]))
