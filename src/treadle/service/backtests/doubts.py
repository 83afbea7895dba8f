"""What speaks against believing a result: of the runs, the trades, the costs, and of the bars."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from treadle.service.backtests.costs import slippage_of
from treadle.service.backtests.warned import Warned

if TYPE_CHECKING:
    from treadle.service.backtests.result import BacktestResult

FEW_TRADES = 30


def find_doubts(result: BacktestResult) -> Iterator[Warned]:
    """Whichever way it was tested."""
    for code, message in result.messages.items():
        said = message.partition("\n")[0].rstrip(" :")  # what follows shows where in an expression
        yield Warned("failed_runs", f"{result.runs.get(code, 0)} runs ended with `{code}`: {said}")
    if result.open:
        held = ", ".join(f"{one.quantity:f} {one.symbol}" for one in result.open)
        yield Warned("open_trades", f"Still held at the end, and counted at the last price: {held}.")
    if result.fills and not result.fees:
        yield Warned("no_fees", "No fees were charged. Venues do: say in `paper` what they are, `fees=0.001`.")
    if result.fills and not any(slippage_of(one) for one in result.providers):
        yield Warned(
            "no_slippage",
            "Every order was filled at the price of the bar. Say in `paper` what one's own trading moves it by: "
            '`slippage={"kind": "fixed", "bps": 2}`.',
            "info",
        )
    if not result.fills:
        yield Warned("nothing_traded", "Nothing was traded.")
    if result.history is not None and (empty := result.history.without_volume()):
        yield Warned(
            "no_volume",
            f"{empty} of {result.bars} bars have no volume: what was traded in them would not have been.",
        )
    for issue in () if result.history is None else result.history.warnings:
        yield Warned(issue.code, issue.message)
    if result.fills and len(result.trades) < FEW_TRADES:
        yield Warned("few_trades", _few(len(result.trades)))
    yield Warned("survivorship", "Markets that are gone are in no file: what was tested is what has survived.", "info")


def _few(count: int) -> str:
    if not count:
        return "No trade was closed: what came of it says little."
    return f"{'1 trade says' if count == 1 else f'{count} trades say'} little: luck alone makes such results."
