"""The space of a search: its axes, and which of their combinations go together."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from treadle.errors import InvalidWorkflow
from treadle.model.counted import counted
from treadle.model.issue import Issue
from treadle.model.workflow import Workflow
from treadle.node.registry import Registry
from treadle.service.backtests.search.axis import Axis, AxisReader, Path
from treadle.service.backtests.search.metric import find_metric_problem
from treadle.service.backtests.search.request import METHODS, Sweep

MOST_VARIANTS = 1_000_000
Values = tuple[Any, ...]
"""One for each axis."""


@dataclass(frozen=True, slots=True)
class _Rule:
    """What a node says of its settings together. `places` are those of its axes."""

    places: tuple[int, ...]
    fields: tuple[str, ...]
    config: Mapping[str, Any]
    check: Callable[[Mapping[str, Any]], list[str]]
    found: dict[tuple[str, ...], bool]

    def allows(self, values: Values) -> bool:
        # Asked once for each combination of this node's own values: there are fewer of these than of all.
        picked = [values[place] for place in self.places]
        key = tuple(map(repr, picked))
        known = self.found.get(key)
        if known is None:
            known = not self.check({**self.config, **dict(zip(self.fields, picked, strict=True))})
            self.found[key] = known
        return known


@dataclass(frozen=True, slots=True)
class Space:
    axes: tuple[Axis, ...]
    rules: tuple[_Rule, ...]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(axis.name for axis in self.axes)

    @property
    def size(self) -> float:
        """How many combinations there are, those that do not go together among them; infinite where an axis is."""
        return math.prod(math.inf if axis.values is None else len(axis.values) for axis in self.axes)

    def allows(self, values: Values) -> bool:
        """Whether these values go together: a node may say that one must be below another."""
        return all(rule.allows(values) for rule in self.rules)


def read_space(sweep: Sweep, workflow: Workflow, registry: Registry, *, place: Path = ("sweep",)) -> Space:
    """Raises `InvalidWorkflow` with everything that is wrong with a sweep, each where it stands below `place`."""
    reader = AxisReader(workflow, registry, drawn=sweep.method != "grid", place=place)
    axes = [reader.read(number, parameter) for number, parameter in enumerate(sweep.parameters)]
    issues = [*reader.issues, *_find_problems(sweep, place)]
    known = [axis for axis in axes if axis is not None]
    if not issues:
        space = Space(tuple(known), tuple(_rules(known, workflow, registry)))
        most = min(space.size, math.inf if sweep.count is None else sweep.count)
        if sweep.method == "grid" and most <= MOST_VARIANTS:
            return space
        if sweep.method != "grid":
            return space
        issues.append(
            Issue(
                "too_many_variants",
                f"There are {int(space.size):,} combinations; at most {MOST_VARIANTS:,} are tried.",
                path=(*place, "parameters"),
                remedy="Take longer steps, say how many (`count`), or have them drawn (`random`, `bayesian`).",
            )
        )
    raise InvalidWorkflow(" ".join(one.message for one in issues), code=issues[0].code, issues=tuple(issues))


def _find_problems(sweep: Sweep, place: Path) -> list[Issue]:
    found: list[Issue] = []
    if not sweep.parameters:
        remedy = "Name one: `--sweep node.field=low:high:step`."
        found.append(Issue("invalid_range", "There is no parameter to try.", (*place, "parameters"), remedy=remedy))
    for name, count in Counter(one.name for one in sweep.parameters).items():
        if count > 1:
            message = f"`{name}` is there {counted(count, 'time')}."
            found.append(Issue("duplicate_key", message, (*place, "parameters"), remedy="Keep one."))
    if sweep.method not in METHODS:
        message, remedy = f"There is no method `{sweep.method}`.", f"It is one of {', '.join(METHODS)}."
        found.append(Issue("invalid_value", message, (*place, "method"), remedy=remedy))
    if sweep.count is not None and not 1 <= sweep.count <= MOST_VARIANTS:
        message, remedy = f"{sweep.count:,} variants cannot be tried.", f"Say a number from 1 to {MOST_VARIANTS:,}."
        found.append(Issue("parameter_out_of_range", message, (*place, "count"), remedy=remedy))
    problem = find_metric_problem(sweep.metric, (*place, "metric"))
    return [*found, problem] if problem is not None else found


def _rules(axes: Sequence[Axis], workflow: Workflow, registry: Registry) -> list[_Rule]:
    rules: list[_Rule] = []
    for node in workflow.nodes:
        places = tuple(place for place, axis in enumerate(axes) if axis.node == node.id)
        check = registry.get(node.type).config_check if places else None
        if check is not None:
            fields = tuple(axes[place].field for place in places)
            rules.append(_Rule(places, fields, node.config, check, {}))
    return rules
