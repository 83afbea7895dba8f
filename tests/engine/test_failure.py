"""§3.2, §3.3 Failure: what becomes of the node, of its siblings, and of the run."""

from __future__ import annotations

import asyncio
from typing import Any, NamedTuple

import pytest

from tests.engine.nodes import add_one, boom, join_lists, loop, parallel, pass_on, required, show, try_, value, wait
from treadle.engine.failure import Redactor
from treadle.errors import NodeError
from treadle.node import Context, JsonValue, SecretRef, effect
from treadle.node import node as declare
from treadle.store.sqlite_journal import SqliteStore
from treadle.testing.fake_effect import FakeEffect
from treadle.testing.graphs import chain, connect, graph, node, workflow
from treadle.testing.harness import Harness


async def test_a_failure_fails_the_run(harness: Harness) -> None:
    """3.2: `on_error: fail` is the default; what follows does not run."""
    end = FakeEffect("end")

    run = await harness.run(chain(boom, end))

    assert run.error is not None
    assert (run.status, end.calls, run.error.type, run.error.node) == ("failed", 0, "broken", "boom")
    assert run.statuses() == {"boom": "failed"}


async def test_siblings_already_running_finish(harness: Harness) -> None:
    """3.2: without `fail_fast`."""
    slow, bad = FakeEffect("slow", held=True), FakeEffect("bad", fails=[OSError("no")])
    run = harness.begin(workflow(slow, bad))
    await slow.wait_until_entered()
    await bad.wait_until_entered()
    slow.release()

    await harness.settle(run)

    assert run.statuses() == {"slow": "completed", "bad": "failed"}
    assert run.status == "failed"


async def test_fail_fast_cancels_siblings(harness: Harness) -> None:
    """3.2: `fail_fast` does not wait for them."""
    slow, bad = FakeEffect("slow", held=True), FakeEffect("bad", fails=[OSError("no")])

    run = await harness.run(workflow(slow, bad, settings={"fail_fast": True}))  # type: ignore[arg-type]

    assert run.statuses() == {"slow": "cancelled", "bad": "failed"}
    assert (run.error and run.error.message, slow.cancelled) == ("no", 1)


async def test_nothing_new_starts_after_a_failure(harness: Harness) -> None:
    """3.2: neither what would follow a sibling, nor what waits for its turn."""
    bad = FakeEffect("bad", fails=[OSError("no")])
    first, after, queued = FakeEffect("first", held=True), FakeEffect("after"), FakeEffect("queued")
    run = harness.begin(
        workflow(bad, first, queued, after, connections=connect("first -> after"), settings={"max_concurrency": 2})  # type: ignore[arg-type]
    )
    await first.wait_until_entered()
    while not run.events or not any(type(event).__name__ == "NodeFailed" for event in run.events):
        await bad.wait_until_entered()

        await asyncio.sleep(0.001)
    first.release()

    await harness.settle(run)

    assert (first.calls, after.calls, queued.calls) == (1, 0, 0)


async def test_on_error_continue_goes_on_with_dead_outputs(harness: Harness) -> None:
    """3.2: the run goes on; what needs the node is skipped, what does not is not."""
    parts = [node(boom, on_error="continue"), node(required, id="needs"), node(add_one, id="other")]

    run = await harness.run(workflow(*parts, connections=connect("boom -> needs")))

    assert run.statuses() == {"boom": "failed", "needs": "skipped", "other": "completed"}
    assert run.status == "completed"


async def test_on_error_branch_makes_the_error_port_live(harness: Harness) -> None:
    """3.2: with `{type, message, node, attempt, details}`, and nothing else."""
    bad = FakeEffect("bad", fails=[NodeError("No.", code="refused", remedy="Ask nicely.", status=418), OSError()])
    parts = [
        node(bad, on_error="branch", retry={"max_attempts": 1}, config={"value": "what came in"}),
        node(pass_on, id="handler"),
        node(required, id="normal"),
    ]

    run = await harness.run(workflow(*parts, connections=connect("bad.error -> handler", "bad.output -> normal")))

    assert run.outputs()["handler"] == {
        "output": {
            "type": "refused",
            "message": "No.",
            "node": "bad",
            "attempt": 1,
            "details": {"status": 418, "remedy": "Ask nicely.", "inputs": {"value": '"what came in"'}},
        }
    }
    assert run.statuses()["normal"] == "skipped"


