"""TA-Lib, as the indicators use it: whole columns, and handles that go on value by value."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import TYPE_CHECKING, Any, cast

from treadle.errors import MissingCapability
from treadle.node.series import Row, first_number

if TYPE_CHECKING:
    from treadle.node import Series

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


class Carried:
    """An indicator carried on value by value. Its two functions are put together once, as they are called each tick."""

    __slots__ = ("peek", "update")

    def __init__(self, update: Callable[..., None], peek: Callable[..., Any]) -> None:
        self.update = update
        self.peek = peek


def carried(derive: Callable[[Any, Row, Any], Any], handle: Any, *places: int) -> Carried | None:
    """TA-Lib's handle and what is derived of it; None where it could not be opened yet.

    The handle takes the numbers at `places` of a row. `derive(now, row, handle)` is given what it says of this row;
    `handle.value` is what it said of the one before.
    """
    if handle is None:
        return None
    go, look = handle.update, handle.peek
    if len(places) == 1:
        (one,) = places

        def update_one(*row: float) -> None:
            go(row[one])

        return Carried(update_one, lambda *row: derive(look(row[one]), row, handle))
    pick = cast("Callable[[Row], Row]", itemgetter(*places))

    def update(*row: float) -> None:
        go(*pick(row))

    return Carried(update, lambda *row: derive(look(*pick(row)), row, handle))


def carried_together(
    derive: Callable[[Sequence[Any], Row], Any], *handles: tuple[Any, Callable[[Row], Sequence[float]]]
) -> Carried | None:
    """Several handles, each with what it takes of a row; `derive(now, row)` is given what each says."""
    if any(handle is None for handle, _ in handles):
        return None
    going = [(handle.update, pick) for handle, pick in handles]
    looking = [(handle.peek, pick) for handle, pick in handles]

    def update(*row: float) -> None:
        for go, pick in going:
            go(*pick(row))

    return Carried(update, lambda *row: derive([look(*pick(row)) for look, pick in looking], row))


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
