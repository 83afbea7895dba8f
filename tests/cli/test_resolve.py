"""`treadle resolve`."""

from __future__ import annotations

import sqlite3

from tests.cli.conftest import Treadle
from tests.cli.test_outcome import with_nodes

ASKING = """\
name: asking
nodes: [{id: send, type: custom.given, config: {text: x}}]
outputs: "{{ nodes.send.output }}"
"""


def in_doubt(treadle: Treadle, text: str = ASKING) -> Treadle:
    """A run whose effect has an intent and no result."""
    treadle("run", with_nodes(treadle).write("asking.yaml", text))
    with sqlite3.connect(treadle.folder / ".treadle" / "treadle.db") as connection:
        connection.execute("UPDATE runs SET status = 'running', finished_at = NULL, output = NULL, worker = 'wgone'")
        connection.execute("DELETE FROM journal WHERE sequence > (SELECT min(sequence) FROM journal)")
    connection.close()
    assert treadle("retry", "last").code == 3
    return treadle


def test_an_effect_that_is_done_needs_the_output_that_others_read(treadle: Treadle) -> None:
    ran = in_doubt(treadle)("resolve", "last", "send", "--as", "done")

    assert ran.code == 2
    assert "gives `output`" in ran.err
    assert "--output null" in ran.err
    assert treadle("status", "--json").json["nodes"]["send"]["status"] == "in_doubt"


def test_null_for_several_outputs_says_that_none_is_live(treadle: Treadle) -> None:
    ran = in_doubt(treadle, ASKING.replace("custom.given", "custom.both"))(
        "resolve", "last", "send", "--as", "done", "--output", "null", "--wait", "--json"
    )

    assert (ran.code, ran.json["nodes"]["send"]["outputs"]) == (0, {})


def test_null_is_an_output_when_it_is_said(treadle: Treadle) -> None:
    ran = in_doubt(treadle)("resolve", "last", "send", "--as", "done", "--output", "null", "--wait", "--json")

    assert (ran.code, ran.json["status"], ran.json["output"]) == (0, "completed", None)
