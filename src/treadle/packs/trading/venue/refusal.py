"""Why a venue did not do it: one code for each reason, whatever the venue calls it.

| code | |
|---|---|
| `unknown_symbol` | the venue has no such market |
| `market_closed` | it is not traded now |
| `insufficient_balance` | there is less than the order needs |
| `below_minimum`, `above_maximum` | quantity or notional outside what the market allows |
| `price_out_of_bounds` | a limit too far from the market |
| `off_grid` | a price or quantity that is no multiple of tick or lot |
| `slippage` | the price it would come to is beyond the limit |
| `credentials_refused` | wrong, expired, or without the right |
| `clock_skew` | this machine's clock and the venue's differ too much |
| `rate_limited` | asked too often; `retry_after` says how long to wait |
| `not_supported` | the venue cannot do this |
| `would_trade` | a post-only order would have traded at once |
| `no_position` | nothing there to reduce or to close |
| `stale` | the price is too old to decide on |
| `risk_limit` | a limit of the provider forbids it; `halted`: the kill switch is on |
| `refused` | anything else that the venue said no to, in its words |
| `venue_unreachable` | no connection, and nothing was sent |
"""

from __future__ import annotations

from typing import Any

from treadle.errors import NodeError

_RETRYABLE = frozenset({"rate_limited", "venue_unreachable"})


def refusal(code: str, message: str, *, remedy: str, **facts: Any) -> NodeError:
    """`message` names the rule and the numbers; `facts` are they, as decimals or text."""
    return NodeError(message, code=code, remedy=remedy, retryable=code in _RETRYABLE, **facts)


class Unsettled(Exception):
    """It was sent, and no answer came: whether it happened is to be asked, by its client id. Never a failure."""
