"""A fill is of the run and the node that placed its order."""

from __future__ import annotations

from treadle.service.backtests.placing import with_placers

ORDERS = [{"client_id": "t-ab", "run": "r1", "path": "buy"}, {"client_id": "t-cd", "run": "r2", "path": "each/sell"}]


def test_a_fill_is_of_whose_its_order_is_whoever_heard_of_it() -> None:
    found = with_placers([{"client_id": "t-cd", "run": "r9", "path": "buy", "price": "1"}], ORDERS)

    assert found == [{"client_id": "t-cd", "run": "r2", "path": "each/sell", "price": "1"}]


def test_what_guards_an_order_is_of_whose_that_is() -> None:
    found = with_placers([{"client_id": "t-ab-sl", "run": "", "path": ""}, {"client_id": "t-ab-tp-7"}], ORDERS)

    assert [(one["run"], one["path"]) for one in found] == [("r1", "buy")] * 2


def test_a_fill_of_an_order_that_nobody_knows_stays_as_it_is() -> None:
    fill = {"client_id": "by-hand", "run": "r3", "path": "look"}

    assert with_placers([fill], ORDERS) == [fill]
