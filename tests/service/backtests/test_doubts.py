"""What speaks against a result, in words that fit on a line."""

from __future__ import annotations

from datetime import UTC, datetime

from treadle.service.backtests.doubts import find_doubts
from treadle.service.backtests.result import BacktestResult

BEGINS, ENDS = datetime(2024, 1, 1, tzinfo=UTC), datetime(2024, 2, 1, tzinfo=UTC)


def test_of_a_failure_only_the_first_line_is_told() -> None:
    result = BacktestResult("bot", "1", BEGINS, ENDS, bars=1, timeframe="1h", runs={"type_mismatch": 14})
    result.messages = {"type_mismatch": "`*` takes numbers, not null and the number 3:\n    {{ a * 3 }}\n       ^\n"}

    said = next(one.message for one in find_doubts(result) if one.code == "failed_runs")

    assert said == "14 runs ended with `type_mismatch`: `*` takes numbers, not null and the number 3"
