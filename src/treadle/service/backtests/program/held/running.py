"""A test with accounts in memory, from the bars to the result."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from treadle.node.registry import Registry
from treadle.service.backtests.doubts import find_doubts
from treadle.service.backtests.history import History
from treadle.service.backtests.placing import with_placers
from treadle.service.backtests.program.held.driving import HeldDrive, Progress
from treadle.service.backtests.program.held.planning import plan_held
from treadle.service.backtests.program.held.values import HeldValues
from treadle.service.backtests.program.refusing import Reason
from treadle.service.backtests.request import BacktestRequest
from treadle.service.backtests.result import BacktestResult
from treadle.service.bots.book import keep_book
from treadle.service.bots.fill import read_fill
from treadle.service.reporting.finding import Finding


async def run_held(
    request: BacktestRequest, history: History, registry: Registry, since: datetime, until: datetime,
    progress: Progress = lambda done, all: None, *, because: Sequence[Reason] = (),
) -> BacktestResult:  # fmt: skip
    """`because` is what keeps it from being generated. Raises `NotCompiled` with what keeps it from this way, too,
    which may show only while it runs."""
    drive = HeldDrive(plan_held(request, history, registry, since, until))
    values = HeldValues(drive.program)
    drive.takes = values.take
    await drive.run(progress)
    result = tell_held(drive, because)
    result.values = values
    return result


def tell_held(drive: HeldDrive, because: Sequence[Reason]) -> BacktestResult:
    program, records = drive.program, drive.records
    bound, history = program.bound, program.history
    result = BacktestResult(
        bound.workflow.name, bound.workflow.version, program.since, program.until,
        bars=history.count_within(program.since, program.until),
        timeframe=min(history.bars.values(), key=lambda one: one.length).timeframe,
    )  # fmt: skip
    fills = records.all("fill")
    book = keep_book(read_fill(key, value) for key, value in fills)
    result.currency, result.equity = drive.currency, drive.equity
    result.runs, result.messages = dict(drive.counts), drive.messages
    result.trades = book.trades
    result.open = sorted(book.open, key=lambda one: (one.opened_at is None, one.opened_at, one.symbol))
    result.orders = [value for _, value in records.all("order")]
    result.fills = with_placers(sorted((value for _, value in fills), key=_happened), result.orders)
    result.fees = sum((Decimal(str(value["fee"])) for _, value in fills), Decimal(0))
    result.way, result.explain = "compiled", list(_explain(drive, because))
    result.nodes = {one.id: (one.type, one.title or one.id) for one in bound.workflow.nodes}
    result.history, result.providers = history, bound.providers
    result.warnings += [Finding("reconciled", text) for text in drive.told]
    result.warnings += bound.warnings
    result.warnings += find_doubts(result)
    return result


def _explain(drive: HeldDrive, because: Sequence[Reason]) -> Iterator[dict[str, Any]]:
    """First why nothing is generated for it."""
    program, passing = drive.program, drive.passing
    runs, said = len(program.moments), {one.node: one.text for one in because}
    for one in because:
        if one.node is None:
            yield {"node": "", "part": "stepped", "why": one.text, "bars": None}
    columns = {} if passing is None else passing.markets.columns
    for node in program.plan.graph.nodes:
        if node.kind == "trigger":
            why = "it says when it runs, which is known before"
            yield {"node": node.id, "part": "column", "why": why, "bars": runs}
        elif node.index in columns:
            why = "it depends on candles and constants alone"
            yield {"node": node.id, "part": "column", "why": why, "bars": len(columns[node.index].panel.prices)}
        else:
            why = "every run is taken exactly" if passing is None else "runs that may do something are taken exactly"
            yield {"node": node.id, "part": "stepped", "why": said.get(node.id, why), "bars": drive.stepped}


def _happened(fill: Mapping[str, Any]) -> tuple[str, str, int]:
    return fill["at"], fill.get("group", ""), int(fill.get("sequence", 0))
