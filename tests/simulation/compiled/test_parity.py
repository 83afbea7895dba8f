"""Any orders over any bars under any rules: the compiled market has the same fills, balances and orders as `Desk`."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.simulation.compiled.twins import Twin, desk_of, needs_numba, place, state_of
from treadle.simulation.compiled.opening import join
from treadle.simulation.market import orders as o
from treadle.simulation.market.broker import Broker
from treadle.simulation.market.costs import FIXED, IMPACT, NO_SLIPPAGE, OF_SPREAD, Tier
from treadle.simulation.market.desk import Desk
from treadle.simulation.market.holding import Rules
from treadle.simulation.market.scale import RATE

DAY = 86_400_000
WALLET = 10**18
rates = st.integers(-200_000, 900_000)


@st.composite
def rules(draw: st.DrawFn) -> tuple[Rules, int]:
    """Rules, and how many ticks are a typical price: from coarse to as fine as there is."""
    owned, fine = draw(st.booleans()), draw(st.sampled_from([0, 0, 4, 8]))
    multiplier = draw(st.sampled_from([1, 7, 50_000, 10**8])) if fine < 8 else draw(st.sampled_from([1, 3]))
    slippage = draw(st.sampled_from([NO_SLIPPAGE, NO_SLIPPAGE, FIXED, OF_SPREAD, IMPACT]))
    tiers = [Tier(0, draw(rates), draw(rates))]
    for turnover in sorted(draw(st.lists(st.integers(1, 50_000), max_size=2, unique=True))):
        tiers.append(Tier(turnover * multiplier * 10 ** (2 * fine) * 1000 + 1, draw(rates), draw(rates)))
    margin = draw(st.sampled_from([RATE, RATE // 3, RATE // 20, 1_000_001]))
    return Rules(
        "X/USDT", "X", "USDT", multiplier, draw(st.sampled_from([1, 100])), 7 if owned else 0,
        shorts=draw(st.booleans()),
        margin=margin,
        maintenance=0 if owned else draw(st.sampled_from([0, margin // 2, margin // 7])),
        slippage=slippage,
        slippage_amount=draw(st.sampled_from([0, 1, 123_456, RATE // 3])),
        spread=draw(st.sampled_from([0, 100_000, 33])),
        volume_share=draw(st.sampled_from([0, 0, RATE // 3, RATE])),
        is_pessimistic=draw(st.booleans()),
        tiers=tuple(tiers),
    ), 10**fine  # fmt: skip


@st.composite
def bars(draw: st.DrawFn, unit: int) -> tuple[int, int, int, int, int]:
    noise = st.integers(0, unit - 1)
    prices = [draw(st.integers(80, 120)) * unit + draw(noise) for _ in range(2)]
    high = max(prices) + draw(st.integers(0, 12)) * unit
    low = min(prices) - draw(st.integers(0, 12)) * unit
    return prices[0], high, low, prices[1], draw(st.integers(-1, 40)) * unit


@st.composite
def wishes(draw: st.DrawFn, unit: int) -> dict[str, Any]:
    price = st.integers(80, 120).map(lambda ticks: ticks * unit)
    kind = draw(
        st.sampled_from([o.MARKET, o.MARKET, o.LIMIT, o.STOP_MARKET, o.STOP_LIMIT, o.TAKE_MARKET, o.TAKE_LIMIT])
    )
    wish: dict[str, Any] = {
        "kind": kind,
        "side": draw(st.sampled_from([o.BUY, o.SELL])),
        "quantity": draw(st.integers(1, 9)) * unit + draw(st.integers(0, unit - 1)),
        "reduce_only": draw(st.integers(0, 4)) == 0,
        "post_only": draw(st.integers(0, 5)) == 0,
        "force": draw(st.sampled_from([0, 0, 0, o.IMMEDIATE, o.FILL_OR_KILL, o.GOOD_TILL_DATE])),
    }
    if kind in (o.LIMIT, o.STOP_LIMIT, o.TAKE_LIMIT):
        wish["price"] = draw(price)
    if kind not in (o.MARKET, o.LIMIT):
        wish["stop"] = draw(price)
    if wish["force"] == o.GOOD_TILL_DATE:
        wish["expires"] = draw(st.integers(1, 15))
    guards = draw(st.integers(0, 3))
    wish["stop_loss"] = draw(price) if guards & 1 else 0
    wish["take_profit"] = draw(price) if guards & 2 else 0
    wish["group"] = draw(st.sampled_from([0, 0, 1_000_001, 1_000_002]))
    wish["late"] = draw(st.sampled_from([0, 0, 0, 1, 2]))
    return wish


@st.composite
def stories(draw: st.DrawFn) -> dict[str, Any]:
    held, unit = draw(rules())
    day = st.fixed_dictionaries({
        "bar": bars(unit),
        "wishes": st.lists(wishes(unit), max_size=3),
        "cancel": st.sampled_from([0, 0, 0, 1, 2, 3]),
        "expire": st.booleans(),
        "funding": st.sampled_from([0, 0, 1_234_567, -99]),
        "long": st.sampled_from([1, 1, DAY // 2, 20 * DAY]),
    })  # fmt: skip
    worth = unit * unit * held.multiplier
    return {
        "rules": held,
        "quote": draw(st.sampled_from([0, 100, 900, 5_000, 1_000_000])) * worth + draw(st.integers(0, 10**6)),
        "base": draw(st.sampled_from([0, 4, 40])) * unit if held.lot else 0,
        "last": 100 * unit,
        "days": draw(st.lists(day, min_size=1, max_size=10)),
    }


def tell(story: dict[str, Any], *, jit: bool) -> None:
    broker, desk = desk_of(story["rules"], quote=story["quote"], base=story["base"], last=story["last"])
    twin = Twin(desk, broker.number, jit)
    opens = 0
    for day in story["days"]:
        closes = opens + day["long"]
        for wish in day["wishes"]:
            given = {name: value for name, value in wish.items() if name != "late"}
            row, reason = place(broker, desk, **given, since=opens + wish["late"])
            assert twin.place(row) == reason
            assert_same(twin, broker, desk)
        if day["cancel"] and len(desk.orders) >= day["cancel"]:
            row = desk.orders[day["cancel"] - 1]
            desk.cancel(row)
            assert twin.call("cancel", row[o.NUMBER]) == 1
        bar = (opens, closes, *day["bar"])
        desk.step(*bar)
        assert twin.step(*bar) == 0
        assert_same(twin, broker, desk)
        if day["funding"] and not desk.rules.lot:
            desk.pay_funding(closes, day["funding"], day["bar"][3])
            twin.call("pay_funding", day["funding"], day["bar"][3])
        if day["expire"]:
            desk.expire(closes)
            twin.call("expire", closes)
        opens = closes
    assert_same(twin, broker, desk)


def assert_same(twin: Twin, broker: Broker, desk: Desk) -> None:
    assert twin.state() == state_of(broker, desk)
    rules = desk.rules
    free = broker.free(rules.quote)
    assert join(*twin.call("free_quote")) == free // rules.money
    if rules.lot:
        assert twin.call("free_base") == max(0, broker.free(rules.base) // rules.lot)
    else:
        assert join(*twin.call("equity", desk.last)) == desk.equity() // rules.money


@settings(max_examples=300, deadline=None)
@given(stories())
def test_plain_functions_do_what_a_desk_does(story: dict[str, Any]) -> None:
    tell(story, jit=False)


@needs_numba
@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@given(stories())
def test_compiled_functions_do_what_a_desk_does(story: dict[str, Any]) -> None:
    tell(story, jit=True)
