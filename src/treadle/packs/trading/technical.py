"""TA-Lib, as the indicators use it: whole columns, and handles that go on value by value."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

from treadle.errors import MissingCapability
from treadle.node.series import Row, first_number

if TYPE_CHECKING:
    from treadle.node import Series

Pick = Callable[[Row], tuple[float, ...]]
"""From a collected row to what a handle takes."""

OPEN, HIGH, LOW, CLOSE, VOLUME = 1, 2, 3, 4, 5
"""Where a collected candle has its numbers; 0 is its time."""


def calculate(name: str, *columns: Series, **parameters: Any) -> Any:
    """TA-Lib's function over whole columns: an array, or a tuple of them. Places without a value are NaN."""
    import numpy

    length = len(columns[0])
    if any(first_number(column) == len(column) for column in columns):
        outputs = _function(name).info["output_names"]
        empty = [numpy.full(length, math.nan) for _ in outputs]
        return tuple(empty) if len(empty) > 1 else empty[0]
    return getattr(_talib(), name)(*columns, **parameters)


def lookback(name: str, **parameters: Any) -> int:
    """How many values TA-Lib needs before the first that it speaks of."""
    return _lookback(name, tuple(sorted(parameters.items())))


@lru_cache(maxsize=4096)
def _lookback(name: str, parameters: tuple[tuple[str, Any], ...]) -> int:
    function = _function(name)
    function.set_parameters(dict(parameters))
    return int(function.lookback)


def carry(name: str, *columns: Series, **parameters: Any) -> Any:
    """TA-Lib's handle at the end of these columns; None where they are too short for one."""
    talib = _talib()
    try:
        return getattr(talib.stream, name)(*columns, **parameters)
    except talib.InsufficientHistory:
        return None


def numbers(*places: int) -> Pick:
    """Those numbers of a row."""
    if len(places) == 1:
        place = places[0]
        return lambda row: (row[place],)
    if len(places) == 3:
        one, two, three = places
        return lambda row: (row[one], row[two], row[three])
    return lambda row: tuple(row[place] for place in places)


class Carried:
    """An indicator carried on value by value: TA-Lib's handles, and what is derived of them.

    `derive(now, before, row)` is given what each handle says of this row, and said of the one before.
    """

    __slots__ = ("_derive", "_handles", "_picks")

    def __init__(self, derive: Callable[[Sequence[Any], Sequence[Any], Row], Any], *handles: tuple[Any, Pick]) -> None:
        self._derive = derive
        self._handles = [handle for handle, _ in handles]
        self._picks = [pick for _, pick in handles]

    def update(self, *row: float) -> None:
        for handle, pick in zip(self._handles, self._picks, strict=True):
            handle.update(*pick(row))

    def peek(self, *row: float) -> Any:
        now = [handle.peek(*pick(row)) for handle, pick in zip(self._handles, self._picks, strict=True)]
        return self._derive(now, [handle.value for handle in self._handles], row)


def carried(derive: Callable[[Sequence[Any], Sequence[Any], Row], Any], *handles: tuple[Any, Pick]) -> Carried | None:
    """None where one of the handles could not be opened yet."""
    return None if any(handle is None for handle, _ in handles) else Carried(derive, *handles)


def ratio(part: Any, whole: Any) -> Any:
    """`part / whole`, and no number where `whole` is 0."""
    if isinstance(whole, float):
        return part / whole if whole else math.nan
    import numpy

    with numpy.errstate(divide="ignore", invalid="ignore"):
        return numpy.where(whole == 0, math.nan, part / whole)


def before(column: Series) -> Series:
    """Each value's predecessor; no number where there is none."""
    import numpy

    return numpy.concatenate(([math.nan], column[:-1]))


def sign(now: Any, then: Any) -> Any:
    """1 where `now` is above `then`, -1 where it is below, else 0; no number where `now` is none."""
    if isinstance(now, float):
        return math.nan if now != now else float((now > then) - (now < then))
    import numpy

    return numpy.where(numpy.isnan(now), math.nan, (now > then).astype(float) - (now < then))


def _function(name: str) -> Any:
    _talib()
    from talib import abstract

    return cast(Any, abstract).Function(name)


def _talib() -> Any:
    try:
        import talib
    except ImportError:
        raise MissingCapability(
            "TA-Lib, which calculates the indicators, is not installed.",
            code="missing_package",
            remedy="Install it: pip install 'treadle[trading]'.",
        ) from None
    return cast(Any, talib)
