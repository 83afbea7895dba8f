"""Bars to test over: what is here, downloads, files."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from treadle.server.caller import Called
from treadle.server.models.bars import BarsDownload, BarsDownloadPage, DownloadBars, KeptBars, KeptBarsPage
from treadle.server.paging import MOST, Cursor, Limit
from treadle.server.slices import cut
from treadle.service.backtests.data.bars import Bars

router = APIRouter(prefix="/bars", tags=["bars"])

BarsName = Annotated[str, Path(max_length=200, description="As `GET /bars` tells it: `binance:BTC/USDT@1h`.")]
DownloadId = Annotated[str, Path(max_length=100, description="The id that it was given.")]
_FILES: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "text/csv": {"schema": {"type": "string"}},
            "application/vnd.apache.parquet": {"schema": {"type": "string", "format": "binary"}},
        },
    }
}


@router.get("", operation_id="listBars", summary="List the bars that are here")
async def list_bars(caller: Called, limit: Limit = MOST, cursor: Cursor = None) -> KeptBarsPage:
    """Those that were downloaded, and those of files that were sent."""
    found = await Bars(caller.application).list()
    page, following = cut(found, limit, cursor, order=lambda one: (one.name,))
    return KeptBarsPage(items=[KeptBars.of(one) for one in page], next=following)


@router.post("", operation_id="uploadBars", summary="Keep the bars of a file", status_code=201, openapi_extra=_FILES)
async def upload_bars(
    caller: Called,
    request: Request,
    name: Annotated[str, Query(min_length=1, max_length=100, description="Of the file: `btc.csv`, `btc.parquet`.")],
    timeframe: Annotated[
        str | None, Query(min_length=2, max_length=10, description="How long a bar is, where it cannot be told.")
    ] = None,
) -> KeptBars:
    """The file is the body, CSV or Parquet. It is checked whole: what cannot be right is told by row and column, and
    nothing is kept. `btc.csv` is `file:btc@1h` then."""
    found = await Bars(caller.application).upload(name, await request.body(), timeframe=timeframe)
    return KeptBars.of(found)


@router.post("/download", operation_id="downloadBars", summary="Download bars", status_code=202)
async def download_bars(caller: Called, body: DownloadBars) -> BarsDownload:
    """It goes on by itself, and can be asked about. Broken off, it is begun again and goes on where it was."""
    started = await Bars(caller.application).download(
        body.venue, body.symbol, body.timeframe, since=body.since, until=body.until, profile=body.profile
    )
    return BarsDownload.of(started)


@router.get("/downloads", operation_id="listBarsDownloads", summary="List downloads of bars")
async def list_downloads(caller: Called, limit: Limit = MOST, cursor: Cursor = None) -> BarsDownloadPage:
    """Those under way, and the last one of each market and timeframe."""
    found = await Bars(caller.application).downloads()
    page, following = cut(found, limit, cursor, order=lambda one: (-one.created_at, one.id))
    return BarsDownloadPage(items=[BarsDownload.of(one) for one in page], next=following)


@router.delete(
    "/downloads/{download_id}", operation_id="cancelBarsDownload", summary="Cancel a download", status_code=204
)
async def cancel_download(caller: Called, download_id: DownloadId) -> Response:
    """What is here stays. One that is over is forgotten."""
    await Bars(caller.application).cancel(download_id)
    return Response(status_code=204)


@router.delete("/{name:path}", operation_id="deleteBars", summary="Delete bars", status_code=204)
async def delete_bars(caller: Called, name: BarsName) -> Response:
    """They are gone from this machine, not from where they came from."""
    await Bars(caller.application).delete(name)
    return Response(status_code=204)
