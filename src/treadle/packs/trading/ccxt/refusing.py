"""What ccxt raises, as the refusals of a venue. What an exchange writes is more exact than ccxt's class for it."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Collection, Mapping
from collections.abc import Set as AbstractSet
from typing import Any, cast

from treadle.errors import NodeError
from treadle.packs.trading.venue.refusal import Unsettled, refusal
from treadle.packs.trading.venue.wire import Sending, address_refused, find_refused

_WORDS = (
    ("insufficient", "insufficient_balance"),
    ("relationship of the prices", "price_out_of_bounds"),
    ("not enough", "insufficient_balance"),
    ("percent_price", "price_out_of_bounds"),
    ("min_notional", "below_minimum"),
    ("notional", "below_minimum"),
    ("max_position", "above_maximum"),
    ("market_lot_size", "above_maximum"),
    ("lot_size", "below_minimum"),
    ("lot size", "off_grid"),
    ("price_filter", "off_grid"),
    ("precision is over", "off_grid"),
    ("immediately match", "would_trade"),
    ("immediately trigger", "price_out_of_bounds"),
    ("limit price can't be", "price_out_of_bounds"),
    ("not increased by tick", "off_grid"),
    ("post only", "would_trade"),
    ("reduceonly order is rejected", "no_position"),
    ("market is closed", "market_closed"),
    ("trading_disabled", "market_closed"),
    ("too many new orders", "rate_limited"),
    ("max_num_orders", "refused"),
)
_CLASSES = (
    ("BadSymbol", "unknown_symbol"),
    ("OrderImmediatelyFillable", "would_trade"),
    ("OrderNotFillable", "would_trade"),
    ("InsufficientFunds", "insufficient_balance"),
    ("MarketClosed", "market_closed"),
    ("ContractUnavailable", "market_closed"),
    ("OnMaintenance", "venue_unreachable"),
    ("AuthenticationError", "credentials_refused"),
    ("NotSupported", "not_supported"),
    ("InvalidNonce", "clock_skew"),
    ("DDoSProtection", "rate_limited"),
    ("RateLimitExceeded", "rate_limited"),
)
_CODES = {-1003: "rate_limited", -1015: "rate_limited", -1021: "clock_skew", -2014: "credentials_refused",
          -2015: "credentials_refused", -1022: "credentials_refused", -1121: "unknown_symbol",
          -2019: "insufficient_balance", -2018: "insufficient_balance", -5022: "would_trade"}  # fmt: skip
"""Of Binance."""
_UNTOLD = frozenset({-1000, -1001, -1006, -1007})
"""Of Binance, who does not know either."""
_REMEDIES = {
    "unknown_symbol": "Write it as the exchange lists it: `BTC/USDT`, a perpetual as `BTC/USDT:USDT`.",
    "insufficient_balance": "Order less, or bring in more.",
    "below_minimum": "Order at least what the market asks for.",
    "above_maximum": "Order less, or in parts.",
    "price_out_of_bounds": "Set the limit nearer to the market.",
    "off_grid": "Round price and quantity to the market's tick and lot.",
    "would_trade": "Set the limit on your own side of the book, or leave `post_only` out.",
    "market_closed": "Wait until it is traded again.",
    "credentials_refused": "Set the profile's credentials anew; look at the key's rights and its list of addresses.",
    "clock_skew": "Set this machine's clock by NTP, or `adjust_clock: true` in the provider's settings.",
    "rate_limited": "Ask less often, or let the node try again after the pause.",
    "not_supported": "Use what the exchange offers, or another venue.",
    "no_position": "Look at the open positions first.",
    "venue_unreachable": "Let the node try again; look at the network and the exchange's status page.",
    "refused": "Read what the exchange says, and correct the order.",
}


class OrderMissing(NodeError):
    """The exchange says that it has no such order."""

    code = "refused"


def translate(
    error: Exception, sending: Sending, *, venue: str, secrets: Collection[str] = (), orders: bool = False
) -> Exception:
    """The refusal that an exception of ccxt stands for. With `orders`, something was to be changed: where it was sent
    and no clear answer came, `Unsettled`."""
    if isinstance(error, NodeError | Unsettled):
        return error
    if (refused := find_refused(error)) is not None:
        return address_refused(venue, refused)
    kinds = {kind.__name__ for kind in type(error).__mro__}
    text = clean(str(error), secrets)
    number, words = read_body(text)
    if orders and sending.sent and not _is_no(kinds, sending, number):
        return Unsettled(f"`{venue}` was sent it, and did not say what became of it: {words}")
    code = code_of(kinds, number, words)
    facts: dict[str, Any] = {"venue": venue, "says": words}
    if number is not None:
        facts["number"] = number
    if code == "rate_limited" and (after := retry_after(sending.headers, text, now=time.time())) is not None:
        facts["retry_after"] = after
    if code == "venue_unreachable":
        return refusal(code, f"`{venue}` cannot be reached: {words}.", remedy=_REMEDIES[code], **facts)
    return refusal(code, f"`{venue}` says: {words}.", remedy=_REMEDIES[code], **facts)


def code_of(kinds: AbstractSet[str], number: int | None, words: str) -> str:
    if number in _CODES:
        return _CODES[number]
    lower = words.lower()
    for fragment, code in _WORDS:
        if fragment in lower:
            return code
    for kind, code in _CLASSES:
        if kind in kinds:
            return code
    return "venue_unreachable" if kinds & {"NetworkError", "OperationFailed", "OSError", "TimeoutError"} else "refused"


def read_body(text: str) -> tuple[int | None, str]:
    """The exchange's number and words, where the text ends in its JSON; else the text."""
    start = text.find("{")
    if start >= 0:
        try:
            found = json.loads(text[start:])
        except ValueError:
            found = None
        if isinstance(found, dict):
            body = cast("dict[str, Any]", found)
            words = next((str(body[key]) for key in ("msg", "message", "error", "retMsg") if body.get(key)), text)
            code = body.get("code")
            number = int(code) if isinstance(code, int | str) and re.fullmatch(r"-?\d+", str(code)) else None
            return number, words.strip().rstrip(".")[:300]
    return None, text.strip().rstrip(".")[:300]


