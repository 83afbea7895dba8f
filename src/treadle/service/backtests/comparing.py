"""Two backtests side by side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

from treadle.errors import NotFound
from treadle.service.backtests.asked import BESIDES, tell_account
from treadle.service.backtests.content import ms_of
from treadle.service.reporting.shown import show_value

_OF_ACCOUNTS = {"Balance": "balance", "Fees": "fees", "Slippage": "slippage", BESIDES: "account"}
_NOT_GIVEN = frozenset({"none", "those of the market"})
"""What is told of fees where nobody said any: whether there were some hangs on what was traded."""
_SAME = ("symbol", "side", "quantity", "price", "at", "fee")


class Kept(Protocol):
    """What of `Backtests` is read here."""

    async def get(self, id: str) -> dict[str, Any]: ...
    async def trades(self, id: str, *, limit: int = ...) -> Sequence[dict[str, Any]]: ...
    async def fills(self, id: str) -> Sequence[dict[str, Any]]: ...


async def compare(kept: Kept, a: str, b: str) -> dict[str, Any]:
    """Their figures, when their fills part ways, the trades that only one of them made; and `differ`: in what they are
    not of the same, so that their figures do not stand for the workflows alone."""
    first, second = await kept.get(a), await kept.get(b)
    of_a: Mapping[str, Any] = first.get("figures") or {}
    of_b: Mapping[str, Any] = second.get("figures") or {}
    figures = [{"name": name, "a": of_a.get(name), "b": of_b.get(name)} for name in dict.fromkeys([*of_a, *of_b])]
    fills = [await _found(kept.fills, a), await _found(kept.fills, b)]
    trades = [{_key(one) for one in await _trades(kept, id)} for id in (a, b)]
    return {
        "a": first,
        "b": second,
        "differ": list(_differences(first, second)),
        "figures": figures,
        "same_fills_until": _parting(*fills),
        "trades_only_a": len(trades[0] - trades[1]),
        "trades_only_b": len(trades[1] - trades[0]),
        "trades_both": len(trades[0] & trades[1]),
    }


def _differences(a: Mapping[str, Any], b: Mapping[str, Any]) -> Iterator[str]:
    for name, tell in (("period", _period), ("bars", _bars), ("data", _data)):
        one, other = tell(a), tell(b)
        if one != other:
            yield f"Not the same {name}: {one or 'nothing'}, and {other or 'nothing'}."
    accounts = _account(a), _account(b)
    if not all(accounts):
        return  # of one that has not ended, nothing is known of that
    for title, name in _OF_ACCOUNTS.items():
        one, other = (account.get(title) or "none" for account in accounts)
        if one != other and not {one, other} <= _NOT_GIVEN:
            yield f"Not the same {name}: {one}, and {other}."


def _account(one: Mapping[str, Any]) -> dict[str, str]:
    """What it began with is told as it was, whether or not somebody said so."""
    figures: Mapping[str, Any] = one.get("figures") or {}
    told = dict(tell_account(one))
    began = figures.get("began_with")
    if told and began is not None:
        told["Balance"] = show_value(began, "money", str(one.get("currency") or ""))
    return told


def _period(one: Mapping[str, Any]) -> str:
    if not one.get("begins"):
        return ""
    return " to ".join(str(one[at])[:16].replace("T", " ") for at in ("begins", "ends")) + " UTC"


def _bars(one: Mapping[str, Any]) -> str:
    return f"{', '.join(one.get('symbols') or ())} by {one.get('timeframe') or '?'}"


def _data(one: Mapping[str, Any]) -> str:
    asked: Mapping[str, Any] = one.get("request") or {}
    given: Sequence[Mapping[str, Any]] = asked.get("data") or ()
    return ", ".join(sorted(str(market["source"]) for market in given))


async def _found(read: Any, id: str) -> Sequence[dict[str, Any]]:
    try:
        return await read(id)
    except NotFound:
        return []


async def _trades(kept: Kept, id: str) -> Sequence[dict[str, Any]]:
    try:
        return await kept.trades(id, limit=1 << 30)
    except NotFound:
        return []


def _key(trade: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(trade[name] for name in ("symbol", "side", "opened_at", "closed_at", "quantity"))


def _parting(a: Sequence[Mapping[str, Any]], b: Sequence[Mapping[str, Any]]) -> int | None:
    """When the first fill was that is not in both; None: they are the same."""
    for one, other in zip(a, b, strict=False):
        if any(one.get(name) != other.get(name) for name in _SAME):
            return min(ms_of(one["at"]), ms_of(other["at"]))
    longer = a if len(a) > len(b) else b
    return ms_of(longer[min(len(a), len(b))]["at"]) if len(a) != len(b) else None
