"""An indicator measured on a market's candles, by the function of its node type."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from treadle.errors import NodeError
from treadle.expressions import compile_expression
from treadle.model.nearest import suggest
from treadle.node import Expression, NodeDefinition, Registry
from treadle.packs.trading.bars import COLUMNS, is_bar, read_bars

_PREFIX = "indicator."
_LEAST, _MOST, _TIMES = 200, 5000, 40
"""Candles that are kept: forty times the lookback, past which a seed changes nothing any more."""


class Measure:
    """The candles so far, and what the indicator says of the newest: `now`, `value`, and `before` of the one before."""

    def __init__(self, name: str, settings: Mapping[str, Any], output: str | None) -> None:
        """Raises `NodeError` (`unknown_indicator`)."""
        self._definition = find_indicator(name)
        self._config = {key: _bound(self._definition, key, value) for key, value in settings.items()}
        self._input = self._definition.input_names[0]
        self._output = output or self._definition.type.outputs[0].name
        lookback = self._definition.lookback_of(self._config) or 0
        self.keep = min(max(_LEAST, _TIMES * (lookback + 1)), _MOST)
        self._columns: dict[str, Any] = {}
        self.now: Mapping[str, Any] = {}
        self.before: Mapping[str, Any] | None = None

    @property
    def time(self) -> int:
        """When the newest candle opened (ms); 0: there is none."""
        return int(self._columns["time"][-1]) if self._columns and len(self._columns["time"]) else 0

    @property
    def candle(self) -> dict[str, Any]:
        return {**{name: self._columns[name][-1].item() for name in COLUMNS}, "closed": True}

    @property
    def value(self) -> float | None:
        """None while it warms up."""
        found = self.now.get(self._output)
        return None if found is None else float(found)

    def fill(self, bars: Mapping[str, Any]) -> None:
        """Begin with these candles, which are over."""
        self._columns = {name: bars[name][-self.keep :] for name in COLUMNS}
        self._calculate()

    def add(self, candle: Mapping[str, Any]) -> None:
        """Go on by one that is over, and is later. Raises `NodeError` for what cannot be one."""
        import numpy

        row = read_bars(candle)
        if not is_bar(row) or row["time"] <= self.time:
            return
        self._columns = {name: numpy.append(self._columns[name], row[name])[-self.keep :] for name in COLUMNS}
        self._calculate()

    def _calculate(self) -> None:
        import numpy

        self.now, self.before = {}, None
        if self.time == 0:
            return
        column = self._definition.input_adapters[self._input].adapter.validate_python({**self._columns, "closed": True})
        ports = self._definition.ports_of(self._definition(column, **self._config))
        columns = {name: numpy.asarray(port) for name, port in ports.items()}
        self.now = {name: _plain(port[-1].item()) for name, port in columns.items()}
        if all(len(port) > 1 for port in columns.values()):
            self.before = {name: _plain(port[-2].item()) for name, port in columns.items()}


def _plain(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value


@lru_cache(maxsize=1)
def _registry() -> Registry:
    return Registry.installed()


def find_indicator(name: str) -> NodeDefinition:
    """Raises `NodeError` (`unknown_indicator`): there is none, or it cannot be told from the candles of one market."""
    found = _registry().find(_PREFIX + name.removeprefix(_PREFIX))
    if found is None:
        known = [one.removeprefix(_PREFIX) for one in _registry().names() if one.startswith(_PREFIX)]
        raise _no_indicator(f"There is no indicator `{name}`.", suggest(name, known, f"There are {', '.join(known)}."))
    needed = [port.name for port in found.type.inputs if port.required]
    if len(needed) != 1 or needed[0] not in found.columns:
        remedy = "Use its node behind a `trigger.stream` of candles."
        raise _no_indicator(f"`{found.name}` is not measured on the candles of one market.", remedy)
    return found


def _no_indicator(message: str, remedy: str) -> NodeError:
    return NodeError(message, code="unknown_indicator", remedy=remedy, retryable=False)


def find_problems(name: object, settings: Mapping[str, Any], output: object) -> list[str]:
    """What is wrong with an indicator and its config, as a check says it; what is a template is not judged."""
    if not isinstance(name, str) or "{{" in name:
        return []
    try:
        found = find_indicator(name)
    except NodeError as error:
        return [f"{error.message.rstrip('.')}. {error.remedy}"]
    templates = frozenset(key for key, value in settings.items() if "{{" in str(value))
    known = [field.name for field in found.type.config]
    problems = [
        f"`settings`: `{found.name}` has no field `{key}`. {suggest(key, known, f'Its fields are {known}.')}"
        for key in settings
        if key not in known
    ]
    problems += [
        f"`settings.{'.'.join(map(str, where))}` {message}" if where else f"`settings`: {message}"
        for where, message in found.config_problems(settings, templates)
    ]
    outputs = [port.name for port in found.type.outputs]
    if isinstance(output, str) and output not in outputs:
        problems.append(f"`{found.name}` has no output `{output}`. {suggest(output, outputs, f'It has {outputs}.')}")
    if not problems and not templates and found.lookback_of(settings) is None:
        problems.append(f"`{found.name}` sums up all there ever was. Set its `period`, if it has one.")
    return problems


def _bound(definition: NodeDefinition, key: str, value: Any) -> Any:
    field = definition.type.field_named(key)
    if field is not None and field.kind == "expression" and isinstance(value, str):
        return Expression(compile_expression(value), {})
    return definition.config_value(key, value)
