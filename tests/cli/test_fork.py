"""`treadle fork`: a run that goes on from the middle of another."""

from __future__ import annotations

import pytest

from tests.cli.conftest import READING, Treadle

NOTES = """\
name: notes
nodes:
  - {id: first, type: data.template, config: {template: "one"}}
  - {id: write, type: file.write, config: {path: a.txt, append: true, value: "{{ nodes.first.output }} "}}
  - {id: last, type: data.template, config: {template: "{{ nodes.first.output }} {{ nodes.write.output.path }}"}}
outputs: "{{ nodes.last.output }}"
"""


def start(treadle: Treadle) -> str:
    return str(treadle("run", treadle.write("notes.yaml", NOTES), "--json").json["run_id"])


def test_a_fork_repeats_nothing_that_comes_before_the_node(treadle: Treadle) -> None:
    run = start(treadle)

    ran = treadle("fork", run, "--at", "last", "--json")

    assert (ran.code, ran.json["output"]) == (0, "one a.txt")
    assert ran.json["fork"]["run"] == run
    assert ran.json["fork"]["kept"] == ["first", "write"]
    assert (treadle.folder / "a.txt").read_text() == "one "


def test_a_fork_goes_on_with_what_is_set(treadle: Treadle) -> None:
    run = start(treadle)

    whole = treadle("fork", run, "--at", "write", "--set", 'first="two"')
    port = treadle("fork", run, "--at", "last", "--set", 'write.path="b.txt"')

    assert (whole.out.strip(), port.out.strip()) == ("two a.txt", "one b.txt")
    assert (treadle.folder / "a.txt").read_text() == "one two "


def test_a_dry_run_shows_what_would_run_and_does_nothing(treadle: Treadle) -> None:
    run = start(treadle)

    ran = treadle("fork", run, "--at", "write", "--dry-run")

    assert ran.code == 0
    assert "write  touches the world" in ran.out
    assert [one["run_id"] for one in treadle("list", "--json").json] == [run]


def test_a_failed_run_is_forked_with_a_version_that_is_mended(treadle: Treadle) -> None:
    run = treadle("run", treadle.write("reading.yaml", READING), "--json").json["run_id"]
    treadle.write("there.txt", "found")
    treadle("publish", treadle.write("mended.yaml", READING.replace("wanted.txt", "there.txt")))

    ran = treadle("fork", run, "--at", "read", "--version", "latest", "--json")

    assert (ran.code, ran.json["output"]) == (0, "found")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--at", "lsat"), "Did you mean `last`?"),
        (("--at", "last", "--set", "write.pth=1"), "Did you mean `path`?"),
        (("--at", "first", "--set", "last=1"), "comes after `first`"),
        (("--at", "write", "--set", "first=two"), "--set 'first=\"two\"'"),
        (("--at", "last", "--set", "nonsense"), "neither which node nor what it gave"),
        (("--at", "last", "--version", "7"), "has no version `7`"),
    ],
)
def test_what_cannot_be_forked_is_refused_and_nothing_is_made(
    treadle: Treadle, words: tuple[str, ...], said: str
) -> None:
    run = start(treadle)

    ran = treadle("fork", run, *words)

    assert ran.code == 2
    assert said in ran.err
    assert len(treadle("list", "--json").json) == 1
