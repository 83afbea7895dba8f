# ruff: noqa: E501 (workflow files as people write them)
"""Every issue code of the structural check, with the line it points to."""

import pytest

from tests.authoring.node_types import REGISTRY
from treadle.authoring.check import check, check_file
from treadle.authoring.document import load_workflow
from treadle.model.issue import Issue
from treadle.model.workflow import Connection, Node, Workflow


def issues_of(nodes: str, *, more: str = "") -> tuple[Issue, ...]:
    """The issues of a workflow whose nodes begin on line 3."""
    return check_file(f"name: w\nnodes:\n{nodes}\n{more}", REGISTRY).result.issues


def only(issues: tuple[Issue, ...]) -> Issue:
    assert len(issues) == 1, issues
    return issues[0]


T = "type: data.transform"

ONE_PROBLEM = {
    "unknown_node_type": (
        3,
        "  - {id: a, type: data.transfrom, config: {transform: '1'}}",
        "`data.transform`",
    ),
    "missing_config": (3, f"  - {{id: a, {T}}}", "`transform:`"),
    "invalid_config": (4, "  - {id: a, type: http.request,\n     config: {url: [1]}}", "`url`"),
    "unknown_config": (4, "  - {id: a, type: http.request,\n     config: {url: x, metod: GET}}", "`method`"),
    "unconnected_input": (3, "  - {id: a, type: risk.guard}", "`a.limit_price`"),
    "duplicate_id": (
        4,
        f"  - {{id: a, {T}, config: {{transform: '1'}}}}\n  - {{id: a, {T}, config: {{transform: '1'}}}}",
        "own id",
    ),
    "unknown_reference": (
        4,
        f"  - {{id: price, {T}, config: {{transform: '1'}}}}\n  - {{id: b, {T}, config: {{transform: nodes.prise.output}}}}",
        "`price`",
    ),
    "unknown_function": (3, f'  - {{id: a, {T}, config: {{transform: uper("x")}}}}', "upper"),
    "syntax": (3, f"  - {{id: a, {T}, config: {{transform: 1 + }}}}", "."),
    "unknown_name": (3, f"  - {{id: a, {T}, config: {{transform: workflw.input.x}}}}", "`workflow`"),
    "missing_body": (3, "  - {id: a, type: flow.sequence}", "body"),
    "unexpected_body": (
        3,
        f"  - {{id: a, {T}, config: {{transform: '1'}}, body: {{nodes: []}}}}",
        "flow.sequence",
    ),
    "secret_outside_secret_field": (
        3,
        "  - {id: a, type: http.request, config: {url: 'http://x/{{ secrets.key }}'}}",
        "secret",
    ),
    "plain_secret": (
        4,
        "  - {id: a, type: http.request,\n     config: {url: 'http://x/', token: hunter2}}",
        "`{{ secrets.name }}`, and give its value in the environment as TREADLE_SECRET_NAME",
    ),
    "missing_capability": (3, "  - {id: a, type: far.away}", "pip install 'treadle[trading]'"),
    "cycle": (
        3,
        f"  - {{id: a, {T}, config: {{transform: '1'}}, after: [b]}}\n  - {{id: b, {T}, config: {{transform: nodes.a.output}}}}",
        "Remove",
    ),
    "invalid_name": (3, f"  - {{id: a, {T}, config: {{transform: '1'}}, publish: workflow}}", "name"),
    "pinned_and_disabled": (
        3,
        f"  - {{id: a, {T}, config: {{transform: '1'}}, disabled: true, pinned: 3}}",
        "disabled",
    ),
}


@pytest.mark.parametrize("setting", ["retry: {max_attempts: 3}", "timeout: 5s", "cache: 1m"])
def test_a_setting_that_a_container_does_not_heed_is_an_error(setting: str) -> None:
    inside = f"body: {{nodes: [{{id: b, {T}, config: {{transform: '1'}}, {setting}}}]}}"
    name = setting.partition(":")[0]

    issue = only(issues_of(f"  - {{id: a, type: flow.sequence,\n     {setting}, {inside}}}"))

    assert (issue.code, issue.severity, issue.line) == ("unsupported_setting", "error", 4)
    assert issue.remedy == f"Set `{name}` on the nodes inside."


