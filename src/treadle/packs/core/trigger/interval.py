"""Start a run every so many seconds."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, NamedTuple

from pydantic import Field

from treadle.model.duration import Duration, parse_duration
from treadle.node import Fire, trigger
from treadle.node.field import VerbatimMark
from treadle.packs.core.trigger.lateness import CatchUp, Jitter, jitter_problems

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LONGEST = 366 * 86400.0

SECONDS = "Time between runs, 0.1 seconds to 366 days: a number of seconds, or text such as `30s` or `5m`."
ALIGNED = "Fire on whole multiples of the interval since 1970-01-01 00:00 UTC (every `5m`: at :00, :05, :10 …)."


class Ticked(NamedTuple):
    tick: Annotated[int, Field(description="How many times the trigger has fired before this")]
    at: Annotated[datetime, Field(description="When this run was due, UTC")]


def next_fire(after: datetime, *, seconds: float, aligned: bool = False) -> datetime:
    """The first time due later than `after` (aware). Exact to the microsecond, so that it does not drift.

    Without `aligned` it is `after` plus the interval: the caller passes the time that was last due, or when
    the deployment was activated.
    """
    step = timedelta(seconds=seconds)
    if not aligned:
        return after + step
    return _EPOCH + ((after - _EPOCH) // step + 1) * step


def last_fire(after: datetime, until: datetime, *, seconds: float, aligned: bool = False) -> datetime | None:
    """The last time due later than `after` and no later than `until`, on the same grid as `next_fire`."""
    step = timedelta(seconds=seconds)
    start = _EPOCH if aligned else after
    last = start + (until - start) // step * step
    return last if last > after else None


def _check(config: Mapping[str, Any]) -> list[str]:
    return jitter_problems(parse_duration(config.get("jitter", 0)), parse_duration(config["seconds"]))


@trigger(
    "trigger.interval",
    title="Interval",
    next_fire=next_fire,
    last_fire=last_fire,
    check=_check,
    example={
        "config": {"seconds": 300, "aligned": True},
        "inputs": {},
        "outputs": {"tick": 0, "at": "2026-01-05T09:05:00Z"},
    },
)
def interval(
    fire: Fire,
    *,
    seconds: Annotated[Duration, VerbatimMark(), Field(ge=0.1, le=_LONGEST, description=SECONDS)],
    aligned: Annotated[bool, VerbatimMark(), Field(description=ALIGNED)] = False,
    catch_up: CatchUp = "last",
    jitter: Jitter = 0.0,
) -> Ticked:
    """Start a run every so many seconds.

    The first run is due one interval after the deployment was activated or, when `aligned`, at the next whole
    multiple. `tick` counts from 0; it is 0 too for a run started by hand.
    """
    return Ticked(tick=fire.payload if isinstance(fire.payload, int) else 0, at=fire.at)
