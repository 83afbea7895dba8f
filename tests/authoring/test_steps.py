# ruff: noqa: E501 (workflow files as people write them)
"""The steps form: the graph that a list of steps stands for."""

from typing import Any

from tests.authoring.node_types import REGISTRY
from treadle.authoring.check import check_file
from treadle.authoring.document import load_workflow
from treadle.model.workflow import Node, Workflow


def steps(text: str, *, more: str = "") -> Workflow:
    loaded = load_workflow(f"name: w\nsteps:\n{text}\n{more}", catalogue=REGISTRY)
    assert loaded.result.issues == ()
    workflow = loaded.documents[0].workflow
    assert workflow is not None
    return workflow


def node(workflow: Workflow, id_: str) -> Node:
    return next(node for node in workflow.walk() if node.id == id_)


SPEC = """\
name: research-and-summarise
inputs: {url: string, kind: string}
steps:
  - {id: fetch, type: http, method: GET, url: "{{ workflow.input.url }}", output: page, timeout: 30000, retry: {maxAttempts: 3, delay: 1000, backoff: exponential}}
  - {id: both, type: parallel, failFast: false, maxConcurrency: 5, steps: [{id: short, type: transform, transform: "input.body"}, {id: keywords, type: transform, transform: "page.body"}]}
  - {id: decision, type: conditional, condition: "{{ steps.both.output.short.length }} > 500", then: long-form, else: short-form}
  - {id: long-form, type: transform, transform: "'long'"}
  - {id: short-form, type: transform, transform: "'short'"}
  - {id: route, type: switch, value: "{{ workflow.input.kind }}", cases: {blog: to-blog, mail: to-mail}, default: to-blog}
  - {id: to-blog, type: transform, transform: "input"}
  - {id: to-mail, type: transform, transform: "input"}
  - {id: shape, type: transform, input: "{{ steps.both.output }}", transform: "{ summary: input.short, words: input.keywords }", output: final}
  - {id: each, type: loop, items: "{{ steps.fetch.output.body.items }}", maxIterations: 100, parallel: false, step: {type: transform, transform: "loop.item.price * loop.index"}}
  - {id: pause, type: wait, duration: 5000}
output: "{{ steps.final.output ?? steps.shape.output }}"
"""


def test_the_steps_of_the_specification_load_and_pass_the_check() -> None:
    loaded = check_file(SPEC, REGISTRY)

    assert loaded.result.issues == ()
    assert loaded.documents[0].form == "steps"
    assert [node.type for node in loaded.workflows[0].nodes] == [
        "http.request",
        "flow.parallel",
        "flow.if",
        "data.transform",
        "data.transform",
        "flow.switch",
        "data.transform",
        "data.transform",
        "data.transform",
        "flow.loop",
        "flow.wait",
    ]


def test_each_step_is_after_the_one_before_it() -> None:
    workflow = steps(
        "  - {id: a, type: agent, prompt: x, agent: r}\n  - {id: b, type: agent, prompt: x, agent: r, after: [a]}\n  - {id: c, type: agent, prompt: x, agent: r, after: [a]}"
    )

    assert [node.after for node in workflow.nodes] == [(), ("a",), ("b", "a")]


def test_fields_of_a_step_are_settings_of_the_node_or_config_of_its_type() -> None:
    workflow = steps(
        "  - {id: a, type: http, url: x, method: POST, body: {k: 1}, output: page, condition: 'true', onError: branch}"
    )

    fetched = workflow.nodes[0]
    assert dict(fetched.config) == {"url": "x", "method": "POST", "body": {"k": 1}}
    assert (fetched.publish, fetched.when, fetched.on_error, fetched.body) == ("page", "true", "branch", None)


def test_bare_numbers_in_time_fields_are_milliseconds() -> None:
    workflow = steps(
        "  - {id: a, type: http, url: x, timeout: 1500, cache: 2000, retry: {maxAttempts: 2, delay: 250, maxDelay: 3000}}\n"
        "  - {id: b, type: wait, condition: 'true', pollInterval: 5000, maxWait: 90000}\n"
        "  - {id: c, type: wait, duration: 48h, timeout: 5s}"
    )

    first, second, third = workflow.nodes
    assert first.retry is not None
    assert (first.timeout, first.cache, first.retry.delay, first.retry.max_delay) == (1.5, 2, 0.25, 3)
    assert dict(second.config) == {"condition": "true", "poll_interval": 5, "max_wait": 90}
    assert (third.config["duration"], third.timeout) == ("48h", 5)


