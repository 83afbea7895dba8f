"""`trigger.webhook` and `trigger.form`: what they refuse, and what they give."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from treadle.node import Fire
from treadle.packs.core.trigger.form import form, form_schema
from treadle.packs.core.trigger.webhook import webhook

AT = datetime(2026, 1, 5, 9, tzinfo=UTC)
SECRET = "{{ secrets.shop }}"


@pytest.mark.parametrize(
    "config",
    [
        {"path": ""},
        {"path": "/"},
        {"path": "a//b"},
        {"path": "../up"},
        {"path": "a/.."},
        {"path": "a b"},
        {"path": "a?b"},
        {"path": "{a}/{a}"},
        {"path": "{a"},
        {"path": "x" * 201},
        {"methods": []},
        {"auth": "token"},
        {"auth": "token", "secret": "written out"},
        {"auth": "none", "secret": SECRET},
        {"auth": "basic", "secret": SECRET},
        {"auth": "token", "secret": SECRET, "user": "shop"},
        {"input": {"order": "nodes.a.output"}},
        {"wait": 0},
        {"respond": "later"},
    ],
)
def test_a_webhook_that_cannot_be_is_refused(config: dict[str, Any]) -> None:
    """Before it is deployed, with what to write instead."""
    problems = webhook.config_problems(
        config, frozenset({"secret"}) if "{{" in str(config.get("secret")) else frozenset()
    )

    assert problems


@pytest.mark.parametrize(
    "config",
    [
        {},
        {"path": "orders/{shop}/new", "methods": ["POST", "PUT"]},
        {"auth": "signature", "secret": SECRET, "tolerance": "2m"},
        {"auth": "basic", "secret": SECRET, "user": "shop"},
        {"input": {"order": "body.order.id", "shop": "path.shop"}, "respond": "respond", "wait": "5s"},
    ],
)
def test_a_webhook_that_can_be(config: dict[str, Any]) -> None:
    assert webhook.config_problems(config, frozenset({"secret"})) == []


def test_the_request_is_what_the_run_sees() -> None:
    heard = {"body": [1], "query": {"a": "1"}, "headers": {"x": "y"}, "method": "PUT", "path": {"p": "q"}, "hash": "h"}

    assert webhook(Fire(at=AT, payload=heard))._asdict() == heard


def test_a_run_started_by_hand_sees_its_input() -> None:
    assert webhook(Fire(at=AT, input={"a": 1})).body == {"a": 1}
    assert form(Fire(at=AT, input={"a": 1}), fields=("a",)).values == {"a": 1}


@pytest.mark.parametrize(
    "config",
    [
        {"fields": []},
        {"fields": [{"label": "x"}]},
        {"fields": ["a", "a"]},
        {"fields": [{"name": "a", "type": "colour"}]},
        {"fields": [{"name": "a", "type": "choice"}]},
        {"fields": [{"name": "a", "wide": True}]},
        {"fields": {"type": "array"}},
        {"fields": {"properties": {"a": {"type": "wrong"}}}},
        {"fields": ["a"], "path": "{any}"},
        {"fields": ["a"], "redirect": "javascript:alert(1)"},
        {"fields": ["a"], "redirect": ""},
    ],
)
def test_a_form_that_asks_for_nothing_that_can_be_said_is_refused(config: dict[str, Any]) -> None:
    assert form.config_problems(config, frozenset())


def test_a_short_list_of_fields_is_a_schema() -> None:
    schema = form_schema(["who", {"name": "kind", "options": ["a", "b"], "required": True}])

    assert list(schema["properties"]) == ["who", "kind"]
    assert (schema["required"], schema["properties"]["kind"]["enum"]) == (["kind"], ["a", "b"])
