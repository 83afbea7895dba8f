"""Group `start`: how long a fresh process takes."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial

from benchmarks.row import Row
from benchmarks.sampling import rounds


def measure(scale: float) -> Iterator[Row]:
    shown, imported, bare = rounds(
        11 if scale >= 1 else 1,
        partial(_start, "from treadle.cli.main import main; main()", "--help"),
        partial(_start, "import treadle"),
        partial(_start, "pass"),
    )
    yield Row("treadle_help", shown * 1000, "ms", "lower", must=400, limit=bare * 1000)
    yield Row("import_treadle", imported * 1000, "ms", "lower", must=300, limit=bare * 1000)


def _start(program: str, *arguments: str) -> float:
    start = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", program, *arguments], capture_output=True, timeout=30)
    taken = time.perf_counter() - start
    if done.returncode != 0:
        raise RuntimeError(f"`{program}` failed: {done.stderr.decode(errors='replace').strip()}")
    return taken
