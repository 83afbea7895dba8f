"""The page of test files, from the model that reads them."""

from __future__ import annotations

from pydantic import BaseModel

from docs.generator.markdown import GENERATED, code, prose, table
from treadle.testing.cases.model import (
    AnswerGiven,
    Expect,
    ExpectedEffect,
    ExpectedError,
    Given,
    SignalGiven,
    StateStep,
    Stub,
    StubError,
    StubStop,
    WorkflowRef,
)

_TOP = {
    "workflow": "The workflow under test: its file, from the folder of the test file; `{file, name}` for one of a "
    "file with several; `{name, version}` for a version in the store.",
    "name": "The test's name, where the file holds one test.",
    "given": "What the run is given. Beside `tests`, it is given to each of them, and what a test says itself counts.",
    "expect": "What is to come out.",
    "tests": "A list of `{name, given, expect}`, where the file holds several.",
    "recorded": "Which run the test was made of. For people.",
}
_INNER: tuple[tuple[str, type[BaseModel], str], ...] = (
    ("Stub", Stub, "Under `given.effects`, by the effect's path or its type."),
    ("Error of a stub", StubError, "Under `error:` of a stub. `retry_on` and the `error` port see it as any other."),
    ("Stop of a stub", StubStop, "Under `stop:` of a stub."),
    ("Change of state", StateStep, "Under `state:` of a stub. In expressions, `state.<key>` of the deployment."),
    ("Signal", SignalGiven, "Under `given.signals`."),
    ("Answer", AnswerGiven, "Under `given.answers`, by the path of the approval."),
    ("Expected error", ExpectedError, "Under `expect.error`."),
    ("Expected effect", ExpectedEffect, "Under `expect.effects`."),
    ("Workflow", WorkflowRef, "Under `workflow:`, in its long form."),
)
_TOLD = {
    "type": "The error's type.",
    "message": "What it says.",
    "details": "What more it carries, such as `status`.",
    "retryable": "Whether `retry` may try again, where `retry_on` does not say so.",
    "status": "What becomes of the run.",
    "output": "The run's output.",
    "key": "The key.",
    "value": "What it becomes.",
    "by": "How much it grows.",
    "scope": "Whose state: the run's, the deployment's, the workflow's.",
    "name": "Its name.",
    "payload": "What it carries.",
    "after": "How long after the run's start.",
    "outcome": "`approved` or `rejected`.",
    "values": "What was filled into the form.",
    "note": "A remark.",
    "node": "The path of the node it came from.",
    "at": "The effect's path, with or without iterations.",
    "with": "Inputs and config it is asked with: some or all of them.",
    "file": "The file.",
    "version": "The version.",
}
_TOLD_OF = {"AnswerGiven.by": "Who gave it."}
_ABOUT = """A test file ends in `.test.yaml` and says what a run is given, what stands in for the world, and what is to
come out. `treadle test` runs it, and so does pytest. [How to test a workflow](../how-to/test-a-workflow.md) shows one.

A run in a test is a run of the real engine: retries, waits, signals and state do what they do elsewhere, and days pass
at once. What touches the world needs a stub; an effect that is reached without one fails the test. Waits, signals,
approvals, rate limits, events, variables, `data.dedupe`, and Python and JavaScript in their sandbox, need none.

A path may name one iteration (`each[2]/send`) or all of them (`each/send`). What JSON has no word for is written as the
store writes it, `{$td: datetime, v: "2026-03-01T09:00:00+00:00"}`; a plain text stands for it too where it is
expected."""


def page() -> str:
    rows = [(code(name), text) for name, text in _TOP.items()]
    parts = ["# Test files", GENERATED, prose(_ABOUT), "## Keys of the file"]
    parts += [table(["Key", "What it is"], rows), "## given", _table(Given), "## expect", _table(Expect)]
    for title, model, where in _INNER:
        parts += [f"## {title}", where, _table(model)]
    return "\n\n".join(parts) + "\n"


def _table(model: type[BaseModel]) -> str:
    return table(["Key", "What it is"], [(code(key), text) for key, text in _fields(model)])


def _fields(model: type[BaseModel]) -> list[tuple[str, str]]:
    return [
        (key := field.alias or name, field.description or _TOLD_OF.get(f"{model.__name__}.{key}") or _TOLD.get(key, ""))
        for name, field in model.model_fields.items()
    ]


def undocumented() -> list[str]:
    """Keys about which the page has nothing to say."""
    models = (Given, Expect, *(model for _, model, _ in _INNER))
    return [f"{model.__name__}.{key}" for model in models for key, text in _fields(model) if not text]
