"""Trades as text: CSV, as spreadsheets read it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from typing import Any

from treadle.service.bots.figures import show
from treadle.service.bots.holding import Trade

COLUMNS = (
    "number", "account", "symbol", "side", "quantity", "entry", "exit", "profit", "fees", "currency", "share",
    "opened_at", "closed_at", "held_s", "order", "runs",
)  # fmt: skip


def describe_trade(trade: Trade) -> dict[str, Any]:
    """A trade as JSON: amounts are text, exact."""
    return {
        "number": trade.number,
        "account": trade.group,
        "symbol": trade.symbol,
        "side": trade.side,
        "quantity": show(trade.quantity),
        "entry": show(trade.entry),
        "exit": show(trade.exit),
        "profit": show(trade.profit),
        "fees": show(trade.fees),
        "currency": trade.currency,
        "share": None if trade.share is None else round(float(trade.share), 8),
        "opened_at": trade.opened_at,
        "closed_at": trade.closed_at,
        "held_s": round(trade.held.total_seconds(), 3),
        "order": trade.order,
        "runs": list(trade.runs),
    }


def write_trades(trades: Sequence[Trade]) -> Iterator[str]:
    """The heads, then a line a trade."""
    yield _line(COLUMNS)
    for trade in trades:
        found = describe_trade(trade)
        cells = {
            **found,
            "opened_at": trade.opened_at.isoformat(),
            "closed_at": trade.closed_at.isoformat(),
            "runs": " ".join(trade.runs),
        }
        yield _line([_plain(cells[name]) for name in COLUMNS])


def _plain(value: Any) -> Any:
    """Text that a spreadsheet would take for a formula is kept from being one; numbers are numbers."""
    is_formula = isinstance(value, str) and value[:1] in ("=", "+", "@", "\t", "\r")
    return f"'{value}" if is_formula else value


def _line(cells: Sequence[Any]) -> str:
    text = io.StringIO()
    csv.writer(text).writerow(cells)
    return text.getvalue()
