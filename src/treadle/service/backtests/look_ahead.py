"""Whether a node looks ahead: what it says over the first bars has to be what it says over all of them.

Runs of a backtest see no bar that is not over. A node that is given a whole column may still tell of a value by those
after it, and then nobody trades as it did; so each node of columns is asked for several beginnings, and for the whole.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from treadle.engine.compile import compile_plan
from treadle.engine.plan import NodePlan
from treadle.engine.replaying import walk
from treadle.errors import TreadleError
from treadle.model.workflow import Workflow
from treadle.node.registry import Registry
from treadle.node.series import Collects, is_missing

if TYPE_CHECKING:
    from treadle.service.backtests.data.arrays import BarArrays
    from treadle.service.backtests.history import History

MOST_BARS = 20_000
"""The last so many are looked at: who looks ahead does so everywhere."""
_CLOSE = 1e-9
"""Columns of other lengths are added up in another order: so much of a value may differ, relatively."""


@dataclass(frozen=True, slots=True)
class Checked:
    """`at` is the first bar (ms) of which it said something else once it had seen later ones."""

    node: str
    looks_ahead: bool
    at: int | None = None
    message: str | None = None


@dataclass(frozen=True, slots=True)
class LookAhead:
    """What was found of every node of columns; of those whose settings change from run to run, nothing."""

    nodes: Sequence[Checked] = ()

    def to_dict(self) -> dict[str, Any]:
        return {
            "checked": bool(self.nodes),
            "found": [one.node for one in self.nodes if one.looks_ahead],
            "nodes": [asdict(one) for one in self.nodes],
        }


def find_look_ahead(workflow: Workflow, history: History | None, registry: Registry) -> LookAhead:
    """Of the nodes of a workflow, those in containers too, over the bars of its first market."""
    bars = None if history is None else next(iter(history.bars.values()), None)
    if bars is None or len(bars) < 2:
        return LookAhead()
    bars = bars.cut(max(0, len(bars) - MOST_BARS), len(bars))
    try:
        plan = compile_plan(workflow, registry)
    except TreadleError:
        return LookAhead()
    found = [_check(path, node, bars) for path, node in walk(plan) if node.kind == "pure" and node.series is not None]
    return LookAhead([one for one in found if one is not None])


def _check(path: str, node: NodePlan, bars: BarArrays) -> Checked | None:
    """None, where it cannot be asked: it wants something beside columns, or gives none."""
    count = len(bars)
    whole = _ask(node, bars, count)
    if not whole:
        return None
    first: tuple[int, str] | None = None
    for end in sorted({count // 4, count // 2, count * 3 // 4, count - 3, count - 2, count - 1}):
        part = _ask(node, bars, end) if end > 1 else None
        for port, values in (part or {}).items():
            place = _difference(values, whole.get(port), end)
            if place is not None and (first is None or place < first[0]):
                first = (place, port)
    if first is None:
        return Checked(path, looks_ahead=False)
    place, port = first
    at = int(bars.time[place])
    said = (
        f"what `{port}` says of the bar at {datetime.fromtimestamp(at / 1000, UTC):%Y-%m-%d %H:%M} UTC "
        "is another thing once later bars are known."
    )
    return Checked(path, True, at, said)


def _ask(node: NodePlan, bars: BarArrays, end: int) -> Mapping[str, Any] | None:
    """Its columns over the first bars, by port."""
    arguments = _arguments(node, bars, end)
    if arguments is None or node.dynamic_config:
        return None
    try:
        ports = node.definition.ports_of(node.definition.function(*arguments, **node.static_config))
    except Exception:  # whatever a node makes of too few bars, or of others than it is made for
        return None
    return {
        name: value
        for name, value in ports.items()
        if not is_missing(value) and getattr(value, "ndim", 0) == 1 and len(value) == end
    }


def _arguments(node: NodePlan, bars: BarArrays, end: int) -> list[Any] | None:
    assert node.series is not None
    marks = dict(node.series.columns)
    found: list[Any] = []
    for place, item in enumerate(node.inputs):
        mark = marks.get(place)
        if mark is not None:
            found.append(_column(mark, bars.cut(0, end), is_first=not any(one is not None for one in found)))
        elif item.sources or item.render is not None or item.has_constant:
            return None
        else:
            found.append(item.default)
    return found


def _column(mark: Collects, bars: BarArrays, *, is_first: bool) -> Any:
    """Prices, as an input of this kind is given them: several inputs are given several prices."""
    import numpy

    if mark.width == 6:
        rows = numpy.column_stack([bars.time, bars.open, bars.high, bars.low, bars.close, bars.volume])
    else:
        price = bars.close if is_first else bars.open
        rows = numpy.column_stack([bars.time] * (mark.width - 1) + [price]) if mark.width > 1 else price[:, None]
    return mark.join(rows.astype(numpy.float64))


def _difference(part: Any, whole: Any, end: int) -> int | None:
    """The first place where two columns are not the same; a number that is none is the same as another."""
    import numpy

    if whole is None:
        return 0
    a, b = numpy.asarray(part, dtype=float), numpy.asarray(whole, dtype=float)[:end]
    with numpy.errstate(invalid="ignore"):
        scale = numpy.maximum(1e-300, numpy.maximum(abs(a), abs(b)))
        same = (a == b) | (numpy.isnan(a) & numpy.isnan(b)) | (abs(a - b) <= _CLOSE * scale)
    wrong = numpy.flatnonzero(~same)
    return int(wrong[0]) if len(wrong) else None
