"""The author's API: a node is a function.

The package may be called like the decorator it is named after, so that `@treadle.node("risk.guard")` works however
`treadle.node` was imported.
"""

import sys
from types import ModuleType
from typing import Any

from treadle.errors import NodeError
from treadle.model.json import JsonValue, Value
from treadle.model.widget import Widget
from treadle.node.container import Bodies, BodyCall, BodyFailed, BodyOutcome
from treadle.node.context import NOT_DONE, Context, Resource
from treadle.node.declaration import container, effect, node, note, trigger
from treadle.node.definition import NodeDefinition
from treadle.node.field import Expression, Names, Needed, SecretRef, Template, Verbatim
from treadle.node.fire import Fire
from treadle.node.output import DEAD, Branch, Ports
from treadle.node.permissions import Permissions
from treadle.node.registry import Registry
from treadle.node.series import Flags, Series
from treadle.node.stop import StopRun

__all__ = [
    "DEAD",
    "NOT_DONE",
    "Bodies",
    "BodyCall",
    "BodyFailed",
    "BodyOutcome",
    "Branch",
    "Context",
    "Expression",
    "Fire",
    "Flags",
    "JsonValue",
    "Names",
    "Needed",
    "NodeDefinition",
    "NodeError",
    "Permissions",
    "Ports",
    "Registry",
    "Resource",
    "SecretRef",
    "Series",
    "StopRun",
    "Template",
    "Value",
    "Verbatim",
    "Widget",
    "container",
    "effect",
    "node",
    "note",
    "trigger",
]


class _CallablePackage(ModuleType):
    def __call__(self, *arguments: Any, **more: Any) -> Any:
        return node(*arguments, **more)


sys.modules[__name__].__class__ = _CallablePackage
