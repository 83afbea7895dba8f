"""Ctrl-C while a backtest is under way."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli.test_backtest_bad_input import BOT

PERIOD = ("--data", "simulated:BTC/USDT@1h", "--from", "2024-01-01", "--to", "2024-12-01")
SWEEP = ("--sweep", "rsi.period=2:40", "--sweep", "low.threshold=1:90")


def _in_group(group: int) -> list[str]:
    """Processes of a group that are still there."""
    told = subprocess.run(["ps", "-A", "-o", "pgid=,stat=,pid="], capture_output=True, text=True, check=True).stdout
    rows = [line.split() for line in told.splitlines()]
    return [pid for of, state, pid in rows if of == str(group) and not state.startswith("Z")]


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "killpg"), reason="process groups are of POSIX")
@pytest.mark.parametrize(
    ("options", "processes"),
    [(SWEEP, 1), ((*SWEEP, "--way", "engine"), 3), (("--way", "engine"), 1)],
    ids=["compiled", "processes", "one test"],
)
def test_ctrl_c_ends_it_with_a_line_and_takes_its_processes_with_it(
    tmp_path: Path, options: tuple[str, ...], processes: int
) -> None:
    (tmp_path / "dips.yaml").write_text(BOT)
    command = [sys.executable, "-m", "treadle.cli", "backtest", "dips.yaml", *PERIOD, *options]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=tmp_path, start_new_session=True, stdout=pipe, stderr=pipe, text=True) as ran:
        try:
            until = time.monotonic() + 60
            while len(_in_group(ran.pid)) < processes or not (tmp_path / ".treadle").exists():
                assert ran.poll() is None
                assert time.monotonic() < until
                time.sleep(0.1)
            time.sleep(1.5)
            os.killpg(ran.pid, signal.SIGINT)
            out, err = ran.communicate(timeout=20)
            time.sleep(0.5)
            left = _in_group(ran.pid)
        finally:
            if ran.poll() is None:
                os.killpg(ran.pid, signal.SIGKILL)

    *progress, last = err.splitlines()
    assert (ran.returncode, out, last) == (130, "", "Cancelled; nothing of it is kept.")
    assert all(line.startswith(("Searching: ", "Testing: ")) for line in progress)
    assert left == []
