# ruff: noqa: E501 (workflow files as people write them)
"""Loading files: both syntaxes, hostile and broken text, and what stays of a file that is partly wrong."""

import json

import pytest

from tests.authoring.node_types import REGISTRY
from treadle.authoring.document import Loaded, load_workflow
from treadle.model.workflow import Group, Position, Workflow


def load(text: str | bytes) -> Loaded:
    return load_workflow(text, catalogue=REGISTRY)


def problems(text: str | bytes) -> list[tuple[str, int | None, int | None]]:
    return [(issue.code, issue.line, issue.column) for issue in load(text).result.issues]


def workflow_of(text: str) -> Workflow:
    loaded = load(text)
    assert loaded.result.issues == ()
    workflow = loaded.documents[0].workflow
    assert workflow is not None
    return workflow


NODES = """\
name: cross-exchange-arbitrage
title: Cross-exchange arbitrage
description: Buys here.
inputs:
  size: {type: number, default: 10, exclusiveMinimum: 0}
settings: {timeout: 5m, max_concurrency: 8, on_failure: alert-me, retention: 30d, save: all}
nodes:
  - {id: poly,    type: market.provider, config: {venue: polymarket, profile: production}, position: {x: 100, y: 200}}
  - {id: spread,  type: market.spread,   config: {min_spread_pct: 0.5}}
  - id: buy
    type: order.market
    config: {side: buy, size: "{{ workflow.input.size }}"}
    retry: {max_attempts: 3, delay: 1s, backoff: exponential, max_delay: 1m, retry_on: [429, 5xx, timeout, connection]}
    timeout: 10s
    on_error: branch                    # fail | continue | branch
    when: "{{ nodes.spread.profitable }}"
    join: any
    cache: 5m
    after: [poly]
connections:
  - {from: poly.price, to: spread.price_a}
  - {from: spread.spread_pct, to: buy}
outputs: "{{ nodes.buy.order }}"
"""


def test_the_nodes_form_loads_with_every_setting() -> None:
    workflow = workflow_of(NODES)

    buy = workflow.nodes[2]
    assert (workflow.name, workflow.form, workflow.settings.timeout) == (
        "cross-exchange-arbitrage",
        "nodes",
        300,
    )
    assert workflow.settings.retention == 30 * 86400
    assert buy.retry is not None
    assert (buy.retry.delay, buy.retry.max_delay, buy.retry.retry_on) == (
        1,
        60,
        (429, "5xx", "timeout", "connection"),
    )
    assert (buy.timeout, buy.cache, buy.on_error, buy.after) == (10, 300, "branch", ("poly",))
    assert [(c.source, c.output, c.target, c.input) for c in workflow.connections] == [
        ("poly", "price", "spread", "price_a"),
        ("spread", "spread_pct", "buy", None),
    ]
    assert workflow.outputs == "{{ nodes.buy.order }}"


def test_json_loads_to_the_same_workflow() -> None:
    data = {"name": "w", "nodes": [{"id": "a", "type": "data.text", "retry": {"maxAttempts": 2}}]}
    yaml = "name: w\nnodes:\n  - {id: a, type: data.text, retry: {max_attempts: 2}}\n"

    assert workflow_of(json.dumps(data, indent="\t")) == workflow_of(yaml)


def test_groups_load_at_every_level_and_in_both_forms() -> None:
    nodes = workflow_of(
        "name: w\nnodes:\n  - id: each\n    type: flow.sequence\n"
        "    position: {x: 1, y: 2, width: 400, height: 300.5, collapsed: true}\n"
        "    body: {nodes: [{id: a, type: data.text}], groups: [{id: inner, nodes: a}]}\n"
        "groups:\n  - {id: g, title: Data in, nodes: [each], color: teal, collapsed: true}\n"
    )
    steps = workflow_of("name: w\nsteps: [{id: a, type: transform, transform: '1'}]\ngroups: [{id: g, nodes: [a]}]\n")

    each = nodes.nodes[0]
    assert nodes.groups == (Group(id="g", title="Data in", nodes=("each",), color="teal", collapsed=True),)
    assert each.body is not None
    assert each.body.groups == (Group(id="inner", nodes=("a",)),)
    assert each.position == Position(x=1, y=2, width=400, height=300.5, collapsed=True)
    assert steps.groups == (Group(id="g", nodes=("a",)),)


