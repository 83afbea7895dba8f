"""Indicators: TA-Lib's own figures, a prefix like the whole, value by value like the column (semantics 7.2-7.4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy
import pytest
import talib
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.packs.binding import bind
from treadle.expressions.expression import compile_expression
from treadle.node import Expression, NodeDefinition, Registry
from treadle.node.series import newest
from treadle.packs.trading import indicator
from treadle.packs.trading.bars import COLUMNS
from treadle.packs.trading.indicator import custom
from treadle.packs.trading.indicator.ma import NUMBERS

INDICATORS = Registry({"indicator": indicator})
CONFIGS: dict[str, list[dict[str, Any]]] = {
    "ma": [{"kind": kind, "period": period} for kind in NUMBERS for period in (2, 7)],
    "rsi": [{}, {"period": 2, "oversold": 20, "overbought": 60}],
    "macd": [{}, {"fast": 2, "slow": 5, "signal": 3}, {"fast": 2, "slow": 5, "signal": 1}],
    "bollinger": [{}, {"period": 5, "deviations": 1.5, "kind": "ema"}],
    "atr": [{}, {"period": 1}, {"period": 3, "low": 0.5, "high": 0.9}],
    "stochastic": [{}, {"period": 3, "smooth": 1, "signal": 2}],
    "adx": [{}, {"period": 2}],
    "vwap": [{"period": 5}],
    "obv": [{"period": 4}],
    "donchian": [{}, {"period": 2}],
    "zscore": [{}, {"period": 3}],
    "correlation": [{}, {"period": 4}],
    "pattern": [{}, {"patterns": ["engulfing", "doji", "hikkakemod"]}],
    "custom": [{"expression": "last(a) - first(a)", "window": 4}, {"expression": "a[-1] > 100", "window": 1},
               {"expression": "-a / 3 + a * 0.1 > 2 && !(a == 100)"}],
}  # fmt: skip
WHOLE: dict[str, list[dict[str, Any]]] = {"vwap": [{}], "obv": [{}]}
"""What is calculated over all there is, and not collected."""
CASES = [(name, config) for name, configs in CONFIGS.items() for config in configs]


def title(value: Any) -> str:
    return value if isinstance(value, str) else ",".join(str(part) for part in value.values()) or "defaults"


def bars(length: int, seed: int = 7, *, flat: float = 0.2) -> dict[str, Any]:
    """A walk with rests, as markets have them."""
    chance = numpy.random.default_rng(seed)
    steps = chance.normal(0, 1, length) * (chance.random(length) > flat)
    close = numpy.round(100 * numpy.exp(numpy.cumsum(steps) / 100), 2)
    open_ = numpy.concatenate(([100.0], close[:-1]))
    high = numpy.maximum(open_, close) + numpy.round(chance.random(length), 2)
    low = numpy.minimum(open_, close) - numpy.round(chance.random(length), 2)
    time = 1_700_000_000_000 + 60_000 * numpy.arange(length)
    volume = numpy.round(chance.random(length) * 100, 1)
    return {"time": time, "open": open_, "high": high, "low": low, "close": close, "volume": volume, "closed": True}


def definition_of(name: str) -> NodeDefinition:
    return INDICATORS.get(f"indicator.{name}")


def columns_of(name: str, candles: Mapping[str, Any]) -> list[Any]:
    """What the node's inputs are given."""
    if name == "correlation":
        return [candles["close"], candles["open"]]
    return [candles if "candles" in definition_of(name).columns else candles["close"]]


def cut(column: Any, start: int, end: int) -> Any:
    if isinstance(column, Mapping):
        return {name: value[start:end] if name in COLUMNS else value for name, value in column.items()}
    return column[start:end]


def row_of(name: str, candles: Mapping[str, Any], at: int) -> tuple[float, ...]:
    """What is collected of one bar."""
    if "candles" in definition_of(name).columns:
        return tuple(float(candles[column][at]) for column in COLUMNS)
    time = float(candles["time"][at])
    row = (time, float(candles["close"][at]))
    return (*row, time, float(candles["open"][at])) if name == "correlation" else row


def calculated(name: str, config: Mapping[str, Any], columns: list[Any]) -> dict[str, Any]:
    definition = definition_of(name)
    return dict(definition.ports_of(definition(*columns, **bind(definition, config, {}))))


def same(one: Any, other: Any) -> bool:
    """To the last bit; no number is like no number."""
    return one == other or (one != one and other != other)


