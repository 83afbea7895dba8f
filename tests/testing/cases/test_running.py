"""Running hand-written tests: stubs, signals, answers, time, and what is said when something is not as expected."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from treadle.authoring.document import load_workflow
from treadle.node import Registry
from treadle.testing.cases.outcome import CaseOutcome
from treadle.testing.cases.reading import parse_case_file
from treadle.testing.cases.running import Subject, run_case
from treadle.testing.cases.suite import load_cases, run_cases

REGISTRY = Registry.installed()

ORDER = """
name: order
inputs: {amount: number}
nodes:
  - id: price
    type: http.request
    config: {url: "https://api.example.com/price"}
    retry: {max_attempts: 3, delay: 10m, max_delay: 10m, backoff: constant, jitter: false}
  - id: big
    type: flow.if
    config: {condition: "nodes.price.body.price * workflow.input.amount > 100"}
    after: [price]
  - id: send
    type: http.request
    config: {url: "https://api.example.com/orders", method: POST, body: "{{ workflow.input.amount }}"}
  - {id: count, type: data.variable, config: {name: orders, action: increment}}
connections:
  - {from: big.true, to: send.trigger}
  - {from: send.status, to: count.trigger}
outputs: {sent: "{{ nodes.send.body?.id }}", at: "{{ now() }}"}
"""

WAITS = """
name: waits
nodes:
  - {id: pause, type: flow.wait, config: {duration: 3d}}
  - {id: paid, type: flow.signal, config: {name: paid}, after: [pause]}
  - {id: ok, type: flow.approval, config: {title: "Ship it?"}, after: [paid]}
  - {id: ship, type: data.template, config: {template: "shipped at {{ now() }}"}}
