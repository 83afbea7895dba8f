"""Variants as runs: whichever process the dispatcher has on this store takes them up.

A run carries out some variants with one effect, `backtest.variants`, which may be repeated without harm. The node type
is known where runs are driven and nowhere else: no workflow that people write can name it.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
from collections.abc import AsyncGenerator, Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime
from pathlib import Path
from typing import Any, NoReturn, cast

from pydantic import JsonValue

from treadle.dispatch.plans import write_version
from treadle.errors import Conflict, InvalidWorkflow, NotFound
from treadle.model.ids import RunId, new_run_id
from treadle.model.run import RunRecord
from treadle.model.workflow import Workflow
from treadle.node import Context, NodeDefinition, effect
from treadle.node.registry import Registry
from treadle.service.application import Application
from treadle.service.backtests.request import BacktestRequest
from treadle.service.backtests.search.choosing import choose_evaluator
from treadle.service.backtests.search.evaluator import Evaluation, Evaluator, Variant
from treadle.service.internal import VARIANTS
from treadle.service.run_control import RunControl
from treadle.service.settings import Settings
from treadle.simulation.luck import Moments

NODE = "backtest.variants"
_LONGEST = 86_400.0
"""Seconds that a run of variants may take."""
_KEPT_FOR = 86_400.0
_IN_A_RUN = 8
_RUNS = 8
"""Runs that a batch is made into, or more."""
_FOR_EACH = 2
"""Runs on offer for each other process: one to work on, one that comes next."""
_LOOK_EVERY = 0.25
"""Seconds between looks at the runs that others have, should one of these others be gone."""
_WORKFLOW: dict[str, Any] = {
    "name": VARIANTS,
    "nodes": [
        {
            "id": "variants",
            "type": NODE,
            "config": {"request": "{{ workflow.input.request }}", "variants": "{{ workflow.input.variants }}"},
        }
    ],
    "outputs": "{{ nodes.variants.output }}",
}


def workflow_of_variants() -> Workflow:
    return Workflow.model_validate(_WORKFLOW)


Told = Callable[[Iterable[RunId]], None]


@dataclass(slots=True)
class Spread:
    """How many runs of variants there were, and how many of them this process took up itself."""

    runs: int = 0
    here: int = 0


class DispatchedEvaluator:
    """Has variants carried out by whoever drives the runs of the store, `in_a_run` or less of them in each run. This
    process, which has to offer variants too, takes the runs up one by one beside the others."""

    def __init__(
        self,
        application: Application,
        request: BacktestRequest,
        *,
        in_a_run: int = _IN_A_RUN,
        spread: Spread | None = None,
        told: Told = lambda runs: None,
    ) -> None:
        """`told` is called with the runs that are not over, whenever these are others. Raises `InvalidWorkflow`
        (`cannot_dispatch`) for bars that only this process has."""
        self._application, self._request = application, request
        self._body = write_request(request)
        self._in_a_run, self._told = in_a_run, told
        self._under_way: dict[RunId, None] = {}
        self._here: set[RunId] = set()
        self._offered = asyncio.Event()
        self.spread = spread or Spread()

    @property
    def batch(self) -> int:
        return self._in_a_run * _RUNS

    async def evaluate_many(self, variants: Sequence[Variant]) -> list[Evaluation]:
        # Few are few in each run, so that there is one for everybody.
        size = max(1, min(self._in_a_run, -(-len(variants) // _RUNS)))
        parts = [variants[at : at + size] for at in range(0, len(variants), size)]
        work = asyncio.create_task(self._hand_out(parts))
        helping = asyncio.create_task(self._help())
        try:
            await asyncio.wait({work, helping}, return_when=asyncio.FIRST_COMPLETED)
            if helping.done():
                helping.result()  # it does not end but by what it raises
            return work.result()
        finally:
            work.cancel()
            helping.cancel()
            await asyncio.gather(work, helping, return_exceptions=True)

    async def over(self, since: datetime, until: datetime) -> DispatchedEvaluator:
        request = replace(self._request, since=since, until=until)
        other = DispatchedEvaluator(
            self._application, request, in_a_run=self._in_a_run, spread=self.spread, told=self._told
        )
        other._under_way = self._under_way  # closing this one closes both
        return other

    async def aclose(self) -> None:
        control = RunControl(self._application)
        for run_id in list(self._under_way):
            with contextlib.suppress(NotFound, Conflict):  # over by now
                await control.cancel(run_id)
                await self._application.dispatcher.take(run_id)  # nobody has it: it ends here, as cancelled

    async def _hand_out(self, parts: Sequence[Sequence[Variant]]) -> list[Evaluation]:
        """Offer no more than there are hands for: a process takes up all that it sees, whether or not it can begin."""
        done: list[asyncio.Task[list[Evaluation]]] = []
        under_way: set[asyncio.Task[list[Evaluation]]] = set()
        try:
            for part in parts:
                while under_way and len(under_way) >= await self._find_room():
                    _, under_way = await asyncio.wait(under_way, return_when=asyncio.FIRST_COMPLETED)
                done.append(asyncio.create_task(self._carry_out(part)))
                under_way.add(done[-1])
            return [one for found in await asyncio.gather(*done) for one in found]
        finally:
            for task in done:
                task.cancel()
            await asyncio.gather(*done, return_exceptions=True)

    async def _find_room(self) -> int:
        store = self._application.store
        others = sum(alive and one.id != store.worker_id for one, alive in await store.list_workers())
        return 1 + _FOR_EACH * max(1, others)

    async def _carry_out(self, variants: Sequence[Variant]) -> list[Evaluation]:
        run = await self._offer(variants)
        result = await self._application.wait(run)
        del self._under_way[run]
        self._told(self._under_way)
        self.spread.runs += 1
        self.spread.here += run in self._here
        if result.status != "completed":
            told = result.error
            error = {"code": result.status, "message": f"The run that was to carry it out is {result.status}."}
            if told is not None:
                error = {"code": told.type, "message": told.message}
            return [Evaluation({}, error=error) for _ in variants]
        return [_read_evaluation(one) for one in result.output]

    async def _offer(self, variants: Sequence[Variant]) -> RunId:
        """A run that is due at once and nobody's: whoever drives the store may take it up."""
        application, workflow = self._application, workflow_of_variants()
        # Tried out, it is none of the workflows that people see, and gone with the last run of it.
        await application.store.keep_trial(workflow.name, workflow.version, write_version(workflow))
        now = application.world.clock.now()
        run = RunRecord(
            new_run_id(),
            workflow.name,
            workflow.version,
            status="queued",
            mode="test",
            input={"request": self._body, "variants": [dict(one) for one in variants]},
            created_at=now,
            wake_at=now,
            retention=_KEPT_FOR,
        )
        self._under_way[run.id] = None
        self._told(self._under_way)
        await application.store.create_run(run)
        self._offered.set()
        return run.id

    async def _help(self) -> NoReturn:
        """Carry out what nobody has taken up, one run after another: who waits is no hindrance for who works. What
        another process has left behind by its end is gone on with, too."""
        application = self._application
        while True:
            if not await self._take_one_up():
                for run_id in list(self._under_way):
                    with contextlib.suppress(NotFound, Conflict):
                        if await application.dispatcher.take(run_id) is not None:
                            self._here.add(run_id)
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(_LOOK_EVERY):
                        await self._offered.wait()
            self._offered.clear()

    async def _take_one_up(self) -> bool:
        application = self._application
        for run_id in list(self._under_way):
            with contextlib.suppress(NotFound, Conflict):
                if (await application.store.get_run(run_id)).status != "queued":
                    continue
                self._here.add(run_id)
                if await application.dispatcher.take(run_id) is not None:
                    return True
            self._here.discard(run_id)  # another process was quicker
        return False