def clean(text: str, secrets: Collection[str]) -> str:
    """Without queries, which carry signatures, and without anything that is secret."""
    text = re.sub(r"\?[^\s\"'}]*", "", text)
    for secret in secrets:
        if len(secret) >= 4:
            text = text.replace(secret, "***")
    return text


def retry_after(headers: Mapping[str, str], text: str = "", *, now: float | None = None) -> float | None:
    """Seconds: by the header, or by the time that Binance writes into its words (`IP banned until …`)."""
    told = headers.get("Retry-After")
    if told and re.fullmatch(r"\d+(\.\d+)?", told.strip()):
        return float(told)
    if now is not None and (until := re.search(r"until (\d{13})", text)):
        return max(0.0, int(until[1]) / 1000 - now)
    return None


def _is_no(kinds: AbstractSet[str], sending: Sending, number: int | None) -> bool:
    """Whether the exchange has clearly said no, and so done nothing."""
    if not sending.answered or number in _UNTOLD:
        return False
    status = sending.status or 0
    if 400 <= status < 500 and status != 408:
        return True
    if status >= 500:
        return False
    return bool(kinds & {"ExchangeError", "InvalidNonce", "RateLimitExceeded", "DDoSProtection"}) and not (
        kinds & {"BadResponse", "RequestTimeout"}
    )


def skewed(venue: str, skew: int, failure: NodeError) -> NodeError:
    """`skew` is how many milliseconds this machine's clock is ahead."""
    return refusal(
        "clock_skew",
        f"This machine's clock is {abs(skew) / 1000:.1f} s {'ahead of' if skew > 0 else 'behind'} that of `{venue}`, "
        "which allows less.",
        remedy=failure.remedy or "",
        venue=venue,
        skew_ms=skew,
    )
