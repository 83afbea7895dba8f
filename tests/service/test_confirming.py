"""Confirming: what spends real money says so before it is deployed live."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.service.test_deployments import workflow
from treadle.errors import Conflict
from treadle.model.workflow import Workflow
from treadle.node import Context, Registry, effect, node
from treadle.packs.trading.stakes import orders_at_stake
from treadle.service.application import Application
from treadle.service.deployments import Deployments
from treadle.service.execution import ExecutionRequest
from treadle.service.settings import Settings


@effect("desk.order", in_doubt="reconcile", confirms=orders_at_stake)
async def order(ctx: Context, provider: Any = None) -> None:
    """Order."""


@order.reconcile
async def find(ctx: Context, provider: Any = None) -> None:
    """Find."""


@node("market.provider")
def provider(*, venue: str = "paper", profile: str | None = None, limits: dict[str, Any] | None = None) -> str:
    """Which account."""
    return venue


REGISTRY = Registry.installed().with_definitions(order, provider)
WORDS = "binance-main max_order_notional=500"


def trading(**config: Any) -> Any:
    given = {"venue": "binance", "profile": "binance-main", "limits": {"max_order_notional": 500}, **config}
    text = f"""\
name: trading
nodes:
  - {{id: every, type: trigger.interval, config: {{seconds: 3600}}}}
  - {{id: exchange, type: market.provider, config: {given}}}
  - {{id: buy, type: desk.order, config: {{provider: "{{{{ nodes.exchange.output }}}}"}}}}
"""
    return workflow(text.replace("None", "null"), REGISTRY)


@pytest.fixture
async def deployments(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Deployments]:
    monkeypatch.setenv("TREADLE_PROFILE_BINANCE_MAIN_API_KEY", "a-key-of-binance")
    settings = Settings(db=str(tmp_path / "s.db"), workspace=str(tmp_path))
    async with Application(settings, registry=REGISTRY) as application:
        yield Deployments(application)


async def refused(doing: Any) -> Conflict:
    with pytest.raises(Conflict) as caught:
        await doing
    assert caught.value.code == "confirmation_required"
    return caught.value


async def test_a_live_deployment_is_refused_with_the_words_that_confirm_it(deployments: Deployments) -> None:
    error = await refused(deployments.deploy(trading(), profiles=["binance-main"], mode="live"))

    assert error.attributes["confirm"] == WORDS
    assert error.attributes["stakes"] == [
        {"name": "binance-main", "provider": "binance", "limits": {"max_order_notional": "500"}}
    ]
    assert WORDS in str(error)
    assert await deployments.find("trading") is None


async def test_the_same_words_let_it_pass(deployments: Deployments) -> None:
    made = await deployments.deploy(trading(), profiles=["binance-main"], confirm=f" {WORDS}  ")

    assert (made.status, made.mode) == ("active", "live")


async def test_other_words_do_not(deployments: Deployments) -> None:
    error = await refused(deployments.deploy(trading(), confirm="binance-main max_order_notional=5"))

    assert "is something else" in error.message


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ({"limits": None}, "binance-main without limits"),
        ({"profile": None}, "main-account max_order_notional=500"),
        ({"profile": None, "venue": "kraken"}, "kraken max_order_notional=500"),
        ({"limits": {"max_order_notional": "{{ params.most }}"}}, "binance-main max_order_notional=70"),
        ({"venue": "{{ nodes.every.tick }}", "profile": None}, "{{ nodes.every.tick }} max_order_notional=500"),
    ],
)
async def test_what_is_confirmed_is_the_account_and_its_limits(
    deployments: Deployments, config: dict[str, Any], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TREADLE_PROFILE_MAIN_ACCOUNT_PROVIDER", "binance")

    error = await refused(
        deployments.deploy(trading(**config), profiles=["main-account"], params={"most": 70}, mode="live")
    )

    assert error.attributes["confirm"] == words


@pytest.mark.parametrize("mode", ["paper", "test"])
async def test_outside_mode_live_nothing_is_confirmed(deployments: Deployments, mode: Any) -> None:
    made = await deployments.deploy(trading(), mode=mode)

    assert made.mode == mode


async def test_paper_needs_no_confirmation_in_any_mode(deployments: Deployments) -> None:
    made = await deployments.deploy(trading(venue="paper", profile=None), mode="live")

    assert made.mode == "live"


async def test_what_could_order_is_on_paper_unless_somebody_says_otherwise(deployments: Deployments) -> None:
    made = await deployments.deploy(trading())

    assert made.mode == "paper"
    assert (await deployments.create("trading", "second")).mode == "paper"
    assert (await deployments.create("trading", "third", confirm=WORDS)).mode == "live"


async def test_what_starts_a_workflow_that_orders_could_order_too(deployments: Deployments) -> None:
    await deployments.application.publish(trading())
    text = """\