def test_a_limit_of_attempts_on_a_node_that_waits_is_a_warning() -> None:
    issue = only(
        issues_of("  - {id: a, type: flow.wait, config: {condition: 'true', poll_interval: 1s},\n     timeout: 5s}")
    )

    assert (issue.code, issue.severity, issue.line) == ("timeout_ends_no_wait", "warning", 4)
    assert "`max_wait`" in (issue.remedy or "")
    assert issues_of("  - {id: a, type: http.request, config: {url: x}, timeout: 5s}") == ()


def test_a_secret_in_plain_text_is_a_warning_that_does_not_show_it() -> None:
    issue = only(issues_of(ONE_PROBLEM["plain_secret"][1]))

    assert issue.severity == "warning"
    assert "hunter2" not in issue.message + (issue.remedy or "")
    assert issues_of("  - {id: a, type: http.request, config: {url: 'http://x/', token: '{{ secrets.key }}'}}") == ()


@pytest.mark.parametrize("code", ONE_PROBLEM)
def test_each_problem_of_a_node_has_its_code_line_and_remedy(code: str) -> None:
    line, nodes, remedy = ONE_PROBLEM[code]

    issue = only(issues_of(nodes))

    assert (issue.code, issue.line) == (code, line)
    assert remedy in (issue.remedy or "")
    assert issue.column is not None


ONE_WRONG_CONNECTION = {
    "unknown_node": ("a", "zed.value", "same graph"),
    "unknown_port": ("a.outptu", "b", "`output`"),
    "incompatible_ports": ("word", "guard.last_price", "Put `data.parse` between them"),
    "ambiguous_port": ("page", "b.value", "`page.status`"),
}


@pytest.mark.parametrize("code", ONE_WRONG_CONNECTION)
def test_each_problem_of_a_connection_has_its_code_line_and_remedy(code: str) -> None:
    start, end, remedy = ONE_WRONG_CONNECTION[code]
    nodes = (
        f"  - {{id: a, {T}, config: {{transform: '1'}}}}\n  - {{id: b, {T}, config: {{transform: '1'}}}}\n"
        "  - {id: word, type: data.text}\n  - {id: guard, type: risk.guard, config: {limit_price: 1}}\n"
        "  - {id: page, type: http.request, config: {url: x}}"
    )

    issue = only(issues_of(nodes, more=f"connections:\n  - {{from: {start}, to: {end}}}"))

    assert (issue.code, issue.line) == (code, 9)
    assert remedy in (issue.remedy or "")


def test_ports_that_do_not_fit_are_told_as_the_style_guide_shows() -> None:
    nodes = (
        "  - {id: fetch, type: http.request, config: {url: x}}\n"
        "  - {id: word, type: data.text}\n  - {id: guard, type: risk.guard}"
    )

    issue = only(issues_of(nodes, more="connections: [{from: fetch.headers, to: guard.limit_price}]"))

    assert issue.message == (
        "Cannot connect `fetch.headers` to `guard.limit_price`: the output carries an object, the input takes a number."
    )
    assert issue.remedy == "Put `data.transform` between them, or connect `fetch.status`."
    assert issue.node == "guard"


def test_everything_wrong_is_reported_at_once_in_the_order_of_lines() -> None:
    text = (
        "name: Not Kebab\n"
        "nodes:\n"
        "  - {id: a, type: http.reqest}\n"
        "  - {id: b, type: data.transform, config: {transform: nodes.c.output}, timeout: soon}\n"
        "connections: [{from: a, to: zz}]\n"
    )

    issues = check_file(text, REGISTRY).result.issues

    assert [(issue.line, issue.code) for issue in issues] == [
        (1, "invalid_name"),
        (3, "unknown_node_type"),
        (4, "unknown_reference"),
        (4, "invalid_duration"),
        (5, "unknown_node"),
    ]


