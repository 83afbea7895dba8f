"""What the nodes of an unfinished run wait for, as the API shows it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field

from treadle.model import breakpoints as model
from treadle.server.values import MOST_OF_A_NODE, Budget, CutValue
from treadle.service.query import NodeWait, WaitKind

Values = dict[str, Any]


class RunWait(BaseModel):
    """What a node of a waiting run waits for."""

    node: str
    kind: WaitKind
    until: datetime | None = Field(default=None, description="When it goes on by itself.")
    id: str | None = Field(default=None, description="Of the task, or of the child run.")
    names: list[str] = Field(default=[], description="The signals it may be.")
    key: str = ""
    inputs: Values = Field(default={}, description="At a breakpoint: what the node would get, by input port.")
    config: Values = Field(default={}, description="At a breakpoint: what the expressions in its config come to.")
    cut: dict[str, CutValue] = {}

    @classmethod
    def of(cls, found: NodeWait, budget: Budget | None = None) -> RunWait:
        budget, cut = budget or Budget(), dict[str, CutValue]()
        return cls(
            node=found.node,
            kind=found.kind,
            until=found.until,
            id=found.id,
            names=list(found.names),
            key=found.key,
            inputs=_cut("inputs", found.inputs, budget, cut),
            config=_cut("config", found.config, budget, cut),
            cut=cut,
        )


class Breakpoints(BaseModel):
    """Where a run that is debugged stops."""

    breakpoints: list[str] = Field(description="Before these nodes, by path; `each/send` means every iteration.")
    step: bool = Field(description="Before every node.")

    @classmethod
    def of(cls, found: model.Breakpoints) -> Breakpoints:
        return cls(breakpoints=list(found.nodes), step=found.step)


def _cut(group: str, values: Mapping[str, Any], budget: Budget, cut: dict[str, CutValue]) -> Values:
    return {name: budget.cut(f"{group}.{name}", value, cut, MOST_OF_A_NODE) for name, value in values.items()}
