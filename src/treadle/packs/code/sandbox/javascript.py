"""JavaScript in QuickJS, in a locked process: no files, no network, no timers, no modules."""

from __future__ import annotations

import json
from collections.abc import Mapping

from pydantic import JsonValue

from treadle.packs.code.sandbox.answers import outcome
from treadle.packs.code.sandbox.inputs import checked_inputs
from treadle.packs.code.sandbox.jail import run_in_jail
from treadle.packs.code.sandbox.limits import Limits
from treadle.packs.code.sandbox.outcome import Outcome


async def run_javascript(
    source: str, inputs: Mapping[str, JsonValue], *, limits: Limits, allow_weaker_isolation: bool = False
) -> Outcome:
    """Run `source` in a fresh context of its own process.

    Every input is a global variable by its name, and all of them are members of `inputs`. The result is what
    the program returns at its top level; a program without a top-level `return` or `await` gives the value
    of its last expression. A promise is awaited. `undefined` becomes null. `console.log` and its kin go to
    the logs.

    Raises `NodeError` with `code_syntax`, `code_error`, `code_timeout`, `code_memory`,
    `code_output_too_large`, `code_result` or `code_input`, and `MissingCapability` when this machine cannot
    lock a process and `allow_weaker_isolation` is false (QuickJS alone is then the wall).
    """
    job: dict[str, JsonValue] = {
        "kind": "javascript",
        "source": source,
        "inputs": json.dumps(checked_inputs(inputs, limits)),
        "seconds": limits.seconds,
        "memory_mb": limits.memory_mb,
        "output_bytes": limits.output_bytes,
    }
    verdict = await run_in_jail(job, seconds=limits.seconds, allow_weaker=allow_weaker_isolation)
    return outcome(verdict, source, limits)
