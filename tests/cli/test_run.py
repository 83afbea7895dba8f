"""`treadle run`."""

from __future__ import annotations

import time

import pytest

from tests.cli.conftest import BROKEN, GREETING, READING, WAITING, Treadle


def test_the_output_is_alone_on_standard_output(treadle: Treadle) -> None:
    file = treadle.write("greeting.yaml", GREETING)

    ran = treadle("run", file, "-i", "who=Ada")

    assert ran.code == 0
    assert ran.out.split() == ["[", '"Hello', "Ada", '0"', "]"]
    assert "completed" in ran.err


def test_json_is_the_execution_result_with_nodes_by_path(treadle: Treadle) -> None:
    file = treadle.write("greeting.yaml", GREETING)

    result = treadle("run", file, "--input", '{"who": "Ada", "times": 2}', "--json").json

    assert list(result) == [
        "run_id",
        "workflow",
        "version",
        "status",
        "output",
        "error",
        "nodes",
        "started_at",
        "finished_at",
        "duration_ms",
    ]
    assert (result["status"], result["output"]) == ("completed", ["Hello Ada 0", "Hello Ada 1"])
    assert result["nodes"]["each[1]/line"]["outputs"] == {"output": "Hello Ada 1"}


def test_an_input_may_come_from_a_file_and_be_overridden_by_pairs(treadle: Treadle) -> None:
    file = treadle.write("greeting.yaml", GREETING)
    treadle.write("input.json", '{"who": "Ada", "times": 1}')

    result = treadle("run", file, "--input", "@input.json", "-i", "who=7", "--json").json

    assert result["output"] == ["Hello 7 0"]


def test_a_wrong_file_gives_every_problem_with_its_line_and_exit_code_2(treadle: Treadle) -> None:
    file = treadle.write("broken.yaml", BROKEN)

    ran = treadle("run", file)

    assert ran.code == 2
    assert "broken.yaml:3:" in ran.err
    assert "broken.yaml:4:" in ran.err
    assert "data.template" in ran.err
    assert not (treadle.folder / ".treadle").exists()


def test_a_wrong_input_is_exit_code_2_and_starts_nothing(treadle: Treadle) -> None:
    file = treadle.write("greeting.yaml", GREETING)

    ran = treadle("run", file, "-i", "times=many", "--json")

    assert ran.code == 2
    assert {issue["path"] for issue in ran.json["issues"]} == {"input.who", "input.times"}
    assert treadle("list", "--json").json == []


def test_input_that_is_no_json_says_where_and_how(treadle: Treadle) -> None:
    file = treadle.write("greeting.yaml", GREETING)

    ran = treadle("run", file, "--input", "{who: Ada}")

    assert ran.code == 2
    assert "line 1, column 2" in ran.err
    assert "Traceback" not in ran.err


def test_a_failed_run_is_exit_code_1_and_names_node_and_remedy(treadle: Treadle) -> None:
    file = treadle.write("reading.yaml", READING)

    ran = treadle("run", file)

    assert ran.code == 1
    assert "Node read failed" in ran.err
    assert "treadle retry r" in ran.err
    assert ran.out == ""


def test_a_waiting_run_is_exit_code_3(treadle: Treadle) -> None:
    file = treadle.write("waiting.yaml", WAITING)

    ran = treadle("run", file, "--json")

    assert ran.code == 3
    assert ran.json["status"] == "suspended"
    assert ran.json["nodes"]["pause"]["status"] == "waiting"


@pytest.mark.slow
def test_wait_goes_on_through_a_suspension(treadle: Treadle) -> None:
    file = treadle.write("waiting.yaml", WAITING.replace("1h", "4s"))

    ran = treadle("run", file, "--wait", "--json")

    assert ran.code == 0
    assert ran.json["output"] == "kept"


def test_a_stored_workflow_runs_by_its_name(treadle: Treadle) -> None:
    treadle("run", treadle.write("greeting.yaml", GREETING), "-i", "who=Ada")

    ran = treadle("run", "greeting", "-i", "who=Bo", "--json")

    assert ran.json["output"] == ["Hello Bo 0"]


def test_of_a_file_with_several_workflows_one_is_chosen(treadle: Treadle) -> None:
    two = "workflows:\n" + "".join(
        f"  - {{name: {name}, nodes: [{{id: a, type: data.template, config: {{template: {name}}}}}]}}\n"
        for name in ("one", "two")
    )
    file = treadle.write("two.yaml", two)

    chosen, unsaid = treadle("run", file, "--workflow", "two"), treadle("run", file)

    assert chosen.out == "two\n"
    assert unsaid.code == 2
    assert "`one`, `two`" in unsaid.err


FAMILY = """\
workflows:
  - name: parent
    nodes: [{id: ask, type: flow.workflow, config: {workflow: child, wait: true}}]
  - name: child
    nodes: [{id: line, type: data.template, config: {template: from the child}}]
"""


def test_the_other_workflows_of_its_file_can_be_started_by_a_run(treadle: Treadle) -> None:
    treadle.write("family.yaml", FAMILY)

    ran = treadle("run", "family.yaml", "--workflow", "parent", "--wait", "--json")

    assert (ran.code, ran.json["output"]) == (0, "from the child")


def test_a_refused_run_keeps_none_of_the_workflows_of_its_file(treadle: Treadle) -> None:
    treadle.write("family.yaml", FAMILY)

    refused = treadle("run", "family.yaml", "--workflow", "parent", "--trigger", "nope")

    assert refused.code == 2
    assert treadle("run", "child").code == 2


def test_a_suspended_run_without_a_time_says_what_lets_it_go_on(treadle: Treadle) -> None:
    file = treadle.write("s.yaml", "name: s\nnodes: [{id: a, type: flow.signal, config: {name: go}}]\n")

    ran = treadle("run", file, "--watch")

    (line,) = [line for line in ran.err.splitlines() if "suspended" in line and ":" in line.split()[0]]
    assert "goes on when answered" in line


def test_a_missing_file_names_the_nearest_one(treadle: Treadle) -> None:
    treadle.write("greeting.yaml", GREETING)

    ran = treadle("run", "greting.yaml")

    assert ran.code == 2
    assert "Did you mean `greeting.yaml`?" in ran.err


def test_the_store_may_be_named_before_or_after_the_command(treadle: Treadle) -> None:
    file = treadle.write("greeting.yaml", GREETING)

    treadle("run", file, "-i", "who=Ada", "--db", "a.db")
    treadle("--db", f"sqlite:///{treadle.folder}/a.db", "run", file, "-i", "who=Bo")

    assert len(treadle("list", "--db", "a.db", "--json").json) == 2


def test_watch_tells_of_each_node_on_standard_error(treadle: Treadle) -> None:
    file = treadle.write("greeting.yaml", GREETING)

    ran = treadle("run", file, "-i", "who=Ada", "--watch", "--json")

    assert ran.json["status"] == "completed"
    assert "each[0]/line" in ran.err


@pytest.mark.slow
def test_a_run_leaves_other_unfinished_runs_alone(treadle: Treadle) -> None:
    waiting = treadle("run", treadle.write("waiting.yaml", WAITING.replace("1h", "4s")), "--json").json
    time.sleep(4.5)

    treadle("run", treadle.write("other.yaml", WAITING.replace("1h", "1.5s").replace("waiting", "other")))

    assert treadle("status", waiting["run_id"], "--json").json["status"] == "suspended"
