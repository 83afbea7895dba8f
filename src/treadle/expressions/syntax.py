"""The parts of a parsed expression. `position` is the offset a message about the part points to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from treadle.expressions.functions.declaration import FunctionInfo


@dataclass(frozen=True, slots=True, eq=False)
class Literal:
    value: bool | int | float | str | None
    position: int


@dataclass(frozen=True, slots=True, eq=False)
class ListOf:
    items: tuple[Node, ...]
    position: int


@dataclass(frozen=True, slots=True, eq=False)
class ObjectOf:
    keys: tuple[str, ...]
    values: tuple[Node, ...]
    position: int


@dataclass(frozen=True, slots=True, eq=False)
class Root:
    """A name looked up in the scope."""

    name: str
    position: int


@dataclass(frozen=True, slots=True, eq=False)
class Bound:
    """A name bound by a function argument such as `item => …`; `variable` is unique in the expression."""

    name: str
    variable: str
    position: int


@dataclass(frozen=True, slots=True, eq=False)
class Member:
    base: Node
    key: str
    optional: bool
    position: int


@dataclass(frozen=True, slots=True, eq=False)
class Index:
    base: Node
    index: Node
    optional: bool
    position: int


@dataclass(frozen=True, slots=True, eq=False)
class Slice:
    base: Node
    start: Node | None
    stop: Node | None
    optional: bool
    position: int


@dataclass(frozen=True, slots=True, eq=False)
class Unary:
    """`operator` is `!`, `-` or `+`."""

    operator: str
    operand: Node
    position: int


@dataclass(frozen=True, slots=True, eq=False)
class Binary:
    """Arithmetic or comparison, in one spelling each: `===` is `==` here."""

    operator: str
    left: Node
    right: Node
    position: int


@dataclass(frozen=True, slots=True, eq=False)
class Chain:
    """Operands joined by one of `&&`, `||`, `??`, from left to right."""

    operator: str
    operands: tuple[Node, ...]
    position: int


@dataclass(frozen=True, slots=True, eq=False)
class Ternary:
    condition: Node
    then: Node
    otherwise: Node
    position: int


@dataclass(frozen=True, slots=True, eq=False)
class Lambda:
    variables: tuple[str, ...]
    body: Node
    position: int


@dataclass(frozen=True, slots=True, eq=False)
class Call:
    function: FunctionInfo
    arguments: tuple[Node, ...]
    position: int


@dataclass(frozen=True, slots=True, eq=False)
class Template:
    """Text with expressions in it."""

    parts: tuple[Node, ...]
    position: int


Node = (
    Literal
    | ListOf
    | ObjectOf
    | Root
    | Bound
    | Member
    | Index
    | Slice
    | Unary
    | Binary
    | Chain
    | Ternary
    | Lambda
    | Call
    | Template
)


def children(node: Node) -> tuple[Node, ...]:
    """The parts directly inside `node`."""
    match node:
        case Literal() | Root() | Bound():
            return ()
        case ListOf(items=parts) | ObjectOf(values=parts) | Chain(operands=parts):
            return parts
        case Call(arguments=parts) | Template(parts=parts):
            return parts
        case Member():
            return (node.base,)
        case Index():
            return (node.base, node.index)
        case Slice():
            return tuple(part for part in (node.base, node.start, node.stop) if part is not None)
        case Unary():
            return (node.operand,)
        case Binary():
            return (node.left, node.right)
        case Ternary():
            return (node.condition, node.then, node.otherwise)
        case Lambda():
            return (node.body,)


def walk(node: Node) -> Iterator[Node]:
    """`node` and every part inside it. Iterative: a long sum is a deep tree."""
    stack = [node]
    while stack:
        current = stack.pop()
        yield current
        stack.extend(reversed(children(current)))
