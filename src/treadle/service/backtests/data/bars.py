"""`Bars`: the bars that a project keeps, as everybody asks for them."""

from __future__ import annotations

import asyncio
import re
import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from treadle.errors import InvalidWorkflow, NodeError, TreadleError
from treadle.service.access.operation import note_details, operation
from treadle.service.backtests.data.cache import BarCache
from treadle.service.backtests.data.downloading import require_past
from treadle.service.backtests.data.fetching import Download, downloads_of, time_of
from treadle.service.backtests.data.kept import KeptBars
from treadle.service.backtests.data.reading import ENDINGS, read_bars_file
from treadle.service.backtests.data.source import UPLOADED, market_source
from treadle.service.vault.credentials import Credentials

if TYPE_CHECKING:
    from treadle.service.application import Application

_MOST = 5_000_000
"""Bars of a file that is sent."""
_NAME = re.compile(r"[\w()+,. -]{1,80}")


@dataclass(frozen=True, slots=True)
class BarFacts:
    """`gaps` are how often bars are missing between others; `size` is in bytes; `source` says how they came here."""

    name: str
    venue: str
    symbol: str
    timeframe: str
    begins: datetime | None
    ends: datetime | None
    bars: int
    gaps: int
    size: int
    source: str

    @classmethod
    def of(cls, kept: KeptBars) -> BarFacts:
        """Raises `StoreError` (`corrupt_bars`)."""
        about, source = kept.about(), kept.source
        how = "upload" if source.venue == UPLOADED else "simulated" if source.is_simulated else "download"
        return cls(
            str(source), source.venue, source.symbol, source.timeframe,
            None if about.first is None else time_of(about.first),
            None if about.last is None else time_of(about.last + kept.length),
            about.count, about.gaps, kept.size, how,
        )  # fmt: skip


class Bars:
    def __init__(self, application: Application) -> None:
        self.application = application
        self._settings = application.settings
        self._cache = BarCache(application.settings)
        self._downloads = downloads_of(application.settings, application.world.clock.now)

    @operation("bars.list")
    async def list(self) -> list[BarFacts]:
        """All, by name; what cannot be read is left out."""
        return await asyncio.to_thread(self._list)

    @operation("bars.list")
    async def downloads(self) -> list[Download]:
        """Those under way and those that were asked for before, the newest first."""
        return await asyncio.to_thread(self._downloads.list)

    @operation("bars.download")
    async def download(
        self,
        venue: str,
        symbol: str,
        timeframe: str,
        *,
        since: datetime,
        until: datetime | None = None,
        profile: str | None = None,
    ) -> Download:
        """Begin it, or go on with it. Raises `InvalidWorkflow`, `Conflict`, `NotFound` (`missing_profile`)."""
        try:
            source = market_source(venue, symbol, timeframe)
        except NodeError as error:
            raise _refused(error) from None
        if not source.can_be_downloaded:
            raise InvalidWorkflow(
                "`file` is no venue.", code="unknown_venue", remedy="Name an exchange, or `simulated`."
            )
        if until is not None and until <= since:
            raise InvalidWorkflow(
                "The end is not after the beginning.", code="invalid_period", remedy="Give an `until` after `since`."
            )
        try:
            require_past(_ms(since), _ms(self.application.world.clock.now()))
        except NodeError as error:
            raise _refused(error) from None
        note_details(bars=str(source), since=since.isoformat())
        credentials = await self._credentials(profile)
        return await asyncio.to_thread(
            self._downloads.start, source, _ms(since), None if until is None else _ms(until), credentials=credentials
        )

    @operation("bars.download")
    async def cancel(self, download: str) -> Download:
        """Raises `NotFound` (`unknown_download`)."""
        note_details(download=download)
        return await asyncio.to_thread(self._downloads.cancel, download)

    @operation("bars.upload")
    async def upload(self, name: str, content: bytes, *, timeframe: str | None = None) -> BarFacts:
        """Keep the bars of a file (`btc.csv` becomes `file:btc@1h`), in the place of those that have that name. Raises
        `InvalidWorkflow` (`invalid_bars`, `invalid_argument`) with everything that is wrong with them."""
        file = PurePath(name)
        if file.suffix.lower() not in ENDINGS or not _NAME.fullmatch(file.stem) or file.name != name:
            raise InvalidWorkflow(
                f"`{name[:100]}` is no name of a file of bars.",
                code="invalid_argument",
                remedy="Name it as `btc.csv` or `btc.parquet`: letters, digits, and `()+,.- ` between them.",
            )
        try:
            kept = await asyncio.to_thread(self._keep, file, content, timeframe)
        except NodeError as error:
            raise _refused(error) from None
        note_details(bars=str(kept.source))
        return BarFacts.of(kept)

    @operation("bars.delete")
    async def delete(self, name: str) -> None:
        """Raises `NotFound` (`unknown_bars`), `Conflict` (`being_downloaded`)."""
        note_details(bars=name)
        await asyncio.to_thread(self._delete, name)

    def _list(self) -> list[BarFacts]:
        found: list[BarFacts] = []
        for kept in self._cache.list():
            try:
                found.append(BarFacts.of(kept))
            except TreadleError:
                continue
        return found

    def _delete(self, name: str) -> None:
        kept = self._cache.get(name)
        with kept.alone():
            kept.delete()

    def _keep(self, file: PurePath, content: bytes, timeframe: str | None) -> KeptBars:
        with tempfile.TemporaryDirectory(prefix="treadle-bars-") as folder:
            path = Path(folder) / file.name
            path.write_bytes(content)
            bars, issues = read_bars_file(path, timeframe=timeframe, symbol="file", most=_MOST)
        wrong = tuple(issue for issue in issues if issue.severity == "error")
        if bars is None or wrong:
            raise InvalidWorkflow(" ".join(one.message for one in wrong), code="invalid_bars", issues=wrong)
        return self._cache.put(file.stem, bars)

    async def _credentials(self, profile: str | None) -> dict[str, str]:
        if profile is None:
            return {}
        await Credentials(self.application).require_usable([profile])
        try:
            return dict(self.application.world.profiles[profile])
        except KeyError:
            raise InvalidWorkflow(
                f"There is no profile `{profile[:100]}`.",
                code="missing_profile",
                remedy="`treadle profile list` shows which there are.",
            ) from None


def _refused(error: NodeError) -> InvalidWorkflow:
    return InvalidWorkflow(error.message, code=error.code, remedy=error.remedy)


def _ms(at: datetime) -> int:
    return round(at.timestamp() * 1000)
