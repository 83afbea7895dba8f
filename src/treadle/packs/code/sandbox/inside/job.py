"""One request to the warden."""

from __future__ import annotations

from dataclasses import dataclass

_ANSWER_BYTES = 1 << 16


@dataclass
class Job:
    """One request. `kind` is `javascript`, `python` or `command`."""

    kind: str
    seconds: float
    memory_mb: int
    output_bytes: int
    processes: int = 1
    source: str = ""
    inputs: str = "{}"
    readable: tuple[str, ...] = ()
    argv: tuple[str, ...] = ()
    executable: str = ""
    cwd: str = "/"
    environment: dict[str, str] | None = None
    stdin: str = ""

    @property
    def pipe_bytes(self) -> int:
        """What may come through the pipes. An answer is JSON, with escapes, and bounds its own parts."""
        return self.output_bytes if self.kind == "command" else self.output_bytes * 8 + _ANSWER_BYTES
