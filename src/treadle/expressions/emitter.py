"""From the parsed expression to one generated Python module, which runs many times.

Nothing of the expression's text gets into the module but `repr`s of its literals. Each line knows the
position it stems from, so a failure is placed by its line number and the fast path carries no positions.
Operators try the usual types inline; everything else is a call of a function that knows all types.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from types import CodeType

from treadle.expressions import access, comparison, number, series, value
from treadle.expressions.limits import OPERATIONS, Budget
from treadle.expressions.problem import Missing
from treadle.expressions.rendering import joined
from treadle.expressions.result import finish, hand_on
from treadle.expressions.syntax import (
    Binary,
    Bound,
    Call,
    Chain,
    Index,
    Lambda,
    ListOf,
    Literal,
    Member,
    Node,
    ObjectOf,
    Root,
    Slice,
    Template,
    Ternary,
    Unary,
    walk,
)

FILE = "<expression>"
Run = Callable[[object, object], object]

# Python allows few nested blocks; a deeper part becomes a function of its own.
_BLOCKS = 8
# So many operators on whole columns may go unpaid; with more, the budget is there from the start.
_UNPAID = 32

_ARITHMETIC = {
    "+": "add", "-": "subtract", "*": "multiply", "/": "divide", "%": "modulo", "**": "power",
}  # fmt: skip
_ORDER = {"<": "less", "<=": "less_equal", ">": "greater", ">=": "greater_equal"}
_EQUALITY = {"==": "equal", "!=": "not_equal"}


def _and(left: object, right: object) -> object:
    return series.join("&&", left, right) if value.is_series(left) else right


def _or(left: object, right: object) -> object:
    return series.join("||", left, right) if value.is_series(left) else right


def _not(operand: object) -> object:
    return series.negate(operand) if value.is_series(operand) else not value.truth(operand)


NAMES: dict[str, object] = {
    "__builtins__": {},
    "type": type, "dict": dict, "int": int, "float": float, "str": str, "bool": bool,
    "KeyError": KeyError, "Missing": Missing, "Budget": Budget, "partial": partial,
    "EXACT": frozenset({int, float, str}), "SCALARS": frozenset({bool, type(None)}),
    "finish": finish, "hand_on": hand_on, "joined": joined,
    "lost": access.lost, "member": access.member, "optional_member": access.optional_member,
    "item": access.item, "optional_item": access.optional_item, "part": access.part,
    "truth": value.truth, "goes_on_true": value.goes_on_true, "goes_on_false": value.goes_on_false,
    "and_": _and, "or_": _or, "not_": _not,
    "negative": number.negative, "positive": number.positive, "contains": comparison.contains,
    **{name: getattr(number, name) for name in _ARITHMETIC.values()},
    **{name: getattr(comparison, name) for name in (*_ORDER.values(), *_EQUALITY.values())},
}  # fmt: skip


def _is_path(node: Node) -> bool:
    """Whether the value is one the scope already holds, and nothing new is made."""
    while isinstance(node, Member):
        node = node.base
    return isinstance(node, Root)


class Emitter:
    """Writes the module of one expression. `positions[line - 1]` is where that line stems from."""

    def __init__(self) -> None:
        self.names = dict(NAMES)
        self._bodies: list[_Body] = []

    def module(self, node: Node) -> tuple[CodeType, tuple[int, ...]]:
        """Compile `node` to a module that defines `run(scope, clock)`, and its positions."""
        body = self.body("run(scope, clock)", ())
        paid, operations = _needs_budget(node)
        body.add(f"b = Budget({max(1, OPERATIONS - operations)}, clock)" if paid else "b = None", 0)
        result = body.emit(node)
        if isinstance(node, Literal):
            body.add(f"return {result}", node.position)
        else:
            last = f"hand_on({result})" if _is_path(node) else f"finish({result}, b)"
            body.add(f"return {result} if type({result}) in SCALARS else {last}", node.position)
        lines = [line for each in self._bodies for line in each.lines]
        text = "\n".join(text for text, _ in lines)
        return compile(text, FILE, "exec"), tuple(position for _, position in lines)

    def body(self, signature: str, bound: tuple[str, ...]) -> _Body:
        """A new function of the module, inside which the lambda variables `bound` can be read."""
        body = _Body(self, signature, bound, f"{len(self._bodies)}")
        self._bodies.append(body)
        return body

    def constant(self, what: object) -> str:
        """A name in the module for `what`."""
        name = f"c{len(self.names)}"
        self.names[name] = what
        return name


class _Body:
    """The lines of one generated function. `emit` returns the name or literal that holds the value."""

    def __init__(self, emitter: Emitter, signature: str, bound: tuple[str, ...], number: str) -> None:
        self.lines: list[tuple[str, int]] = [(f"def {signature}:", 0)]
        self.emitter = emitter
        self.bound = bound
        self.number = number
        self.depth = 1
        self._names = 0

    def add(self, text: str, position: int) -> None:
        """One line, at the present indentation."""
        self.lines.append((" " * self.depth + text, position))

    def fresh(self) -> str:
        """A variable not used so far."""
        self._names += 1
        return f"t{self._names}"

    def emit(self, node: Node) -> str:
        """Lines that calculate `node`."""
        if self.depth > _BLOCKS and not isinstance(node, Literal | Bound):
            return self._apart(node)
        match node:
            case Literal():
                return repr(node.value)
            case Bound():
                return node.variable
            case Root() | Member() | Index() | Slice():
                return self._chain(node)
            case Binary():
                return self._binary(node)
            case Chain():
                return self._choice(node)
            case Unary():
                return self._unary(node)
            case Ternary():
                return self._ternary(node)
            case Call():
                arguments = [self.emit(part) for part in node.arguments]
                function = self.emitter.constant(node.function.call)
                return self._set(f"{function}({', '.join(['b', *arguments])})", node.position)
            case Lambda():
                return self._lambda(node)
            case ListOf():
                return self._set(f"[{', '.join([self.emit(part) for part in node.items])}]", node.position)
            case ObjectOf():
                parts = [self.emit(part) for part in node.values]
                pairs = ", ".join(f"{key!r}: {part}" for key, part in zip(node.keys, parts, strict=True))
                return self._set(f"{{{pairs}}}", node.position)
            case Template():
                arguments = [self.emit(part) for part in node.parts]
                return self._set(f"joined({', '.join(['b', *arguments])})", node.position)

    def _set(self, text: str, position: int) -> str:
        name = self.fresh()
        self.add(f"{name} = {text}", position)
        return name

    def _held(self, node: Node) -> str:
        """The value of `node` in a variable: Python warns of some things said about literals."""
        found = self.emit(node)
        return self._set(found, node.position) if isinstance(node, Literal) else found

    def _apart(self, node: Node) -> str:
        names = ", ".join(("scope", "b", *self.bound))
        name = f"f{len(self.emitter.names)}_{self.number}_{self._names}"
        body = self.emitter.body(f"{name}({names})", self.bound)
        body.add(f"return {body.emit(node)}", node.position)
        return self._set(f"{name}({names})", node.position)

    def _lambda(self, node: Lambda) -> str:
        outer = ("scope", "b", *self.bound)
        own = (*node.variables, "index")[:2]
        name = f"l{self.number}_{self.fresh()}"
        body = self.emitter.body(f"{name}({', '.join((*outer, *own))})", (*self.bound, *node.variables))
        body.add(f"b.spend({sum(1 for _ in walk(node.body))})", node.position)
        body.add(f"return {body.emit(node.body)}", node.position)
        return self._set(f"partial({name}, {', '.join(outer)})", node.position)

    def _chain(self, node: Root | Member | Index | Slice) -> str:
        links: list[Member | Index | Slice] = []
        base: Node = node
        while isinstance(base, Member | Index | Slice):
            links.append(base)
            base = base.base
        links.reverse()
        path, keys = "", list[Member | Root]()
        if isinstance(base, Root):
            current = "scope"
            keys.append(base)
        else:
            current = self._held(base)
            path = base.name if isinstance(base, Bound) else ""
        for link in links:
            if isinstance(link, Member) and not link.optional:
                keys.append(link)
                continue
            current, path = self._keys(current, keys, path)
            keys = []
            current = self._link(current, link, path)
            path = f"{path}?.{link.key}" if path and isinstance(link, Member) else ""
        return self._keys(current, keys, path)[0]

    def _keys(self, base: str, keys: list[Member | Root], path: str) -> tuple[str, str]:
        """Plain look-ups one after another, inline; which of them failed is found out afterwards."""
        if not keys:
            return base, path
        before, name, current = path, self.fresh(), base
        self.add("try:", keys[0].position)
        for link in keys:
            key = link.name if isinstance(link, Root) else link.key
            if isinstance(link, Root):
                self.add(f" {name} = scope[{key!r}]", link.position)
                path = key
            else:
                self.add(
                    f" {name} = {current}[{key!r}] if type({current}) is dict"
                    f" else member({current}, {key!r}, {path!r})",
                    link.position,
                )
                path = f"{path}.{key}" if path else ""
            current = name
        names = tuple(link.name if isinstance(link, Root) else link.key for link in keys)
        positions = tuple(link.position for link in keys)
        is_scope = isinstance(keys[0], Root)
        self.add("except KeyError:", keys[0].position)
        self.add(
            f" raise lost({base}, {names!r}, {positions!r}, {before!r}, is_scope={is_scope}) from None",
            keys[0].position,
        )
        return name, path

    def _link(self, base: str, link: Member | Index | Slice, path: str) -> str:
        if isinstance(link, Member):
            text = f"optional_member({base}, {link.key!r}, {path!r})"
        elif isinstance(link, Index):
            text = f"{'optional_' * link.optional}item({base}, {self.emit(link.index)})"
        else:
            start = "None" if link.start is None else self.emit(link.start)
            stop = "None" if link.stop is None else self.emit(link.stop)
            text = f"part({base}, {start}, {stop}, b)"
            text = f"None if {base} is None else {text}" if link.optional else text
        return self._set(text, link.position)

    def _unary(self, node: Unary) -> str:
        operand = self._held(node.operand)
        if node.operator == "!":
            text = f"False if {operand} is True else True if {operand} is False else not_({operand})"
        else:
            text = f"{'negative' if node.operator == '-' else 'positive'}({operand}, b)"
        return self._set(text, node.position)

    def _binary(self, node: Binary) -> str:
        # A long sum is a deep tree to the left: go down and up it without recursion.
        spine = [node]
        while isinstance(spine[-1].left, Binary):
            spine.append(spine[-1].left)
        current, literal = self.emit(spine[-1].left), spine[-1].left
        for each in reversed(spine):
            right = self.emit(each.right)
            current = self._set(_operation(each, literal, current, right), each.position)
            literal = each
        return current

    def _choice(self, node: Chain) -> str:
        """`&&`, `||` and `??`: one operand after another, while the result is not decided."""
        name = self.fresh()
        catches = node.operator != "&&"
        for place, operand in enumerate(node.operands):
            last = place == len(node.operands) - 1
            if place:
                self.add(f"if {_UNDECIDED[node.operator].format(name)}:", operand.position)
                self.depth += 1
            left = self.fresh()
            if place and node.operator != "??":
                self.add(f"{left} = {name}", operand.position)
            if catches and not last:
                self.add("try:", operand.position)
                self.depth += 1
            found = self.emit(operand)
            if place and node.operator == "&&":
                found = f"{found} if {left} is True else and_({left}, {found})"
            elif place and node.operator == "||":
                found = f"{found} if {left} is False else or_({left}, {found})"
            self.add(f"{name} = {found}", operand.position)
            if catches and not last:
                self.depth -= 1
                self.add("except Missing:", operand.position)
                self.add(f" {name} = None", operand.position)
            if place:
                self.depth -= 1
        return name

    def _ternary(self, node: Ternary) -> str:
        condition, name = self._held(node.condition), self.fresh()
        self.add(
            f"if {condition} is True or {condition} is not False and truth({condition}):",
            node.condition.position,
        )
        for branch, close in ((node.then, "else:"), (node.otherwise, None)):
            self.depth += 1
            self.add(f"{name} = {self.emit(branch)}", branch.position)
            self.depth -= 1
            if close:
                self.add(close, branch.position)
        return name


_UNDECIDED = {
    "&&": "{0} is True or {0} is not False and goes_on_true({0})",
    "||": "{0} is False or {0} is not True and goes_on_false({0})",
    "??": "{0} is None",
}


def _kind(node: Node) -> type | None:
    return type(node.value) if isinstance(node, Literal) else None


def _operation(node: Binary, left_node: Node, left: str, right: str) -> str:
    sign = node.operator
    if sign in ("in", "not in"):
        return f"{'not ' * (sign == 'not in')}contains({right}, {left}, b)"
    kinds = _kind(left_node), _kind(node.right)
    if sign in _ARITHMETIC:
        slow = f"{_ARITHMETIC[sign]}({left}, {right}, b)"
        return _calculation(sign, kinds, node.right, left, right, slow)
    slow = f"{(_ORDER | _EQUALITY)[sign]}({left}, {right}, b)"
    if kinds[0] is not None and kinds[1] is not None:
        return slow
    fast = f"{left} {sign} {right}"
    if kinds == (None, None):
        return f"{fast} if (k := type({left})) is type({right}) and k in EXACT else {slow}"
    known, unknown = (kinds[0], right) if kinds[0] is not None else (kinds[1], left)
    if known in (int, float):
        return f"{fast} if (k := type({unknown})) is float or k is int else {slow}"
    if known in (str, bool):
        return f"{fast} if type({unknown}) is {known.__name__} else {slow}"
    if sign in _EQUALITY:
        return f"{unknown} {'is' if sign == '==' else 'is not'} None"
    return slow


def _calculation(
    sign: str, kinds: tuple[type | None, type | None], right_node: Node, left: str, right: str, slow: str
) -> str:
    if sign in ("%", "**") or (kinds[0] is not None and kinds[1] is not None):
        return slow
    fast = f"{left} {sign} {right}"
    if kinds == (None, None):
        return f"{fast} if type({left}) is float and type({right}) is float else {slow}"
    known, unknown = (kinds[0], right) if kinds[0] is not None else (kinds[1], left)
    if known is float or (known is int and sign == "/"):
        return f"{fast} if (k := type({unknown})) is float or k is int else {slow}"
    if known is int:
        return f"{fast} if type({unknown}) is float else {slow}"
    return slow


def _needs_budget(node: Node) -> tuple[bool, int]:
    """Whether something can grow or repeat here, and how many operations one evaluation has."""
    count = operators = 0
    grows = False
    for part in walk(node):
        count += 1
        if isinstance(part, Call | Template | Lambda | Slice):
            grows = True
        elif isinstance(part, Binary):
            operators += 1
            numeric = _kind(part.left) in (int, float) or _kind(part.right) in (int, float)
            scalar = isinstance(part.left, Literal) or isinstance(part.right, Literal)
            grows = grows or not (scalar if part.operator in (_ORDER | _EQUALITY) else numeric)
            grows = grows or part.operator in ("in", "not in")
    return grows or operators > _UNPAID, count