async def test_the_error_says_at_which_attempt_and_where(harness: Harness) -> None:
    """3.2: node path and attempt, also inside a loop."""
    bad = FakeEffect("bad", fails=[OSError(str(n)) for n in range(5)])
    body = graph(node(bad, retry={"max_attempts": 2, "delay": 0}))

    run = await harness.run(workflow(node(loop, config={"items": ["x"]}, body=body)))

    assert run.error is not None
    assert (run.error.node, run.error.attempt) == ("loop[0]/bad", 2)


async def test_an_error_branch_is_the_same_after_a_crash(harness: Harness) -> None:
    """3.2, 4.4: the failure was journaled; the handler sees it word for word."""
    bad, handler = FakeEffect("bad", fails=[OSError("gone")]), FakeEffect("handler", returns=lambda error: error)
    flow = workflow(node(bad, on_error="branch"), handler, connections=connect("bad.error -> handler"))
    run = await harness.start(flow, crash_before=handler)

    await harness.recover(run)

    assert run.output == {
        "type": "OSError",
        "message": "gone",
        "node": "bad",
        "attempt": 1,
        "details": {},
    }
    assert bad.attempts == [1]


async def test_try_hands_the_failure_to_catch(harness: Harness) -> None:
    """3.3: the first failure of the body, as `error`; then `finally`."""
    cleanup = FakeEffect("cleanup")
    trying = node(
        try_,
        body=graph(boom),
        catch=graph(node(show, config={"what": "{{ error.type + ' in ' + error.node }}"})),
        **{"finally": graph(cleanup)},
    )

    run = await harness.run(workflow(trying))

    assert (run.status, run.outputs()["try"], cleanup.calls) == ("completed", {"result": "broken in try/boom"}, 1)


async def test_a_catch_that_fails_still_has_its_finally(harness: Harness) -> None:
    """3.3: and the run fails with the catch's failure."""
    cleanup = FakeEffect("cleanup")
    bad = FakeEffect("bad", fails=[OSError("in catch")])
    trying = node(try_, body=graph(boom), catch=graph(bad), **{"finally": graph(cleanup)})

    run = await harness.run(workflow(trying))

    assert run.error is not None
    assert (run.status, run.error.node, cleanup.calls) == ("failed", "try.catch/bad", 1)


async def test_without_a_catch_the_error_port_is_live(harness: Harness) -> None:
    """3.3: and the run goes on from there."""
    trying = node(try_, body=graph(boom))

    run = await harness.run(workflow(trying, node(pass_on, id="on"), connections=connect("try.error -> on")))

    assert run.status == "completed"
    assert run.outputs()["on"]["output"]["type"] == "broken"


async def test_a_failure_in_one_branch_lets_the_others_finish(harness: Harness) -> None:
    """3.2: `flow.parallel` without `fail_fast`: the others go on, also with what follows in them."""
    first, second = FakeEffect("first"), FakeEffect("second")
    body = graph(boom, first, second, connections=connect("first -> second"))

    run = await harness.run(workflow(node(parallel, body=body)))

    assert (run.status, first.calls, second.calls) == ("failed", 1, 1)
    assert run.error is not None
    assert run.error.node == "parallel/boom"


async def test_a_waiting_sibling_does_not_hold_up_a_failed_run(harness: Harness) -> None:
    """3.2: what only waits is cancelled; nobody waits two days to hear of a failure."""
    bad = FakeEffect("bad", fails=[OSError("no")])
    begun = harness.clock.now()

    run = await harness.run(workflow(bad, node(wait, config={"duration": "48h"})))

    assert run.statuses() == {"bad": "failed", "wait": "cancelled"}
    assert (harness.clock.now() - begun).total_seconds() < 10


