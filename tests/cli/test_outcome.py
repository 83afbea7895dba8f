"""What is said of a run that did not complete: why, and what to do now."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta

import pytest

from tests.cli.conftest import GREETING, WAITING, Treadle
from treadle.cli.mark import show_goes_on
from treadle.cli.outcome import show_inputs

NODES = """\
from typing import NamedTuple

import treadle as td


@td.effect("custom.refused", in_doubt="repeat")
async def refused(ctx: td.Context, order: dict[str, int], text: str = "as it is") -> str:
    \"\"\"Fail.\"\"\"
    raise td.NodeError("the desk is closed", code="desk_closed", remedy="Call after nine.", retryable=True)


@td.effect("custom.given", in_doubt="ask")
async def given(ctx: td.Context, text: str) -> str:
    \"\"\"Give it back.\"\"\"
    return text


class Both(NamedTuple):
    first: str
    second: str


@td.effect("custom.both", in_doubt="ask")
async def both(ctx: td.Context, text: str) -> Both:
    \"\"\"Give it twice.\"\"\"
    return Both(text, text)
"""

REFUSED = """\
name: refused
nodes:
  - {id: order, type: data.set, config: {fields: {size: 3}}}
  - {id: desk, type: custom.refused, retry: {max_attempts: 2, delay: 1ms}}