def test_a_cycle_over_connections_references_and_afters_is_named_whole() -> None:
    nodes = (
        f"  - {{id: c, {T}, config: {{transform: '1'}}, after: [b]}}\n"
        f"  - {{id: a, {T}, config: {{transform: '1'}}}}\n"
        f"  - {{id: b, {T}, config: {{transform: nodes.a.output}}}}\n"
    )

    issue = only(issues_of(nodes, more="connections: [{from: c, to: a}]"))

    assert "`c` → `a` → `b` → `c`" in issue.message


def test_a_reference_to_itself_is_a_cycle() -> None:
    issue = only(issues_of(f"  - {{id: a, {T}, config: {{transform: nodes.a.output}}}}"))

    assert (issue.code, issue.line) == ("cycle", 3)
    assert "`a` → `a`" in issue.message


def test_a_node_that_waits_for_itself_hides_no_longer_cycle() -> None:
    found = issues_of(
        f"""\
  - {{id: a, {T}, config: {{transform: "nodes.a.output + nodes.b.output"}}}}
  - {{id: b, {T}, config: {{transform: nodes.a.output}}}}"""
    )

    messages = [issue.message for issue in found if issue.code == "cycle"]
    assert len(messages) == 2
    assert any("`a` → `a`" in message for message in messages)
    assert any("`a` → `b` → `a`" in message or "`b` → `a` → `b`" in message for message in messages)


def test_an_unknown_function_hides_nothing_that_is_wrong_behind_it() -> None:
    """Every problem at once: a second unknown function, an unknown node, a lambda's inside."""
    found = issues_of(
        f"""  - {{id: a, {T}, config: {{transform: "lenn(nodes.nowhere.output, x => upperr(x)) + 1"}}}}"""
    )

    assert sorted(issue.code for issue in found) == ["unknown_function", "unknown_function", "unknown_reference"]


def test_a_body_that_reads_what_waits_for_its_container_is_a_cycle() -> None:
    nodes = (
        f"  - {{id: box, type: flow.sequence, body: {{nodes: [{{id: in, {T}, config: {{transform: nodes.late.output}}}}]}}}}\n"
        f"  - {{id: late, {T}, config: {{transform: nodes.box.output}}}}"
    )

    issue = only(issues_of(nodes))

    assert "`box` → `late` → `box`" in issue.message


def test_a_node_inside_another_container_is_read_from_the_containers_output() -> None:
    nodes = (
        f"  - {{id: box, type: flow.sequence, body: {{nodes: [{{id: in, {T}, config: {{transform: '1'}}}}]}}}}\n"
        f"  - {{id: out, {T}, config: {{transform: nodes.in.output}}}}"
    )

    issue = only(issues_of(nodes))

    assert (issue.code, issue.line) == ("unknown_reference", 4)
    assert "`{{ nodes.box.output }}`" in (issue.remedy or "")


def test_a_body_reads_the_nodes_around_its_container() -> None:
    nodes = (
        f"  - {{id: out, {T}, config: {{transform: '1'}}}}\n"
        f"  - {{id: box, type: flow.sequence, body: {{nodes: [{{id: in, {T}, config: {{transform: nodes.out.output}}}}]}}}}"
    )

    assert issues_of(nodes) == ()


def test_problems_inside_bodies_are_found_at_any_depth_with_their_lines() -> None:
    nodes = (
        "  - id: each\n    type: flow.loop\n    config: {items: [1]}\n    body:\n      nodes:\n"
        "        - id: inner\n          type: flow.sequence\n          body:\n            nodes:\n"
        f"              - {{id: deep, {T}, config: {{transform: loop.item + nope}}}}"
    )

    issue = only(issues_of(nodes))

    assert (issue.code, issue.line) == ("unknown_name", 12)
    assert issue.where == "nodes[0].body.nodes[0].body.nodes[0].config.transform"


