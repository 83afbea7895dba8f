"""Writing a run's batches, so that a value that cannot be kept costs its own node and nobody else."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from treadle.engine.history import Place
from treadle.engine.journal import Batch, Entry, EntryKind, Journal, LogLine, Put, RunUpdate, StateChange
from treadle.engine.recorder import Recorder, tell_lost
from treadle.errors import Conflict, StoreError
from treadle.model.ids import node_path
from treadle.model.record import OVERTAKEN
from treadle.model.run import Failure, RunRecord

UNSTORABLE = "unstorable_value"
_PASSING = frozenset({"disk_full", "database_locked", "io_error"})
_FIRST_PAUSE, _LONGEST_PAUSE = 0.25, 2.0


class Writing:
    """What one driver writes. `opened`: the run's row is in the store."""

    def __init__(self, journal: Journal, run: RunRecord, recorder: Recorder, *, opened: bool) -> None:
        self.opened = opened
        self._journal = journal
        self._run = run
        self._recorder = recorder

    async def flush(self, *, patience: float = 0.0) -> dict[Place, Failure]:
        """Journal what has been recorded so far; returns when it is durable, with a failure for each node whose value
        cannot be kept. Raises `LeaseLost`, and `StoreError` when a full disk or a locked database has not passed
        within `patience` seconds."""
        entries, log = self._recorder.take()
        if self.opened and not entries and not log and not self._recorder.records:
            return {}
        return await self._append(entries, log, patience=patience)

    async def suspend(self, update: RunUpdate) -> dict[Place, Failure]:
        """As `flush`, and suspend the run; it is not suspended where a value cannot be kept."""
        entries, log = self._recorder.take()
        return await self._append(entries, log, update)

    async def finish(self, update: RunUpdate, *, state: Sequence[StateChange], kept: bool) -> dict[Place, Failure]:
        """As `flush`, and finish the run, unless a value cannot be kept. Without `kept` only its state changes stay.

        Raises `StoreError` (`unstorable_value`) for the run's own output or state.
        """
        closes = self._run if has_followers(self._run, update) else None
        if kept:
            unsaved = self._recorder.everything()
            entries, log = self._recorder.take()
            return await self._append([*unsaved, *entries], log, update, state, closes)
        records = [put for _, put in self._recorder.take_records()]
        if self.opened or state or closes or records:
            run, opens, abandons = self._run, None if self.opened else self._run, self._recorder.take_abandoned()
            batch = Batch(
                run.id, run.epoch, opens, update=update, state=state, closes=closes, abandons=abandons, forget=True,
                records=records,
            )  # fmt: skip
            try:
                await self._journal.append(batch)
            except BaseException:
                tell_lost(records)
                raise
        return {}

    async def _append(
        self,
        entries: Sequence[Entry],
        log: Sequence[LogLine],
        update: RunUpdate | None = None,
        state: Sequence[StateChange] = (),
        closes: RunRecord | None = None,
        *,
        patience: float = 0.0,
    ) -> dict[Place, Failure]:
        opens = None if self.opened else self._run
        self.opened = True
        abandons, kept = self._recorder.take_abandoned(), self._recorder.take_records()
        records = [put for _, put in kept] if kept else ()
        batch = Batch(
            self._run.id, self._run.epoch, opens, entries, update, state, log, closes, abandons, records=records
        )
        try:
            return await self._append_or_apart(batch, kept, patience)
        except BaseException:
            tell_lost(records)
            raise

    async def _append_or_apart(
        self, batch: Batch, kept: Sequence[tuple[Place, Put]], patience: float
    ) -> dict[Place, Failure]:
        try:
            await self._append_patiently(batch, patience)
        except Conflict as refused:
            if refused.code != OVERTAKEN:
                raise
            return await self._append_out_of_turn(batch, kept, patience, refused)
        except StoreError as refused:
            if refused.code != UNSTORABLE:
                raise
            failures = await self._append_apart(batch, kept)
            if failures or batch.update is None:
                return failures
            raise  # the run's own output or state, said by whoever gave it
        return {}

    async def _append_out_of_turn(
        self, batch: Batch, kept: Sequence[tuple[Place, Put]], patience: float, refused: Conflict
    ) -> dict[Place, Failure]:
        """Somebody else was first: what was put in a turn is not written, all else is."""
        late = {place for place, put in kept if put.turn is not None}
        rest = [(place, put) for place, put in kept if put.turn is None]
        left = replace(batch, records=[put for _, put in rest])
        overtaken = {place: Failure(OVERTAKEN, refused.message, node_path(*place), 1) for place in late}
        return {**await self._append_or_apart(left, rest, patience), **overtaken}

    async def _append_patiently(self, batch: Batch, patience: float) -> None:
        """What the world has already done is worth waiting for: dropped, it would be in doubt."""
        pause = _FIRST_PAUSE
        while True:
            try:
                return await self._journal.append(batch)
            except StoreError as refused:
                if refused.code not in _PASSING or patience <= 0:
                    raise
            await asyncio.sleep(pause)
            patience -= pause
            pause = min(2 * pause, _LONGEST_PAUSE)

    async def _append_apart(self, batch: Batch, kept: Sequence[tuple[Place, Put]]) -> dict[Place, Failure]:
        """Each entry for itself. What is refused as unstorable has not been written, so the rest still can be.

        Records go with the intent of their node, and before what it came to, which would not be asked for again.
        """
        run_id, epoch, opens, entries = self._run.id, self._run.epoch, batch.opens, batch.entries
        log, abandons = batch.log, batch.abandons
        if opens is not None or log or abandons:
            try:
                await self._journal.append(Batch(run_id, epoch, opens=opens, log=log, abandons=abandons))
            except StoreError as refused:
                if refused.code != UNSTORABLE:
                    raise
                raise StoreError(
                    f"The run's input: {refused.message}", code="unstorable_input", remedy=refused.remedy
                ) from None
        failures: dict[Place, Failure] = {}
        for place in dict.fromkeys(place for place, _ in kept):
            own = [one for one in entries if one[:2] == place]
            intents = [one for one in own if one.kind is EntryKind.INTENT]
            records = [put for other, put in kept if other == place]
            try:
                await self._journal.append(Batch(run_id, epoch, entries=intents, records=records))
            except StoreError as refused:
                tell_lost(records)
                if refused.code != UNSTORABLE:
                    raise
                failures[place] = _refused(place, refused)
            written = own if place in failures else intents
            entries = [one for one in entries if one not in written]
        answers = await asyncio.gather(
            *(self._journal.append(Batch(run_id, epoch, entries=[entry])) for entry in entries),
            return_exceptions=True,
        )
        for entry, answer in zip(entries, answers, strict=True):
            if isinstance(answer, StoreError) and answer.code == UNSTORABLE:
                failures[entry.scope, entry.node] = _refused((entry.scope, entry.node), answer)
            elif isinstance(answer, BaseException):
                raise answer
        return failures


def _refused(place: Place, refusal: StoreError) -> Failure:
    details = dict(refusal.attributes)
    if refusal.remedy:
        details["remedy"] = refusal.remedy
    return Failure(UNSTORABLE, refusal.message, node_path(*place), 1, details)


def has_followers(run: RunRecord, update: RunUpdate) -> bool:
    """Whether others are to hear that the run has finished so: see `Batch.closes`."""
    return bool(run.parent or run.lane or run.deployment or update.status != "completed")
