"""How much time, memory and output a program may use."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite

from treadle.errors import NodeError


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """The bounds of one run. Raises `NodeError` (`code_limits`) when a bound is not usable.

    `seconds` is wall-clock time, `memory_mb` what the program may allocate beyond an empty interpreter
    (at least 16), and `output_bytes` bounds the result and, separately, what is printed. `processes` is how
    many a command may have at a time; other programs have one.
    """

    seconds: float = 5.0
    memory_mb: int = 128
    output_bytes: int = 1_000_000
    processes: int = 1000

    def __post_init__(self) -> None:
        if not isfinite(self.seconds) or self.seconds <= 0:
            raise _unusable("seconds", self.seconds, "a number above 0")
        if not 16 <= self.memory_mb <= 65_536:
            raise _unusable("memory_mb", self.memory_mb, "a whole number from 16 to 65536")
        if not 1 <= self.output_bytes <= 1 << 30:
            raise _unusable("output_bytes", self.output_bytes, "a whole number from 1 to 1073741824")
        if not 1 <= self.processes <= 32_768:
            raise _unusable("processes", self.processes, "a whole number from 1 to 32768")


def _unusable(name: str, value: float, wanted: str) -> NodeError:
    return NodeError(
        f"The limit `{name}` is {value!r}.",
        code="code_limits",
        remedy=f"Give {wanted}.",
        retryable=False,
        limit=name,
    )
