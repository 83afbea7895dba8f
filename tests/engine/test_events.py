"""Events: what watchers are told, in the order in which it happened."""

from __future__ import annotations

from tests.engine.nodes import boom, required, value
from treadle.engine.journal import Batch
from treadle.model.event import Logged, NodeCompleted, NodeStarted, Progressed, RunFinished, Streamed
from treadle.node import Context, JsonValue, effect
from treadle.testing.crash import Crash
from treadle.testing.fake_effect import FakeEffect
from treadle.testing.graphs import chain, node, workflow
from treadle.testing.harness import Harness, TestRun
from treadle.testing.memory_journal import MemoryJournal


def told(run: TestRun) -> list[tuple[str, str]]:
    return [(type(event).__name__, event.path) for event in run.events]


async def test_events_come_in_order(harness: Harness) -> None:
    """4.3: a node is started before it is completed, and what follows it after."""
    run = await harness.run(chain(value, FakeEffect("send"), node(required, id="end", when=False)))

    assert told(run) == [
        ("RunStarted", ""),
        ("NodeCompleted", "value"),
        ("NodeStarted", "send"),
        ("NodeCompleted", "send"),
        ("NodeSkipped", "end"),
        ("RunFinished", ""),
    ]


async def test_retries_and_failures_are_told(harness: Harness) -> None:
    """3.1, 3.2: each attempt."""
    send = FakeEffect("send", fails=[OSError("a"), OSError("b")])

    run = await harness.run(workflow(node(send, retry={"max_attempts": 2, "delay": 0})))

    assert told(run) == [
        ("RunStarted", ""),
        ("NodeStarted", "send"),
        ("NodeRetried", "send"),
        ("NodeStarted", "send"),
        ("NodeFailed", "send"),
        ("RunFinished", ""),
    ]
    finished = run.events[-1]
    assert isinstance(finished, RunFinished)
    assert (finished.status, finished.error and finished.error.message) == ("failed", "b")


async def test_a_completion_is_told_once_it_is_durable() -> None:
    """4.3: whoever is told of a result finds it in the journal, also after a crash."""

    class Noting(MemoryJournal):
        async def append(self, batch: Batch) -> None:
            await super().append(batch)
            durable.extend(entry.node for entry in batch.entries if "status" in entry.body)

    durable: list[str] = []
    harness = Harness(journal=Noting())
    run = harness.prepare(workflow(FakeEffect("send")))
    seen: list[list[str]] = []

    class Events(list):  # type: ignore[type-arg]
        def append(self, event: object) -> None:
            super().append(event)
            if isinstance(event, NodeCompleted):
                seen.append(list(durable))

    run.events = Events()

    await harness.drive(run)

    assert seen == [["send"]]


async def test_a_result_lost_in_a_crash_was_never_told(harness: Harness) -> None:
    """4.3: the group that held it is lost."""
    send = FakeEffect("send", in_doubt="repeat")

    run = await harness.start(workflow(send), crash=Crash("mid_commit", "send"))
    before = [name for name, _ in told(run)]
    await harness.recover(run)

    assert "NodeCompleted" not in before
    assert [name for name, _ in told(run)].count("NodeCompleted") == 1


async def test_what_a_node_says_is_passed_on(harness: Harness) -> None:
    """Log lines, progress and streamed text, with the node's path and without secrets."""
    harness.secrets["key"] = "hunter2-hunter2"

    @effect("t.talks", in_doubt="repeat")
    async def talks(ctx: Context, *, key: str) -> JsonValue:
        """Says a lot."""
        ctx.log(f"with {key}", level="warning", n=1)
        ctx.progress(0.5, f"half of {key}")
        ctx.stream(f"{key}!")
        return ctx.redact(key)

    run = await harness.run(workflow(node(talks, config={"key": "{{ secrets.key }}"})))

    said = [event for event in run.events if isinstance(event, Logged | Progressed | Streamed)]
    assert [event.path for event in said] == ["talks"] * 3
    assert run.output == "•••"
    assert "hunter2" not in repr(said)


async def test_a_run_that_goes_on_says_so(harness: Harness) -> None:
    """4.5: resumed, not started again."""
    send = FakeEffect("send", in_doubt="repeat")
    run = await harness.start(workflow(send), crash=Crash("after_effect", "send"))

    await harness.recover(run)

    names = [name for name, _ in told(run)]
    assert names == ["RunStarted", "NodeStarted", "RunResumed", "NodeStarted", "NodeCompleted", "RunFinished"]


async def test_times_never_go_back_within_a_run(harness: Harness) -> None:
    """4.1: events are stamped in the order in which they are told."""
    send = FakeEffect("send", fails=[OSError("a")])

    run = await harness.run(chain(value, node(send, retry={"max_attempts": 2, "delay": 60}), boom))

    stamps = [event.at for event in run.events]
    assert stamps == sorted(stamps)
    assert any(isinstance(event, NodeStarted) for event in run.events)
