"""Python in the real interpreter, in a locked process: for installs that trust their authors."""

from __future__ import annotations

import json
import sysconfig
from collections.abc import Mapping

from pydantic import JsonValue

from treadle.errors import MissingCapability
from treadle.packs.code.sandbox.answers import outcome
from treadle.packs.code.sandbox.inputs import checked_inputs
from treadle.packs.code.sandbox.jail import run_in_jail
from treadle.packs.code.sandbox.limits import Limits
from treadle.packs.code.sandbox.outcome import Outcome


async def run_python_trusted(
    source: str,
    inputs: Mapping[str, JsonValue],
    *,
    limits: Limits,
    trusted: bool,
    allow_weaker_isolation: bool = False,
) -> Outcome:
    """Run `source` in a fresh CPython process, with the standard library and the installed packages.

    Inputs, result and logs are as in `run_python`. The process has an empty environment and an empty
    temporary folder, which it may write to; it reads the library's folders only, and has no network, no
    other processes, no threads and no signals. What a file's metadata says can still be seen.

    `trusted` is the installation's setting; false raises `MissingCapability`, as does a machine that cannot
    lock a process unless `allow_weaker_isolation` is true. Raises `NodeError` as `run_python` does.
    """
    if not trusted:
        raise MissingCapability(
            "Trusted Python is switched off in this installation.",
            remedy="Use the sandboxed interpreter, or let an administrator switch it on.",
        )
    packages = sorted({sysconfig.get_path("purelib"), sysconfig.get_path("platlib")})
    job: dict[str, JsonValue] = {
        "kind": "python",
        "source": source,
        "inputs": json.dumps(checked_inputs(inputs, limits)),
        "seconds": limits.seconds,
        "memory_mb": limits.memory_mb,
        "output_bytes": limits.output_bytes,
        "readable": [*packages],
    }
    verdict = await run_in_jail(job, seconds=limits.seconds, allow_weaker=allow_weaker_isolation)
    return outcome(verdict, source, limits)
