"""Changing runs: `retry` and `cancel`."""

from __future__ import annotations

import pytest

from tests.cli.conftest import GREETING, READING, WAITING, Treadle


def test_a_retry_keeps_what_succeeded_and_tries_the_rest(treadle: Treadle) -> None:
    failed = treadle("run", treadle.write("reading.yaml", READING), "--json").json
    treadle.write("wanted.txt", "here now")

    ran = treadle("retry", "last", "--json")

    assert ran.code == 0
    assert (ran.json["run_id"], ran.json["output"]) == (failed["run_id"], "here now")


def test_a_completed_run_cannot_be_tried_again(treadle: Treadle) -> None:
    treadle("run", treadle.write("greeting.yaml", GREETING), "-i", "who=Ada")

    ran = treadle("retry", "last")

    assert ran.code == 2
    assert "only a failed or cancelled run" in ran.err


def test_a_suspended_run_that_nobody_drives_is_cancelled_at_once(treadle: Treadle) -> None:
    treadle("run", treadle.write("waiting.yaml", WAITING))

    ran = treadle("cancel", "last", "--json")

    assert (ran.code, ran.json["status"]) == (0, "cancelled")
    assert treadle("status", "--json").json["nodes"]["pause"]["status"] == "cancelled"


def test_a_finished_run_cannot_be_cancelled(treadle: Treadle) -> None:
    treadle("run", treadle.write("greeting.yaml", GREETING), "-i", "who=Ada")

    assert treadle("cancel", "last").code == 2


@pytest.mark.slow
def test_a_retry_of_a_waiting_run_goes_on_where_it_was(treadle: Treadle) -> None:
    treadle("run", treadle.write("waiting.yaml", WAITING.replace("1h", "4s")))

    ran = treadle("retry", "last", "--wait", "--json")

    assert (ran.code, ran.json["output"]) == (0, "kept")
