"""How statuses, times and durations are shown: one sign, one word, one colour each."""

from __future__ import annotations

import sys
from datetime import datetime, timedelta
from typing import NamedTuple

from rich.text import Text

from treadle.engine.clock import SystemClock
from treadle.model.counted import counted


class Mark(NamedTuple):
    sign: str
    plain: str
    style: str
    word: str


MARKS: dict[str, Mark] = {
    "pending": Mark("·", ".", "dim", "pending"),
    "running": Mark("●", "*", "cyan", "running"),
    "retrying": Mark("↻", "~", "yellow", "retrying"),
    "waiting": Mark("◷", "w", "blue", "waiting"),
    "suspended": Mark("◷", "w", "blue", "suspended"),
    "interrupted": Mark("!", "!", "yellow", "interrupted"),
    "in_doubt": Mark("?", "?", "bold yellow", "in doubt"),
    "completed": Mark("✓", "+", "green", "completed"),
    "failed": Mark("✗", "x", "bold red", "failed"),
    "skipped": Mark("–", "-", "dim", "skipped"),
    "cancelled": Mark("⊘", "o", "magenta", "cancelled"),
    "queued": Mark("…", ".", "blue", "queued"),
    "paused": Mark("‖", "=", "yellow", "paused"),
    "open": Mark("◷", "w", "blue", "open"),
    "done": Mark("✓", "+", "green", "done"),
    "expired": Mark("–", "-", "yellow", "expired"),
    "active": Mark("●", "*", "green", "active"),
    "stopped": Mark("–", "-", "dim", "stopped"),
}


def sign(status: str) -> Text:
    mark = MARKS[status]
    return Text(mark.sign if draws_signs() else mark.plain, style=mark.style)


def word(status: str) -> Text:
    return Text(MARKS[status].word, style=MARKS[status].style)


def status_text(status: str) -> Text:
    """`✓ completed`."""
    return sign(status).append(" ").append(word(status))


def draws_signs() -> bool:
    """Whether the terminal's encoding has our signs."""
    # A live display puts something without an encoding in the place of standard output.
    encoding = sys.stdout.encoding or getattr(sys.__stdout__, "encoding", None) or "ascii"
    try:
        "✓↻◷⊘".encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def show_duration(milliseconds: float | None) -> str:
    """Three digits that matter: `412 µs`, `3.2 ms`, `1.25 s`, `4 m 10 s`, `2 h 5 m`."""
    if milliseconds is None:
        return ""
    if milliseconds < 1:
        return f"{milliseconds * 1000:.0f} µs" if draws_signs() else "<1 ms"
    if milliseconds < 1000:
        return f"{milliseconds:.0f} ms" if milliseconds >= 10 else f"{milliseconds:.1f} ms"
    seconds = milliseconds / 1000
    if seconds < 60:
        return f"{seconds:.2f} s" if seconds < 10 else f"{seconds:.1f} s"
    whole = int(seconds)
    for size, unit, smaller, name in ((86_400, "d", 3600, "h"), (3600, "h", 60, "m"), (60, "m", 1, "s")):
        if whole >= size:
            rest = whole % size // smaller
            return f"{whole // size} {unit} {rest} {name}" if rest else f"{whole // size} {unit}"
    return f"{whole} s"


def show_time(at: datetime | None, *, now: datetime | None = None, zone: bool = False) -> str:
    """Local time of day, with the date when it is not today's; with `zone` its name."""
    if at is None:
        return ""
    local, today = at.astimezone(), (now or SystemClock().now()).astimezone()
    shown = f"{local:%H:%M:%S}" if local.date() == today.date() else f"{local:%Y-%m-%d %H:%M:%S}"
    return f"{shown} {local:%Z}" if zone else shown


def show_moment(at: datetime | None) -> str:
    """Local date, time and zone."""
    return "" if at is None else f"{at.astimezone():%Y-%m-%d %H:%M:%S %Z}"


def show_until(until: datetime | None, now: datetime, *, zone: bool = False) -> str:
    """`in 12 s`, or `in 3 h 5 m, at 17:05:00` when it is not soon."""
    if until is None:
        return ""
    left = until - now
    if left <= timedelta():
        return "due now"
    seconds = left / timedelta(seconds=1)
    if seconds < 60:
        return f"in {seconds:.1f} s" if seconds < 10 else f"in {seconds:.0f} s"
    return f"in {show_duration(seconds * 1000)}, at {show_time(until, now=now, zone=zone)}"


def show_goes_on(until: datetime | None, now: datetime) -> str:
    """`goes on in 12 s`, `is due` when its time has come, `goes on when answered` when it has none."""
    if until is None:
        return "goes on when answered"
    return f"goes on {show_until(until, now)}" if until > now else "is due"


def count(number: int, noun: str) -> str:
    return counted(number, noun)
