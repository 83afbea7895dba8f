"""Start a run at the times that a cron expression names, in any time zone."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, NamedTuple

from pydantic import AfterValidator, Field

from treadle.model.duration import parse_duration
from treadle.node import Fire, Verbatim, Widget, trigger
from treadle.packs.core.trigger.cron.expression import check_cron, parse_cron
from treadle.packs.core.trigger.cron.firing import last_instant, next_instant
from treadle.packs.core.trigger.cron.zone import check_zone, get_zone
from treadle.packs.core.trigger.lateness import CatchUp, Jitter, jitter_problems

CRON = (
    "When, as cron: minute, hour, day of the month, month, weekday (`30 9 * * MON-FRI`), with seconds as a sixth field"
    " before them if need be; or `@hourly`, `@daily`, `@weekly`, `@monthly`, `@yearly`."
)
TIMEZONE = "The time zone that the cron is meant in, by its IANA name, such as `Europe/Berlin`."


class Scheduled(NamedTuple):
    scheduled_at: Annotated[datetime, Field(description="The fire time, UTC")]
    fired_at: Annotated[datetime, Field(description="When the run was started, UTC: later by jitter, or made up for")]


def next_fire(after: datetime, *, cron: str, timezone: str = "UTC") -> datetime | None:
    """The first fire time later than `after` (aware), in UTC. Raises `ValueError`."""
    return next_instant(parse_cron(cron), get_zone(timezone), after)


def last_fire(after: datetime, until: datetime, *, cron: str, timezone: str = "UTC") -> datetime | None:
    """The last fire time later than `after` and no later than `until`. Raises `ValueError`."""
    return last_instant(parse_cron(cron), get_zone(timezone), after, until)


def _check(config: Mapping[str, Any]) -> list[str]:
    jitter = parse_duration(config.get("jitter", 0))
    return jitter_problems(jitter, parse_cron(config["cron"]).shortest_gap()) if jitter else []


@trigger(
    "trigger.schedule",
    title="Schedule",
    next_fire=next_fire,
    last_fire=last_fire,
    check=_check,
    example={
        "config": {"cron": "30 9 * * MON-FRI", "timezone": "Europe/Berlin", "jitter": 30},
        "inputs": {},
        "outputs": {"scheduled_at": "2026-01-05T08:30:00Z", "fired_at": "2026-01-05T08:30:12Z"},
    },
)
def schedule(
    fire: Fire,
    *,
    cron: Annotated[Verbatim, AfterValidator(check_cron), Widget("cron"), Field(description=CRON)],
    timezone: Annotated[Verbatim, AfterValidator(check_zone), Widget("timezone"), Field(description=TIMEZONE)] = "UTC",
    catch_up: CatchUp = "last",
    jitter: Jitter = 0.0,
) -> Scheduled:
    """Start a run at the times that a cron expression names, in any time zone.

    Where the clocks skip a time, it fires at the first instant after the gap; where they show it twice, it fires the
    first time. A cron whose minute or hour is a wildcard (`*/15 * * * *`) goes on in real time instead. Day of the
    month and weekday must both fit where one of them begins with `*`; otherwise either is enough.
    """
    return Scheduled(scheduled_at=fire.at, fired_at=fire.fired_at or fire.at)
