"""What a user gets wrong: exit code 2, what was wrong, and what to do; it stops nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import typer

from tests.cli.conftest import GREETING, Treadle
from tests.cli.process import Process
from treadle.cli.main import app

FAILING = """\
name: failing
nodes: [{id: divide, type: data.set, config: {fields: {x: "{{ 1 / (2 - 2) }}"}}}]
"""

TRIGGERED = """\
name: triggered
nodes:
  - {id: by-hand, type: trigger.manual}
  - {id: said, type: data.template, config: {template: said}}
connections: [{from: by-hand, to: said.trigger}]
"""

LATE = """\
name: late
steps:
  - {id: wait, type: code.shell, command: [sleep, "30"], timeout: 30}
"""

NOT_REACHED = """\
name: not-reached
nodes: [{id: call, type: http.request, config: {url: "http://127.0.0.1:9/"}, retry: {max_attempts: 1}}]
"""


def with_a_broken_node(treadle: Treadle) -> None:
    treadle.write("nodes/broken.py", "def (:\n")
    treadle.write("treadle.toml", 'nodes = ["nodes"]\n')


@pytest.mark.parametrize("name", ["class", "9bad", "test_it", "Class", "!"])
def test_a_name_no_node_can_have_is_refused_for_one_that_it_can(treadle: Treadle, name: str) -> None:
    ran = treadle("new", "node", name)

    better = ran.err.split("Write `")[1].split("`")[0]
    assert (ran.code, list(treadle.folder.iterdir())) == (2, [])
    assert treadle("new", "node", better).code == 0
    assert treadle("nodes", f"custom.{better}").code == 0


@pytest.mark.parametrize("name", ["9", "no", "2024-05-01", "Null", "?"])
def test_a_name_no_workflow_can_have_is_refused_for_one_that_it_can(treadle: Treadle, name: str) -> None:
    ran = treadle("new", "workflow", name)

    better = ran.err.split("Write `")[1].split("`")[0]
    assert (ran.code, list(treadle.folder.iterdir())) == (2, [])
    assert treadle("new", "workflow", better).code == 0
    assert treadle("run", f"{better}.yaml").code == 0


def test_a_node_file_with_a_mistake_keeps_nobody_from_looking(treadle: Treadle) -> None:
    treadle("run", treadle.write("greeting.yaml", GREETING), "-i", "who=Ada")
    with_a_broken_node(treadle)

    listed, shown = treadle("list"), treadle("nodes", "flow.wait")

    assert (listed.code, shown.code) == (0, 0)
    assert "greeting" in listed.out
    assert "flow.wait" in shown.out
    assert "Left out: `nodes/broken.py`" in listed.err
    assert "Left out: `nodes/broken.py`" in shown.err


def test_a_node_file_with_a_mistake_is_told_of_on_standard_error_alone(treadle: Treadle) -> None:
    treadle("run", treadle.write("greeting.yaml", GREETING), "-i", "who=Ada")
    with_a_broken_node(treadle)

    assert [run["workflow"] for run in treadle("list", "--json").json] == ["greeting"]


def test_a_node_file_with_a_mistake_is_no_ground_to_run_without_it(treadle: Treadle) -> None:
    with_a_broken_node(treadle)

    ran = treadle("run", treadle.write("greeting.yaml", GREETING), "-i", "who=Ada")

    assert ran.code == 2
    assert "nodes/broken.py" in ran.err


@pytest.mark.parametrize("place", ["file/x.db", "file/deep/x.db"])
def test_a_store_that_cannot_be_made_there_is_the_users_mistake(
    treadle: Treadle, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    file = treadle.write("greeting.yaml", GREETING)
    treadle.write("file", "text")

    by_option = treadle("run", file, "-i", "who=Ada", "--db", place)
    monkeypatch.setenv("TREADLE_DB", place)
    by_environment = treadle("run", file, "-i", "who=Ada")

    for ran in (by_option, by_environment):
        assert ran.code == 2
        assert "Defect" not in ran.err
        assert "`file" in ran.err
    assert "of the store cannot be made: " in by_environment.err


@pytest.mark.parametrize("command", [("list",), ("run", "greeting.yaml", "-i", "who=Ada")])
def test_a_folder_is_no_store(treadle: Treadle, command: tuple[str, ...]) -> None:
    treadle.write("greeting.yaml", GREETING)

    ran = treadle(*command, "--db", ".")

    assert ran.code == 2
    assert "`.` is a folder; a store is a file." in ran.err


def test_debug_shows_more_and_changes_no_exit_code(tmp_path: Path) -> None:
    with Process(tmp_path, "run", "none.yaml", "--debug") as process:
        code = process.end()

    errors = "\n".join(process.errors)
    assert code == 2
    assert "Traceback" in errors
    assert "There is no file `none.yaml`." in process.errors[-2]


def test_no_run_of_a_workflow_that_is_not_there_is_told_with_the_nearest_name(treadle: Treadle) -> None:
    treadle("run", treadle.write("greeting.yaml", GREETING), "-i", "who=Ada")

    near, far = treadle("list", "--workflow", "greetin"), treadle("list", "--workflow", "other")

    assert near.out == "No run of `greetin`. Did you mean `greeting`?\n"
    assert far.out == "No run of `other`. `treadle list --workflows` shows the names there are.\n"
    assert treadle("list", "--workflow", "other", "--json").json == []


def test_no_run_with_a_status_is_not_no_run_at_all(treadle: Treadle) -> None:
    treadle("run", treadle.write("greeting.yaml", GREETING), "-i", "who=Ada")

    ran = treadle("list", "--status", "failed")

    assert ran.out == "No failed run. `treadle list` shows the others.\n"


def test_a_node_type_known_from_elsewhere_is_told_by_our_name(treadle: Treadle) -> None:
    file = treadle.write("timed.yaml", "name: timed\nnodes: [{id: a, type: trigger.cron}]\n")

    checked, looked = treadle("validate", file), treadle("nodes", "trigger.cron")

    assert "Did you mean `trigger.schedule`?" in checked.out
    assert "Did you mean `trigger.schedule`?" in looked.err


def test_a_failure_of_several_lines_takes_one_in_a_list(treadle: Treadle) -> None:
    treadle("run", treadle.write("failing.yaml", FAILING))

    lines = treadle("list").out.splitlines()

    assert len(lines) == 2
    assert "This divides by zero: {{ 1 / (2 - 2) }} ^" in lines[1]


def test_a_failure_of_several_lines_takes_one_in_what_up_prints(treadle: Treadle) -> None:
    on_schedule = FAILING.replace("[{id", "[{id: each, type: trigger.interval, config: {seconds: 1}}, {id")
    assert treadle("deploy", treadle.write("failing.yaml", on_schedule)).code == 0

    with Process(treadle.folder, "up") as process:
        process.wait_until(lambda: any("divides by zero" in line for line in process.lines))
        told = next(line for line in process.lines if "divides by zero" in line)
        process.kill()

    assert "failing" in told
    assert told.endswith("{{ 1 / (2 - 2) }} ^")


def test_what_did_not_come_in_is_not_told(treadle: Treadle) -> None:
    ran = treadle("run", treadle.write("not-reached.yaml", NOT_REACHED))

    assert ran.code == 1
    assert "Node call failed" in ran.err
    assert "What came in" not in ran.err


def test_a_timeout_tells_its_length_and_whose_it_is(treadle: Treadle, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TREADLE_ALLOW_SHELL", "true")

    ran = treadle("run", treadle.write("late.yaml", LATE))

    assert ran.code == 1
    assert "No answer within 30 ms, the `timeout` of the node.  [timeout]" in ran.err
    assert "write the unit with it" in ran.err


def test_a_secret_that_is_missing_is_told_once_with_its_variable(treadle: Treadle) -> None:
    config = 'config: {url: "http://127.0.0.1:9/", auth: bearer, secret: "{{ secrets.nope }}"}'
    file = treadle.write("secretive.yaml", f"name: secretive\nnodes: [{{id: call, type: http.request, {config}}}]\n")

    ran = treadle("run", file)

    assert ran.code == 2
    assert ran.err.count("reads secrets that are not set: nope") == 1
    assert ran.err.count("TREADLE_SECRET_NOPE in the environment.") == 1


def test_a_trigger_that_is_not_there_is_told_by_those_that_are(treadle: Treadle) -> None:
    with_one = treadle("run", treadle.write("triggered.yaml", TRIGGERED), "--trigger", "other")
    with_none = treadle("run", treadle.write("greeting.yaml", GREETING), "-i", "who=Ada", "--trigger", "other")

    assert (with_one.code, with_none.code) == (2, 2)
    assert "Its trigger nodes are `by-hand`." in with_one.err
    assert "It has no trigger nodes: run it without naming one." in with_none.err


def test_an_input_file_that_is_not_there_is_not_told_of_as_a_workflow(treadle: Treadle) -> None:
    ran = treadle("run", treadle.write("greeting.yaml", GREETING), "--input", "@no.json")

    assert ran.code == 2
    assert "There is no file `no.json`." in ran.err
    assert "new workflow" not in ran.err


def test_no_option_is_called_otherwise_than_in_small_letters() -> None:
    """What stands for the value is no part of the name, whichever version of the library reads it."""
    wrong: list[str] = []

    def walk(command: Any, name: str) -> None:
        options = [option for parameter in command.params for option in parameter.opts if option.startswith("-")]
        wrong.extend(f"{name} {option}" for option in options if len(option) > 2 and option != option.lower())
        for inner, under in getattr(command, "commands", {}).items():
            walk(under, f"{name} {inner}")

    walk(typer.main.get_command(app), "treadle")

    assert wrong == []


def test_several_missing_credentials_are_told_once_each(treadle: Treadle) -> None:
    config = 'config: {url: "http://127.0.0.1:9/", auth: bearer, secret: "{{ secrets.nope }}"}'
    file = treadle.write("secretive.yaml", f"name: secretive\nnodes: [{{id: call, type: http.request, {config}}}]\n")

    ran = treadle("deploy", file, "--every", "5m", "--profile", "main")

    assert ran.code == 2
    assert ran.err.count("There is no profile `main`") == 1
    assert ran.err.count("reads secrets that are not set: nope") == 1
    assert ran.err.count("TREADLE_PROFILE_MAIN_NOPE") == 1


def test_a_limit_that_cannot_be_is_told_once(treadle: Treadle) -> None:
    ran = treadle(
        "deploy", treadle.write("greeting.yaml", GREETING), "--every", "5m", "-i", "who=A", "--concurrency", "0"
    )

    assert ran.err.count("0 runs at a time cannot be") == 1


def test_a_request_without_its_secret_is_told_how_to_name_one(treadle: Treadle) -> None:
    config = 'config: {url: "https://example.com/", auth: bearer}'
    header = 'config: {url: "https://example.com/", headers: {A: "{{ secrets.x }}"}}'
    nodes = f"[{{id: a, type: http.request, {config}}}, {{id: b, type: http.request, {header}}}]"

    ran = treadle("validate", treadle.write("asking.yaml", f"name: asking\nnodes: {nodes}\n"))

    assert 'secret: "{{ secrets.API_TOKEN }}"' in ran.out
    assert "kept secret: `username`, `secret`" in ran.out


def test_a_handler_that_is_not_in_the_store_is_warned_of(treadle: Treadle) -> None:
    text = GREETING.replace("name: greeting\n", "name: greeting\nsettings: {on_failure: nobody}\n")

    ran = treadle("run", treadle.write("greeting.yaml", text), "-i", "who=Ada")

    assert ran.code == 0
    assert "`on_failure` names `nobody`, which is not in the store" in ran.err


def test_validate_warns_of_a_handler_that_is_neither_in_the_file_nor_in_the_store(treadle: Treadle) -> None:
    text = GREETING.replace("name: greeting\n", "name: greeting\nsettings: {on_failure: handler}\n")
    file = treadle.write("greeting.yaml", text)

    before = treadle("validate", file)
    treadle("publish", treadle.write("handler.yaml", GREETING.replace("name: greeting", "name: handler")))
    after = treadle("validate", file)

    assert (before.code, after.code) == (0, 0)
    assert "`on_failure` names `handler`" in before.out
    assert "on_failure" not in after.out


@pytest.mark.parametrize(("word", "meant"), [("runs", "treadle list"), ("workflows", "treadle list --workflows")])
def test_a_command_that_is_called_otherwise_elsewhere_is_named(treadle: Treadle, word: str, meant: str) -> None:
    ran = treadle(word, "--json")

    assert ran.code == 2
    assert f"Did you mean `{meant}`?" in " ".join(ran.err.split())
