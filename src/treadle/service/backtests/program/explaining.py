"""How a backtest is worked out, node by node: what is a column, what is stepped and at how many moments, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from treadle.engine.plan import NodePlan
from treadle.engine.settle import sources_of
from treadle.model.workflow import Workflow
from treadle.service.backtests.program.driving import Drive
from treadle.service.backtests.program.generating import OUTPUTS
from treadle.service.backtests.program.planning import ORDERS
from treadle.service.backtests.program.refusing import Reason

_CANDLES = "market.candles"
_OF_THE_MARKET = {
    "market.provider": "it is the same in every run",
    "market.candles": "it depends on the market alone",
    "market.quote": "it depends on the market alone",
}


def explain_drive(drive: Drive) -> list[dict[str, Any]]:
    """After it has run."""
    return [_row(drive, node) for node in drive.program.plan.graph.nodes]


def explain_engine(workflow: Workflow, reasons: Sequence[Reason]) -> list[dict[str, Any]]:
    """Why it goes run by run through the engine; first what is said of the whole."""
    said = {one.node: one.text for one in reasons}
    rows = [{"node": "", "part": "engine", "why": one.text, "bars": None} for one in reasons if one.node is None]
    for node in workflow.nodes:
        why = said.get(node.id, "the workflow goes through the engine as a whole")
        rows.append({"node": node.id, "part": "engine", "why": why, "bars": None})
    return rows


def _row(drive: Drive, node: NodePlan) -> dict[str, Any]:
    moments = len(drive.program.moments)
    if node.index in drive.panel.nodes:
        why, joined = "it depends on candles and constants alone", drive.panel.nodes[node.index].candles.joined
        bars = len(drive.program.prices if joined is None else joined.prices)
        return {"node": node.id, "part": "column", "why": why, "bars": bars}
    if node.kind == "trigger":
        return {
            "node": node.id,
            "part": "column",
            "why": "it says when it runs, which is known before",
            "bars": moments,
        }
    if node.definition.name in _OF_THE_MARKET and _is_known(drive, node):
        return {"node": node.id, "part": "column", "why": _OF_THE_MARKET[node.definition.name], "bars": moments}
    gone = len(drive.lane) if drive.lane is not None else moments
    return {"node": node.id, "part": "stepped", "why": "; ".join(_why(drive, node)), "bars": gone}


def _why(drive: Drive, node: NodePlan) -> Iterator[str]:
    name, left = node.definition.name, _left(drive)
    if name in ORDERS:
        yield "it orders"
    elif name == _CANDLES:
        yield "it asks for the bar that is not over, or for bars that these cannot be put together to"
    elif name.startswith("market."):
        yield "it depends on the account"
    elif name == "data.variable":
        yield "it keeps a value from run to run"
    else:
        yield _why_pure(drive, node)
    if drive.lane is None:
        yield "every run is taken exactly, as some nodes wait to be asked for (`lazy`)"
    elif OUTPUTS in left:
        yield f"every run is taken exactly: {left[OUTPUTS]}"
    elif node.index in left:
        yield f"{left[node.index]}: the runs in which it does something are taken exactly"


def _why_pure(drive: Drive, node: NodePlan) -> str:
    nodes = drive.program.plan.graph.nodes
    stepped = [nodes[at].id for at in sorted(set(sources_of(node))) if not _is_known(drive, nodes[at])]
    if stepped:
        named = ", ".join(f"`{one}`" for one in stepped)
        return f"it depends on {named}, which {'is' if len(stepped) == 1 else 'are'} stepped"
    if node.series is not None:
        return "it may fail, or is asked for in some runs only: so it is no column, though what it depends on is known"
    return "it decides in each run; what it decides on is known before"


def _is_known(drive: Drive, node: NodePlan) -> bool:
    """Whether what it says at any time is known before the test."""
    if node.definition.name == _CANDLES:
        return node.index in drive.panel.candles
    return node.index in drive.panel.nodes or node.kind == "trigger" or node.definition.name in _OF_THE_MARKET


def _left(drive: Drive) -> Mapping[int, str]:
    return {} if drive.generated is None else drive.generated.left
