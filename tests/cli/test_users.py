"""`treadle user`, `key`, `team`, `share` and `audit`."""

from __future__ import annotations

import json
import sqlite3

import pytest

from tests.cli.conftest import GREETING, Treadle


@pytest.fixture
def installed(treadle: Treadle) -> Treadle:
    """With a store, an administrator `ann` and an editor `bob`."""
    treadle("publish", treadle.write("greeting.yaml", GREETING))
    treadle("user", "add", "ann", "--role", "admin")
    treadle("user", "add", "bob", "--role", "editor")
    return treadle


def test_users_are_listed_with_their_roles(installed: Treadle) -> None:
    ran = installed("user", "list", "--json")

    assert [(user["name"], user["role"]) for user in ran.json] == [("ann", "admin"), ("bob", "editor")]


def test_the_last_administrator_stays_one(installed: Treadle) -> None:
    ran = installed("user", "disable", "ann")

    assert ran.code == 2
    assert "last active administrator" in ran.err


def test_a_role_that_there_is_not_is_told(installed: Treadle) -> None:
    ran = installed("user", "role", "bob", "boss")

    assert ran.code == 2
    assert "no role `boss`" in ran.err


def test_a_link_is_printed_alone(installed: Treadle) -> None:
    ran = installed("user", "link", "bob", "--for", "2d")

    assert ran.out.startswith("http://127.0.0.1:8765/sign-in/")
    assert ran.out.count("\n") == 1


def test_a_key_is_printed_alone_and_listed_without_its_text(installed: Treadle) -> None:
    made = installed("key", "make", "bob", "ci [red]", "--scope", "runs:read")
    listed = installed("key", "list")

    assert made.out.startswith("trk_")
    assert made.out.strip() not in listed.out
    assert "ci [red]" in listed.out


def test_a_revoked_key_is_shown_as_such(installed: Treadle) -> None:
    made = installed("key", "make", "bob", "ci", "--json").json

    ran = installed("key", "revoke", made["id"])

    assert ran.code == 0
    assert "revoked" in installed("key", "list").out


def test_a_workflow_is_given_and_shared(installed: Treadle) -> None:
    installed("team", "add", "desk", "ann", "bob")
    installed("share", "greeting", "--owner", "bob")

    ran = installed("share", "greeting", "--team", "desk", "--level", "operate", "--json")

    assert ran.json == {
        "workflow": "greeting",
        "owner": "bob",
        "shares": [{"kind": "team", "name": "desk", "level": "operate"}],
    }


def test_what_belongs_to_nobody_needs_an_owner_first(installed: Treadle) -> None:
    ran = installed("share", "greeting", "--user", "bob")

    assert ran.code == 2
    assert "Give it an owner first" in ran.err


def test_the_log_is_exported_and_verified(installed: Treadle) -> None:
    lines = installed("audit", "export").out.splitlines()
    verified = installed("audit", "verify", "--json")

    assert [json.loads(line)["id"] for line in lines] == list(range(1, len(lines) + 1))
    assert (verified.code, verified.json["ok"], verified.json["entries"]) == (0, True, len(lines))


def test_a_log_that_was_changed_is_found_out(installed: Treadle) -> None:
    with sqlite3.connect(installed.folder / ".treadle/treadle.db") as connection:
        connection.execute("UPDATE audit SET name = 'somebody' WHERE id = 2")

    ran = installed("audit", "verify")

    assert ran.code == 1
    assert "Entry 2" in ran.out


def test_what_was_done_is_filtered(installed: Treadle) -> None:
    ran = installed("audit", "list", "--action", "users", "--since", "1h", "--json")

    assert {entry["action"] for entry in ran.json} == {"users.write"}
