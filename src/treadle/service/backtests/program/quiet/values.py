"""What a value may be at each of many moments: for whoever asks where a run certainly does nothing.

Numbers are floats, each with what it may be off by at most; truth and texts are told by where they *may* be so. What
cannot be told may be anything: then the run is taken exactly.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

ULP = 2.3e-16
"""More than the distance of two floats, as a part of them: what a decimal may be away from the nearest float, and what
a float is written as from what it is, together."""
_EXACT = 1 << 53


@dataclass(frozen=True, slots=True)
class Number:
    """`null` is where there may be none, `there` where there may be one."""

    value: Any
    off: Any = 0.0
    null: Any = False
    there: Any = True


@dataclass(frozen=True, slots=True)
class Truth:
    """Where it may be true, and where it may be false."""

    true: Any
    false: Any


@dataclass(frozen=True, slots=True)
class Choice:
    """Where it may be each of these texts; it is no other."""

    texts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Fields:
    fields: Mapping[str, Val]


class Anything:
    """Something that nothing is known of; `Null` is what is not there."""


class Null:
    pass


ANYTHING, NULL = Anything(), Null()
Val = Number | Truth | Choice | Fields | Anything | Null
SOME_NUMBER = Number(0.0, float("inf"))


def value_of(given: Any) -> Val:
    """Of a constant."""
    match given:
        case None:
            return NULL
        case bool():
            return Truth(given, not given)
        case str():
            return Choice({given: True})
        case int() if abs(given) >= _EXACT:
            return ANYTHING
        case int() | float() if given - given == 0:
            return Number(float(given))
        case Decimal() if given.is_finite():
            near = float(given)
            return Number(near, ULP * abs(near))
        case _:
            return ANYTHING


def with_null(value: Val, may: Any, sure: Any) -> Val:
    """What is read of a port that may be live there, and surely is there."""
    import numpy

    if not bool(numpy.any(may)):
        return NULL
    if isinstance(value, Number):
        null = numpy.logical_or(value.null, numpy.logical_not(sure))
        return Number(value.value, value.off, null, numpy.logical_and(value.there, may))
    return value if bool(numpy.all(sure)) else ANYTHING


def any_of(masks: Iterable[Any]) -> Any:
    """Where one of some masks is; there is one at least."""
    found: Any = None
    for mask in masks:
        found = mask if found is None else found | mask
    return found
