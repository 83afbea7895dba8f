"""Node types and the installation as the API shows them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any, Literal
from weakref import WeakKeyDictionary

from pydantic import BaseModel, Field, StringConstraints
from pydantic.json_schema import SkipJsonSchema

from treadle.model.node_type import FieldKind
from treadle.model.port import InputPort, OutputPort, PortType
from treadle.node.definition import NodeDefinition
from treadle.server.models.workflows import Body
from treadle.service.node_tests import NodeTried

Kind = Literal["pure", "effect", "trigger", "container", "note"]


_texts: WeakKeyDictionary[NodeDefinition, bytes] = WeakKeyDictionary()
"""Types in full, as JSON: written once."""


def _is_none(value: object) -> bool:
    return value is None


def _without_default(schema: dict[str, Any]) -> None:
    """Left out where there is none, and never null."""
    schema.pop("default", None)


class PortShape(BaseModel):
    """What flows through a port, for who decides what fits: see `treadle.model.port.PortType`."""

    kind: str = Field(description="`any`, `number`, `text`, `list` …, or the name of a domain type such as `candles`.")
    item: PortShape | SkipJsonSchema[None] = Field(
        default=None,
        exclude_if=_is_none,
        json_schema_extra=_without_default,
        description="Of a list or series: what its items are.",
    )
    nullable: bool = Field(default=False, description="Null may come too.")
    base: str | SkipJsonSchema[None] = Field(
        default=None,
        exclude_if=_is_none,
        json_schema_extra=_without_default,
        description="Of a domain type: what it is made of.",
    )


class NodePort(BaseModel):
    name: str
    type: str = Field(description="For people: `number`, `list of texts`.")
    shape: PortShape
    required: bool = False
    needed: bool = Field(default=False, description="An input that may be left open, but not once it is connected.")
    collects: bool = Field(default=False, description="Takes any number of connections and arrives as a list.")
    branch: bool = Field(default=False, description="An output that is live only when the node chose it.")
    description: str = ""


class NodePorts(BaseModel):
    """The ports of a node, with its config."""

    inputs: list[NodePort]
    outputs: list[NodePort]


class NodePortsBody(Body):
    """`config` as a workflow file has it, unfinished as it may be."""

    config: dict[str, Any] = Field(default_factory=dict[str, Any])


class NodeField(BaseModel):
    """How a field of the config is read."""

    name: str
    kind: FieldKind = Field(
        description="`value`: may hold `{{ }}`. `expression`: is one. `template`: text with `{{ }}` that the node "
        "renders. `secret`: may name `secrets.x`. `literal`: never a template."
    )
    names: list[str] = Field(description="What an expression in it may name beside the usual: `item`, `index`.")


class NodeTypeSummary(BaseModel):
    type: str
    title: str
    category: str
    kind: Kind
    description: str = Field(description="Its first line.")
    available: bool = Field(description="Everything it needs is installed.")


class NodeTypeDetail(NodeTypeSummary):
    """A node type in full: what a form, a canvas and a reader need."""

    description: str = Field(description="All of it, Markdown.")
    inputs: list[NodePort]
    outputs: list[NodePort]
    ports_depend_on_config: bool
    bodies: list[str] = Field(description="Of a container: `body`, `catch`, `finally`.")
    body_names: list[str] = Field(description="What expressions in its bodies may name: `loop`, `error`.")
    config_schema: dict[str, Any] = Field(description="JSON Schema of its config.")
    fields: list[NodeField] = Field(description="How each field of its config is read.")
    in_doubt: Literal["ask", "repeat", "reconcile"] = Field(description="What becomes of it when a crash cut it off.")
    timeout: float | None = None
    extra: str | None = Field(default=None, description="What to install for it: `treadle[<extra>]`.")
    missing: list[str] = Field(description="Python modules it needs that are not installed.")
    example: dict[str, Any] | None = None


class NodeTypeList(BaseModel):
    """Node types by name."""

    items: list[NodeTypeSummary] | list[NodeTypeDetail] = Field(description="In full with `detail=true`.")


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
            "inputs": [_input(one) for one in type_.inputs],
            "outputs": [_output(one) for one in type_.outputs],
            "ports_depend_on_config": type_.inputs_for is not None or type_.outputs_for is not None,
            "bodies": list(type_.bodies),
            "body_names": sorted(type_.body_roots),
            "config_schema": dict(type_.config_schema),
            "fields": [NodeField(name=one.name, kind=one.kind, names=sorted(one.extra_roots)) for one in type_.config],
            "in_doubt": type_.in_doubt,
            "timeout": type_.timeout,
            "extra": type_.extra,
            "missing": list(definition.missing),
            "example": dict(type_.example) if type_.example else None,
        }
    )


def write_details(definitions: Iterable[NodeDefinition]) -> bytes:
    """`NodeTypeList` in full, as JSON."""
    return b'{"items":[' + b",".join(_text(one) for one in definitions) + b"]}"


def show_ports(inputs: Iterable[InputPort], outputs: Iterable[OutputPort]) -> NodePorts:
    return NodePorts(inputs=[_input(one) for one in inputs], outputs=[_output(one) for one in outputs])


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


def _text(definition: NodeDefinition) -> bytes:
    found = _texts.get(definition)
    if found is None:
        found = _texts[definition] = show_full(definition).model_dump_json().encode()
    return found


def _input(port: InputPort) -> NodePort:
    return NodePort(
        name=port.name,
        type=port.type.name,
        shape=_shape(port.type),
        required=port.required,
        needed=port.needed,
        collects=port.collects,
        description=port.description,
    )


def _output(port: OutputPort) -> NodePort:
    shape = _shape(port.type)
    return NodePort(name=port.name, type=port.type.name, shape=shape, branch=port.branch, description=port.description)


def _shape(type_: PortType) -> PortShape:
    item = None if type_.item is None else _shape(type_.item)
    return PortShape(kind=type_.kind, item=item, nullable=type_.nullable, base=type_.base)


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