class VariantWorker:
    """Carries out the variants of runs: those of one request after another, on all cores."""

    def __init__(self, settings: Settings, registry: Registry, *, processes: int | None = None) -> None:
        self._settings, self._registry, self._processes = settings, registry, processes
        self._turn = asyncio.Lock()
        self._open: tuple[str, Evaluator] | None = None

    async def carry_out(self, body: Mapping[str, Any], variants: Sequence[Variant]) -> list[Evaluation]:
        async with self._turn:
            evaluator = await self._evaluator(body)
            return await evaluator.evaluate_many(variants)

    async def _evaluator(self, body: Mapping[str, Any]) -> Evaluator:
        # The variants of one search come one after another: what was made ready for them stays.
        key = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
        if self._open is None or self._open[0] != key:
            await self.aclose()
            request = read_request(body)
            opened = await choose_evaluator(request, self._settings, self._registry, processes=self._processes)
            self._open = key, opened
        return self._open[1]

    async def aclose(self) -> None:
        if self._open is not None:
            await self._open[1].aclose()
            self._open = None


def offer_variants(application: Application, *, processes: int | None = None) -> VariantWorker:
    """Let this process carry out variants for whoever searches on its store; close what comes back when it stops."""
    worker = VariantWorker(application.settings, application.registry, processes=processes)
    application.plans.know(_node_of(worker))
    return worker


