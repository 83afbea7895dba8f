"""Bars that the project keeps, as the API takes and shows them."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import AwareDatetime, BaseModel, Field

from treadle.server.models.runs import Taken
from treadle.server.paging import Page
from treadle.service.backtests.data import bars as service
from treadle.service.backtests.data import fetching


class DownloadBars(Taken):
    """What to download. What is there already is not asked for again."""

    venue: str = Field(
        min_length=1,
        max_length=60,
        description="An exchange, or `simulated` (`simulated-7`: another seed; `simulated-alpha`: another venue).",
    )
    symbol: str = Field(min_length=1, max_length=100, description="As the venue lists it: `BTC/USDT`.")
    timeframe: str = Field(min_length=2, max_length=10, description="As `1m`, `4h`, `1d`.")
    since: AwareDatetime
    until: AwareDatetime | None = Field(default=None, description="Without it, now.")
    profile: str | None = Field(
        default=None, min_length=1, max_length=200, description="Credentials, for a venue that gives nothing without."
    )


class KeptBars(BaseModel):
    """Bars of one market and timeframe."""

    name: str = Field(description="How a backtest names them: `binance:BTC/USDT@1h`.")
    venue: str = Field(description="`file` for those of a file.")
    symbol: str
    timeframe: str
    begins: datetime | None = Field(description="When the first bar opens.")
    ends: datetime | None = Field(description="When the last bar is over.")
    bars: int
    gaps: int = Field(description="How often bars are missing between others.")
    size: int = Field(description="Bytes on the disk.")
    source: Literal["download", "upload", "simulated"]

    @classmethod
    def of(cls, facts: service.BarFacts) -> KeptBars:
        return cls.model_validate(facts, from_attributes=True)


class KeptBarsPage(Page[KeptBars]):
    """Bars, by name."""


class DownloadFailure(BaseModel):
    """Why it ended."""

    code: str
    message: str
    remedy: str | None = None


class BarsDownload(BaseModel):
    """A download under way, or one that was."""

    id: str
    name: str = Field(description="How the bars are called.")
    venue: str
    symbol: str
    timeframe: str
    since: datetime
    until: datetime | None
    state: Literal["running", "completed", "failed", "cancelled", "interrupted"] = Field(
        description="`interrupted`: the server was stopped meanwhile; ask for it again, and it goes on."
    )
    progress: float = Field(description="0 to 1.")
    bars: int = Field(description="How many are here.")
    created_at: datetime
    finished_at: datetime | None
    error: DownloadFailure | None

    @classmethod
    def of(cls, one: fetching.Download) -> BarsDownload:
        return cls(
            id=one.id,
            name=str(one.source),
            venue=one.venue,
            symbol=one.symbol,
            timeframe=one.timeframe,
            since=fetching.time_of(one.since),
            until=None if one.until is None else fetching.time_of(one.until),
            state=one.state,
            progress=one.progress,
            bars=one.bars,
            created_at=fetching.time_of(one.created_at),
            finished_at=None if one.finished_at is None else fetching.time_of(one.finished_at),
            error=None if one.error is None else DownloadFailure.model_validate(dict(one.error)),
        )


class BarsDownloadPage(Page[BarsDownload]):
    """Downloads, the newest first."""