def test_what_is_wrong_with_a_group_is_a_warning() -> None:
    """It concerns the looks: nobody is kept from running the workflow."""
    found = issues_of(
        f"  - {{id: price, {T}, config: {{transform: '1'}}}}",
        more="groups:\n  - {id: g, nodes: [price]}\n  - id: g\n    nodes:\n      - prise\n      - price\n",
    )

    assert [(issue.code, issue.severity, issue.line) for issue in found] == [
        ("duplicate_id", "warning", 6),
        ("unknown_node", "warning", 8),
        ("duplicate_id", "warning", 9),
    ]
    assert "`price`" in (found[1].remedy or "")


def test_a_group_names_nodes_of_its_own_graph() -> None:
    inner = f"{{id: inner, {T}, config: {{transform: '1'}}}}"
    body = f"{{nodes: [{inner}], groups: [{{id: g, nodes: [inner, outer]}}]}}"

    found = only(issues_of(f"  - {{id: outer, type: flow.sequence, body: {body}}}"))

    assert (found.code, found.where) == ("unknown_node", "nodes[0].body.groups[0].nodes[1]")


def test_an_id_is_unique_along_the_containers_around_it_but_not_between_bodies() -> None:
    body = f"body: {{nodes: [{{id: same, {T}, config: {{transform: '1'}}}}]}}"
    siblings = f"  - {{id: a, type: flow.sequence, {body}}}\n  - {{id: b, type: flow.sequence, {body}}}"
    nested = f"  - {{id: same, type: flow.sequence, {body}}}"

    assert issues_of(siblings) == ()
    assert only(issues_of(nested)).code == "duplicate_id"


def test_loop_is_known_only_inside_a_loop() -> None:
    issue = only(issues_of(f"  - {{id: a, {T}, config: {{transform: loop.item}}}}"))

    assert issue.code == "unknown_name"
    assert "`flow.loop`" in (issue.remedy or "")


def test_names_that_a_field_adds_and_published_names_are_known() -> None:
    nodes = (
        f"  - {{id: a, {T}, config: {{transform: '1'}}, publish: page}}\n"
        "  - {id: b, type: data.filter, config: {value: [1], condition: 'item > 1 && index > 0 && page == 1'}}"
    )

    assert issues_of(nodes) == ()


def test_a_step_can_also_be_read_by_the_name_it_publishes() -> None:
    nodes = f"  - {{id: shape, {T}, config: {{transform: '1'}}, publish: final}}"

    assert issues_of(nodes, more="outputs: '{{ steps.final.output ?? 1 }}'") == ()


def test_an_unknown_workflow_input_names_the_nearest() -> None:
    nodes = f"  - {{id: a, {T}, config: {{transform: workflow.input.topik}}}}"

    issue = only(issues_of(nodes, more="inputs: {topic: string}"))

    assert (issue.code, issue.line) == ("unknown_workflow_input", 3)
    assert issue.remedy == "Did you mean `topic`?"


def test_a_workflow_that_declares_no_inputs_may_read_any() -> None:
    assert issues_of(f"  - {{id: a, {T}, config: {{transform: workflow.input.anything}}}}") == ()


def test_a_syntax_error_shows_the_expression_with_a_caret() -> None:
    issue = only(issues_of(f"  - {{id: a, {T}, config: {{transform: 'nodes.a.'}}}}"))

    assert "nodes.a." in issue.message
    assert "^" in issue.message


def test_errors_in_outputs_and_in_when_have_their_own_lines() -> None:
    nodes = f"  - id: a\n    {T}\n    when: '{{{{ nodes.b.output }}}}'\n    config: {{transform: '1'}}"

    issues = issues_of(nodes, more="outputs: {x: '{{ nodes.a.output +* }}'}")

    assert [(issue.line, issue.code) for issue in issues] == [(5, "unknown_reference"), (7, "syntax")]


