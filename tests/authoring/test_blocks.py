"""Import of the `blocks` JSON."""

import json
from typing import Any

from tests.authoring.node_types import REGISTRY
from treadle.authoring.blocks import Imported, import_blocks
from treadle.node import Registry, node


@node("indicator.rsi")
def rsi(value: float = 0.0, *, period: int = 14) -> float:
    return value


KNOWN = REGISTRY.with_definitions(rsi)


def imported(blocks: list[dict[str, Any]], registry: Registry = KNOWN, **more: Any) -> Imported:
    return import_blocks(json.dumps({"name": "My Bot", "blocks": blocks, **more}, indent=1), registry)


def test_blocks_become_nodes_with_their_config_profile_and_position() -> None:
    result = imported(
        [
            {
                "id": "p",
                "type": "provider",
                "subtype": "polymarket",
                "config": {"symbol": "X"},
                "params": {"depth": 5},
                "profile_id": "main",
                "position": {"x": 1, "y": 2},
            },
            {"id": "r", "type": "indicator", "subtype": "RSI", "params": {"period": 7}},
        ],
        connections=[{"from": "p.price", "to": "r.value"}],
    )

    assert result.result.issues == ()
    assert result.workflow is not None
    assert (result.workflow.name, result.workflow.title) == ("my-bot", "My Bot")
    provider, indicator = result.workflow.nodes
    assert (provider.type, dict(provider.config)) == (
        "market.provider",
        {"depth": 5, "symbol": "X", "venue": "polymarket", "profile": "main"},
    )
    assert (indicator.type, dict(indicator.config)) == ("indicator.rsi", {"period": 7})
    assert result.workflow.connections[0].output == "price"
    assert "`r`: `indicator.RSI` became `indicator.rsi`." in result.notes


def test_a_subtype_that_is_a_setting_of_ours_becomes_config() -> None:
    result = imported(
        [
            {"id": "b", "type": "action", "subtype": "buy"},
            {"id": "m", "type": "indicator", "subtype": "ema"},
        ]
    )

    assert result.workflow is not None
    assert [(node.type, dict(node.config)) for node in result.workflow.nodes] == [
        ("order.market", {"side": "buy"}),
        ("indicator.ma", {"kind": "ema"}),
    ]


def test_an_unknown_block_is_an_issue_and_loses_nothing() -> None:
    result = imported([{"id": "z", "type": "quantum", "subtype": "leap", "config": {"a": [1]}}])

    issue = result.result.issues[0]
    assert (issue.code, issue.where, issue.line, issue.node) == (
        "unknown_node_type",
        "blocks[0].type",
        6,
        "z",
    )
    assert result.workflow is not None
    assert (result.workflow.nodes[0].type, dict(result.workflow.nodes[0].config)) == (
        "quantum.leap",
        {"a": [1]},
    )


def test_wrong_blocks_are_issues_with_lines() -> None:
    result = import_blocks('{"blocks": [\n 5,\n {"id": "a", "type": "provider", "config": 3}\n]}', KNOWN)

    assert [(issue.line, issue.code) for issue in result.result.issues] == [
        (2, "invalid_value"),
        (3, "invalid_value"),
    ]


def test_text_that_is_not_json_is_an_issue() -> None:
    result = import_blocks("{", KNOWN)

    assert result.workflow is None
    assert not result.result.valid
