"""One process at a time holds a file; the system takes the lock from whoever dies."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from treadle.store.file_lock import take_lock

HOLDING = """
import os, sys
from treadle.store.file_lock import take_lock
print(take_lock(os.open(sys.argv[1], os.O_RDWR)), flush=True)
sys.stdin.read()
"""


def test_a_file_is_held_by_one_until_it_is_killed(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    path.touch()
    ours = os.open(path, os.O_RDWR)
    with subprocess.Popen(
        [sys.executable, "-c", HOLDING, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "True\n"

        held = take_lock(ours)
        other.kill()
        other.wait()

    assert (held, take_lock(ours)) == (False, True)
    os.close(ours)
