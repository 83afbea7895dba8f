"""Running workflows from Python: `td.run`, `td.arun`, `td.stream`, handlers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import treadle as td
from treadle.model.event import NodeCompleted, RunFinished, RunStarted


@td.node("shop.total")
def total(price: float, *, tax: float = 0.0) -> float:
    """Price and tax."""
    return price * (1 + tax)


@td.effect("shop.charge", in_doubt="ask")
async def charge(ctx: td.Context, amount: float) -> dict[str, Any]:
    """Pretend to charge."""
    if amount < 0:
        raise td.NodeError("A charge is positive.", code="negative")
    return {"amount": amount, "key": ctx.idempotency_key}


def shop(price: float = 100) -> td.WorkflowBuilder:
    return (
        td.workflow("shop")
        .step("total", total, price=price, tax=0.5)
        .step("charge", charge, amount="{{ steps.total.output }}")
        .output("{{ steps.charge.output.amount }}")
    )


@pytest.fixture
def db(tmp_path: Path) -> str:
    return str(tmp_path / "treadle.db")


def test_run_waits_for_the_result(db: str) -> None:
    result = td.run(shop(), db=db)

    assert (result.status, result.output) == ("completed", 150.0)


def test_a_run_that_fails_is_a_result(db: str) -> None:
    result = td.run(shop(-1), db=db)

    assert result.status == "failed"
    assert result.error is not None
    assert (result.error.type, result.error.node) == ("negative", "charge")


def test_a_workflow_that_cannot_run_is_refused_with_every_issue(db: str) -> None:
    broken = td.workflow("broken").step("a", "data.sortt").step("b", "transform", transform="1 +")

    with pytest.raises(td.InvalidWorkflow) as refusal:
        td.run(broken, db=db)

    assert {issue.code for issue in refusal.value.issues} >= {"unknown_node_type", "syntax"}


def test_a_wrong_input_is_refused_before_anything_is_written(db: str) -> None:
    wanting = td.workflow("wanting", inputs={"n": int}).step("a", "transform", transform="workflow.input.n")

    with pytest.raises(td.InvalidWorkflow) as refusal:
        td.run(wanting, {"n": "many", "m": 1}, db=db)

    assert {issue.code for issue in refusal.value.issues} == {"invalid_input", "unknown_input"}


async def test_arun_runs_inside_an_event_loop(db: str) -> None:
    result = await td.arun(shop(), db=db)

    assert result.nodes["charge"].status == "completed"


async def test_stream_gives_events_and_the_result_last(db: str) -> None:
    seen = [event async for event in td.stream(shop(), db=db)]

    assert isinstance(seen[0], RunStarted)
    assert any(isinstance(event, NodeCompleted) and event.path == "charge" for event in seen)
    assert isinstance(seen[-2], RunFinished)
    assert isinstance(seen[-1], td.ExecutionResult)


async def test_the_run_is_kept_in_the_store(db: str) -> None:
    result = await td.arun(shop(), db=db)

    async with td.Application(td.Settings(db=db), drives=False) as application:
        kept = await application.get_result(result.run_id)

    assert kept.output == result.output
    assert kept.nodes["total"].outputs == {"output": 150.0}


class TestHandlers:
    """Handlers observe, replace, recover or raise."""

    async def test_a_handler_sees_each_step(self, db: str) -> None:
        seen: list[str] = []

        await td.arun(shop().on_step_start(lambda step: seen.append(step.path)), db=db)

        assert seen == ["total", "charge"]

    async def test_a_handler_replaces_an_output(self, db: str) -> None:
        cheaper = shop().on_step_complete("total", lambda step, output: td.Replace(output / 2))

        result = await td.arun(cheaper, db=db)

        assert result.output == 75.0

    async def test_a_handler_recovers_from_an_error(self, db: str) -> None:
        forgiven = shop(-1).on_step_error("charge", lambda step, failure: td.Replace({"amount": 0}))

        result = await td.arun(forgiven, db=db)

        assert (result.status, result.output) == ("completed", 0)

    async def test_an_async_handler_that_raises_fails_the_step(self, db: str) -> None:
        async def refuse(step: Any) -> None:
            raise td.NodeError("Not today.", code="refused")

        result = await td.arun(shop().on_step_start("charge", refuse), db=db)

        assert result.error is not None
        assert (result.error.type, result.error.node) == ("refused", "charge")

    async def test_handlers_of_the_workflow_hear_of_its_start_and_end(self, db: str) -> None:
        heard: list[str] = []
        builder = (
            shop(-1)
            .on_workflow_start(lambda start: heard.append(start.workflow))
            .on_workflow_complete(lambda result: heard.append("completed"))
            .on_workflow_error(lambda result, failure: heard.append(failure.type))
        )

        await td.arun(builder, db=db)

        assert heard == ["shop", "negative"]


def trading() -> td.WorkflowBuilder:
    provider = {"venue": "binance", "limits": {"max_order_notional": 500}}
    return td.workflow("bot").step(
        "buy", "order.market", provider=provider, symbol="BTC/USDT", side="{{ params.side }}", size=1
    )


def test_a_live_run_with_money_at_stake_is_confirmed_in_words(db: str) -> None:
    with pytest.raises(td.TreadleError) as refusal:
        td.run(trading(), db=db, params={"side": "buy"})

    assert refusal.value.code == "confirmation_required"
    assert "max_order_notional=500" in str(refusal.value)


def test_what_was_confirmed_runs_with_the_profiles_and_params_it_was_given(db: str) -> None:
    """No such credentials here: it was let through as far as that."""
    words = "binance max_order_notional=500"

    with pytest.raises(td.TreadleError) as refusal:
        td.run(trading(), db=db, params={"side": "buy"}, profiles=["binance-main"], confirm=words)

    assert refusal.value.code != "confirmation_required"
    assert "binance-main" in str(refusal.value)
