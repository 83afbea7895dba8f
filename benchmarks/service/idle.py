"""What `treadle up` takes while it has nothing to do: memory, and the time from its start until it is ready."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.row import Row
from benchmarks.sampling import median

_SETTLES = 3.0
"""Seconds after which what a start leaves behind has been given back."""


def measure(scale: float) -> Iterator[Row]:
    found = [_start_up() for _ in range(5 if scale >= 1 else 1)]
    yield Row("up_idle_memory", median([memory for memory, _, _ in found]), "MB", "lower", must=150)
    yield Row("up_ready", median([ready for _, ready, _ in found]), "s", "lower", must=3)
    yield Row("up_stopped", median([stopped for _, _, stopped in found]), "s", "lower")


def _start_up() -> tuple[float, float, float]:
    """Megabytes, seconds until ready, seconds from SIGTERM to the end."""
    with TemporaryDirectory() as folder:
        port = _free_port()
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("TREADLE_", "OTEL_"))}
        started = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-m", "treadle.cli", "up", "--empty", "--no-browser", "--port", str(port)],
            cwd=folder,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            _wait_until_ready(process, f"http://127.0.0.1:{port}")
            ready = time.perf_counter() - started
            # A little of everything that a server is asked while nothing runs.
            _ask(f"http://127.0.0.1:{port}/api/v1/openapi.json")
            _ask(f"http://127.0.0.1:{port}/")
            time.sleep(_SETTLES)
            memory = _resident(process.pid)
            asked = time.perf_counter()
            process.send_signal(signal.SIGTERM)
            process.wait(30)
            return memory, ready, time.perf_counter() - asked
        finally:
            if process.poll() is None:
                process.kill()
                process.wait(10)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return found.getsockname()[1]


def _wait_until_ready(process: subprocess.Popen[bytes], base: str) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"`treadle up` ended with {process.returncode}.")
        status, body = _ask(f"{base}/readyz")
        if status == 200 and json.loads(body)["ready"]:
            return
        time.sleep(0.01)
    raise RuntimeError("`treadle up` did not become ready.")


def _ask(url: str) -> tuple[int, bytes]:
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()
    except OSError:
        return 0, b""


def _resident(pid: int) -> float:
    """What a process holds of the machine's memory, in megabytes."""
    status = Path(f"/proc/{pid}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    for row in measure(1.0 if len(sys.argv) < 2 else float(sys.argv[1])):
        print(f"{row.name}: {row.value:.2f} {row.unit}")
