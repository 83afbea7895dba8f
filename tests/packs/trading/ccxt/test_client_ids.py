"""A client id that an exchange cannot take as it is comes back as ours."""

from __future__ import annotations

import re

import pytest

from treadle.packs.trading.ccxt.client_ids import ClientIds, longest


@pytest.mark.parametrize(
    ("venue", "allowed"),
    [("binance", r"[.A-Z:/a-z0-9_-]{1,36}"), ("okx", r"[a-zA-Z0-9]{1,32}"), ("hyperliquid", r"0x[0-9a-f]{32}")],
)
def test_an_id_is_written_as_allowed_and_read_back(venue: str, allowed: str) -> None:
    ids, ours = ClientIds(venue), "t-mfrggzdfmztwq2lk-2"[: longest(venue)]

    theirs = ids.theirs(ours)

    assert re.fullmatch(allowed, theirs)
    assert ids.ours(theirs) == ours


def test_an_id_of_somebody_else_stays_what_it_is() -> None:
    assert ClientIds("hyperliquid").ours("0xabc") == "0xabc"
    assert ClientIds("binance").ours("web_Z1") == "web_Z1"