def test_secrets_are_allowed_in_a_secret_field() -> None:
    assert issues_of("  - {id: a, type: http.request, config: {url: x, token: '{{ secrets.key }}'}}") == ()


def test_source_text_is_never_read_as_a_template() -> None:
    assert issues_of("  - {id: a, type: code.source, config: {source: 'f\"{{ not ours\"'}}") == ()


def test_config_named_as_an_input_gives_it_its_value() -> None:
    assert issues_of("  - {id: a, type: risk.guard, config: {limit_price: 2.5}}") == ()


def test_config_for_an_input_is_checked_against_its_type() -> None:
    issue = only(issues_of("  - {id: a, type: risk.guard, config: {limit_price: much}}"))

    assert (issue.code, issue.where) == ("invalid_config", "nodes[0].config.limit_price")


def test_input_of_a_node_fills_its_first_input() -> None:
    assert issues_of("  - {id: a, type: risk.guard, input: 3}") == ()


def test_a_connection_with_a_problem_does_not_make_its_input_missing_too() -> None:
    nodes = "  - {id: word, type: data.text}\n  - {id: guard, type: risk.guard}"

    issue = only(issues_of(nodes, more="connections: [{from: word, to: guard.limit_price}]"))

    assert issue.code == "incompatible_ports"


def test_a_setting_written_inside_config_is_sent_to_its_place() -> None:
    issue = only(issues_of("  - {id: a, type: data.text, config: {retry: {max_attempts: 2}}}"))

    assert "beside `config`" in (issue.remedy or "")


def test_a_short_name_in_the_nodes_form_is_told_its_full_name() -> None:
    issue = only(issues_of("  - {id: a, type: http, config: {url: x}}"))

    assert "`http.request`" in (issue.remedy or "")


def test_an_error_port_exists_only_where_the_node_branches_on_errors() -> None:
    nodes = "  - {id: a, type: data.text}\n" + f"  - {{id: b, {T}, config: {{transform: nodes.a.error.message}}}}"

    issue = only(issues_of(nodes))

    assert issue.code == "unknown_port"
    assert "on_error: branch" in (issue.remedy or "")
    assert issues_of(nodes.replace("data.text}", "data.text, on_error: branch}")) == ()


def test_reading_a_field_of_a_single_output_is_told_to_go_through_output() -> None:
    nodes = "  - {id: a, type: data.text}\n" + f"  - {{id: b, {T}, config: {{transform: nodes.a.price}}}}"

    issue = only(issues_of(nodes))

    assert "nodes.a.output.price" in (issue.remedy or "")


def test_a_node_fed_only_by_a_disabled_one_is_unreachable() -> None:
    nodes = (
        "  - {id: off, type: data.text, disabled: true}\n"
        "  - {id: g, type: agent.call, config: {agent: x}}\n"
        f"  - {{id: h, {T}, config: {{transform: '1'}}}}"
    )
    connections = "connections: [{from: off, to: g.prompt}, {from: g, to: h.trigger}]"

    issues = issues_of(nodes, more=connections)

    assert [(issue.code, issue.line, issue.severity) for issue in issues] == [
        ("unreachable_node", 4, "warning"),
        ("unreachable_node", 5, "warning"),
    ]
    assert "`off` is disabled" in issues[1].message


def test_a_node_with_another_way_to_run_is_reachable() -> None:
    nodes = (
        "  - {id: off, type: data.text, disabled: true}\n  - {id: on, type: data.text}\n"
        "  - {id: g, type: agent.call, config: {agent: x}}"
    )

    assert issues_of(nodes, more="connections: [{from: off, to: g.prompt}, {from: on, to: g.prompt}]") == ()


def test_what_comes_after_a_stop_that_nothing_skips_is_unreachable() -> None:
    nodes = "  - {id: end, type: flow.stop}\n  - {id: late, type: data.text, after: [end]}"

    issue = only(issues_of(nodes))

    assert (issue.code, issue.line) == ("unreachable_node", 4)


