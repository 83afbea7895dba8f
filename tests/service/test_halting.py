"""Kill switches: turned on and reset by people, read by the order path."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.service.test_deployments import TICKING, workflow
from treadle.errors import Conflict, Forbidden, InvalidWorkflow, NotFound
from treadle.model.ids import RunId
from treadle.model.record import Record
from treadle.service.access.actor import Actor
from treadle.service.application import Application
from treadle.service.bots.bots import Bots
from treadle.service.deployments import Deployments
from treadle.service.halting import Halting
from treadle.service.settings import Settings
from treadle.service.standing import Standings
from treadle.store.audit import AuditFilter
from treadle.store.deployments import Deployment


@pytest.fixture
async def halting(tmp_path: Path) -> AsyncIterator[Halting]:
    async with Application(Settings(db=str(tmp_path / "s.db"), workspace=str(tmp_path))) as application:
        await Deployments(application).deploy(workflow(TICKING))
        yield Halting(application)


async def test_a_switch_that_nobody_touched_is_off(halting: Halting) -> None:
    assert not (await halting.show("ticking")).on
    assert (await Standings(halting.application).get("ticking")).halt is None


async def test_one_that_is_on_is_a_record_of_the_deployment(halting: Halting) -> None:
    await halting.engage("ticking", " the feed is wrong ")

    record = await halting.application.store.find_record("halt", "ticking")
    standing = await Standings(halting.application).get("ticking")
    assert record is not None
    assert (record.owner, record.is_open) == ("deployment:ticking", True)
    assert (record.value["on"], record.value["reason"], record.value["by"]) == (True, "the feed is wrong", "local")
    assert standing.halt is not None
    assert standing.halt.reason == "the feed is wrong"


async def test_turned_on_again_it_stays_as_it_was_turned_on(halting: Halting) -> None:
    first = await halting.engage("ticking", "first")

    assert await halting.engage("ticking", "second") == first


async def test_a_person_resets_what_a_run_has_turned_on(halting: Halting) -> None:
    value = {"on": True, "reason": "lost 5 % today", "at": "2026-05-01T12:00:00+00:00", "run": "r1"}
    record = Record("halt", "ticking", value, "deployment:ticking", is_open=True)
    await halting.application.store.put_record(record, now=halting.application.world.clock.now())

    halt = await halting.reset("ticking")

    assert (halt.on, halt.reason, halt.run, halt.reset_by) == (False, "lost 5 % today", "r1", "local")
    assert (await Standings(halting.application).get("ticking")).halt is None
    with pytest.raises(Conflict, match="is off"):
        await halting.reset("ticking")


async def test_it_is_turned_on_for_a_reason(halting: Halting) -> None:
    with pytest.raises(InvalidWorkflow, match="for a reason"):
        await halting.engage("ticking", "  ")


async def test_whoever_may_not_operate_it_turns_nothing_on_or_off(halting: Halting) -> None:
    viewer = halting.application.acting_as(Actor("eve", "viewer", "session", user_id="u1"))

    with pytest.raises(Forbidden):
        await Halting(viewer).engage("ticking", "because")

    assert not (await halting.show("ticking")).on


async def test_both_are_in_the_audit_log(halting: Halting) -> None:
    await halting.engage("ticking", "the feed is wrong")
    await halting.reset("ticking")

    entries = await halting.application.store.list_audit(AuditFilter(), limit=2)

    assert [(one.action, one.subject, one.details["reason"]) for one in entries] == [
        ("deployments.control", "ticking", "the feed is wrong")
    ] * 2


async def test_a_deployment_that_is_not_there_has_no_switch(halting: Halting) -> None:
    with pytest.raises(NotFound):
        await halting.engage("tickin", "because")


async def test_records_stay_when_a_deployment_is_deleted_and_are_not_those_of_the_next(halting: Halting) -> None:
    application, deployments = halting.application, Deployments(halting.application)
    now = application.world.clock.now()
    await application.store.put_record(Record("order", "t-1", {}, "deployment:ticking", "binance/main"), now=now)
    await halting.engage("ticking", "over")
    await deployments.stop("ticking")

    await deployments.delete("ticking")

    await deployments.deploy(workflow(TICKING))
    record = await application.store.find_record("order", "t-1")
    assert record is not None
    assert record.owner.startswith("deployment:ticking@")
    assert record.group == "binance/main"
    assert not (await halting.show("ticking")).on


BUYING = """\
name: buying
nodes:
  - {id: every, type: trigger.interval, config: {seconds: 3600}}
  - {id: exchange, type: market.provider, config: {venue: paper, symbol: BTC/USDT}}
  - {id: buy, type: order.market, config: {provider: "{{ nodes.exchange.provider }}", side: buy, size: 0.001}}
