"""Ladders, limit orders and taking them back in generated steps: the same as run by run, to the last digit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.service.backtests.bars import FROM_EXCHANGE, backtest, write_bars
from tests.service.backtests.live import taken
from tests.service.backtests.live import told as told_fills
from tests.service.backtests.program.strategies import ACCOUNT, FINEST, on_bars, template, walk
from treadle.model.workflow import Workflow
from treadle.node.registry import Registry
from treadle.service.backtests.backtest import find_period
from treadle.service.backtests.history import read_history
from treadle.service.backtests.program.driving import Drive
from treadle.service.backtests.program.outcome import tell_result
from treadle.service.backtests.program.planning import plan_program
from treadle.service.backtests.program.refusing import NotCompiled
from treadle.service.backtests.request import BacktestRequest
from treadle.service.backtests.result import BacktestResult
from treadle.service.settings import Settings
from treadle.simulation.compiled import layout
from treadle.simulation.compiled.twin import can_compile

RICH = {**ACCOUNT, "balance": {"USDT": 10_000}}
GRID = {"lower": 92, "upper": 108, "levels": 33, "size": 0.5}
AGAINST_MANY = {"max_open_orders": 12, "max_order_notional": 104.5}


def ladder(name: str, sides: str, **config: Any) -> dict[str, Any]:
    return {"id": name, "type": "order.ladder", "config": {**FROM_EXCHANGE, "sides": sides, **config}}


def template_with(name: str, inputs: Mapping[str, float]) -> Workflow:
    content: dict[str, Any] = template(name).model_dump(by_alias=True, exclude_unset=True)
    for one, value in inputs.items():
        content["inputs"][one]["default"] = value
    return Workflow.model_validate(content)


def grid() -> Workflow:
    return template_with("grid", GRID)


def market_making() -> Workflow:
    """What is held is often just as much as it may be."""
    return template_with("market-making", {"spread_pct": 0.8, "size": 2, "target_inventory": 2, "max_inventory": 6})


def open_drive(flow: Workflow, file: Path, paper: Mapping[str, Any], **more: Any) -> Drive:
    request = BacktestRequest(flow, {"BTC/USDT": file}, paper=dict(paper))
    history = read_history(request, Settings())
    period = find_period(request, history)
    return Drive(plan_program(request, history, Registry.installed(), *period), keeps_over=True, **more)


def facts(result: BacktestResult) -> dict[str, Any]:
    return {
        "runs": result.runs, "messages": result.messages, "fills": told_fills(result.fills),
        "orders": taken(result.orders), "paths": [fill["path"] for fill in result.fills],
        "equity": [(one.at, one.equity) for one in result.equity], "figures": result.figures(),
    }  # fmt: skip


async def drive_through(drive: Drive) -> dict[str, Any]:
    await drive.run()
    return facts(tell_result(drive.program, drive.trading, drive.counts, drive.messages, []))


@pytest.mark.slow
@pytest.mark.parametrize("paper", [ACCOUNT, FINEST, {**ACCOUNT, "balance": {"USDT": 500}, "volume_share": 0.02}])
async def test_the_grid_template_comes_to_the_same_as_through_the_engine(
    tmp_path: Path, paper: Mapping[str, Any]
) -> None:
    file = write_bars(tmp_path, walk(90, seed=5, volatility=0.008))

    compiled, engine = [await backtest(grid(), file, paper=dict(paper), way=way) for way in ("compiled", "engine")]

    assert facts(compiled) == facts(engine)
    assert len(compiled.fills) > 3


@pytest.mark.slow
@pytest.mark.parametrize("paper", [ACCOUNT, {**FINEST, "volume_share": 0.1}])
async def test_offers_that_are_placed_anew_come_to_the_same_as_through_the_engine(
    tmp_path: Path, paper: Mapping[str, Any]
) -> None:
    file = write_bars(tmp_path, walk(90, seed=5, volatility=0.008))

    compiled, engine = [
        await backtest(market_making(), file, paper=dict(paper), way=way) for way in ("compiled", "engine")
    ]

    assert facts(compiled) == facts(engine)
    assert len(compiled.fills) > 20


@pytest.mark.slow
@pytest.mark.parametrize("make", [grid, market_making])
async def test_no_run_of_a_template_of_limit_orders_has_to_be_taken_exactly(
    tmp_path: Path, make: Callable[[], Workflow]
) -> None:
    drive = open_drive(make(), write_bars(tmp_path, walk(400, seed=3, volatility=0.008)), ACCOUNT)

    await drive.run()

    assert drive.stepped == 0
    assert drive.trading.acc[layout.FILLS] > 40


@pytest.mark.slow
@pytest.mark.skipif(not can_compile(), reason="numba is an extra")
@pytest.mark.parametrize("make", [grid, market_making])
async def test_limit_orders_are_the_same_with_numba_and_without(tmp_path: Path, make: Callable[[], Workflow]) -> None:
    file = write_bars(tmp_path, walk(400, seed=3, volatility=0.008))
    plain, jitted = (open_drive(make(), file, FINEST, is_jitted=is_jitted) for is_jitted in (False, True))

    assert await drive_through(jitted) == await drive_through(plain)


@pytest.mark.slow
async def test_under_limits_of_loss_only_runs_in_which_a_ladder_does_something_are_taken_exactly(
    tmp_path: Path,
) -> None:
    steps = ladder("steps", "buy", lower=90, upper=101, levels=12, size=0.5)
    flow = on_bars(steps, connections=("bar.price -> steps.trigger",), limits={"max_daily_loss": 400})
    file = write_bars(tmp_path, walk(150, seed=3, volatility=0.004))
    generated, exact = (open_drive(flow, file, ACCOUNT, steps=is_generated) for is_generated in (True, False))

    assert await drive_through(generated) == await drive_through(exact)
    assert 0 < generated.stepped < exact.stepped / 4


levels = st.one_of(
    st.fixed_dictionaries({"lower": st.sampled_from([90, 94.37, 97]), "upper": st.sampled_from([99.5, 104, 110.01]),
                           "levels": st.integers(2, 14), "spacing": st.sampled_from(["even", "percent"])}),
    st.lists(st.integers(9_000, 11_000), min_size=1, max_size=10, unique=True).map(
        lambda found: {"prices": [one / 100 for one in sorted(found)]}
    ),
)  # fmt: skip
sizes = st.one_of(
    st.fixed_dictionaries({"size": st.sampled_from([0.5, 1.00001, 7])}),
    st.fixed_dictionaries({"size": st.sampled_from([50, 99.99, 3_000]), "size_in": st.just("quote")}),
)


@st.composite
def ladders(draw: st.DrawFn) -> Workflow:
    """One, or one on each side; which are behind what was bought at market at the beginning."""
    sides = draw(st.sampled_from([("buy",), ("sell",), ("buy", "sell"), ("both",)]))
    nodes = [
        ladder(f"on-{side}", side, **draw(levels), **draw(sizes), post_only=draw(st.booleans()), on_error="continue")
        for side in sides
    ]
    for node in nodes:
        node["on_error"] = node["config"].pop("on_error")
    first = {"id": "first", "type": "order.market", "on_error": "continue", "when": "nodes.bought.output == 0",
             "config": {**FROM_EXCHANGE, "side": "buy", "size": draw(st.sampled_from([2, 20]))}}  # fmt: skip
    bought = {"id": "bought", "type": "data.variable", "config": {"name": "bought", "default": 0}}
    buys = {"id": "note", "type": "data.variable", "config": {"name": "bought", "action": "set", "value": 1}}
    # All of them come after what is bought first, so that nothing of it is chance.
    wires = ("bar.price -> first.trigger", "bar.price -> note.trigger",
             *(f"held.quantity -> {node['id']}.trigger" for node in nodes))  # fmt: skip
    for node in nodes:
        node["after"] = ["first"]
    limits = draw(st.sampled_from([{}, AGAINST_MANY, {"max_order_notional": 60}, {"max_daily_loss": 20}]))
    return on_bars(bought, first, buys, *nodes, connections=wires, limits=limits)


async def require_same_steps(folder: Path, flow: Workflow, seed: int, paper: Mapping[str, Any]) -> None:
    """Generated steps come to what exact ones do, and no more moments are left to those."""
    file = write_bars(folder, walk(60, seed, volatility=0.012))
    generated, exact = (open_drive(flow, file, paper, steps=steps) for steps in (True, False))
    try:
        found = await drive_through(exact)
    except NotCompiled:  # which of two comes first may make a difference
        return

    assert await drive_through(generated) == found
    assert generated.stepped <= exact.stepped


async def require_same_as_engine(folder: Path, flow: Workflow, seed: int, paper: Mapping[str, Any]) -> None:
    file = write_bars(folder, walk(40, seed, volatility=0.012))

    compiled, engine = [await backtest(flow, file, paper=dict(paper), way=way) for way in ("auto", "engine")]

    assert facts(compiled) == facts(engine)


accounts = st.sampled_from(
    [RICH, FINEST, {**RICH, "volume_share": 0.02}, {**RICH, "balance": {"USDT": 420}}, {**RICH, "path": "pessimistic"}]
)


@pytest.mark.slow
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ladders(), st.integers(0, 1000), accounts)
async def test_ladders_of_all_kinds_are_the_same_in_generated_steps_as_in_exact_ones(
    tmp_path: Path, flow: Workflow, seed: int, paper: Mapping[str, Any]
) -> None:
    await require_same_steps(tmp_path, flow, seed, paper)


@pytest.mark.slow
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ladders(), st.integers(0, 1000), accounts)
async def test_ladders_of_all_kinds_are_the_same_as_through_the_engine(
    tmp_path: Path, flow: Workflow, seed: int, paper: Mapping[str, Any]
) -> None:
    await require_same_as_engine(tmp_path, flow, seed, paper)


offsets = st.sampled_from(["0.996", "1", "1.004", "1.0123"])


@st.composite
def offers(draw: st.DrawFn) -> Workflow:
    """What was offered before is taken back, now and then; then it is offered to buy and to sell, side by side."""

    def limit(name: str, side: str, **more: Any) -> dict[str, Any]:
        price = f"{{{{ nodes.quote.last * {draw(offsets)} }}}}"
        size = draw(st.sampled_from([{"size": 1.5}, {"size": 120, "size_in": "quote"}]))
        config = {**FROM_EXCHANGE, "side": side, "price": price, "post_only": draw(st.booleans()), **size}
        return {"id": name, "type": "order.limit", "on_error": draw(st.sampled_from(["fail", "continue"])),
                "config": config, **more}  # fmt: skip

    clear = {"id": "clear", "type": "order.cancel", "config": FROM_EXCHANGE,
             "when": draw(st.sampled_from([True, "nodes.held.quantity > 1.5"]))}  # fmt: skip
    bid = limit("bid", "buy", when=draw(st.sampled_from([True, "nodes.held.quantity + 1.5 <= 4.5"])), after=["clear"])
    ask = limit("ask", "sell", when="nodes.held.quantity >= 1.5", after=["clear"])
    wires = ("bar.price -> clear.trigger", "bar.price -> bid.trigger", "bar.price -> ask.trigger")
    limits = draw(st.sampled_from([{}, {"max_open_orders": 3}, {"max_order_notional": 151}, {"max_drawdown_pct": 2}]))
    return on_bars(clear, bid, ask, connections=wires, limits=limits)


@pytest.mark.slow
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(offers(), st.integers(0, 1000), accounts)
async def test_offers_of_all_kinds_are_the_same_in_generated_steps_as_in_exact_ones(
    tmp_path: Path, flow: Workflow, seed: int, paper: Mapping[str, Any]
) -> None:
    await require_same_steps(tmp_path, flow, seed, paper)


@pytest.mark.slow
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(offers(), st.integers(0, 1000), accounts)
async def test_offers_of_all_kinds_are_the_same_as_through_the_engine(
    tmp_path: Path, flow: Workflow, seed: int, paper: Mapping[str, Any]
) -> None:
    await require_same_as_engine(tmp_path, flow, seed, paper)


async def test_which_of_a_purchase_and_a_sale_below_it_comes_first_is_not_told_by_chance(tmp_path: Path) -> None:
    def limit(name: str, side: str, price: str) -> dict[str, Any]:
        config = {**FROM_EXCHANGE, "side": side, "size": 1, "price": f"{{{{ nodes.quote.last * {price} }}}}"}
        return {"id": name, "type": "order.limit", "config": config}

    held = {**ACCOUNT, "balance": {"USDT": 10_000, "BTC": 50}}
    flow = on_bars(limit("bid", "buy", "1.01"), limit("ask", "sell", "0.99"),
                   connections=("bar.price -> bid.trigger", "bar.price -> ask.trigger"))  # fmt: skip

    for steps in (True, False):
        drive = open_drive(flow, write_bars(tmp_path, walk(20, seed=1)), held, steps=steps)
        with pytest.raises(NotCompiled, match="side by side"):
            await drive.run()
