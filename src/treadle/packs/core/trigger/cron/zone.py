"""Time zones by their IANA name, and where the clocks of one change."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from treadle.model.nearest import find_nearest

_OFFSET = re.compile(r"(?:UTC|GMT)?([+-])0?(\d{1,2})(?::?00)?", re.ASCII | re.IGNORECASE)
_OF_THE_MACHINE = ("localtime", "posixrules")
"""Files that some systems keep beside the zones: they mean something else on every machine."""


@lru_cache(maxsize=1024)
def get_zone(name: str) -> ZoneInfo:
    """Raises `ValueError` with the nearest name."""
    try:
        if name and name not in _OF_THE_MACHINE:
            return ZoneInfo(name)
    except (ValueError, OSError, LookupError):  # LookupError: `ZoneInfoNotFoundError`
        pass
    raise ValueError(f"there is no time zone {name!r} ({_remedy(name)})")


def check_zone(name: str) -> str:
    """`name` as it is. Raises `ValueError`, as `get_zone` does."""
    get_zone(name)
    return name


def _remedy(name: str) -> str:
    offset = _OFFSET.fullmatch(name.replace(" ", ""))
    if offset is not None and int(offset[2]) <= 12:  # these names count the other way round
        sign = "-" if offset[1] == "+" else "+"
        return f"a fixed distance from UTC is written 'Etc/GMT{sign}{int(offset[2])}'"
    known = sorted(available_timezones().difference(_OF_THE_MACHINE))
    asked = name.strip().lower().replace(" ", "_")
    inside = next((one for one in known if asked and one.lower().startswith(f"{asked}/")), None)
    if inside is not None:
        return f"name a city in it, such as {inside!r}"
    near = next((one for one in known if one.lower().rpartition("/")[2] == asked), None) or find_nearest(name, known)
    if near is not None:
        return f"did you mean {near!r}?"
    return "write the name of a city's zone, such as 'Europe/Berlin', or 'UTC'"


def read_clock(zone: ZoneInfo, at: datetime) -> datetime:
    """What the clocks of `zone` show at `at`, without the zone."""
    return at.astimezone(zone).replace(tzinfo=None, fold=0)


def first_instant(zone: ZoneInfo, reading: datetime) -> datetime:
    """When the clocks of `zone` first show `reading`, in UTC; where they skip it, the first instant after the gap."""
    at = reading.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if read_clock(zone, at) == reading:
        return at
    # In a gap the two readings of `fold` lie on either side of the change.
    before = reading.replace(tzinfo=zone, fold=1).astimezone(UTC)
    return find_change(zone, before, at) or at


def find_change(zone: ZoneInfo, after: datetime, until: datetime) -> datetime | None:
    """The first second later than `after` and no later than `until` at which the clocks have been changed; None when
    they show the same distance from UTC at both."""
    offset = offset_of(zone, after)
    if offset_of(zone, until) == offset:
        return None
    low, high = after.replace(microsecond=0), until.replace(microsecond=0)  # clocks change on whole seconds
    while high - low > timedelta(seconds=1):
        middle = low + timedelta(seconds=(high - low) // timedelta(seconds=2))
        if offset_of(zone, middle) == offset:
            low = middle
        else:
            high = middle
    return high


def offset_of(zone: ZoneInfo, at: datetime) -> timedelta:
    """How far the clocks of `zone` are ahead of UTC at `at`."""
    return at.astimezone(zone).utcoffset() or timedelta()
