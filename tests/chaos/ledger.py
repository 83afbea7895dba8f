"""What the store and the service must agree on, looked at between two lives; and the person who answers for doubts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.chaos.service import CountingService
from treadle.engine.context import idempotency_key
from treadle.engine.journal import EntryKind
from treadle.model.ids import RunId
from treadle.model.run import FINISHED
from treadle.service.application import Application
from treadle.service.run_control import RunControl


@dataclass(frozen=True)
class Ending:
    """How a run ended: what must be the same whether or not the process was killed on the way."""

    status: str
    output: Any
    nodes: Mapping[str, str]
    effects: int
    """Different pieces of work that were done."""
    error: str | None = None


class Ledger:
    """`repeated` lists the effects that were asked for again although their result was journaled; `answers` counts
    what the person said, `doubts` the runs that asked."""

    def __init__(self, app: Application, service: CountingService) -> None:
        self._app = app
        self._service = service
        self._counted: dict[str, int] = {}
        self.repeated: list[str] = []
        self.answers: Counter[str] = Counter()

    async def look(self, run_ids: Iterable[str]) -> None:
        """Check every journaled result of these runs; call it while no process is alive."""
        for run_id in run_ids:
            for entry in await self._app.store.load(RunId(run_id)):
                if entry.kind is not EntryKind.RESULT:
                    continue
                key = idempotency_key(run_id, entry.scope, entry.node)
                calls = self._service.calls.get(key, 0)
                if self._counted.setdefault(key, calls) != calls:
                    self.repeated.append(f"{run_id} {entry.scope}/{entry.node}")

    async def answer(self) -> int:
        """Say what became of every effect in doubt, as the service knows it; how many there were."""
        answered = 0
        for run in await self._app.list_runs(status="suspended", limit=10_000):
            for path, node in (await self._app.store.find_results(run.id)).items():
                if node.status != "in_doubt":
                    continue
                scope, _, name = path.rpartition("/")
                value = self._service.find_done(idempotency_key(run.id, scope, name))
                response = {"status": 200, "headers": {}, "body": {"value": value}}
                output = value if name in ("order", "last") else response
                outcome = "repeat" if value is None else "done"
                await RunControl(self._app).resolve(run.id, path, outcome=outcome, output=output)
                self.answers[outcome] += 1
                answered += 1
        return answered

    async def unfinished(self, run_ids: Iterable[str]) -> list[str]:
        return [run_id for run_id in run_ids if (await self._app.store.get_run(RunId(run_id))).status not in FINISHED]

    async def ending(self, run_id: str) -> Ending:
        result = await self._app.get_result(RunId(run_id))
        keys = {idempotency_key(run_id, *_place(path)) for path in result.nodes}
        effects = sum(1 for key in keys if self._service.effects[key])
        nodes = {path: node.status for path, node in result.nodes.items()}
        return Ending(result.status, result.output, nodes, effects, result.error.message if result.error else None)


def _place(path: str) -> tuple[str, str]:
    scope, _, node = path.rpartition("/")
    return scope, node
