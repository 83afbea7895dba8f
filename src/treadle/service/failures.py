"""Failures: the runs that failed and that nobody has seen to; try them again in bulk, or put them aside."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from treadle.errors import NotFound, TreadleError
from treadle.model.ids import RunId
from treadle.model.nearest import suggest
from treadle.model.run import ExecutionResult
from treadle.model.workflow import Workflow
from treadle.service.access.operation import note_details, operation
from treadle.service.application import Application
from treadle.service.internal import INTERNAL
from treadle.service.run_control import RunControl
from treadle.store.dead_letters import DeadLetter

AT_ONCE = 16
"""Runs tried again at the same time."""
_PAGE = 500
_NOTED = 100
"""Runs that the audit log names."""
_PARTICULAR = re.compile(r"\b(?:[0-9a-f]{8,}|r[0-9a-z]{20})\b|\d+(?:[.:]\d+)*")


@dataclass(frozen=True, slots=True)
class Selection:
    """Which dead letters: of a workflow, of an error (its type, or a part of its message), failed since, these runs."""

    workflow: str | None = None
    error: str | None = None
    since: datetime | None = None
    run_ids: Sequence[RunId] = ()

    @property
    def is_everything(self) -> bool:
        return self.workflow is None and self.error is None and self.since is None and not self.run_ids


@dataclass(slots=True)
class FailureGroup:
    """Dead letters of one workflow that failed at one node of the same thing; numbers and ids in the message aside."""

    workflow: str
    node: str | None
    type: str
    message: str
    letters: list[DeadLetter] = field(default_factory=list[DeadLetter])

    def to_dict(self) -> dict[str, Any]:
        return {
            "workflow": self.workflow,
            "node": self.node,
            "error": self.type,
            "message": self.message,
            "count": len(self.letters),
            "first_at": self.letters[-1].failed_at,
            "last_at": self.letters[0].failed_at,
            "run_ids": [letter.run_id for letter in self.letters],
        }


@dataclass(frozen=True, slots=True)
class Retried:
    """What came of trying a run again: how it stands, or why it could not be tried (`refusal`)."""

    run_id: RunId
    workflow: str
    result: ExecutionResult | None = None
    refusal: TreadleError | None = None

    @property
    def outcome(self) -> str:
        """`completed`, `failed`, `suspended`, `cancelled`, or `refused`."""
        return "refused" if self.result is None else self.result.status

    @property
    def reason(self) -> str:
        """Why it did not complete; empty when it did."""
        if self.refusal is not None:
            return str(self.refusal)
        return self.result.error.message if self.result is not None and self.result.error is not None else ""

    def to_dict(self) -> dict[str, Any]:
        error = None if self.result is None or self.result.error is None else self.result.error.to_dict()
        return {
            "run_id": self.run_id,
            "workflow": self.workflow,
            "outcome": self.outcome,
            "error": error if self.refusal is None else self.refusal.to_dict(),
        }


class Failures:
    """The operations on dead letters."""

    def __init__(self, application: Application) -> None:
        self.application = application
        self._store = application.store

    @operation("runs.list")
    async def find(self, selection: Selection | None = None, *, most: int | None = None) -> list[DeadLetter]:
        """Newest first, all or the `most` newest. Raises `NotFound`: `unknown_workflow` where there is none of that
        name, `not_dead` for runs that are no dead letters."""
        wanted = selection or Selection()
        found: list[DeadLetter] = []
        before: RunId | None = None
        hidden = {*await self.application.access.find_hidden(self.application.actor)} | (INTERNAL - {wanted.workflow})
        while page := await self._store.list_dead(
            workflow=wanted.workflow, since=wanted.since, before=before, limit=_PAGE
        ):
            found += [letter for letter in page if letter.workflow not in hidden and _is_wanted(letter, wanted)]
            before = page[-1].run_id
            if len(page) < _PAGE or (most is not None and len(found) >= most):
                break
        if not found and wanted.workflow is not None:
            await self._require_known(wanted.workflow)
        found = found[:most]
        missing = sorted(set(wanted.run_ids) - {letter.run_id for letter in found})
        if missing:
            raise NotFound(
                f"{', '.join(f'`{run_id}`' for run_id in missing)}: no failed run that waits to be seen to.",
                code="not_dead",
                remedy="`treadle dead` lists those there are.",
                runs=missing,
            )
        return found

    async def _require_known(self, workflow: str) -> None:
        hidden = await self.application.access.find_hidden(self.application.actor)
        known = {version.workflow for version in await self._store.list_versions()} - set(hidden)
        # Some have runs and no version: a workflow of a program is not always kept.
        has_runs = workflow not in hidden and await self._store.list_runs(workflow=workflow, limit=1)
        if workflow not in known and not has_runs:
            otherwise = "`treadle list --workflows` shows the names there are."
            raise NotFound(
                f"There is no workflow `{workflow}`, and no run of one.",
                code="unknown_workflow",
                remedy=suggest(workflow, known, otherwise),
                workflow=workflow,
            )

    async def retry(
        self, letters: Sequence[DeadLetter], *, told: Callable[[Retried], None] | None = None
    ) -> list[Retried]:
        """Go on with each of them as `treadle retry` does, a few at a time; what came of each, in their order.

        One that cannot be tried again, or fails again, does not stop the others. `told` hears of each when it is at
        rest. Being cancelled takes up no more; those under way go on.
        """
        room = asyncio.Semaphore(AT_ONCE)

        async def one(letter: DeadLetter) -> Retried:
            async with room:
                retried = await self._retry(letter)
            if told is not None:
                told(retried)
            return retried

        return await asyncio.gather(*(one(letter) for letter in letters))

    async def start_retry(self, letters: Sequence[DeadLetter]) -> list[Retried]:
        """As `retry`, and what comes of them is not waited for: what is told is which could not be tried again."""
        refused: list[Retried] = []
        for letter in letters:
            try:
                await RunControl(self.application).start_retry(letter.run_id)
            except TreadleError as refusal:
                refused.append(Retried(letter.run_id, letter.workflow, refusal=refusal))
        return refused

    async def _retry(self, letter: DeadLetter) -> Retried:
        try:
            return Retried(letter.run_id, letter.workflow, await RunControl(self.application).retry(letter.run_id))
        except TreadleError as refusal:
            return Retried(letter.run_id, letter.workflow, refusal=refusal)

    @operation("runs.dismiss")
    async def dismiss(self, letters: Sequence[DeadLetter]) -> int:
        """Put them aside: they stay as they are, and are dead letters no more. How many there were."""
        application = self.application
        for workflow in dict.fromkeys(letter.workflow for letter in letters):
            await application.access.require(application.actor, "runs.dismiss", "workflow", workflow)
        run_ids = [letter.run_id for letter in letters]
        note_details(runs=run_ids[:_NOTED], count=len(run_ids))
        return await self._store.dismiss_runs(run_ids, now=self.application.world.clock.now())


def group_letters(letters: Sequence[DeadLetter]) -> list[FailureGroup]:
    """The largest groups first. Each shows the message of its newest."""
    groups: dict[tuple[str, str | None, str, str], FailureGroup] = {}
    for letter in letters:
        error = letter.error
        key = (letter.workflow, error.node, error.type, _PARTICULAR.sub("…", error.message))
        group = groups.setdefault(key, FailureGroup(letter.workflow, error.node, error.type, error.message))
        group.letters.append(letter)
    return sorted(groups.values(), key=lambda group: (-len(group.letters), group.workflow))


async def find_missing_handler(application: Application, workflow: Workflow) -> str | None:
    """The workflow that is named as `on_failure`, where there is none in the store."""
    name = workflow.settings.on_failure
    if name is None or name == workflow.name:
        return None
    return None if await application.store.list_versions(name) else name


def _is_wanted(letter: DeadLetter, wanted: Selection) -> bool:
    if wanted.run_ids and letter.run_id not in wanted.run_ids:
        return False
    text, error = wanted.error, letter.error
    return text is None or text == error.type or text.lower() in error.message.lower()
