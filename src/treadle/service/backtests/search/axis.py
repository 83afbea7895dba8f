"""One parameter of a search: the values it may have, checked against what takes them."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from treadle.authoring.inputs import validate_input
from treadle.errors import NodeError
from treadle.model.issue import Issue
from treadle.model.nearest import listed, suggest
from treadle.model.port import TRIGGER
from treadle.model.wanted import told_of
from treadle.model.workflow import Workflow
from treadle.node.definition import NodeDefinition
from treadle.node.registry import Registry
from treadle.service.backtests.search.applying import split
from treadle.service.backtests.search.request import Parameter

MOST_VALUES = 100_000
_BOUNDS = frozenset({
    "greater_than", "greater_than_equal", "less_than", "less_than_equal", "multiple_of", "literal_error", "enum",
    "string_too_long", "string_too_short", "too_long", "too_short", "value_error",
})  # fmt: skip
"""What pydantic calls a value of the right kind that is not allowed."""
Path = tuple[str | int, ...]
_Problem = tuple[str, str]
"""(code, message)"""


@dataclass(frozen=True, slots=True)
class Axis:
    """A parameter with its values, or (`values` is None) with any number from `low` to `high`."""

    name: str
    node: str | None
    field: str
    values: tuple[Any, ...] | None
    low: float = 0.0
    high: float = 0.0

    def draw(self, chance: random.Random) -> Any:
        if self.values is not None:
            return self.values[chance.randrange(len(self.values))]
        return self.rounded(chance.uniform(self.low, self.high))

    def rounded(self, value: float) -> float:
        """To six places that count, so that it can be read and written down."""
        return min(self.high, max(self.low, float(f"{value:.6g}")))


class AxisReader:
    """Makes axes of parameters, and notes whatever is wrong with any of them."""

    def __init__(self, workflow: Workflow, registry: Registry, *, drawn: bool, place: Path) -> None:
        self._workflow, self._registry, self._drawn, self._place = workflow, registry, drawn, place
        self.issues: list[Issue] = []

    def read(self, number: int, parameter: Parameter) -> Axis | None:
        before = len(self.issues)
        place = (*self._place, "parameters", number)
        node, field = split(parameter.name, self._workflow)
        check = self._check_of(parameter.name, node, field, place)
        values = self._values(parameter, place)
        if check is not None:
            self._check(parameter, values, check, place)
        if len(self.issues) > before:
            return None
        if values is None:
            assert parameter.low is not None
            assert parameter.high is not None
            return Axis(parameter.name, node, field, None, parameter.low, parameter.high)
        return Axis(parameter.name, node, field, values)

    # What takes the values

    def _check_of(
        self, name: str, node: str | None, field: str, place: Path
    ) -> Callable[[Any], _Problem | None] | None:
        place = (*place, "name")
        if not field:
            self.refuse(
                "unknown_parameter", f"`{name}` names no setting.", place, "Write `node.field` or `input.name`."
            )
            return None
        if node is None:
            return self._input_check(field, place)
        found = self._workflow.find_node(node)
        if found is None:
            nodes = [one.id for one in self._workflow.nodes]
            remedy = suggest(node, nodes, f"Its nodes are {listed(nodes)}.")
            self.refuse("unknown_node", f"`{name}`: there is no node `{node}`.", place, remedy)
            return None
        definition = self._registry.get(found.type)
        ports = [port.name for port in definition.type.inputs_of(found.config) if port.name != TRIGGER.name]
        if definition.type.field_named(field) is None and field not in ports:
            known = [one.name for one in definition.type.config] + ports
            remedy = suggest(field, known, f"It has {listed(known)}." if known else "It has no settings.")
            self.refuse("unknown_config", f"`{name}`: `{found.type}` has no setting `{field}`.", place, remedy)
            return None
        if any(wire.target == node and wire.input == field for wire in self._workflow.connections):
            told = f"`{name}` is connected: what comes over the connection counts, whatever its value is."
            self.refuse("connected_input", told, place, "Vary a setting of the node that it comes from.")
            return None
        return _check_of(definition, field)

    def _input_check(self, field: str, place: Path) -> Callable[[Any], _Problem | None] | None:
        workflow = self._workflow
        if workflow.inputs and field not in workflow.inputs:
            remedy = suggest(field, workflow.inputs, f"The inputs are {listed(workflow.inputs)}.")
            self.refuse("unknown_input", f"The workflow has no input `{field}`.", place, remedy)
            return None

        def check(value: Any) -> _Problem | None:
            found = [one for one in validate_input(workflow, {field: value})[1] if one.path[:2] == ("input", field)]
            return ("parameter_out_of_range", found[0].message) if found else None

        return check

    def _check(
        self,
        parameter: Parameter,
        values: Sequence[Any] | None,
        check: Callable[[Any], _Problem | None],
        place: Path,
    ) -> None:
        """A list value by value; of a range its ends, and the one after the first, which tells whether it is whole."""
        if parameter.values is not None:
            tried: list[tuple[str, Any]] = [("values", value) for value in parameter.values]
        elif values:
            tried = [("low", values[0]), ("step", values[min(1, len(values) - 1)]), ("high", values[-1])]
        elif values is None:
            tried = [("low", parameter.low), ("high", parameter.high)]
        else:
            return
        seen: set[str] = set()
        for where, value in tried:
            problem = check(value)
            if problem is not None and problem[1] not in seen:
                seen.add(problem[1])
                code, told = problem
                self.refuse(code, f"`{parameter.name}` cannot be {value!r}: {told}.", (*place, where), None)

    # The values

    def _values(self, parameter: Parameter, place: Path) -> tuple[Any, ...] | None:
        """Empty where something is wrong; None: any number between."""
        name = parameter.name
        if parameter.values is not None:
            if not parameter.values:
                self.refuse("invalid_range", f"`{name}` has no values.", (*place, "values"), "Give it some.")
            return tuple(_distinct(parameter.values))
        low, high, step = parameter.low, parameter.high, parameter.step
        if low is None or high is None:
            remedy = "Give it `values`, or `low` and `high`."
            self.refuse("invalid_range", f"`{name}` has neither values nor a range.", place, remedy)
            return ()
        if not (math.isfinite(low) and math.isfinite(high) and low <= high):
            self.refuse("invalid_range", f"`{name}` goes from {low:g} to {high:g}.", place, "Begin with the lower one.")
            return ()
        if step is not None and not (math.isfinite(step) and step > 0):
            self.refuse("invalid_range", f"`{name}` goes by {step:g}.", (*place, "step"), "A step is above 0.")
            return ()
        if step is None and not (float(low).is_integer() and float(high).is_integer()):
            if self._drawn:
                return None
            remedy = "Give a step; or have variants drawn (random, Bayesian)."
            self.refuse("invalid_range", f"`{name}` has no step, and a grid needs one.", (*place, "step"), remedy)
            return ()
        return self._stepped(parameter, low, high, 1.0 if step is None else step, place)

    def _stepped(self, parameter: Parameter, low: float, high: float, step: float, place: Path) -> tuple[Any, ...]:
        # Exact: ten steps of 0.1 are 1.
        first, last, by = (Decimal(str(one)) for one in (low, high, step))
        count = int((last - first) / by) + 1
        if count > MOST_VALUES:
            message = f"`{parameter.name}` has {count:,} values; at most {MOST_VALUES:,} are tried."
            self.refuse("too_many_variants", message, (*place, "step"), "Take longer steps.")
            return ()
        values = (first + number * by for number in range(count))
        if all(one == one.to_integral_value() for one in (first, by)):
            return tuple(int(value) for value in values)
        return tuple(float(value) for value in values)

    def refuse(self, code: str, message: str, place: Path, remedy: str | None) -> None:
        self.issues.append(Issue(code, message, path=place, remedy=remedy))


def _check_of(definition: NodeDefinition, field: str) -> Callable[[Any], _Problem | None] | None:
    """What a setting, or an input without a connection, says of a value."""
    if definition.type.field_named(field) is None:
        adapter = definition.input_adapters.get(field)
        if adapter is None or field == definition.variadic:
            return None

    def check(value: Any) -> _Problem | None:
        try:
            if definition.type.field_named(field) is None:
                definition.input_adapters[field].adapter.validate_python(value)
            else:
                definition.config_value(field, value)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            return "parameter_out_of_range" if first["type"] in _BOUNDS else "invalid_value", told_of(first)
        except NodeError as error:
            return "invalid_value", error.message.removesuffix(".")
        return None

    return check


def _distinct(values: Sequence[Any]) -> Iterator[Any]:
    seen: set[str] = set()
    for value in values:
        if (told := repr(value)) not in seen:
            seen.add(told)
            yield value
