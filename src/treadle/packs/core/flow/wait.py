"""Wait, without holding anything."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any, NamedTuple
from uuid import NAMESPACE_OID, uuid5

from pydantic import AwareDatetime, Field

from treadle.model.duration import Duration, format_duration
from treadle.node import Context, Expression, Needed, NodeError, Value, effect
from treadle.packs.core.flow.comparison import is_true

_LONGEST = 36600 * 86400.0
_WAYS = ("duration", "until", "condition", "while")

DURATION = "How long, counted from when the node starts: a number of seconds, or text such as `30s` or `48h`"
UNTIL = "A time with its zone (`2026-03-01T09:00:00Z`); one that has passed does not wait"
CONDITION = "Wait until this is true"
WHILE = "Wait for as long as this is true"
POLL_INTERVAL = "Time between two looks at `condition` or `while`"
MAX_WAIT = "Fail with `timeout` when `condition` or `while` has kept the run waiting for so long; no limit if empty"


class Waited(NamedTuple):
    value: Annotated[Value, Field(description="The value that came in")]


def _check(config: Mapping[str, Any]) -> list[str]:
    ways = [name for name in _WAYS if config.get(name) is not None]
    if not ways:
        return ["Nothing says how long to wait. Set one of `duration`, `until`, `condition` and `while`."]
    if len(ways) > 1:
        return [f"{' and '.join(f'`{name}`' for name in ways)} are set together. Keep one of them."]
    polls = ways[0] in ("condition", "while")
    return [
        f"`{name}` means something only with `condition` or `while`. Remove it."
        for name in ("poll_interval", "max_wait")
        if config.get(name) is not None and not polls
    ]


class _Draws:
    """The clock of an expression that is polled: each look sees the present, not what the first one saw."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._drawn = 0

    def now(self) -> datetime:
        return self._ctx.now()

    def uuid(self) -> str:
        self._drawn += 1
        return str(uuid5(NAMESPACE_OID, f"{self._ctx.idempotency_key}/{self._drawn}"))


@effect(
    "flow.wait",
    in_doubt="repeat",
    title="Wait",
    check=_check,
    example={"config": {"duration": "48h"}, "inputs": {"value": "lead-7"}, "outputs": {"value": "lead-7"}},
)
async def wait(
    ctx: Context,
    value: Annotated[Value, Needed(), Field(description="Carried on when the wait is over")] = None,
    *,
    duration: Annotated[Duration | None, Field(ge=0, le=_LONGEST, description=DURATION)] = None,
    until: Annotated[AwareDatetime | None, Field(description=UNTIL)] = None,
    condition: Annotated[Expression | None, Field(description=CONDITION)] = None,
    while_: Annotated[Expression | None, Field(description=WHILE)] = None,
    poll_interval: Annotated[Duration | None, Field(ge=0.1, le=_LONGEST, description=POLL_INTERVAL)] = None,
    max_wait: Annotated[Duration | None, Field(ge=0, le=_LONGEST, description=MAX_WAIT)] = None,
) -> Waited:
    """Wait, and then pass the value on.

    Waits for a `duration`, `until` a time, until a `condition` holds, or `while` one does.
    A waiting run is suspended: it holds no memory and no thread, other branches go on, and it waits on
    through crashes and restarts. Time is counted from when the node first started.

    `condition` and `while` are looked at when the node starts, then every `poll_interval` (10 s unless set),
    and a last time when `max_wait` is over. What changes while it waits is the deployment's `state` and
    `now()`; to ask the outside again and again, use `flow.while`. When `max_wait` runs out the node fails
    with `timeout`; `on_error: branch` then leads on from the port `error`.
    """
    if duration is not None:
        await ctx.sleep_until(ctx.started_at + timedelta(seconds=duration))
    elif until is not None:
        await ctx.sleep_until(until)
    elif condition is not None:
        await _poll(ctx, condition, True, poll_interval or 10.0, max_wait)
    elif while_ is not None:
        await _poll(ctx, while_, False, poll_interval or 10.0, max_wait)
    else:
        raise NodeError(
            "Nothing says how long to wait: what was to say it came to null.",
            code="nothing_to_wait_for",
            remedy="Look at the expression of `duration` or `until`.",
            retryable=False,
        )
    return Waited(value)


async def _poll(ctx: Context, asked: Expression, wanted: bool, interval: float, max_wait: float | None) -> None:
    """Return once the truth of `asked` is as `wanted`.

    The looks are at whole multiples of `interval` after the start, so it does not matter how often this is
    begun anew.
    """
    draws, step = _Draws(ctx), timedelta(seconds=interval)
    deadline = None if max_wait is None else ctx.started_at + timedelta(seconds=max_wait)
    while is_true(asked.evaluate(draws=draws), what="The condition") is not wanted:
        now = ctx.now()
        if deadline is not None and now >= deadline:
            held = "did not come true" if wanted else "stayed true"
            raise NodeError(
                f"`{asked.source}` {held} for {format_duration(max_wait or 0.0)}.",
                code="timeout",
                remedy="Set a longer `max_wait`, or `on_error: branch` and connect the port `error`.",
                retryable=False,
            )
        look = ctx.started_at + ((now - ctx.started_at) // step + 1) * step
        await ctx.sleep_until(look if deadline is None else min(look, deadline))