name: caller
nodes:
  - {id: every, type: trigger.interval, config: {seconds: 3600}}
  - {id: go, type: flow.workflow, config: {workflow: trading}}
"""

    assert (await deployments.deploy(workflow(text, REGISTRY))).mode == "paper"


async def test_what_orders_nothing_is_live(deployments: Deployments) -> None:
    text = "name: look\nnodes:\n  - {id: every, type: trigger.interval, config: {seconds: 3600}}\n"

    assert (await deployments.deploy(workflow(text, REGISTRY))).mode == "live"


async def test_what_is_there_keeps_its_mode(deployments: Deployments) -> None:
    await deployments.deploy(trading(), mode="live", confirm=WORDS)

    assert (await deployments.deploy(trading())).mode == "live"


async def test_switching_to_live_asks(deployments: Deployments) -> None:
    await deployments.deploy(trading(), mode="paper")

    await refused(deployments.update("trading", mode="live"))

    assert (await deployments.get("trading")).mode == "paper"
    assert (await deployments.update("trading", mode="live", confirm=WORDS)).mode == "live"


async def test_starting_asks_again_and_other_changes_do_not(deployments: Deployments) -> None:
    await deployments.deploy(trading(), confirm=WORDS)
    await deployments.update("trading", every=60.0)
    await deployments.pause("trading")

    await refused(deployments.start("trading"))

    assert (await deployments.get("trading")).status == "paused"
    assert (await deployments.start("trading", confirm=WORDS)).status == "active"


async def test_other_limits_are_asked_for(deployments: Deployments) -> None:
    await deployments.deploy(trading(), confirm=WORDS)

    error = await refused(deployments.deploy(trading(limits={"max_order_notional": 9000})))

    assert error.attributes["confirm"] == "binance-main max_order_notional=9000"


async def test_publishing_does_not_change_what_a_live_deployment_risks(deployments: Deployments) -> None:
    await deployments.deploy(trading(), latest=True, confirm=WORDS)

    await refused(deployments.application.publish(trading(limits={"max_order_notional": 9000})))

    await deployments.deploy(
        trading(limits={"max_order_notional": 9000}), confirm="binance-main max_order_notional=9000"
    )


async def test_a_clone_is_asked_for_by_itself(deployments: Deployments) -> None:
    await deployments.deploy(trading(), confirm=WORDS)

    await refused(deployments.clone("trading", "second"))

    assert (await deployments.clone("trading", "second", confirm=WORDS)).mode == "live"


async def test_what_a_called_workflow_risks_is_confirmed_too(deployments: Deployments) -> None:
    await deployments.application.publish(trading())
    calling = workflow(
        """\
name: calling
nodes:
  - {id: every, type: trigger.interval, config: {seconds: 3600}}
  - {id: call, type: flow.workflow, config: {workflow: trading}}
""",
        REGISTRY,
    )

    error = await refused(deployments.deploy(calling, mode="live"))

    assert error.attributes["confirm"] == WORDS


async def test_a_run_that_is_started_by_hand_is_confirmed_each_time(deployments: Deployments) -> None:
    application = deployments.application
    asked = ExecutionRequest(trading(), profiles=("binance-main",))
    await application.execute(replace(asked, confirm=WORDS))

    error = await refused(application.execute(asked))

    assert error.attributes["confirm"] == WORDS
    assert (await application.execute(replace(asked, mode="paper"))).status == "completed"


async def test_what_a_confirmed_run_calls_is_not_asked_for_again(deployments: Deployments) -> None:
    application = deployments.application
    await application.publish(trading())
    node = {"id": "call", "type": "flow.workflow", "config": {"workflow": "trading"}}
    calling = Workflow.model_validate({"name": "calling", "nodes": [node]})

    await refused(application.execute(ExecutionRequest(calling)))
    result = await application.execute(ExecutionRequest(calling, confirm=WORDS))

    assert result.status == "completed"


async def test_a_provider_that_is_worked_out_elsewhere_is_an_unknown_venue(deployments: Deployments) -> None:
    node = {"id": "buy", "type": "desk.order", "config": {"provider": "{{ nodes.every.tick }}"}}
    every = {"id": "every", "type": "trigger.interval", "config": {"seconds": 3600}}
    found = Workflow.model_validate({"name": "hidden", "nodes": [every, node]})

    error = await refused(deployments.deploy(found, mode="live"))

    assert error.attributes["confirm"] == "an unknown venue without limits"
