"""Risk: exact, by hand; what it remembers is the deployment's."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.packs.binding import perform, ports
from tests.packs.fake_context import FakeContext
from treadle.errors import NodeError
from treadle.model.workflow import Node, Workflow
from treadle.packs.trading.risk.daily_loss import daily_loss
from treadle.packs.trading.risk.drawdown import drawdown
from treadle.packs.trading.risk.exposure import Position, exposure
from treadle.packs.trading.risk.kelly import kelly
from treadle.packs.trading.risk.position_size import position_size
from treadle.packs.trading.risk.reward import reward
from treadle.packs.trading.risk.volatility_target import volatility_target
from treadle.testing import FakeEffect, Harness
from treadle.testing.graphs import node


def d(text: str) -> Decimal:
    return Decimal(text)


@pytest.mark.parametrize(
    ("balance", "stop", "config", "size", "at_risk"),
    [
        ("10000", "50", {"risk_pct": "2"}, "4", "200"),
        ("10000", "0.0030", {"risk_pct": "1", "value_per_unit": "100000", "step": "0.01"}, "0.33", "99"),
        ("1000", "3", {"risk_pct": "1", "step": "0.1"}, "3.3", "9.9"),
        ("1000", "3", {"risk_pct": "1", "step": "5"}, "0", "0"),
        ("1000", "1", {"risk_pct": "10", "most": "7.5"}, "7.5", "7.5"),
        ("0", "1", {}, "0", "0"),
    ],
)
def test_a_position_is_as_large_as_worked_out_by_hand(
    balance: str, stop: str, config: dict[str, Any], size: str, at_risk: str
) -> None:
    found = ports(position_size, config, balance=d(balance), stop_distance=d(stop))

    assert (str(found["size"]), str(found["at_risk"])) == (size, at_risk)


@given(
    balance=st.decimals("0.01", "1000000", places=2),
    stop=st.decimals("0.0001", "1000", places=4),
    risk=st.decimals("0.01", "100", places=2),
)
def test_at_the_stop_no_more_is_lost_than_was_said(balance: Decimal, stop: Decimal, risk: Decimal) -> None:
    found = ports(position_size, {"risk_pct": risk}, balance=balance, stop_distance=stop)

    assert found["size"] * stop <= balance * risk / 100


def test_risk_and_reward_are_as_worked_out_by_hand() -> None:
    long = ports(reward, entry=d("1.1000"), stop=d("1.0950"), target=d("1.1150"))
    short = ports(reward, entry=d("100"), stop=d("104"), target=d("90"))

    assert long == {"risk": d("0.0050"), "reward": d("0.0150"), "ratio": d("3"), "side": "long"}
    assert short == {"risk": d("4"), "reward": d("10"), "ratio": d("2.5"), "side": "short"}


@pytest.mark.parametrize(("stop", "target"), [("95", "90"), ("105", "110"), ("100", "110"), ("95", "100")])
def test_a_stop_and_a_target_on_one_side_are_refused(stop: str, target: str) -> None:
    with pytest.raises(NodeError) as caught:
        ports(reward, entry=d("100"), stop=d(stop), target=d(target))

    assert caught.value.code == "impossible_trade"


async def test_the_peak_is_the_highest_there_was() -> None:
    context = FakeContext()

    found = [
        await perform(drawdown, context, {"limit_pct": 10}, equity=d(equity))
        for equity in ("1000", "1200", "1100", "1080", "1300")
    ]

    assert [one["peak"] for one in found] == [1000, 1200, 1200, 1200, 1300]
    assert [str(one["drawdown_pct"])[:6] for one in found] == ["0", "0", "8.3333", "10", "0"]
    assert ["breached" in one for one in found] == [False, False, False, True, False]


async def test_nothing_left_is_a_breach() -> None:
    found = await perform(drawdown, FakeContext(), {"limit_pct": 50}, equity=d("-5"))

    assert found == {"drawdown_pct": 100, "peak": d("-5"), "breached": d("-5")}


async def test_a_day_that_was_blocked_stays_so_until_midnight_there() -> None:
    context = FakeContext()
    config = {"limit": 100, "timezone": "America/New_York"}

    async def at(time: str, profit: str) -> str:
        found = await perform(daily_loss, context, config, profit_today=d(profit), at=datetime.fromisoformat(time))
        return "blocked" if "blocked" in found else f"left {found['left']}"

    assert await at("2024-05-01T15:00:00Z", "-40") == "left 60"
    assert await at("2024-05-01T16:00:00Z", "-100") == "blocked"
    assert await at("2024-05-01T17:00:00Z", "50") == "blocked"
    assert await at("2024-05-02T03:59:59Z", "50") == "blocked"
    assert await at("2024-05-02T04:00:00Z", "0") == "left 100"


async def test_a_day_is_by_the_clock_when_no_time_comes_in() -> None:
    context = FakeContext(clock=datetime(2024, 5, 1, 12, tzinfo=UTC))
    assert "blocked" in await perform(daily_loss, context, {"limit": 100}, profit_today=d("-200"))
    context.clock = datetime(2024, 5, 2, tzinfo=UTC)

    assert "can_trade" in await perform(daily_loss, context, {"limit": 100}, profit_today=d("0"))


def held(**values: str) -> list[Position]:
    return [Position(symbol=symbol, value=d(value)) for symbol, value in values.items()]


def test_long_and_short_do_not_cancel_out() -> None:
    positions = [*held(A="300", B="-300"), Position(symbol="A", value=d("-300"))]

    found = ports(exposure, {"max_per_symbol": 500, "max_total": 800, "max_count": 1}, positions=positions)

    assert found == {
        "total": d("900"),
        "symbols": 2,
        "breached": [
            "A is worth 600; max_per_symbol is 500.",
            "All together is worth 900; max_total is 800.",
            "2 symbols are held; max_count is 1.",
        ],
    }


def test_what_reaches_a_limit_is_within() -> None:
    positions = held(A="500", B="0")

    found = ports(exposure, {"max_per_symbol": 500, "max_total": 500, "max_count": 1}, positions=positions)

    assert found == {"total": d("500"), "symbols": 1, "within": [one.model_dump() for one in positions]}


def test_exposure_without_a_limit_is_refused() -> None:
    assert "there is nothing to be within" in exposure.config_problems({}, frozenset())[0][1]


@pytest.mark.parametrize(
    ("win_rate", "payoff", "config", "fraction", "edge"),
    [
        ("0.6", "1", {"share": "1"}, "0.2", "0.2"),
        ("0.6", "1", {}, "0.1", "0.2"),
        ("0.4", "2", {"share": "1"}, "0.1", "0.2"),
        ("0.5", "1", {}, "0", "0"),
        ("0.3", "1", {}, "0", "-0.4"),
        ("0.9", "3", {"share": "1", "most": "0.25"}, "0.25", "2.6"),
    ],
)
def test_kelly_is_as_worked_out_by_hand(
    win_rate: str, payoff: str, config: dict[str, Any], fraction: str, edge: str
) -> None:
    assert ports(kelly, config, win_rate=d(win_rate), payoff=d(payoff)) == {"fraction": d(fraction), "edge": d(edge)}


def test_the_more_a_market_moves_the_less_is_held() -> None:
    config = {"target_pct": 10}

    calm = ports(volatility_target, config, balance=d("1000"), volatility_pct=d("8"))
    wild = ports(volatility_target, config, balance=d("1000"), volatility_pct=d("80"), price=d("12.5"))

    assert calm == {"weight": d("1"), "value": d("1000")}
    assert wild == {"weight": d("0.125"), "value": d("125"), "size": d("10")}


def watching(*more: Any) -> Workflow:
    watch = Node(id="watch", type="risk.drawdown", config={"limit_pct": 10, "equity": "{{ workflow.input.equity }}"})
    return Workflow(name="watching", nodes=(watch, *more), outputs="{{ nodes.watch.drawdown_pct }}")


async def test_the_peak_commits_with_its_run(harness: Harness) -> None:
    late = FakeEffect("late", fails=[ValueError("no")])
    failing = watching(node(late, id="late", after=("watch",)))

    async def run(workflow: Workflow, equity: int) -> Any:
        return (await harness.run(workflow, input={"equity": equity}, deployment="bot")).output

    assert await run(watching(), 1000) == 0
    assert await run(failing, 5000) is None
    assert await run(watching(), 950) == 5


async def test_bots_do_not_share_a_peak(harness: Harness) -> None:
    await harness.run(watching(), input={"equity": 1000}, deployment="one")

    other = await harness.run(watching(), input={"equity": 500}, deployment="two")

    assert other.output == 0
