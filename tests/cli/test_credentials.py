"""`treadle secret` and `treadle profile`: values go in by ways that others do not see, and never come out."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.cli.conftest import Ran, Treadle
from treadle.cli.main import app

VALUE = "sk-live-0123456789"


@pytest.fixture(autouse=True)
def _no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TREADLE_KEY", raising=False)


def fed(value: str, *arguments: str) -> Ran:
    result = CliRunner().invoke(app, list(arguments), input=value)
    return Ran(result.exit_code, result.stdout, result.stderr)


def test_a_secret_comes_from_standard_input(treadle: Treadle) -> None:
    stored = fed(f"{VALUE}\n", "secret", "set", "stripe_key")
    listed = treadle("secret", "list", "--json")

    assert (stored.code, [one["name"] for one in listed.json]) == (0, ["stripe_key"])
    assert VALUE not in stored.out + stored.err + listed.out


def test_a_secret_comes_from_a_variable_or_with_a_warning_from_the_command_line(
    treadle: Treadle, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MY_KEY", VALUE)

    from_variable = treadle("secret", "set", "a", "--from-env", "MY_KEY")
    unset = treadle("secret", "set", "b", "--from-env", "NO_SUCH")
    from_line = treadle("secret", "set", "c", "--value", VALUE)

    assert (from_variable.code, unset.code, from_line.code) == (0, 2, 0)
    assert "history" in from_line.err
    assert "history" not in from_variable.err
    assert "NO_SUCH" in unset.err


def test_a_short_secret_is_warned_of(treadle: Treadle) -> None:
    assert "too short" in fed("1234", "secret", "set", "pin").err


def test_a_secret_is_deleted_and_one_that_is_not_there_is_told(treadle: Treadle) -> None:
    fed(VALUE, "secret", "set", "stripe_key")

    gone, again = treadle("secret", "delete", "stripe_key"), treadle("secret", "delete", "stripe_key")

    assert (gone.code, again.code) == (0, 2)
    assert "no secret `stripe_key`" in again.err


def test_a_profile_is_made_by_setting_a_field(treadle: Treadle) -> None:
    fed(VALUE, "profile", "set", "crm", "token", "--provider", "http")
    treadle("profile", "set", "crm", "url", "--value", "http://127.0.0.1:1")
    listed = treadle("profile", "--json").json
    removed = treadle("profile", "set", "crm", "token", "--remove", "--json").json

    assert [(one["name"], one["provider"], [field["name"] for field in one["fields"]]) for one in listed] == [
        ("crm", "http", ["token", "url"])
    ]
    assert [field["name"] for field in removed["fields"]] == ["url"]


def test_a_profile_that_does_not_work_fails_its_test(treadle: Treadle) -> None:
    fed("http://127.0.0.1:1", "profile", "set", "crm", "url", "--provider", "http")

    tested = treadle("profile", "test", "crm", "--json")

    assert (tested.code, tested.json["ok"], tested.json["code"]) == (1, False, "private_address")


def test_a_profile_is_deleted(treadle: Treadle) -> None:
    fed(VALUE, "profile", "set", "crm", "token")

    assert treadle("profile", "delete", "crm").code == 0
    assert treadle("profile", "list", "--json").json == []


WITH_SECRET = """\
name: calling
nodes:
  - {id: call, type: http.request, config: {url: "http://127.0.0.1:1", auth: bearer, secret: "{{ secrets.crm }}"}}
"""
PLAIN = "name: plain\nnodes:\n  - {id: a, type: data.template, config: {template: x}}\n"


def test_with_the_wrong_key_runs_say_which_secret_and_others_go_on(treadle: Treadle) -> None:
    fed(VALUE, "secret", "set", "crm")
    key = next(treadle.folder.rglob("*.key"))
    key.write_text("another key that is long enough\n")
    calling, plain = treadle.write("calling.yaml", WITH_SECRET), treadle.write("plain.yaml", PLAIN)

    needs, rotated = treadle("run", calling), treadle("secret", "rotate")

    assert (needs.code, rotated.code, treadle("run", plain).code) == (2, 1, 0)
    assert "`crm`, which cannot be opened" in " ".join(needs.err.split())
    assert "`crm`" in rotated.err
    assert "Traceback" not in needs.err + rotated.err
    assert treadle("secret", "list", "--json").json[0]["opens"] is False


def test_rotation_says_what_it_sealed(treadle: Treadle) -> None:
    fed(VALUE, "secret", "set", "a")
    fed(VALUE, "profile", "set", "crm", "token")
    key = next(treadle.folder.rglob("*.key"))
    before = key.read_text()

    rotated = treadle("secret", "rotate", "--json")

    assert (rotated.code, rotated.json["sealed"]) == (0, 2)
    assert key.read_text() != before
    assert len(key.read_text().splitlines()) == 1


KILLED = """
import os, signal, sys
from treadle.service.vault import vault
from treadle.store.sqlite_journal import SqliteStore
point, count = sys.argv[1], 0
def killing(function):
    def wrapped(*arguments, **more):
        global count
        count += 1
        if point == f"before write {count}":
            os.kill(os.getpid(), signal.SIGKILL)
        function(*arguments, **more)
        if point == f"after write {count}":
            os.kill(os.getpid(), signal.SIGKILL)
    return wrapped
vault.write_keys = killing(vault.write_keys)
if point == "before commit":
    SqliteStore.reseal = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)
from treadle.cli.main import main
sys.argv = ["treadle", "secret", "rotate"]
main()
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    "point", ["before write 1", "after write 1", "before commit", "before write 2", "after write 2"]
)
def test_a_rotation_that_is_killed_loses_nothing(treadle: Treadle, point: str) -> None:
    fed(VALUE, "secret", "set", "crm")
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, point], cwd=treadle.folder, env=os.environ, capture_output=True, check=False
    )

    meanwhile = treadle("secret", "list", "--json").json
    again = treadle("secret", "rotate", "--json")

    key = next(Path(treadle.folder).rglob("*.key"))
    assert killed.returncode == -9, killed.stderr
    assert (meanwhile[0]["opens"], again.code, again.json["sealed"]) == (True, 0, 1)
    assert treadle("secret", "list", "--json").json[0]["opens"] is True
    assert len(key.read_text().splitlines()) == 1


ASKING = """\
name: asking
nodes:
  - {id: ask, type: http.request, config: {url: "http://127.0.0.1:9/", auth: bearer, secret: "{{ secrets.token }}"}}
  - {id: say, type: data.template, config: {template: "{{ params.size }}"}}
outputs: "{{ nodes.say.output }}"
"""


def test_a_run_reads_the_profiles_and_parameters_it_is_given(treadle: Treadle) -> None:
    treadle("profile", "set", "shop", "token", "--value", "sk-of-the-shop")
    file = treadle.write("asking.yaml", ASKING)

    without = treadle("run", file, "--param", "size=3")
    ran = treadle("run", file, "--profile", "shop", "--param", "size=3", "--json")

    assert "secrets that are not set: token" in without.err
    assert ran.json["nodes"]["ask"]["error"]["type"] != "missing_secret"
    assert ran.json["nodes"]["say"]["outputs"] == {"output": "3"}


def test_a_field_that_is_no_secret_may_be_written_on_the_command_line(treadle: Treadle) -> None:
    ran = treadle("profile", "set", "shop", "url", "--value", "x.de")

    assert (ran.code, ran.err) == (0, "")


def test_of_one_that_is_a_secret_it_is_warned(treadle: Treadle) -> None:
    assert "shell's history" in treadle("profile", "set", "shop", "token", "--value", "sk-live-0123456789").err