def test_the_condition_of_a_conditional_or_wait_is_its_own() -> None:
    workflow = steps(
        "  - {id: a, type: conditional, condition: 'true', then: c}\n"
        "  - {id: b, type: wait, condition: 'true'}\n  - {id: c, type: transform, transform: '1', condition: 'false'}"
    )

    assert [(node.when, "condition" in node.config) for node in workflow.nodes] == [
        (None, True),
        (None, True),
        ("false", False),
    ]


def test_targets_are_connected_from_the_branch_that_chooses_them() -> None:
    workflow = steps(
        "  - {id: d, type: conditional, condition: 'true', then: yes-step, else: no-step}\n"
        "  - {id: yes-step, type: transform, transform: '1'}\n  - {id: no-step, type: transform, transform: '2'}\n"
        "  - {id: s, type: switch, value: x, cases: {k: on-k}, default: other}\n"
        "  - {id: on-k, type: transform, transform: '1'}\n  - {id: other, type: transform, transform: '2'}\n"
        "  - {id: last, type: transform, transform: '3'}"
    )

    assert [(c.source, c.output, c.target, c.input) for c in workflow.connections] == [
        ("d", "true", "yes-step", "trigger"),
        ("d", "false", "no-step", "trigger"),
        ("s", "k", "on-k", "trigger"),
        ("s", "default", "other", "trigger"),
    ]
    assert node(workflow, "last").after == ("other",)


def test_a_target_must_stand_after_the_step_that_chooses_it() -> None:
    text = (
        "name: w\nsteps:\n  - {id: a, type: transform, transform: '1'}\n"
        "  - {id: d, type: conditional, condition: 'true', then: a, else: lst}\n"
        "  - {id: last, type: transform, transform: '1'}\n"
    )

    issues = load_workflow(text, catalogue=REGISTRY).result.issues

    assert [(issue.code, issue.line, issue.where) for issue in issues] == [
        ("unknown_step", 4, "steps[1].then"),
        ("unknown_step", 4, "steps[1].else"),
    ]
    assert issues[1].remedy == "Did you mean `last`?"


def test_input_is_the_previous_output_where_an_expression_uses_it() -> None:
    workflow = steps(
        "  - {id: a, type: http, url: x}\n  - {id: b, type: http, url: 'http://h/{{ input.id }}'}\n"
        "  - {id: c, type: http, url: x}\n  - {id: d, type: http, url: x, condition: 'input.ok'}"
    )

    assert [node.input if node.has_input else None for node in workflow.nodes] == [
        None,
        "{{ nodes.a.output }}",
        None,
        "{{ nodes.c.output }}",
    ]


def test_input_is_the_previous_output_where_the_type_asks_for_a_value() -> None:
    workflow = steps(
        "  - {id: a, type: http, url: x}\n  - {id: b, type: agent, agent: r}\n"
        "  - {id: c, type: agent, agent: r, prompt: x}\n  - {id: d, type: transform, transform: '1'}"
    )

    assert [node.has_input for node in workflow.nodes] == [False, True, False, True]


def test_input_that_is_given_is_kept_as_it_is() -> None:
    workflow = steps(
        "  - {id: a, type: transform, transform: '1'}\n"
        "  - {id: b, type: transform, input: {x: '{{ steps.a.output }}'}, transform: 'input.x'}"
    )

    assert node(workflow, "b").input == {"x": "{{ steps.a.output }}"}


def test_input_of_a_target_and_after_targets_is_of_the_last_step_that_ran() -> None:
    workflow = steps(
        "  - {id: a, type: transform, transform: '1'}\n"
        "  - {id: d, type: conditional, condition: 'true', then: b, else: c}\n"
        "  - {id: b, type: transform, transform: input}\n  - {id: c, type: transform, transform: input}\n"
        "  - {id: e, type: transform, transform: input}"
    )

    assert [node(workflow, id_).input for id_ in "bce"] == [
        "{{ nodes.a.output }}",
        "{{ nodes.a.output }}",
        "{{ nodes.c.output ?? nodes.b.output }}",
    ]


def test_where_no_way_may_be_chosen_the_input_before_the_choice_counts() -> None:
    workflow = steps(
        "  - {id: a, type: transform, transform: '1'}\n"
        "  - {id: d, type: conditional, condition: 'true', then: b}\n"
        "  - {id: b, type: transform, transform: input}\n  - {id: e, type: transform, transform: input}"
    )

    assert node(workflow, "e").input == "{{ nodes.b.output ?? nodes.a.output }}"


