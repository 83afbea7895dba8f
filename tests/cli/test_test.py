"""`treadle test` and `treadle test record`."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from tests.cli.conftest import Treadle
from tests.cli.test_replay import NOTES

TESTS = """\
workflow: notes.yaml
tests:
  - {name: little, given: {input: {amount: 1}}, expect: {output: 0.1, skipped: [note]}}
  - {name: much, given: {input: {amount: 99}, effects: {note: {output: {path: x, size: 1}}}}, expect: {ran: [note]}}
"""


def test_tests_are_found_and_run_with_what_they_cover(treadle: Treadle) -> None:
    treadle.write("notes.yaml", NOTES)
    treadle.write("tests/notes.test.yaml", TESTS.replace("notes.yaml", "../notes.yaml"))

    ran = treadle("test")

    assert ran.code == 0, ran.err
    assert "2 tests passed" in ran.out
    assert "Covered 100% of nodes and branches" in ran.out
    assert not (treadle.folder / ".treadle").exists()
    assert not (treadle.folder / "fee.txt").exists()


def test_every_failure_is_said_with_a_diff(treadle: Treadle) -> None:
    treadle.write("notes.yaml", NOTES.replace("0.1", "0.2").replace("> 5", "> 500"))
    treadle.write("notes.test.yaml", TESTS)

    ran = treadle("test", "notes.test.yaml", "--junit", "report.xml")

    assert ran.code == 1
    assert "output: expected 0.1, got 0.2" in ran.out
    assert "`note` is skipped, not completed." in ran.out
    assert "2 failed" in ran.out
    suite = ElementTree.parse(treadle.folder / "report.xml").getroot()[0]
    assert [suite.get(name) for name in ("tests", "failures", "errors")] == ["2", "2", "0"]
    assert suite[1].find("failure") is not None


def test_too_little_covered_fails(treadle: Treadle) -> None:
    treadle.write("notes.yaml", NOTES)
    treadle.write("notes.test.yaml", "\n".join(TESTS.splitlines()[:3]))

    ran = treadle("test", "--fail-under", "80", "--json")

    assert ran.code == 1
    assert ran.json["coverage"]["workflows"][0]["missed_nodes"] == ["note"]
    assert treadle("test", "--fail-under", "50").code == 0


def test_malformed_files_are_refused_with_every_problem_and_its_line(treadle: Treadle) -> None:
    treadle.write("notes.yaml", NOTES)
    treadle.write("a.test.yaml", "workflow: notes.yaml\ngiven: {imput: {}}\nexpect:\n  status: done\n")
    treadle.write("b.test.yaml", "workflow: nowhere.yaml\n")

    ran = treadle("test")
    as_json = treadle("test", "--json")

    assert (ran.code, as_json.code) == (2, 2)
    assert "a.test.yaml:2:9" in ran.err
    assert "a.test.yaml:4:3" in ran.err
    assert "`nowhere.yaml`, which is not there" in ran.err
    assert [one["line"] for one in as_json.json["files"][0]["issues"]] == [2, 4]


def test_no_tests_are_no_success(treadle: Treadle) -> None:
    ran = treadle("test")

    assert ran.code == 2
    assert "There are no tests here." in ran.err


def test_a_recorded_run_is_a_test_that_passes_and_fails_after_an_edit(treadle: Treadle) -> None:
    treadle.write("notes.yaml", NOTES)
    treadle("run", "notes.yaml", "-i", "amount=70")

    made = treadle("test", "record", "last", "-o", "seventy.test.yaml")
    passes = treadle("test")
    treadle.write("notes.yaml", NOTES.replace("> 5", "> 50"))
    fails = treadle("test")

    assert made.code == 0, made.err
    assert made.err == ""
    assert "Wrote seventy.test.yaml" in made.out
    assert passes.code == 0, passes.out
    assert fails.code == 1
    assert "`note` is skipped, not completed." in fails.out
    assert "`note` was not made." in fails.out


def test_a_recording_of_a_stored_version_is_tested_from_the_store(treadle: Treadle) -> None:
    """Without the workflow's file, the version of the run is what is tested."""
    treadle.write("notes.yaml", NOTES)
    treadle("run", "notes.yaml", "-i", "amount=70")
    (treadle.folder / "notes.yaml").unlink()

    made = treadle("test", "record", "last", "-o", "seventy.test.yaml")

    assert made.code == 0, made.err
    assert treadle("test").code == 0


def test_of_two_files_that_hold_the_workflow_the_one_named_after_it_is_tested(treadle: Treadle) -> None:
    treadle.write("notes.yaml", NOTES)
    treadle.write("eager.yaml", NOTES.replace("> 5", "> 1"))
    treadle("run", "notes.yaml", "-i", "amount=70")

    made = treadle("test", "record", "last", "-o", "a.test.yaml")

    assert made.code == 0, made.err
    assert "workflow: notes.yaml" in (treadle.folder / "a.test.yaml").read_text()


def test_a_recording_bound_to_the_stored_version_says_so_and_how_to_name_a_file(treadle: Treadle) -> None:
    treadle.write("one.yaml", NOTES)
    treadle.write("two.yaml", NOTES)
    treadle("run", "one.yaml", "-i", "amount=70")

    made = treadle("test", "record", "last", "-o", "a.test.yaml")

    assert "`one.yaml`, `two.yaml` all hold it" in " ".join(made.err.split())
    assert "--workflow FILE" in made.err


def test_a_recording_for_a_file_that_changed_says_so(treadle: Treadle) -> None:
    treadle.write("notes.yaml", NOTES)
    treadle("run", "notes.yaml", "-i", "amount=70")
    treadle.write("notes.yaml", NOTES.replace("0.1", "0.3"))

    made = treadle("test", "record", "last", "-o", "a.test.yaml")

    assert made.code == 0
    assert "is not what the run was of" in made.err


def test_a_recording_overwrites_nothing(treadle: Treadle) -> None:
    treadle.write("notes.yaml", NOTES)
    treadle("run", "notes.yaml", "-i", "amount=7")
    treadle.write("a.test.yaml", "mine")

    made = treadle("test", "record", "last", "-o", "a.test.yaml")

    assert made.code == 2
    assert (treadle.folder / "a.test.yaml").read_text() == "mine"


@pytest.mark.slow
def test_the_projects_own_nodes_are_known_in_every_process(treadle: Treadle) -> None:
    treadle("new", "node", "shout")
    treadle.write("loud.yaml", "name: loud\nnodes:\n  - {id: loud, type: custom.shout, config: {value: hey}}\n")
    treadle.write("loud.test.yaml", "workflow: loud.yaml\ntests: [{name: a}, {name: b}, {name: c}]\n")

    ran = treadle("test", "-j", "2")

    assert ran.code == 0, ran.out + ran.err
    assert "3 tests passed" in ran.out
