from __future__ import annotations

from typing import Any

import pytest

from treadle.packs.core.flow.signal import signal


@pytest.mark.parametrize(
    ("config", "told"),
    [
        ({}, "is required"),
        ({"name": ""}, "at least 1 character"),
        ({"name": []}, "at least 1 item"),
        ({"name": "paid", "timeout": "soon"}, "is not a duration"),
        ({"name": "paid", "timeout": 0}, "greater than 0"),
        ({"name": "paid", "key": None}, "it must be text"),
        ({"name": "paid", "key": True}, "it must be text"),
    ],
)
def test_config_that_cannot_be_waited_with_is_an_issue(config: dict[str, Any], told: str) -> None:
    """Found before the run. A key of null would let any signal without a key through."""
    problems = signal.config_problems(config, frozenset())

    assert told in " ".join(message for _, message in problems)


@pytest.mark.parametrize(
    "config",
    [{"name": "paid"}, {"name": ["paid", "cancelled"], "key": 7, "timeout": "48h"}, {"name": "a b", "key": ""}],
)
def test_config_that_can_be_waited_with_passes(config: dict[str, Any]) -> None:
    assert signal.config_problems(config, frozenset()) == []
