"""Whether a market is open."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any, Literal, NamedTuple
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field

from treadle.node import DEAD, Branch, node

Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
DAYS: tuple[Day, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]|24:00")


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError(f"there is no time zone {name!r}; write one such as 'America/New_York' or 'UTC'") from None
    return name


def _clock(text: str) -> str:
    if not _CLOCK.fullmatch(text):
        raise ValueError(f"{text!r} is no time of day; write 09:30, or 24:00 for the end of the day")
    return text


Zone = Annotated[str, AfterValidator(_zone)]
Clock = Annotated[str, AfterValidator(_clock)]


class Hours(NamedTuple):
    open: Branch[datetime] = DEAD
    closed: Branch[datetime] = DEAD


def _check(config: Mapping[str, Any]) -> list[str]:
    sessions = ("days", "opens", "closes", "holidays", "timezone")
    given = [name for name in sessions if name in config]
    if config.get("calendar", "always") != "sessions" and given:
        return [f"`{'`, `'.join(given)}` mean something with `calendar: sessions` only."]
    if config.get("calendar") == "sessions" and "timezone" not in config:
        return ["`timezone` is needed with `calendar: sessions`: whose clock are the hours of?"]
    return []


@node(
    "market.hours",
    title="Market hours",
    check=_check,
    example={
        "config": {
            "calendar": "sessions",
            "timezone": "America/New_York",
            "opens": "09:30",
            "closes": "16:00",
            "holidays": ["2024-07-04"],
        },
        "inputs": {"at": "2024-07-05T14:00:00Z"},
        "outputs": {"open": "2024-07-05T14:00:00+00:00"},
    },
)
def hours(
    at: Annotated[datetime, Field(description="When: `{{ now() }}`, or the time of a bar.")],
    *,
    calendar: Annotated[
        Literal["always", "forex", "sessions"],
        Field(
            description="`always` open; `forex`: from Sunday to Friday, 17:00 in New York; `sessions`: as the other "
            "fields say."
        ),
    ] = "always",
    timezone: Annotated[Zone, Field(description="Sessions: whose clock.")] = "UTC",
    days: Annotated[tuple[Day, ...], Field(min_length=1, description="Sessions: on which days.")] = DAYS[:5],
    opens: Annotated[Clock, Field(description="Sessions: from when on.")] = "00:00",
    closes: Annotated[
        Clock, Field(description="Sessions: until when, not included; before `opens`, it is on the next day.")
    ] = "24:00",
    holidays: Annotated[tuple[date, ...], Field(description="Sessions: days on which none begins.")] = (),
) -> Hours:
    """Tell whether a market is open: `open` or `closed` is live, and carries the time on.

    A session belongs to the day on which it begins. Clocks that are changed change nothing: the hours are the
    market's own. No exchange's holidays are built in; give those that matter.
    """
    if at.tzinfo is None:
        raise ValueError("the time says no time zone: give it as 2024-05-01T00:00:00Z")
    if calendar == "always":
        is_open = True
    elif calendar == "forex":
        is_open = _in_week(at.astimezone(ZoneInfo("America/New_York")))
    else:
        is_open = _in_session(at.astimezone(ZoneInfo(timezone)), days, opens, closes, holidays)
    return Hours(open=at) if is_open else Hours(closed=at)


def _in_week(local: datetime) -> bool:
    """Sunday 17:00 to Friday 17:00."""
    if local.weekday() == 5:
        return False
    if local.weekday() == 6:
        return local.hour >= 17
    return local.weekday() < 4 or local.hour < 17


def _in_session(local: datetime, days: tuple[Day, ...], opens: str, closes: str, holidays: tuple[date, ...]) -> bool:
    clock = local.time().replace(tzinfo=None)
    begins, ends = _time(opens), None if closes == "24:00" else _time(closes)
    overnight = ends is not None and ends <= begins
    today, yesterday = local.date(), local.date() - timedelta(days=1)

    def trades(day: date) -> bool:
        return DAYS[day.weekday()] in days and day not in holidays

    if trades(today) and clock >= begins and (overnight or ends is None or clock < ends):
        return True
    return overnight and ends is not None and trades(yesterday) and clock < ends


def _time(text: str) -> time:
    hour, minute = text.split(":")
    return time(int(hour), int(minute))
