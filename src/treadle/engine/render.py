"""Config values that hold expressions, compiled once per plan."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from treadle.expressions import Draws, compile_expression, compile_template
from treadle.expressions import Expression as Compiled
from treadle.node.field import Expression

Roots = Mapping[str, Any]
Renderer = Callable[[Roots, Draws | None], Any]


@dataclass(frozen=True, slots=True)
class Reads:
    """What a piece of config reads: node ids, root names, secrets; and whether it draws time or ids."""

    nodes: frozenset[str] = frozenset()
    roots: frozenset[str] = frozenset()
    secrets: frozenset[str] = frozenset()
    volatile: bool = False

    def __or__(self, other: Reads) -> Reads:
        return Reads(
            self.nodes | other.nodes,
            self.roots | other.roots,
            self.secrets | other.secrets,
            self.volatile or other.volatile,
        )

    @classmethod
    def of(cls, expression: Compiled) -> Reads:
        nodes = frozenset(node for node, _ in expression.references)
        return cls(nodes, expression.roots, expression.secrets, expression.volatile)


NOTHING = Reads()


def compile_value(value: Any) -> tuple[Renderer, Reads] | None:
    """A renderer for a value that holds `{{ }}` somewhere inside; None for a constant. Raises `ExpressionError`."""
    if isinstance(value, str):
        template = compile_template(value)
        if template is None:
            return None
        evaluate = template.evaluate
        return (lambda roots, draws: evaluate(roots, clock=draws)), Reads.of(template)
    if isinstance(value, Mapping):
        fixed = dict(cast("Mapping[str, Any]", value))
        parts = {key: compile_value(item) for key, item in fixed.items()}
        if not any(parts.values()):
            return None
        moving = [(key, part[0]) for key, part in parts.items() if part]

        def render_mapping(roots: Roots, draws: Draws | None) -> Any:
            return {**fixed, **{key: render(roots, draws) for key, render in moving}}

        return render_mapping, _merge(parts.values())
    if isinstance(value, list | tuple):
        constants = list(cast("list[Any]", value))
        items = [compile_value(item) for item in constants]
        if not any(items):
            return None

        def render_list(roots: Roots, draws: Draws | None) -> Any:
            return [part[0](roots, draws) if part else constants[at] for at, part in enumerate(items)]

        return render_list, _merge(items)
    return None


def compile_expressions(value: Any) -> tuple[Callable[[Roots, Draws | None], Any], Reads]:
    """A binder for a field of expressions: text becomes an `Expression`, mappings and lists of texts keep their shape.
    Raises `ExpressionError`."""
    if isinstance(value, Mapping):
        parts = {key: compile_expressions(item) for key, item in cast("Mapping[str, Any]", value).items()}
        return (lambda roots, draws: {key: part[0](roots, draws) for key, part in parts.items()}), _merge(
            parts.values()
        )
    if isinstance(value, list | tuple):
        items = [compile_expressions(item) for item in cast("list[Any]", value)]
        return (lambda roots, draws: [part[0](roots, draws) for part in items]), _merge(items)
    if value is None:
        return (lambda roots, draws: None), NOTHING
    compiled = compile_expression(value if isinstance(value, str) else json.dumps(value))
    return (lambda roots, draws: Expression(compiled, roots, draws)), Reads.of(compiled)


def bind_template(value: str) -> tuple[Renderer, Reads] | None:
    """A binder for text with `{{ }}` that the node renders itself; None for plain text. Raises `ExpressionError`."""
    compiled = compile_template(value)
    if compiled is None:
        return None
    return (lambda roots, draws: Expression(compiled, roots, draws)), Reads.of(compiled)


def _merge(parts: Any) -> Reads:
    reads = NOTHING
    for part in parts:
        if part is not None:
            reads = reads | part[1]
    return reads
