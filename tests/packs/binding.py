"""Config as a node receives it: expressions bound, templates rendered, values checked; as the engine does
it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from treadle.expressions import compile_expression, compile_template
from treadle.node import Expression, NodeDefinition


def bind(definition: NodeDefinition, config: Mapping[str, Any], inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Keyword arguments for the node's function. Raises AssertionError for config its declaration refuses."""
    assert definition.config_problems(config, frozenset()) == []
    scope = {"input": dict(inputs)}
    bound: dict[str, Any] = {}
    for name, value in config.items():
        field = definition.type.field_named(name)
        assert field is not None, f"{definition.name} has no config `{name}`"
        if field.kind == "expression":
            bound[name] = _expressions(value, scope)
        elif field.kind == "template":
            template = compile_template(value)
            bound[name] = value if template is None else Expression(template, scope)
        else:
            bound[name] = definition.config_value(name, _rendered(value, scope))
    return bound


def call(definition: NodeDefinition, config: Mapping[str, Any] | None = None, **inputs: Any) -> Any:
    """What the node's function returns; for an effect, the coroutine without its context is not made here."""
    return definition(**inputs, **bind(definition, config or {}, inputs))


def ports(definition: NodeDefinition, config: Mapping[str, Any] | None = None, **inputs: Any) -> dict[str, Any]:
    """The live output ports of a pure node."""
    return dict(definition.ports_of(call(definition, config, **inputs)))


def output(definition: NodeDefinition, config: Mapping[str, Any] | None = None, **inputs: Any) -> Any:
    return ports(definition, config, **inputs)["output"]


async def perform(
    definition: NodeDefinition, context: Any, config: Mapping[str, Any] | None = None, **inputs: Any
) -> dict[str, Any]:
    """The live output ports of an effect."""
    returned = await definition(context, **inputs, **bind(definition, config or {}, inputs))
    return dict(definition.ports_of(returned))


def _expressions(value: Any, scope: Mapping[str, Any]) -> Any:
    if isinstance(value, Mapping):
        return {key: _expressions(item, scope) for key, item in value.items()}
    if isinstance(value, list):
        return [_expressions(item, scope) for item in value]
    if value is None:
        return None
    return Expression(compile_expression(value if isinstance(value, str) else json.dumps(value)), scope)


def _rendered(value: Any, scope: Mapping[str, Any]) -> Any:
    if isinstance(value, Mapping):
        return {key: _rendered(item, scope) for key, item in value.items()}
    if isinstance(value, list):
        return [_rendered(item, scope) for item in value]
    template = compile_template(value) if isinstance(value, str) else None
    return value if template is None else template.evaluate(scope)