@pytest.mark.parametrize(("name", "config"), CASES, ids=title)
def test_it_speaks_from_its_lookback_on(name: str, config: dict[str, Any]) -> None:
    definition = definition_of(name)
    ahead = definition.lookback_of(bind(definition, config, {}))
    assert ahead is not None

    ports = calculated(name, config, columns_of(name, bars(ahead + 30, flat=0)))

    numbers = {port: column for port, column in ports.items() if column.dtype.kind == "f"}
    assert all(numpy.isnan(column[:ahead]).all() for column in numbers.values())
    assert all(not numpy.isnan(column[ahead:]).any() for column in numbers.values())
    flags = [column for column in ports.values() if column.dtype.kind == "b"]
    assert not any(column[:ahead].any() for column in flags)


@pytest.mark.parametrize(("name", "config"), CASES, ids=title)
def test_value_by_value_it_gives_what_the_column_gives(name: str, config: dict[str, Any]) -> None:
    streams(name, config, bars(400), start=150)


@pytest.mark.parametrize("name", sorted(CONFIGS))
@settings(max_examples=15, deadline=None)
@given(
    seed=st.integers(0, 10**6), length=st.integers(60, 160), extra=st.integers(1, 60), flat=st.sampled_from([0, 0.5, 1])
)
def test_value_by_value_is_the_column_bit_by_bit(name: str, seed: int, length: int, extra: int, flat: float) -> None:
    for config in CONFIGS[name]:
        streams(name, config, bars(length + extra, seed, flat=flat), start=length)


def streams(name: str, config: dict[str, Any], candles: dict[str, Any], *, start: int) -> None:
    """Opened at `start`, a handle says what the whole column says, and looking changes nothing."""
    definition = definition_of(name)
    if definition.opener is None:
        assert name in ("obv", "custom")
        return
    columns = columns_of(name, candles)
    whole = calculated(name, config, columns)
    handle = definition.opener(*(cut(column, 0, start) for column in columns), **bind(definition, config, {}))
    assert handle is not None
    for at in range(start, len(candles["close"])):
        row = row_of(name, candles, at)
        handle.peek(*(2 * number for number in row))
        found = definition.ports_of(handle.peek(*row))
        handle.update(*row)
        assert {port: type(value) for port, value in found.items() if type(value) not in (float, bool)} == {}
        wrong = {port: (at, value, newest(whole[port][: at + 1])) for port, value in found.items()
                 if not same(value, newest(whole[port][: at + 1]))}  # fmt: skip
        assert wrong == {}


@pytest.mark.parametrize(
    ("name", "config"), [*CASES, *((name, one) for name, many in WHOLE.items() for one in many)], ids=title
)
def test_a_prefix_gives_what_the_whole_gives(name: str, config: dict[str, Any]) -> None:
    """7.3: nothing looks ahead."""
    columns = columns_of(name, bars(160))
    whole = calculated(name, config, columns)

    for end in (1, 2, 30, 60, 61, 100, 159):
        part = calculated(name, config, [cut(column, 0, end) for column in columns])
        for port, column in part.items():
            assert len(column) == end
            assert numpy.array_equal(column, whole[port][:end], equal_nan=column.dtype.kind == "f"), (port, end)


@pytest.mark.parametrize(("name", "config"), CASES, ids=title)
def test_leading_places_without_a_number_only_shift_it(name: str, config: dict[str, Any]) -> None:
    """An indicator of an indicator: the warm-up of the first is no value of the second."""
    if "candles" in definition_of(name).columns:
        return
    columns = columns_of(name, bars(120))
    shifted = [numpy.concatenate((numpy.full(5, numpy.nan), column)) for column in columns]

    plain, late = calculated(name, config, columns), calculated(name, config, shifted)

    for port, column in plain.items():
        assert numpy.array_equal(column, late[port][5:], equal_nan=column.dtype.kind == "f"), port


# The series of TA-Lib's own regression tests (src/tools/ta_regtest, "test data with 252 bars"), and what they expect.

CLOSE = numpy.array([
    91.500, 94.815, 94.375, 95.095, 93.780, 94.625, 92.530, 92.750, 90.315, 92.470, 96.125, 97.250, 98.500, 89.875,
    91.000, 92.815, 89.155, 89.345, 91.625, 89.875, 88.375, 87.625, 84.780, 83.000, 83.500, 81.375, 84.440, 89.250,
    86.375, 86.250, 85.250, 87.125, 85.815, 88.970, 88.470, 86.875, 86.815, 84.875, 84.190, 83.875, 83.375, 85.500,
    89.190, 89.440, 91.095, 90.750, 91.440, 89.000, 91.000, 90.500, 89.030, 88.815, 84.280, 83.500, 82.690, 84.750,
    85.655, 86.190, 88.940, 89.280, 88.625, 88.500, 91.970, 91.500, 93.250, 93.500, 93.155, 91.720, 90.000, 89.690,
    88.875, 85.190, 83.375, 84.875, 85.940, 97.250, 99.875, 104.940, 106.000, 102.500, 102.405, 104.595, 106.125,
    106.000, 106.065, 104.625, 108.625, 109.315, 110.500, 112.750, 123.000, 119.625, 118.750, 119.250, 117.940,
    116.440, 115.190, 111.875, 110.595, 118.125,
])  # fmt: skip


