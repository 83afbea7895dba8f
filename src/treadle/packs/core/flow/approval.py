"""Ask a person before the run goes on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from treadle.model.duration import Duration, parse_duration
from treadle.model.task import Task
from treadle.node import DEAD, Branch, Context, Needed, NodeError, Value, Widget, effect

_LONGEST = 36600 * 86400.0

TITLE = "What is to be decided, in a line"
MESSAGE = "What the person should know"
WHO = "Who may decide: a name, or a list of names; anybody if empty"
FORM = "What is asked beside yes or no: the JSON Schema of an object. What an approval fills in must fit it"
DEADLINE = "Time to answer, counted from when the node starts; no limit if empty"
ESCALATE = "Who may decide too when nobody has after a while: `{after: 24h, to: [ada]}`"

Name = Annotated[str, Field(min_length=1, max_length=200)]
Names = Annotated[list[Name], Field(min_length=1, max_length=100)]


class Escalation(BaseModel):
    """When a task is for more people."""

    model_config = ConfigDict(extra="forbid")

    after: Annotated[Duration, Field(gt=0, le=_LONGEST, description="Counted from when the node starts")]
    to: Annotated[Name | Names, Field(description="A name, or a list of names")]


class Decided(NamedTuple):
    answer: Annotated[
        dict[str, JsonValue],
        Field(description="`outcome` (approved, rejected, timed_out), `values` of the form, `by`, `note`, `at`"),
    ]
    approved: Annotated[Branch[Value], Field(description="The value that came in")] = DEAD
    rejected: Annotated[Branch[Value], Field(description="The value that came in")] = DEAD
    timed_out: Annotated[Branch[Value], Field(description="The value that came in")] = DEAD


def _check(config: Mapping[str, Any]) -> list[str]:
    problems: list[str] = []
    form = config.get("form")
    if form is not None and "{{" not in repr(form):
        problem = _form_problem(form)
        if problem is not None:
            problems.append(f"`form` {problem}")
    escalate, deadline = config.get("escalate"), config.get("deadline")
    if escalate is not None and "{{" not in repr(escalate):
        if not config.get("who"):
            problems.append("`escalate` means something only with `who`: without it anybody may decide.")
        if deadline is not None and "{{" not in str(deadline):
            after = parse_duration(escalate["after"])
            if after >= parse_duration(deadline):
                problems.append("`escalate` comes after `deadline`, when nobody can decide any more. Make it shorter.")
    return problems


@effect(
    "flow.approval",
    in_doubt="repeat",
    title="Approval",
    check=_check,
    requires=("jsonschema",),
    example={
        "config": {
            "title": "Pay order 7?",
            "who": "ada",
            "form": {"type": "object", "properties": {"amount": {"type": "number"}}, "required": ["amount"]},
            "deadline": "48h",
        },
        "inputs": {"value": {"order": 7}},
        "outputs": {
            "answer": {
                "outcome": "approved",
                "values": {"amount": 20},
                "by": "ada",
                "note": None,
                "at": "2026-01-05T09:30:00+00:00",
            },
            "approved": {"order": 7},
        },
    },
)
async def approval(
    ctx: Context,
    value: Annotated[Value, Needed(), Field(description="What is decided on; carried on")] = None,
    *,
    title: Annotated[str, Field(max_length=500, description=TITLE)] = "",
    message: Annotated[str, Widget("long_text"), Field(max_length=20_000, description=MESSAGE)] = "",
    who: Annotated[Name | Names | None, Field(description=WHO)] = None,
    form: Annotated[dict[str, JsonValue] | None, Field(description=FORM)] = None,
    deadline: Annotated[Duration | None, Field(gt=0, le=_LONGEST, description=DEADLINE)] = None,
    escalate: Annotated[Escalation | None, Field(description=ESCALATE)] = None,
) -> Decided:
    """Put a task into the inbox, and wait until a person approves or rejects it.

    The inbox is `treadle tasks`; answer with `treadle approve TASK`, `--reject`, or by the task's signed link. The run
    is suspended meanwhile, for as long as it takes.

    The value goes on from `approved`, `rejected` or, when nobody has answered by the deadline, `timed_out`. The port
    `answer` is live in all three cases: `answer.values` holds what was filled into the form, `answer.by` who it was.
    An approval must fit the form, in which defaults of the schema stand for what is left out; a rejection may leave
    the form empty. A task is answered once.
    """
    problem = None if form is None else _form_problem(form)
    if problem is not None:
        raise NodeError(
            f"`form` {problem}", code="invalid_schema", remedy="Correct the schema of the form.", retryable=False
        )
    started = ctx.started_at
    task = await ctx.tasks.ask(
        title=title or f"Approve `{ctx.node_id}` of {ctx.workflow}?",
        message=message,
        value=value,
        form=form,
        assignees=_names(who),
        escalate_at=None if escalate is None else started + timedelta(seconds=escalate.after),
        escalate_to=() if escalate is None else _names(escalate.to),
        deadline_at=None if deadline is None else started + timedelta(seconds=deadline),
    )
    answer = _answer(task)
    match answer["outcome"]:
        case "approved":
            return Decided(answer, approved=value)
        case "rejected":
            return Decided(answer, rejected=value)
        case _:
            return Decided(answer, timed_out=value)


def _names(who: str | list[str] | None) -> list[str]:
    return [who] if isinstance(who, str) else list(dict.fromkeys(who or ()))


def _answer(task: Task) -> dict[str, JsonValue]:
    answer = task.answer
    if answer is None:
        at = task.deadline_at
        return {
            "outcome": "timed_out",
            "values": {},
            "by": None,
            "note": None,
            "at": None if at is None else at.isoformat(),
        }
    return {
        "outcome": answer.outcome,
        "values": dict(answer.values),
        "by": answer.by,
        "note": answer.note,
        "at": None if answer.at is None else answer.at.isoformat(),
    }


def _form_problem(form: Any) -> str | None:
    """What is wrong with a form, or None."""
    from treadle.packs.data.schema import schema_problem

    if not isinstance(form, dict):
        return "is not a JSON Schema of an object."
    problem = schema_problem(form)  # type: ignore[arg-type]
    if problem is not None:
        return f"is not a JSON Schema: {problem}"
    if form.get("type", "object") != "object":  # type: ignore[union-attr]
        return "describes no object. Set `type: object`, and each question under `properties`."
    return None
