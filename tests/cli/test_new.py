"""`treadle new`: what it writes works at once."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.cli.conftest import Treadle

LOUD = """\
name: loud
nodes: [{id: say, type: custom.shout, config: {value: hello, times: 2}}]
"""


def test_a_new_workflow_is_valid_and_runs(treadle: Treadle) -> None:
    written = treadle("new", "workflow", "my-order")

    ran = treadle("run", "my-order.yaml", "-i", "free_from=100")

    assert written.code == 0
    assert treadle("validate", "my-order.yaml", "--json").json == {"valid": True, "issues": []}
    assert ran.out == "Ada, add 30.1 more for free shipping.\n"


def test_a_new_node_can_be_used_at_once(treadle: Treadle) -> None:
    treadle("new", "node", "shout")

    ran = treadle("run", treadle.write("loud.yaml", LOUD))

    assert (ran.code, ran.out) == (0, "HELLO! HELLO!\n")


@pytest.mark.slow
def test_the_test_of_a_new_node_passes(treadle: Treadle) -> None:
    treadle("new", "node", "shout")

    tested = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "nodes/test_shout.py"],
        cwd=treadle.folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert tested.returncode == 0, tested.stdout
    assert "1 passed" in tested.stdout


def test_nothing_is_overwritten(treadle: Treadle) -> None:
    treadle.write("my-order.yaml", "mine")

    ran = treadle("new", "workflow", "my-order")

    assert ran.code == 2
    assert (treadle.folder / "my-order.yaml").read_text() == "mine"


def test_the_settings_that_are_there_stay(treadle: Treadle) -> None:
    treadle.write("treadle.toml", "max_concurrency = 8\n")

    treadle("new", "node", "shout")

    settings = {item["name"]: item["value"] for item in treadle("doctor", "--json").json["settings"]}
    assert (settings["max_concurrency"], settings["nodes"]) == (8, ["nodes"])


def test_a_name_that_does_not_fit_is_corrected(treadle: Treadle) -> None:
    ran = treadle("new", "node", "My Node")

    assert ran.code == 2
    assert "Write `my_node`." in ran.err


def test_a_node_file_with_a_mistake_is_named_with_its_line(treadle: Treadle) -> None:
    treadle("new", "node", "shout")
    treadle.write("nodes/wrong.py", "x = 1\ny = nothing\n")

    ran = treadle("nodes")

    assert ran.code == 2
    assert "nodes/wrong.py" in ran.err
    assert "name 'nothing' is not defined" in ran.err
    assert "Traceback" not in ran.err
