"""Start a program from an argument list, under a clock and an output bound."""

from __future__ import annotations

import shutil
import signal
from collections.abc import Mapping, Sequence
from pathlib import Path

from pydantic import JsonValue

from treadle.errors import NodeError
from treadle.packs.code.sandbox.failures import node_error
from treadle.packs.code.sandbox.inside.answer import Failure
from treadle.packs.code.sandbox.jail import run_in_jail
from treadle.packs.code.sandbox.limits import Limits
from treadle.packs.code.sandbox.outcome import ShellOutcome


async def run_shell(
    argv: Sequence[str],
    *,
    stdin: str | None,
    limits: Limits,
    cwd: Path,
    environment: Mapping[str, str],
) -> ShellOutcome:
    """Run `argv[0]` with the rest as its arguments, in `cwd`, with exactly `environment`; no shell reads it.

    This is no sandbox: the program may do what this process's user may. It and everything it started, even
    what left its process group, is gone when this returns or is cancelled, so nothing can be left running in
    the background. A non-zero exit code is an outcome, not an error. `output_bytes` bounds both streams
    together, and `memory_mb` each process's own writable memory. It gives way to the engine when the
    processor is short.

    Raises `NodeError` with `code_input` (nothing to run, no such program or folder, text the system cannot
    pass on), `code_timeout`, `code_output_too_large` or `code_too_many_processes`.
    """
    executable = _find(argv, cwd, environment)
    job: dict[str, JsonValue] = {
        "kind": "command",
        "argv": list(argv),
        "executable": executable,
        "cwd": str(cwd),
        "environment": dict(environment),
        "stdin": stdin or "",
        "seconds": limits.seconds,
        "memory_mb": limits.memory_mb,
        "output_bytes": limits.output_bytes,
        "processes": limits.processes,
    }
    verdict = await run_in_jail(job, seconds=limits.seconds, needs_lock=False)
    if verdict.state == "timeout" or verdict.code == -signal.SIGXCPU:
        raise node_error(Failure("timeout"), "", limits)
    if verdict.state == "overflow":
        raise node_error(Failure("output"), "", limits)
    if verdict.state == "crowd":
        raise node_error(Failure("processes"), "", limits)
    return ShellOutcome(verdict.out.decode(errors="replace"), verdict.err.decode(errors="replace"), verdict.code or 0)


def _find(argv: Sequence[str], cwd: Path, environment: Mapping[str, str]) -> str:
    if isinstance(argv, str) or not argv or not argv[0]:
        raise _refused("There is no program to run.", "Give a list: the program, then each argument by itself.")
    texts = [*argv, *environment, *environment.values(), str(cwd)]
    if any("\0" in text for text in texts) or any(not name or "=" in name for name in environment):
        raise _refused("An argument or variable holds a character that no program can be given.", "Remove it.")
    if not cwd.is_dir():
        raise _refused("The folder to run in does not exist.", "Create it, or name another.")
    name = argv[0]
    # A relative path is meant from the folder the program runs in, not from the engine's.
    place = str((cwd / name).absolute()) if "/" in name else name
    found = shutil.which(place, path=environment.get("PATH", "/usr/local/bin:/usr/bin:/bin"))
    if found is None:
        raise _refused(f"There is no program `{name}` to run.", "Install it, or correct its name.")
    return found


def _refused(message: str, remedy: str) -> NodeError:
    return NodeError(message, code="code_input", remedy=remedy, retryable=False)