connections: [{from: ok.approved, to: ship.trigger}]
outputs: "{{ nodes.ship.output }}"
"""


def run(flow: str, test: str) -> CaseOutcome:
    loaded = load_workflow(flow)
    assert loaded.result.valid, loaded.result.issues
    file = parse_case_file(test, "a.test.yaml")
    subject = Subject("it", loaded.workflows[0], REGISTRY)
    return asyncio.run(run_case(file.cases[0], subject, file="a.test.yaml", line=1))


def order(given: str = "", expect: str = "") -> CaseOutcome:
    return run(ORDER, f"workflow: order.yaml\ngiven: {{input: {{amount: 5}}, {given}}}\nexpect: {{{expect}}}")


PRICE = "price: {outputs: {status: 200, headers: {}, body: {price: 30}}}"
SENT = "send: {outputs: {status: 201, headers: {}, body: {id: 7}}}"


def test_stubs_stand_in_and_what_they_are_asked_is_checked() -> None:
    outcome = order(
        f"effects: {{{PRICE}, {SENT}}}, state: {{orders: 2}}",
        "output_has: {sent: 7}, ran: [price, send, count], state: {orders: 3}, "
        "effects: [{at: price}, {at: send, with: {body: 5, method: POST}}]",
    )

    assert outcome.passed, outcome.text()


def test_an_effect_without_a_stub_fails_the_test_and_says_how_to_stub_it() -> None:
    """Also where the workflow would have gone on in spite of it."""
    outcome = run(
        ORDER.replace("retry: {max_attempts: 3,", "on_error: continue\n    retry: {max_attempts: 3,"),
        "workflow: order.yaml\ngiven: {input: {amount: 5}}",
    )

    text = "\n".join(outcome.text())
    assert "`price` (http.request) touches the world, and there is no stub for it." in text
    assert "`price: {output: …}`" in text


def test_a_list_of_stubs_is_one_for_each_attempt_and_waits_take_no_time() -> None:
    error = "{error: {type: timeout, message: too slow}}"
    outcome = order(
        f"time: 2026-03-01T09:00:00Z, effects: {{price: [{error}, {error}, {{outputs: {{body: {{price: 1}}}}}}]}}",
        'skipped: [send], that: ["nodes.price.body.price == 1"], output_has: {at: "2026-03-01T09:20:00Z"}',
    )

    assert outcome.passed, outcome.text()
    assert outcome.seconds < 10


def test_a_stubbed_failure_is_the_runs_failure() -> None:
    outcome = order(
        "effects: {http.request: {error: {type: http_status, message: 503 busy, details: {status: 503}}}}",
        "error: {type: http_status, node: price, message: busy}, effects: [{at: price}]",
    )

    assert outcome.passed, outcome.text()


def test_everything_that_is_otherwise_is_said_at_once() -> None:
    outcome = order(
        f"effects: {{{PRICE}, {SENT}}}",
        "status: completed, output: {sent: 8, at: x}, skipped: [send], that: [output.sent > 100, nope(], "
        "counters: {a: 1}, "
        "effects: [{at: send, with: {body: 6}}, {at: other}]",
    )

    lines = outcome.text()
    assert "`output` is not as expected." in lines
    assert "  output.sent: expected 8, got 7" in lines
    assert "`send` is completed, not skipped." in lines
    assert "`send` was asked something else." in lines
    assert "  with.body: expected 6, got 5" in lines
    assert "`other` was not made." in lines
    assert any(line.startswith("`price` (http.request) was made, and is not expected.") for line in lines)
    assert any(line.startswith("`output.sent > 100` is false") for line in lines)
    assert any(line.startswith("`nope(` has no value") for line in lines)
    assert "  counters.a: expected 1, got nothing" in lines or "  counters.a: expected 1.0, got nothing" in lines


def test_signals_answers_and_days_come_when_they_are_due() -> None:
    outcome = run(
        WAITS,
        "workflow: waits.yaml\n"
        "given:\n"
        "  time: 2026-03-01T09:00:00Z\n"
        "  signals: [{name: paid, payload: {sum: 3}, after: 5d}]\n"
        "  answers: {ok: {outcome: approved, after: 6d}}\n"
        'expect: {output: "shipped at 2026-03-07T09:00:00+00:00", ran: [pause, paid, ok, ship]}\n',
    )

    assert outcome.passed, outcome.text()


def test_a_run_that_nothing_wakes_says_where_it_waits() -> None:
    outcome = run(WAITS, "workflow: waits.yaml")

    assert "The run is suspended, not completed." in outcome.text()
    assert any("`paid`" in line and "give a signal" in line for line in outcome.text())


def test_a_stub_for_nothing_is_an_error() -> None:
    """A slip of the pen must not look like a stub."""
    outcome = order("effects: {prise: {output: 1}}")

    assert outcome.error is not None
    assert "the stub `prise`" in outcome.error


def test_a_stub_of_the_wrong_shape_fails_the_node_it_is_for() -> None:
    outcome = order("effects: {price: {output: 7}}")

    assert any("`price` gives 7" in line for line in outcome.text())


def test_an_input_that_does_not_fit_is_an_error_with_the_reason() -> None:
    outcome = run(ORDER, "workflow: order.yaml\ngiven: {input: {amont: 5}}")

    assert outcome.error is not None
    assert "amont" in outcome.error


@pytest.mark.parametrize("jobs", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_many_tests_run_here_or_in_several_processes_and_say_what_they_covered(tmp_path: Path, jobs: int) -> None:
    (tmp_path / "order.yaml").write_text(ORDER)
    (tmp_path / "order.test.yaml").write_text(
        "workflow: order.yaml\n"
        "given: {input: {amount: 1}}\n"
        "tests:\n"
        f"  - {{name: small, given: {{effects: {{{PRICE}}}}}, expect: {{skipped: [send]}}}}\n"
        f"  - {{name: wrong, given: {{effects: {{{PRICE}}}}}, expect: {{ran: [send]}}}}\n"
    )
    loaded, wrong = load_cases([tmp_path / "order.test.yaml"], REGISTRY)

    report = run_cases(loaded, jobs=jobs)

    assert wrong == []
    assert [(one.name, one.line, one.passed) for one in report.outcomes] == [("small", 4, True), ("wrong", 5, False)]
    (covered,) = report.coverage
    assert (covered.nodes, covered.branches) == (4, 2)
    assert (covered.missed_nodes, covered.missed_branches) == (("count", "send"), ("big.true",))
    assert report.share == 0.5
