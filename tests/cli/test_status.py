"""Looking at runs: `list`, `status`, `logs`."""

from __future__ import annotations

import json

from tests.cli.conftest import GREETING, READING, WAITING, Treadle


def test_status_without_a_run_is_of_the_last_one(treadle: Treadle) -> None:
    treadle("run", treadle.write("greeting.yaml", GREETING), "-i", "who=Ada", "-i", "times=3")

    ran = treadle("status")

    assert "3 iterations" in ran.out
    assert ran.out.index("hello") < ran.out.index("each") < ran.out.index("line")


def test_status_takes_the_beginning_of_an_id(treadle: Treadle) -> None:
    result = treadle("run", treadle.write("greeting.yaml", GREETING), "-i", "who=Ada", "--json").json

    shown = treadle("status", result["run_id"][:12], "--json").json

    assert shown == {**result, "parent": None, "children": []}


def test_status_shows_what_a_run_waits_for(treadle: Treadle) -> None:
    treadle("run", treadle.write("waiting.yaml", WAITING))

    ran = treadle("status")

    assert "waiting" in ran.out
    assert "in 1 h" in ran.out or "in 59 m" in ran.out
    assert "pending" in ran.out


def test_an_unknown_run_is_exit_code_2(treadle: Treadle) -> None:
    treadle("run", treadle.write("greeting.yaml", GREETING), "-i", "who=Ada")

    ran = treadle("status", "r0nothing")

    assert ran.code == 2
    assert "There is no run `r0nothing`" in ran.err


def test_looking_makes_no_store(treadle: Treadle) -> None:
    ran = treadle("list")

    assert ran.code == 2
    assert "There is no store" in ran.err
    assert not (treadle.folder / ".treadle").exists()


def test_list_filters_by_status(treadle: Treadle) -> None:
    treadle("run", treadle.write("greeting.yaml", GREETING), "-i", "who=Ada")
    treadle("run", treadle.write("reading.yaml", READING))

    runs = treadle("list", "--status", "failed", "--json").json

    assert [(run["workflow"], run["error"]["node"]) for run in runs] == [("reading", "read")]


def test_what_a_run_took_does_not_count_its_time_in_the_queue(treadle: Treadle) -> None:
    hears = """\
name: hears
nodes:
  - {id: heard, type: trigger.event, config: {topic: go}}
  - {id: work, type: flow.wait, config: {duration: 600ms}, after: [heard]}
"""
    treadle("deploy", treadle.write("hears.yaml", hears))
    for _ in range(3):
        treadle("emit", "go")
    treadle("up", "--for", "1")
    queued = [run for run in treadle("list", "--json").json if run["status"] == "queued"]
    treadle("up", "--for", "4")

    listed = treadle("list", "--json").json

    assert queued
    assert {run["started_at"] for run in queued} == {None}
    assert [run["status"] for run in listed] == ["completed"] * 3
    assert max(run["duration_ms"] for run in listed if run["run_id"] == queued[0]["run_id"]) < 1200


def test_list_shows_the_stored_workflows(treadle: Treadle) -> None:
    treadle("run", treadle.write("greeting.yaml", GREETING), "-i", "who=Ada")

    assert [item["workflow"] for item in treadle("list", "--workflows", "--json").json] == ["greeting"]


def test_logs_tell_what_each_node_did_in_order(treadle: Treadle) -> None:
    treadle("run", treadle.write("reading.yaml", READING))

    lines = [json.loads(line) for line in treadle("logs", "--json").out.splitlines()]

    assert [line["node"] for line in lines] == ["before", "read"]
    assert lines[1]["level"] == "error"
    assert "wanted.txt" in lines[1]["message"]


def test_logs_follow_a_finished_run_to_its_end(treadle: Treadle) -> None:
    treadle("run", treadle.write("greeting.yaml", GREETING), "-i", "who=Ada")

    ran = treadle("logs", "-f")

    assert ran.code == 0
    assert "each[0]/line" in ran.out
