"""Write the cases that the editor's model shares with Python: run it from the root after either changes.

    python ui/src/model/cases/write.py

What the tests beside compare with is what `treadle` itself says: port types, which port a connection joins, what waits
for what, references in expressions, differences between workflows.
"""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import treadle.authoring.check.workflow as checking
from treadle.authoring.check.workflow import check
from treadle.authoring.difference import compare_workflows
from treadle.authoring.document import load_workflow
from treadle.authoring.saving import workflow_data
from treadle.errors import ExpressionError
from treadle.expressions import compile_expression, compile_template
from treadle.model.port import InputPort, PortType
from treadle.model.resolve import carried, fits, resolve
from treadle.node.registry import Registry
from treadle.server.models.nodes import show_full, show_ports

HERE = Path(__file__).parent
ROOT = HERE.parents[3]
REGISTRY = Registry.installed()


def main() -> None:
    files = sorted([*ROOT.glob("examples/**/*.yaml"), *ROOT.glob("src/treadle/**/workflows/*.yaml")])
    loaded = [one for file in files for one in load_workflow(file.read_text()).documents if one.workflow is not None]
    workflows = [
        {"name": one.workflow.name, "form": one.form, "definition": one.data, "graph": workflow_data(one.workflow)}
        for one in loaded
        if one.workflow is not None
    ]
    save("types", [type_detail(one.name) for one in sorted(REGISTRY, key=lambda one: one.name)])
    save("workflows", workflows)
    graphs = [one["graph"] for one in workflows] + [random_graph(random.Random(seed)) for seed in range(150)]
    save("resolved", [{"graph": graph, **resolved(graph)} for graph in graphs])
    save("order", [{"graph": graph, "before": order(graph)} for graph in [one["graph"] for one in workflows]])
    save("portTypes", list(port_types()))
    save("references", list(references(workflows)))
    save("differences", list(differences(workflows)))


def save(name: str, cases: list[Any]) -> None:
    lines = ",\n".join(json.dumps(case, ensure_ascii=False, default=str) for case in cases)
    (HERE / f"{name}.json").write_text(f"[\n{lines}\n]\n")


def type_detail(name: str) -> dict[str, Any]:
    """As the API tells it."""
    return show_full(REGISTRY.get(name)).model_dump(mode="json")


def shape(type_: PortType) -> dict[str, Any]:
    return show_ports([InputPort("x", type_)], []).inputs[0].shape.model_dump(mode="json")


def resolved(graph: dict[str, Any]) -> dict[str, Any]:
    workflow = load(graph)
    found = resolve(workflow, REGISTRY)
    by_index = {one.index: [one.output, one.input] for one in found.connections}
    codes = {int(issue.path[1]): issue.code for issue in found.issues}
    ends = [by_index.get(index, codes.get(index)) for index in range(len(workflow.connections))]
    ports = {
        id_: [sorted(found.ports[id_].inputs), list(found.ports[id_].outputs)]
        for id_ in found.ports
        if found.ports[id_].type is not None
    }
    return {"ends": ends, "ports": ports}


def load(graph: dict[str, Any]) -> Any:
    one = load_workflow(json.dumps(graph)).documents[0].workflow
    assert one is not None
    return one


def order(graph: dict[str, Any]) -> dict[str, Any]:
    """By level (the ids of its nodes, for a key) what each node waits for."""
    levels: list[dict[str, list[str]]] = []

    def note(level: Any, findings: Any) -> list[str]:
        levels.append({id_: sorted(before) for id_, before in level.before.items()})
        return list(level.nodes)

    kept, checking.check_order = checking.check_order, note  # type: ignore[assignment]
    try:
        check(load(graph), REGISTRY)
    finally:
        checking.check_order = kept
    return {"levels": levels}


def random_graph(draw: random.Random) -> dict[str, Any]:
    types = [one.type for one in REGISTRY]
    nodes: list[dict[str, Any]] = []
    for index in range(draw.randint(2, 7)):
        type_ = draw.choice(types)
        node: dict[str, Any] = {"id": f"n{index}", "type": type_.name if draw.random() > 0.05 else "no.such"}
        config: dict[str, Any] = {}
        if type_.name == "flow.switch":
            config["cases"] = draw.choice([["a", 1, True], {"a": "one", "b": "two"}, None])
            if draw.random() < 0.5:
                config["default"] = "rest"
        if type_.name == "flow.if" and draw.random() < 0.5:
            config["then"] = "yes"
        if type_.name == "flow.parallel" and draw.random() < 0.5:
            config["until"] = "first"
        for port in type_.inputs:
            if draw.random() < 0.2:
                config[port.name] = "{{ 1 }}"
        if config:
            node["config"] = {key: value for key, value in config.items() if value is not None}
        if draw.random() < 0.3:
            node["on_error"] = "branch"
        nodes.append(node)
    connections: list[dict[str, str]] = []
    for _ in range(draw.randint(1, 8)):
        source, target = draw.choice(nodes), draw.choice(nodes)
        start, end = source["id"], target["id"]
        one, other = REGISTRY.find(source["type"]), REGISTRY.find(target["type"])
        if one is not None and draw.random() < 0.6:
            outputs = [port.name for port in one.type.outputs_of(source.get("config", {}))]
            start += "." + draw.choice([*outputs, "output", "error", "nothing"])
        if other is not None and draw.random() < 0.5:
            end += "." + draw.choice([*(port.name for port in other.type.inputs), "trigger", "nothing"])
        connections.append({"from": start, "to": end})
    return {"name": "random", "nodes": nodes, "connections": connections}


