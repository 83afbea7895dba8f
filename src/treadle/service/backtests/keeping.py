"""Backtests that are kept: started, followed, looked at, compared, exported, removed."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from treadle.errors import InvalidWorkflow, LimitExceeded, NotFound
from treadle.model.counted import counted
from treadle.model.ids import new_run_id
from treadle.model.workflow import Workflow
from treadle.service.access.operation import note_details, operation
from treadle.service.application import Application
from treadle.service.backtests.comparing import compare
from treadle.service.backtests.content import Content
from treadle.service.backtests.exporting import Exported, export
from treadle.service.backtests.jobs import INTERRUPTED
from treadle.service.backtests.packing import unpack
from treadle.service.backtests.series import read_candles, read_equity, read_trades, read_values
from treadle.service.backtests.wanted import Wanted
from treadle.service.definition import check_text, write_content
from treadle.service.drafts import Drafts
from treadle.service.version_names import DRAFT
from treadle.store.backtests import COMPLETED, FAILED, QUEUED, RUNNING, SETTINGS, UNDER_WAY, StoredBacktest

MOST_WAITING = 20
"""Backtests of one user that may be under way or wait for it."""


class Backtests:
    """The operations on backtests; for those who may know of the workflow that was tested."""

    def __init__(self, application: Application) -> None:
        self.application = application
        self._store = application.store

    @operation("backtests.start", on="workflow", of="wanted")
    async def start(self, wanted: Wanted) -> str:
        """Begin one beside the event loop, once there is room; its id. What can be seen to be wrong at once is refused:
        raises `InvalidWorkflow` with all of it, `NotFound`, `LimitExceeded` (`too_many_backtests`)."""
        from treadle.service.backtests.binding import require_simulated
        from treadle.service.backtests.making import request_of
        from treadle.service.backtests.search.reading import read_search
        from treadle.service.backtests.search.searching import check_search

        workflow, version = await self._find(wanted)
        check_search(read_search(wanted.body), workflow, self.application.registry)
        request = request_of(wanted, workflow, self.application.settings)
        require_simulated(request, self.application.registry)
        account = self.application.actor.user_id
        if await self._store.count_backtests_under_way(account) >= MOST_WAITING:
            raise LimitExceeded(
                f"{MOST_WAITING} backtests of yours are under way or wait already.",
                code="too_many_backtests",
                remedy="Wait until one is over, or cancel some.",
                retry_after=30.0,
            )
        id = new_backtest_id()
        await self._store.register_worker()
        one = StoredBacktest(
            id=id,
            workflow=workflow.name,
            version=version,
            title=_title_of(workflow),
            kind=wanted.kind,
            state=QUEUED,
            request=wanted.body,
            digest="",
            summary={"symbols": [symbol for symbol, _ in wanted.data]},
            worker=self._store.worker_id,
            account=account,
            created_at=self.application.world.clock.now(),
        )
        await self._store.add_backtest(one)
        note_details(backtest=id, kind=wanted.kind)
        document = workflow.model_dump(mode="json", by_alias=True, exclude_unset=True)
        self.application.backtests.begin(id, {"workflow": document, "body": dict(wanted.body)})
        return id

    @operation("backtests.start", on="workflow", of="workflow")
    async def keep(self, workflow: Workflow, wanted: Wanted, content: Content, *, seconds: float) -> str:
        """Put one that was done here with the others; its id. `content` is finished with how many were tried before."""
        from treadle.service.backtests.making import finish

        tried = content.summary.get(SETTINGS)
        finish(content, before=await self._store.count_variants(workflow.name, content.digest, settings=tried))
        now, id = self.application.world.clock.now(), new_backtest_id()
        known = await self._store.has_workflow(workflow.name)
        one = StoredBacktest(
            id=id,
            workflow=workflow.name,
            version=workflow.version if known else None,
            title=_title_of(workflow),
            kind=wanted.kind,
            state=COMPLETED,
            progress=1.0,
            request=wanted.body,
            digest=content.digest,
            summary={**content.summary, "seconds": round(seconds, 3)},
            variants=content.variants,
            account=self.application.actor.user_id,
            created_at=now,
            started_at=now,
            finished_at=now,
        )
        await self._store.add_backtest(one, content.parts)
        note_details(backtest=id, kind=wanted.kind)
        return id

    @operation("backtests.list")
    async def list(
        self, *, workflow: str | None = None, kind: str | None = None, before: str | None = None, limit: int = 50
    ) -> Sequence[dict[str, Any]]:
        """The newest first; `before` is the id of the last one of the page before."""
        hidden = await self.application.access.find_hidden(self.application.actor)
        found = await self._as_they_are(
            await self._store.list_backtests(workflow=workflow, kind=kind, before=before, hidden=hidden, limit=limit)
        )
        names = await self._names(found)
        return [self._summary(one, names) for one in found]

    @operation("backtests.read", on="backtest", of="id")
    async def get(self, id: str) -> dict[str, Any]:
        """Everything but its series. Raises `NotFound` (`unknown_backtest`)."""
        (one,) = await self._as_they_are([await self._store.get_backtest(id)])
        parts = await self._store.list_backtest_parts(id)
        content = await self._store.read_backtest_part(id, "detail")
        detail: dict[str, Any] = {} if content is None else unpack(content)
        shown = ("equity", "trades", "values", "sweep", "walk_forward", "monte_carlo")
        there = [name for name in shown if name in parts]
        if any(name.startswith("candles/") for name in parts):
            there.insert(2, "candles")
        return {**self._summary(one, await self._names([one])), **detail, "request": dict(one.request), "parts": there}

    @operation("backtests.start", on="backtest", of="id")
    async def cancel(self, id: str) -> dict[str, Any]:
        """End it, if it is under way. Raises `NotFound`."""
        await self._store.get_backtest(id)
        await self._store.end_backtest(id, state="cancelled")
        await self.application.backtests.cancel(id)
        one = await self._store.get_backtest(id)
        return self._summary(one, await self._names([one]))

    @operation("backtests.delete", on="backtest", of="id")
    async def delete(self, id: str) -> None:
        """With its series; one that is under way is ended. Raises `NotFound`."""
        await self._store.get_backtest(id)
        await self.application.backtests.cancel(id)
        await self._store.delete_backtest(id)

    @operation("backtests.read", on="backtest", of="id")
    async def equity(self, id: str, *, points: int = 2000) -> dict[str, Any]:
        """As columns: at most so many points that look like all of them. Raises `NotFound`."""
        return await asyncio.to_thread(read_equity, await self._part(id, "equity"), points)

    @operation("backtests.read", on="backtest", of="id")
    async def trades(
        self,
        id: str,
        *,
        sort: str = "number",
        since: datetime | None = None,
        until: datetime | None = None,
        start: int = 0,
        limit: int = 50,
    ) -> Sequence[dict[str, Any]]:
        """From place `start` of the order on (`-profit`: the largest profit first); those that overlap a period, where
        one is given. Raises `NotFound`."""
        part = await self._part(id, "trades")
        return await asyncio.to_thread(read_trades, part, sort=sort, since=since, until=until, start=start, limit=limit)

    @operation("backtests.read", on="backtest", of="id")
    async def candles(
        self,
        id: str,
        *,
        symbol: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        points: int = 2000,
    ) -> dict[str, Any]:
        """The bars of a market, so many joined to one that there are no more than `points`. Raises `NotFound`."""
        one = await self._store.get_backtest(id)
        parts = [name for name in await self._store.list_backtest_parts(id) if name.startswith("candles/")]
        known = [name.removeprefix("candles/") for name in parts]
        names: list[str] = list(one.summary.get("symbols") or ())
        wanted = symbol or (names[0] if names else "*")
        name = wanted if wanted in known else "*" if "*" in known and (wanted in names or symbol is None) else None
        if name is None and symbol is None and known:
            name = known[0]
        if name is None:
            raise NotFound(
                f"There are no bars of `{wanted}` in the backtest `{id}`.",
                code="no_such_part",
                remedy=f"It has those of {', '.join(known) or 'no market'}.",
            )
        part, told = await self._part(id, f"candles/{name}"), await self._part(id, "panes")
        found = await asyncio.to_thread(read_candles, part, told, name, since=since, until=until, points=points)
        return {"symbol": wanted if name == "*" else name, **found}

    @operation("backtests.read", on="backtest", of="id")
    async def values(self, id: str, *, at: datetime) -> dict[str, Any]:
        """What stood on the wires in the last run at that time or before; the first, where there is none before.
        Raises `NotFound`."""
        return await asyncio.to_thread(read_values, await self._part(id, "values"), at)

    @operation("backtests.read", on="backtest", of="id")
    async def part(self, id: str, name: str) -> dict[str, Any]:
        """What a search came to: `sweep`, `walk_forward`, `monte_carlo`. Raises `NotFound` (`no_such_part`)."""
        return await asyncio.to_thread(unpack, await self._part(id, name))

    @operation("backtests.read", on="backtest", of="id")
    async def fills(self, id: str) -> Sequence[dict[str, Any]]:
        """As they were recorded, in order. Raises `NotFound`."""
        return await asyncio.to_thread(unpack, await self._part(id, "fills"))

    @operation("backtests.read", on="backtest", of="id")
    async def export(self, id: str, format: str, *, what: str = "trades") -> Exported:
        """As a file: everything as `json` or `html`, or one table as `csv` or `parquet`. Raises `NotFound`."""
        return await export(self, id, format, what=what)

    @operation("backtests.list")
    async def compare(self, a: str, b: str) -> dict[str, Any]:
        """Two of them, side by side. Raises `NotFound`."""
        for id in (a, b):
            await self.application.access.require(self.application.actor, "backtests.read", "backtest", id)
        return await compare(self, a, b)

    async def _find(self, wanted: Wanted) -> tuple[Workflow, str | None]:
        """The workflow, and the version if it is one."""
        if wanted.graph is not None:
            workflow = await self._read(wanted.graph)
            if workflow.name != wanted.workflow:
                raise InvalidWorkflow(
                    f"`graph` is the workflow `{workflow.name}`, not `{wanted.workflow}`.",
                    code="wrong_name",
                    remedy=f"Name it `{wanted.workflow}`, or say `workflow: {workflow.name}`.",
                )
            self.application.check(workflow)
            return workflow, None
        if wanted.version == DRAFT:
            workflow = await Drafts(self.application).read(wanted.workflow)
            self.application.check(workflow)
            return workflow, None
        workflow = await self.application.get_workflow(wanted.workflow, wanted.version)
        return workflow, workflow.version

    async def _read(self, graph: Mapping[str, Any]) -> Workflow:
        loaded = await check_text(write_content(graph), self.application.registry, source="graph")
        if not loaded.result.valid or len(loaded.workflows) != 1:
            raise InvalidWorkflow(
                f"The graph cannot run: {counted(len(loaded.result.errors), 'problem')}.",
                issues=loaded.result.issues,
            )
        return loaded.workflows[0]

    async def _part(self, id: str, name: str) -> bytes:
        content = await self._store.read_backtest_part(id, name)
        if content is None:
            one = await self._store.get_backtest(id)
            why = "it is not over" if one.finished_at is None else f"it has {one.state}, and is a {one.kind}"
            raise NotFound(
                f"The backtest `{id}` has no {name.partition('/')[0].replace('_', ' ')}: {why}.",
                code="no_such_part",
                remedy="`parts` of the backtest says what it has.",
            )
        return content

    async def _as_they_are(self, found: Sequence[StoredBacktest]) -> Sequence[StoredBacktest]:
        """Those whose process is gone have failed, also while no server runs that would write it down."""
        if not any(one.state in UNDER_WAY for one in found):
            return found
        alive = {worker.id for worker, is_alive in await self._store.list_workers() if is_alive}
        return [
            replace(one, state=FAILED, error=INTERRUPTED) if one.state in UNDER_WAY and one.worker not in alive else one
            for one in found
        ]

    async def _names(self, found: Sequence[StoredBacktest]) -> Mapping[str, str]:
        """Users' names by their ids."""
        names: dict[str, str] = {}
        for account in {one.account for one in found if one.account is not None}:
            user = await self._store.find_user(account)
            if user is not None:
                names[account] = user.name
        return names

    def _summary(self, one: StoredBacktest, names: Mapping[str, str]) -> dict[str, Any]:
        progress = self.application.backtests.progress(one.id) if one.state == RUNNING else None
        return {
            **{name: value for name, value in one.summary.items() if name != SETTINGS},
            "id": one.id,
            "workflow": one.workflow,
            "version": one.version,
            "title": one.title,
            "kind": one.kind,
            "state": one.state,
            "progress": one.progress if progress is None else progress,
            "variants": one.variants,
            "error": one.error,
            "started_by": names.get(one.account or ""),
            "created_at": one.created_at,
            "started_at": one.started_at,
            "finished_at": one.finished_at,
        }


def new_backtest_id() -> str:
    """Ids sort by time."""
    return f"bt-{new_run_id()[1:]}"


def _title_of(workflow: Workflow) -> str:
    return workflow.title or workflow.name