"""

RESTING = """\
name: resting
nodes:
  - {id: every, type: trigger.interval, config: {seconds: 3600}}
  - {id: exchange, type: market.provider, config: {venue: paper, symbol: BTC/USDT}}
  - {id: buy, type: order.market, config: {provider: "{{ nodes.exchange.provider }}", side: buy, size: 0.01}}
  - id: more
    type: order.limit
    config: {provider: "{{ nodes.exchange.provider }}", side: buy, size: 0.01, price: 20000}
    after: [buy]
"""


async def test_a_bot_that_is_halted_sends_no_order_until_it_is_reset(halting: Halting) -> None:
    application, deployments = halting.application, Deployments(halting.application)
    deployed = await deployments.deploy(workflow(BUYING))
    await halting.engage("buying", "the feed is wrong")

    halted = await application.wait(await fired(deployments, deployed))
    await halting.reset("buying")
    after = await application.wait(await fired(deployments, deployed))

    assert halted.error is not None
    assert (halted.status, halted.error.type) == ("failed", "halted")
    assert "the feed is wrong" in halted.error.message
    assert after.status == "completed"


async def fired(deployments: Deployments, deployed: Deployment) -> RunId:
    run_id = await deployments.fire(deployed)
    assert run_id is not None
    return run_id


async def test_what_it_holds_is_closed_and_what_is_open_cancelled(halting: Halting) -> None:
    application, deployments = halting.application, Deployments(halting.application)
    deployed = await deployments.deploy(workflow(RESTING), mode="paper")
    done = await application.wait(await fired(deployments, deployed))
    assert done.status == "completed", done.error
    bots = Bots(application)
    assert [one.symbol for one in await bots.positions("resting")] == ["BTC/USDT"]

    halt = await halting.engage("resting", "I go to sleep")

    assert halt.flattening is not None
    flat = await application.wait(RunId(halt.flattening))
    assert flat.status == "completed", flat.error
    assert (await bots.positions("resting"), await bots.orders("resting", open_only=True)) == ([], [])
    assert (await halting.show("resting")).flattening == halt.flattening
    assert (await application.store.get_run(RunId(halt.flattening))).deployment == deployed.id


async def test_what_is_open_stays_open_where_that_is_wanted(halting: Halting) -> None:
    application, deployments = halting.application, Deployments(halting.application)
    deployed = await deployments.deploy(workflow(RESTING), mode="paper")
    await application.wait(await fired(deployments, deployed))

    halt = await halting.engage("resting", "I look at it first", closes=False)

    assert halt.flattening is None
    assert len(await Bots(application).orders("resting", open_only=True)) == 1


async def test_on_already_it_closes_what_was_left_open(halting: Halting) -> None:
    application, deployments = halting.application, Deployments(halting.application)
    deployed = await deployments.deploy(workflow(RESTING), mode="paper")
    await application.wait(await fired(deployments, deployed))
    first = await halting.engage("resting", "I look at it first", closes=False)

    halt = await halting.engage("resting", "now close it")

    assert (halt.reason, halt.at) == (first.reason, first.at)
    assert halt.flattening is not None
    await application.wait(RunId(halt.flattening))
    assert await Bots(application).positions("resting") == []


async def test_who_has_never_traded_has_nothing_to_close(halting: Halting) -> None:
    assert (await halting.engage("ticking", "just so")).flattening is None
