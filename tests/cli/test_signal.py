"""`treadle signal`, and what `treadle status` says of who waits."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Treadle
from tests.cli.process import Process

PAID = """\
name: paid
inputs: {order: string}
nodes:
  - {id: paid, type: flow.signal, config: {name: [paid, free], key: "{{ workflow.input.order }}", timeout: 48h}}
  - {id: seen, type: data.variable, config: {action: set, name: seen, value: "{{ workflow.input.order }}"}}
outputs: "{{ nodes.paid.output.payload }}"
"""


def waiting(treadle: Treadle, order: str = "o7") -> str:
    """The id of a run that waits for `paid` about an order."""
    ran = treadle("run", treadle.write("paid.yaml", PAID), "-i", f"order={order}", "--json")
    assert ran.code == 3
    return ran.json["run_id"]


def test_a_signal_to_a_run_lets_it_go_on(treadle: Treadle) -> None:
    run_id = waiting(treadle)

    ran = treadle("signal", "last", "paid", '{"amount": 3}')

    assert (ran.code, run_id in ran.out) == (0, True)
    assert treadle("retry", "last", "--json").json["output"] == {"amount": 3}


def test_a_signal_by_key_finds_its_run(treadle: Treadle) -> None:
    waiting(treadle, "o6")
    run_id = waiting(treadle, "o7")
    waiting(treadle, "o8")

    ran = treadle("signal", "--key", "o7", "free", "--json")

    assert (ran.json["woken"], ran.json["run_id"], ran.json["key"]) == (run_id, None, "o7")


def test_a_signal_that_nobody_waits_for_is_kept(treadle: Treadle) -> None:
    waiting(treadle, "o6")

    ran = treadle("signal", "--key", "o9", "paid", "yes")

    assert "nothing waits for it yet" in ran.out
    done = treadle("run", "paid.yaml", "-i", "order=o9", "--json")
    assert (done.code, done.json["output"]) == (0, "yes")


def test_a_signal_sent_twice_under_one_id_comes_once(treadle: Treadle) -> None:
    first, second = waiting(treadle), waiting(treadle)

    woken = [treadle("signal", "--key", "o7", "paid", "1", "--id", "payment-1", "--json").json["woken"] for _ in "ab"]

    assert (woken, first < second) == ([first, None], True)


REPLY = """\
name: reply
steps:
  - {id: reply, type: flow.signal, name: replied, timeout: 50}
  - {id: which, type: conditional, condition: steps.reply.timed_out, then: late, else: thank}
  - {id: late, type: data.template, template: "late since {{ steps.reply.timed_out }}"}
  - {id: thank, type: data.template, template: "thanks for {{ steps.reply.payload }}"}
"""


def test_a_step_waits_as_long_as_its_timeout_says_and_its_list_can_branch_on_that(treadle: Treadle) -> None:
    treadle.write("reply.yaml", REPLY)
    treadle.write("patient.yaml", REPLY.replace("timeout: 50}", "timeout: 48h}"))

    late = treadle("run", "reply.yaml", "--wait", "--json").json
    treadle("run", "patient.yaml")
    treadle("signal", "last", "replied", "'soon'")
    thanked = treadle("retry", "last", "--json").json

    assert (late["status"], late["nodes"]["thank"]["status"]) == ("completed", "skipped")
    assert late["output"].startswith("late since 20")
    assert (thanked["output"], thanked["nodes"]["late"]["status"]) == ("thanks for 'soon'", "skipped")


def test_signals_that_nobody_has_taken_are_listed_and_one_can_be_dropped(treadle: Treadle) -> None:
    waiting(treadle)
    for key in ("o7", "o8", "o9"):
        treadle("signal", "--key", key, "paid", f'{{"for": "{key}"}}', "--id", f"late-{key}")

    listed = treadle("signal", "--list")
    one = treadle("signal", "--list", "--key", "o9", "--json").json
    dropped, again = treadle("signal", "--drop", "late-o9"), treadle("signal", "--drop", "late-o9")

    assert ("late-o7" in listed.out, "late-o8" in listed.out, "late-o9" in listed.out) == (False, True, True)
    assert [(signal["id"], signal["payload"]) for signal in one] == [("late-o9", {"for": "o9"})]
    assert (dropped.code, again.code) == (0, 2)
    assert treadle("run", "paid.yaml", "-i", "order=o9").code == 3


def test_a_signal_that_a_run_has_taken_cannot_be_dropped(treadle: Treadle) -> None:
    waiting(treadle)
    treadle("signal", "--key", "o7", "paid", "7", "--id", "payment-1")

    refused = treadle("signal", "--drop", "payment-1")

    assert refused.code == 2
    assert treadle("retry", "last", "--json").json["output"] == 7


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("last", "paid"), "is completed"),
        (("r0nothing", "paid"), "There is no run `r0nothing`"),
        (("paid",), "A run or a key"),
        (("--key", "a", "paid", "1", "2"), "A run or a key"),
        (("--key", "a", "paid", '{"amount"'), "is not JSON"),
        (("--key", "a", " "), "has no name"),
        (("--key", "a", "paid", "@nofile.json"), "Write the JSON into `nofile.json`"),
        (("--list", "paid"), "too much at once"),
        (("--drop", "a", "--key", "a"), "too much at once"),
        (("--drop", "nothing"), "No signal `nothing` is kept"),
        (("--key", "k" * 501, "paid"), "501"),
    ],
)
def test_what_cannot_be_sent_is_refused_and_nothing_is_kept(
    treadle: Treadle, arguments: tuple[str, ...], told: str
) -> None:
    waiting(treadle)
    treadle("signal", "last", "paid", "1")
    treadle("retry", "last")

    ran = treadle("signal", *arguments)

    assert (ran.code, told in ran.err, "Traceback" in ran.err) == (2, True, False)
    assert treadle("run", "paid.yaml", "-i", "order=a").code == 3


def test_status_says_what_a_run_waits_for_and_how_it_sees_the_state(treadle: Treadle) -> None:
    run_id = waiting(treadle)

    shown, ran = treadle("status", "--json").json, treadle("status")

    (wait,) = shown["waits"]
    assert (wait["node"], wait["kind"], wait["names"], wait["key"]) == ("paid", "signal", ["free", "paid"], "o7")
    assert shown["state"] == {"seen": "o7"}
    assert f"treadle signal {run_id} free" in ran.err


def test_a_finished_run_waits_for_nothing(treadle: Treadle) -> None:
    waiting(treadle)
    treadle("signal", "last", "paid")
    treadle("retry", "last")

    shown = treadle("status", "--json").json

    assert (shown["status"], "waits" in shown, "state" in shown) == ("completed", False, False)


@pytest.mark.slow
def test_treadle_up_goes_on_when_another_process_signals(treadle: Treadle) -> None:
    run_id = waiting(treadle)
    with Process(treadle.folder, "up", "--json") as up:
        up.wait_until(lambda: list(up.events("Ready")))

        treadle("signal", run_id, "paid", "3")
        up.wait_until(lambda: list(up.events("RunFinished")))

        (finished,) = up.events("RunFinished")
    assert (finished["run_id"], finished["status"], finished["output"]) == (run_id, "completed", 3)
    sent = treadle("status", run_id, "--json").json["nodes"]["paid"]["outputs"]
    assert sent == {"payload": 3, "name": "paid"}
