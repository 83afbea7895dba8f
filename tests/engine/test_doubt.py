"""§4.4 Effects in doubt: asked about, repeated, reconciled, answered for."""

from __future__ import annotations

from typing import Any

import pytest

from tests.engine.nodes import pass_on, show
from treadle.engine.journal import Batch, Entry, EntryKind
from treadle.model.event import Logged, NodeWaited
from treadle.node import Context, JsonValue, effect
from treadle.testing.crash import Crash
from treadle.testing.fake_effect import FakeEffect
from treadle.testing.graphs import chain, connect, node, workflow
from treadle.testing.harness import Harness, TestRun


async def doubtful(harness: Harness, **fields: Any) -> tuple[TestRun, FakeEffect, FakeEffect]:
    """A run that waits for a person: the process died after `charge` had happened."""
    charge, receipt = FakeEffect("charge", returns="paid"), FakeEffect("receipt", returns=lambda given: given)
    run = await harness.start(chain(node(charge, **fields), receipt), crash=Crash("after_effect", "charge"))
    await harness.recover(run)
    return run, charge, receipt


async def test_the_run_waits_for_a_person(harness: Harness) -> None:
    """4.4: `ask`, for no time at all; whoever watches is told."""
    run, charge, receipt = await doubtful(harness)

    told = [event for event in run.events if isinstance(event, NodeWaited)]
    assert (run.status, run.statuses()) == ("suspended", {"charge": "in_doubt"})
    assert (charge.calls, receipt.calls) == (1, 0)
    assert [(event.path, event.in_doubt, event.until) for event in told] == [("charge", True, None)]


async def test_waiting_in_doubt_survives_recovery(harness: Harness) -> None:
    """4.4: driven on again and again, nothing is asked twice and nothing happens."""
    run, charge, _ = await doubtful(harness)
    entries = len(await harness.entries(run))

    await harness.recover(run)
    await harness.recover(run)

    assert (run.statuses(), charge.calls) == ({"charge": "in_doubt"}, 1)
    assert len(await harness.entries(run)) == entries


async def test_it_was_done(harness: Harness) -> None:
    """4.4: the answer carries the outputs; the run goes on with them."""
    run, charge, receipt = await doubtful(harness)

    await harness.resolve(run, "charge", "done", {"output": "seen on the account"})

    assert (run.status, run.output, charge.calls, receipt.calls) == ("completed", "seen on the account", 1, 1)


async def test_it_was_not_done(harness: Harness) -> None:
    """4.4: repeat, with the same key."""
    run, charge, receipt = await doubtful(harness)

    await harness.resolve(run, "charge", "repeat")

    assert (run.status, charge.calls, charge.distinct, receipt.calls) == ("completed", 2, 1, 1)


async def test_it_failed(harness: Harness) -> None:
    """4.4, 3.2: the node fails, as its policy says."""
    run, charge, receipt = await doubtful(harness)

    await harness.resolve(run, "charge", "failed")

    assert run.error is not None
    assert (run.status, run.error.type, run.error.node, charge.calls, receipt.calls) == (
        "failed",
        "in_doubt",
        "charge",
        1,
        0,
    )


async def test_a_failure_that_was_answered_can_be_caught(harness: Harness) -> None:
    """4.4, 3.2: `on_error: branch`."""
    charge = FakeEffect("charge")
    flow = workflow(node(charge, on_error="branch"), node(pass_on, id="on"), connections=connect("charge.error -> on"))
    run = await harness.start(flow, crash=Crash("after_effect", "charge"))
    await harness.recover(run)

    await harness.resolve(run, "charge", "failed")

    assert run.status == "completed"
    assert run.output["type"] == "in_doubt"


async def test_an_answer_is_durable(harness: Harness) -> None:
    """4.4: a crash right after it changes nothing."""
    charge, receipt = FakeEffect("charge", returns="paid"), FakeEffect("receipt")
    run = await harness.start(chain(charge, receipt), crash=Crash("after_effect", "charge"))
    await harness.recover(run)
    await harness.resolve(run, "charge", "done", {"output": "seen"})
    again = await harness.entries(run)

    resolutions = [entry for entry in again if entry.kind.name == "RESOLUTION"]
    assert (len(resolutions), receipt.values, charge.calls) == (1, ["seen"], 1)


