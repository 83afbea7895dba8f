"""What speaks against believing a result: of the runs, the trades, the costs, and of the bars."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from treadle.model.counted import counted
from treadle.model.nearest import listed
from treadle.service.backtests.costs import slippage_of
from treadle.service.backtests.request import ANY_SYMBOL
from treadle.service.reporting.finding import Finding

if TYPE_CHECKING:
    from treadle.service.backtests.result import BacktestResult

FEW_TRADES = 30


def find_doubts(result: BacktestResult) -> Iterator[Finding]:
    """Whichever way it was tested."""
    for code, message in result.messages.items():
        said = message.partition("\n")[0].rstrip(" :")  # what follows shows where in an expression
        yield Finding("failed_runs", f"{counted(result.runs.get(code, 0), 'run')} ended with `{code}`: {said}")
    if result.open:
        held = ", ".join(f"{one.quantity:f} {one.symbol}" for one in result.open)
        yield Finding("open_trades", f"Still held at the end, and counted at the last price: {held}.")
    traded = list(dict.fromkeys(str(fill["symbol"]) for fill in result.fills))
    yield from _find_without_fees(result, traded)
    if unpaid := [one for one in traded if _is_unpaid(result, one)]:
        yield Finding(
            "no_funding",
            f"No funding was paid for {listed(unpaid)}; on paper, and live, it is. Give what it was: "
            f"`--funding {unpaid[0]}=FILE`.",
        )
    if result.fills and not any(slippage_of(one) for one in result.providers):
        yield Finding(
            "no_slippage",
            "Every order was filled at the price of the bar. Say in `paper` what one's own trading moves it by: "
            '`slippage={"kind": "fixed", "bps": 2}`.',
            "info",
        )
    if not result.fills:
        yield Finding("nothing_traded", "Nothing was traded.")
    if result.history is not None and (empty := result.history.without_volume(result.begins, result.ends)):
        which, then = ("has", "it") if empty == 1 else ("have", "them")
        of = f"{empty:,} of {counted(result.bars, 'bar')}"
        yield Finding("no_volume", f"{of} {which} no volume: what was traded in {then} would not have been.")
    for issue in () if result.history is None else result.history.warnings:
        yield Finding(issue.code, issue.message)
    if result.fills and len(result.trades) < FEW_TRADES:
        yield Finding("few_trades", _few(len(result.trades)))
    yield Finding("survivorship", "Markets that are gone are in no file: what was tested is what has survived.", "info")


def _find_without_fees(result: BacktestResult, symbols: Sequence[str]) -> Iterator[Finding]:
    """Of the markets that were traded, those that charged nothing: as their venue says, or because nobody says."""
    if result.fees:
        charged = {str(one["symbol"]) for one in result.fills if float(one["fee"])}
        symbols = [one for one in symbols if one not in charged]
    if not symbols:
        return
    told = {one for one in symbols if _is_free(result, one)}
    if unknown := [one for one in symbols if one not in told]:
        of = f" for {listed(unknown)}" if result.fees or told else ""
        said = f"No fees were charged{of}. Venues do: say in `paper` what they are, `fees=0.001`."
        yield Finding("no_fees", said)
    if told:
        yield Finding("no_fees", f"No fees were charged for {listed(sorted(told))}: the venue has none there.", "info")


def _is_free(result: BacktestResult, symbol: str) -> bool:
    """Whether the market itself charges nothing, and the settings leave that to it."""
    if result.history is None or any(one.get("fees") is not None for one in _settings(result)):
        return False
    keys = [key for key in result.history.bars if key in (symbol, ANY_SYMBOL) or key.endswith(f":{symbol}")]
    return bool(keys) and all(key in result.history.markets for key in keys)


def _is_unpaid(result: BacktestResult, symbol: str) -> bool:
    """Whether it is a perpetual, and nobody said what was paid for it."""
    if ":" not in symbol.partition("/")[2] or any(one.get("funding") is False for one in _settings(result)):
        return False
    return result.history is not None and not {symbol, ANY_SYMBOL} & set(result.history.rates)


def _settings(result: BacktestResult) -> list[Mapping[str, Any]]:
    return [one.get("settings") or {} for one in result.providers]


def _few(count: int) -> str:
    if not count:
        return "No trade was closed: what came of it says little."
    return f"{'1 trade says' if count == 1 else f'{count} trades say'} little: luck alone makes such results."
