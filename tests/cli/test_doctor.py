"""`doctor`, `nodes` and `db`."""

from __future__ import annotations

import pytest

from tests.cli.conftest import GREETING, Treadle


def test_doctor_says_where_each_setting_comes_from(treadle: Treadle, monkeypatch: pytest.MonkeyPatch) -> None:
    treadle.write("treadle.toml", "max_concurrency = 8\n")
    monkeypatch.setenv("TREADLE_ALLOW_SHELL", "1")

    found = treadle("doctor", "--db", "x.db", "--json").json

    sources = {item["name"]: item["source"] for item in found["settings"]}
    assert found["ok"] is True
    assert (sources["max_concurrency"], sources["allow_shell"]) == ("treadle.toml", "TREADLE_ALLOW_SHELL")
    assert (sources["db"], sources["env"]) == ("command line", "default")


def test_doctor_finds_a_file_that_is_no_store(treadle: Treadle) -> None:
    treadle.write("x.db", "this is not a database" * 100)

    ran = treadle("doctor", "--db", "x.db")

    assert ran.code == 1
    assert "error" in ran.out


def test_doctor_changes_nothing(treadle: Treadle) -> None:
    treadle("doctor")

    assert list(treadle.folder.iterdir()) == []


def test_a_wrong_setting_is_exit_code_2(treadle: Treadle, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TREADLE_MAX_CONCURRENCY", "many")

    ran = treadle("nodes")

    assert ran.code == 2
    assert "TREADLE_MAX_CONCURRENCY" in ran.err


def test_doctor_lists_the_settings_when_some_are_wrong(treadle: Treadle, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is what the message of every other command sends people to."""
    treadle.write("treadle.toml", "max_concurency = 8\nworkspace = '.'\nallow_shell = 'perhaps'\n")
    monkeypatch.setenv("TREADLE_MAX_CONCURRENCY", "9")

    ran = treadle("doctor", "--json")

    settings = {item["name"]: (item["value"], item["source"]) for item in ran.json["settings"]}
    problem = ran.json["findings"][0]
    assert ran.code == 1
    assert (problem["subject"], problem["status"]) == ("settings", "error")
    assert "`max_concurency`" in problem["text"]
    assert "perhaps" in problem["text"]
    assert settings["workspace"] == (".", "treadle.toml")
    assert settings["max_concurrency"] == (9, "TREADLE_MAX_CONCURRENCY")
    assert settings["allow_shell"] == (False, "default")


def test_nodes_shows_the_config_of_one_type(treadle: Treadle) -> None:
    shown = treadle("nodes", "flow.threshold", "--json").json

    assert "threshold" in shown["config"]["properties"]
    assert [port["name"] for port in shown["outputs"]] == ["true", "false"]


def test_an_unknown_node_type_names_the_nearest(treadle: Treadle) -> None:
    ran = treadle("nodes", "flow.treshold")

    assert ran.code == 2
    assert "flow.threshold" in ran.err


def test_the_schema_goes_down_and_up_again(treadle: Treadle) -> None:
    treadle("run", treadle.write("greeting.yaml", GREETING), "-i", "who=Ada")
    head = treadle("db", "path", "--json").json["schema"]

    down, up = treadle("db", "downgrade", "base", "--yes", "--json"), treadle("db", "upgrade", "--json")

    assert (down.json["before"], down.json["schema"]) == (head, "base")
    assert up.json["schema"] == head


def test_a_downgrade_that_nobody_confirmed_removes_nothing(treadle: Treadle) -> None:
    treadle("run", treadle.write("greeting.yaml", GREETING), "-i", "who=Ada")

    ran = treadle("db", "downgrade", "base")

    assert ran.code == 2
    assert "--yes" in ran.err
    assert len(treadle("list", "--json").json) == 1


def test_a_store_is_not_made_in_a_folder_that_is_not_there(treadle: Treadle) -> None:
    file = treadle.write("greeting.yaml", GREETING)

    codes = [
        treadle(*command, "--db", "no/such/x.db").code
        for command in (["run", file, "-i", "who=Ada"], ["deploy", file, "--every", "5s"], ["db", "upgrade"])
    ]
    ran = treadle("up", "--db", "no/such/x.db", "--for", "0")

    assert codes == [2, 2, 2]
    assert ran.code == 2
    assert "mkdir -p no/such" in ran.err
    assert not (treadle.folder / "no").exists()


def test_a_node_that_cannot_be_loaded_is_named_with_its_place(treadle: Treadle) -> None:
    treadle.write("treadle.toml", 'nodes = ["nodes"]\n')
    treadle.write("nodes/bad.py", "nonsense\n")

    ran = treadle("nodes")

    assert ran.code == 2
    assert "nodes/bad.py:1:1  error" in ran.err


def test_the_version_is_json_when_asked(treadle: Treadle) -> None:
    assert list(treadle("--version", "--json").json) == ["version"]
    assert treadle("--version").out.startswith("treadle ")


def test_an_unknown_revision_is_refused(treadle: Treadle) -> None:
    treadle("db", "upgrade")

    assert treadle("db", "downgrade", "7777").code == 2


def test_doctor_calls_it_an_error_when_secrets_cannot_be_opened(treadle: Treadle) -> None:
    treadle("secret", "set", "token", "--value", "sk-live-0123456789")
    (treadle.folder / ".treadle/treadle.db.key").unlink()

    ran = treadle("doctor", "--json")

    (found,) = [one for one in ran.json["findings"] if one["subject"] == "secrets"]
    assert (ran.code, found["status"]) == (1, "error")
    assert "the key is missing" in found["text"]
    assert "treadle.db.key" in found["remedy"]


def test_a_restored_store_without_its_key_says_where_that_goes(treadle: Treadle) -> None:
    treadle("secret", "set", "token", "--value", "sk-live-0123456789")
    treadle("backup", "copy.db")

    ran = treadle("restore", "copy.db", "--db", "elsewhere.db")

    assert ran.code == 0
    assert "1 secret of 1 cannot be opened: the key is missing" in ran.err
    assert "elsewhere.db.key" in ran.err
