"""Inputs that are columns: `Series`, and what a pack needs to declare a kind of its own.

An array that arrives is taken as it is; single items are collected over the runs of a deployment (semantics 7.1).
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, Protocol, TypeAlias

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from treadle.errors import NodeError

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray

Row = tuple[float, ...]
"""One collected item, as it is kept."""


class Streaming(Protocol):
    """A node carried on value by value; both take the numbers of one row."""

    def update(self, *row: float) -> object:
        """Go on by one row."""
        ...

    def peek(self, *row: float) -> Any:
        """What the node would give for a column with this row at its end; goes on by nothing."""
        ...


Lookback = Callable[[Mapping[str, Any]], int | None]
"""From a node's config to how many values come before the first that it can speak of; None: all there ever were."""


class Collects(ABC):
    """Marks an input that is a column. `kind` is its port type, `items` the type of what it is made of, `base`
    what it is as a value."""

    kind: str
    items: str | None = None
    base: str | None = None
    width: int = 1
    """How many numbers an item is."""

    @abstractmethod
    def read(self, value: Any) -> Any:
        """`value` as an item or as a whole column. Raises `NodeError` that names row and column."""

    @abstractmethod
    def is_item(self, value: Any) -> bool:
        """Of something that was read: whether it is a single item."""

    @abstractmethod
    def row(self, item: Any) -> Row: ...

    @abstractmethod
    def join(self, rows: NDArray[numpy.float64]) -> Any:
        """The column of these rows."""

    @abstractmethod
    def length(self, column: Any) -> int:
        """How many values a column has, those at its start left out that are no numbers."""

    def keeps(self, item: Any) -> bool:
        """Whether the item stays in the column; else it is only looked at."""
        return True

    def follow(self, last: Row, row: Row) -> None:  # noqa: B027
        """Raises `NodeError` where `row` cannot come after `last`; by default anything can."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.read)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {}


class SeriesMark(Collects):
    """A column of numbers, or of truth values."""

    kind = "series"

    def __init__(self, items: str = "number") -> None:
        self.items = items

    def read(self, value: Any) -> Any:
        is_column = isinstance(value, list | tuple) or getattr(value, "ndim", 0)
        return read_column(value) if is_column else read_number(value)

    def is_item(self, value: Any) -> bool:
        return isinstance(value, float)

    def row(self, item: Any) -> Row:
        return (item,)

    def join(self, rows: NDArray[numpy.float64]) -> Any:
        return rows[:, 0]

    def length(self, column: Any) -> int:
        return len(column) - first_number(column)


def read_number(value: Any) -> float:
    """A single number. Raises `NodeError`."""
    if getattr(value, "ndim", None) == 0:
        value = value.item()
    if not isinstance(value, int | float | Decimal | str | bool | None):
        raise _not_a_series(value, "series")
    if isinstance(value, bool | str) or value is None or not math.isfinite(number := _float(value)):
        raise _not_a_number(value)
    return number


def _float(value: float | Decimal) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf


def read_column(value: Any, *, name: str = "series") -> NDArray[numpy.float64]:
    """A list or an array as a column of numbers; the places at its start may be empty. Raises `NodeError`."""
    import numpy

    if isinstance(value, list | tuple):
        for at, item in enumerate(value):  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
            if item is not None and (isinstance(item, bool) or not isinstance(item, int | float | Decimal)):
                raise _not_a_number(item, at, name)
        column = numpy.array([math.nan if item is None else _float(item) for item in value], dtype=float)  # pyright: ignore
    elif isinstance(value, numpy.ndarray) and value.ndim == 1 and value.dtype.kind in "iuf":  # pyright: ignore
        column = numpy.ascontiguousarray(value, dtype=float)
    else:
        raise _not_a_series(value, name)
    bad = numpy.flatnonzero(~numpy.isfinite(column[first_number(column) :]))
    if bad.size:
        at = int(bad[0]) + first_number(column)
        raise _not_a_number(float(column[at]), at, name)
    return column


def first_number(column: NDArray[numpy.float64]) -> int:
    """Where the first number stands; the length where there is none."""
    import numpy

    if len(column) == 0 or column[0] == column[0]:
        return 0
    found = numpy.flatnonzero(~numpy.isnan(column))
    return int(found[0]) if found.size else len(column)


def newest(value: Any) -> Any:
    """The last of a column as a plain value; anything else as it is."""
    if hasattr(value, "dtype") and getattr(value, "ndim", 0) == 1:
        return value[-1].item() if len(value) else math.nan
    return value


def is_missing(value: Any) -> bool:
    """Whether a value, or the newest of a column, is no number (NaN)."""
    last = newest(value)
    return isinstance(last, float) and last != last


def _not_a_series(value: Any, name: str) -> NodeError:
    return NodeError(
        f"`{name}` takes a number or a column of numbers, not {_shown(value)}.",
        code="not_a_series",
        remedy="Connect a price, a list of numbers, an indicator or candles.",
        retryable=False,
    )


def _not_a_number(value: Any, at: int | None = None, name: str = "series") -> NodeError:
    where = "What came in" if at is None else f"Row {at + 1} of `{name}`"
    place: dict[str, Any] = {} if at is None else {"row": at + 1, "column": name}
    return NodeError(
        f"{where} is not a number: {_shown(value)}. It would spoil every value after it.",
        code="not_a_number",
        remedy="Leave it out where it comes from, or let this node go on without it: `on_error: continue`.",
        retryable=False,
        **place,
    )


def _shown(value: Any) -> str:
    if value is None:
        return "nothing (null)"
    if isinstance(value, str):
        return f'the text "{value[:40]}"'
    return repr(value) if isinstance(value, bool | int | float | Decimal) else f"a value of type {type(value).__name__}"


if TYPE_CHECKING:
    Series: TypeAlias = NDArray[numpy.float64]
    Flags: TypeAlias = NDArray[numpy.bool_]
else:
    Series = Annotated[Any, SeriesMark()]
    Flags = Annotated[Any, SeriesMark("boolean")]
