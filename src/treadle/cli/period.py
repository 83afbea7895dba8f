"""Times and durations on the command line: `--since`, `--until`, `--for`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from treadle.errors import InvalidWorkflow

if TYPE_CHECKING:
    from datetime import datetime

Since = Annotated[str | None, typer.Option("--since", metavar="TIME", help="Only runs from then on: a time, or `7d`.")]
Until = Annotated[str | None, typer.Option("--until", metavar="TIME", help="Only runs before then.")]


def read_lasting(text: str, *, example: str) -> float:
    """The seconds of `--for`. Raises `InvalidWorkflow`."""
    from treadle.model.duration import parse_duration

    try:
        return parse_duration(text)
    except ValueError as error:
        raise InvalidWorkflow(f"{error}.", code="invalid_argument", remedy=f"Write such as {example}.") from None


def read_time(name: str, text: str | None) -> datetime | None:
    """A time: ISO 8601 (local where it names no zone), or how long ago (`7d`). Raises `InvalidWorkflow`."""
    from datetime import datetime, timedelta

    from treadle.engine.clock import SystemClock
    from treadle.model.duration import parse_duration

    if text is None:
        return None
    try:
        return datetime.fromisoformat(text).astimezone()
    except ValueError:
        pass
    try:
        return SystemClock().now() - timedelta(seconds=parse_duration(text))
    except (ValueError, OverflowError):
        raise InvalidWorkflow(
            f"`--{name} {text}` is no time.",
            code="invalid_time",
            remedy="Write `2026-03-01`, `2026-03-01T09:00:00Z`, or how long ago: `7d`, `12h`.",
        ) from None
