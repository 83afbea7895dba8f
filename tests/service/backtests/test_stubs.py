"""Stubs stand in for effects of any kind, wherever they are; what is pinned for tests does not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.service.backtests.bars import FREE, FROM_EXCHANGE, PROVIDER, flat, write_bars
from treadle.authoring.check.file import check_file
from treadle.errors import InvalidWorkflow
from treadle.model.workflow import Workflow
from treadle.node import Context, effect
from treadle.node.registry import Registry
from treadle.service.backtests.backtest import run_backtest
from treadle.service.backtests.request import BacktestRequest
from treadle.service.backtests.stubs import with_stubs
from treadle.service.settings import Settings


@effect("notify.pager", in_doubt="repeat", title="Pager")
async def pager(ctx: Context, text: float) -> str:
    """Call somebody."""
    raise AssertionError("it was done")


@effect("agent.opinion", in_doubt="repeat", title="Opinion")
async def opinion(ctx: Context, price: float) -> float:
    """Ask somebody how sure they are."""
    raise AssertionError("it was asked")


def registry() -> Registry:
    return Registry.installed().with_definitions(pager, opinion)


def workflow(**opinion_more: Any) -> Workflow:
    """Buys where somebody is sure, and calls somebody for each of three items."""
    content = {
        "name": "bot",
        "nodes": [
            {"id": "every", "type": "trigger.interval", "config": {"seconds": 3600, "aligned": True}},
            PROVIDER,
            {"id": "quote", "type": "market.quote", "config": FROM_EXCHANGE},
            {"id": "ask", "type": "agent.opinion", **opinion_more},
            {"id": "sure", "type": "flow.threshold", "config": {"operator": ">", "threshold": 0.5}},
            {"id": "buy", "type": "order.market", "config": {**FROM_EXCHANGE, "side": "buy", "size": 1}},
            {
                "id": "each",
                "type": "flow.loop",
                "config": {"items": 3},
                "body": {"nodes": [{"id": "call", "type": "notify.pager", "config": {"text": "{{ loop.index }}"}}]},
            },
        ],
        "connections": [
            {"from": "every", "to": "quote.trigger"},
            {"from": "quote.last", "to": "ask.price"},
            {"from": "ask", "to": "sure.value"},
            {"from": "sure.true", "to": "buy.trigger"},
        ],
    }
    loaded = check_file(json.dumps(content), registry(), source="bot.json")
    assert loaded.result.valid, loaded.result.issues
    return loaded.workflows[0]


async def fills(folder: Path, flow: Workflow, stubs: dict[str, Any]) -> int:
    file = write_bars(folder, flat(100, 101, 102, 103))
    request = BacktestRequest(flow, {"*": file}, paper=FREE, stubs=stubs)
    result = await run_backtest(request, Settings(), registry())
    assert set(result.runs) == {"completed"}
    return len(result.fills)


async def test_effects_of_agents_and_messages_are_refused_by_name_and_stubbed(tmp_path: Path) -> None:
    with pytest.raises(InvalidWorkflow) as refused:
        await fills(tmp_path, workflow(), {})

    sure = await fills(tmp_path, workflow(), {"ask": 0.9, "each/call": "done"})
    unsure = await fills(tmp_path, workflow(), {"agent.opinion": 0.1, "notify.pager": "done"})

    assert {(one.node, "--stub" in (one.remedy or "")) for one in refused.value.issues} == {
        ("ask", True),
        ("call", True),
    }
    assert (sure > 0, unsure) == (True, 0)


async def test_what_is_pinned_for_tests_stands_in_for_nothing(tmp_path: Path) -> None:
    pinned = workflow(pinned=0.9)

    with pytest.raises(InvalidWorkflow):
        await fills(tmp_path, pinned, {"each/call": "done"})

    assert not any(node.has_pin for node in with_stubs(pinned, {}, registry()).nodes)


def test_a_stub_of_nothing_and_one_that_does_not_fit_are_both_told() -> None:
    with pytest.raises(InvalidWorkflow) as refused:
        with_stubs(workflow(), {"asks": 1, "buy": {"nothing": 1}}, registry())

    assert [one.code for one in refused.value.issues] == ["unknown_stub", "invalid_stub"]
    assert "`each/call`" in refused.value.issues[0].message
