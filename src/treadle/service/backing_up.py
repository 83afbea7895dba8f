"""Backing up by itself: a copy of the store every so often, the oldest removed."""

from __future__ import annotations

import asyncio
import logging
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Self

from treadle.errors import Conflict, TreadleError
from treadle.model.duration import parse_duration
from treadle.service.backup import MANIFEST, PAPER, back_up, paper_accounts

if TYPE_CHECKING:
    from treadle.service.application import Application

log = logging.getLogger("treadle.service")

_TIME = "%Y%m%d-%H%M%S"
_LOOK_EVERY = 30.0


class BackingUp:
    """Copies the application's store as its settings say, as long as it is entered. What is there counts: after a
    restart the next copy is made when it is due, not at once."""

    def __init__(self, application: Application) -> None:
        settings = application.settings
        self._application = application
        self._every = timedelta(seconds=parse_duration(settings.backup_every))
        self._keep = settings.backup_keep
        self._folder = Path(settings.backup_folder)
        self._of = application.store.path.stem
        self._paper = paper_accounts(settings.permissions().workspace)
        self._said = ""
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._keep_copying())
        return self

    async def __aexit__(self, *exception: object) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def copy_if_due(self) -> Path | None:
        """The copy that was made, if one was due. Raises `TreadleError`."""
        now = self._application.world.clock.now()
        newest = max((at for _, at in list_backups(self._folder, of=self._of)), default=None)
        if newest is not None and now - newest < self._every:
            return None
        to = self._folder / f"{self._of}-{now.strftime(_TIME)}.db"
        try:
            await asyncio.to_thread(back_up, self._application.store.path, to, now=now, paper=self._paper)
        except Conflict:
            return None  # another process on this store was quicker
        self._remove_oldest()
        log.info("Copied the store to %s.", to)
        return to

    def _remove_oldest(self) -> None:
        for path, _ in list_backups(self._folder, of=self._of)[: -self._keep]:
            path.unlink(missing_ok=True)
            for beside in (MANIFEST, PAPER):
                path.with_name(path.name + beside).unlink(missing_ok=True)

    async def _keep_copying(self) -> None:
        while True:
            try:
                await self.copy_if_due()
                self._said = ""
            except TreadleError as error:
                if str(error) != self._said:
                    log.error("The store could not be copied: %s", error)
                self._said = str(error)
            except Exception:
                log.exception("Copying the store failed; it is tried again.")
            await asyncio.sleep(_LOOK_EVERY)


def place_of_asked(application: Application, now: datetime) -> Path:
    """Where a copy goes that somebody asks for and names no place for. It is not among those that remove each other."""
    folder = Path(application.settings.backup_folder).resolve()
    return folder / f"{application.store.path.stem}-{now.strftime(_TIME)}-asked.db"


def list_backups(folder: Path, *, of: str) -> list[tuple[Path, datetime]]:
    """The whole copies in a folder that were made by themselves of the store called so, and when; oldest first."""
    if not folder.is_dir():
        return []
    ours = re.compile(rf"{re.escape(of)}-(\d{{8}}-\d{{6}})\.db")
    found = [(path, match[1]) for path in sorted(folder.iterdir()) if (match := ours.fullmatch(path.name))]
    return [
        (path, datetime.strptime(time, _TIME).replace(tzinfo=UTC))
        for path, time in found
        if path.with_name(path.name + MANIFEST).exists()
    ]