async def test_a_loop_that_waits_in_a_failed_run_does_not_go_on(harness: Harness) -> None:
    """3.2: its iterations still to come do not start."""
    bad, send = FakeEffect("bad", fails=[OSError("no")]), FakeEffect("send")
    body = graph(node(wait, config={"duration": "1h"}), send, connections=connect("wait -> send"))

    run = await harness.run(workflow(bad, node(loop, config={"items": [1, 2, 3]}, body=body)))

    assert (run.status, send.calls) == ("failed", 0)
    assert run.statuses()["loop"] == "cancelled"
    assert "loop[1]/wait" not in run.statuses()


SECRET = 'top "secret" välue-0123456789'


@effect("t.leaky", in_doubt="repeat")
async def leaky(ctx: Context, value: JsonValue, *, key: SecretRef) -> JsonValue:
    """Tells everybody."""
    ctx.log(f"using {key}", key=key, nested=[{"deep": key}])
    raise NodeError(f"Refused {key}.", code="refused", header=f"Bearer {key}", thing=object)


async def test_secrets_are_redacted_in_failures_and_logs(harness: Harness) -> None:
    """3.2: by value, wherever they turn up: message, details, inputs that were shortened, log lines."""
    harness.secrets["api"] = SECRET
    long = "x" * 190 + SECRET + SECRET
    parts = [node(value, config={"of": {"text": long}}), node(leaky, config={"key": "{{ secrets.api }}"})]

    run = await harness.run(chain(*parts))

    shown = repr((run.error, run.events, [entry for entry in await harness.entries(run) if entry.node == "leaky"]))
    logged = repr([event for event in run.events if type(event).__name__ == "Logged"])
    assert (run.status, "•••" in shown, "•••" in logged) == ("failed", True, True)
    about = repr((run.error, logged))
    assert not any(part in about for part in (SECRET, "secret", "välue", "top ", "0123"))


async def test_the_failure_says_what_came_in(harness: Harness) -> None:
    """3.2: an error inside a node says node, attempt and what came in."""
    run = await harness.run(chain(node(value, config={"of": {"price": 12.5}}), boom))

    assert run.error is not None
    assert (run.error.node, run.error.attempt) == ("boom", 1)
    assert run.error.details["inputs"] == {"value": '{"price": 12.5}'}


class Two(NamedTuple):
    left: int
    right: int


@pytest.mark.parametrize("kind", ["pure", "effect"])
@pytest.mark.parametrize("returned", [(1,), (1, 2, 3), None, 7, "ab"])
async def test_a_wrong_tuple_is_the_nodes_failure(memory_harness: Harness, kind: str, returned: Any) -> None:
    """3.2: the message names the outputs and what came instead; an effect is not done again for it."""
    calls: list[int] = []

    @declare("t.wrong")
    def wrong() -> Two:
        """Returns what it should not."""
        return returned

    @effect("t.wrong", in_doubt="repeat")
    async def wrong_effect(ctx: Context) -> Two:
        """Does something, and returns what it should not."""
        calls.append(1)
        return returned

    made = node(wrong if kind == "pure" else wrong_effect, retry={"max_attempts": 3, "delay": 0})

    run = await memory_harness.run(workflow(made))

    assert run.error is not None
    assert (run.status, run.error.type, run.error.node) == ("failed", "invalid_output", "wrong")
    assert "left, right" in run.error.message
    assert len(calls) == (1 if kind == "effect" else 0)


@declare("t.unstorable")
def unstorable() -> JsonValue:
    """A value no run can keep."""
    return {"deep": [{1, 2}]}  # type: ignore[dict-item]


@effect("t.unstorable_effect", in_doubt="repeat")
async def unstorable_effect(ctx: Context) -> JsonValue:
    """Does something, and returns what no run can keep."""
    return object()  # type: ignore[return-value]


