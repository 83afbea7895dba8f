"""What is different between two workflows: by node and field, settings, inputs and connections."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast

from treadle.model.workflow import Connection, Graph, Node, Workflow

NodeChangeKind = Literal["added", "removed", "changed", "renamed"]
LOOKS = frozenset({"title", "note", "position", "description", "tags", "groups"})
"""Fields that change nothing of what a run does."""


class _Nothing:
    """Stands for a value that is not there."""

    def __repr__(self) -> str:
        return "NOTHING"


NOTHING = _Nothing()


@dataclass(frozen=True, slots=True)
class FieldChange:
    """`field` leads to it: `config.headers.Accept`. A side where there is nothing is `NOTHING`."""

    field: str
    before: Any
    after: Any

    @property
    def is_looks(self) -> bool:
        return self.field.partition(".")[0] in LOOKS

    def to_dict(self) -> dict[str, Any]:
        sides = {"before": self.before, "after": self.after}
        return {"field": self.field, **{side: value for side, value in sides.items() if value is not NOTHING}}


@dataclass(frozen=True, slots=True)
class NodeChange:
    """One node, by its path with the containers around it (`each/send`, `try.catch/tell`).

    `renamed` is a guess: a node is gone, and one like it is there under another name, `before`.
    """

    kind: NodeChangeKind
    path: str
    type: str
    fields: tuple[FieldChange, ...] = ()
    before: str | None = None

    def to_dict(self) -> dict[str, Any]:
        shown = {"kind": self.kind, "path": self.path, "type": self.type}
        if self.before is not None:
            shown["before"] = self.before
        return {**shown, "fields": [field.to_dict() for field in self.fields]}


@dataclass(frozen=True, slots=True)
class Difference:
    """`added` and `removed` are connections, written `a.output -> b.value`; `fields` are the workflow's own."""

    nodes: tuple[NodeChange, ...] = ()
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    fields: tuple[FieldChange, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not (self.nodes or self.added or self.removed or self.fields)

    @property
    def is_looks(self) -> bool:
        """Nothing of what a run does is different."""
        changes = [*self.fields, *(field for node in self.nodes for field in node.fields)]
        kinds = {node.kind for node in self.nodes}
        return kinds <= {"changed"} and not (self.added or self.removed) and all(one.is_looks for one in changes)

    def to_dict(self) -> dict[str, Any]:
        return {
            "same": self.is_empty,
            "nodes": [node.to_dict() for node in self.nodes],
            "connections": {"added": list(self.added), "removed": list(self.removed)},
            "fields": [field.to_dict() for field in self.fields],
        }


def compare_workflows(before: Workflow, after: Workflow) -> Difference:
    """What has become of `before` in `after`. The order in which nodes are written means nothing."""
    nodes: list[NodeChange] = []
    added: list[str] = []
    removed: list[str] = []
    for change, more, fewer in _compare_graphs(before, after, ""):
        nodes += change
        added += more
        removed += fewer
    return Difference(tuple(nodes), tuple(added), tuple(removed), tuple(_own_fields(before, after)))


def _own_fields(before: Workflow, after: Workflow) -> Iterator[FieldChange]:
    for name in ("name", "id", "title", "description", "tags", "inputs"):
        yield from _compare(name, getattr(before, name) or NOTHING, getattr(after, name) or NOTHING)
    one, other = (side.settings.model_dump(mode="json", exclude_defaults=True) for side in (before, after))
    yield from _compare("settings", one, other)
    yield from _graph_fields(before, after)


def _graph_fields(before: Graph, after: Graph) -> Iterator[FieldChange]:
    yield from _compare("outputs", *(side.outputs if side.has_outputs else NOTHING for side in (before, after)))
    yield from _compare("groups", *(_groups(side) for side in (before, after)))


def _groups(graph: Graph) -> Any:
    return [group.model_dump(mode="json", exclude_defaults=True) for group in graph.groups] or NOTHING


_Level = tuple[list[NodeChange], list[str], list[str]]


def _compare_graphs(before: Graph, after: Graph, prefix: str) -> Iterator[_Level]:
    """The changes of this level, then those of the bodies inside."""
    one = {node.id: node for node in before.nodes}
    other = {node.id: node for node in after.nodes}
    renamed = _find_renamed(one, other)
    changes: list[NodeChange] = []
    inside: list[tuple[Node, Node]] = []
    for node in after.nodes:
        path = prefix + node.id
        was = one.get(renamed.get(node.id, node.id))
        if was is None:
            nothing: dict[str, Any] = {"type": node.type, "config": {}}
            changes.append(NodeChange("added", path, node.type, tuple(_compare("", nothing, _content(node)))))
            continue
        fields = tuple(_compare("", _content(was), _content(node)))
        if node.id in renamed:
            changes.append(NodeChange("renamed", path, node.type, fields, prefix + was.id))
        elif fields:
            changes.append(NodeChange("changed", path, node.type, fields))
        inside.append((was, node))
    gone = one.keys() - other.keys() - set(renamed.values())
    changes += [NodeChange("removed", prefix + node.id, node.type) for node in before.nodes if node.id in gone]
    names = {old: new for new, old in renamed.items()}
    was_connected = [_write(connection, prefix, names) for connection in before.connections]
    is_connected = [_write(connection, prefix, {}) for connection in after.connections]
    yield (
        changes,
        [text for text in is_connected if text not in was_connected],
        [text for text in was_connected if text not in is_connected],
    )
    for was, node in inside:
        yield from _compare_bodies(was, node, prefix + node.id)


def _compare_bodies(before: Node, after: Node, path: str) -> Iterator[_Level]:
    one, other = dict(before.bodies), dict(after.bodies)
    for name in dict.fromkeys((*one, *other)):
        first, second = one.get(name, Graph()), other.get(name, Graph())
        prefix = f"{path}/" if name == "body" else f"{path}.{name}/"
        yield from _compare_graphs(first, second, prefix)
        fields = tuple(_graph_fields(first, second))
        if fields:
            yield [NodeChange("changed", prefix.removesuffix("/"), after.type, fields)], [], []


def _find_renamed(before: Mapping[str, Node], after: Mapping[str, Node]) -> dict[str, str]:
    """New id to old id, where a node is gone and one of the same type, config and content is there."""
    gone = [node for name, node in before.items() if name not in after]
    renamed: dict[str, str] = {}
    for name, node in after.items():
        if name in before:
            continue
        like = next((old for old in gone if _is_alike(old, node)), None)
        if like is not None:
            renamed[name] = like.id
            gone.remove(like)
    return renamed


def _is_alike(one: Node, other: Node) -> bool:
    return one.type == other.type and one.config == other.config and list(one.bodies) == list(other.bodies)


def _content(node: Node) -> dict[str, Any]:
    """The node's fields but for its id and bodies; null where that was written, else without what is default."""
    bodies = {"body", "catch", "finally_"}
    dumped = node.model_dump(mode="json", by_alias=True, exclude_defaults=True, exclude={"id", *bodies})
    content: dict[str, Any] = {"config": {}, **dumped}
    for name, given in (("input", node.has_input), ("pinned", node.has_pin)):
        if given:
            content[name] = getattr(node, name)
    return content


def _write(connection: Connection, prefix: str, names: Mapping[str, str]) -> str:
    source, target = (names.get(name, name) for name in (connection.source, connection.target))
    start = f"{source}.{connection.output}" if connection.output else source
    end = f"{target}.{connection.input}" if connection.input else target
    return f"{prefix}{start} -> {prefix}{end}"


def _compare(field: str, before: Any, after: Any) -> Iterator[FieldChange]:
    """Where two values differ; objects are gone into, lists are not."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        one, other = cast("Mapping[str, Any]", before), cast("Mapping[str, Any]", after)
        for key in dict.fromkeys((*one, *other)):
            inner = f"{field}.{key}" if field else key
            yield from _compare(inner, one.get(key, NOTHING), other.get(key, NOTHING))
    elif not _is_equal(before, after):
        yield FieldChange(field, _plain(before), _plain(after))


def _is_equal(one: Any, other: Any) -> bool:
    """`1` and `true`, or `1` and `1.0`, are not the same to who reads them."""
    return type(one) is type(other) and one == other


def _plain(value: Any) -> Any:
    if isinstance(value, Sequence) and not isinstance(value, str):
        return list(cast("Sequence[Any]", value))
    return dict(cast("Mapping[str, Any]", value)) if isinstance(value, Mapping) else value
