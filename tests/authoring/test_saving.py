"""Saving: what was read comes back with its form, order and comments; what changed is changed and nothing else."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.authoring.node_types import REGISTRY
from treadle.authoring.document import Document, load_workflow, read_tree
from treadle.authoring.saving import dump_workflow
from treadle.errors import InvalidWorkflow

COMMENTED = """\
# The main flow
name: w        # kebab
inputs: {topic: string}
nodes:
  # first
  - {id: a, type: data.text, config: {value: "x"}}   # keep me
  - id: b
    type: data.transform   # shapes
    config: {transform: 'nodes.a.output'}
connections:
  - {from: a, to: b}
"""

STEPS = """\
name: w
steps:
  # get it
  - {id: a, type: http, url: x, timeout: 3000, retry: {maxAttempts: 3}}
  - {id: b, type: transform, transform: "input"}  # last
output: "{{ steps.b.output }}"
"""


def document(text: str, index: int = 0) -> Document:
    loaded = load_workflow(text, catalogue=REGISTRY)
    assert loaded.result.issues == ()
    return loaded.documents[index]


def test_an_unchanged_document_is_its_own_text() -> None:
    for text in (COMMENTED, STEPS, '{"name": "w",  "nodes": []}'):
        assert document(text).dump() == text


def test_one_of_several_workflows_is_written_alone_with_its_comments() -> None:
    text = "workflows:\n  - name: one\n    nodes: []\n  - name: two   # second\n    # its nodes\n    nodes: []\n"

    dumped = document(text, 1).dump()

    assert dumped.startswith("name: two ")
    assert "# second" in dumped
    assert "# its nodes" in dumped
    assert document(dumped).workflow == document(text, 1).workflow


def test_a_changed_value_leaves_comments_order_and_the_rest_alone() -> None:
    doc = document(COMMENTED)
    data: Any = json.loads(json.dumps(doc.data))
    data["nodes"][1]["config"]["transform"] = "{{ nodes.a.output }} + 1"

    text = doc.rewrite(data)

    assert document(text).data == data
    assert "# keep me" in text
    assert "# shapes" in text
    assert text.startswith("# The main flow\nname: w        # kebab\n")


def test_nodes_may_come_go_and_move() -> None:
    doc = document(COMMENTED)
    data: Any = json.loads(json.dumps(doc.data))
    data["nodes"] = [data["nodes"][1], {"id": "c", "type": "data.text", "config": {"value": "{{ 1 }}"}}]
    data["connections"] = []

    text = doc.rewrite(data)

    assert document(text).data == data


def test_the_steps_form_and_its_spelling_are_kept() -> None:
    doc = document(STEPS)
    data: Any = json.loads(json.dumps(doc.data))
    data["steps"].append({"id": "c", "type": "wait", "duration": 10})

    text = doc.rewrite(data)

    assert document(text).form == "steps"
    assert document(text).data == data
    assert "retry: {maxAttempts: 3}" in text
    assert "# get it" in text


def test_groups_keep_their_comments_and_order_when_one_changes() -> None:
    doc = document(
        f"{COMMENTED}groups:\n  - id: g   # shown first\n    nodes: [a]\n  - {{id: h, nodes: [b]}}  # last\n"
    )
    data: Any = json.loads(json.dumps(doc.data))
    data["groups"][0] |= {"title": "Data in", "nodes": ["a", "b"]}
    del data["groups"][1]

    text = doc.rewrite(data)

    assert document(text).data == data
    assert "  - id: g   # shown first\n    nodes: [a, b]\n    title: Data in\n" in text
    assert "# keep me" in text


def test_lists_keep_the_indent_they_have() -> None:
    for text in (
        "name: w\nnodes:\n# first\n- id: a\n  type: x.y\n",
        "name: w\nnodes:\n  # first\n  - id: a\n    type: x.y\n",
    ):
        assert document(text).rewrite({"name": "v", "nodes": [{"id": "a", "type": "x.y"}]}) == text.replace(
            ": w", ": v"
        )


def test_a_file_that_names_a_key_twice_is_not_changed() -> None:
    doc = load_workflow("name: w\nnodes: []\nname: v\n", catalogue=REGISTRY).documents[0]

    with pytest.raises(InvalidWorkflow, match="twice"):
        doc.rewrite({"name": "w"})


def test_json_is_written_as_json_with_its_indent() -> None:
    doc = document('{\n    "name": "w",\n    "nodes": []\n}\n')

    assert doc.rewrite({"name": "v", "nodes": []}) == '{\n    "name": "v",\n    "nodes": []\n}\n'


@pytest.mark.parametrize("value", [":0", "?", ": a", "a: b", "- x", "[", "}", "#", "yes", "1:2"])
def test_any_text_may_be_put_between_braces(value: str) -> None:
    doc = document("name: w\nnodes:\n  - {id: a, type: data.text, config: {value: plain}}\n")
    data: Any = json.loads(json.dumps(doc.data))
    data["nodes"][0]["config"]["value"] = value

    assert document(doc.rewrite(data)).data == data


def test_values_shared_by_an_anchor_may_be_changed_apart() -> None:
    doc = document(
        "name: w\nnodes:\n  - {id: a, type: data.text, retry: &r {max_attempts: 2}}\n"
        "  - {id: b, type: data.text, retry: *r}\n"
    )
    data: Any = json.loads(json.dumps(doc.data))
    data["nodes"][0]["retry"]["max_attempts"] = 9

    assert document(doc.rewrite(data)).data == data


def test_changing_one_of_several_workflows_leaves_the_others() -> None:
    text = "workflows:\n  - name: one   # first\n    nodes: []\n  - name: two\n    nodes: []\n"

    changed = document(text, 1).rewrite({"name": "three", "nodes": []})

    assert [workflow.name for workflow in load_workflow(changed, catalogue=REGISTRY).workflows] == [
        "one",
        "three",
    ]
    assert "# first" in changed


ids = st.from_regex(r"[a-z_][a-z0-9_-]{0,8}", fullmatch=True)
words = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=12) | st.sampled_from(
    [
        "on",
        "yes",
        "null",
        "1",
        "1.5",
        "2026-01-01",
        "~",
        "a: b",
        "# no",
        "{{ 1 }}",
        "two\nlines",
        "end\n",
        " x ",
        "\t",
    ]
)
scalars = (
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | words
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=6,
)
durations = st.sampled_from(["500ms", "10s", "5m", 48, 0.25, "1h"])


groups = st.fixed_dictionaries(
    {"id": ids},
    optional={
        "title": words,
        "nodes": st.lists(ids, max_size=2),
        "color": st.sampled_from(["teal", "#aabbcc"]),
        "collapsed": st.booleans(),
    },
)


def nodes_of(depth: int) -> st.SearchStrategy[list[dict[str, Any]]]:
    optional: dict[str, Any] = {
        "title": words,
        "config": st.dictionaries(ids, values, max_size=3),
        "input": values,
        "retry": st.fixed_dictionaries({"max_attempts": st.integers(1, 9), "delay": durations}),
        "timeout": durations,
        "cache": durations,
        "on_error": st.sampled_from(["fail", "continue", "branch"]),
        "when": words | st.booleans(),
        "disabled": st.booleans(),
        "pinned": values,
        "position": st.fixed_dictionaries(
            {"x": st.integers(0, 9), "y": st.floats(0, 9)},
            optional={"width": st.integers(1, 9), "collapsed": st.booleans()},
        ),
        "after": st.lists(ids, max_size=2),
        "publish": ids,
    }
    if depth:
        optional["body"] = st.fixed_dictionaries(
            {"nodes": nodes_of(depth - 1)}, optional={"outputs": words, "groups": st.lists(groups, max_size=2)}
        )
    node = st.fixed_dictionaries({"id": ids, "type": ids.map("pack.{}".format)}, optional=optional)
    return st.lists(node, max_size=3)


workflows = st.fixed_dictionaries(
    {"name": st.just("w"), "nodes": nodes_of(2)},
    optional={
        "title": words,
        "connections": st.lists(st.fixed_dictionaries({"from": ids, "to": ids.map("{}.value".format)}), max_size=3),
        "settings": st.fixed_dictionaries({"timeout": durations}),
        "outputs": words | st.dictionaries(ids, words, max_size=2),
        "tags": st.lists(words, max_size=2),
        "groups": st.lists(groups, max_size=2),
    },
)
quick = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@quick
@given(workflows)
def test_a_workflow_written_to_a_file_loads_equal(data: dict[str, Any]) -> None:
    loaded = load_workflow(json.dumps(data), catalogue=REGISTRY)
    workflow = loaded.workflows[0]
    assert loaded.result.issues == ()

    for kind in ("yaml", "json"):
        again = load_workflow(dump_workflow(workflow, kind=kind), catalogue=REGISTRY)
        assert again.result.issues == ()
        assert again.workflows == (workflow,)


steps_of = st.lists(
    st.fixed_dictionaries(
        {"id": ids, "type": st.sampled_from(["http", "transform", "agent", "wait"])},
        optional={
            "url": words,
            "transform": words,
            "timeout": st.integers(0, 99_999),
            "output": ids,
            "condition": words,
            "input": values,
        },
    ),
    min_size=1,
    max_size=4,
)


@quick
@given(steps_of, steps_of)
def test_a_steps_file_brought_to_other_content_holds_exactly_that(
    old: list[dict[str, Any]], new: list[dict[str, Any]]
) -> None:
    doc = load_workflow(json.dumps({"name": "w", "steps": old}), catalogue=REGISTRY).documents[0]
    in_yaml = load_workflow(_as_yaml({"name": "w", "steps": old}), catalogue=REGISTRY).documents[0]
    assert in_yaml.data == doc.data

    text = in_yaml.rewrite({"name": "w", "steps": new})

    assert read_tree(text)[1].data == {"name": "w", "steps": new}
    assert load_workflow(text, catalogue=REGISTRY).documents[0].form == "steps"


@quick
@given(steps_of)
def test_a_graph_from_steps_written_in_the_nodes_form_is_the_same_graph(steps: list[dict[str, Any]]) -> None:
    loaded = load_workflow(json.dumps({"name": "w", "steps": steps}), catalogue=REGISTRY)
    workflow = loaded.workflows[0]

    again = load_workflow(dump_workflow(workflow), catalogue=REGISTRY).workflows[0]

    assert again == workflow.model_copy(update={"form": "nodes"})


def _as_yaml(data: dict[str, Any]) -> str:
    from io import StringIO

    from ruamel.yaml import YAML

    stream = StringIO()
    YAML().dump(json.loads(json.dumps(data)), stream)
    return stream.getvalue()
