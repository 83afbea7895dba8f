"""The honesty report: what speaks against a result, whatever it says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from treadle.model.counted import counted
from treadle.node.registry import Registry
from treadle.service.backtests.look_ahead import LookAhead, find_look_ahead
from treadle.service.reporting.finding import Finding

if TYPE_CHECKING:
    from treadle.service.backtests.request import BacktestRequest
    from treadle.service.backtests.result import BacktestResult


@dataclass(frozen=True, slots=True)
class WarmUpNode:
    """An indicator, and in how many runs from the first on it had nothing to say."""

    node: str
    runs: int


@dataclass(frozen=True, slots=True)
class WarmUp:
    """`runs` passed before every indicator had what it needs; `ends` is when (ms), None: never."""

    runs: int
    ends: int | None
    nodes: Sequence[WarmUpNode] = ()


@dataclass(slots=True)
class Honesty:
    look_ahead: LookAhead
    warm_up: WarmUp
    open_trades: Sequence[dict[str, str]] = ()
    no_volume: int = 0
    findings: list[Finding] = field(default_factory=list[Finding])

    def to_dict(self) -> dict[str, Any]:
        return {
            "look_ahead": self.look_ahead.to_dict(),
            "warm_up": asdict(self.warm_up),
            "open_trades": list(self.open_trades),
            "no_volume": self.no_volume,
            "findings": [one.to_dict() for one in self.findings],
        }


def examine(request: BacktestRequest, result: BacktestResult, registry: Registry) -> Honesty:
    """Of a test that is over. What it finds is among the warnings of the result, too."""
    ahead = find_look_ahead(request.workflow, result.history, registry)
    warm_up = find_warm_up(result)
    findings = [
        Finding(
            "look_ahead",
            f"`{node.node}` looks ahead: {node.message} No figure here can be had when it trades.",
            "error",
        )
        for node in ahead.nodes
        if node.looks_ahead
    ]
    if warm_up.runs:
        total = max(warm_up.runs, sum(result.runs.values()))
        said = tell_warm_up(warm_up, total)
        findings.append(Finding("warm_up", said, "warning" if warm_up.runs > 0.2 * total else "info"))
    result.warnings += [one for one in findings if one not in result.warnings]
    return Honesty(
        ahead,
        warm_up,
        [{"symbol": one.symbol, "quantity": f"{one.quantity:f}"} for one in result.open],
        0 if result.history is None else result.history.without_volume(result.begins, result.ends),
        findings,
    )


def tell_warm_up(found: WarmUp, total: int) -> str:
    slow = ", ".join(f"`{one.node}`" for one in found.nodes if one.runs == found.runs)
    if found.runs >= total:
        return f"{slow} never had bars enough, in {counted(total, 'run')}."
    share = found.runs / total
    part = f" ({share:.0%})" if share >= 0.005 else ""
    first = "first" if found.runs == 1 else f"first {found.runs:,}"
    return f"{slow} had too few bars in the {first} of {counted(total, 'run')}{part}."


def find_warm_up(result: BacktestResult) -> WarmUp:
    """Of the indicators that have ever said anything, and of those that never have."""
    values = result.values
    if values is None or not len(values.times):
        return WarmUp(0, None)
    first: dict[str, int] = {}
    count = len(values.times)
    if whole := list(values.whole()):
        for node, _, _, column in whole:
            first[node] = min(first.get(node, len(column)), _first(column))
        runs, times = max(first.values()), whole[0][2]
        nodes = [WarmUpNode(node, at) for node, at in first.items() if at]
        return WarmUp(runs, int(times[runs]) if runs < len(times) else None, nodes)
    for node, port in values.ports:
        if result.nodes.get(node, ("", ""))[0].startswith("indicator."):
            column = values.column(node, port)
            first[node] = min(first.get(node, count), _first(column))
    runs = max(first.values(), default=0)
    nodes = [WarmUpNode(node, at) for node, at in first.items() if at]
    return WarmUp(runs, int(values.times[runs]) if runs < count else None, nodes)


def _first(column: Any) -> int:
    """The place of the first value that is one."""
    for place, value in enumerate(column):
        found = value.get("last") if isinstance(value, dict) else value  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
        found = found[-1] if isinstance(found, list) and found else found  # pyright: ignore[reportUnknownVariableType]
        if found is not None and found == found:
            return place
    return len(column)
