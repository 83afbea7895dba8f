"""A test of a workflow, as data: what it is given, what stands in for the world, what is expected."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, JsonValue, model_validator

from treadle.model.duration import Duration
from treadle.model.policy import Frozen, Mode

CaseStatus = Literal["completed", "failed", "suspended", "cancelled"]
Seen = Literal["completed", "failed", "skipped", "cancelled", "waiting", "in_doubt"]


def _aware(at: datetime) -> datetime:
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


Time = Annotated[datetime, AfterValidator(_aware)]
"""A time; without a zone it is UTC."""


class StubError(Frozen):
    """The failure with which an effect ends. `type` is what `retry_on` and the `error` port see."""

    type: str = "stubbed"
    message: str = "The stub says that it failed."
    details: Mapping[str, JsonValue] = {}
    retryable: bool | None = None


class StubStop(Frozen):
    """The effect ends the run, as `flow.stop` does."""

    status: Literal["completed", "failed"] = "completed"
    message: str = ""
    output: JsonValue = None


class StateStep(Frozen):
    """A change of state that an effect makes: a key `value`, or `by` how much it grows."""

    key: str
    value: JsonValue = None
    by: float | None = None
    scope: Literal["run", "deployment", "workflow"] = "deployment"


class Stub(Frozen):
    """What an effect comes to: its `output`, its `outputs` by port, an `error`, or the end of the run."""

    output: JsonValue = Field(default=None, description="The whole output; of several ports, an object of those live.")
    outputs: Mapping[str, JsonValue] | None = Field(default=None, description="The live ports.")
    error: StubError | None = Field(default=None, description="It fails: `{type, message, details, retryable}`.")
    stop: StubStop | None = Field(default=None, description="It ends the run: `{status, message, output}`.")
    state: tuple[StateStep, ...] = Field(default=(), description="Changes of state it makes: `{key, value}`.")
    counts: Mapping[str, float] = Field(default={}, description="What it counts, by name.")

    @model_validator(mode="after")
    def _one_outcome(self) -> Stub:
        given = self.model_fields_set & {"output", "outputs", "error", "stop"}
        if len(given) > 1:
            raise ValueError(f"{' and '.join(f'`{name}`' for name in sorted(given))} stand side by side, keep one")
        return self


class SignalGiven(Frozen):
    """A signal sent to the run, `after` so long."""

    name: str
    payload: JsonValue = None
    key: str = ""
    after: Duration = 0.0


class AnswerGiven(Frozen):
    """What a person answers to a task, `after` so long from the start of the run."""

    outcome: Literal["approved", "rejected"] = "approved"
    values: Mapping[str, JsonValue] = {}
    by: str | None = None
    note: str | None = None
    after: Duration = 0.0


class Draw(Frozen):
    """What a node drew when it was recorded: when it started, and which connections were live first."""

    at: Time
    live: tuple[tuple[str | int, str], ...] | None = None


class Given(Frozen):
    """What a run is started with, and what stands in for the world."""

    input: Mapping[str, JsonValue] = Field(default={}, description="The run's input.")
    trigger: str | None = Field(default=None, description="The trigger node that fires.")
    fired: JsonValue = Field(default=None, description="What the trigger brings, an event for example.")
    time: Time | None = Field(default=None, description="When the run starts; default: a Monday morning in 2026.")
    due: Time | None = Field(default=None, description="The fire time, where it is another.")
    run: str | None = Field(default=None, description="The run's id, from which drawn ids follow.")
    mode: Mode = Field(default="live", description="`live`, `paper` or `test`; in `test`, pins hold.")
    params: Mapping[str, JsonValue] = Field(default={}, description="Parameters of the deployment.")
    state: Mapping[str, JsonValue] = Field(default={}, description="State that earlier runs have left.")
    secrets: Mapping[str, str] = Field(default={}, description="Secrets; those not given are placeholders.")
    env: Mapping[str, str] = Field(default={}, description="What expressions read as `env`.")
    effects: Mapping[str, tuple[Stub, ...]] = Field(
        default={},
        description="Stubs by the effect's path (`each[2]/send`, or `each/send` for every iteration) or its type. "
        "A list is one for each call; the last one stays.",
    )
    signals: tuple[SignalGiven, ...] = Field(default=(), description="Signals sent: `{name, payload, key, after}`.")
    answers: Mapping[str, AnswerGiven] = Field(
        default={}, description="Answers to approvals, by path: `{outcome, values, by, note, after}`."
    )
    draws: Mapping[str, Draw] = Field(default={}, description="Written by `treadle test record`: what nodes drew.")


class ExpectedError(Frozen):
    """The run's error. What is not said is not looked at; `message` is a part of the message."""

    type: str | None = None
    node: str | None = None
    message: str | None = None


class ExpectedEffect(Frozen):
    """An effect made, `at` a path. `with` holds some or all of its inputs and config."""

    at: str
    with_: Mapping[str, JsonValue] = Field(default={}, alias="with")


class Expect(Frozen):
    """What is to come out. What is not said is not looked at, except that the run completes."""

    status: CaseStatus | None = Field(default=None, description="What becomes of the run; `completed` unless `error`.")
    output: JsonValue = Field(default=None, description="The output, exactly.")
    output_has: JsonValue = Field(default=None, description="A part of the output: objects may hold more keys.")
    that: tuple[str, ...] = Field(
        default=(), description="Expressions that are true; they see `output`, `status`, `error`, `nodes`, `counters`."
    )
    error: ExpectedError | None = Field(default=None, description="The error: `{type, node, message}`.")
    ran: tuple[str, ...] = Field(default=(), description="Nodes that completed, by path.")
    skipped: tuple[str, ...] = Field(default=(), description="Nodes that were skipped, by path.")
    nodes: Mapping[str, Seen] = Field(default={}, description="The status of nodes, by path.")
    effects: tuple[ExpectedEffect, ...] | None = Field(
        default=None, description="Every stubbed effect that is made, and no other, in any order: `{at, with}`."
    )
    counters: Mapping[str, float] | None = Field(default=None, description="What the run counts, exactly.")
    state: Mapping[str, JsonValue] = Field(default={}, description="State the run leaves, by key.")

    @property
    def has_output(self) -> bool:
        return "output" in self.model_fields_set

    @property
    def has_part(self) -> bool:
        return "output_has" in self.model_fields_set


class Case(Frozen):
    """One test."""

    name: str
    given: Given = Given()
    expect: Expect = Expect()


class WorkflowRef(Frozen):
    """The workflow under test: a file (from the test file's folder), one of several in it by name, or a version in the
    store."""

    file: str | None = None
    name: str | None = None
    version: str | None = None

    @model_validator(mode="after")
    def _findable(self) -> WorkflowRef:
        if self.file is None and (self.name is None or self.version is None):
            raise ValueError("it needs `file`, or `name` and `version` of a version in the store")
        return self


class CaseFile(Frozen):
    """A file of tests, read. `lines` are where each test begins; `path` is the file."""

    path: str
    workflow: WorkflowRef
    cases: tuple[Case, ...]
    lines: tuple[int, ...]
