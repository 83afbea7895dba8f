"""Start a run when an indicator of a market's candles meets a condition."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, NamedTuple

from pydantic import Field

from treadle.node import Expression, Fire, Names, Value, trigger
from treadle.node.watching import Item, Lookout, Watching
from treadle.packs.trading.bars import milliseconds
from treadle.packs.trading.trigger.edge import Edge, Operator
from treadle.packs.trading.trigger.measure import Measure, find_problems
from treadle.packs.trading.trigger.source import (
    Exchange,
    Given,
    Market,
    Source,
    amount,
    heard,
    instant,
    memory_of,
    open_source,
    provider_in,
    resolve,
)
from treadle.packs.trading.types import Candle, Money, Timeframe
from treadle.packs.trading.venue.provider import ProviderRef, write_provider

INDICATOR = "Which indicator, as its node type is called: `rsi`, `macd`, `bollinger`, …"
CONDITION = (
    "Instead of operator and threshold: true or false, or a word for what to do (`'buy'`). It reads `value`,"
    " `indicator` (all its outputs), `before` (those of the candle before) and `candle`."
)


class Measured(NamedTuple):
    value: float
    signal: Annotated[Value, Field(description="What the condition came to: true, or the word")]
    indicator: Annotated[dict[str, Any], Field(description="All outputs of the indicator")]
    candle: Candle
    price: Annotated[Money, Field(description="At which the candle closed")]
    at: Annotated[datetime, Field(description="When the candle closed, UTC")]
    symbol: str
    provider: Given


class Condition:
    """Whether a candle is to start a run. `signal` is what it came to last; None: nothing is known."""

    def __init__(
        self, operator: Operator | None, threshold: float | None, expression: Expression | None, before: Any
    ) -> None:
        self._expression = expression
        self.edge = None if operator is None or threshold is None else Edge(operator, threshold)
        self.signal: Any = before
        if self.edge is not None:
            self.edge.holds = before

    def takes(self, value: float, now: Mapping[str, Any], before: Mapping[str, Any] | None, candle: Any) -> bool:
        if self.edge is not None:
            fires = self.edge.takes(value)
            self.signal = self.edge.holds
            return fires
        if self._expression is None:
            return False
        then, found = self.signal, self._expression.evaluate(value=value, indicator=now, before=before, candle=candle)
        self.signal = found or False
        return bool(found) and found != then


async def _watch(
    lookout: Lookout,
    *,
    provider: ProviderRef,
    timeframe: str,
    indicator: str,
    symbol: str | None = None,
    settings: Mapping[str, Any] | None = None,
    output: str | None = None,
    operator: Operator | None = None,
    threshold: float | None = None,
    condition: Expression | None = None,
) -> AsyncGenerator[Item]:
    source = await open_source(lookout, provider, symbol)
    measure, step = Measure(indicator, settings or {}, output), milliseconds(timeframe)
    before = memory_of(lookout)
    judge = Condition(operator, threshold, condition, before.get("signal"))
    async with aclosing(source.venue.stream("candles", source.symbol, timeframe=timeframe)) as candles:
        measure.fill(await source.venue.candles(source.symbol, timeframe, bars=measure.keep))
        if judge.edge is not None and judge.edge.crosses and (lookout.is_resumed or judge.signal is None):
            judge.edge.holds = None
            if (value := measure.value) is not None:
                judge.edge.takes(value)  # the side it comes from
        # What has closed since it looked last, while nobody listened.
        is_due = bool(before) and not lookout.is_resumed and measure.time > before["time"]
        while True:
            if is_due and (value := measure.value) is not None:
                fires = judge.takes(value, measure.now, measure.before, measure.candle)
                kept = {"signal": judge.signal, "time": measure.time}
                if fires:
                    closed = measure.time + step
                    item_id = f"{source.symbol}/{timeframe}/{measure.time}"
                    yield Item(item_id, instant(closed), _payload(source, measure, value, judge.signal, closed), kept)
                else:
                    await lookout.remember(kept)
            is_due = False
            async for candle in candles:
                lookout.saw(instant(candle["at"]))
                if candle.get("closed") and int(candle["time"]) > measure.time:
                    is_due = True
                    break
            else:
                return
            opened = int(candle["time"])
            if opened != measure.time + step:
                # Some are missing in between: those that were missed, or a market that rested.
                bars = await source.venue.candles(source.symbol, timeframe, bars=measure.keep, until=opened)
                measure.fill(bars)
            measure.add(candle)


async def _glance(
    lookout: Lookout,
    *,
    provider: ProviderRef,
    timeframe: str,
    indicator: str,
    symbol: str | None = None,
    settings: Mapping[str, Any] | None = None,
    output: str | None = None,
    **_: Any,
) -> dict[str, Any] | None:
    source = await open_source(lookout, provider, symbol)
    measure = Measure(indicator, settings or {}, output)
    measure.fill(await source.venue.candles(source.symbol, timeframe, bars=measure.keep))
    value = measure.value
    return None if value is None else _payload(source, measure, value, True, measure.time + milliseconds(timeframe))


def _payload(source: Source, measure: Measure, value: float, signal: Any, closed: int) -> dict[str, Any]:
    told = {"symbol": source.symbol, "provider": write_provider(source.provider)}
    return {
        "value": value,
        "signal": signal,
        "indicator": measure.now,
        "candle": measure.candle,
        "at": closed,
        **told,
    }


def _check(config: Mapping[str, Any]) -> list[str]:
    problems = find_problems(config.get("indicator"), config.get("settings") or {}, config.get("output"))
    has_operator = config.get("operator") is not None or config.get("threshold") is not None
    if config.get("condition") is not None:
        if has_operator:
            problems.append("`condition` stands instead of `operator` and `threshold`. Leave one of the two out.")
    elif config.get("operator") is None or config.get("threshold") is None:
        problems.append("There is no condition. Write `operator` and `threshold`, or a `condition`.")
    return problems


@trigger(
    "trigger.indicator",
    title="Indicator",
    watching=Watching(_watch, glance=_glance, resolve=resolve),
    check=_check,
    requires=("talib", "numpy"),
    extra="trading",
    example={
        "config": {
            "provider": "paper",
            "symbol": "BTC/USDT",
            "timeframe": "5m",
            "indicator": "rsi",
            "settings": {"period": 14},
            "operator": "crosses_below",
            "threshold": 30,
        },
        "inputs": {},
        "outputs": {
            "value": 28.4,
            "signal": True,
            "indicator": {"value": 28.4, "oversold": True, "overbought": False},
            "candle": {
                "time": 1767603300000, "open": 65020.0, "high": 65020.0, "low": 64890.5, "close": 64901.0,
                "volume": 12.5, "closed": True,
            },
            "price": 64901,
            "at": "2026-01-05T09:00:00Z",
            "symbol": "BTC/USDT",
            "provider": {"venue": "paper"},
        },
    },
)  # fmt: skip
def indicator(
    fire: Fire,
    *,
    provider: Exchange,
    timeframe: Annotated[Timeframe, Field(description="How long a candle is, such as `5m`.")],
    indicator: Annotated[str, Field(description=INDICATOR)],
    symbol: Market = None,
    settings: Annotated[dict[str, Any] | None, Field(description="The indicator's own config: `period: 14`.")] = None,
    output: Annotated[str | None, Field(description="Which output is the value; its first, unless said.")] = None,
    operator: Annotated[Operator | None, Field(description="A crossing has to be seen.")] = None,
    threshold: Annotated[float | None, Field(description="What the value is compared with.")] = None,
    condition: Annotated[
        Expression | None, Names("value", "indicator", "before", "candle"), Field(description=CONDITION)
    ] = None,
) -> Measured:
    """Start a run when an indicator of a market's candles begins to meet a condition.

    It is calculated as the indicator's node calculates it, on candles that are over, each time one closes. It fires
    once when the condition begins to hold, and again after it has ceased to (a `condition` that gives words: whenever
    it gives another one). Crossings are seen from the first candle on, from the venue's history. How it stood is
    remembered over restarts. A run started by hand gets the value of the last candle.
    """
    item = heard(fire, "value")
    candle: Any = item.get("candle") or {}
    at = item.get("at")
    return Measured(
        value=float(item["value"]),
        signal=item.get("signal", True),
        indicator=dict(item.get("indicator") or {"value": item["value"]}),
        candle=candle,
        price=amount(candle.get("close") or item.get("price")) or Decimal(0),
        at=fire.at if at is None else instant(at),
        symbol=str(item.get("symbol") or symbol or provider.symbol or ""),
        provider=provider_in(item, provider),
    )
