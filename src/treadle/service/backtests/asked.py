"""What was asked for, in words: what was tested over what, with which settings, and what of a sweep was best."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from treadle.model.counted import counted
from treadle.service.backtests.search.metric import LESS_IS_BETTER
from treadle.service.reporting.shown import show_value

BESIDES = "Of the account besides"
_ACCOUNT = ("balance", "fees", "slippage")


def account_of(providers: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What of the settings of the accounts says what a result means; of several accounts, those of the first that
    says it."""
    found: dict[str, Any] = {}
    for provider in providers:
        settings: Mapping[str, Any] = provider.get("settings") or {}
        for name in _ACCOUNT:
            if settings.get(name) is not None:
                found.setdefault(name, settings[name])
    return found


def tell_asked(whole: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """(what it is, how it was given), without what was left open. `whole` is a backtest as the export has it."""
    asked: Mapping[str, Any] = whole.get("request") or {}
    yield from _given("Data", [_market(one) for one in asked.get("data") or ()])
    if asked.get("since") or asked.get("until"):
        yield "Asked for", f"{_time(asked.get('since'), 'the first bar')} to {_time(asked.get('until'), 'the last')}"
    yield from tell_account(whole)
    yield from _given("Settings changed", _pairs(asked.get("set")))
    yield from _given("Inputs", _pairs(asked.get("input")))
    yield from _given("Stubs", _pairs(asked.get("stubs")))
    yield from _given("Funding", _pairs(asked.get("funding")))
    if asked.get("gaps"):
        yield "Bars that are missing", str(asked["gaps"])
    yield from _searched(whole)


def tell_account(whole: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What it traded with, and what that cost: as it was given, or else as its nodes say."""
    asked: Mapping[str, Any] = whole.get("request") or {}
    known: Mapping[str, Any] = whole.get("account") or {}
    figures: Mapping[str, Any] = whole.get("figures") or {}
    costs: Mapping[str, Any] = whole.get("costs") or {}
    paper: Mapping[str, Any] = asked.get("paper") or {}
    account = {**known, **paper}
    if account or asked:
        began = show_value(figures.get("began_with"), "money", str(whole.get("currency") or ""))
        yield "Balance", _amounts(account.get("balance")) or began
        charged = "those of the market" if costs.get("fees") else "none"
        yield "Fees", charged if account.get("fees") is None else _text(account["fees"])
        yield "Slippage", _slippage(account.get("slippage"))
    besides = {name: value for name, value in account.items() if name not in _ACCOUNT}
    yield from _given(BESIDES, _pairs(besides))


def tell_best(sweep: Mapping[str, Any]) -> str | None:
    """In words; None where none is the best."""
    if sweep.get("best") is None:
        return None
    metric, row = str(sweep["metric"]), sweep["rows"][int(sweep["best"])]
    least = "least" if metric in LESS_IS_BETTER else "most"
    value = show_value(row["figures"].get(metric))
    many = counted(len(sweep["rows"]), "variant")
    return f"{', '.join(_pairs(row['values']))}: with `{metric}` {value}, the {least} of {many}."


def _searched(whole: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    sweep: Mapping[str, Any] = whole.get("sweep") or {}
    if sweep.get("parameters"):
        named = "; ".join(f"`{one['name']}`: {_values(one['values'])}" for one in sweep["parameters"])
        method = str(sweep.get("method") or "grid")
        seed = "" if method == "grid" else f", seed {sweep.get('seed') or 0}"
        yield "Tried", f"{named.replace('`', '')} ({method}, by {sweep['metric']}{seed})"
    drawn: Mapping[str, Any] = whole.get("monte_carlo") or {}
    if drawn:
        yield "Drawn", f"{counted(drawn['count'], 'course')} of its {drawn['method']}, seed {drawn.get('seed') or 0}"


def _values(values: Sequence[Any]) -> str:
    if len(values) > 8:
        return f"{_text(values[0])}, {_text(values[1])} … {_text(values[-1])} ({len(values):,} values)"
    return ", ".join(_text(one) for one in values)


def _given(name: str, told: Sequence[str]) -> Iterator[tuple[str, str]]:
    if told:
        yield name, ", ".join(told)


def _pairs(given: Mapping[str, Any] | None) -> list[str]:
    return [f"{name} = {_text(value)}" for name, value in (given or {}).items()]


def _market(one: Mapping[str, Any]) -> str:
    symbol, source = one.get("symbol") or "*", str(one["source"])
    return source if symbol == "*" or symbol in source else f"{symbol}: {source}"


def _amounts(balance: Any) -> str:
    if isinstance(balance, Mapping):
        return ", ".join(f"{_text(amount)} {asset}" for asset, amount in balance.items())  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    return "" if balance is None else _text(balance)


def _slippage(given: Any) -> str:
    if not isinstance(given, Mapping):
        return _text(given) if given else "none"
    slippage = cast("Mapping[str, Any]", given)
    told = {
        "none": "none",
        "fixed": f"{_text(slippage.get('bps', 0))} bp",
        "spread": f"{_text(slippage.get('share', 0.5))} of the spread",
        "impact": f"{_text(slippage.get('impact', 0.01))} of the price for the volume of a bar",
    }
    return told.get(str(slippage.get("kind", "none"))) or _text(given)


def _time(at: Any, otherwise: str) -> str:
    return str(at)[:16].replace("T", " ").removesuffix(" 00:00") if at else otherwise


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