async def test_an_unstorable_value_of_an_effect_is_its_failure(harness: Harness) -> None:
    """3.2: with its path; what follows does not see the value; the run itself ends and is kept."""
    end = FakeEffect("end")

    run = await harness.run(chain(unstorable_effect, end))

    assert run.error is not None
    assert (run.status, run.error.type, run.error.node) == ("failed", "unstorable_value", "unstorable_effect")
    assert end.calls == 0
    assert [(e.node, e.body["status"]) for e in await harness.entries(run) if "status" in e.body] == [
        ("unstorable_effect", "failed")
    ]


async def test_an_unstorable_value_of_an_effect_can_be_caught(harness: Harness) -> None:
    """3.2: `on_error: branch`."""
    parts = [node(unstorable_effect, on_error="branch"), node(pass_on, id="on")]

    run = await harness.run(workflow(*parts, connections=connect("unstorable_effect.error -> on")))

    assert run.status == "completed"
    assert run.outputs()["on"]["output"]["type"] == "unstorable_value"


async def test_an_unstorable_value_of_a_pure_node_is_blamed_on_that_node(harness: Harness) -> None:
    """3.2: not on the effect that happened to be journaled next, which does not run."""
    end = FakeEffect("end")

    run = await harness.run(chain(unstorable, end))

    assert run.error is not None
    assert (run.status, run.error.type, run.error.node) == ("failed", "unstorable_value", "unstorable")
    assert (end.calls, run.statuses()["unstorable"]) == (0, "failed")


async def test_an_unstorable_value_spares_what_was_done_beside_it(harness: Harness) -> None:
    """3.2, 4.3: the other entries of the batch are written."""
    parts = [node(value, id="fine", config={"of": 5}), unstorable]

    run = await harness.run(workflow(*parts))

    assert run.error is not None
    assert (run.status, run.error.node) == ("failed", "unstorable")
    kept = {entry.node: entry.body["status"] for entry in await harness.entries(run)}
    assert kept == {"fine": "completed", "unstorable": "failed"}


async def test_unstorable_outputs_fail_the_run_and_keep_its_nodes(harness: Harness) -> None:
    """3.2: an output of the run that cannot be kept is said to be just that."""
    parts = [node(value, config={"of": 5}), unstorable]

    run = await harness.run(workflow(*parts, outputs="{{ nodes.unstorable.output }}", settings={"save": "none"}))  # type: ignore[arg-type]

    assert run.error is not None
    assert run.status == "failed"
    assert "output" in run.error.message or run.error.node == "unstorable"


async def test_an_unstorable_input_is_refused_at_the_start(harness: Harness) -> None:
    """3.2: before anything happens."""
    from treadle.errors import StoreError

    end = FakeEffect("end")

    with pytest.raises(StoreError) as refused:
        await harness.run(workflow(end), input={"x": object()})

    assert (refused.value.code, end.calls) == ("unstorable_input", 0)


async def test_an_unstorable_log_line_is_shown_as_text(harness: Harness) -> None:
    """3.2: a log line is never a reason to fail."""

    @effect("t.chatty", in_doubt="repeat")
    async def chatty(ctx: Context) -> JsonValue:
        """Logs a set."""
        ctx.log("look", what={1}, where=object())  # type: ignore[arg-type]
        return 1

    run = await harness.run(workflow(chatty))

    assert (run.status, run.output) == ("completed", 1)


@pytest.mark.slow
async def test_fifty_megabytes_are_a_value_like_any_other(stored_harness: tuple[Harness, SqliteStore]) -> None:
    """3.2, 4.3: kept, read back after a crash, and not repeated."""
    harness, _ = stored_harness
    big = FakeEffect("big", returns=lambda _: "0123456789" * 5_000_000)
    end = FakeEffect("end", returns=lambda value: len(value))
    run = await harness.start(chain(big, end), crash_before=end)

    await harness.recover(run)

    assert (run.status, run.output, big.calls) == ("completed", 50_000_000, 1)


async def test_what_a_node_raises_never_breaks_the_engine(harness: Harness) -> None:
    """3.2: an exception whose text cannot be had, too."""

    class Nasty(Exception):
        def __str__(self) -> str:
            raise RuntimeError("no text")

    run = await harness.run(workflow(FakeEffect("bad", fails=[Nasty()])))

    assert run.error is not None
    assert (run.status, run.error.type) == ("failed", "Nasty")


