"""Backtests: started, followed, looked at, compared, exported."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query
from pydantic import AwareDatetime
from starlette.responses import Response

from treadle.server.caller import Called
from treadle.server.models.backtests.asked import StartBacktest, StartedBacktest
from treadle.server.models.backtests.detail import BacktestComparison, BacktestDetail
from treadle.server.models.backtests.search import MonteCarlo, Sweep, WalkForward
from treadle.server.models.backtests.series import BacktestTrade, BacktestTradePage, Candles, EquityCurve, WireValues
from treadle.server.models.backtests.summary import BacktestPage, BacktestSummary, Kind
from treadle.server.paging import DEFAULT_LIMIT, Cursor, Limit, decode_cursor, encode_cursor
from treadle.service.backtests.keeping import Backtests
from treadle.service.backtests.wanted import read_wanted
from treadle.service.reporting.page import POLICY

router = APIRouter(prefix="/backtests", tags=["backtests"])

BacktestId = Annotated[str, Path(max_length=100, description="The id that it was given.")]
Points = Annotated[int, Query(ge=10, le=20_000, description="At most so many; they look like all of them.")]
Since = Annotated[AwareDatetime | None, Query(description="ISO 8601, or milliseconds since 1970.")]
Until = Annotated[AwareDatetime | None, Query()]
Sort = Literal[
    "number", "-number", "profit", "-profit", "share", "-share", "held", "-held", "mae", "-mae", "mfe", "-mfe",
    "opened", "-opened",
]  # fmt: skip
_HTML: dict[int | str, dict[str, Any]] = {
    200: {"description": "One page that fetches nothing.", "content": {"text/html": {"schema": {"type": "string"}}}}
}
_FILE: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The file.",
        "content": {
            kind: {"schema": {"type": "string", "format": "binary"}}
            for kind in ("application/octet-stream", "text/csv", "application/vnd.apache.parquet", "text/html")
        },
    }
}


@router.post("", operation_id="startBacktest", summary="Start a backtest", status_code=202)
async def start_backtest(caller: Called, body: StartBacktest, response: Response) -> StartedBacktest:
    """It goes on by itself; its state and how far it is are asked for. Bars and settings are checked first."""
    wanted = read_wanted(body.model_dump(mode="json", exclude_unset=True))
    started = await Backtests(caller.application).start(wanted)
    response.headers["Location"] = f"/api/v1/backtests/{started}"
    return StartedBacktest(id=started)


@router.get("", operation_id="listBacktests", summary="List backtests")
async def list_backtests(
    caller: Called,
    workflow: Annotated[str | None, Query(max_length=200)] = None,
    kind: Kind | None = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> BacktestPage:
    """The newest first."""
    before = None if cursor is None else decode_cursor(cursor, id=str)["id"]
    found = await Backtests(caller.application).list(workflow=workflow, kind=kind, before=before, limit=limit + 1)
    page = found[:limit]
    following = encode_cursor({"id": page[-1]["id"]}) if len(found) > limit else None
    return BacktestPage(items=[BacktestSummary.model_validate(one) for one in page], next=following)


@router.get("/compare", operation_id="compareBacktests", summary="Compare two backtests")
async def compare_backtests(
    caller: Called,
    a: Annotated[str, Query(min_length=1, max_length=100)],
    b: Annotated[str, Query(min_length=1, max_length=100)],
) -> BacktestComparison:
    """Figures side by side, and how far their fills are the same."""
    return BacktestComparison.model_validate(await Backtests(caller.application).compare(a, b))


@router.get("/{id}", operation_id="getBacktest", summary="Read a backtest")
async def get_backtest(caller: Called, id: BacktestId) -> BacktestDetail:
    """With what speaks against it, and how it was worked out."""
    return BacktestDetail.model_validate(await Backtests(caller.application).get(id))


@router.delete("/{id}", operation_id="deleteBacktest", summary="Remove a backtest", status_code=204)
async def delete_backtest(caller: Called, id: BacktestId) -> None:
    """With all its series. One that is under way is cancelled first."""
    await Backtests(caller.application).delete(id)


@router.post("/{id}/cancel", operation_id="cancelBacktest", summary="Cancel a backtest")
async def cancel_backtest(caller: Called, id: BacktestId) -> BacktestSummary:
    """Nothing, where it is over already."""
    return BacktestSummary.model_validate(await Backtests(caller.application).cancel(id))


@router.get("/{id}/equity", operation_id="getBacktestEquity", summary="The course of a backtest's equity")
async def get_equity(caller: Called, id: BacktestId, points: Points = 2000) -> EquityCurve:
    """With its drawdown, its exposure and the price of the first market."""
    return EquityCurve.model_validate(await Backtests(caller.application).equity(id, points=points))


@router.get("/{id}/trades", operation_id="listBacktestTrades", summary="List a backtest's trades")
async def list_trades(
    caller: Called,
    id: BacktestId,
    sort: Sort = "number",
    since: Since = None,
    until: Until = None,
    limit: Annotated[int, Query(ge=1, le=1000, description="At most so many items.")] = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> BacktestTradePage:
    """The first that closed first, unless another order is asked for; of a period, those that overlap it."""
    start = 0 if cursor is None else max(0, decode_cursor(cursor, at=int)["at"])
    found = await Backtests(caller.application).trades(
        id, sort=sort, since=since, until=until, start=start, limit=limit + 1
    )
    following = encode_cursor({"at": start + limit}) if len(found) > limit else None
    return BacktestTradePage(items=[BacktestTrade.model_validate(one) for one in found[:limit]], next=following)


@router.get("/{id}/candles", operation_id="getBacktestCandles", summary="The bars of a backtest, with its indicators")
async def get_candles(
    caller: Called,
    id: BacktestId,
    symbol: Annotated[str | None, Query(max_length=100, description="Default: the first.")] = None,
    since: Since = None,
    until: Until = None,
    points: Points = 2000,
) -> Candles:
    """Where there are more bars in the period than points, as many are joined to one as need be."""
    found = await Backtests(caller.application).candles(id, symbol=symbol, since=since, until=until, points=points)
    return Candles.model_validate(found)


@router.get("/{id}/values", operation_id="getBacktestValues", summary="What stood on the wires at a bar")
async def get_values(
    caller: Called,
    id: BacktestId,
    at: Annotated[
        AwareDatetime, Query(description="ISO 8601, or milliseconds since 1970.", examples=["2026-01-31T12:00:00Z"])
    ],
) -> WireValues:
    """In the last run at that time or before."""
    return WireValues.model_validate(await Backtests(caller.application).values(id, at=at))


@router.get("/{id}/sweep", operation_id="getBacktestSweep", summary="The variants of a sweep")
async def get_sweep(caller: Called, id: BacktestId) -> Sweep:
    return Sweep.model_validate(await Backtests(caller.application).part(id, "sweep"))


@router.get("/{id}/walk-forward", operation_id="getBacktestWalkForward", summary="The windows of a walk forward")
async def get_walk_forward(caller: Called, id: BacktestId) -> WalkForward:
    return WalkForward.model_validate(await Backtests(caller.application).part(id, "walk_forward"))


@router.get("/{id}/monte-carlo", operation_id="getBacktestMonteCarlo", summary="What might have come of it as well")
async def get_monte_carlo(caller: Called, id: BacktestId) -> MonteCarlo:
    return MonteCarlo.model_validate(await Backtests(caller.application).part(id, "monte_carlo"))


@router.get(
    "/{id}/report",
    operation_id="getBacktestReport",
    summary="A backtest as one page",
    response_class=Response,
    responses=_HTML,
)
async def get_report(caller: Called, id: BacktestId) -> Response:
    page = await Backtests(caller.application).export(id, "html")
    return Response(page.content, media_type=page.media_type, headers={"Content-Security-Policy": POLICY})


@router.get(
    "/{id}/export",
    operation_id="exportBacktest",
    summary="Export a backtest",
    response_class=Response,
    responses=_FILE,
)
async def export_backtest(
    caller: Called,
    id: BacktestId,
    format: Literal["json", "csv", "parquet", "html"] = "json",
    what: Annotated[
        Literal["trades", "equity", "fills"], Query(description="Of CSV and Parquet, which table.")
    ] = "trades",
) -> Response:
    """JSON and HTML hold everything. JSON comes as bytes, as every file does: it is one, not an answer."""
    made = await Backtests(caller.application).export(id, format, what=what)
    headers = {"Content-Disposition": f'attachment; filename="{made.name}"', "Content-Security-Policy": POLICY}
    kind = "application/octet-stream" if format == "json" else made.media_type
    return Response(made.content, media_type=kind, headers=headers)
