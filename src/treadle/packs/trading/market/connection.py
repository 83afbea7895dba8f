"""Test the profile of an exchange or a broker: read its account with the profile's credentials."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import UTC, datetime

from treadle.errors import NodeError
from treadle.node.connection import Surroundings, Tester, connection_test
from treadle.packs.trading.ccxt.names import NAMES
from treadle.packs.trading.venue.protocol import Venue
from treadle.packs.trading.venue.refusal import refusal
from treadle.packs.trading.venue.venues import KNOWN, Opening, find_opener

_MOST = 12


def _tester(name: str) -> Tester:
    async def test_account(fields: Mapping[str, str], surroundings: Surroundings) -> str:
        opening = Opening(name, "", fields, {}, surroundings.permissions, _now)
        venue = await find_opener(name)(opening)
        try:
            return await describe(venue)
        finally:
            await venue.aclose()

    return test_account


async def describe(venue: Venue) -> str:
    """What the account holds, without how much. Raises `NodeError`."""
    try:
        account = await venue.account()
    except NodeError:
        raise
    except Exception as error:
        raise refusal(
            "refused",
            f"`{venue.name}` answered what cannot be read ({type(error).__name__}).",
            remedy="Look whether the credentials are of this venue.",
        ) from error
    held = sorted(asset for asset, balance in account.balances.items() if balance.total)
    more = f" and {len(held) - _MOST} more" if len(held) > _MOST else ""
    what = f"holds {', '.join(held[:_MOST])}{more}" if held else "is empty"
    return f"`{venue.name}` knows these credentials; the account {what}."


def _now() -> datetime:
    return datetime.fromtimestamp(time.time(), UTC)


for _name in sorted({*NAMES, *KNOWN} - {"paper", "rest"}):
    connection_test(_name)(_tester(_name))