@contextlib.asynccontextmanager
async def spreading(
    application: Application, request: BacktestRequest, *, told: Told = lambda runs: None
) -> AsyncGenerator[DispatchedEvaluator]:
    """Variants as runs of the store of `application`, which has been opened and takes its part; `told` is called with
    those that are not over. Raises `InvalidWorkflow` (`cannot_dispatch`)."""
    evaluator = DispatchedEvaluator(application, request, told=told)
    worker = offer_variants(application)
    try:
        yield evaluator
    finally:
        await evaluator.aclose()
        await worker.aclose()


def _node_of(worker: VariantWorker) -> NodeDefinition:
    @effect(NODE, title="Variants of a backtest", in_doubt="repeat", timeout=_LONGEST)
    async def variants(ctx: Context, *, request: dict[str, JsonValue], variants: list[JsonValue]) -> list[JsonValue]:
        """Carry out variants of a backtest."""
        found = await worker.carry_out(request, variants)  # type: ignore[arg-type]
        return [_write_evaluation(one) for one in found]

    return variants


# As JSON


def write_request(request: BacktestRequest) -> dict[str, Any]:
    """Raises `InvalidWorkflow` (`cannot_dispatch`) for bars that lie in the memory of this process."""
    told: dict[str, Any] = {}
    for field in fields(request):
        value = getattr(request, field.name)
        if field.name == "markets":
            continue  # of bars in memory
        if field.name == "workflow":
            value = value.model_dump(mode="json", by_alias=True, exclude_unset=True)
        elif field.name in ("bars", "funding"):
            value = {key: _write_place(one) for key, one in value.items()}
        elif isinstance(value, datetime):
            value = value.isoformat()
        elif isinstance(value, Mapping):
            value = dict(cast("Mapping[str, Any]", value))
        told[field.name] = value
    return told


def _write_place(place: object) -> dict[str, str]:
    if isinstance(place, Path):
        return {"file": str(place.resolve())}
    if isinstance(place, str):
        return {"source": place}
    raise InvalidWorkflow(
        "Bars in the memory of this process are not there for others.",
        code="cannot_dispatch",
        remedy="Give them as files, or by the name of bars of the project.",
    )


def read_request(body: Mapping[str, Any]) -> BacktestRequest:
    given = dict(body)
    given["workflow"] = Workflow.model_validate(given["workflow"])
    for name in ("bars", "funding"):
        given[name] = {
            key: Path(one["file"]) if "file" in one else one["source"] for key, one in given.get(name, {}).items()
        }
    for name in ("since", "until"):
        given[name] = None if given.get(name) is None else datetime.fromisoformat(given[name])
    return BacktestRequest(**given)


def _write_evaluation(found: Evaluation) -> dict[str, Any]:
    moments = None if found.moments is None else asdict(found.moments)
    error = None if found.error is None else dict(found.error)
    return {"figures": dict(found.figures), "moments": moments, "way": found.way, "error": error}


def _read_evaluation(told: Mapping[str, Any]) -> Evaluation:
    moments = None if told["moments"] is None else Moments(**told["moments"])
    return Evaluation(told["figures"], moments, told["way"], told["error"])
