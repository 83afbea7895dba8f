"""What an expression reads, found without evaluating it."""

from __future__ import annotations

from dataclasses import dataclass

from treadle.expressions.problem import Problem
from treadle.expressions.syntax import Call, Index, Member, Node, Root, Slice, children


@dataclass(frozen=True, slots=True)
class Reads:
    """The facts about an expression that checks and plans need."""

    references: frozenset[tuple[str, str | None]]
    roots: frozenset[str]
    paths: frozenset[tuple[str, ...]]
    secrets: frozenset[str]
    functions: frozenset[str]
    volatile: bool


def reads_of(node: Node) -> Reads:
    """The facts about `node`.

    Raises Problem(dynamic_reference) where a node or secret is not named outright: the order of the
    graph and who may see what are decided before anything runs.
    """
    paths: set[tuple[str, ...]] = set()
    functions: dict[str, bool] = {}
    stack: list[Node] = [node]
    while stack:
        part = stack.pop()
        if isinstance(part, Member | Index | Slice | Root):
            path, rest = _path(part)
            if path:
                paths.add(path)
            stack.extend(rest)
            continue
        if isinstance(part, Call):
            functions[part.function.name] = part.function.volatile
        stack.extend(children(part))
    return Reads(
        references=frozenset((path[1], path[2] if len(path) > 2 else None) for path in paths if path[0] == "nodes"),
        roots=frozenset(path[0] for path in paths),
        paths=frozenset(paths),
        secrets=frozenset(path[1] for path in paths if path[0] == "secrets"),
        functions=frozenset(functions),
        volatile=any(functions.values()),
    )


def _path(node: Member | Index | Slice | Root) -> tuple[tuple[str, ...], list[Node]]:
    """The keys read one after another from a root, and the parts of the chain still to look at."""
    links: list[Member | Index | Slice] = []
    rest: list[Node] = []
    base: Node = node
    while isinstance(base, Member | Index | Slice):
        links.append(base)
        rest.extend(part for part in children(base)[1:])
        base = base.base
    if not isinstance(base, Root):
        return (), [base, *rest]
    path, position = [base.name], base.position
    named = 1 if base.name in ("nodes", "secrets") else 0
    for place, link in enumerate(reversed(links), 1):
        last = place == len(links)
        if not isinstance(link, Member) or (link.key == "length" and last and place > named):
            break
        path.append(link.key)
    if base.name in ("nodes", "secrets") and len(path) < 2:
        raise Problem(
            "dynamic_reference",
            f"`{base.name}` is only read by name",
            remedy=f"Write `{base.name}.<name>`; what runs first, and who may see it, depends on it.",
            position=position,
        )
    return tuple(path), rest
