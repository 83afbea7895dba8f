"""`treadle run --break`, `treadle continue`: stepping through a test run."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Treadle

TWICE = """\
name: twice
nodes:
  - {id: a, type: data.transform, config: {transform: "1"}}
  - {id: b, type: data.transform, config: {transform: "nodes.a.output + 1"}}
  - {id: c, type: data.transform, config: {transform: "nodes.b.output + 1"}}
outputs: "{{ nodes.c.output }}"
"""


@pytest.fixture
def file(treadle: Treadle) -> str:
    return treadle.write("twice.yaml", TWICE)


def test_a_run_stops_before_a_node_and_says_what_that_would_get(treadle: Treadle, file: str) -> None:
    ran = treadle("run", file, "--break", "b")

    assert ran.code == 3
    assert "Stands before b, which gets transform: 2" in ran.err
    assert "treadle continue" in ran.err


def test_it_is_stepped_and_then_continued(treadle: Treadle, file: str) -> None:
    treadle("run", file, "--step")

    stepped = treadle("continue", "--step")
    ended = treadle("continue", "--clear")

    assert (stepped.code, "Stands before b" in stepped.err) == (3, True)
    assert (ended.code, ended.out.strip()) == (0, "3")


def test_what_is_set_stands_in_for_a_node(treadle: Treadle, file: str) -> None:
    treadle("run", file, "--break", "a")

    ran = treadle("continue", "last", "--set", "a=5", "--set", "b.output=40")

    assert (ran.code, ran.out.strip()) == (0, "41")


def test_status_shows_where_a_run_stands(treadle: Treadle, file: str) -> None:
    run = treadle("run", file, "--break", "b", "--json").json

    shown = treadle("status", run["run_id"], "--json").json

    assert run["nodes"]["b"]["status"] == "paused"
    assert shown["waits"] == [
        {"node": "b", "kind": "breakpoint", "until": None, "inputs": {}, "config": {"transform": 2}}
    ]


def test_breakpoints_in_earnest_are_refused_and_nothing_is_stored(treadle: Treadle, file: str) -> None:
    ran = treadle("run", file, "--break", "b", "--mode", "live")

    assert (ran.code, "mode: test" in ran.err) == (2, True)
    assert treadle("list", "--workflows", "--json").json == []


def test_a_draft_is_run_as_a_test(treadle: Treadle, file: str) -> None:
    treadle("draft", "save", file)

    ran = treadle("run", "twice", "--version", "draft", "--mode", "test")

    assert (ran.code, ran.out.strip()) == (0, "3")