def test_what_is_wrong_in_a_group_is_told_with_its_line() -> None:
    text = (
        "name: w\nnodes: []\ngroups:\n  - {id: g, nodes: [], colour: red}\n  - 3\n  - {id: 'no id'}\n"
        "  - {title: x}\n  - {id: h, color: 'url(x)'}\n  - {id: i, nodes: {}}\n"
    )

    assert [(code, line) for code, line, _ in problems(text)] == [
        ("unknown_key", 4),
        ("invalid_value", 5),
        ("invalid_id", 6),
        ("missing_key", 7),
        ("invalid_name", 8),
        ("invalid_value", 9),
    ]


def test_a_container_has_a_size_greater_than_nothing() -> None:
    text = "name: w\nnodes:\n  - {id: a, type: data.text, position: {x: 1, y: 1, width: 0}}\n"

    assert [code for code, _, _ in problems(text)] == ["invalid_value"]


def test_how_a_workflow_looks_makes_no_other_version() -> None:
    def version(position: str, groups: str) -> str:
        body = f"body: {{nodes: [{{id: a, type: data.text, position: {position}}}], groups: {groups}}}"
        node = f"{{id: s, type: flow.sequence, position: {position}, {body}}}"
        return workflow_of(f"name: w\nnodes: [{node}]\ngroups: {groups}\n").version

    looks = version("{x: 1, y: 1, width: 10, height: 10, collapsed: true}", "[{id: g, nodes: [s], title: x}]")

    assert looks == version("{x: 0, y: 0}", "[]")


def test_a_version_is_called_as_it_was_before_there_were_groups() -> None:
    assert workflow_of(NODES).version == "64da850fff56"


def test_bodies_catch_and_finally_load_as_graphs() -> None:
    text = (
        "name: w\nnodes:\n  - id: t\n    type: flow.try\n"
        "    body: {nodes: [{id: a, type: data.text}, {id: b, type: data.text}], connections: [{from: a, to: b}], outputs: '{{ nodes.b.output }}'}\n"
        "    catch: {nodes: [{id: c, type: data.text}]}\n    finally: {nodes: [{id: d, type: data.text}]}\n"
    )

    node = workflow_of(text).nodes[0]

    assert [(name, [inner.id for inner in graph.nodes]) for name, graph in node.bodies] == [
        ("body", ["a", "b"]),
        ("catch", ["c"]),
        ("finally", ["d"]),
    ]
    assert node.body is not None
    assert node.body.outputs == "{{ nodes.b.output }}"


def test_words_that_old_yaml_took_for_booleans_and_dates_stay_text() -> None:
    text = (
        "name: w\nnodes:\n  - id: a\n    type: data.text\n"
        "    config: {on: yes, off: no, day: 2026-01-02, octal: 010, base: 0x10, big: 1e3, none: ~, word: 'true'}\n"
    )

    assert dict(workflow_of(text).nodes[0].config) == {
        "on": "yes",
        "off": "no",
        "day": "2026-01-02",
        "octal": 10,
        "base": 16,
        "big": 1000.0,
        "none": None,
        "word": "true",
    }


def test_anchors_and_merge_keys_are_written_out() -> None:
    text = (
        "name: w\nnodes:\n  - {id: a, type: data.text, retry: &often {max_attempts: 5, delay: 2s}}\n"
        "  - {id: b, type: data.text, retry: *often}\n  - {id: c, type: data.text, retry: {<<: *often, delay: 3s}}\n"
    )

    workflow = workflow_of(text)

    assert [node.retry and (node.retry.max_attempts, node.retry.delay) for node in workflow.nodes] == [
        (5, 2),
        (5, 2),
        (5, 3),
    ]


def test_camel_case_keys_are_read_everywhere() -> None:
    text = (
        "name: w\nsettings: {maxConcurrency: 3, failFast: true}\nnodes:\n"
        "  - {id: a, type: flow.loop, onError: continue, config: {items: [1], maxIterations: 7}, body: {nodes: []}}\n"
    )

    workflow = workflow_of(text)

    assert (workflow.settings.max_concurrency, workflow.settings.fail_fast) == (3, True)
    assert (workflow.nodes[0].on_error, workflow.nodes[0].config["max_iterations"]) == ("continue", 7)


