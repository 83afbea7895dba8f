"""Files of blocks become workflows."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.authoring.importing.conftest import DOCUMENTS, REGISTRY, converted
from treadle.authoring.document import load_workflow
from treadle.authoring.importing.converted import Converted
from treadle.authoring.importing.ledger import leaves
from treadle.model.workflow import Node, Workflow


def blocks(*given: Any, **more: Any) -> dict[str, Any]:
    return {"name": "My Bot", "blocks": list(given), **more}


def one(document: Any) -> tuple[Converted, Workflow]:
    (made,) = converted(document).workflows
    (workflow,) = load_workflow(made.text, catalogue=REGISTRY).workflows
    return made, workflow


def node(workflow: Workflow, id: str) -> Node:
    found = workflow.find_node(id)
    assert found is not None
    return found


def test_a_file_of_blocks_becomes_a_workflow_that_says_the_same() -> None:
    _, workflow = one("blocks.json")

    assert (workflow.name, workflow.title, workflow.id) == ("rsi-dip-buyer", "RSI dip buyer", "wf-9")
    assert [(node.id, node.type) for node in workflow.nodes] == [
        ("tick", "trigger.interval"),
        ("ex", "market.provider"),
        ("rsi", "indicator.rsi"),
        ("weak", "flow.threshold"),
        ("hook", "http.request"),
        ("imported", "flow.note"),
    ]
    assert dict(node(workflow, "ex").config) == {"venue": "binance", "symbol": "BTC/USDT", "profile": "main"}
    assert (node(workflow, "rsi").title, dict(node(workflow, "rsi").config)) == ("Weak?", {"period": 7})
    assert [(c.source, c.output, c.target, c.input) for c in workflow.connections] == [
        ("tick", None, "ex", "trigger"),
        ("ex", "price", "rsi", "series"),
        ("rsi", "value", "weak", "value"),
        ("weak", "true", "hook", "trigger"),
    ]


def test_what_nodes_have_no_field_for_is_kept_on_the_node() -> None:
    _, workflow = one("blocks.json")

    assert 'params.colour: "red"' in (node(workflow, "rsi").note or "")
    assert "config.testnet: true" in (node(workflow, "ex").note or "")
    assert 'metadata: {"author": "ada", "zoom": 1.2}' in str(node(workflow, "imported").config["text"])


def test_credentials_in_a_block_leave_the_file() -> None:
    made, _ = one("blocks.json")

    (profile,) = made.profiles

    assert dict(profile.fields) == {"api_key": "CANARY-block"}
    assert "CANARY" not in made.text + json.dumps(made.to_dict()) + repr(made)


def test_positions_are_read_as_a_pair_and_as_an_object() -> None:
    _, workflow = one("blocks.json")

    places = [node(workflow, id).position for id in ("tick", "ex")]

    assert [(place.x, place.y) for place in places if place] == [(0, 40), (200, 40)]


@pytest.mark.parametrize(
    ("kind", "subtype", "type", "config"),
    [
        ("indicator", "ema", "indicator.ma", {"kind": "ema"}),
        ("condition", "and", "flow.gate", {"operator": "and"}),
        ("trigger", "manual", "trigger.manual", {}),
        ("provider", "kraken", "market.provider", {"venue": "kraken"}),
        ("risk", "drawdown", "risk.drawdown", {}),
    ],
)
def test_type_and_subtype_say_the_node_type(kind: str, subtype: str, type: str, config: dict[str, Any]) -> None:
    _, workflow = one(blocks({"id": "a", "type": kind, "subtype": subtype}))

    assert (workflow.nodes[0].type, dict(workflow.nodes[0].config)) == (type, config)


def test_an_unknown_block_is_an_issue_and_loses_nothing() -> None:
    found = converted(blocks({"id": "z", "type": "quantum", "subtype": "leap", "config": {"a": [1]}}))

    (issue,) = found.result.issues
    (workflow,) = load_workflow(found.workflows[0].text, catalogue=REGISTRY).workflows

    assert (issue.code, issue.where, issue.node) == ("unknown_node_type", "blocks[0].type", "z")
    assert (workflow.nodes[0].type, dict(workflow.nodes[0].config)) == ("quantum.leap", {"a": [1]})


def test_everything_wrong_is_said_at_once_and_nothing_is_made() -> None:
    found = converted(
        blocks(5, {"id": "a", "type": "provider", "config": 3}, {"id": "b"}, connections=[{"from": "a"}, "x"])
    )

    assert not found.workflows
    assert [(issue.code, issue.where) for issue in found.result.issues] == [
        ("invalid_value", "blocks[0]"),
        ("invalid_value", "blocks[1].config"),
        ("missing_key", "blocks[2]"),
        ("missing_key", "connections[0]"),
        ("invalid_value", "connections[1]"),
    ]


def test_no_field_of_the_document_is_without_a_fate() -> None:
    made, _ = one("blocks.json")
    told = {field.path for field in made.fields}

    data = json.loads((DOCUMENTS / "blocks.json").read_text())

    assert [path for path, _ in leaves(data) if not any(path[:n] in told for n in range(len(path) + 1))] == []
