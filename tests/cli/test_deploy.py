"""`deploy`, `deployments`, `start`, `stop`."""

from __future__ import annotations

from tests.cli.conftest import BROKEN, GREETING, Treadle


def test_a_deployment_is_listed_with_how_often_it_runs(treadle: Treadle) -> None:
    treadle("deploy", treadle.write("greeting.yaml", GREETING), "--every", "5s", "-i", "who=Ada")

    (listed,) = treadle("deployments", "--json").json
    assert (listed["name"], listed["status"], listed["when"]) == ("greeting", "active", "every 5s")


def test_a_workflow_without_a_schedule_needs_one(treadle: Treadle) -> None:
    ran = treadle("deploy", treadle.write("greeting.yaml", GREETING), "-i", "who=Ada")

    assert ran.code == 2
    assert "--every 5m" in ran.err


def test_the_input_of_its_runs_is_checked_before_it_is_deployed(treadle: Treadle) -> None:
    ran = treadle("deploy", treadle.write("greeting.yaml", GREETING), "--every", "5s")

    assert ran.code == 2
    assert "`who` is missing" in ran.err


def test_a_wrong_input_and_a_missing_schedule_are_told_at_once(treadle: Treadle) -> None:
    ran = treadle("deploy", treadle.write("greeting.yaml", GREETING))

    assert ran.code == 2
    assert "`who` is missing" in ran.err
    assert "--every 5m" in ran.err


def test_an_interval_that_is_too_short_is_refused(treadle: Treadle) -> None:
    ran = treadle("deploy", treadle.write("greeting.yaml", GREETING), "--every", "10ms", "-i", "who=Ada")

    assert ran.code == 2
    assert "0.1 seconds" in ran.err


def test_a_wrong_file_is_not_deployed(treadle: Treadle) -> None:
    ran = treadle("deploy", treadle.write("broken.yaml", BROKEN), "--every", "5s")

    assert ran.code == 2
    assert "broken.yaml:3:" in ran.err


def test_stop_and_start_change_the_status(treadle: Treadle) -> None:
    treadle("deploy", treadle.write("greeting.yaml", GREETING), "--every", "5s", "-i", "who=Ada")

    stopped, started = treadle("stop", "greeting", "--json").json, treadle("start", "greeting", "--json").json

    assert (stopped["status"], started["status"]) == ("stopped", "active")


def test_an_unknown_deployment_names_the_nearest(treadle: Treadle) -> None:
    treadle("deploy", treadle.write("greeting.yaml", GREETING), "--every", "5s", "-i", "who=Ada")

    ran = treadle("stop", "greting")

    assert ran.code == 2
    assert "Did you mean `greeting`?" in ran.err
