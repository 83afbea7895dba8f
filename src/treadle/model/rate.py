"""Rates as people write them: `20 per 1m`."""

from __future__ import annotations

import re
from typing import Annotated, NamedTuple

from pydantic import AfterValidator

from treadle.model.duration import format_duration, parse_duration

_RATE = re.compile(r"\s*(\d+)\s*(?:per|/)\s*(.+?)\s*", re.ASCII)
_MOST = 1_000_000
_LONGEST = 86_400.0


class Rate(NamedTuple):
    """No more than `number` in any `period` seconds."""

    number: int
    period: float

    def __str__(self) -> str:
        return f"{self.number} per {format_duration(self.period)}"


def parse_rate(text: str) -> Rate:
    """The rate that `20 per 1m` means; `20 per m` too. Raises `ValueError`."""
    match = _RATE.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is not a rate; write a number and a time, such as '20 per 1m'")
    number, per = int(match[1]), match[2]
    period = parse_duration(per if per[0].isdigit() else f"1{per}")
    if number > _MOST:
        raise ValueError(f"a rate is of {_MOST:,} at most; got {number:,}")
    if not 0 < period <= _LONGEST:
        raise ValueError(f"a rate is counted over a day at most; got {per!r}")
    return Rate(number, period)


def _check(text: str) -> str:
    parse_rate(text)
    return text


RateText = Annotated[str, AfterValidator(_check)]
"""A rate, kept as it was written."""
