"""Parts of expressions that come to the same in every run."""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import Any

from treadle.expressions import syntax
from treadle.expressions.emitter import Emitter


def is_constant(node: syntax.Node, known: Container[str]) -> bool:
    """Whether it reads nothing but the `known` roots, and neither looks at the clock nor draws."""
    return not any(
        (isinstance(part, syntax.Root) and part.name not in known)
        or (isinstance(part, syntax.Call) and part.function.volatile)
        for part in syntax.walk(node)
    )


def calculate(node: syntax.Node, known: Mapping[str, Any]) -> Any:
    """What a constant part comes to. Raises what the expression raises."""
    emitter = Emitter()
    code, _ = emitter.module(node)
    exec(code, emitter.names)
    run: Any = emitter.names["run"]
    return run(known, None)