def test_a_list_that_ends_in_targets_gives_the_one_that_ran() -> None:
    workflow = steps(
        "  - {id: d, type: conditional, condition: 'true', then: b, else: c}\n"
        "  - {id: b, type: transform, transform: '1'}\n  - {id: c, type: transform, transform: '2'}"
    )

    assert workflow.outputs == "{{ nodes.c.output ?? nodes.b.output }}"


def test_parallel_steps_stand_side_by_side_and_see_what_came_before_them() -> None:
    workflow = steps(
        "  - {id: a, type: transform, transform: '1'}\n"
        "  - {id: p, type: parallel, steps: [{id: x, type: transform, transform: input}, {id: y, type: transform, transform: input}]}"
    )

    body = node(workflow, "p").body
    assert body is not None
    assert [(inner.after, inner.input) for inner in body.nodes] == [((), "{{ nodes.a.output }}")] * 2


def test_sequential_steps_follow_each_other() -> None:
    workflow = steps(
        "  - {id: q, type: sequential, steps: [{id: x, type: transform, transform: '1'}, {id: y, type: transform, transform: input}]}"
    )

    assert [(node(workflow, id_).after, node(workflow, id_).input) for id_ in "xy"] == [
        ((), None),
        (("x",), "{{ nodes.x.output }}"),
    ]


def test_a_loop_takes_one_step_or_many_and_steps_need_no_id() -> None:
    workflow = steps(
        "  - {id: one, type: loop, items: [1], maxConcurrency: 2, step: {type: transform, transform: input}}\n"
        "  - {id: two, type: loop, items: [1], steps: [{type: transform, transform: '1'}, {type: transform, transform: '2'}]}"
    )

    assert [node.id for node in workflow.walk()] == ["one", "one-step", "two", "two-step-1", "two-step-2"]
    assert node(workflow, "one-step").input == "{{ loop.item }}"
    assert node(workflow, "one").config["concurrency"] == 2


def test_containers_nest_to_any_depth() -> None:
    inner = "{id: leaf, type: transform, transform: loop.item}"
    for depth in range(6):
        inner = f"{{id: s{depth}, type: sequential, steps: [{inner}]}}"
    text = f"  - {{id: each, type: loop, items: [1], step: {inner}}}"

    assert node(steps(text), "leaf").type == "data.transform"
    assert check_file(f"name: w\nsteps:\n{text}", REGISTRY).result.valid


def test_catch_and_finally_may_be_lists_of_steps() -> None:
    workflow = steps(
        "  - id: t\n    type: flow.try\n    steps: [{id: x, type: transform, transform: '1'}]\n"
        "    catch: [{id: y, type: transform, transform: error.message}]\n    finally: {steps: [{id: z, type: transform, transform: '1'}]}"
    )

    assert [(name, graph.nodes[0].id) for name, graph in workflow.nodes[0].bodies] == [
        ("body", "x"),
        ("catch", "y"),
        ("finally", "z"),
    ]


def test_the_same_workflow_in_the_nodes_form_is_the_same_graph() -> None:
    in_steps = steps(
        "  - {id: a, type: http, url: x, output: page, timeout: 2000}\n"
        "  - {id: d, type: conditional, condition: 'page.status == 200', then: b}\n"
        "  - {id: b, type: transform, transform: input.body}",
        more="output: '{{ nodes.b.output }}'",
    )
    text = """
name: w
nodes:
  - {id: a, type: http.request, config: {url: x}, publish: page, timeout: 2s}
  - {id: d, type: flow.if, config: {condition: page.status == 200, then: b}, after: [a]}
  - {id: b, type: data.transform, config: {transform: input.body}, after: [d], input: "{{ nodes.a.output }}"}
connections: [{from: d.true, to: b.trigger}]
outputs: '{{ nodes.b.output }}'
"""

    in_nodes = load_workflow(text, catalogue=REGISTRY).workflows[0]

    assert dump(in_steps) == dump(in_nodes)
    assert in_steps.version == in_nodes.version


def dump(workflow: Workflow) -> dict[str, Any]:
    return workflow.model_dump(exclude={"form"})


def test_the_timeout_of_a_step_that_waits_for_a_signal_is_how_long_it_waits() -> None:
    loaded = load_workflow(
        "name: w\nsteps:\n"
        "  - {id: a, type: flow.signal, name: x, timeout: 1500}\n"
        "  - {id: b, type: flow.signal, name: x, timeout: 48h}\n"
        "  - {id: c, type: flow.signal, config: {name: x, timeout: 5}}\n",
        catalogue=REGISTRY,
    )

    (workflow,) = loaded.workflows

    assert [(node.config["timeout"], node.timeout) for node in workflow.nodes] == [
        (1.5, None),
        ("48h", None),
        (5, None),
    ]
