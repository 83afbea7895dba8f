"""`now()` and `uuid()`: drawn once, and the same ever after (§4.3, §5.4)."""

from __future__ import annotations

from datetime import datetime, timedelta

from tests.engine.nodes import loop, show, value, while_
from treadle.testing.crash import CRASH_POINTS, Crash
from treadle.testing.fake_effect import FakeEffect
from treadle.testing.graphs import connect, graph, node, workflow
from treadle.testing.harness import Harness

DRAWN = "{{ [now(), uuid(), uuid()] }}"


async def test_drawn_values_are_the_same_after_a_crash(harness: Harness) -> None:
    """4.3: the clock and chance are effects; time has passed, the value has not changed."""
    send = FakeEffect("send")
    parts = [node(show, config={"what": DRAWN}), send]
    run = await harness.start(workflow(*parts, connections=connect("show -> send")), crash_before=send)
    drawn = [entry.body["outputs"] for entry in await harness.entries(run) if "outputs" in entry.body]
    harness.clock.advance(3600)

    await harness.recover(run)

    assert drawn == [{"output": send.values[0]}]


async def test_the_config_of_an_effect_is_the_same_after_a_crash(harness: Harness) -> None:
    """4.3: an effect that is repeated is given the same time and id, at every crash point after its intent."""
    for point in CRASH_POINTS[1:5]:
        send = FakeEffect("send", returns=lambda given: given, in_doubt="repeat")
        run = await harness.start(workflow(node(send, config={"value": DRAWN})), crash=Crash(point, "send"))
        begun = run.record.created_at
        harness.clock.advance(3600)

        await harness.recover(run)

        assert len({str(given) for given in send.values}) == 1, point
        assert run.output[0] == begun, point


async def test_attempts_are_given_the_same_draws(harness: Harness) -> None:
    """3.1, 4.3: a retry an hour later sends the same id."""
    seen: list[object] = []
    send = FakeEffect("send", returns=lambda given: seen.append(given) or (_ for _ in ()).throw(OSError("no")))
    retry = {"max_attempts": 3, "delay": 3600, "max_delay": 3600, "jitter": False}

    run = await harness.run(workflow(node(send, config={"value": DRAWN}, retry=retry)))

    assert (run.status, len(seen)) == ("failed", 3)
    assert seen[0] == seen[1] == seen[2]


async def test_draws_differ_by_place(harness: Harness) -> None:
    """4.1: each node, each iteration and each run has its own."""
    body = graph(node(show, config={"what": "{{ uuid() }}"}))
    flow = workflow(node(loop, config={"items": 3}, body=body), node(show, id="alone", config={"what": "{{ uuid() }}"}))

    runs = [await harness.run(flow) for _ in range(2)]

    drawn = [drawn for run in runs for drawn in (*run.output["loop"], run.output["alone"])]
    assert len(set(drawn)) == 8


async def test_a_when_that_reads_the_clock_is_decided_once(harness: Harness) -> None:
    """2.5, 4.3: skipped before the crash, skipped after it, although the time would now say otherwise."""
    opens = (harness.clock.now() + timedelta(hours=1)).isoformat()
    gated, send = FakeEffect("gated"), FakeEffect("send")
    parts = [node(gated, when=f"{{{{ now() > parse_date('{opens}') }}}}"), node(send, after=("gated",))]
    run = await harness.start(workflow(*parts), crash=Crash("after_commit", "send"))
    harness.clock.advance(7200)

    await harness.recover(run)

    assert (run.statuses(), gated.calls) == ({"gated": "skipped", "send": "completed"}, 0)


async def test_a_condition_of_a_loop_is_decided_once(harness: Harness) -> None:
    """4.3: an iteration that was begun is gone on with, whatever the time is now."""
    until = (harness.clock.now() + timedelta(hours=1)).isoformat()
    send = FakeEffect("send", returns=1, in_doubt="repeat")
    repeat = node(
        while_, config={"condition": f"now() < parse_date('{until}') and state == 0", "state": 0}, body=graph(send)
    )
    run = await harness.start(workflow(repeat), crash=Crash("after_effect", "while[0]/send"))
    harness.clock.advance(7200)

    await harness.recover(run)

    assert (run.status, run.output, send.calls) == ("completed", 1, 2)


async def test_now_is_when_the_node_began(harness: Harness) -> None:
    """4.3: aware UTC."""
    begun = harness.clock.now()

    run = await harness.run(workflow(value, node(show, config={"what": "{{ now() }}"})))

    assert run.outputs()["show"] == {"output": begun}
    assert isinstance(begun, datetime)
