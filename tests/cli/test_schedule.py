"""`treadle schedule`."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Treadle

REPORT = """\
name: report
nodes:
  - {id: morning, type: trigger.schedule, config: {cron: "30 2 * * *", timezone: Europe/Berlin}}
  - {id: say, type: data.template, config: {template: "{{ nodes.morning.scheduled_at }}"}}
"""
WRONG = """\
name: wrong
nodes: [{id: a, type: trigger.schedule, config: {cron: "0 0 31 2 *", timezone: Europe/Berln}}]
"""


def test_a_deployed_schedule_is_listed(treadle: Treadle) -> None:
    treadle("deploy", treadle.write("report.yaml", REPORT))

    (listed,) = treadle("schedule", "list", "--json").json

    assert (listed["name"], listed["status"], listed["timezone"]) == ("report", "active", "Europe/Berlin")


def test_the_list_is_for_people_too(treadle: Treadle) -> None:
    treadle("deploy", treadle.write("report.yaml", REPORT))

    shown = treadle("schedule", "list").out

    assert "at 02:30 every day" in shown
    assert "Europe/Berlin" in shown


def test_next_times_of_a_schedule_have_their_distance_from_utc(treadle: Treadle) -> None:
    treadle("deploy", treadle.write("report.yaml", REPORT))

    times = treadle("schedule", "next", "report", "-n", "400", "--json").json

    assert len(times) == 400
    assert {time["at"][-6:] for time in times} == {"+01:00", "+02:00"}
    assert "moved" in {time["change"] for time in times}


def test_a_cron_is_tried_out_without_a_store(treadle: Treadle) -> None:
    ran = treadle("schedule", "next", "--cron", "0 12 * * *", "--timezone", "Asia/Tokyo", "-n", "2")

    assert ran.code == 0
    assert ran.out.count("12:00:00 +09:00 JST") == 2
    assert list(treadle.folder.iterdir()) == []


def test_an_impossible_cron_and_an_unknown_zone_are_told_at_once(treadle: Treadle) -> None:
    ran = treadle("schedule", "next", "--cron", "0 0 31 2 *", "--timezone", "Europe/Berln")

    assert ran.code == 2
    assert "never comes" in ran.err
    assert "'Europe/Berlin'" in ran.err


def test_a_wrong_schedule_is_not_deployed(treadle: Treadle) -> None:
    ran = treadle("deploy", treadle.write("wrong.yaml", WRONG))

    assert ran.code == 2
    assert "never comes" in ran.err
    assert "'Europe/Berlin'" in ran.err


def test_pause_and_resume_change_the_status(treadle: Treadle) -> None:
    treadle("deploy", treadle.write("report.yaml", REPORT))

    (paused,), (resumed,) = (treadle("schedule", what, "report", "--json").json for what in ("pause", "resume"))

    assert (paused["status"], resumed["status"]) == ("paused", "active")
    assert paused["next_at"] is None


@pytest.mark.parametrize("what", ["pause", "resume", "next"])
def test_an_unknown_schedule_names_the_nearest(treadle: Treadle, what: str) -> None:
    treadle("deploy", treadle.write("report.yaml", REPORT))

    ran = treadle("schedule", what, "reprot")

    assert ran.code == 2
    assert "`report`" in ran.err


@pytest.mark.parametrize(
    "arguments", [("next", "report", "--cron", "@daily"), ("next", "report", "--timezone", "Asia/Tokyo")]
)
def test_a_name_goes_with_neither_a_cron_nor_a_zone(treadle: Treadle, arguments: tuple[str, ...]) -> None:
    treadle("deploy", treadle.write("report.yaml", REPORT))

    ran = treadle("schedule", *arguments)

    assert ran.code == 2
    assert "Leave out" in ran.err


def test_next_times_of_a_paused_schedule_say_that_it_is_paused(treadle: Treadle) -> None:
    treadle("deploy", treadle.write("report.yaml", REPORT))
    active = treadle("schedule", "next", "report", "-n", "1")
    treadle("schedule", "pause", "report")

    paused = treadle("schedule", "next", "report", "-n", "1")

    assert active.err == ""
    assert "`report` is paused" in paused.err
    assert "treadle schedule resume report" in paused.err