connections: [{from: order, to: desk.order}]
"""

MISSPELT = """\
name: misspelt
nodes: [{id: big, type: data.transform, config: {transform: "{a: 1}.b"}}]
"""


def with_nodes(treadle: Treadle) -> Treadle:
    """A project with node types of its own."""
    treadle.write("nodes/desk.py", NODES)
    treadle.write("treadle.toml", 'nodes = ["nodes"]\n')
    return treadle


def without_nodes(treadle: Treadle) -> Treadle:
    treadle.write("treadle.toml", "")
    return treadle


def leave_behind(treadle: Treadle) -> None:
    """As a crash leaves a run: under way, its worker gone."""
    with sqlite3.connect(treadle.folder / ".treadle" / "treadle.db") as connection:
        connection.execute("UPDATE runs SET status = 'running', wake_at = NULL, worker = 'wgone'")
    connection.close()


def test_a_failure_is_told_with_its_remedy_attempt_and_what_came_in(treadle: Treadle) -> None:
    file = with_nodes(treadle).write("refused.yaml", REFUSED)

    ran, looked = treadle("run", file), treadle("status")

    for text in (ran.err, looked.err):
        assert "Node desk failed at attempt 2: the desk is closed  [desk_closed]" in text
        assert "Call after nine." in text
        assert 'What came in: order: {"size": 3}' in text
        assert "treadle retry r" in text


def test_what_came_in_is_shown_as_values_and_not_as_text_in_text() -> None:
    shown = show_inputs({"value": '{"a": "b"}', "limit": "3"})

    assert shown == 'value: {"a": "b"}, limit: 3'


def test_a_retry_is_not_advised_where_it_would_fail_again(treadle: Treadle) -> None:
    ran = treadle("run", treadle.write("misspelt.yaml", MISSPELT))

    assert ran.code == 1
    assert "[missing_key]" in ran.err
    assert "treadle retry" not in ran.err
    assert "start a new run" in ran.err


def test_a_suspended_run_says_when_it_goes_on_and_how(treadle: Treadle) -> None:
    ran = treadle("run", treadle.write("waiting.yaml", WAITING))

    assert "It goes on in 59 m" in ran.err or "It goes on in 1 h" in ran.err
    assert "with `treadle up`, or here: treadle retry r" in ran.err
    assert ran.err.rstrip().endswith("--wait")


def test_a_cancelled_run_did_not_fail(treadle: Treadle) -> None:
    treadle("run", treadle.write("waiting.yaml", WAITING))
    treadle("cancel", "last")

    ran = treadle("status")

    assert "The run was cancelled." in ran.err
    assert "failed" not in ran.err + ran.out


def test_a_run_whose_worker_is_dead_is_interrupted(treadle: Treadle) -> None:
    treadle("run", treadle.write("waiting.yaml", WAITING))
    leave_behind(treadle)

    listed, looked = treadle("list"), treadle("status")

    assert "interrupted" in listed.out
    assert "goes on with `treadle up` or `treadle retry r" in listed.out
    assert looked.out.startswith("! interrupted")
    assert "Interrupted: goes on with `treadle up` or `treadle retry r" in looked.err
    assert [run["interrupted"] for run in treadle("list", "--json").json] == [True]


def test_the_help_of_a_flag_names_no_type(treadle: Treadle) -> None:
    lines = treadle("run", "--help").out.splitlines()

    assert [line for line in lines if "<bool>" in line and "--help" not in line] == []


def test_what_is_due_is_said_to_be_due() -> None:
    now = datetime(2030, 1, 1, tzinfo=UTC)

    assert show_goes_on(now - timedelta(seconds=1), now) == "is due"
    assert show_goes_on(now + timedelta(seconds=5), now) == "goes on in 5.0 s"
    assert show_goes_on(None, now) == "goes on when answered"


def test_durations_in_json_have_three_digits_behind_the_point(treadle: Treadle) -> None:
    result = treadle("run", treadle.write("greeting.yaml", GREETING), "-i", "who=Ada", "--json").json

    durations = [node["duration_ms"] for node in result["nodes"].values()]
    assert durations == [round(duration, 3) for duration in durations]


def test_tables_in_a_pipe_have_no_blanks_at_the_end_of_a_line(treadle: Treadle) -> None:
    treadle("run", treadle.write("greeting.yaml", GREETING), "-i", "who=Ada")

    for command in ("list", "status", "logs", "nodes"):
        lines = treadle(command).out.splitlines()
        assert lines
        assert [line for line in lines if line != line.rstrip()] == [], command


def test_status_and_logs_tell_of_runs_whose_node_types_are_not_installed(treadle: Treadle) -> None:
    treadle("run", with_nodes(treadle).write("refused.yaml", REFUSED))

    looked, logged = without_nodes(treadle)("status"), treadle("logs")

    assert (looked.code, logged.code) == (0, 0)
    assert looked.out.index("order") < looked.out.index("desk")
    assert "custom.refused" in looked.out
    assert "the desk is closed" in looked.err
    assert "the desk is closed" in logged.out


def test_a_run_whose_node_types_are_not_installed_is_cancelled_as_it_stands(treadle: Treadle) -> None:
    waiting = WAITING.replace('type: data.pick, config: {path: ""}', "type: custom.given")
    treadle("run", with_nodes(treadle).write("waiting.yaml", waiting))

    started = datetime.now(UTC)
    ran = without_nodes(treadle)("cancel", "last")

    assert datetime.now(UTC) - started < timedelta(seconds=5)
    assert ran.code == 0
    assert "`custom.given`" in ran.err
    assert treadle("status", "--json").json["status"] == "cancelled"


@pytest.mark.parametrize("name", ["nosuch", "nosuch.yaml"])
def test_a_workflow_that_is_not_there_comes_with_the_command_that_makes_it_be_there(
    treadle: Treadle, name: str
) -> None:
    ran = treadle("run", name)

    assert ran.code == 2
    assert "Publish" not in ran.err
    assert ("`treadle run FILE` stores it" if name == "nosuch" else "treadle new workflow") in ran.err


def test_a_wrong_input_file_is_to_be_corrected_and_not_quoted(treadle: Treadle) -> None:
    file = treadle.write("greeting.yaml", GREETING)
    treadle.write("wrong.json", "{who: Ada}")
    treadle.write("list.json", "[1]")

    wrong, other, missing = (treadle("run", file, "--input", f"@{name}.json") for name in ("wrong", "list", "none"))

    assert (wrong.code, other.code, missing.code) == (2, 2, 2)
    assert "Correct `wrong.json`" in wrong.err
    assert "Correct `list.json`" in other.err
    assert "topic=tides" not in wrong.err + other.err
    assert "new workflow" not in missing.err
