"""`deployments`, `start`, `pause`, `stop`."""

from __future__ import annotations

import sqlite3

import pytest

from tests.cli.conftest import GREETING, Treadle


@pytest.fixture
def greeting(treadle: Treadle) -> Treadle:
    """A deployment called `greeting`."""
    treadle("deploy", treadle.write("greeting.yaml", GREETING), "--every", "5s", "-i", "who=Ada")
    return treadle


def test_a_deployment_is_listed_with_how_often_it_runs(greeting: Treadle) -> None:
    (listed,) = greeting("deployments", "--json").json

    assert (listed["name"], listed["status"], listed["when"]) == ("greeting", "active", "every 5s")
    assert listed["next_due"] > listed["created_at"]
    assert (listed["metrics"]["runs"], listed["metrics"]["success_rate"]) == (0, None)


def test_the_list_for_people_has_a_line_for_each(greeting: Treadle) -> None:
    greeting("deployments", "clone", "greeting", "second", "--paused")

    lines = greeting("deployments").out.splitlines()

    assert [line.split()[0] for line in lines] == ["deployment", "greeting", "second"]
    assert "paused" in lines[2]


def test_without_any_the_list_says_how_to_make_one(greeting: Treadle) -> None:
    assert "treadle deploy FILE" in greeting("deployments", "--db", _empty(greeting)).out


def test_pause_start_and_stop_change_the_status(greeting: Treadle) -> None:
    seen = [greeting(what, "greeting", "--json").json["status"] for what in ("pause", "start", "stop", "start")]

    assert seen == ["paused", "active", "stopped", "active"]


def test_a_stopped_deployment_cannot_be_paused(greeting: Treadle) -> None:
    greeting("stop", "greeting")

    ran = greeting("pause", "greeting")

    assert ran.code == 2
    assert "treadle start greeting" in ran.err


def test_an_unknown_deployment_names_the_nearest(greeting: Treadle) -> None:
    for command in (["stop"], ["start"], ["pause"], ["deployments", "show"], ["deployments", "state"]):
        ran = greeting(*command, "greting")

        assert ran.code == 2
        assert "Did you mean `greeting`?" in ran.err


def test_a_clone_has_a_name_of_its_own(greeting: Treadle) -> None:
    ran = greeting("deployments", "clone", "greeting", "second", "--mode", "paper", "--param", "size=2", "--json")

    assert (ran.json["name"], ran.json["mode"], ran.json["params"]) == ("second", "paper", {"size": 2})
    assert (ran.json["when"], ran.json["input"]["who"]) == ("every 5s", "Ada")


def test_state_is_set_shown_and_cleared(greeting: Treadle) -> None:
    greeting("deployments", "state", "greeting", "peak", "[1, 2]")
    greeting("deployments", "state", "greeting", "name", "Ada")

    shown = greeting("deployments", "state", "greeting", "--json").json
    one = greeting("deployments", "state", "greeting", "peak").json
    greeting("deployments", "state", "greeting", "peak", "--clear")
    left = greeting("deployments", "state", "greeting", "--json").json
    greeting("deployments", "state", "greeting", "--clear")

    assert (shown, one, left) == ({"peak": [1, 2], "name": "Ada"}, [1, 2], {"name": "Ada"})
    assert greeting("deployments", "state", "greeting", "--json").json == {}


def test_a_value_that_is_not_there_names_those_that_are(greeting: Treadle) -> None:
    greeting("deployments", "state", "greeting", "peak", "1")

    ran = greeting("deployments", "state", "greeting", "pea")

    assert ran.code == 2
    assert "`peak`" in ran.err


def test_one_deployment_is_shown_with_everything_about_it(greeting: Treadle) -> None:
    greeting("deploy", "--name", "greeting", "--concurrency", "2", "--key", "input.who", "--rate", "3/1m")
    greeting("deployments", "state", "greeting", "peak", "1")

    shown = greeting("deployments", "show", "greeting").out

    assert "2 for each input.who, 3 in 60 s" in shown
    assert 'who="Ada"' in shown
    assert "peak=1" in shown


def _empty(treadle: Treadle) -> str:
    treadle("db", "upgrade", "--db", "empty.db")
    return "empty.db"


def test_people_read_the_number_of_a_version(greeting: Treadle) -> None:
    changed = GREETING.replace("Hello", "Good day")

    deployed = greeting("deploy", greeting.write("greeting.yaml", changed))

    (listed,) = greeting("deployments", "--json").json
    assert listed["number"] == 2
    assert "Deployed greeting version 2" in deployed.out
    line = greeting("deployments").out.splitlines()[1]
    assert "every 5s   2 " in line
    assert "greeting version 2, live" in greeting("deployments", "show", "greeting").out


def test_runs_of_a_deployment_are_listed_with_its_name(treadle: Treadle) -> None:
    file = treadle.write("greeting.yaml", GREETING)
    treadle("run", file, "-i", "who=Ada")
    alone = treadle("list").out
    with sqlite3.connect(treadle.folder / ".treadle" / "treadle.db") as connection:
        connection.execute("UPDATE runs SET deployment = 'morning'")
    connection.close()

    assert "deployment" not in alone
    assert "morning" in treadle("list").out
