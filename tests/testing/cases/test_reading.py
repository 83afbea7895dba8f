"""Test files: every problem with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from treadle.errors import InvalidWorkflow, NotFound
from treadle.testing.cases.reading import find_files, parse_case_file


def problems(text: str) -> list[tuple[str, int | None]]:
    with pytest.raises(InvalidWorkflow) as caught:
        parse_case_file(text, "a.test.yaml")
    assert caught.value.code == "invalid_test"
    return [(issue.message, issue.line) for issue in caught.value.issues]


def test_a_file_with_one_test_is_called_after_the_file() -> None:
    file = parse_case_file("workflow: a.yaml\ngiven: {input: {n: 1}}\nexpect: {output: 2}", "x/adds.test.yaml")

    (case,) = file.cases
    assert (case.name, case.given.input, case.expect.output, file.workflow.file) == ("adds", {"n": 1}, 2, "a.yaml")


def test_what_is_given_to_all_is_given_to_each_key_by_key() -> None:
    file = parse_case_file(
        "workflow: a.yaml\n"
        "given: {input: {a: 1, b: 2}, effects: {x: {output: 1}}, time: 2026-01-01T00:00:00Z}\n"
        "tests: [{name: one, given: {input: {b: 3}, effects: {y: {output: 2}}}}, {name: two}]\n",
        "a.test.yaml",
    )

    one, two = file.cases
    assert one.given.input == {"a": 1, "b": 3}
    assert sorted(one.given.effects) == ["x", "y"]
    assert two.given.input == {"a": 1, "b": 2}
    assert one.given.time == two.given.time is not None


def test_null_is_an_output_that_can_be_expected() -> None:
    expects, says_nothing = (
        parse_case_file(f"workflow: a.yaml\nexpect: {{{text}}}", "a.test.yaml").cases[0].expect
        for text in ("output: null", "")
    )

    assert (expects.has_output, says_nothing.has_output) == (True, False)


def test_every_problem_is_found_with_its_line() -> None:
    found = problems(
        "name: 7\n"
        "given:\n"
        "  imput: {n: 1}\n"
        "  time: noon\n"
        "  effects:\n"
        "    fetch: {output: 1, error: {type: x}}\n"
        "    send: 5\n"
        "  signals: [{payload: 1}]\n"
        "expect:\n"
        "  status: done\n"
        "  effects: [{with: {}}]\n"
    )

    text = "\n".join(f"{line}: {message}" for message, line in found)
    assert {line for _, line in found} == {1, 3, 4, 6, 7, 8, 10, 11}, text
    assert "Nothing says which workflow is tested." in text
    assert "`imput`" in text
    assert "stand side by side" in text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[1, 2]", "must be a mapping"),
        ("workflow: a.yaml\ntests: []", "no tests"),
        ("workflow: a.yaml\ntests: [{name: a}, {name: a}]", "Two tests are called `a`"),
        ("workflow: a.yaml\ntests: [{given: {}}]", "has no `name`"),
        ("workflow: a.yaml\nexpect: {}\ntests: [{name: a}]", "stands beside `tests`"),
        ("workflow: {name: a}", "it needs `file`"),
        ("workflow: a.yaml\ngiven: {effects: {a: []}}", "no stub"),
        ("workflow: [", ""),
        ("", "must be a mapping"),
    ],
)
def test_a_malformed_file_is_refused(text: str, message: str) -> None:
    assert any(message in said for said, _ in problems(text))


def test_test_files_are_found_in_folders(tmp_path: Path) -> None:
    for name in ("a.test.yaml", "deep/b.test.yml", ".hidden/c.test.yaml", "d.yaml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("")

    found = find_files([str(tmp_path), str(tmp_path / "d.yaml")])

    assert [path.name for path in found] == ["a.test.yaml", "b.test.yml", "d.yaml"]
    with pytest.raises(NotFound):
        find_files([str(tmp_path / "nowhere")])
