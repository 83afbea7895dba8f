"""Downloads that go on by themselves in a server: each in a thread with an event loop of its own, so that what an
exchange takes its time for holds up nobody. What has been asked for is written beside the bars: after a restart it is
there to be gone on with."""

from __future__ import annotations

import asyncio
import hashlib
import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from treadle.errors import Conflict, NotFound, TreadleError
from treadle.service.backtests.data.cache import BarCache
from treadle.service.backtests.data.downloading import Downloading
from treadle.service.backtests.data.markets import open_market
from treadle.service.backtests.data.source import MarketSource

if TYPE_CHECKING:
    from treadle.service.settings import Settings

State = Literal["running", "completed", "failed", "cancelled", "interrupted"]
_WISH = "download.json"
_MOST = 4
"""At a time: exchanges count by address, and so do machines by processor."""


@dataclass(frozen=True, slots=True)
class Download:
    """Times in ms; `until` None: up to now. `interrupted`: the process that fetched it is gone; ask for it again."""

    id: str
    venue: str
    symbol: str
    timeframe: str
    since: int
    until: int | None
    created_at: int
    state: State = "running"
    progress: float = 0.0
    bars: int = 0
    finished_at: int | None = None
    error: Mapping[str, Any] | None = None

    @property
    def source(self) -> MarketSource:
        return MarketSource(self.venue, self.symbol, self.timeframe)


@dataclass(slots=True)
class _Job:
    download: Download
    thread: threading.Thread | None = None
    loop: asyncio.AbstractEventLoop | None = None
    task: asyncio.Task[None] | None = None
    is_cancelled: bool = False


@dataclass(slots=True)
class Downloads:
    """Those of one project in this process. `now` tells the time."""

    settings: Settings
    now: Callable[[], datetime]
    _jobs: dict[str, _Job] = field(default_factory=dict[str, _Job])

    def list(self) -> list[Download]:
        """Those under way, and those that were asked for before, the newest first."""
        cache = BarCache(self.settings)
        found = {one.id: one for kept in cache.folder.glob(f"*/*/*/{_WISH}") if (one := _read(kept)) is not None}
        for id, one in found.items():
            if one.state == "running" and not self._runs(id):
                found[id] = replace(one, state="interrupted")
        found |= {id: self._told(job) for id, job in self._jobs.items()}
        return sorted(found.values(), key=lambda one: (-one.created_at, one.id))

    def start(
        self, source: MarketSource, since: int, until: int | None, *,
        credentials: Mapping[str, str] | None = None, options: Mapping[str, Any] | None = None,
    ) -> Download:  # fmt: skip
        """Raises `Conflict` (`being_downloaded`, `too_many_downloads`)."""
        id = "dl-" + hashlib.sha256(str(source).encode()).hexdigest()[:12]
        if self._runs(id):
            raise Conflict(
                f"The bars {source} are being downloaded already.",
                code="being_downloaded",
                remedy="Wait until that is done, or cancel it.",
            )
        if sum(self._runs(one) for one in self._jobs) >= _MOST:
            raise Conflict(
                f"{_MOST} downloads are under way.", code="too_many_downloads", remedy="Wait until one of them is done."
            )
        at = round(self.now().timestamp() * 1000)
        job = _Job(Download(id, source.venue, source.symbol, source.timeframe, since, until, at))
        job.thread = threading.Thread(
            target=self._run, args=(job, dict(credentials or {}), dict(options or {})), name=id, daemon=True
        )
        self._jobs[id] = job
        self._write(job.download)
        job.thread.start()
        return job.download

    def cancel(self, id: str) -> Download:
        """End it; what is there stays. One that is not under way is forgotten. Raises `NotFound`."""
        known = next((one for one in self.list() if one.id == id), None)
        if known is None:
            raise NotFound(
                f"There is no download `{id[:100]}`.",
                code="unknown_download",
                remedy="`GET /bars/downloads` lists them.",
                download=id[:100],
            )
        job = self._jobs.get(id)
        if job is not None and self._runs(id):
            job.is_cancelled = True
            if job.loop is not None and job.task is not None:
                job.loop.call_soon_threadsafe(job.task.cancel)
            return replace(known, state="cancelled")
        self._jobs.pop(id, None)
        self._place(known).unlink(missing_ok=True)
        return known

    def wait(self, id: str, seconds: float) -> Download:
        """How it stands when it is over, or after `seconds`."""
        job = self._jobs[id]
        if job.thread is not None:
            job.thread.join(seconds)
        return self._told(job)

    def _runs(self, id: str) -> bool:
        job = self._jobs.get(id)
        return job is not None and job.thread is not None and job.thread.is_alive()

    def _run(self, job: _Job, credentials: dict[str, str], options: dict[str, Any]) -> None:
        state: State = "completed"
        error: Mapping[str, Any] | None = None
        try:
            asyncio.run(self._fetch(job, credentials, options))
        except asyncio.CancelledError:
            state = "cancelled"
        except TreadleError as failure:
            state, error = "failed", failure.to_dict()
        except Exception as failure:
            state, error = "failed", {"code": "defect", "message": f"{type(failure).__name__}: {failure}"}
        at = round(self.now().timestamp() * 1000)
        done = self._told(job)
        progress = 1.0 if state == "completed" else done.progress
        job.download = replace(done, state=state, error=error, finished_at=at, progress=progress)
        self._write(job.download)

    async def _fetch(self, job: _Job, credentials: dict[str, str], options: dict[str, Any]) -> None:
        job.loop, job.task = asyncio.get_running_loop(), asyncio.current_task()
        if job.is_cancelled:
            raise asyncio.CancelledError
        source, kept = job.download.source, BarCache(self.settings).of(job.download.source)

        def told(done: int, all: int) -> None:
            job.download = replace(job.download, progress=round(done / all, 4))

        async with open_market(source, self.settings, self.now, credentials=credentials, options=options) as market:
            work = Downloading(market, kept, lambda: round(self.now().timestamp() * 1000), told)
            await work.fetch(job.download.since, job.download.until)

    def _told(self, job: _Job) -> Download:
        try:
            bars = BarCache(self.settings).of(job.download.source).about().count
        except TreadleError:
            bars = 0
        return replace(job.download, bars=bars)

    def _place(self, download: Download) -> Path:
        return BarCache(self.settings).of(download.source).folder / _WISH

    def _write(self, download: Download) -> None:
        place = self._place(download)
        place.parent.mkdir(parents=True, exist_ok=True)
        part = place.with_suffix(".part")
        part.write_text(json.dumps(asdict(download)), encoding="utf-8")
        part.replace(place)


_of_projects: dict[Path, Downloads] = {}


def downloads_of(settings: Settings, now: Callable[[], datetime]) -> Downloads:
    """The downloads of the project whose workspace it is: one list for all that ask in this process."""
    place = Path(settings.workspace).resolve()
    if place not in _of_projects:
        _of_projects[place] = Downloads(settings, now)
    return _of_projects[place]


def _read(file: Path) -> Download | None:
    try:
        return Download(**json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def time_of(at: int) -> datetime:
    return datetime.fromtimestamp(at / 1000, UTC)
