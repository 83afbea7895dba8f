from __future__ import annotations

from typing import Any

import pytest

from treadle.packs.core.flow.approval import approval


@pytest.mark.parametrize(
    ("config", "told"),
    [
        ({"form": {"type": "nothing"}}, "`form` is not a JSON Schema"),
        ({"form": {"type": "string"}}, "describes no object"),
        ({"form": {"properties": {"a": {"pattern": "("}}}}, "`form` is not a JSON Schema"),
        ({"deadline": "soon"}, "is not a duration"),
        ({"who": []}, "at least 1 item"),
        ({"escalate": {"after": "1d", "to": "bob"}}, "only with `who`"),
        ({"who": "ada", "deadline": "1d", "escalate": {"after": "24h", "to": "bob"}}, "comes after `deadline`"),
        ({"who": "ada", "escalate": {"after": "1d"}}, "Field required"),
        ({"who": "ada", "escalate": {"after": "1d", "to": "bob", "cc": "cy"}}, "Extra inputs"),
    ],
)
def test_config_that_cannot_be_asked_with_is_an_issue(config: dict[str, Any], told: str) -> None:
    """Found before the run: a form that nobody could fill in as well."""
    problems = approval.config_problems(config, frozenset())

    assert told in " ".join(message for _, message in problems)


def test_everything_that_is_wrong_is_told_at_once() -> None:
    config = {"form": {"type": "string"}, "deadline": "1d", "escalate": {"after": "2d", "to": "bob"}}

    assert len(approval.config_problems(config, frozenset())) == 3


@pytest.mark.parametrize(
    "config",
    [
        {},
        {"title": "Pay?", "who": ["ada", "bob"], "form": {"type": "object", "properties": {"n": {"type": "integer"}}}},
        {"who": "ada", "deadline": "2d", "escalate": {"after": "1d", "to": ["bob"]}},
        {"form": {"properties": {"n": {"default": "{{ workflow.input.n }}"}}}},
    ],
)
def test_config_that_can_be_asked_with_passes(config: dict[str, Any]) -> None:
    assert approval.config_problems(config, frozenset()) == []
