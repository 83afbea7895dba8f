"""Records as an attempt keeps them: in the commits of its run, the first of them with the intent of its node."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any, Protocol

from pydantic import JsonValue

from treadle.engine.attempt import Attempt
from treadle.engine.exchanging import RunRecords
from treadle.engine.history import Place
from treadle.engine.journal import Put
from treadle.engine.recorder import Recorder, tell_lost
from treadle.engine.redaction import Redactor
from treadle.engine.world import World
from treadle.errors import Conflict, StoreError
from treadle.model.record import OVERTAKEN, Turn
from treadle.model.run import Failure, RunRecord


class Flush(Protocol):
    """Journal what is recorded; a failure where what `place` gave cannot be kept. See `Driver.flush`."""

    def __call__(self, place: Place | None = None, *, is_over: bool = True) -> Awaitable[Failure | None]: ...


class AttemptRecords(RunRecords):
    """What is put `later` waits for the next commit of its run that is made anyway: that of what its node comes to, at
    the latest. Nothing is read past it."""

    def __init__(
        self, attempt: Attempt, run: RunRecord, world: World, redactor: Redactor, recorder: Recorder, flush: Flush
    ) -> None:
        super().__init__(run, world, redactor)
        self._attempt, self._recorder, self._flush = attempt, recorder, flush
        self._later: list[Put] = []

    async def put(
        self,
        kind: str,
        key: str,
        value: Mapping[str, JsonValue],
        *,
        group: str = "",
        is_open: bool = False,
        later: Callable[[], object] | None = None,
        turn: Turn | None = None,
    ) -> None:
        self.require_store()
        record = self._record(kind, key, value, group=group, is_open=is_open)
        self._later.append(Put(record, self._world.clock.now(), later, turn))
        if later is None:
            await self.write()

    async def write(self) -> None:
        """Raises `StoreError`, `LeaseLost`, and `Conflict` where a turn was taken by somebody else."""
        if not self.is_waiting:
            return
        self.hand_over()
        refused = await self._flush(self._attempt.place, is_over=False)
        if refused is not None and refused.type == OVERTAKEN:
            raise Conflict(refused.message, code=OVERTAKEN, **refused.details)
        if refused is not None:
            raise StoreError(refused.message, code=refused.type, **refused.details)

    @property
    def is_waiting(self) -> bool:
        """Whether something is still to be written."""
        return bool(self._later or self._recorder.records or self._attempt.note_intent)

    def hand_over(self) -> None:
        """Have it written with whatever is journaled next: the intent first."""
        note, self._attempt.note_intent = self._attempt.note_intent, None
        if note is not None:
            note()
        if self._later:
            self._recorder.records += [(self._attempt.place, put) for put in self._later]
            self._later = []

    def drop(self) -> None:
        """The attempt is over: what was not handed over is lost."""
        tell_lost(self._later)

    async def get(self, kind: str, key: str) -> dict[str, Any] | None:
        await self._write_first()
        return await super().get(kind, key)

    async def list(
        self,
        kind: str,
        *,
        group: str | None = None,
        mine: bool = True,
        open_only: bool = False,
        after: str | None = None,
        since: datetime | None = None,
        newest: int | None = None,
    ) -> list[dict[str, Any]]:
        await self._write_first()
        return await super().list(
            kind, group=group, mine=mine, open_only=open_only, after=after, since=since, newest=newest
        )

    async def _write_first(self) -> None:
        if self._later or self._recorder.records:
            await self.write()
