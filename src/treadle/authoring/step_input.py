"""Whether a step of the steps form is given the previous step's output as its `input`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

from treadle.errors import ExpressionError
from treadle.expressions import compile_expression, compile_template
from treadle.model.node_type import NodeType


def given_input(type_: NodeType | None, config: Mapping[str, Any], when: object) -> bool:
    """True when an expression of the step uses `input`, or its type takes a value not given otherwise.

    The value is the type's first input, where that is required or is called `value`, as in every node that
    shapes or passes on what came before.
    """
    if type_ is not None:
        first = next(iter(type_.inputs_of(config)), None)
        if first is not None and (first.required or first.name == "value") and first.name not in config:
            return True
    if _uses_input(when, expression=True):
        return True
    for name, value in config.items():
        field = type_.field_named(name) if type_ is not None else None
        if field is not None and field.kind == "literal":
            continue
        # Of an unknown type any text may be an expression.
        if any(_uses_input(text, expression=field is None or field.kind == "expression") for text in _texts(value)):
            return True
    return False


def _uses_input(text: object, *, expression: bool) -> bool:
    if not isinstance(text, str) or "input" not in text:
        return False
    try:
        compiled = compile_template(text)
        if expression and (compiled is None or "input" not in compiled.roots):
            compiled = compile_expression(text)
    except ExpressionError:
        return False
    return compiled is not None and "input" in compiled.roots


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in cast("dict[str, object]", value).values():
            yield from _texts(item)
    elif isinstance(value, list):
        for item in cast("list[object]", value):
            yield from _texts(item)