def test_a_stop_on_a_condition_leaves_the_rest_reachable() -> None:
    nodes = "  - {id: end, type: flow.stop, when: 'workflow.input.x'}\n  - {id: late, type: data.text, after: [end]}"

    assert issues_of(nodes) == ()


def test_after_names_nodes_of_the_same_graph_only() -> None:
    nodes = (
        "  - {id: box, type: flow.sequence, body: {nodes: [{id: in, type: data.text}]}}\n"
        "  - {id: a, type: data.text, after: [in]}\n  - {id: b, type: data.text, after: [bux]}"
    )

    issues = issues_of(nodes)

    assert [(issue.code, issue.line) for issue in issues] == [
        ("unknown_reference", 4),
        ("unknown_reference", 5),
    ]
    assert issues[1].remedy == "Did you mean `box`?"


def test_problems_of_the_steps_form_point_to_the_steps() -> None:
    text = (
        "name: w\nsteps:\n"
        "  - {id: a, type: http, ulr: x}\n"
        "  - id: p\n    type: parallel\n    steps:\n"
        "      - {id: q, type: transform, transform: 'nope'}\n"
    )

    issues = check_file(text, REGISTRY).result.issues

    assert [(issue.code, issue.line, issue.where) for issue in issues] == [
        ("missing_config", 3, "steps[0]"),
        ("unknown_config", 3, "steps[0].ulr"),
        ("unknown_name", 7, "steps[1].steps[0].transform"),
    ]


def test_problems_of_several_workflows_in_one_file_point_to_each() -> None:
    text = (
        "workflows:\n"
        "  - name: one\n    nodes: [{id: a, type: no.such}]\n"
        "  - name: two\n    nodes: [{id: a, type: no.other}]\n"
    )

    issues = check_file(text, REGISTRY).result.issues

    assert [(issue.line, issue.where) for issue in issues] == [
        (3, "workflows[0].nodes[0].type"),
        (5, "workflows[1].nodes[0].type"),
    ]


def test_a_workflow_built_without_a_file_is_checked_the_same() -> None:
    workflow = Workflow(
        name="w", nodes=(Node(id="a", type="data.text"),), connections=(Connection(source="a", target="b"),)
    )

    result = check(workflow, REGISTRY)

    assert [(issue.code, issue.path) for issue in result.issues] == [("unknown_node", ("connections", 0, "to"))]


def test_every_node_is_asked_for_once_however_many_there_are() -> None:
    """Linear in its size: each type is looked up once per node and each node's expressions are read once."""

    class Counting(type(REGISTRY)):
        finds = 0

        def find(self, name: str):
            Counting.finds += 1
            return super().find(name)

    def finds(count: int) -> int:
        Counting.finds = 0
        nodes = tuple(
            Node(
                id=f"n{i}",
                type="data.transform",
                config={"transform": f"nodes.n{i - 1}.output" if i else "1"},
            )
            for i in range(count)
        )
        registry = Counting({}, list(REGISTRY))
        assert check(Workflow(name="w", nodes=nodes), registry).valid
        return Counting.finds

    small, large = finds(100), finds(1000)

    assert large <= 10 * small


def test_a_chain_of_ten_thousand_nodes_is_within_the_stack() -> None:
    nodes = tuple(Node(id=f"n{i}", type="data.text", after=(f"n{(i + 1) % 10_000}",)) for i in range(10_000))

    result = check(Workflow(name="w", nodes=nodes), REGISTRY)

    assert [issue.code for issue in result.issues] == ["cycle"]


def test_a_file_that_loads_is_not_read_twice_for_the_same_problem() -> None:
    loaded = load_workflow("name: w\nnodes: [{id: a}]", catalogue=REGISTRY)
    checked = check_file("name: w\nnodes: [{id: a}]", REGISTRY)

    assert [issue.code for issue in checked.result.issues] == [issue.code for issue in loaded.result.issues]
