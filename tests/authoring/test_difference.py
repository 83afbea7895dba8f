"""What is different between two workflows."""

from __future__ import annotations

from typing import Any

import pytest

from treadle.authoring.difference import NOTHING, Difference, FieldChange, NodeChange, compare_workflows
from treadle.authoring.difference_text import write_difference
from treadle.authoring.document import load_workflow
from treadle.model.workflow import Workflow

BASE: dict[str, Any] = {
    "name": "orders",
    "inputs": {"topic": "string"},
    "settings": {"timeout": "1h"},
    "nodes": [
        {"id": "fetch", "type": "data.template", "config": {"template": "one"}},
        {
            "id": "each",
            "type": "flow.loop",
            "config": {"items": [1, 2]},
            "body": {"nodes": [{"id": "send", "type": "data.set", "config": {"values": {"a": {"b": 1}}}}]},
        },
    ],
    "connections": [{"from": "fetch", "to": "each.trigger"}],
}


def load(**changes: Any) -> Workflow:
    import json

    loaded = load_workflow(json.dumps({**BASE, **changes}))
    assert len(loaded.workflows) == 1, loaded.result.issues
    return loaded.workflows[0]


def changed_nodes(*nodes: Any, **more: Any) -> Difference:
    return compare_workflows(load(), load(nodes=list(nodes), **more))


FETCH, EACH = BASE["nodes"]


def test_the_same_workflow_has_no_difference() -> None:
    difference = compare_workflows(load(), load())

    assert difference.is_empty
    assert write_difference(difference) == []


def test_the_order_of_nodes_means_nothing() -> None:
    assert changed_nodes(EACH, FETCH).is_empty


def test_a_changed_field_has_what_it_was_and_what_it_is() -> None:
    difference = changed_nodes({**FETCH, "config": {"template": "two"}, "timeout": "5m"}, EACH)

    (node,) = difference.nodes
    assert (node.kind, node.path) == ("changed", "fetch")
    assert node.fields == (
        FieldChange("config.template", "one", "two"),
        FieldChange("timeout", NOTHING, 300.0),
    )
    assert write_difference(difference) == [
        "~ fetch  data.template",
        '    config.template: "one" → "two"',
        "    timeout: + 5m",
    ]


def test_nodes_are_added_and_removed() -> None:
    new = {"id": "tell", "type": "flow.wait", "config": {"duration": "1h"}}

    difference = changed_nodes(EACH, new, connections=[])

    assert [(node.kind, node.path) for node in difference.nodes] == [("added", "tell"), ("removed", "fetch")]
    assert difference.removed == ("fetch -> each.trigger",)
    assert write_difference(difference)[:2] == ["+ tell  flow.wait", '    config.duration: "1h"']


def test_a_node_inside_a_body_is_named_by_its_path_and_its_fields_however_deep() -> None:
    send = {"id": "send", "type": "data.set", "config": {"values": {"a": {"b": 2, "c": 3}}}}

    difference = changed_nodes(FETCH, {**EACH, "body": {"nodes": [send]}})

    assert difference.nodes == (
        NodeChange(
            "changed",
            "each/send",
            "data.set",
            (FieldChange("config.values.a.b", 1, 2), FieldChange("config.values.a.c", NOTHING, 3)),
        ),
    )


def test_what_a_body_gives_belongs_to_its_container() -> None:
    difference = changed_nodes(FETCH, {**EACH, "body": {**EACH["body"], "outputs": "{{ nodes.send.output }}"}})

    assert [(node.path, node.fields[0].field) for node in difference.nodes] == [("each", "outputs")]


def test_a_renamed_node_is_told_from_one_that_went_and_one_that_came() -> None:
    """It is like the one that is gone; its connections are the same, then."""
    difference = changed_nodes({**FETCH, "id": "get"}, EACH, connections=[{"from": "get", "to": "each.trigger"}])

    assert difference.nodes == (NodeChange("renamed", "get", "data.template", (), "fetch"),)
    assert (difference.added, difference.removed) == ((), ())
    assert write_difference(difference) == ["~ get  data.template  was fetch"]


@pytest.mark.parametrize(
    ("change", "field", "before", "after"),
    [
        ({"settings": {"timeout": "2h"}}, "settings.timeout", 3600.0, 7200.0),
        ({"inputs": {"topic": "string", "n": "integer"}}, "inputs.n", NOTHING, {"type": "integer"}),
        ({"outputs": "{{ nodes.fetch.output }}"}, "outputs", NOTHING, "{{ nodes.fetch.output }}"),
        ({"tags": ["a"]}, "tags", NOTHING, ["a"]),
    ],
)
def test_the_workflows_own_fields_are_compared(change: dict[str, Any], field: str, before: Any, after: Any) -> None:
    difference = compare_workflows(load(), load(**change))

    assert difference.fields == (FieldChange(field, before, after),)


def test_a_long_text_is_compared_line_by_line() -> None:
    lines = [f"line {at}" for at in range(9)]
    before = {**FETCH, "config": {"template": "\n".join(lines)}}
    after = {**FETCH, "config": {"template": "\n".join([*lines[:4], "new", *lines[5:]])}}

    text = write_difference(compare_workflows(load(nodes=[before, EACH]), load(nodes=[after, EACH])))

    assert text[1:] == [
        "    config.template:", "        line 2", "        line 3", "      - line 4", "      + new",
        "        line 5", "        line 6",
    ]  # fmt: skip


def test_a_change_of_looks_is_told_from_one_of_what_a_run_does() -> None:
    looks = changed_nodes({**FETCH, "title": "Fetch it", "position": {"x": 1, "y": 2}}, EACH)
    more = changed_nodes({**FETCH, "title": "Fetch it", "lazy": True}, EACH)

    assert (looks.is_looks, more.is_looks) == (True, False)
    assert "    position: moved on the canvas" in write_difference(looks)


def test_what_is_drawn_together_is_looks() -> None:
    group = {"id": "g", "nodes": ["send"]}
    inside = {**EACH, "body": {**EACH["body"], "groups": [group]}, "position": {"x": 0, "y": 0, "collapsed": True}}

    difference = changed_nodes(FETCH, inside, groups=[group])

    assert difference.is_looks
    assert [(node.path, [one.field for one in node.fields]) for node in difference.nodes] == [
        ("each", ["position"]),
        ("each", ["groups"]),
    ]
    assert difference.fields == (FieldChange("groups", NOTHING, [group]),)
    assert write_difference(difference).count("    groups: drawn together otherwise") == 2


def test_true_is_not_one() -> None:
    difference = changed_nodes({**FETCH, "pinned": 1}, EACH)
    pinned = load(nodes=[{**FETCH, "pinned": True}, EACH])

    assert difference.nodes[0].fields == (FieldChange("pinned", NOTHING, 1),)
    assert not compare_workflows(load(nodes=[{**FETCH, "pinned": 1}, EACH]), pinned).is_empty


def test_as_json_a_side_where_there_is_nothing_is_left_out() -> None:
    difference = compare_workflows(load(), load(tags=["a"]))

    assert difference.to_dict()["fields"] == [{"field": "tags", "after": ["a"]}]
