"""`deploy`: making a workflow run by itself, and changing how it does."""

from __future__ import annotations

import pytest

from tests.cli.conftest import BROKEN, GREETING, Treadle

SECRETIVE = """\
name: secretive
nodes:
  - {id: every, type: trigger.interval, config: {seconds: 60}}
  - {id: say, type: http.request, config: {url: "http://127.0.0.1:1/", auth: bearer, secret: "{{ secrets.api_key }}"}}
"""


@pytest.fixture
def greeting(treadle: Treadle) -> Treadle:
    """A deployment called `greeting`."""
    treadle("deploy", treadle.write("greeting.yaml", GREETING), "--every", "5s", "-i", "who=Ada")
    return treadle


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


def test_the_limits_are_as_they_were_asked_for(greeting: Treadle) -> None:
    ran = greeting(
        "deploy", "--name", "greeting", "--concurrency", "3", "--key", "input.who", "--shared", "--overlap", "queue",
        "--rate", "10/1m", "--burst", "2", "--rate-key", "params.lead", "--json",
    )  # fmt: skip

    assert ran.json["limits"] == {
        "concurrency": 3,
        "concurrency_key": "input.who",
        "scope": "all",
        "overlap": "queue",
        "rate": {"number": 10.0, "period": 60.0, "burst": 2, "key": "params.lead"},
    }


@pytest.mark.parametrize(
    "wrong",
    [
        ["--concurrency", "0"],
        ["--overlap", "later"],
        ["--rate", "often"],
        ["--burst", "3"],
        ["--key", "nodes.a.output"],
        ["--shared"],
    ],
)
def test_limits_that_cannot_be_are_refused_and_change_nothing(greeting: Treadle, wrong: list[str]) -> None:
    before = greeting("deployments", "show", "greeting", "--json").json["limits"]

    ran = greeting("deploy", "--name", "greeting", *wrong)

    assert ran.code == 2
    assert greeting("deployments", "show", "greeting", "--json").json["limits"] == before


def test_deployed_again_it_keeps_what_is_not_given(greeting: Treadle) -> None:
    greeting("deploy", "--name", "greeting", "--param", "size=2", "--concurrency", "3")

    changed = greeting.write("greeting.yaml", GREETING.replace("Hello", "Bye"))
    again = greeting("deploy", changed, "--param", "lead=7", "--json").json

    assert (again["input"]["who"], again["when"], again["limits"]["concurrency"]) == ("Ada", "every 5s", 3)
    assert again["params"] == {"size": 2, "lead": 7}


def test_a_deployment_is_put_on_another_version_by_its_number(greeting: Treadle) -> None:
    first = greeting("deployments", "show", "greeting", "--json").json["version"]
    greeting("deploy", greeting.write("greeting.yaml", GREETING.replace("Hello", "Bye")))

    ran = greeting("deploy", "--name", "greeting", "--version", "1", "--json")

    assert ran.json["version"] == first


def test_a_deployment_may_follow_the_latest_version(greeting: Treadle) -> None:
    assert greeting("deploy", "--name", "greeting", "--latest", "--json").json["version"] == "latest"


def test_a_file_is_one_version(greeting: Treadle) -> None:
    ran = greeting("deploy", "greeting.yaml", "--version", "1")

    assert ran.code == 2
    assert "--name NAME --version 1" in ran.err


def test_without_a_file_it_must_say_what_to_change(treadle: Treadle) -> None:
    ran = treadle("deploy", "--mode", "paper")

    assert ran.code == 2
    assert "--name" in ran.err


def test_a_missing_profile_says_what_to_set(treadle: Treadle) -> None:
    ran = treadle("deploy", treadle.write("secretive.yaml", SECRETIVE), "--profile", "main")

    assert ran.code == 2
    assert "There is no profile `main`" in ran.err
    assert "TREADLE_PROFILE_MAIN_API_KEY" in ran.err
    assert treadle("deployments", "--json").json == []


def test_a_profile_of_the_projects_settings_names_variables(treadle: Treadle, monkeypatch: pytest.MonkeyPatch) -> None:
    treadle.write("treadle.toml", '[profiles.main]\napi_key = "env:KRAKEN"\n')
    monkeypatch.setenv("KRAKEN", "k1")

    ran = treadle("deploy", treadle.write("secretive.yaml", SECRETIVE), "--profile", "main", "--json")

    assert ran.code == 0, ran.err
    assert ran.json["profiles"] == ["main"]


