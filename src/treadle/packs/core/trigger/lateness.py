"""The settings of every trigger that runs on time: what becomes of missed fire times, and how they are spread."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from treadle.model.duration import Duration, format_duration
from treadle.node.field import VerbatimMark

_LONGEST_JITTER = 86_400.0
_CATCH_UP = (
    "What becomes of fire times that pass while nothing runs: left out (`skip`: all that are over a minute late),"
    " the last of them made up for (`last`), or each, in order (`all`)."
)
_JITTER = (
    "Start up to so much later than the fire time, so that many do not start at once. How much later is the same for"
    " the same deployment and fire time."
)

# Who fires a trigger has no run to render a template with.
CatchUp = Annotated[Literal["skip", "last", "all"], VerbatimMark(), Field(description=_CATCH_UP)]
Jitter = Annotated[Duration, VerbatimMark(), Field(le=_LONGEST_JITTER, description=_JITTER)]


def jitter_problems(jitter: float, gap: float) -> list[str]:
    """What is wrong with `jitter` where fire times lie `gap` seconds apart: they must not overtake each other."""
    if jitter < gap or not jitter:
        return []
    return [
        f"A `jitter` of {format_duration(jitter)} is too long for what fires every {format_duration(gap)}."
        " Make it shorter than the time between two fire times."
    ]
