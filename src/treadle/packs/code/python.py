"""Compute something in Python."""

import asyncio
from typing import Annotated, Literal, NamedTuple

from pydantic import Field

from treadle.model.duration import Duration
from treadle.node import Context, JsonValue, Needed, Resource, Verbatim, Widget, effect
from treadle.node.permissions import Permissions

INPUTS = "What the program reads: an object whose fields become variables. Anything else becomes `value`."
SOURCE = "The program. Its result is the variable `result`, else what it returns, else its last expression."


class Programs(Resource):
    """The interpreters that wait for programs; closed with the process."""

    def __init__(self, permissions: Permissions) -> None:
        self.permissions = permissions

    async def aclose(self) -> None:
        from treadle.packs.code.sandbox import close_interpreters, close_jails

        await asyncio.to_thread(close_interpreters)
        await asyncio.to_thread(close_jails)


class Computed(NamedTuple):
    result: JsonValue


def variables(inputs: JsonValue) -> dict[str, JsonValue]:
    """The variables a program sees."""
    if inputs is None:
        return {}
    return dict(inputs) if isinstance(inputs, dict) else {"value": inputs}


@effect(
    "code.python",
    in_doubt="repeat",
    title="Python",
    example={
        "config": {"source": "result = sum(prices) / len(prices)"},
        "inputs": {"inputs": {"prices": [2, 4]}},
        "outputs": {"result": 3.0},
    },
)
async def python(
    ctx: Context,
    inputs: Annotated[JsonValue, Needed(), Field(description=INPUTS)] = None,
    *,
    source: Annotated[Verbatim, Widget("code", "python"), Field(min_length=1, description=SOURCE)],
    interpreter: Annotated[
        Literal["sandbox", "trusted"],
        Field(description="`trusted` is CPython in a locked process; the operator must allow it"),
    ] = "sandbox",
    time_limit: Annotated[Duration, Field(gt=0, le=300, description="Longest the program may run")] = 5.0,
    memory_mb: Annotated[int, Field(ge=16, le=4096, description="Memory it may use, in megabytes")] = 128,
) -> Computed:
    """Run a Python program that reads its inputs as variables and gives a result.

    The sandboxed interpreter has no files, no network and no clock. It lacks class inheritance, `yield` and most
    modules; where a program needs them, the operator may allow the interpreter `trusted` (`TREADLE_TRUSTED_CODE=1`).
    What the program prints goes to the run's log.
    """
    from treadle.packs.code.sandbox import Limits, run_python, run_python_trusted

    ctx.resource(Programs)
    limits = Limits(seconds=time_limit, memory_mb=memory_mb)
    if interpreter == "trusted":
        outcome = await run_python_trusted(
            source, variables(inputs), limits=limits, trusted=ctx.permissions.trusted_code
        )
    else:
        outcome = await run_python(source, variables(inputs), limits=limits)
    for line in outcome.logs:
        ctx.log(line)
    return Computed(outcome.result)
