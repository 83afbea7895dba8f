"""Let values pass no faster than a rate allows."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from treadle.model.duration import Duration
from treadle.node import Context, JsonValue, Needed, effect

KEY = "What is limited: everything with this key shares the rate, over all runs, workflows and processes"
_NAMESPACE = "flow.rate_limit:"


def _check(config: Mapping[str, Any]) -> list[str]:
    number, burst = config.get("number"), config.get("burst")
    if isinstance(number, int | float) and isinstance(burst, int) and burst > max(number, 1):
        return ["`burst` is more than `number`: a period would begin with more than it may hold. Write less."]
    return []


@effect(
    "flow.rate_limit",
    in_doubt="repeat",
    title="Rate limit",
    check=_check,
    example={
        "config": {"key": "shop-api", "number": 10, "period": "1m"},
        "inputs": {"value": {"order": "A-17"}},
        "outputs": {"output": {"order": "A-17"}},
    },
)
async def rate_limit(
    ctx: Context,
    value: Annotated[Any, Needed(), Field(description="What passes, unchanged.")] = None,
    *,
    key: Annotated[str, Field(min_length=1, max_length=200, description=KEY)],
    number: Annotated[float, Field(gt=0, le=1_000_000, description="How many may pass in each period")],
    period: Annotated[Duration, Field(ge=0.001, le=366 * 86_400, description="How long a period is: `1s`, `1m`")],
    burst: Annotated[int, Field(ge=1, le=10_000, description="How many of them may pass at once")] = 1,
) -> JsonValue:
    """Let a value pass when the rate has room for it; until then the run waits, and costs nothing.

    Values pass at even distances of `period / number`, first come, first served; `burst` of them may come at once after
    a pause. It holds across runs and processes, and each place in a run takes one slot, whatever crashes in between.
    All that use a key should give it the same numbers.
    """
    await ctx.limits.take(f"{_NAMESPACE}{key}", number=number, period=period, burst=burst)
    return value
