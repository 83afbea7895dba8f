"""Workflows to draw: rows of nodes of several types, connected, with the places that somebody gave them."""

from __future__ import annotations

import json
from typing import Any

ACROSS, DOWN = 280, 160
_OUTPUTS = {"flow.if": "true", "http.request": "body"}
_INPUTS = {"flow.if": "a", "http.request": "body"}
STEP_MS = 500
"""How long each node of a `ticking` workflow waits."""


def drawn(name: str, columns: int, rows: int) -> str:
    """A node takes the value of the one before it in its row; a row begins with one that reads the workflow's input."""
    nodes: list[dict[str, Any]] = []
    connections: list[dict[str, str]] = []
    for row in range(rows):
        for column in range(columns):
            name_of, before = f"n{row}_{column}", f"n{row}_{column - 1}"
            nodes.append(_node(name_of, row, column))
            if column:
                output = _OUTPUTS.get(_kind(row, column - 1), "output")
                connections.append({"from": f"{before}.{output}", "to": f"{name_of}.{_input(row, column)}"})
    return _file(name, nodes, connections)


def ticking(name: str, chains: int, steps: int) -> str:
    """Chains that go from node to node at a steady pace: two events a node. Wherever one looks, something happens now
    and then: each chain goes to and fro in a block of its own."""
    nodes = [
        {
            "id": f"n{chain}_{step}",
            "type": "flow.wait",
            "config": {"duration": f"{STEP_MS}ms"},
            "position": _place_in_block(chain, step * 7 % steps),
        }
        for chain in range(chains)
        for step in range(steps)
    ]
    connections = [
        {"from": f"n{chain}_{step - 1}.output", "to": f"n{chain}_{step}.value"}
        for chain in range(chains)
        for step in range(1, steps)
    ]
    return _file(name, nodes, connections)


def counting(name: str) -> str:
    """A round of four nodes as often as it is told: events, and many of them."""
    body = {
        "nodes": [
            {"id": "twice", "type": "data.transform", "config": {"transform": "loop.item * 2"}},
            {"id": "said", "type": "data.template", "config": {"template": "{{ nodes.twice.output }}"}},
            {"id": "half", "type": "data.transform", "config": {"transform": "nodes.twice.output / 2"}},
            {"id": "both", "type": "data.set", "config": {"fields": {"said": "{{ nodes.said.output }}"}}},
        ]
    }
    config = {"items": "{{ range(workflow.input.rounds) }}", "max_iterations": 100_000}
    each = {"id": "each", "type": "flow.loop", "config": config, "body": body}
    return json.dumps({"name": name, "inputs": {"rounds": {"type": "integer", "default": 10}}, "nodes": [each]})


def _file(name: str, nodes: list[dict[str, Any]], connections: list[dict[str, str]]) -> str:
    inputs = {"amount": {"type": "number", "default": 1}}
    return json.dumps({"name": name, "inputs": inputs, "nodes": nodes, "connections": connections}, indent=2)


def _kind(row: int, column: int) -> str:
    return ("data.set", "data.transform", "data.template", "flow.if", "http.request")[(row + column) % 5]


def _input(row: int, column: int) -> str:
    return _INPUTS.get(_kind(row, column), "value")


def _node(name: str, row: int, column: int) -> dict[str, Any]:
    kind = _kind(row, column)
    config: dict[str, Any] = {
        "data.set": {"fields": {"total": "{{ workflow.input.amount * 1.19 }}", "place": f"{row}/{column}"}},
        "data.transform": {"transform": "workflow.input.amount > 10 ? 'large' : 'small'"},
        "data.template": {"template": "An order of {{ workflow.input.amount }} EUR"},
        "flow.if": {"operator": "=", "b": "large"},
        "http.request": {"method": "POST", "url": "https://example.com/orders/{{ workflow.input.amount }}"},
    }[kind]
    return {"id": name, "type": kind, "config": config, "position": _place(row, column)}


def _place(row: int, column: int) -> dict[str, int]:
    return {"x": column * ACROSS, "y": row * DOWN}


def _place_in_block(block: int, index: int) -> dict[str, int]:
    """Five blocks in a row, five nodes in a row of each, eight rows."""
    return _place(block // 5 * 8 + index // 5, block % 5 * 5 + index % 5)


HUNDRED, THOUSAND, TICKING, COUNTING = "hundred", "thousand", "ticking", "counting"
WORKFLOWS = (
    drawn(HUNDRED, 10, 10),
    drawn(THOUSAND, 40, 25),
    ticking(TICKING, 25, 40),
    counting(COUNTING),
)
