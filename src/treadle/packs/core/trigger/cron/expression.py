"""A cron expression: read, checked, put into words, and followed on a clock that is never changed."""

from __future__ import annotations

import re
from copy import copy
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from cronsim import CronSim, CronSimError

ALIASES = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}
_RANGE_OF_ONE = re.compile(r"\b0*(\w+)-0*\1/[1-9]\d*(?!\d)", re.ASCII)
_LONGEST = 300
_FROM = datetime(2000, 1, 1)
"""Where the search begins for whether an expression ever comes true: from here it sees every kind of year."""
_SAMPLE = 400


class _Field(NamedTuple):
    name: str
    takes: str


_FIELDS = (
    _Field("second", "0-59"),
    _Field("minute", "0-59"),
    _Field("hour", "0-23"),
    _Field("day of the month", "1-31, `L` (the last) or `LW` (the last weekday)"),
    _Field("month", "1-12 or `JAN`-`DEC`"),
    _Field("weekday", "0-7 (0 and 7 are Sunday), `SUN`-`SAT`, `1#2` (the second Monday) or `5L` (the last Friday)"),
)
_SHAPE = "minute hour day month weekday, with seconds before them if need be"


@dataclass(frozen=True, slots=True, eq=False)
class Cron:
    """`in_real_time`: its minute or hour is a wildcard (`*`, `*/5`, every value), so that it goes on through a change
    of the clocks as though there were none; otherwise it names times of day, and each comes once a day."""

    text: str
    in_real_time: bool
    _parsed: CronSim

    def next_reading(self, after: datetime) -> datetime | None:
        """The first reading of the clock later than `after` (both without a zone) that it names; None when there is
        none for 50 years."""
        search = copy(self._parsed)
        search.dt = after.replace(microsecond=0)
        try:
            return next(search)
        except (StopIteration, OverflowError, ValueError):  # the calendar ends with the year 9999
            return None

    def in_words(self) -> str:
        return self._parsed.explain()

    def shortest_gap(self) -> float:
        """Seconds between two of its readings where they lie closest, among some hundred of them."""
        readings: list[datetime] = []
        reading = self.next_reading(_FROM)
        while reading is not None and len(readings) < _SAMPLE:
            readings.append(reading)
            reading = self.next_reading(reading)
        return min(((later - earlier).total_seconds() for earlier, later in pairwise(readings)), default=float("inf"))


@lru_cache(maxsize=4096)
def parse_cron(text: str) -> Cron:
    """Raises `ValueError`, which names everything that is wrong."""
    written = text.strip()
    if len(written) > _LONGEST:
        raise ValueError(f"a cron of {len(written)} characters is too long; {_LONGEST} are enough for any")
    if written.startswith("@"):
        written = _from_alias(written)
    # The parser takes a range of one value with a step for an open one: `5-5/2` would be `5-59/2`.
    parts = [_RANGE_OF_ONE.sub(r"\1", part) for part in written.upper().split()]
    if len(parts) not in (5, 6):
        raise ValueError(f"{text!r} has {len(parts)} fields; a cron has 5 or 6: {_SHAPE}")
    if len(parts) == 5:
        parts.insert(0, "0")
    problems = [
        f"the {field.name} {part!r} does not fit, it takes {field.takes}, lists `1,5`, ranges `1-5`, steps `*/5`"
        for at, (field, part) in enumerate(zip(_FIELDS, parts, strict=True))
        if not _reads(["*"] * at + [part] + ["*"] * (5 - at))
    ]
    if problems:
        raise ValueError(f"{text!r} is no cron: {'; '.join(problems)}")
    try:
        parsed = CronSim(" ".join(parts), _FROM)
    except CronSimError:
        raise ValueError(_never(text, parts)) from None
    found = Cron(text, _in_real_time(parsed, parts), parsed)
    if found.next_reading(_FROM) is None:
        raise ValueError(_never(text, parts))
    return found


def check_cron(text: str) -> str:
    """`text` as it is. Raises `ValueError`, as `parse_cron` does."""
    parse_cron(text)
    return text


def _never(text: str, parts: list[str]) -> str:
    day, month, weekday = parts[3:]
    also = "" if weekday == "*" else f" that is a {weekday!r} too"
    return f"{text!r} never comes: there is no day {day!r} in month {month!r}{also}; name one that there is"


def _from_alias(text: str) -> str:
    meant = ALIASES.get(text.lower())
    if meant is None:
        raise ValueError(f"{text!r} is no shorthand; there are {', '.join(ALIASES)}")
    return meant


def _reads(parts: list[str]) -> bool:
    try:
        CronSim(" ".join(parts), _FROM)
    except (CronSimError, ValueError):
        return False
    return True


def _in_real_time(parsed: CronSim, parts: list[str]) -> bool:
    minute, hour = parts[1], parts[2]
    return minute.startswith("*") or hour.startswith("*") or len(parsed.minutes) == 60 or len(parsed.hours) == 24
