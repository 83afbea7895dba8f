"""Dates and times as text: ISO 8601, seconds since 1970, or a stated pattern; always aware."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from treadle.packs.data.formats.refusal import unreadable, unwritable
from treadle.packs.data.row import shown

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def load(value: object, *, pattern: str | None = None, timezone: str = "UTC") -> datetime:
    """The moment, aware UTC. Text without an offset is in `timezone`; numbers are seconds since 1970."""
    if isinstance(value, datetime):
        moment = value
    elif isinstance(value, date):
        moment = datetime(value.year, value.month, value.day)
    elif isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        try:
            return _EPOCH + timedelta(seconds=float(value))
        except (OverflowError, ValueError) as error:
            raise unreadable("a date", f"{shown(value)} is not seconds since 1970") from error
    elif isinstance(value, str):
        moment = _read(value.strip(), pattern)
    else:
        raise unreadable("a date", f"{shown(value)} came", remedy="Connect text, a date, or seconds since 1970.")
    return (moment.replace(tzinfo=zone(timezone)) if moment.tzinfo is None else moment).astimezone(UTC)


def dump(value: Any, *, pattern: str | None = None, timezone: str = "UTC") -> str:
    """The moment as text in `timezone`: ISO 8601, or by a `strftime` pattern."""
    moment = load(value, timezone=timezone).astimezone(zone(timezone))
    return moment.isoformat() if pattern is None else moment.strftime(pattern)


@lru_cache(maxsize=64)
def zone(name: str) -> ZoneInfo:
    """The time zone called `name`, such as `Europe/Oslo`. Raises `NodeError` when there is none."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise unwritable(
            "a date", f"there is no time zone `{name}`", remedy="Use a name such as `UTC` or `Europe/Oslo`."
        ) from error


def _read(text: str, pattern: str | None) -> datetime:
    try:
        return datetime.fromisoformat(text) if pattern is None else datetime.strptime(text, pattern)
    except ValueError as error:
        wanted = f"of the form `{pattern}`" if pattern else "ISO 8601, such as 2024-05-01T10:30:00Z"
        raise unreadable(
            "a date", f"{text[:60]!r} is not {wanted}", remedy="Set `pattern` to the form it has."
        ) from error
