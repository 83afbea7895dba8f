from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import numpy
import pytest

from treadle.errors import ExpressionError
from treadle.node import Expression, NodeError
from treadle.packs.core.flow.if_ import if_

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("a", "operator", "b", "holds"),
    [
        (7, ">", 5, True),
        (5, ">", 5, False),
        (5, ">=", 5, True),
        ("10", ">", 9, True),
        (Decimal("0.1"), "=", 0.1, True),
        (NOON, "<", datetime(2026, 1, 6, tzinfo=UTC), True),
        (1, "=", 1.0, True),
        (1, "=", "1", False),
        (1, "=", True, False),
        (1, "==", 1, True),
        (1, "!=", 2, True),
        ("high tide", "contains", "tide", True),
        ([1, 2], "contains", 3, False),
        ("tide", "starts_with", "ti", True),
        ("order-17", "matches", "[0-9]+$", True),
        ("order", "matches", "[0-9]", False),
        ("", "is_empty", None, True),
        (None, "is_empty", None, True),
        ([], "is_empty", None, True),
        ({}, "is_empty", None, True),
        (0, "is_empty", None, False),
        (False, "is_empty", None, False),
    ],
)
def test_the_operator_decides_and_the_port_carries_a(a: Any, operator: Any, b: Any, holds: bool) -> None:
    """Comparisons mean what they mean in expressions; only the chosen port is live (semantics 2.6)."""
    ports = if_(a, b, operator=operator)

    assert ports == {"true" if holds else "false": a}


def test_a_condition_decides_instead(expression: Callable[..., Expression]) -> None:
    """It sees the node's inputs as any expression does."""
    condition = expression("input.a > 2 && input.b", input={"a": 3, "b": False})

    ports = if_(3, False, condition=condition)

    assert ports == {"false": 3}


def test_values_that_have_no_order_fail_the_node() -> None:
    """A missing number must not count as small."""
    with pytest.raises(ExpressionError, match="null"):
        if_(None, 5, operator="<")


def test_a_series_cannot_be_decided() -> None:
    """Which of its values was meant is not for us to guess."""
    with pytest.raises(NodeError) as caught:
        if_(numpy.array([1.0, 2.0]), 1, operator=">")

    assert caught.value.code == "series_not_decidable"


@pytest.mark.parametrize(("a", "label"), [(9, "long-form"), (1, "short-form")])
def test_labels_give_the_way_taken(a: int, label: str) -> None:
    """The steps form shows the id of the step chosen; in files the keys are `then` and `else`."""
    ports = if_(a, 5, operator=">", **{"then": "long-form", "else": "short-form"})

    assert ports["output"] == label


def test_a_way_without_a_label_gives_null() -> None:
    """The port `output` is live whichever way was taken."""
    ports = if_(1, 5, operator=">", then="long-form")

    assert ports == {"false": 1, "output": None}


def test_the_port_output_is_there_only_with_labels() -> None:
    """Connecting to a port that never lives is found by validation."""
    plain = [port.name for port in if_.type.outputs_of({"operator": ">"})]
    labelled = [port.name for port in if_.type.outputs_of({"condition": "true", "else": "stop"})]

    assert (plain, labelled) == (["true", "false"], ["true", "false", "output"])


@pytest.mark.parametrize(
    ("config", "told"),
    [({}, "Nothing decides"), ({"operator": ">", "condition": "true"}, "Both `operator` and `condition`")],
)
def test_exactly_one_thing_decides(config: dict[str, str], told: str) -> None:
    """A node that could not decide is an issue before it runs."""
    problems = if_.config_problems(config, frozenset())

    assert told in problems[0][1]


def test_the_config_key_is_else() -> None:
    """`else_` is Python's way around a keyword and never reaches a file or a form."""
    names = [field.name for field in if_.type.config]

    assert names == ["operator", "condition", "then", "else"]
    assert "else" in if_.type.config_schema["properties"]
