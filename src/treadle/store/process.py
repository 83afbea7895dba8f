"""Which process this is, and whether another one still lives."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from functools import cache
from pathlib import Path

_PROC = Path("/proc")


def this_host() -> str:
    return socket.gethostname()


def find_process_start(pid: int) -> str | None:
    """When process `pid` started, in a form that only that process has; None when there is no such process.

    `unknown` where the system cannot be asked.
    """
    if (_PROC / "self" / "stat").exists():
        try:
            # The command's name may hold spaces and brackets; the fields wanted come after its last bracket.
            fields = (_PROC / str(pid) / "stat").read_text(errors="replace").rpartition(")")[2].split()
        except OSError:
            return None
        return None if fields[0] in "ZX" else f"{_boot()}:{fields[19]}"
    if sys.platform == "win32":
        return "unknown"
    found = subprocess.run(["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return found.stdout.strip() or None


@cache
def this_process_start() -> str | None:
    return find_process_start(os.getpid())


@cache
def _boot() -> str:
    try:
        return (_PROC / "sys/kernel/random/boot_id").read_text().strip()[:8]
    except OSError:
        return "boot"
