"""`treadle templates`."""

from __future__ import annotations

from tests.cli.conftest import Treadle

GIVEN = ("-p", "result_url=http://127.0.0.1:1/", "-p", "free_below=5")


def test_templates_are_listed_without_a_store_and_none_is_made(treadle: Treadle) -> None:
    listed, alone = treadle("templates", "list", "--json"), treadle("templates")

    names = [one["name"] for one in listed.json]
    assert {"api-sync", "approval-with-escalation", "failure-alert", "webhook-store-notify"} <= set(names)
    assert "Approval with escalation" in alone.out
    assert list(treadle.folder.iterdir()) == []


def test_what_fits_is_recommended_with_reasons(treadle: Treadle) -> None:
    told = treadle("templates", "list", "--about", "approve invoices")
    (best, *_) = treadle("templates", "list", "--about", "approve invoices", "--json").json

    assert "approval-with-escalation" in told.out.splitlines()[0]
    assert (best["name"], best["reasons"]) == ("approval-with-escalation", ["It is about `approve`."])


def test_a_template_tells_what_it_asks_for_and_needs(treadle: Treadle) -> None:
    shown = treadle("templates", "show", "classify-and-route")
    described = treadle("templates", "show", "classify-and-route", "--json").json

    assert "secret `model_key`" in shown.out
    assert "-p model_url=…" in shown.out
    assert described["parameters"]["required"] == ["model_url", "model", "routes", "rest_url"]


def test_a_template_becomes_a_workflow_that_runs(treadle: Treadle) -> None:
    made = treadle("templates", "use", "approval-with-escalation", "desk", *GIVEN, "--publish", "--json")
    ran = treadle("run", "desk", "-i", "request=Desk", "-i", "amount=7", "--json")

    assert (made.code, made.json["workflow"], made.json["published"]) == (0, "desk", True)
    assert (ran.code, ran.json["status"]) == (3, "suspended")
    assert treadle("templates", "show", "approval-with-escalation", "--json").json["statistics"]["uses"] == 1


def test_a_draft_says_how_to_go_on(treadle: Treadle) -> None:
    made = treadle("templates", "use", "approval-with-escalation", "desk", *GIVEN)

    assert "treadle publish desk" in made.out
    assert "treadle run desk" in made.out


def test_everything_that_is_wrong_is_told_at_once(treadle: Treadle) -> None:
    ran = treadle("templates", "use", "approval-with-escalation", "desk", "-p", "free_below=x", "-p", "approvr=ada")

    assert ran.code == 2
    assert all(word in ran.err for word in ("`free_below`", "`approver`", "`result_url` is missing"))


def test_a_template_goes_through_a_file_to_another_store(treadle: Treadle) -> None:
    treadle("templates", "use", "failure-alert", "alarm", "-p", "alert_url=http://127.0.0.1:1/", "--publish")

    published = treadle("templates", "publish", "alarm", "--name", "my-alarm", "--category", "ops", "--json")
    treadle("templates", "export", "my-alarm", "-o", "my-alarm.yaml")
    imported = treadle("templates", "import", "my-alarm.yaml", "--db", "other.db", "--json")
    there = treadle("templates", "show", "my-alarm", "--db", "other.db", "--json")

    assert (published.code, imported.code) == (0, 0)
    assert (there.json["category"], there.json["source"]) == ("ops", "published")
    assert treadle("validate", "my-alarm.yaml").code == 0


def test_what_was_taken_out_is_told(treadle: Treadle) -> None:
    text = (
        "name: call\ntitle: Call\ndescription: Calls.\nnodes:\n"
        '  - {id: ask, type: http.request, config: {url: "https://a.example", headers: {X-Api-Key: abc}}}\n'
    )
    treadle("publish", treadle.write("call.yaml", text))

    published = treadle("templates", "publish", "call")

    assert "nodes.ask.config.headers.X-Api-Key: looks like a credential" in published.out
    assert "`ask_X_Api_Key`" in published.out


def test_a_template_is_rated_and_taken_back(treadle: Treadle) -> None:
    rated = treadle("templates", "rate", "api-sync", "4", "-m", "good")
    wrong = treadle("templates", "rate", "api-sync", "9")
    shown = treadle("templates", "show", "api-sync")

    assert (rated.code, wrong.code) == (0, 2)
    assert "rated 4.0 of 5 by 1 user" in rated.out
    assert "good" in shown.out


def test_one_that_comes_with_treadle_stays(treadle: Treadle) -> None:
    treadle("templates", "rate", "api-sync", "4")

    ran = treadle("templates", "delete", "api-sync")

    assert ran.code == 2
    assert "comes with Treadle" in ran.err


def test_an_export_writes_over_nothing(treadle: Treadle) -> None:
    treadle.write("mine.yaml", "mine\n")

    ran = treadle("templates", "export", "api-sync", "-o", "mine.yaml")

    assert ran.code == 2
    assert (treadle.folder / "mine.yaml").read_text() == "mine\n"


def test_a_bot_is_on_paper_with_one_command(treadle: Treadle) -> None:
    used = treadle("templates", "use", "grid", "mine", "--paper")

    (deployment,) = treadle("deployments", "--json").json
    assert used.code == 0
    assert "Deployed on paper" in used.out
    assert (deployment["name"], deployment["mode"]) == ("mine", "paper")