async def test_a_list_that_does_not_fit_says_what_came(harness: Harness) -> None:
    """3.2: an input of the wrong type."""
    run = await harness.run(chain(node(value, config={"of": {"no": "list"}}), join_lists))

    assert run.error is not None
    assert run.error.type == "invalid_value"
    assert '{"no": "list"}' in run.error.message


@declare("t.exits")
def exits() -> JsonValue:
    """Tries to end the process."""
    raise SystemExit(3)


async def test_a_node_cannot_end_the_process(harness: Harness) -> None:
    """3.2: `sys.exit()` in a pure node, in a chain and on its own, and in an effect."""
    quitter = FakeEffect("quitter", fails=[SystemExit(3)])  # type: ignore[list-item]

    runs = [
        await harness.run(workflow(exits)),
        await harness.run(workflow(node(exits, when="{{ 1 == 1 }}"))),
        await harness.run(workflow(quitter)),
    ]

    assert [(run.status, run.error and run.error.type) for run in runs] == [("failed", "SystemExit")] * 3


async def test_an_effect_that_gives_itself_up_fails(harness: Harness) -> None:
    """3.2: a `CancelledError` of its own is the node's failure, not the end of the drive."""

    async def give_up() -> None:
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        future.cancel()
        await future

    other = FakeEffect("other")

    run = await harness.run(workflow(FakeEffect("bad", before=give_up), other))

    assert run.error is not None
    assert (run.status, run.error.type, other.calls) == ("failed", "given_up", 1)


async def test_a_parallel_that_fails_fast_cancels_only_its_own(harness: Harness) -> None:
    """3.2: its branches, also those that wait or have not had their turn; not what is beside it."""
    slow = FakeEffect("slow", held=True)
    bad = FakeEffect("bad", fails=[OSError("no")], before=slow.wait_until_entered)
    queued, beside, cleanup = FakeEffect("queued"), FakeEffect("beside"), FakeEffect("cleanup")
    body = graph(bad, slow, node(wait, config={"duration": "48h"}), queued)
    fast = node(parallel, config={"fail_fast": True, "max_concurrency": 3}, body=body)
    trying = node(try_, body=graph(fast), catch=graph(node(show, config={"what": "{{ error.message }}"})),
                  **{"finally": graph(cleanup)})  # fmt: skip

    run = await harness.run(workflow(trying, node(beside, after=("try",))))

    assert (run.status, run.outputs()["try"]) == ("completed", {"result": "no"})
    assert (slow.cancelled, queued.calls, cleanup.calls, beside.calls) == (1, 0, 1, 1)
    assert run.statuses()["try/parallel/wait"] == "cancelled"


async def test_failing_fast_is_the_same_after_a_crash(harness: Harness) -> None:
    """3.2, 4.4: the failure and what it cancelled are recalled; `catch` goes on."""
    slow = FakeEffect("slow", held=True)
    bad = FakeEffect("bad", fails=[OSError("no")], before=slow.wait_until_entered)
    caught, beside = FakeEffect("caught", returns="caught"), FakeEffect("beside")
    fast = node(parallel, config={"fail_fast": True}, body=graph(bad, slow))
    flow = workflow(node(try_, body=graph(fast), catch=graph(caught)), node(beside, after=("try",)))
    run = await harness.start(flow, crash_before="try.catch/caught")

    await harness.recover(run)

    assert (run.status, run.outputs()["try"]) == ("completed", {"result": "caught"})
    assert (bad.attempts, slow.attempts, caught.calls, beside.calls) == ([1], [1], 1, 1)


@pytest.mark.parametrize("form", ["p%40ss%2Fword", "cEBzcy93b3Jk", "p@ss/word"])
def test_a_secret_is_hidden_however_it_is_written(form: str) -> None:
    """In a URL, in a basic authorisation, as it is."""
    assert Redactor(["p@ss/word"]).text(f"GET /?key={form} failed") == "GET /?key=••• failed"
