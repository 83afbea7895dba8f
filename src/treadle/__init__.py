"""Treadle: draw or write a workflow once; run it durably, on a schedule, over history, and as a test."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from treadle.authoring.builder import WorkflowBuilder, step, workflow
    from treadle.authoring.document import load_workflow
    from treadle.engine.handlers import Handlers, Replace
    from treadle.errors import (
        Conflict,
        ExpressionError,
        InvalidWorkflow,
        MissingCapability,
        NodeError,
        NotFound,
        StoreError,
        TreadleError,
    )
    from treadle.model.run import ExecutionResult, Failure
    from treadle.model.workflow import Workflow
    from treadle.node import (
        DEAD,
        Bodies,
        Branch,
        Context,
        Expression,
        Ports,
        Registry,
        SecretRef,
        container,
        effect,
        node,
        trigger,
    )
    from treadle.service.application import Application
    from treadle.service.execution import ExecutionRequest
    from treadle.service.run import arun, run, stream
    from treadle.service.settings import Settings

_HOMES = {
    "treadle.authoring.builder": ("WorkflowBuilder", "step", "workflow"),
    "treadle.authoring.document": ("load_workflow",),
    "treadle.engine.handlers": ("Handlers", "Replace"),
    "treadle.errors": (
        "Conflict", "ExpressionError", "InvalidWorkflow", "MissingCapability", "NodeError", "NotFound", "StoreError",
        "TreadleError",
    ),
    "treadle.model.run": ("ExecutionResult", "Failure"),
    "treadle.model.workflow": ("Workflow",),
    "treadle.node": (
        "DEAD", "Bodies", "Branch", "Context", "Expression", "Ports", "Registry", "SecretRef", "container", "effect",
        "node", "trigger",
    ),
    "treadle.service.application": ("Application",),
    "treadle.service.execution": ("ExecutionRequest",),
    "treadle.service.run": ("arun", "run", "stream"),
    "treadle.service.settings": ("Settings",),
}  # fmt: skip
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__version__ = "0.1.0"
__all__ = [
    "DEAD", "Application", "Bodies", "Branch", "Conflict", "Context", "ExecutionRequest", "ExecutionResult",
    "Expression", "ExpressionError", "Failure", "Handlers", "InvalidWorkflow", "MissingCapability", "NodeError",
    "NotFound", "Ports", "Registry", "Replace", "SecretRef", "Settings", "StoreError", "TreadleError", "Workflow",
    "WorkflowBuilder", "arun", "container", "effect", "load_workflow", "node", "run", "step", "stream", "trigger",
    "workflow",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    """Everything public is imported when it is first asked for: importing `treadle` alone costs next to nothing."""
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module 'treadle' has no attribute {name!r}")
    if name == "node":
        return import_module(home)  # the package itself, which may be called as the decorator
    value = getattr(import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
