"""Deployments as bots: figures, trades, positions, orders, the course of their profit, and runs per day."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import AwareDatetime
from starlette.responses import StreamingResponse

from treadle.server.caller import Called
from treadle.server.models.bots import (
    BotFigures,
    EquitySeries,
    Order,
    OrderPage,
    Position,
    PositionList,
    RunDay,
    RunDayList,
    SeriesPoint,
    Trade,
    TradePage,
)
from treadle.server.paging import DEFAULT_LIMIT, Cursor, Limit, decode_cursor, encode_cursor
from treadle.server.routes.deployments import DeploymentName
from treadle.service.bots.bots import Bots, Outcome, TradeFilter
from treadle.service.bots.trade_text import write_trades
from treadle.service.run_days import RunDays
from treadle.store.day_counts import KEPT_DAYS

router = APIRouter(prefix="/deployments/{name}", tags=["deployments"])
days_router = APIRouter(prefix="/monitoring", tags=["monitoring"])

Symbol = Annotated[str | None, Query(max_length=80, description="Only of this one.")]
Since = Annotated[AwareDatetime | None, Query(alias="from")]
Until = Annotated[AwareDatetime | None, Query(alias="to")]
Days = Annotated[int, Query(ge=1, le=KEPT_DAYS, description="How many, today included.")]
_CSV: dict[int | str, dict[str, Any]] = {
    200: {"description": "A line a trade, oldest first.", "content": {"text/csv": {"schema": {"type": "string"}}}}
}


def read_filter(
    symbol: Symbol = None,
    side: Literal["long", "short"] | None = None,
    outcome: Outcome | None = None,
    since: Since = None,
    until: Until = None,
) -> TradeFilter:
    return TradeFilter(symbol, side, outcome, since, until)


Wanted = Annotated[TradeFilter, Depends(read_filter)]


@router.get("/bot", operation_id="getBot", summary="What a bot came to")
async def get_bot(caller: Called, name: DeploymentName) -> BotFigures:
    """Profit, trades and drawdown, from its own fills."""
    return BotFigures.of(await Bots(caller.application).figures(name))


@router.get("/trades", operation_id="listTrades", summary="List a bot's trades")
async def list_trades(
    caller: Called, name: DeploymentName, wanted: Wanted, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None
) -> TradePage:
    """The last that closed first."""
    before = None if cursor is None else decode_cursor(cursor, number=int)["number"]
    found = await Bots(caller.application).trades(name, wanted, before=before, limit=limit + 1)
    page = found[:limit]
    following = encode_cursor({"number": page[-1].number}) if len(found) > limit else None
    return TradePage(items=[Trade.of(trade) for trade in page], next=following)


@router.get(
    "/trades/export",
    operation_id="exportTrades",
    summary="Export a bot's trades as CSV",
    response_class=StreamingResponse,
    responses=_CSV,
)
async def export_trades(caller: Called, name: DeploymentName, wanted: Wanted) -> StreamingResponse:
    """All of them, or what the filter lets through."""
    lines: Iterator[str] = write_trades(await Bots(caller.application).all_trades(name, wanted))
    headers = {"Content-Disposition": f'attachment; filename="{name}-trades.csv"'}
    return StreamingResponse(lines, media_type="text/csv", headers=headers)


@router.get("/positions", operation_id="listPositions", summary="What a bot holds")
async def list_positions(caller: Called, name: DeploymentName) -> PositionList:
    """As its own fills say."""
    return PositionList(items=[Position.of(held) for held in await Bots(caller.application).positions(name)])


@router.get("/orders", operation_id="listOrders", summary="List a bot's orders")
async def list_orders(
    caller: Called,
    name: DeploymentName,
    open_only: Annotated[bool, Query(alias="open", description="Those that something is still to become of.")] = False,
    symbol: Symbol = None,
    status: Annotated[str | None, Query(max_length=20)] = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> OrderPage:
    """The newest first."""
    before = None if cursor is None else decode_cursor(cursor, serial=int)["serial"]
    found = await Bots(caller.application).orders(
        name, open_only=open_only, symbol=symbol, status=status, before=before, limit=limit + 1
    )
    page = found[:limit]
    following = encode_cursor({"serial": page[-1].serial}) if len(found) > limit else None
    return OrderPage(items=[Order.of(record) for record in page], next=following)


@router.get("/equity", operation_id="getEquity", summary="The course of a bot's profit")
async def get_equity(
    caller: Called,
    name: DeploymentName,
    since: Since = None,
    until: Until = None,
    points: Annotated[int, Query(ge=10, le=5000, description="At most so many; they look like all of them.")] = 500,
) -> EquitySeries:
    """After each trade, and what its account was worth where runs have read it."""
    found = await Bots(caller.application).equity(name, since=since, until=until, points=points)
    return EquitySeries(
        currency=found.currency,
        profit=[SeriesPoint.of(point) for point in found.profit],
        account_currency=found.account_currency,
        account=[SeriesPoint.of(point) for point in found.account],
    )


@router.get("/runs-per-day", operation_id="listRunDaysOfDeployment", summary="How many of its runs ended each day")
async def list_run_days_of_deployment(caller: Called, name: DeploymentName, days: Days = 30) -> RunDayList:
    """In UTC, today last; runs that are no longer kept included."""
    found = await RunDays(caller.application).of_deployment(name, days=days)
    return RunDayList(items=[RunDay.of(day) for day in found])


@days_router.get("/runs-per-day", operation_id="listRunDays", summary="How many runs ended each day")
async def list_run_days(
    caller: Called, days: Days = 30, workflow: Annotated[str | None, Query(max_length=200)] = None
) -> RunDayList:
    """Of all that one may see, in UTC, today last; runs that are no longer kept included."""
    return RunDayList(
        items=[RunDay.of(day) for day in await RunDays(caller.application).list(days=days, workflow=workflow)]
    )
