"""A lock on a file between processes, held by the system: whoever dies lets go of it."""

from __future__ import annotations

import sys

if sys.platform == "win32":
    import msvcrt

    def take_lock(descriptor: int) -> bool:
        """Whether the open file is this process's alone now, until it is closed."""
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def take_lock(descriptor: int) -> bool:
        """Whether the open file is this process's alone now, until it is closed."""
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
