"""The real program, as a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any


class Process:
    """Runs `treadle` in `folder`; `lines` grows as it prints on standard output."""

    def __init__(self, folder: Path, *arguments: str, **environment: str) -> None:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("TREADLE_")}
        self.popen = subprocess.Popen(
            [sys.executable, "-m", "treadle.cli", *arguments],
            cwd=folder,
            env={**inherited, "PYTHONIOENCODING": "utf-8", **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        self.lines: list[str] = []
        self.errors: list[str] = []
        self._readers = [
            threading.Thread(target=self._read, args=(self.popen.stdout, self.lines), daemon=True),
            threading.Thread(target=self._read, args=(self.popen.stderr, self.errors), daemon=True),
        ]
        for reader in self._readers:
            reader.start()

    @staticmethod
    def _read(stream: Any, lines: list[str]) -> None:
        for line in stream:
            lines.append(line.rstrip("\n"))

    def events(self, name: str = "") -> Iterator[dict[str, Any]]:
        """What was printed as JSON lines so far."""
        for line in list(self.lines):
            event = json.loads(line)
            if not name or event["event"] == name:
                yield event

    def wait_until(self, condition: Callable[[], object], *, seconds: float = 30.0) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            assert self.popen.poll() is None, f"it ended: {self.lines} {self.errors}"
            assert time.monotonic() < deadline, f"it did not come to it: {self.lines} {self.errors}"
            time.sleep(0.02)

    def end(self, *, seconds: float = 30.0) -> int:
        """Wait for it to end by itself; its exit code."""
        try:
            code = self.popen.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            raise
        self._close()
        return code

    def send(self, number: int) -> None:
        self.popen.send_signal(number)

    def kill(self) -> None:
        """kill -9."""
        self.popen.kill()
        self.popen.wait(10)
        self._close()

    def _close(self) -> None:
        for reader in self._readers:
            reader.join(5)
        for stream in (self.popen.stdout, self.popen.stderr):
            if stream is not None:
                stream.close()

    def __enter__(self) -> Process:
        return self

    def __exit__(self, *exception: object) -> None:
        if self.popen.poll() is None:
            self.kill()
