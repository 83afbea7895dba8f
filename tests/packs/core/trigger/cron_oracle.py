"""When a cron fires, worked out the long way round: by looking at what the clocks show in every single minute.

It shares nothing with what it judges but the clocks themselves: its own sets of values for each field, its own idea of
what a change of the clocks means.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Part:
    """A field as it is written, and the values that this means."""

    text: str
    values: frozenset[int]


@dataclass(frozen=True)
class CronParts:
    """A cron of five fields; weekdays count from Sunday, 0."""

    minute: Part
    hour: Part
    day: Part
    month: Part
    weekday: Part

    @property
    def text(self) -> str:
        return " ".join(part.text for part in (self.minute, self.hour, self.day, self.month, self.weekday))

    def names(self, reading: datetime) -> bool:
        day = reading.day in self.day.values
        weekday = (reading.weekday() + 1) % 7 in self.weekday.values
        both = self.day.text.startswith("*") or self.weekday.text.startswith("*")
        return (
            reading.minute in self.minute.values
            and reading.hour in self.hour.values
            and reading.month in self.month.values
            and (day and weekday if both else day or weekday)
        )

    @property
    def in_real_time(self) -> bool:
        return any(
            part.text.startswith("*") or len(part.values) == size for part, size in ((self.minute, 60), (self.hour, 24))
        )


def fire_times(
    cron: CronParts, zone: ZoneInfo, start: datetime, end: datetime, *, step: timedelta = _MINUTE
) -> list[datetime]:
    """Those later than `start` and no later than `end`, both whole minutes in UTC. A longer `step` is enough where
    the cron and the changes of the clocks keep to it."""
    look = _in_real_time if cron.in_real_time else _of_readings
    found = look(cron, zone, start, end, step)
    return sorted(at for at in set(found) if start < at <= end)


def _in_real_time(
    cron: CronParts, zone: ZoneInfo, start: datetime, end: datetime, step: timedelta
) -> Iterator[datetime]:
    for at, shown in _clocks(zone, start, end, step):
        if cron.names(shown):
            yield at


def _of_readings(
    cron: CronParts, zone: ZoneInfo, start: datetime, end: datetime, step: timedelta
) -> Iterator[datetime]:
    """Walk through the minutes as they pass, and settle each reading when the clocks first come to it or past it."""
    margin = timedelta(days=2)
    settled: datetime | None = None
    for at, shown in _clocks(zone, start - margin, end, step):
        if settled is not None and shown <= settled:
            continue  # the clocks were put back: this was shown before
        reading = shown if settled is None else settled + step
        while reading <= shown:
            if cron.names(reading):
                yield at
            reading += step
        settled = shown


def _clocks(zone: ZoneInfo, start: datetime, end: datetime, step: timedelta) -> Iterator[tuple[datetime, datetime]]:
    at = start
    while at <= end:
        yield at, at.astimezone(zone).replace(tzinfo=None, fold=0)
        at += step
