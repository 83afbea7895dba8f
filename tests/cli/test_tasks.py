"""`treadle tasks` and `treadle approve`: the inbox, answers, and links."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cli.conftest import Treadle
from treadle.cli.publish import find_author

ASKS = """\
name: asks
inputs: {order: string}
nodes:
  - id: ask
    type: flow.approval
    config:
      title: "Ship {{ workflow.input.order }}?"
      value: "{{ workflow.input.order }}"
      who: [ada, bob]
      deadline: 48h
      form:
        type: object
        properties: {boxes: {type: integer, minimum: 1}, carrier: {type: string, default: post}}
        required: [boxes, carrier]
        additionalProperties: false
outputs: "{{ nodes.ask.output }}"
"""


def asking(treadle: Treadle, text: str = ASKS) -> dict[str, Any]:
    """The task of a run that waits for its answer."""
    assert treadle("run", treadle.write("asks.yaml", text), "-i", "order=o7").code == 3
    return treadle("tasks", "--json").json[-1]


def output(treadle: Treadle) -> dict[str, Any]:
    return treadle("retry", "last", "--json").json["output"]


def test_an_approval_fills_in_the_form_and_its_defaults(treadle: Treadle) -> None:
    task = asking(treadle)

    ran = treadle("approve", task["id"][:8], "--values", '{"boxes": 2}', "--by", "ada", "--note", "gladly")

    assert (ran.code, "Ship o7?" in ran.out) == (0, True)
    answered = output(treadle)
    assert (answered["approved"], answered["answer"]["by"], answered["answer"]["note"]) == ("o7", "ada", "gladly")
    assert answered["answer"]["values"] == {"boxes": 2, "carrier": "post"}


def test_who_works_on_the_machine_answers_under_their_name(treadle: Treadle) -> None:
    """Whomever the task is for."""
    task = asking(treadle)

    treadle("approve", task["id"], "--values", '{"boxes": 2}')

    assert output(treadle)["answer"]["by"] == (find_author() or "operator")


def test_a_rejection_needs_no_values(treadle: Treadle) -> None:
    task = asking(treadle)

    treadle("approve", task["id"], "--reject")

    answered = output(treadle)
    assert (answered["rejected"], answered["approved"], answered["answer"]["values"]) == ("o7", None, {})


def test_values_that_do_not_fit_are_all_told_at_once_and_nothing_is_answered(treadle: Treadle) -> None:
    task = asking(treadle)

    ran = treadle("approve", task["id"], "--values", '{"boxes": 0, "colour": "red", "carrier": 1}', "--json")

    assert (ran.code, len(ran.json["issues"])) == (2, 3)
    assert treadle("tasks", "--json").json[0]["status"] == "open"


def test_a_second_answer_is_refused(treadle: Treadle) -> None:
    task = asking(treadle)
    treadle("approve", task["id"], "--values", '{"boxes": 2}')

    ran = treadle("approve", task["id"], "--reject")

    assert (ran.code, "has been answered by" in ran.err, ": approved" in ran.err) == (2, True, True)
    assert output(treadle)["approved"] == "o7"


def test_a_link_answers_for_whom_it_was_made_and_once(treadle: Treadle) -> None:
    task = asking(treadle)
    links = {link["by"]: link["link"] for link in task["links"]}

    first = treadle("approve", f"https://example.org{links['bob']}", "--values", '{"boxes": 2}', "--json")
    second = treadle("approve", links["ada"], "--values", '{"boxes": 3}')

    assert (list(links), first.json["answer"]["by"]) == (["ada", "bob"], "bob")
    assert (second.code, "has been answered by bob" in second.err) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("nothing",), "There is no task `nothing`"),
        (("/t/abc.def",), "was not made by this installation"),
        (("{id}", "--by", "eve"), "not for eve"),
        (("{link}", "--by", "bob"), "made for ada"),
        (("{id}", "--values", "[1]"), "is no object"),
        (("{id}", "--values", "{boxes"), "is not JSON"),
        (("{id}",), "does not fit the form"),
    ],
)
def test_what_is_no_answer_is_refused_and_nothing_is_changed(
    treadle: Treadle, arguments: tuple[str, ...], told: str
) -> None:
    task = asking(treadle)
    given = [text.format(id=task["id"], link=task["links"][0]["link"]) if text[0] != "[" else text for text in arguments
             if text != "{boxes"]  # fmt: skip
    given += ["{boxes"] if "{boxes" in arguments else []

    ran = treadle("approve", *given)

    assert (ran.code, told in ran.err, "Traceback" in ran.err) == (2, True, False)
    assert [one["status"] for one in treadle("tasks", "--json").json] == ["open"]


def test_a_task_whose_deadline_is_over_cannot_be_answered(treadle: Treadle) -> None:
    task = asking(treadle, ASKS.replace("deadline: 48h", "deadline: 4s"))
    import time

    time.sleep(4.1)

    ran = treadle("approve", task["id"], "--values", '{"boxes": 2}')
    link = treadle("approve", task["links"][0]["link"], "--values", '{"boxes": 2}')

    assert (ran.code, "was over" in ran.err) == (2, True)
    assert (link.code, "The link expired" in link.err) == (2, True)
    assert treadle("tasks").out.strip() == "Nobody is asked for anything."
    assert treadle("tasks", "--all", "--json").json[0]["status"] == "expired"


def test_the_task_of_a_cancelled_run_cannot_be_answered(treadle: Treadle) -> None:
    task = asking(treadle)
    treadle("cancel", "last")

    ran = treadle("approve", task["id"], "--values", '{"boxes": 2}')

    assert (ran.code, "is cancelled" in ran.err) == (2, True)


def test_tasks_are_listed_by_person(treadle: Treadle) -> None:
    asking(treadle)
    asking(treadle, ASKS.replace("who: [ada, bob]", "who: cy"))

    lists = [treadle("tasks", "--mine", name, "--json").json for name in ("ada", "cy", "eve")]

    assert [[task["people"] for task in found] for found in lists] == [[["ada", "bob"]], [["cy"]], []]


def test_the_list_shows_each_task_and_its_link(treadle: Treadle) -> None:
    task = asking(treadle)

    ran = treadle("tasks")

    assert task["id"][:10] in ran.out
    assert "Ship o7?" in ran.out
    assert f"for ada: {task['links'][0]['link']}" in ran.out


def test_status_says_that_a_task_has_been_answered(treadle: Treadle) -> None:
    task = asking(treadle)
    treadle("approve", task["id"][:8], "--values", '{"boxes": 2}')

    shown, told = treadle("status"), treadle("status", "--json").json

    assert "`ask` has been answered, and is due." in shown.err
    assert "waits for a person" not in shown.err
    assert [wait["kind"] for wait in told["waits"]] == ["answered"]


def test_status_says_which_person_is_waited_for(treadle: Treadle) -> None:
    task = asking(treadle)

    assert f"treadle approve {task['id'][:10]}" in treadle("status").err


def test_tasks_shows_the_message_and_what_the_form_asks_for(treadle: Treadle) -> None:
    task = asking(treadle, ASKS.replace("      who:", "      message: Two [b]boxes[/] fit.\n      who:"))

    shown = " ".join(treadle("tasks").out.split())

    assert "Two [b]boxes[/] fit." in shown
    assert "asks for boxes: integer, at least 1" in shown
    assert 'asks for carrier: text, default "post"' in shown
    assert f"treadle approve {task['id'][:10]} --values '{{" in shown


def test_an_approval_without_values_says_what_the_form_asks_for_with_values_that_fit(treadle: Treadle) -> None:
    link = asking(treadle)["links"][0]["link"]

    refused = treadle("approve", link)
    remedy = treadle("approve", link, "--json").json["error"]["remedy"]

    assert (refused.code, "`boxes`: integer, at least 1" in remedy) == (2, True)
    assert "integer, at least 1" in " ".join(refused.err.split())
    example = remedy[remedy.index("{") : remedy.rindex("}") + 1]
    assert treadle("approve", link, "--values", example).code == 0
