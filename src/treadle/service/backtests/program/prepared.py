"""A workflow made ready once, to be tested with many settings: bars, prices, columns and generated code are shared by
all variants that have them in common."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from treadle.errors import TreadleError
from treadle.node.registry import Registry
from treadle.service.backtests.backtest import find_period
from treadle.service.backtests.history import History, read_history
from treadle.service.backtests.program.columns import ColumnNode, Panel, find_columns
from treadle.service.backtests.program.compiling import compile_step
from treadle.service.backtests.program.driving import Drive
from treadle.service.backtests.program.evaluating import Evaluating
from treadle.service.backtests.program.hoisting import Hoisting, shape_of, tokens_of
from treadle.service.backtests.program.planning import Program, plan_program
from treadle.service.backtests.program.refusing import NotCompiled, cannot_compile
from treadle.service.backtests.program.varying import Varied, vary
from treadle.service.backtests.request import BacktestRequest
from treadle.service.backtests.search.applying import split, with_values
from treadle.service.settings import Settings
from treadle.simulation.compiled.twin import can_compile

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray

Changes = Mapping[str, Any]
"""Values by `node.field` or `input.name`."""

_WORTH = 300_000
"""Moments, of all variants together, from which on compiled code is worth being loaded."""
_PATIENCE = 2_000_000
"""Moments that are gone through in plain Python before other code than the first is compiled, which takes seconds."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """One variant: its figures, and the returns of its equity from look to look. `error`: what it failed of."""

    figures: Mapping[str, Any]
    returns: NDArray[numpy.float64] | None = None
    way: str = "compiled"
    error: TreadleError | None = None


class Prepared:
    def __init__(self, request: BacktestRequest, registry: Registry, history: History, program: Program) -> None:
        self._request, self._registry, self._history, self._program = request, registry, history, program
        self._panel = find_columns(program.plan, program.prices, program.roots)
        self._evaluating = Evaluating(program)
        self._bases: dict[bool, Drive] = {}
        """Of the request as it is, by whether it is compiled: what column variants share."""
        self._sources: set[str] = set()
        """What has been compiled: other code than the first is not worth it for one variant."""
        self._shapes: dict[tuple[str, ...], Hoisting] = {}
        self._plain = 0
        self._lock = threading.Lock()

    @classmethod
    def of(cls, request: BacktestRequest, settings: Settings, registry: Registry) -> Prepared:
        """Read the bars and plan. Raises `InvalidWorkflow` for what is wrong with either, and (`cannot_compile`) with
        everything that keeps the workflow from being compiled."""
        history = read_history(request, settings)
        since, until = find_period(request, history)
        try:
            return cls(request, registry, history, plan_program(request, history, registry, since, until))
        except NotCompiled as refused:
            raise cannot_compile(request.workflow.name, refused.reasons) from None

    def evaluate(self, changes: Changes) -> Evaluation:
        """One variant; whatever it fails of is told, not raised. Not to be called within an event loop."""
        return self.evaluate_many([changes], threads=1)[0]

    def evaluate_many(self, variants: Sequence[Changes], *, threads: int) -> list[Evaluation]:
        """In the order of the variants. What is compiled goes on side by side."""
        compiled = self._is_worth(len(variants))
        if variants:
            self._base(compiled)  # what all need is made by one
        found: list[Evaluation | None] = [None] * len(variants)
        waiting = iter(enumerate(variants))

        def work() -> None:
            with asyncio.Runner() as runner:
                for number, changes in waiting:
                    found[number] = self._evaluate(changes, compiled, runner)

        if threads == 1 or len(variants) < 2:
            work()
        else:
            with ThreadPoolExecutor(threads) as pool:
                for one in [pool.submit(work) for _ in range(min(threads, len(variants)))]:
                    one.result()
        return [one for one in found if one is not None]

    def _evaluate(self, changes: Changes, is_jitted: bool, runner: asyncio.Runner) -> Evaluation:
        try:
            drive, evaluating = self._drive(changes, is_jitted)
            runner.run(drive.run())
            figures, returns = evaluating.figures(drive.trading)
        except NotCompiled as refused:
            return Evaluation({}, error=cannot_compile(self._request.workflow.name, refused.reasons))
        except TreadleError as error:
            return Evaluation({}, error=error)
        return Evaluation(figures, returns)

    def _is_worth(self, count: int) -> bool:
        return bool(self._bases.get(True)) or (can_compile() and len(self._program.moments) * count >= _WORTH)

    # A variant

    def _drive(self, changes: Changes, is_jitted: bool) -> tuple[Drive, Evaluating]:
        base = self._base(is_jitted)
        nodes = self._column_nodes(changes)
        if nodes is not None and base.generated is not None:
            panel = self._panel_of(nodes)
            varied = Varied(self._program, panel, base, lambda: self._plan(changes), is_jitted=base.trading.is_jitted)
            return varied, self._evaluating
        program = self._plan(changes)
        panel = find_columns(program.plan, program.prices, program.roots)
        panel.share(self._panel)
        drive = Drive(program, panel, is_jitted=is_jitted)
        is_other = drive.generated is not None and drive.generated.source not in self._sources
        if is_jitted and is_other and not self._hoist(drive):
            drive = Drive(program, panel)
            self._plain += len(program.moments)
        return drive, Evaluating(program)

    def _hoist(self, drive: Drive) -> bool:
        """Have the code of a variant compiled together with that of others; False: it is to go on as plain Python."""
        if self._plain < _PATIENCE or drive.generated is None or drive.lane is None:
            return False
        tokens = tokens_of(drive.generated.source)
        with self._lock:
            hoisted = self._shapes.setdefault(shape_of(tokens), Hoisting(tokens)).of(tokens)
            if hoisted is None:
                return False
            compile_step(hoisted.source, is_jitted=True)
        drive.generated.source, drive.lane.more = hoisted.source, hoisted.arguments
        return True

    def _base(self, is_jitted: bool) -> Drive:
        with self._lock:
            if is_jitted not in self._bases:
                drive = Drive(self._program, self._panel, is_jitted=is_jitted)
                self._bases[is_jitted] = drive
                if drive.generated is not None:
                    compile_step(drive.generated.source, is_jitted=is_jitted)  # before several would at once
                    self._sources.add(drive.generated.source)
            return self._bases[is_jitted]

    def _plan(self, changes: Changes) -> Program:
        request, base = with_values(self._request, changes), self._program
        program = plan_program(request, self._history, self._registry, base.since, base.until)
        # What was worked out of these prices is kept with them.
        is_same = (program.symbol, program.settings) == (base.symbol, base.settings)
        return replace(program, prices=base.prices) if is_same else program

    # Variants of columns alone

    def _column_nodes(self, changes: Changes) -> Mapping[int, ColumnNode] | None:
        """The column nodes with these settings; None where something else is changed, too."""
        changed: dict[int, dict[str, Any]] = {}
        for name, value in changes.items():
            owner, field = split(name, self._request.workflow)
            node = None if owner is None else self._program.plan.graph.by_id.get(owner)
            one = None if node is None else self._panel.nodes.get(node.index)
            if node is None or one is None or field not in node.static_config:
                return None
            changed.setdefault(node.index, {})[field] = value
        return vary(self._panel, changed)

    def _panel_of(self, nodes: Mapping[int, ColumnNode]) -> Panel:
        panel = Panel(self._program.prices, self._panel.candles, nodes)
        panel.share(self._panel)
        return panel
