"""Lock the calling process, for good, before it reads a line of a person's program."""

from __future__ import annotations

import math
import resource
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from treadle.packs.code.sandbox.inside import landlock
from treadle.packs.code.sandbox.inside.system_calls import system_call_filter

if TYPE_CHECKING:
    from pyseccomp import SyscallFilter  # pyright: ignore[reportMissingTypeStubs]

_MEGABYTE = 1 << 20
# For the copies of the result that the answer is made from.
_OVERHEAD_MB = 16
_MANY = 4096


@dataclass
class Lock:
    """What this machine can lock with, prepared once: building a filter takes longer than loading it."""

    landlock_version: int = field(default_factory=landlock.version)
    filters: dict[bool, SyscallFilter] = field(default_factory=dict["bool", "SyscallFilter"])

    def prepare(self) -> None:
        """Build both filters; without libseccomp there are none."""
        try:
            self.filters = {flag: system_call_filter(interpreter=flag) for flag in (False, True)}
        except (ImportError, RuntimeError, OSError):
            self.filters = {}

    @property
    def missing(self) -> list[str]:
        """What a full lock lacks here: `landlock`, `seccomp`, both or neither."""
        lacking = {"landlock": self.landlock_version < 1, "seccomp": not self.filters}
        return [name for name, lacks in lacking.items() if lacks]

    def close(self, *, interpreter: bool, grants: Iterable[tuple[str, int]]) -> None:
        """Keep only `grants` and the calls on the list. What `missing` names is left out."""
        if self.landlock_version >= 1:
            landlock.restrict(grants)
        if self.filters:
            self.filters[interpreter].load()


def bound(*, seconds: float, memory_mb: int) -> None:
    """Limit this process and what it starts: processor time, address space, file size, files, no core."""
    processor = math.ceil(seconds) + 1
    address_space = _address_space() + (memory_mb + _OVERHEAD_MB) * _MEGABYTE
    for limit, value in (
        (resource.RLIMIT_CPU, processor),
        (resource.RLIMIT_AS, address_space),
        (resource.RLIMIT_FSIZE, memory_mb * _MEGABYTE),
        (resource.RLIMIT_NOFILE, 64),
        (resource.RLIMIT_CORE, 0),
    ):
        _limit(limit, value)


def bound_command(*, seconds: float, memory_mb: int, processes: int) -> None:
    """The same for a command, whose memory is counted by what it can write to.

    Many programs reserve address space by the gigabyte and never touch it. The system counts processes by user, and
    root's not at all: what it holds a command to is a good deal more than `processes`, which the warden counts.
    """
    _limit(resource.RLIMIT_NPROC, (everybodys_processes() or _MANY) + 2 * processes)
    _limit(resource.RLIMIT_CPU, math.ceil(seconds) + 1)
    _limit(resource.RLIMIT_DATA, memory_mb * _MEGABYTE)
    _limit(resource.RLIMIT_CORE, 0)


def everybodys_processes() -> int | None:
    """How many processes and threads there are on this machine; None where it does not say. Quick, however many."""
    try:
        with open("/proc/loadavg", "rb") as load:
            return int(load.read().split()[3].partition(b"/")[2])
    except (OSError, IndexError, ValueError):
        return None


def _limit(limit: int, value: int) -> None:
    _, hard = resource.getrlimit(limit)
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    # Not every system enforces every limit; the warden's clock and the interpreter's own bound remain.
    try:
        resource.setrlimit(limit, (value, value))
    except (OSError, ValueError):
        return


def _address_space() -> int:
    try:
        with open("/proc/self/statm", "rb") as statistics:
            return int(statistics.read().split()[0]) * resource.getpagesize()
    except OSError:
        return 64 * _MEGABYTE
