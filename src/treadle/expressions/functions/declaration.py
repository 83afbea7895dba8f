"""How a function of the expression language is declared: once, and everything else derives from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from treadle.expressions.functions.examples import EXAMPLES

Implementation = Callable[..., object]
"""Takes the budget, then the arguments. A function argument takes an item and its index."""


@dataclass(frozen=True, slots=True)
class FunctionInfo:
    """One function, for the parser, the documentation and the editor's completion.

    `signature` reads like `round(number, digits?)`: `?` marks what may be left out, a last `...` more of
    the same. `lambdas` are the places (from 0) that take `x => …`. `most` is None when there is no end.
    """

    name: str
    signature: str
    doc: str
    category: str
    least: int
    most: int | None
    lambdas: frozenset[int] = frozenset()
    volatile: bool = False
    example: str = ""
    call: Implementation | None = field(default=None, repr=False)


class Table:
    """The functions of one category. Used as a decorator: `@table("upper(text)")`."""

    def __init__(self, category: str) -> None:
        self.category = category
        self.functions: list[FunctionInfo] = []

    def __call__(
        self, signature: str, *, lambdas: tuple[int, ...] = (), volatile: bool = False
    ) -> Callable[[Implementation], Implementation]:
        """Declare the decorated function under `signature`; its docstring is the documentation."""

        def declare(call: Implementation) -> Implementation:
            name, _, rest = signature.partition("(")
            parameters = [text.strip() for text in rest.rstrip(")").split(",") if text.strip()]
            endless = bool(parameters) and parameters[-1].endswith("...")
            required = [text for text in parameters if not text.endswith(("?", "..."))]
            self.functions.append(
                FunctionInfo(
                    name=name,
                    signature=signature,
                    doc=(call.__doc__ or "").strip(),
                    category=self.category,
                    least=len(required),
                    most=None if endless else len(parameters),
                    lambdas=frozenset(lambdas),
                    volatile=volatile,
                    example=EXAMPLES.get(name, ""),
                    call=call,
                )
            )
            return call

        return declare
