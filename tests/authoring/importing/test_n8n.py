"""Exports of n8n become workflows, as far as node types have counterparts."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.authoring.importing.conftest import DOCUMENTS, REGISTRY, converted
from treadle.authoring.document import load_workflow
from treadle.authoring.importing.ledger import leaves
from treadle.authoring.importing.n8n_expressions import is_foreign, translate
from treadle.authoring.importing.n8n_types import read_condition
from treadle.model.workflow import Workflow


def one(document: Any) -> Workflow:
    (made,) = converted(document).workflows
    (workflow,) = load_workflow(made.text, catalogue=REGISTRY).workflows
    return workflow


def test_nodes_and_wires_that_have_counterparts_become_ours() -> None:
    workflow = one("n8n.json")

    assert [(node.id, node.type) for node in workflow.nodes] == [
        ("every-ten-minutes", "trigger.schedule"),
        ("ask", "http.request"),
        ("high", "flow.if"),
        ("words", "data.set"),
        ("tell", "n8n.telegram"),
        ("imported", "flow.note"),
    ]
    assert [(c.source, c.output, c.target, c.input) for c in workflow.connections] == [
        ("every-ten-minutes", "scheduled_at", "ask", "trigger"),
        ("ask", "body", "high", "a"),
        ("high", "true", "words", "value"),
        ("words", "output", "tell", "value"),
    ]


def test_parameters_become_config_and_expressions_ours() -> None:
    nodes = {node.id: node for node in one("n8n.json").nodes}

    assert nodes["every-ten-minutes"].config["cron"] == "*/10 * * * *"
    assert dict(nodes["ask"].config) == {"url": "https://api.example.com/price", "query": {"symbol": "BTC"}}
    assert nodes["ask"].retry is not None
    assert nodes["ask"].retry.max_attempts == 4
    assert nodes["high"].config["condition"] == "(input.a.price > 65000)"
    assert nodes["words"].config["fields"] == {"text": "It is {{ nodes.ask.body.price }}"}


def test_what_has_no_counterpart_is_kept_and_named() -> None:
    found = converted("n8n.json")
    (made,) = found.workflows
    (workflow,) = load_workflow(made.text, catalogue=REGISTRY).workflows
    notes = {node.id: node.note or "" for node in workflow.nodes}

    assert [(issue.code, issue.node) for issue in found.result.issues] == [("unknown_node_type", "tell")]
    assert 'parameters.chatId: "5"' in notes["tell"]
    assert 'parameters.options: {"timeout": 5000}' in notes["ask"]
    assert "Price service" in notes["ask"]
    assert "price-service" in made.bound
    assert "CANARY" not in made.text + json.dumps(made.to_dict())
    assert dict(made.profiles[0].fields) == {"bot_token": "CANARY-n8n"}


def test_a_place_that_is_none_is_kept_beside_the_node() -> None:
    node = {"name": "A", "type": "n8n-nodes-base.httpRequest", "parameters": {}, "position": [None, None]}

    (made,) = converted({"nodes": [node], "connections": {}, "tags": ["x"]}).workflows

    assert [field.fate for field in made.fields if field.path == ("nodes", 0, "position")] == ["kept"]


def test_no_field_of_the_document_is_without_a_fate() -> None:
    (made,) = converted("n8n.json").workflows
    told = {field.path for field in made.fields}

    data = json.loads((DOCUMENTS / "n8n.json").read_text())

    assert [path for path, _ in leaves(data) if not any(path[:n] in told for n in range(len(path) + 1))] == []


@pytest.mark.parametrize(
    ("theirs", "ours", "foreign"),
    [
        ("plain", "plain", False),
        ("={{ $json.a.b }}", "{{ input.value.a.b }}", False),
        ("=x {{ $now }}", "x {{ now() }}", False),
        ("={{ $json.name.toLowerCase() }}", "{{ input.value.name.toLowerCase() }}", True),
        ("={{ $vars.x }}", "{{ $vars.x }}", True),
    ],
)
def test_expressions_are_translated_as_far_as_there_are_words(theirs: str, ours: str, foreign: bool) -> None:
    assert (translate(theirs), is_foreign(translate(theirs))) == (ours, foreign)


def test_old_and_new_conditions_are_read() -> None:
    old = {"string": [{"value1": "={{ $json.kind }}", "operation": "equal", "value2": "order"}]}
    new = {"combinator": "or", "conditions": [
        {"leftValue": "={{ $json.a }}", "operator": {"operation": "notEmpty"}},
        {"leftValue": "={{ $json.b }}", "rightValue": "x", "operator": {"operation": "startsWith"}},
    ]}  # fmt: skip

    assert read_condition(old) == '(input.value.kind == "order")'
    assert read_condition(new) == '(bool(input.value.a)) || (starts_with(input.value.b, "x"))'


def test_data_that_no_port_takes_are_read_where_they_come_from() -> None:
    nodes = [
        {"name": "A", "type": "n8n-nodes-base.set", "parameters": {}},
        {"name": "B", "type": "n8n-nodes-base.httpRequest", "parameters": {"url": "=https://x.example/{{ $json.id }}"}},
    ]

    workflow = one({"nodes": nodes, "connections": {"A": {"main": [[{"node": "B", "type": "main", "index": 0}]]}}})

    assert workflow.nodes[1].config["url"] == "https://x.example/{{ nodes.a.output.id }}"


def test_a_node_without_a_name_is_refused() -> None:
    found = converted({"nodes": [{"type": "n8n-nodes-base.set", "parameters": {}}], "connections": {}})

    assert [(issue.code, issue.where) for issue in found.result.issues] == [("missing_key", "nodes[0]")]
    assert not found.workflows
