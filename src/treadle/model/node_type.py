"""A node type as data: what check, forms, documentation and plans read of a declaration."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from treadle.model.policy import InDoubt
from treadle.model.port import InputPort, OutputPort

NodeKind = Literal["pure", "effect", "trigger", "container", "note"]
FieldKind = Literal["value", "expression", "template", "secret", "literal"]


@dataclass(frozen=True, slots=True)
class ConfigField:
    """One config field.

    `kind`: `value` may hold `{{ }}`; `expression` is an expression already and reaches the node unevaluated;
    `template` is text with `{{ }}` that reaches the node unevaluated, to be rendered once or often;
    `secret` may name `secrets.x`; `literal` is never a template (source code, SQL).
    `extra_roots` are the names an expression field may use beside the usual ones (`item`, `index`, …).
    """

    name: str
    schema: Mapping[str, Any]
    required: bool
    kind: FieldKind = "value"
    default: Any = None
    extra_roots: frozenset[str] = frozenset()
    description: str = ""


@dataclass(frozen=True, slots=True)
class NodeType:
    """The declaration of a node type, without the code that runs it.

    `inputs_for` / `outputs_for` give the ports, and `in_doubt_for` what happens in doubt, where they depend on config;
    they are called with the node's config as written and never raise. `ordered`: the nodes of a body run one after
    another.
    """

    name: str
    title: str
    description: str
    kind: NodeKind
    inputs: tuple[InputPort, ...] = ()
    outputs: tuple[OutputPort, ...] = ()
    config: tuple[ConfigField, ...] = ()
    config_schema: Mapping[str, Any] = field(default_factory=dict[str, Any])
    in_doubt: InDoubt = "ask"
    bodies: tuple[str, ...] = ()
    body_roots: frozenset[str] = frozenset()
    ordered: bool = False
    requires: tuple[str, ...] = ()
    extra: str | None = None
    timeout: float | None = None
    inputs_for: Callable[[Mapping[str, Any]], tuple[InputPort, ...]] | None = None
    outputs_for: Callable[[Mapping[str, Any]], tuple[OutputPort, ...]] | None = None
    example: Mapping[str, Any] | None = None
    in_doubt_for: Callable[[Mapping[str, Any]], InDoubt] | None = None

    @property
    def category(self) -> str:
        return self.name.split(".", 1)[0]

    def field_named(self, name: str) -> ConfigField | None:
        return next((item for item in self.config if item.name == name), None)

    def in_doubt_of(self, config: Mapping[str, Any]) -> InDoubt:
        return self.in_doubt_for(config) if self.in_doubt_for else self.in_doubt

    def inputs_of(self, config: Mapping[str, Any]) -> tuple[InputPort, ...]:
        return self.inputs_for(config) if self.inputs_for else self.inputs

    def outputs_of(self, config: Mapping[str, Any]) -> tuple[OutputPort, ...]:
        return self.outputs_for(config) if self.outputs_for else self.outputs
