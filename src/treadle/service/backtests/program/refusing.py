"""What keeps a workflow from being compiled, told by node."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from treadle.errors import InvalidWorkflow
from treadle.model.issue import Issue


@dataclass(frozen=True, slots=True)
class Reason:
    """`node` is None where it is of the whole."""

    node: str | None
    text: str


class NotCompiled(Exception):
    """It goes the engine way."""

    def __init__(self, reasons: Sequence[Reason]) -> None:
        super().__init__(" ".join(one.text for one in reasons))
        self.reasons = tuple(reasons)


def not_compiled(text: str, node: str | None = None) -> NotCompiled:
    return NotCompiled([Reason(node, text)])


def cannot_compile(name: str, reasons: Sequence[Reason]) -> InvalidWorkflow:
    issues = [
        Issue("cannot_compile", one.text, node=one.node, remedy="Leave `way` out: then the engine tests it.")
        for one in reasons
    ]
    return InvalidWorkflow(
        f"`{name}` cannot be compiled: {' '.join(one.text for one in reasons)}",
        code="cannot_compile",
        remedy="Leave `way` out, or say `auto`: then the engine tests it, run by run.",
        issues=tuple(issues),
    )
