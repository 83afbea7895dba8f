"""Links on the command line: whole, to where the store's server is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.cli.conftest import GREETING, Treadle
from tests.cli.process import Process
from tests.server.hooked import hook
from treadle.service.whereabouts import told

APPROVAL = """\
name: asking
nodes:
  - {id: ask, type: flow.approval, config: {title: "Go on?"}}
"""
STORE = Path(".treadle") / "treadle.db"
HERE = "http://127.0.0.1:9000"


@pytest.fixture
def installed(treadle: Treadle) -> Treadle:
    """With a store, an administrator, an open task and a webhook."""
    treadle("publish", treadle.write("greeting.yaml", GREETING))
    treadle("user", "add", "ann", "--role", "admin")
    treadle("run", treadle.write("asking.yaml", APPROVAL))
    treadle("deploy", treadle.write("hook.yaml", hook()))
    return treadle


@pytest.mark.parametrize(
    ("arguments", "path"),
    [
        (("user", "link", "ann"), "/sign-in/"),
        (("tasks",), "/t/"),
        (("tasks", "--json"), "/t/"),
        (("deploy", "hook.yaml"), "/hooks/in"),
        (("deployments",), "/hooks/in"),
        (("deployments", "--json"), "/hooks/in"),
        (("deployments", "show", "guarded"), "/hooks/in"),
    ],
)
def test_links_lead_to_the_server_that_runs(installed: Treadle, arguments: tuple[str, ...], path: str) -> None:
    with told(STORE, HERE):
        ran = installed(*arguments)

    assert f"{HERE}{path}" in ran.out
    assert "No server runs" not in ran.err


def test_where_none_runs_a_link_says_so(installed: Treadle) -> None:
    ran = installed("user", "link", "ann")

    assert ran.out.startswith("http://127.0.0.1:8765/sign-in/")
    assert "No server runs for this store now" in ran.err


def test_the_public_address_counts_first(installed: Treadle, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TREADLE_PUBLIC_URL", "https://flows.example.com")

    with told(STORE, HERE):
        ran = installed("user", "link", "ann")

    assert (ran.out.startswith("https://flows.example.com/sign-in/"), ran.err) == (True, "")


@pytest.mark.parametrize("arguments", [("user", "add", "bob"), ("key", "make", "ann", "laptop")])
def test_beside_a_running_demo_it_is_told_that_the_store_is_another(
    installed: Treadle, arguments: tuple[str, ...]
) -> None:
    demo = Path(".treadle") / "demo" / "treadle.db"
    demo.parent.mkdir()

    with told(demo, HERE):
        ran = installed(*arguments)

    assert f"the server at {HERE} has another" in ran.err
    assert f"--db {demo}" in ran.err


@pytest.mark.slow
def test_the_demo_says_how_to_reach_its_store_and_links_lead_to_its_port(treadle: Treadle) -> None:
    demo = str(Path(".treadle") / "demo" / "treadle.db")
    with Process(treadle.folder, "up", "--demo", "--port", "0", "--no-browser") as process:
        process.wait_until(lambda: any("/sign-in/" in line for line in process.errors))

        link = treadle("user", "link", treadle("user", "list", "--db", demo, "--json").json[0]["name"], "--db", demo)

        said = " ".join(process.errors)
        assert f"--db {demo}" in said
        assert f"export TREADLE_DB={demo}" in said
        (port,) = set(re.findall(r"http://127.0.0.1:(\d+)/sign-in/", said))
        assert link.out.startswith(f"http://127.0.0.1:{port}/sign-in/")
