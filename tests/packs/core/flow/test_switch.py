from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from treadle.packs.core.flow.switch import switch


@pytest.mark.parametrize(
    ("value", "port"),
    [
        ("blog", "blog"),
        ("Blog", "default"),
        (5, "5"),
        (5.0, "5"),
        ("5", "5"),
        (Decimal("5.00"), "5"),
        (1.5, "1.5"),
        (Decimal("1.50"), "1.5"),
        (True, "true"),
        (1, "default"),
        (None, "null"),
        ([5], "default"),
    ],
)
def test_the_port_of_the_matching_case_is_live(value: Any, port: str) -> None:
    """Values are matched by their text, which is also the name of the port."""
    ports = switch(value, cases=["blog", 5, 1.5, True, None])

    assert ports == {port: value}


@pytest.mark.parametrize(("value", "port", "label"), [("mail", "mail", "to-mail"), ("fax", "default", "archive")])
def test_labels_give_the_case_chosen(value: str, port: str, label: str) -> None:
    """The steps form shows the id of the step chosen."""
    ports = switch(value, cases={"blog": "to-blog", "mail": "to-mail"}, default="archive")

    assert ports == {port: value, "output": label}


def test_no_case_and_no_default_label_gives_null() -> None:
    """Nothing was chosen, and the run goes on."""
    ports = switch("fax", cases={"mail": "to-mail"})

    assert ports == {"default": "fax", "output": None}


@pytest.mark.parametrize(
    ("config", "names"),
    [
        ({"cases": ["blog", 5.0, True]}, ["blog", "5", "true", "default"]),
        ({"cases": {"blog": "to-blog"}}, ["blog", "default", "output"]),
        ({"cases": "{{ params.cases }}"}, ["default"]),
        ({}, ["default"]),
    ],
)
def test_ports_follow_the_cases(config: dict[str, Any], names: list[str]) -> None:
    """Asked with the config as written, whatever that is, and never raising."""
    assert [port.name for port in switch.type.outputs_of(config)] == names


@pytest.mark.parametrize(
    ("cases", "told"),
    [
        ([5, "5"], "Two cases are written '5'"),
        (["default"], "the name of another port"),
        ([["blog"]], "A case is a list or an object"),
    ],
)
def test_cases_that_could_not_be_told_apart_are_issues(cases: list[Any], told: str) -> None:
    """Each case needs a port of its own."""
    problems = switch.config_problems({"cases": cases}, frozenset())

    assert [message for _, message in problems if told in message]
