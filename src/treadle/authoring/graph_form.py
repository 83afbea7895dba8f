"""A graph in either form: `nodes` and `connections`, or `steps`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

from treadle.authoring.node_form import read_connections, read_id, read_node
from treadle.authoring.reading import Fields, Reading
from treadle.authoring.step_form import StepList, read_steps
from treadle.authoring.tree import Path
from treadle.model.workflow import Graph, Group, Node

GRAPH_KEYS = frozenset({"nodes", "connections", "steps", "outputs", "output", "groups"})
_GROUP_KEYS = frozenset(Group.model_fields)


def read_body(reading: Reading, raw: object, file: Path, model: Path, container: str) -> Graph | None:
    """The body of a container in the nodes form: `{nodes, connections, outputs, groups}`, or steps."""
    if isinstance(raw, list):
        graph = _steps(reading, cast("list[Any]", raw), file, model, container)
        return Graph(**graph)
    entries = reading.mapping(raw, file, str(file[-1]))
    if entries is None:
        return None
    fields = reading.known_keys(entries, GRAPH_KEYS, file, node=container)
    return Graph(**read_graph(reading, fields, file, model, container))


def read_graph(reading: Reading, fields: Mapping[str, Any], file: Path, model: Path, container: str = "") -> Fields:
    """`nodes`, `connections` and, if given, `outputs` and `groups` of a graph, from the file's `fields`."""
    graph: Fields = {}
    if "steps" in fields:
        if "nodes" in fields or "connections" in fields:
            other = "nodes" if "nodes" in fields else "connections"
            reading.refuse(
                "mixed_forms",
                f"`{other}` and `steps` stand side by side; a graph is written in one form.",
                (*file, other),
                "Write the steps as nodes with connections, or the nodes as steps.",
            )
        graph = _steps(
            reading,
            reading.sequence(fields["steps"], (*file, "steps"), "steps"),
            (*file, "steps"),
            model,
            container,
        )
    else:
        graph = _nodes(reading, fields, file, model)
    for key in ("outputs", "output"):
        if fields.get(key) is not None:
            if "outputs" in fields and key == "output":
                reading.refuse(
                    "duplicate_key", "`output` says the same as `outputs`.", (*file, key), "Keep one of them."
                )
                continue
            graph["outputs"] = fields[key]
            reading.stands((*model, "outputs"), (*file, key))
    if fields.get("groups") is not None:
        graph["groups"] = tuple(_groups(reading, fields["groups"], (*file, "groups"), (*model, "groups")))
    return graph


def _groups(reading: Reading, raw: object, file: Path, model: Path) -> Iterator[Group]:
    """Those that can be read. Whether there are the nodes that they name is `check`'s work."""
    count = 0
    for index, item in enumerate(reading.sequence(raw, file, "groups")):
        place: Path = (*file, index)
        entries = reading.mapping(item, place, "group")
        if entries is None:
            continue
        fields = {
            key: value for key, value in reading.known_keys(entries, _GROUP_KEYS, place).items() if value is not None
        }
        if isinstance(fields.get("nodes"), str):
            fields["nodes"] = [fields["nodes"]]
        id_ = read_id(reading, fields, place, what="group")
        group = reading.build(Group, {**fields, "id": "x"}, place)
        if group is not None:
            reading.stands((*model, count), place)
            count += 1
            yield group.model_copy(update={"id": id_})


def _nodes(reading: Reading, fields: Mapping[str, Any], file: Path, model: Path) -> Fields:
    nodes: list[Node] = []
    for index, raw in enumerate(reading.sequence(fields.get("nodes"), (*file, "nodes"), "nodes")):

        def body(inner: object, file_: Path, model_: Path, id_: str) -> Graph | None:
            return read_body(reading, inner, file_, model_, id_)

        node = read_node(reading, raw, (*file, "nodes", index), (*model, "nodes", len(nodes)), body)
        if node is not None:
            nodes.append(node)
    found = read_connections(reading, fields.get("connections"), (*file, "connections"), (*model, "connections"))
    return {"nodes": tuple(nodes), "connections": found}


def _steps(reading: Reading, raw: list[Any], file: Path, model: Path, container: str) -> Fields:
    def body(inner: object, file_: Path, model_: Path, id_: str) -> Graph | None:
        return read_body(reading, inner, file_, model_, id_)

    items = [(item, (*file, index)) for index, item in enumerate(raw)]
    prefix = f"{container}-step" if container else "step"
    return read_steps(reading, StepList(items, model, prefix), body)
