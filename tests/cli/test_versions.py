"""Versions on the command line: `publish`, `versions`, `diff`, `rollback` and `draft`."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import GREETING, Treadle

LOUDER = GREETING.replace("Hello {{", "HELLO {{")


def test_a_file_is_published_and_listed_with_its_note(treadle: Treadle) -> None:
    treadle("publish", treadle.write("a.yaml", GREETING), "-m", "first", "--author", "ada")
    published = treadle("publish", treadle.write("b.yaml", LOUDER), "-m", "louder", "--json").json

    listed = treadle("versions", "greeting", "--json").json

    assert (published["number"], published["new"]) == (2, True)
    assert [(one["number"], one["latest"], one["note"]) for one in listed] == [(2, True, "louder"), (1, False, "first")]
    assert listed[1]["author"] == "ada"


def test_publishing_what_is_published_says_so(treadle: Treadle) -> None:
    file = treadle.write("a.yaml", GREETING)
    treadle("publish", file)

    again = treadle("publish", file)

    assert again.code == 0
    assert "published already" in again.out


def test_a_file_with_problems_is_not_published(treadle: Treadle) -> None:
    ran = treadle("publish", treadle.write("a.yaml", GREETING.replace("data.template", "data.templat")), "--json")

    assert (ran.code, ran.json["valid"]) == (2, False)
    assert treadle("versions", "greeting").code == 2


def test_versions_are_compared_by_node_and_field(treadle: Treadle) -> None:
    for name, text in (("a.yaml", GREETING), ("b.yaml", LOUDER)):
        treadle("publish", treadle.write(name, text))

    shown = [
        treadle(*words).out
        for words in (("diff", "greeting", "1", "2"), ("diff", "greeting"), ("diff", "a.yaml", "b.yaml"))
    ]

    assert shown[0] == shown[1] == shown[2]
    assert "~ hello  data.template" in shown[0]
    assert '"Hello {{ workflow.input.who }}" → "HELLO {{ workflow.input.who }}"' in shown[0]


def test_a_file_is_compared_with_what_is_stored(treadle: Treadle) -> None:
    treadle("publish", treadle.write("a.yaml", GREETING))

    ran = treadle("diff", treadle.write("b.yaml", LOUDER), "--json")

    assert ran.json["nodes"] == [
        {
            "kind": "changed",
            "path": "hello",
            "type": "data.template",
            "fields": [
                {
                    "field": "config.template",
                    "before": "Hello {{ workflow.input.who }}",
                    "after": "HELLO {{ workflow.input.who }}",
                }
            ],
        }
    ]
    assert "No difference" in treadle("diff", "a.yaml").out


def test_an_older_version_is_made_the_latest_again(treadle: Treadle) -> None:
    for name, text in (("a.yaml", GREETING), ("b.yaml", LOUDER)):
        treadle("publish", treadle.write(name, text))

    ran = treadle("rollback", "greeting", "v1", "-m", "too loud", "--json")

    assert (ran.json["number"], ran.json["rolled_back_from"]) == (1, 2)
    releases = treadle("versions", "greeting", "--releases", "--json").json
    assert next((one["number"], one["kind"], one["note"]) for one in releases) == (1, "rolled_back", "too loud")
    assert treadle("rollback", "greeting", "1").code == 2


def test_an_older_version_is_run_by_its_number(treadle: Treadle) -> None:
    for name, text in (("a.yaml", GREETING), ("b.yaml", LOUDER)):
        treadle("publish", treadle.write(name, text))

    ran = treadle("run", "greeting", "--version", "1", "-i", "who=Ada", "--json")

    assert ran.json["output"] == ["Hello Ada 0"]
    assert treadle("versions", "greeting", "--json").json[0]["number"] == 2
    assert treadle("run", "greeting", "--version", "9", "-i", "who=Ada").code == 2
    assert treadle("run", "a.yaml", "--version", "1", "-i", "who=Ada").code == 2


def test_a_draft_is_kept_as_it_is_and_published_when_it_is_fit(treadle: Treadle) -> None:
    treadle("publish", treadle.write("a.yaml", GREETING))
    unfinished = "name: greeting\nnodes: [\n"
    first = treadle("draft", "save", treadle.write("d.yaml", unfinished), "--workflow", "greeting", "--json").json

    refused = treadle("publish", "greeting")
    stale = treadle("draft", "save", treadle.write("e.yaml", LOUDER))
    saved = treadle("draft", "save", "e.yaml", "--revision", "1", "--json").json
    compared = treadle("diff", "greeting").out
    published = treadle("publish", "greeting", "--json").json

    assert (first["valid"], refused.code, stale.code, saved["valid"]) == (False, 2, 2, True)
    assert "~ hello" in compared
    assert (published["number"], treadle("draft", "--json").json) == (2, [])


def test_a_draft_is_shown_and_discarded(treadle: Treadle) -> None:
    treadle("draft", "save", treadle.write("a.yaml", GREETING))

    shown = treadle("draft", "show", "greeting").out
    discarded = treadle("draft", "discard", "greeting")

    assert (shown, discarded.code, treadle("draft", "show", "greeting").code) == (GREETING, 0, 2)


def test_comparing_makes_no_store(treadle: Treadle) -> None:
    ran = treadle("diff", treadle.write("a.yaml", GREETING))

    assert ran.code == 2
    assert not Path(treadle.folder, ".treadle").exists()


def test_a_file_that_is_run_does_not_become_the_latest(treadle: Treadle) -> None:
    treadle("publish", treadle.write("a.yaml", GREETING))
    treadle("run", treadle.write("b.yaml", LOUDER), "-i", "who=Ada")

    ran = treadle("run", "greeting", "-i", "who=Ada", "--json")

    assert ran.json["output"] == ["Hello Ada 0"]
    assert [(one["number"], one["latest"]) for one in treadle("versions", "greeting", "--json").json] == [
        (1, True),
        (2, False),
    ]