def test_a_secret_written_into_the_settings_is_refused_and_not_repeated(treadle: Treadle) -> None:
    treadle.write("treadle.toml", '[profiles.main]\napi_key = "sk-live-1234"\n')

    ran = treadle("deploy", treadle.write("secretive.yaml", SECRETIVE), "--profile", "main")

    assert ran.code == 2
    assert "env:TREADLE_PROFILE_MAIN_API_KEY" in ran.err
    assert "sk-live" not in ran.err


def test_one_thing_that_is_wrong_with_the_limits_is_told_once(greeting: Treadle) -> None:
    ran = greeting("deploy", "--name", "greeting", "--concurrency", "0")

    assert ran.err.count("0 runs at a time cannot be.") == 1


def test_two_versions_are_not_deployed_at_once(greeting: Treadle) -> None:
    ran = greeting("deploy", "--name", "greeting", "--latest", "--version", "1")

    assert (ran.code, "--version 1" in ran.err) == (2, True)
    assert greeting("deployments", "show", "greeting", "--json").json["version"] != "latest"


def test_a_paused_deployment_that_is_deployed_again_says_how_it_starts(greeting: Treadle) -> None:
    greeting("pause", "greeting")

    ran = greeting("deploy", "greeting.yaml")

    assert "`treadle start greeting` starts it." in ran.out


def test_every_topic_that_is_heard_is_named(treadle: Treadle) -> None:
    heard = "name: heard\nnodes: [{id: on, type: trigger.event, config: {topic: [paid, refunded.*]}}]\n"

    ran = treadle("deploy", treadle.write("heard.yaml", heard), "--json")

    assert ran.json["when"] == "on paid, refunded.*"


ORDERING = """\
name: buyer
nodes:
  - {id: every, type: trigger.interval, config: {seconds: 60}}
  - {id: exchange, type: market.provider, config: {venue: paper, symbol: BTC/USDT}}
  - {id: buy, type: order.market, config: {provider: "{{ nodes.exchange.output }}", side: buy, size: 0.01}}
"""


def test_what_could_order_is_deployed_on_paper_and_says_how_it_goes_live(treadle: Treadle) -> None:
    ran = treadle("deploy", treadle.write("buyer.yaml", ORDERING))

    assert "Deployed buyer version 1" in ran.out
    assert "on paper" in ran.out
    assert "treadle deploy --name buyer --mode live" in ran.out
    assert "live" in treadle("deploy", "--name", "buyer", "--mode", "live").out


def test_a_stored_workflow_is_deployed_by_its_name(treadle: Treadle) -> None:
    treadle("publish", treadle.write("buyer.yaml", ORDERING))
    treadle("publish", treadle.write("buyer.yaml", ORDERING.replace("60", "30")))

    ran = treadle("deploy", "buyer")

    assert "Deployed buyer version 2" in ran.out
    assert "every 30s" in ran.out


def test_a_version_of_it_is_deployed_and_the_latest_stays_the_latest(treadle: Treadle) -> None:
    treadle("publish", treadle.write("buyer.yaml", ORDERING))
    treadle("publish", treadle.write("buyer.yaml", ORDERING.replace("60", "30")))

    ran = treadle("deploy", "buyer", "--version", "1")

    assert "Deployed buyer version 1" in ran.out
    assert "every 30s" in treadle("deploy", "buyer", "--name", "second").out


def test_what_is_only_a_draft_is_to_be_published_first(treadle: Treadle) -> None:
    treadle("templates", "use", "rsi-mean-reversion", "my-rsi")

    ran = treadle("deploy", "my-rsi")

    assert ran.code != 0
    assert "treadle publish my-rsi" in ran.err


def test_neither_a_file_nor_a_stored_workflow_is_told_with_the_nearest(greeting: Treadle) -> None:
    ran = greeting("deploy", "greetign")

    assert ran.code != 0
    assert "no file and no stored workflow `greetign`" in ran.err
    assert "Did you mean `greeting`" in ran.err
