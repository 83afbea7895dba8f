"""Functions on dates, times and durations. Times without a zone are in UTC."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from treadle.expressions.functions.argument import iso, moment, refused, text
from treadle.expressions.functions.declaration import Table
from treadle.expressions.limits import Budget, Draws
from treadle.expressions.problem import Problem
from treadle.expressions.value import plain

table = Table("date")
_SECONDS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_DURATION = re.compile(r"-?(?:[0-9]{1,12}(?:\.[0-9]{1,9})?(?:ms|[smhdw]) ?)+", re.ASCII)
_PIECE = re.compile(r"([0-9.]+)(ms|[smhdw])")
_DIRECTIVE = re.compile(r"%(.?)", re.DOTALL)
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_READABLE = frozenset("YmdHMSfzjybBIp%")
_FORMAT = 100


def draws(budget: Budget, name: str) -> Draws:
    """Where this evaluation's times and ids come from; Problem(no_clock) when there is nothing."""
    if budget.clock is None:
        raise Problem("no_clock", f"`{name}` is not available here", remedy="Use it in a field of a node that runs.")
    return budget.clock


@table("now()", volatile=True)
def now(budget: Budget) -> object:
    """The time in UTC; recorded, so a replay sees the same."""
    return draws(budget, "now").now().astimezone(UTC)


@table("today()", volatile=True)
def today(budget: Budget) -> object:
    """The date in UTC; recorded, so a replay sees the same."""
    return draws(budget, "today").now().astimezone(UTC).date()


@table("date(value)")
def to_date(budget: Budget, value: object) -> object:
    """The date of a time (in its own zone) or of ISO 8601 text."""
    if type(value) is str:
        value = iso("date", value)
    if type(value) is datetime:
        return value.date()
    if type(value) is date:
        return value
    raise refused("date", "a date or time", plain(value))


@table("parse_date(text, format?)")
def parse_date(budget: Budget, value: object, form: object = None) -> object:
    """The time in ISO 8601 text, or in text of a format such as '%d.%m.%Y %H:%M'; UTC unless it says."""
    source = text("parse_date", value)
    if form is None:
        return moment("parse_date", source)
    pattern = text("parse_date", form)
    _check_format("parse_date", pattern, _READABLE)
    if len(source) > _FORMAT:
        raise refused("parse_date", f"a text of at most {_FORMAT} characters", value)
    try:
        found = datetime.strptime(source, pattern)
    except (ValueError, re.error):
        raise Problem("bad_argument", "`parse_date` cannot read {} in the format {}", source, pattern) from None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


@table("format_date(date, format?)")
def format_date(budget: Budget, value: object, form: object = "%Y-%m-%d") -> object:
    """The date or time as text, by a format such as '%d.%m.%Y %H:%M' (names are English)."""
    when, pattern = moment("format_date", value), text("format_date", form)
    _check_format("format_date", pattern, frozenset(_WRITERS))
    return _DIRECTIVE.sub(lambda match: _WRITERS[match.group(1)](when), pattern)


@table("add_duration(date, duration)")
def add_duration(budget: Budget, value: object, duration: object) -> object:
    """The date or time that much later; a duration is '90s', '5m', '1h 30m', '-7d' or seconds."""
    delta = _duration("add_duration", duration)
    if type(value) is str:
        value = iso("add_duration", value)
    try:
        if type(value) is date and delta % timedelta(days=1) == timedelta(0):
            return value + delta
        return moment("add_duration", value) + delta
    except OverflowError:
        raise Problem("bad_argument", "{} and {} lead out of the calendar", value, duration) from None


@table("diff_duration(later, earlier)")
def diff_duration(budget: Budget, later: object, earlier: object) -> object:
    """The seconds from `earlier` to `later`; negative when `later` is before."""
    seconds = (moment("diff_duration", later) - moment("diff_duration", earlier)).total_seconds()
    return int(seconds) if seconds.is_integer() else seconds


def _duration(name: str, value: object) -> timedelta:
    value = plain(value)
    try:
        if isinstance(value, timedelta):
            return value
        if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
            return timedelta(seconds=float(value))
        if isinstance(value, str) and len(value) <= _FORMAT and _DURATION.fullmatch(value.strip()):
            total = sum(float(count) * _SECONDS[unit] for count, unit in _PIECE.findall(value))
            return timedelta(seconds=-total if value.strip().startswith("-") else total)
    except (OverflowError, ValueError):
        pass
    raise refused(name, "a duration such as '5m', '1h 30m', '7d' or seconds", value)


def _check_format(name: str, pattern: str, known: frozenset[str]) -> None:
    if len(pattern) > _FORMAT:
        raise Problem("bad_argument", f"`{name}` takes a format of at most {_FORMAT} characters")
    for match in _DIRECTIVE.finditer(pattern):
        if match.group(1) not in known:
            raise Problem(
                "bad_argument",
                f"`{name}` does not know {{}}",
                match.group(),
                remedy="It knows " + " ".join(f"%{letter}" for letter in sorted(known)) + ".",
            )


def _zone(when: datetime) -> str:
    return when.strftime("%z")


# Written out, because strftime depends on the platform, its locale, and takes unbounded widths.
_WRITERS: dict[str, Callable[[datetime], str]] = {
    "Y": lambda when: f"{when.year:04}",
    "y": lambda when: f"{when.year % 100:02}",
    "m": lambda when: f"{when.month:02}",
    "d": lambda when: f"{when.day:02}",
    "H": lambda when: f"{when.hour:02}",
    "I": lambda when: f"{when.hour % 12 or 12:02}",
    "M": lambda when: f"{when.minute:02}",
    "S": lambda when: f"{when.second:02}",
    "f": lambda when: f"{when.microsecond:06}",
    "p": lambda when: "AM" if when.hour < 12 else "PM",
    "j": lambda when: f"{when.timetuple().tm_yday:03}",
    "a": lambda when: _DAYS[when.weekday()][:3],
    "A": lambda when: _DAYS[when.weekday()],
    "b": lambda when: _MONTHS[when.month - 1][:3],
    "B": lambda when: _MONTHS[when.month - 1],
    "z": _zone,
    "%": lambda when: "%",
}
