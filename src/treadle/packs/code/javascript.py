"""Compute something in JavaScript."""

from typing import Annotated

from pydantic import Field

from treadle.model.duration import Duration
from treadle.node import Context, JsonValue, Needed, Verbatim, Widget, effect
from treadle.packs.code.python import INPUTS, Computed, Programs, variables

SOURCE = "The program. Its result is what it returns, else the value of its last expression; promises are awaited."


@effect(
    "code.javascript",
    in_doubt="repeat",
    title="JavaScript",
    example={
        "config": {"source": "return prices.reduce((a, b) => a + b, 0) / prices.length"},
        "inputs": {"inputs": {"prices": [2, 4]}},
        "outputs": {"result": 3},
    },
)
async def javascript(
    ctx: Context,
    inputs: Annotated[JsonValue, Needed(), Field(description=INPUTS)] = None,
    *,
    source: Annotated[Verbatim, Widget("code", "javascript"), Field(min_length=1, description=SOURCE)],
    time_limit: Annotated[Duration, Field(gt=0, le=300, description="Longest the program may run")] = 5.0,
    memory_mb: Annotated[int, Field(ge=16, le=4096, description="Memory it may use, in megabytes")] = 128,
) -> Computed:
    """Run a JavaScript program that reads its inputs as variables and gives a result.

    It runs in a locked process without files, network, timers or modules. What it writes with `console.log` goes
    to the run's log.
    """
    from treadle.packs.code.sandbox import Limits, run_javascript

    ctx.resource(Programs)
    limits = Limits(seconds=time_limit, memory_mb=memory_mb)
    outcome = await run_javascript(source, variables(inputs), limits=limits)
    for line in outcome.logs:
        ctx.log(line)
    return Computed(outcome.result)
