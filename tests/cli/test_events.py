"""`treadle emit` and `treadle dead`; what `status` says of children."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Treadle
from tests.cli.process import Process

CALLING = """\
workflows:
  - name: child
    inputs: {n: integer}
    nodes:
      - {id: twice, type: data.transform, config: {transform: "workflow.input.n * 2"}}
    outputs: "{{ nodes.twice.output }}"
  - name: parent
    inputs: {n: {type: integer, default: 4}}
    nodes:
      - {id: call, type: flow.workflow, config: {workflow: child, input: {n: "{{ workflow.input.n }}"}}}
    outputs: "{{ nodes.call.output }}"
  - name: listener
    nodes:
      - {id: heard, type: trigger.event, config: {topic: orders.*, filter: event.payload.total > 100}}
      - {id: keep, type: file.write, config: {path: heard.txt, value: "{{ nodes.heard.output.payload.total }}"}}
"""

READING = """\
name: reading
inputs: {path: {type: string, default: wanted.txt}}
nodes:
  - {id: read, type: file.read, config: {path: "{{ workflow.input.path }}"}}
outputs: "{{ nodes.read.output }}"
"""


def fail(treadle: Treadle, times: int = 1, **inputs: str) -> list[str]:
    """The ids of runs of `reading` that fail."""
    pairs = [part for name, value in inputs.items() for part in ("-i", f"{name}={value}")]
    path = treadle.write("reading.yaml", READING)
    return [treadle("run", path, *pairs, "--json").json["run_id"] for _ in range(times)]


def test_a_run_with_a_child_is_run_to_its_end(treadle: Treadle) -> None:
    path = treadle.write("calling.yaml", CALLING)
    treadle("run", path, "--workflow", "child", "-i", "n=1")

    ran = treadle("run", path, "--workflow", "parent", "--json")

    assert (ran.code, ran.json["output"]) == (0, 8)


def test_status_shows_parent_and_child_under_each_other(treadle: Treadle) -> None:
    path = treadle.write("calling.yaml", CALLING)
    treadle("run", path, "--workflow", "child", "-i", "n=1")
    parent = treadle("run", path, "--workflow", "parent", "--json").json["run_id"]

    shown = treadle("status", "--json").json

    (child,) = shown["children"]
    assert (shown["run_id"], shown["parent"]) == (parent, None)
    assert (child["workflow"], child["status"], child["path"], child["detached"]) == (
        "child",
        "completed",
        "call",
        False,
    )
    assert treadle("status", child["run_id"], "--json").json["parent"]["run_id"] == parent
    assert f"Started by `call` of parent  {parent}" in treadle("status", child["run_id"]).err


def test_a_workflow_that_is_neither_stored_nor_in_the_file_cannot_be_called(treadle: Treadle) -> None:
    ran = treadle(
        "run", treadle.write("calling.yaml", CALLING.replace("name: child", "name: other")), "--workflow", "parent"
    )

    assert ran.code == 1
    assert "`child` cannot be started" in ran.err


def test_an_event_says_who_listens(treadle: Treadle) -> None:
    path = treadle.write("calling.yaml", CALLING)
    treadle("deploy", path, "--workflow", "listener")

    heard = treadle("emit", "orders.paid", '{"total": 120}', "--json")
    unheard = treadle("emit", "lonely")

    assert (heard.code, heard.json["listeners"]) == (0, ["listener"])
    assert (unheard.code, "nobody listens" in unheard.out) == (0, True)


@pytest.mark.parametrize("topic", ["run.failed", "a b", "orders.*"])
def test_a_topic_that_is_none_is_refused(treadle: Treadle, topic: str) -> None:
    treadle("run", treadle.write("calling.yaml", CALLING), "--workflow", "child", "-i", "n=1")

    ran = treadle("emit", topic)

    assert ran.code == 2
    assert "opic" in ran.err


@pytest.mark.slow
def test_what_is_deployed_hears_what_is_emitted(treadle: Treadle) -> None:
    """Another process emits; the filter keeps out what it should."""
    treadle("deploy", treadle.write("calling.yaml", CALLING), "--workflow", "listener")
    up = Process(treadle.folder, "up", "--json")
    up.wait_until(lambda: up.lines)

    treadle("emit", "orders.paid", '{"total": 20}')
    treadle("emit", "orders.paid", '{"total": 120}')

    up.wait_until(lambda: list(up.events("RunFinished")))
    up.popen.terminate()
    up.end()
    assert (treadle.folder / "heard.txt").read_text() == "120"
    assert len(list(up.events("RunFinished"))) == 1


@pytest.mark.parametrize("payload", ["{nope", " [1,", '"text'])
def test_a_payload_that_begins_like_json_is_to_be_json(treadle: Treadle, payload: str) -> None:
    treadle("deploy", treadle.write("calling.yaml", CALLING), "--workflow", "listener")

    ran = treadle("emit", "orders.paid", payload)

    assert (ran.code, "The payload is not JSON" in ran.err) == (2, True)


def test_a_payload_of_a_file_that_is_missing_says_what_to_do_here(treadle: Treadle) -> None:
    treadle("deploy", treadle.write("calling.yaml", CALLING), "--workflow", "listener")

    ran = treadle("emit", "orders.paid", "@missing.json")

    assert ran.code == 2
    assert "missing.json" in ran.err
    assert "-i " not in ran.err


def test_a_deployment_says_which_events_could_start_no_run(treadle: Treadle) -> None:
    heard = "name: heard\nnodes: [{id: e, type: trigger.event, config: {topic: go}}]\n"
    treadle("deploy", treadle.write("heard.yaml", heard), "--latest")
    treadle("publish", treadle.write("wants.yaml", heard + "inputs: {must: string}\n"))
    event_id = treadle("emit", "go", "--json").json["event_id"]
    treadle("up", "--for", "2")

    shown, told = treadle("deployments", "show", "heard"), treadle("deployments", "show", "heard", "--json").json

    assert told["metrics"]["refused"] == 1
    assert told["last_refusal"]["about"] == f"go {event_id}"
    assert "1 could start no run, the last at" in shown.out
    assert "must" in shown.out


def test_failed_runs_of_the_same_error_are_listed_together(treadle: Treadle) -> None:
    fail(treadle, 2)
    fail(treadle, path="other.txt")

    groups = treadle("dead", "--json").json

    assert [(group["workflow"], group["error"], group["count"]) for group in groups] == [
        ("reading", "file_not_found", 2),
        ("reading", "file_not_found", 1),
    ]
    assert "file_not_found" in treadle("dead").out


def test_without_failed_runs_there_is_nothing_to_see_to(treadle: Treadle) -> None:
    treadle("run", treadle.write("calling.yaml", CALLING), "--workflow", "child", "-i", "n=1")

    assert "No failed runs" in treadle("dead").out
    assert treadle("dead", "--json").json == []


def test_failed_runs_are_tried_again_in_bulk(treadle: Treadle) -> None:
    """Exit code 0 once all have come to something."""
    ids = fail(treadle, 3)
    treadle.write("wanted.txt", "here now")

    ran = treadle("dead", "retry", "--workflow", "reading", "--json")

    assert ran.code == 0
    assert {one["run_id"]: one["outcome"] for one in ran.json} == dict.fromkeys(ids, "completed")
    assert treadle("dead", "--json").json == []


def test_one_that_fails_again_stops_none_of_the_others(treadle: Treadle) -> None:
    fail(treadle, 2)
    (other,) = fail(treadle, path="never.txt")
    treadle.write("wanted.txt", "here now")

    ran = treadle("dead", "retry", "--all")

    assert ran.code == 1
    assert f"failed  {other}" in ran.out
    assert "Tried 3 runs again: " in ran.out
    assert treadle("dead", "--json").json[0]["run_ids"] == [other]


def test_only_what_is_meant_is_tried_again(treadle: Treadle) -> None:
    first, second = fail(treadle, 2)
    treadle.write("wanted.txt", "here now")

    ran = treadle("dead", "retry", first, "--json")

    assert [one["run_id"] for one in ran.json] == [first]
    assert treadle("dead", "--json").json[0]["run_ids"] == [second]


def test_nothing_is_tried_again_unless_something_is_meant(treadle: Treadle) -> None:
    fail(treadle)

    for action in ("retry", "dismiss"):
        ran = treadle("dead", action)

        assert ran.code == 2
        assert "--all" in ran.err
    assert len(treadle("dead", "--json").json) == 1


def test_a_time_that_is_none_is_refused(treadle: Treadle) -> None:
    fail(treadle)

    assert treadle("dead", "retry", "--since", "soon").code == 2


def test_what_is_put_aside_is_listed_no_more(treadle: Treadle) -> None:
    """It is still there to be looked at, and to be tried again by itself."""
    (run_id,) = fail(treadle)

    ran = treadle("dead", "dismiss", "--error", "file_not_found")

    assert (ran.code, "Put aside 1 run" in ran.out) == (0, True)
    assert treadle("dead", "--json").json == []
    assert treadle("status", run_id, "--json").json["status"] == "failed"
    assert treadle("dead", "retry", run_id).code == 2


def test_dead_letters_of_a_workflow_that_is_not_there_name_the_nearest(treadle: Treadle) -> None:
    fail(treadle)

    for command in (["dead"], ["dead", "retry"], ["dead", "dismiss"]):
        ran = treadle(*command, "--workflow", "raeding")

        assert ran.code == 2
        assert "Did you mean `reading`?" in ran.err
