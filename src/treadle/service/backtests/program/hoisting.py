"""Generated code that differs in numbers alone, compiled once: those numbers become arguments."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

MOST = 3
"""Compilations of one shape of code, at most."""
_LARGEST = 2**62
_NUMBER = re.compile(r"(?<![\w.])(\d+(?:\.\d*)?(?:e[+-]?\d+)?)(?![\w.])")
"""Generated code holds no texts in which one might be found."""
_FLOATS, _WHOLES = "hoisted_floats", "hoisted_wholes"


@dataclass(frozen=True, slots=True)
class Hoisted:
    """Code that takes two arrays more than it did, and what they hold for a variant: the floats, and the whole
    numbers."""

    source: str
    floats: tuple[float, ...]
    wholes: tuple[int, ...]

    @property
    def arguments(self) -> tuple[Any, Any]:
        import numpy

        # Of no length, an array of arguments would have no type of its own; nothing reads the last one.
        return numpy.array([*self.floats, 0.0]), numpy.array([*self.wholes, 0], dtype=numpy.int64)


@dataclass(slots=True)
class Hoisting:
    """Of one shape of code: `first` is what was seen first, `places` are the numbers that differed since."""

    first: list[str]
    places: set[int] = field(default_factory=set[int])
    compiled: int = 0

    def of(self, tokens: list[str]) -> Hoisted | None:
        """None where it differs otherwise, or too often in new places."""
        new = {place for place, token in enumerate(tokens) if token != self.first[place]}
        if not all(_are_alike(tokens[place], self.first[place]) for place in new):
            return None
        if not self.compiled or not new <= self.places:
            if self.compiled >= MOST:
                return None
            self.places |= new
            self.compiled += 1
        floats, wholes, found = list[float](), list[int](), list(tokens)
        for place in sorted(self.places):
            token = tokens[place]
            if _is_float(token):
                found[place] = f"{_FLOATS}[{len(floats)}]"
                floats.append(float(token))
            else:
                found[place] = f"{_WHOLES}[{len(wholes)}]"
                wholes.append(int(token))
        source = "".join(found).replace("):\n", f", {_FLOATS}, {_WHOLES}):\n", 1)
        return Hoisted(source, tuple(floats), tuple(wholes))


def tokens_of(source: str) -> list[str]:
    """The source in pieces: every second one is a number, what lies between them is as it was."""
    return _NUMBER.split(source)


def shape_of(tokens: list[str]) -> tuple[str, ...]:
    """The same for code that differs in numbers alone."""
    return tuple(tokens[::2])


def _are_alike(one: str, other: str) -> bool:
    """Both are floats, or whole numbers that fit into 64 bits."""
    if _is_float(one) or _is_float(other):
        return _is_float(one) and _is_float(other)
    return one.isdigit() and other.isdigit() and int(one) < _LARGEST and int(other) < _LARGEST


def _is_float(token: str) -> bool:
    return not token.isdigit()