def port_types() -> Iterator[dict[str, Any]]:
    number, text, candle = PortType("number"), PortType("text"), PortType("candle", base="object")
    types = [
        *(PortType(kind) for kind in ("any", "number", "integer", "text", "boolean", "datetime", "null", "object")),
        *(PortType("list", item) for item in (None, PortType("any"), number, PortType("integer"), text, candle)),
        PortType("list", PortType("list", text)),
        PortType("list", PortType("boolean")),
        *(PortType("series", item) for item in (None, number)),
        candle,
        PortType("candles", candle, base="list"),
        PortType("lead", nullable=True, base="object"),
        PortType("bytes"),
        PortType("duration"),
    ]
    for type_ in types:
        yield {
            "type": shape(type_),
            "name": type_.name,
            "carried": carried(type_),
            "accepts": [
                {"other": shape(other), "accepts": type_.accepts(other), "fits": fits(other, InputPort("x", type_))}
                for other in types
            ],
        }


TEXTS = [
    "nodes.a.output", "{{ nodes.a-b.port?.x }}", "{{ nodes['a b'].x }}", 'nodes["a"]["port"]', "steps.a.output.length",
    "nodes?.a.b", "nodes . a . b", "x.nodes.a", "'nodes.a.b'", '"it\\"s nodes.a" + nodes.b.c', "{nodes: nodes.a.b}",
    "map(nodes.a.output, x => x.nodes + nodes.b.output)", "nodes.a.items[nodes.b.output]", "nodes.a[0].b",
    "{{ {a: {b: nodes.a.x}} }}", "Hello {{ nodes.a.output }}, {{ nodes.b.output | upper }}!", "{{ '}}' + nodes.a.x }}",
    "no template nodes.a.x", "{{ a }} > {{ nodes.b.c }}", "nodes.a.x ? nodes.b.y : nodes.c.z", "-nodes.a.b-1",
    "nodes.a--b.c", "nodes.a-1.x", "a.b ?? nodes.c", "loop.item.price * loop.index", "input.value.short",
    "workflow.input['topic'].x", "1.5 + nodes.n1.x", "nodes.a.b in [nodes.c.d, 'x']", "not nodes.a.b",
    "nodes.a?.['x y']",
    "{'nodes': 1, x: nodes.a.b}", "f(nodes.a)", "len(nodes.a.b)", "text(nodes.a.b[1:2])", "nodes.a.b ?.5 : 1",
    "{{ nodes.a.x }}{{ nodes.b.y }}", "{{ \"{{\" + nodes.a.x }}", "nodes.a.x || nodes.b.y",
    "x |upper", "nodes.a.and", "{{nodes.a.b}}\n",
]  # fmt: skip


def references(workflows: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    texts = dict.fromkeys([*TEXTS, *(text for one in workflows for text in all_texts(one["graph"]))])
    for text in texts:
        for mode, compile_ in (("template", compile_template), ("expression", compile_expression)):
            try:
                compiled = compile_(text)
            except ExpressionError:
                continue
            found = [] if compiled is None else sorted([id_, port] for id_, port in compiled.references)  # type: ignore
            roots = [] if compiled is None else sorted(compiled.roots)
            yield {"text": text, "mode": mode, "references": found, "roots": roots}


def all_texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from all_texts(item)


def differences(workflows: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for seed, one in enumerate(workflows):
        draw = random.Random(seed)
        before = workflow_data(load(one["graph"]))
        after = mutate(copy.deepcopy(before), draw)
        yield {"before": before, "after": after, "difference": compare_workflows(load(before), load(after)).to_dict()}


def mutate(graph: dict[str, Any], draw: random.Random) -> dict[str, Any]:
    nodes: list[dict[str, Any]] = graph["nodes"]
    chosen = draw.choice(nodes)
    match draw.randrange(5):
        case 0:
            nodes.remove(chosen)
        case 1:
            chosen.setdefault("config", {})["added"] = {"deep": [1, {"x": None}]}
        case 2:
            old, chosen["id"] = chosen["id"], "renamed"
            for connection in graph.get("connections", []):
                for end in ("from", "to"):
                    id_, dot, port = connection[end].partition(".")
                    connection[end] = ("renamed" if id_ == old else id_) + dot + port
        case 3:
            nodes.append({"id": "new", "type": "data.set", "config": {"fields": {"a": 1}}, "note": "fresh"})
            graph.setdefault("connections", []).append({"from": nodes[0]["id"], "to": "new.value"})
        case _:
            chosen["title"], chosen["on_error"], chosen["position"] = "Other", "continue", {"x": 8, "y": 16}
            graph["description"], graph["inputs"] = "Changed", {"topic": "string"}
    for inner in nodes:
        if "body" in inner and draw.random() < 0.7:
            mutate(inner["body"], draw)
            inner["body"].pop("description", None)
            inner["body"].pop("inputs", None)
    return graph


if __name__ == "__main__":
    main()
