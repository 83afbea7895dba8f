"""What an effect keeps of its dealings with the outside, and the credentials it is given."""

from __future__ import annotations

from typing import Any

import pytest

from treadle.engine.exchange import Exchange
from treadle.engine.recording import Recording
from treadle.engine.replaying import replay
from treadle.errors import NodeError
from treadle.model.record import Record, RecordQuery
from treadle.model.run import Origin
from treadle.model.workflow import Node, Workflow
from treadle.node import Context, effect
from treadle.testing import Harness, chain, node
from treadle.testing.crash import Crash


@effect("fake.trade", in_doubt="repeat")
async def trade(ctx: Context, *, key: str = "t-1", status: str = "sending", fails: bool = False) -> dict[str, Any]:
    """Keep a record, and tell what there is."""
    before = await ctx.records.get("order", key)
    await ctx.records.put("order", key, {"status": status}, group="paper/bot", is_open=status == "sending")
    if fails:
        raise NodeError("The venue is gone.", code="gone", retryable=False)
    mine = await ctx.records.list("order", open_only=True)
    return {"before": before, "mine": mine, "group": await ctx.records.list("order", group="paper/bot", mine=False)}


@effect("fake.login", in_doubt="repeat")
async def login(ctx: Context, *, profile: str | None = None, provider: str | None = None) -> dict[str, Any]:
    """Give the credentials out, which nobody should."""
    fields = ctx.profile(profile, provider=provider)
    return {"names": sorted(fields), "key": fields.get("api_key"), "deployment": ctx.deployment}


async def _kept(harness: Harness, **which: Any) -> list[tuple[str, Any]]:
    exchange: Exchange = harness.exchange
    return [(one.owner, one.value) for one in await exchange.list_records(RecordQuery("order", **which))]


async def test_a_record_outlives_the_run_that_failed(harness: Harness) -> None:
    run = await harness.run(chain(node(trade, config={"fails": True})), deployment="bot")

    assert run.status == "failed"
    assert await _kept(harness) == [("deployment:bot", {"status": "sending"})]


async def test_a_record_that_is_written_again_is_changed(harness: Harness) -> None:
    await harness.run(chain(trade), deployment="bot")

    run = await harness.run(chain(node(trade, config={"status": "filled"})), deployment="bot")

    assert run.output == {"before": {"status": "sending"}, "mine": [], "group": [{"status": "filled"}]}


async def test_a_deployment_lists_its_own_and_those_of_its_account(harness: Harness) -> None:
    await harness.run(chain(trade), deployment="one")

    run = await harness.run(chain(node(trade, config={"key": "t-2"})), deployment="two")

    assert (len(run.output["mine"]), len(run.output["group"])) == (1, 2)


async def test_without_a_deployment_records_are_the_workflows(harness: Harness) -> None:
    await harness.run(chain(trade))

    assert [owner for owner, _ in await _kept(harness)] == ["workflow:under-test"]


async def test_a_test_sees_and_touches_no_real_record(harness: Harness) -> None:
    await harness.run(chain(node(trade, config={"status": "filled"})), deployment="bot")

    run = await harness.run(chain(trade), deployment="bot", mode="test")

    assert run.output["before"] is None
    assert await _kept(harness) == [("deployment:bot", {"status": "filled"})]
    assert [owner for owner, _ in await _kept(harness, test=run.id)] == [f"run:{run.id}"]


async def test_what_a_called_workflow_does_is_its_callers_deployments(harness: Harness) -> None:
    harness.know(trade)
    harness.children.know(chain(trade, name="called"))
    calling = Workflow(name="calling", nodes=(Node(id="call", type="flow.workflow", config={"workflow": "called"}),))

    await harness.run(calling, deployment="bot")

    assert [owner for owner, _ in await _kept(harness)] == ["deployment:bot"]


async def test_a_secret_is_blotted_out_of_a_record(harness: Harness) -> None:
    harness.secrets["token"] = "open-sesame"

    await harness.run(chain(node(trade, config={"status": "say open-sesame"})))

    assert [value for _, value in await _kept(harness)] == [{"status": "say •••"}]


async def test_a_record_that_was_written_before_a_crash_is_there_after_it(harness: Harness) -> None:
    run = await harness.start(chain(trade), crash=Crash("after_effect", "trade"))

    await harness.recover(run)

    assert run.output["before"] == {"status": "sending"}


async def test_a_replay_leaves_records_as_they_are(harness: Harness) -> None:
    """What an effect came to is taken from the record; its function is not called."""
    run = await harness.run(chain(trade), deployment="bot")
    entries = await harness.entries(run)
    exchange: Exchange = harness.exchange
    await exchange.put_record(Record("order", "t-1", {"status": "filled"}), now=harness.clock.now())

    replayed = replay(run.plan, run.record, Recording(run.record, entries))

    assert replayed.status == "completed"
    assert [value for _, value in await _kept(harness)] == [{"status": "filled"}]


# Profiles


async def test_a_run_is_given_the_fields_of_a_profile_it_is_bound_to() -> None:
    harness = Harness(profiles={"main": {"api_key": "key-of-main"}, "spare": {"api_key": "key-of-spare"}})

    run = await harness.run(chain(node(login, config={"profile": "spare"})), deployment="bot")

    assert run.output == {"names": ["api_key"], "key": "•••", "deployment": "bot"}


@pytest.mark.parametrize(
    ("profiles", "found"),
    [
        ({"one": {"provider": "kraken", "k": "1"}, "two": {"provider": "binance", "b": "2"}}, ["b", "provider"]),
        ({"binance": {"b": "2"}}, ["b"]),
        ({"one": {"exchange": "binance", "b": "2"}}, ["b", "exchange"]),
        ({"main": {"m": "1"}}, []),
        ({}, []),
    ],
)
async def test_without_a_name_it_is_the_bound_profile_of_the_provider(
    profiles: dict[str, dict[str, str]], found: list[str]
) -> None:
    harness = Harness(profiles=profiles)

    run = await harness.run(chain(node(login, config={"provider": "binance"})))

    assert run.output["names"] == found


async def test_a_profile_that_the_run_is_not_bound_to_is_refused() -> None:
    harness = Harness(profiles={"main": {"api_key": "key-of-main"}})

    run = await harness.run(chain(node(login, config={"profile": "main"})), origin=Origin(profiles=()))

    assert run.error is not None
    assert run.error.type == "profile_not_bound"