def test_wilders_rsi_is_as_in_talibs_regression_test() -> None:
    """ta_regtest, test_rsi: period 14, classic: the first value is 49.14."""
    value = calculated("rsi", {"period": 14}, [CLOSE])["value"]

    assert value[14] == pytest.approx(49.14, abs=0.01)
    assert value[15] == pytest.approx(52.32, abs=0.01)


def test_moving_averages_are_as_in_talibs_regression_test() -> None:
    """ta_regtest, test_ma: over 2: 93.15, 94.59; over 30: 90.42; exponential over 10: 93.22; weighted over 2: 93.71."""
    assert calculated("ma", {"kind": "sma", "period": 2}, [CLOSE])["value"][1:3] == pytest.approx([93.1575, 94.595])
    assert calculated("ma", {"kind": "sma", "period": 30}, [CLOSE])["value"][29] == pytest.approx(90.42, abs=0.01)
    assert calculated("ma", {"kind": "ema", "period": 10}, [CLOSE])["value"][9] == pytest.approx(93.22, abs=0.01)
    assert calculated("ma", {"kind": "wma", "period": 2}, [CLOSE])["value"][1] == pytest.approx(93.71, abs=0.01)


def test_the_average_over_two_bands_is_as_worked_out_by_hand() -> None:
    found = calculated("bollinger", {"period": 2, "deviations": 2}, [numpy.array([10.0, 14.0])])

    assert (found["upper"][1], found["middle"][1], found["lower"][1], found["percent_b"][1]) == (16.0, 12.0, 8.0, 0.75)


def test_macd_crosses_where_the_histogram_changes_its_sign() -> None:
    found = calculated("macd", {"fast": 2, "slow": 5, "signal": 3}, [CLOSE])

    histogram, crossover = found["histogram"], found["crossover"]
    for at in range(8, len(CLOSE)):
        wanted = (histogram[at] > 0 >= histogram[at - 1]) - float(histogram[at] < 0 <= histogram[at - 1])
        assert crossover[at] == wanted


def test_a_market_that_stands_still_is_not_oversold() -> None:
    """TA-Lib says 0 of it, which would be a permanent buy."""
    assert talib.RSI(numpy.full(40, 5.0), 14)[-1] == 0

    found = calculated("rsi", {}, [numpy.full(40, 5.0)])

    assert numpy.isnan(found["value"]).all()
    assert not found["oversold"].any()


def test_obv_over_a_period_is_the_difference_of_obv() -> None:
    candles = bars(80)
    whole = calculated("obv", {}, [candles])["value"]
    part = calculated("obv", {"period": 10}, [candles])["value"]

    assert part[10:] == pytest.approx(whole[10:] - whole[:-10])


def test_an_engulfing_bar_points_up() -> None:
    definition = definition_of("pattern")
    example: Any = definition.type.example
    candles = definition.input_adapters["candles"].adapter.validate_python(example["inputs"]["candles"])

    found = calculated("pattern", {"patterns": ["engulfing"]}, [candles])

    assert (bool(found["found"][-1]), found["direction"][-1], found["confidence"][-1]) == (True, 1.0, 1.0)


def test_columns_of_different_lengths_are_refused() -> None:
    with pytest.raises(Exception, match="`a` has 3 values and `b` 2"):
        calculated("correlation", {}, [numpy.arange(3.0), numpy.arange(2.0)])


@pytest.mark.parametrize("expression", ["a / b", "a / b > 1 || !(b != 0)", "-a * (b - 2.5) <= c", "a + b / c"])
def test_an_expression_that_goes_by_place_is_the_same_at_once_and_place_by_place(
    expression: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    columns = [bars(60, seed)["close"] - 99 for seed in (1, 2, 3)]
    columns[1][:3], columns[2][7] = numpy.nan, 0.0
    given = {"expression": Expression(compile_expression(expression), {}), "window": 1}

    at_once = custom.custom(*columns, **given)
    monkeypatch.setattr(custom, "is_by_place", lambda source: False)
    by_place = custom.custom(*columns, **given)

    assert numpy.array_equal(at_once, by_place, equal_nan=True)
    assert not numpy.isnan(at_once[3:7]).any()
