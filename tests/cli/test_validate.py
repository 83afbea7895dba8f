"""`treadle validate`."""

from __future__ import annotations

from tests.cli.conftest import BROKEN, GREETING, Treadle


def test_a_right_file_is_valid(treadle: Treadle) -> None:
    ran = treadle("validate", treadle.write("greeting.yaml", GREETING), "--json")

    assert (ran.code, ran.json) == (0, {"valid": True, "issues": []})


def test_json_gives_each_issue_with_its_place_and_remedy(treadle: Treadle) -> None:
    ran = treadle("validate", treadle.write("broken.yaml", BROKEN), "--json")

    issue = ran.json["issues"][0]
    assert (ran.code, ran.json["valid"]) == (2, False)
    assert set(issue) == {"code", "message", "path", "line", "column", "remedy", "severity"}
    assert (issue["code"], issue["path"], issue["line"]) == ("unknown_node_type", "nodes[0].type", 3)


def test_one_wrong_file_of_two_makes_the_exit_code_2(treadle: Treadle) -> None:
    right, wrong = treadle.write("greeting.yaml", GREETING), treadle.write("broken.yaml", BROKEN)

    ran = treadle("validate", right, wrong)

    assert ran.code == 2
    assert "invalid  broken.yaml" in ran.out
    assert "broken.yaml:3:" in ran.out
