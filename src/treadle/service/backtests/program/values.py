"""Values in generated code: numbers and how well they are known, truth, what is null, and objects of them.

Numbers are floats. One is *exact* where it is, to the last bit, the float that the engine would calculate with, or, of
a decimal, the one that it is written as. Otherwise it is off by `rel` × `mag` at most. Whatever is decided by less than
that is left to the exact step.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

ALWAYS, NEVER = "True", "False"
ULP = 2.3e-16
"""More than half a unit in the last place of a float, as a part of it."""


class Unknown(Exception):
    """Nothing is generated for it: it is left to the exact step."""


@dataclass(frozen=True, slots=True)
class Mono:
    """`factor` × the whole numbers `over` / the whole numbers `under`, exactly; in names of code."""

    factor: Fraction
    over: tuple[str, ...] = ()
    under: tuple[str, ...] = ()

    def times(self, other: Mono) -> Mono | None:
        if (other.under and self.over) or self.under:
            return None  # a quotient is rounded to 28 digits: nothing more is known of what is made of it
        return Mono(self.factor * other.factor, self.over + other.over, self.under + other.under)

    def by(self, other: Mono) -> Mono | None:
        if self.under or other.under or not other.factor:
            return None
        return Mono(self.factor / other.factor, self.over, self.under + other.over)


@dataclass(frozen=True, slots=True)
class Line:
    """`factor` × the whole number `name` + `shift`, exactly, as a decimal of no more than 28 digits is where `name` is
    below `FAR`."""

    factor: Fraction
    name: str
    shift: Fraction = Fraction(0)

    @property
    def is_short(self) -> bool:
        places = all(FAR % one.denominator == 0 for one in (self.factor, self.shift))
        return places and 0 < abs(self.factor) <= 1 and abs(self.shift) < FAR


FAR = 10**12


@dataclass(frozen=True, slots=True)
class Num:
    """`dec`: in the engine it is a decimal. `live`: code that says whether it is there; else it is null."""

    code: str
    exact: bool = True
    rel: float = 0.0
    mag: str = ""
    dec: bool = False
    mono: Mono | None = None
    live: str = ALWAYS
    column: tuple[int, str] | None = None
    """It is off by what the column says (`mag`), and exact where that is 0."""
    line: Line | None = None

    @property
    def straight(self) -> Line | None:
        """Of a decimal, what it is of one whole number, where that is known."""
        mono = self.mono
        if self.line is None and self.dec and mono is not None and len(mono.over) == 1 and not mono.under:
            found = Line(mono.factor, mono.over[0])
            return found if found.is_short else None
        return self.line

    @property
    def constant(self) -> Fraction | None:
        mono = self.mono
        return mono.factor if mono is not None and not mono.over and not mono.under else None

    def error(self) -> tuple[float, str]:
        return (ULP, f"abs({self.code})") if self.exact else (self.rel, self.mag)


@dataclass(frozen=True, slots=True)
class Flag:
    code: str
    live: str = ALWAYS


@dataclass(frozen=True, slots=True)
class Const:
    value: Any
    live: str = ALWAYS


@dataclass(frozen=True, slots=True)
class Obj:
    fields: Mapping[str, Val]
    live: str = ALWAYS


@dataclass(frozen=True, slots=True)
class Opaque:
    """There is something, which nothing can be calculated with."""

    live: str = ALWAYS


@dataclass(frozen=True, slots=True)
class Items:
    """Those of `values` from `start` on, without `stop` and what is behind; in names of code, or numbers."""

    values: tuple[Any, ...]
    start: str
    stop: str
    live: str = ALWAYS


@dataclass(frozen=True, slots=True)
class Listed:
    """A list of which nothing is known but how long it is."""

    count: str
    live: str = ALWAYS


Val = Num | Flag | Const | Obj | Opaque | Items | Listed
NULL = Const(None)


def with_live(value: Val, live: str) -> Val:
    """There only where `live` holds, too; that is asked first, for the rest may stand inside its branch."""
    return value if live == ALWAYS else replace(value, live=both(live, value.live))


def surely(value: Val) -> Val:
    """It is there: that has been asked."""
    return replace(value, live=ALWAYS)


def both(*conditions: str) -> str:
    found = list(dict.fromkeys(one for one in conditions if one != ALWAYS))
    if NEVER in found:
        return NEVER
    return " and ".join(f"({one})" if " " in one else one for one in found) or ALWAYS


def either(*conditions: str) -> str:
    found = list(dict.fromkeys(one for one in conditions if one != NEVER))
    if ALWAYS in found:
        return ALWAYS
    return " or ".join(f"({one})" if " " in one else one for one in found) or NEVER


def number_of(value: Any) -> Num:
    """Of a constant. Raises `Unknown`."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise Unknown
    given = float(value)
    if given - given != 0:
        raise Unknown
    written = value if isinstance(value, Decimal) else Decimal(repr(value))
    mono = Mono(Fraction(written))
    exact = not isinstance(value, Decimal) or Decimal(repr(given)) == value
    if isinstance(value, int) and abs(value) >= 1 << 53:
        raise Unknown
    if exact:
        return Num(repr(given), dec=isinstance(value, Decimal), mono=mono)
    return Num(repr(given), exact=False, rel=ULP, mag=repr(abs(given)), dec=True, mono=mono)
