"""The installation as whoever looks after it sees it: how it does, what it has to do, copies of its store."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from treadle.errors import Conflict, NotFound
from treadle.service.access.operation import note_details, operation

if TYPE_CHECKING:
    from treadle.service.application import Application
    from treadle.service.backup import Backup
    from treadle.service.diagnosis import Finding


@dataclass(frozen=True, slots=True)
class StoreLoad:
    """What the store has to do. `commits` took `commit_seconds` so far, `queue` waits to be written; of runs, those
    that are not over, by status."""

    commits: int
    commit_seconds: float
    queue: int
    runs: Mapping[str, int]


class System:
    """The operations on the installation as a whole."""

    def __init__(self, application: Application) -> None:
        self.application = application

    @operation("system.read")
    async def diagnose(self) -> list[Finding]:
        """Look at everything and change nothing."""
        from treadle.service.diagnosis import diagnose

        return await asyncio.to_thread(diagnose, self.application.settings, self.application.registry)

    @operation("system.read")
    async def measure_load(self) -> StoreLoad:
        """Raises `StoreError`."""
        return await self.measure_load_for_all()

    async def measure_load_for_all(self) -> StoreLoad:
        """The same, asked by nobody in particular: numbers that the operator has made public."""
        store = self.application.store
        runs = await store.count_unfinished()
        writer = store.writer_load()
        return StoreLoad(writer.commits, writer.seconds, writer.waiting, runs)

    @operation("system.backup")
    async def back_up(self, to: Path | None = None, *, with_key: bool = False) -> Backup:
        """Copy the store to a file that is not there yet, by default one in the folder of the settings, beside it the
        paper accounts of the workspace, and `with_key` the file of its keys. Raises `Conflict`, `NotFound`,
        `StoreError`."""
        from treadle.service.backing_up import place_of_asked
        from treadle.service.backup import back_up, paper_accounts
        from treadle.service.vault.keys import key_path

        store, now = self.application.store.path, self.application.world.clock.now()
        if to is None:
            to = place_of_asked(self.application, now)
            if to.exists():
                raise Conflict(
                    f"There is a copy of this second already: `{to}`.", code="file_exists", remedy="Take that one."
                )
        key = key_path(store) if with_key else None
        if key is not None and not key.exists():
            raise NotFound(
                f"There is no file of keys at `{key}`.",
                code="unknown_file",
                remedy="Nothing is sealed with it yet, or the keys are those of TREADLE_KEY: leave out `--with-key`.",
            )
        paper = paper_accounts(self.application.settings.permissions().workspace)
        made = await asyncio.to_thread(back_up, store, to, now=now, key=key, paper=paper)
        note_details(to=str(to), bytes=made.bytes, sha256=made.sha256, with_key=with_key)
        return made