async def test_a_crash_after_repeat_was_answered_asks_again(harness: Harness) -> None:
    """4.4: the repetition is an effect like any other, and can be in doubt itself."""
    charge = FakeEffect("charge")
    run = await harness.start(workflow(charge), crash=Crash("after_effect", "charge"))
    await harness.recover(run)
    last = max(entry.sequence for entry in await harness.entries(run))
    answer = Entry("", "charge", last + 1, EntryKind.RESOLUTION, harness.clock.now(), {"outcome": "repeat"})
    await harness.journal.append(Batch(run.id, run.record.epoch, entries=[answer]))
    await harness.drive(run, crash=Crash("after_effect", "charge"))

    await harness.recover(run)

    assert (run.statuses(), charge.calls) == ({"charge": "in_doubt"}, 2)


async def test_an_effect_in_doubt_does_not_hold_up_other_branches(harness: Harness) -> None:
    """4.5: what does not need it goes on."""
    charge, other = FakeEffect("charge"), FakeEffect("other", in_doubt="repeat")
    flow = workflow(charge, node(show, id="slow"), node(other, after=("slow",)))
    run = await harness.start(flow, crash=Crash("after_effect", "charge"))

    await harness.recover(run)

    assert run.statuses() == {"charge": "in_doubt", "slow": "completed", "other": "completed"}


async def test_reconciling_asks_the_outside_by_key(harness: Harness) -> None:
    """4.4: it happened: its result is taken, and not done again."""
    charge = FakeEffect("charge", returns="paid", in_doubt="reconcile")
    run = await harness.start(workflow(charge), crash=Crash("after_effect", "charge"))

    await harness.recover(run)

    assert (run.output, charge.calls, charge.asked) == ("paid", 1, 1)


async def test_reconciling_that_finds_nothing_does_it(harness: Harness) -> None:
    """4.4: it did not happen: it is done now, once."""
    charge = FakeEffect("charge", returns="paid", in_doubt="reconcile")
    run = await harness.start(workflow(charge), crash=Crash("after_intent", "charge"))

    await harness.recover(run)

    assert (run.output, charge.calls, charge.asked) == ("paid", 1, 1)


@pytest.mark.parametrize("failures", [1, 2, 3])
async def test_reconciling_that_cannot_say_asks_a_person(harness: Harness, failures: int) -> None:
    """4.4: the outside is asked a few times; when it never answers, a person is."""
    asked: list[int] = []

    @effect("t.charge", in_doubt="reconcile")
    async def charge(ctx: Context) -> JsonValue:
        """Charges."""
        return "paid"

    @charge.reconcile
    async def find(ctx: Context) -> JsonValue:
        asked.append(1)
        if len(asked) <= failures:
            raise OSError("unreachable")
        return "found"

    run = await harness.start(workflow(charge), crash=Crash("after_effect", "charge"))

    await harness.recover(run)

    if failures < 3:
        assert (run.status, run.output, len(asked)) == ("completed", "found", failures + 1)
    else:
        assert (run.status, run.statuses(), len(asked)) == ("suspended", {"charge": "in_doubt"}, 3)
        assert any(isinstance(event, Logged) and "unreachable" in event.message for event in run.events)


async def test_reconcile_without_a_way_to_ask_asks_a_person(harness: Harness) -> None:
    """4.4: a node type that promises and does not keep."""

    @effect("t.charge", in_doubt="reconcile")
    async def charge(ctx: Context) -> JsonValue:
        """Charges, and cannot be asked."""
        return "paid"

    run = await harness.start(workflow(charge), crash=Crash("after_effect", "charge"))

    await harness.recover(run)

    assert run.statuses() == {"charge": "in_doubt"}


async def test_the_default_is_to_ask(harness: Harness) -> None:
    """4.4: an order or an e-mail is never blindly repeated."""

    @effect("t.order")
    async def order(ctx: Context) -> JsonValue:
        """Orders."""
        return "ordered"

    run = await harness.start(workflow(order), crash=Crash("after_intent", "order"))

    await harness.recover(run)

    assert run.statuses() == {"order": "in_doubt"}


async def test_how_a_doubt_is_settled_may_depend_on_config(harness: Harness) -> None:
    """4.4: a GET may be repeated, a POST may not."""
    calls: list[str] = []

    @effect("t.request", in_doubt_for=lambda config: "repeat" if config.get("method") == "GET" else "ask")
    async def request(ctx: Context, *, method: str = "GET") -> JsonValue:
        """Asks or tells."""
        calls.append(method)
        return method

    runs: dict[str, str] = {}
    for method in ("GET", "POST"):
        run = await harness.start(
            workflow(node(request, config={"method": method})), crash=Crash("after_effect", "request")
        )
        await harness.recover(run)
        runs[method] = run.status

    assert (runs, calls) == ({"GET": "completed", "POST": "suspended"}, ["GET", "GET", "POST"])
