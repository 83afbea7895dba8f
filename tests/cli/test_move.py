"""`treadle move`: shows, asks, moves."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Treadle

WELCOME = """\
name: welcome
inputs: {who: string}
steps:
  - {id: letter, type: file.write, config: {path: "letter.txt", value: "Dear {{ workflow.input.who }}"}}
  - {id: pause, type: flow.wait, config: {duration: 1h}}
  - {id: second, type: file.write, config: {path: "second.txt", value: "still there?"}}
"""
SOONER = WELCOME.replace("1h", "0s").replace("still there?", "are you there, {{ workflow.input.who }}?")


@pytest.fixture
def waiting(treadle: Treadle) -> str:
    ran = treadle("run", treadle.write("welcome.yaml", WELCOME), "-i", "who=Ada", "--json")
    assert ran.code == 3
    assert treadle("publish", treadle.write("sooner.yaml", SOONER)).code == 0
    return str(ran.json["run_id"])


def test_it_tells_what_a_move_means_and_does_nothing(treadle: Treadle, waiting: str) -> None:
    ran = treadle("move", "last", "--to", "2", "--dry-run")

    assert ran.code == 0
    assert "keeps       letter  done" in ran.out
    assert "runs again  pause  config `duration` changed" in ran.out
    assert treadle("move", "last", "--to", "2", "--dry-run").out == ran.out


def test_a_moved_run_goes_on_as_the_new_version(treadle: Treadle, waiting: str) -> None:
    treadle.write("letter.txt", "not written twice")

    moved = treadle("move", waiting, "--to", "latest", "--yes")
    ran = treadle("retry", waiting, "--json")

    assert (moved.code, ran.code, ran.json["status"]) == (0, 0, "completed")
    assert (treadle.folder / "letter.txt").read_text() == "not written twice"
    assert (treadle.folder / "second.txt").read_text() == "are you there, Ada?"


def test_nothing_happens_where_nobody_can_be_asked(treadle: Treadle, waiting: str) -> None:
    ran = treadle("move", "last")

    assert ran.code == 2
    assert "--yes" in ran.err
    assert treadle("status", "--json").json["version"] != treadle("move", "last", "--dry-run", "--json").json["to"]


def test_json_is_the_plan_and_whether_it_was_carried_out(treadle: Treadle, waiting: str) -> None:
    planned = treadle("move", "last", "--dry-run", "--json").json
    moved = treadle("move", "last", "--json").json

    assert (planned["moved"], moved["moved"]) == (False, True)
    assert [node["path"] for node in moved["kept"]] == ["letter"]
    assert moved["again"][0]["reasons"] == ["config `duration` changed"]


def test_all_waiting_runs_of_a_workflow_move_together(treadle: Treadle, waiting: str) -> None:
    other = treadle("run", "welcome.yaml", "-i", "who=Bob", "--json").json["run_id"]
    treadle("publish", "sooner.yaml")

    ran = treadle("move", "--workflow", "welcome", "--yes")

    assert ran.code == 0
    assert waiting in ran.out
    assert other in ran.out
    assert "Moved 2 runs." in ran.out


def test_a_move_that_cannot_be_made_changes_nothing(treadle: Treadle, waiting: str) -> None:
    treadle("publish", treadle.write("three.yaml", SOONER.replace("{who: string}", "{who: string, age: integer}")))

    ran = treadle("move", "last", "--yes")

    assert ran.code == 2
    assert "age" in ran.err
    assert treadle("status", "--json").json["version"] == treadle("move", "last", "--json", "--dry-run").json["from"]


@pytest.mark.parametrize("arguments", [(), ("last", "--workflow", "welcome")])
def test_it_has_to_be_said_what_is_to_be_moved(treadle: Treadle, arguments: tuple[str, ...]) -> None:
    assert treadle("move", *arguments).code == 2


def test_a_workflow_that_is_not_there_is_said(treadle: Treadle, waiting: str) -> None:
    ran = treadle("move", "--workflow", "nothing", "--yes")

    assert ran.code == 2


def test_an_input_that_the_new_version_needs_is_given_as_the_run_is_moved(treadle: Treadle, waiting: str) -> None:
    needs = SOONER.replace("{who: string}", "{who: string, sender: string}").replace("are you there,", "from")
    treadle("publish", treadle.write("needs.yaml", needs.replace("workflow.input.who }}?", "workflow.input.sender }}")))

    refused = treadle("move", waiting, "--yes")
    moved = treadle("move", waiting, "-i", "sender=Bob", "--yes")
    ran = treadle("retry", waiting, "--json")

    assert (refused.code, moved.code, ran.json["status"]) == (2, 0, "completed")
    assert "-i sender=VALUE" in refused.err
    assert (treadle.folder / "second.txt").read_text() == "from Bob"
