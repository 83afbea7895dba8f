"""Tables of a kept backtest, for other programs."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

from treadle.service.backtests.exporting import export


class KeptFills:
    """Implements `Kept`, of fills alone."""

    def __init__(self, *fills: dict[str, Any]) -> None:
        self._fills = fills

    async def get(self, id: str) -> dict[str, Any]:
        return {"id": id, "parts": ["fills"]}

    async def fills(self, id: str) -> Sequence[dict[str, Any]]:
        return self._fills

    async def equity(self, id: str, *, points: int = 0) -> dict[str, Any]:
        raise AssertionError

    async def trades(self, id: str, *, limit: int = 0) -> Sequence[dict[str, Any]]:
        raise AssertionError

    async def part(self, id: str, name: str) -> dict[str, Any]:
        raise AssertionError

    async def candles(self, id: str, *, points: int = 0) -> dict[str, Any]:
        raise AssertionError


async def test_the_name_of_a_run_stays_as_it_is_and_no_text_is_a_formula() -> None:
    kept = KeptFills({"run": "@1714536000000", "path": "=HYPERLINK(1)", "fee": "-1.5"})

    found = await export(kept, "bt-1", "csv", what="fills")

    (row,) = csv.DictReader(io.StringIO(found.content.decode()))
    assert row == {"run": "@1714536000000", "path": "'=HYPERLINK(1)", "fee": "-1.5"}
