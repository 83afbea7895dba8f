"""Node types and the installation as the API shows them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, StringConstraints

from treadle.node.definition import NodeDefinition
from treadle.server.models.workflows import Body
from treadle.service.node_tests import NodeTried

Kind = Literal["pure", "effect", "trigger", "container", "note"]


class NodePort(BaseModel):
    name: str
    type: str = Field(description="For people: `number`, `list of texts`.")
    required: bool = False
    collects: bool = Field(default=False, description="Takes any number of connections and arrives as a list.")
    description: str = ""


class NodeTypeSummary(BaseModel):
    type: str
    title: str
    category: str
    kind: Kind
    description: str = Field(description="Its first line.")
    available: bool = Field(description="Everything it needs is installed.")


class NodeTypeList(BaseModel):
    items: list[NodeTypeSummary]


class NodeTypeDetail(NodeTypeSummary):
    """A node type in full: what a form, a canvas and a reader need."""

    description: str = Field(description="All of it, Markdown.")
    inputs: list[NodePort]
    outputs: list[NodePort]
    ports_depend_on_config: bool
    bodies: list[str] = Field(description="Of a container: `body`, `catch`, `finally`.")
    config_schema: dict[str, Any] = Field(description="JSON Schema of its config.")
    in_doubt: Literal["ask", "repeat", "reconcile"] = Field(description="What becomes of it when a crash cut it off.")
    timeout: float | None = None
    extra: str | None = Field(default=None, description="What to install for it: `treadle[<extra>]`.")
    missing: list[str] = Field(description="Python modules it needs that are not installed.")
    example: dict[str, Any] | None = None


class NodeTestBody(Body):
    """`config` as a workflow file has it, `inputs` a value for each input port."""

    config: dict[str, Any] = Field(default_factory=dict[str, Any])
    inputs: dict[str, Any] = Field(default_factory=dict[str, Any])
    mode: Literal["live", "paper", "test"] = "test"
    profiles: list[Annotated[str, StringConstraints(min_length=1, max_length=100)]] = Field(default=[], max_length=20)


class NodeFailure(BaseModel):
    type: str
    message: str
    attempt: int | None = None
    details: dict[str, Any] = {}


class NodeTestResult(BaseModel):
    status: Literal["running", "waiting", "completed", "failed", "skipped", "cancelled", "in_doubt"]
    outputs: dict[str, Any] = Field(description="The value of each live output port.")
    error: NodeFailure | None = None
    duration_ms: float | None = None


class InfoLimits(BaseModel):
    max_body: int = Field(description="Bytes of a request's body.")
    max_definition: int = Field(description="Bytes of a workflow's definition.")
    json_depth: int = Field(description="Lists and objects in each other.")
    page: int = Field(description="Items of a page, at most.")
    idempotency_hours: int = Field(description="How long an `Idempotency-Key` is remembered.")
    max_concurrency: int = Field(description="Runs driven at the same time by one process.")


class Info(BaseModel):
    name: Literal["treadle"] = "treadle"
    version: str
    api: Literal["v1"] = "v1"
    time: datetime = Field(description="The server's.")
    packs: list[str] = Field(description="Categories of node types that are installed.")
    features: dict[str, bool] = Field(description="What the operator allows.")
    limits: InfoLimits


def show_brief(definition: NodeDefinition) -> NodeTypeSummary:
    return NodeTypeSummary.model_validate(_brief(definition))


def show_full(definition: NodeDefinition) -> NodeTypeDetail:
    type_ = definition.type
    return NodeTypeDetail.model_validate(
        {
            **_brief(definition),
            "description": type_.description,
            "inputs": [
                NodePort(
                    name=one.name,
                    type=one.type.name,
                    required=one.required,
                    collects=one.collects,
                    description=one.description,
                )
                for one in type_.inputs
            ],
            "outputs": [
                NodePort(name=one.name, type=one.type.name, description=one.description) for one in type_.outputs
            ],
            "ports_depend_on_config": type_.inputs_for is not None or type_.outputs_for is not None,
            "bodies": list(type_.bodies),
            "config_schema": dict(type_.config_schema),
            "in_doubt": type_.in_doubt,
            "timeout": type_.timeout,
            "extra": type_.extra,
            "missing": list(definition.missing),
            "example": dict(type_.example) if type_.example else None,
        }
    )


def show_tried(tried: NodeTried) -> NodeTestResult:
    error = tried.error
    return NodeTestResult.model_validate(
        {
            "status": tried.status,
            "outputs": dict(tried.outputs),
            "error": None if error is None else NodeFailure.model_validate(error.to_dict()),
            "duration_ms": tried.duration_ms,
        }
    )


def _brief(definition: NodeDefinition) -> dict[str, Any]:
    type_ = definition.type
    return {
        "type": type_.name,
        "title": type_.title,
        "category": type_.category,
        "kind": type_.kind,
        "description": type_.description.split("\n")[0],
        "available": not definition.missing,
    }
