"""The types of ports that trading nodes speak of."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias, cast

from pydantic import Field

from treadle.errors import NodeError
from treadle.node.annotation import Domain
from treadle.node.series import Collects, Row, SeriesMark
from treadle.packs.trading.bars import COLUMNS, is_bar, read_bars

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray


class Tick(float):
    """A price, and the bar that it closed. `closed`: nothing of it changes any more."""

    time: int
    closed: bool

    def __new__(cls, price: float, time: int, closed: bool) -> Tick:
        tick = super().__new__(cls, price)
        tick.time, tick.closed = time, closed
        return tick


class PriceMark(SeriesMark):
    """A column of numbers, or of the closing prices of candles. A row is (time of the bar or 0, number)."""

    width = 2

    def read(self, value: Any) -> Any:
        if isinstance(value, Mapping) or _has_bars(value):
            bars = read_bars(value)
            return Tick(bars["close"], bars["time"], bars["closed"]) if is_bar(bars) else bars["close"]
        return super().read(value)

    def row(self, item: Any) -> Row:
        return (float(item.time), float(item)) if isinstance(item, Tick) else (0.0, item)

    def join(self, rows: NDArray[numpy.float64]) -> Any:
        return rows[:, 1].copy()

    def keeps(self, item: Any) -> bool:
        return not isinstance(item, Tick) or item.closed

    def follow(self, last: Row, row: Row) -> None:
        _follow(last[0], row[0])


class CandleMark(Collects):
    """Columns of candles. A row is (time, open, high, low, close, volume)."""

    kind = "candles"
    base = "object"
    width = 6

    def read(self, value: Any) -> Any:
        return read_bars(value)

    def is_item(self, value: Any) -> bool:
        return isinstance(value, Mapping) and is_bar(cast("Mapping[str, Any]", value))

    def row(self, item: Any) -> Row:
        return tuple(float(item[name]) for name in COLUMNS)

    def join(self, rows: NDArray[numpy.float64]) -> Any:
        columns: dict[str, Any] = {name: rows[:, at].copy() for at, name in enumerate(COLUMNS)}
        columns["time"] = columns["time"].astype("int64")
        return {**columns, "closed": True}

    def length(self, column: Any) -> int:
        return len(column["time"])

    def keeps(self, item: Any) -> bool:
        return item["closed"]

    def follow(self, last: Row, row: Row) -> None:
        _follow(last[0], row[0])


def _has_bars(value: Any) -> bool:
    return isinstance(value, list | tuple) and bool(value) and isinstance(value[0], Mapping | list | tuple)  # pyright: ignore


def _follow(last: float, now: float) -> None:
    if last and now and now <= last:
        word, code = ("is the last one once more", "duplicate") if now == last else ("is older", "out_of_order")
        raise NodeError(
            f"The bar of {now:.0f} ms {word}: the last was of {last:.0f} ms. It is not collected.",
            code=code,
            remedy="Send each bar once, in order; a bar that still changes says `closed: false`.",
            retryable=False,
            column="time",
        )


Candles: TypeAlias = "dict[str, Any]"
Candle: TypeAlias = "dict[str, Any]"
if TYPE_CHECKING:
    Prices: TypeAlias = NDArray[numpy.float64]
else:
    Prices = Annotated[Any, PriceMark()]
    Candles = Annotated[Any, CandleMark()]
    Candle = Annotated[dict[str, Any], Domain("candle")]

Money = Annotated[Decimal, Domain("money")]
"""An amount, exact to the last digit; a number that comes in is taken as it is written."""
Percent = Annotated[Decimal, Domain("percent")]
"""Hundredths: 2 is 2 %."""
Symbol = Annotated[str, Field(pattern=r"^\S{1,80}$"), Domain("symbol")]
"""What a venue calls a market: `BTC/USDT`."""
Timeframe = Annotated[str, Field(pattern=r"^[1-9][0-9]*[smhdw]$"), Domain("timeframe")]
"""How long a bar is: `1m`, `4h`, `1d`."""