def test_several_workflows_are_documents_of_their_own() -> None:
    text = (
        "workflows:\n  - {id: Research_1, name: Research and summarise, steps: [{id: a, type: agent, prompt: x}]}\n"
        "  - {name: two, nodes: []}\n"
    )

    loaded = load(text)

    first, second = loaded.workflows
    assert (first.name, first.id, first.title) == ("research-1", "Research_1", "Research and summarise")
    assert (second.name, loaded.documents[0].form, loaded.documents[1].form) == ("two", "steps", "nodes")


BROKEN = {
    "unknown key": ("name: w\nnodes:\n  - {id: a, type: x.y, timout: 3}", ("unknown_key", 3, 24)),
    "wrong type of setting": (
        "name: w\nnodes: []\nsettings: {max_concurrency: lots}",
        ("invalid_value", 3, 12),
    ),
    "bad duration": (
        "name: w\nnodes:\n  - id: a\n    type: x.y\n    timeout: soon",
        ("invalid_duration", 5, 5),
    ),
    "negative duration": (
        "name: w\nnodes:\n  - id: a\n    type: x.y\n    timeout: -5",
        ("invalid_duration", 5, 5),
    ),
    "bad choice": ("name: w\nnodes:\n  - id: a\n    type: x.y\n    join: some", ("invalid_value", 5, 5)),
    "bad id": ("name: w\nnodes:\n  - {id: 9x, type: x.y}", ("invalid_id", 3, 6)),
    "no id": ("name: w\nnodes:\n  - {type: x.y}", ("missing_key", 3, 5)),
    "no type": ("name: w\nnodes:\n  - {id: a}", ("missing_key", 3, 5)),
    "no name": ("nodes: []", ("missing_key", 1, 1)),
    "bad name": ("name: My Flow\nnodes: []", ("invalid_name", 1, 1)),
    "no nodes": ("name: w", ("missing_key", 1, 1)),
    "node is text": ("name: w\nnodes:\n  - hello", ("invalid_value", 3, 5)),
    "config is a list": (
        "name: w\nnodes:\n  - id: a\n    type: x.y\n    config: [1]",
        ("invalid_value", 5, 5),
    ),
    "connection without end": ("name: w\nnodes: []\nconnections:\n  - {from: a}", ("missing_key", 4, 5)),
    "both forms": ("name: w\nnodes: []\nsteps: []", ("mixed_forms", 2, 1)),
    "bad input type": ("name: w\nnodes: []\ninputs: {a: strng}", ("invalid_input_schema", 3, 10)),
    "same key twice": ("name: w\nnodes: []\nname: v", ("duplicate_key", 3, 1)),
    "same key in two spellings": (
        "name: w\nnodes:\n  - id: a\n    type: x.y\n    on_error: fail\n    onError: fail",
        ("duplicate_key", 6, 5),
    ),
    "same name twice": (
        "workflows:\n  - {name: w, nodes: []}\n  - {name: w, nodes: []}",
        ("duplicate_name", 3, 6),
    ),
    "empty": ("", ("empty_file", None, None)),
    "a list": ("- 1", ("invalid_value", 1, 3)),
    "two documents": ("name: w\nnodes: []\n---\nname: v", ("several_documents", 3, 1)),
    "broken yaml": ("name: w\nnodes: [\n", ("invalid_yaml", 3, 1)),
    "tab": ("name: w\nsettings:\n\ttimeout: 3s", ("invalid_yaml", 3, 1)),
    "unquoted template": ("name: w\nnodes: []\noutputs: {{ nodes.a.output }}", ("invalid_yaml", 3, 11)),
    "foreign tag": ("name: w\nnodes: []\ntitle: !!python/name:os.system x", ("invalid_yaml", 3, 8)),
    "broken json": ('{"name": "w",\n "nodes": [}', ("invalid_json", 2, 12)),
    "json key twice": ('{"name": "w",\n "nodes": [], "nodes": []}', ("duplicate_key", 2, 15)),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_wrong_file_says_what_is_wrong_and_where(case: str) -> None:
    text, expected = BROKEN[case]

    issues = load(text).result.issues

    assert [(issue.code, issue.line, issue.column) for issue in issues] == [expected]
    assert all(issue.remedy and issue.message.endswith((".", "?")) for issue in issues)


def test_names_that_are_nearly_right_are_suggested() -> None:
    issues = load("name: w\nnodes: [{id: a, type: x.y, retry: {maxAtempts: 2}}]").result.issues

    assert [issue.remedy for issue in issues] == ["Did you mean `max_attempts`?"]


def test_the_good_parts_of_a_wrong_file_still_form_a_workflow() -> None:
    text = (
        "name: Not Kebab\nnodes:\n  - {id: a, type: data.text, timeout: never, title: Kept, retry: {delay: x, max_attempts: 4}}\n"
        "  - 7\n  - {id: b, type: data.text}\nconnections: [{from: a, to: b}, 3]\n"
    )

    workflow = load(text).documents[0].workflow

    assert workflow is not None
    assert [(node.id, node.title) for node in workflow.nodes] == [("a", "Kept"), ("b", None)]
    assert workflow.nodes[0].retry is not None
    assert workflow.nodes[0].retry.max_attempts == 4
    assert len(workflow.connections) == 1


def test_a_node_is_located_though_one_before_it_could_not_be_read() -> None:
    document = load("name: w\nnodes:\n  - 7\n  - id: b\n    type: data.text\n    config: {value: x}").documents[0]

    assert document.locate(("nodes", 0, "config", "value")) == (6, 14)


def test_places_lead_from_the_model_into_the_steps_form() -> None:
    text = (
        "name: w\nsteps:\n"
        "  - {id: a, type: http, url: x}\n"
        "  - id: p\n    type: parallel\n    steps:\n"
        "      - {id: q, type: transform, transform: '1', condition: 'true', output: done}\n"
    )

    document = load(text).documents[0]

    assert document.locate(("nodes", 0, "config", "url")) == (3, 25)
    assert document.locate(("nodes", 1, "body", "nodes", 0, "when")) == (7, 50)
    assert document.file_path(("nodes", 1, "body", "nodes", 0, "publish")) == (
        "steps",
        1,
        "steps",
        0,
        "output",
    )


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        "{a: " * 50_000,
        "- " * 100_000 + "x",
        '{"a":' * 50_000,
        "a: &a [x, x, x, x, x, x, x, x, x]\n"
        + "".join(f"{chr(98 + i)}: &{chr(98 + i)} [{', '.join(['*' + chr(97 + i)] * 9)}]\n" for i in range(20)),
        "a: &a [*a]",
        "a: &x 1\nb: [" + ", ".join(["*x"] * 2000) + "]",
        "x: " + "y" * 5_000_001,
        "? {a: b}\n: c",
        "name: \x00",
        "a: *nowhere",
        "1" * 10_000,
        '{"a": ' + "1" * 10_000 + "}",
    ],
    ids=[
        "flow",
        "maps",
        "block",
        "json",
        "laughs",
        "self",
        "aliases",
        "size",
        "key",
        "nul",
        "alias",
        "int",
        "jint",
    ],
)
def test_a_hostile_file_is_refused_with_an_issue(text: str) -> None:
    loaded = load(text)

    assert not loaded.result.valid
    assert all(issue.remedy for issue in loaded.result.issues)


def test_bytes_that_are_not_utf8_are_refused() -> None:
    assert problems(b"name: \xff\xfe") == [("invalid_encoding", None, None)]


def test_a_byte_order_mark_is_no_part_of_the_text() -> None:
    loaded = load(b"\xef\xbb\xbfname: w\nnodes: []")

    assert loaded.result.issues == ()


def test_a_file_of_a_thousand_nodes_loads_with_every_node_placed() -> None:
    lines = "".join(f"  - {{id: n{i}, type: data.text, config: {{value: '{i}'}}}}\n" for i in range(1000))

    document = load(f"name: w\nnodes:\n{lines}").documents[0]

    assert document.workflow is not None
    assert len(document.workflow.nodes) == 1000
    assert document.locate(("nodes", 999, "config")) == (1002, 33)
