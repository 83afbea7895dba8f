"""When a cron fires: its readings of the clock as instants, also where the clocks are changed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from treadle.packs.core.trigger.cron.expression import Cron
from treadle.packs.core.trigger.cron.zone import find_change, first_instant, offset_of, read_clock

_SECOND = timedelta(seconds=1)
_STRIDE = timedelta(days=2)
"""How far is looked ahead for a change of the clocks: longer than any change, shorter than the time between two."""


def next_instant(cron: Cron, zone: ZoneInfo, after: datetime) -> datetime | None:
    """The first instant later than `after` at which it fires, in UTC; None when there is none for 50 years.

    A cron of fixed times fires once for each reading that it names: at the first instant after the gap where the
    clocks skip it, and the first time where they show it twice. One in real time fires whenever the clocks show what
    it names.
    """
    try:
        return _next_in_real_time(cron, zone, after) if cron.in_real_time else _next_of_fixed(cron, zone, after)
    except OverflowError:  # the calendar ends with the year 9999
        return None


def last_instant(cron: Cron, zone: ZoneInfo, after: datetime, until: datetime) -> datetime | None:
    """The last instant later than `after` and no later than `until` at which it fires."""
    last = next_instant(cron, zone, after)
    if last is None or last > until:
        return None
    end = until
    while end - last > _SECOND:
        middle = last + (end - last) / 2
        found = next_instant(cron, zone, middle)
        if found is not None and found <= until:
            last = found
        else:
            end = middle
    return last


def _next_of_fixed(cron: Cron, zone: ZoneInfo, after: datetime) -> datetime | None:
    reading = cron.next_reading(read_clock(zone, after))
    while reading is not None:
        at = first_instant(zone, reading)
        if at > after:  # it is not in the second round of an hour that is shown twice, or after a gap
            return at
        reading = cron.next_reading(reading)
    return None


def _next_in_real_time(cron: Cron, zone: ZoneInfo, after: datetime) -> datetime | None:
    while True:
        reading = cron.next_reading(read_clock(zone, after))
        if reading is None:
            return None
        at = (reading - offset_of(zone, after)).replace(tzinfo=UTC)
        change = find_change(zone, after, min(at, after + _STRIDE))
        if change is not None:
            # Up to here nothing matched; from here on the clocks show something else.
            shown = read_clock(zone, change)
            if cron.next_reading(shown - _SECOND) == shown:
                return change
            after = change
        elif at <= after + _STRIDE:
            return at
        else:
            after = at - _STRIDE
