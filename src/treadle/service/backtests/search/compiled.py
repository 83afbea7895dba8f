"""Variants the compiled way, in threads or processes; what cannot go it goes through the engine."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from treadle.service.backtests.request import BacktestRequest
from treadle.service.backtests.search.evaluator import Evaluation, Variant
from treadle.service.backtests.search.pool import Crew, GrowingEvaluator
from treadle.service.backtests.search.preparing import Prepare, PreparedProgram, told_by
from treadle.simulation.compiled.twin import can_compile

_IN_A_BATCH = 16
"""For each thread: enough that none waits, few enough to tell of progress."""
_SLOW = 0.02
"""Seconds a variant from which on processes are worth it, where there is work for some seconds."""
_COMPILING = 30.0
"""Seconds that code is given to be compiled before it is thought to stay slow."""


class CompiledEvaluator:
    """Carries out variants by a prepared program in `threads`, or where that is slow by programs in processes of their
    own. Those that cannot go that way are left to the engine, unless the request says that there is no other."""

    def __init__(
        self, request: BacktestRequest, program: PreparedProgram, prepare: Prepare, crew: Crew, *, threads: int
    ) -> None:
        self._request, self._program, self._prepare = request, program, prepare
        self._crew, self._threads = crew, threads

    @property
    def batch(self) -> int:
        return _IN_A_BATCH * self._threads

    async def evaluate_many(self, variants: Sequence[Variant]) -> list[Evaluation]:
        crew, found = self._crew, dict[int, Evaluation | None]()
        while len(found) < len(variants) and crew.pool is None:
            piece = variants[len(found) : len(found) + self.batch]
            began = time.perf_counter()
            found |= enumerate(await asyncio.to_thread(self._evaluate, piece), len(found))
            taken = time.perf_counter() - began
            crew.patience -= taken
            # What is compiled goes on side by side in threads; plain Python needs processes for that.
            is_slow = taken / len(piece) > _SLOW and crew.patience <= (-_COMPILING if can_compile() else 0)
            if crew.is_worth_starting and is_slow:
                crew.started()
        left = [number for number in range(len(variants)) if found.get(number) is None]
        rest = GrowingEvaluator(self._request, crew)
        found |= zip(left, await rest.evaluate_many([variants[number] for number in left]), strict=True)
        return [one for _, one in sorted(found.items()) if one is not None]

    def _evaluate(self, variants: Sequence[Variant]) -> list[Evaluation | None]:
        return [told_by(one, self._request) for one in self._program.evaluate_many(variants, threads=self._threads)]

    async def over(self, since: datetime, until: datetime) -> CompiledEvaluator:
        request = replace(self._request, since=since, until=until)
        program = await asyncio.to_thread(self._prepare, request)
        return CompiledEvaluator(request, program, self._prepare, self._crew, threads=self._threads)

    async def aclose(self) -> None:
        await self._crew.aclose()
