"""What can be told of a provider before anything runs."""

from __future__ import annotations

from typing import Any

import pytest

from treadle.packs.trading.market.provider_check import find_problems

PAPER = {"venue": "paper", "symbol": "BTC/USDT"}


@pytest.mark.parametrize(
    ("config", "told"),
    [
        ({"limits": {"max_open_ordrs": 3}}, "`limits` has no `max_open_ordrs`. Did you mean `max_open_orders`?"),
        ({"limits": {"max_exposure": -1}}, "`max_exposure` of `limits` does not fit: it must be greater than 0."),
        ({"settings": {"fes": 0.001}}, "`settings` has no `fes`. Did you mean `fees`?"),
        ({"settings": {"fees": "much"}}, "`fees` of `settings` does not fit: it must be a number."),
        ({"venue": "binanse"}, "There is no venue `binanse`. Did you mean `binance`?"),
        ({"symbol": None, "endpoints": ["price"]}, "`price` in `endpoints` are of a market: set `symbol`."),
    ],
)
def test_what_an_account_cannot_have_is_named(config: dict[str, Any], told: str) -> None:
    (problem,) = find_problems({**PAPER, **config})

    assert problem.startswith(told)


def test_everything_that_is_wrong_is_told_at_once() -> None:
    config = {**PAPER, "limits": {"most": 1, "max_exposure": 0}, "settings": {"fes": 1}}

    assert len(find_problems(config)) == 3


@pytest.mark.parametrize(
    "config",
    [
        {"limits": {"max_exposure": "{{ workflow.input.most }}"}, "settings": {"fees": 0.001, "balance": {"USDT": 9}}},
        {"venue": "{{ workflow.input.venue }}", "settings": {"anything": 1}},
        {"venue": "binance", "settings": {"options": {"defaultType": "swap"}}},
    ],
)
def test_what_is_worked_out_or_a_venues_own_is_left_to_the_run(config: dict[str, Any]) -> None:
    assert find_problems({**PAPER, **config}) == []
