"""A Pratt parser: each operator's number says how tightly it holds what stands beside it.

From loose to tight: `? :` · `||` `or` · `&&` `and` · `not` · comparisons and `in` · `??` and `|` ·
`+ -` · `* / %` · `! - +` before a value · `**` · `. ?. []`. The word `not` is Python's: `not a == b`
denies the comparison; the sign `!` is JavaScript's: `!a == b` compares `!a`. `|` stands where Python
has it, so `a + b | round` rounds the sum and `x | default(0) > 5` compares. Comparisons do not chain.
"""

from __future__ import annotations

import re
from typing import NoReturn

from treadle.expressions import limits
from treadle.expressions.functions import FUNCTIONS, nearest_function
from treadle.expressions.functions.declaration import FunctionInfo
from treadle.expressions.problem import Problem
from treadle.expressions.scanner import Scanner, Token
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
    Ternary,
    Unary,
)

_TERNARY, _OR, _AND, _NOT, _COMPARE, _COALESCE, _PREFIX, _POSTFIX = 10, 20, 30, 40, 50, 60, 90, 110
_COMPARISONS = frozenset({"==", "!=", "<", "<=", ">", ">=", "in", "not in"})
_INFIX = {
    "?": _TERNARY, "||": _OR, "&&": _AND, "??": _COALESCE, "|": _COALESCE,
    "+": 70, "-": 70, "*": 80, "/": 80, "%": 80, "**": 100,
    ".": _POSTFIX, "?.": _POSTFIX, "[": _POSTFIX, "(": _POSTFIX,
    **dict.fromkeys(_COMPARISONS, _COMPARE),
}  # fmt: skip
_CHAINS = frozenset({"&&", "||", "??"})
_CONSTANTS: dict[str, bool | None] = {"true": True, "false": False, "null": None}
_MISSPELT = {
    "True": "true", "False": "false", "None": "null", "undefined": "null", "nil": "null", "NULL": "null",
}  # fmt: skip
_LAMBDA_NAMES = re.compile(r"\(\s*([A-Za-z_$][\w$]*(?:\s*,\s*[A-Za-z_$][\w$]*)*)\s*\)\s*=>", re.ASCII)
_RESERVED = frozenset({"true", "false", "null", "not", "in", "and", "or"})


_ANYWHERE = frozenset(range(limits.NESTING))
"""An unknown function may take a function anywhere."""


class Parser:
    """Parses one expression of `source` that begins at `start`."""

    def __init__(
        self,
        source: str,
        start: int = 0,
        allowance: int = limits.SOURCE,
        unknown: list[Problem] | None = None,
    ) -> None:
        """`unknown` collects unknown functions, which are then read over; without it they are refused."""
        self._source = source
        self._scanner = Scanner(source, start, allowance)
        self._unknown = unknown
        self._depth = 0
        self._bound: dict[str, Bound] = {}
        self._variables = 0
        self._token = self._scanner.token(start)

    def whole(self) -> Node:
        """The expression, when it is all of the source."""
        node = self._expression()
        if self._token.kind != "end":
            self._fail_unexpected()
        return node

    def until_braces(self) -> tuple[Node, int]:
        """The expression up to `}}`, and the offset after those."""
        node = self._expression()
        return node, self._close_braces()

    def _advance(self) -> Token:
        token = self._token
        self._token = self._scanner.token(token.end)
        return token

    def _at(self, sign: str) -> bool:
        return self._token.kind == "sign" and self._token.text == sign

    def _expect(self, sign: str, why: str) -> Token:
        if not self._at(sign):
            if self._token.kind == "end":
                raise Problem("syntax", f"the expression ends where {why}", position=self._token.start)
            raise Problem("syntax", f"`{self._token.text[:40]}` stands where {why}", position=self._token.start)
        return self._advance()

    def _fail_unexpected(self) -> NoReturn:
        token = self._token
        if token.kind == "end":
            raise Problem("syntax", "the expression ends too early", position=token.start)
        remedy = None
        if token.text == "=>":
            remedy = "A function may only be written as an argument: `map(items, x => x.price)`."
        elif token.text == "}":
            remedy = "Close each `{{` by one `}}`."
        elif token.kind in ("name", "text", "number"):
            remedy = "Put an operator before it, or quotes around text."
        raise Problem("syntax", f"`{token.text[:40]}` cannot stand here", remedy=remedy, position=token.start)

    def _enter(self) -> None:
        self._depth += 1
        if self._depth > limits.NESTING:
            raise Problem(
                "too_deep",
                f"this nests deeper than {limits.NESTING} levels",
                remedy="Split it over several nodes.",
                position=self._token.start,
            )

    def _expression(self, least: int = 0) -> Node:
        node = self._prefix()
        while True:
            token = self._token
            operator = self._operator(token)
            power = _INFIX.get(operator, -1)
            if power < least or power < 0:
                return node
            if operator == "not in":
                self._advance()
            node = self._infix(node, operator, power)

    def _operator(self, token: Token) -> str:
        if token.kind == "sign":
            return token.text
        if token.kind == "name" and token.text == "in":
            return "in"
        if token.kind == "name" and token.text == "not":
            following = self._scanner.token(token.end)
            return "not in" if following.text == "in" and following.kind == "name" else ""
        return ""

    def _infix(self, left: Node, operator: str, power: int) -> Node:
        if operator in (".", "?.") and isinstance(left, Root) and left.name == "nodes":
            return self._node(left, optional=operator == "?.")
        token = self._advance()
        if operator in _CHAINS:
            right = self._expression(power + 1)
            if isinstance(left, Chain) and left.operator == operator:
                return self._chain(left, right)
            return Chain(operator, (left, right), token.start)
        match operator:
            case "." | "?.":
                return self._member(left, optional=operator == "?.")
            case "[":
                return self._index(left, token, optional=False)
            case "(":
                self._fail_call(left, token)
            case "|":
                return self._pipe(left)
            case "?":
                self._enter()
                then = self._expression()
                self._expect(":", "the `:` of `condition ? a : b` should stand")
                otherwise = self._expression(_TERNARY)
                self._depth -= 1
                return Ternary(left, then, otherwise, token.start)
            case "**":
                self._enter()
                right = self._expression(power)
                self._depth -= 1
                return Binary(operator, left, right, token.start)
            case _:
                right = self._expression(power + 1)
        if operator in _COMPARISONS and self._operator(self._token) in _COMPARISONS:
            raise Problem(
                "syntax",
                "comparisons do not chain",
                remedy="Write `1 < x && x < 5`, or put brackets around the first comparison.",
                position=self._token.start,
            )
        return Binary(operator, left, right, token.start)

    def _chain(self, left: Chain, right: Node) -> Chain:
        # Brackets change nothing: (a || b) || c and a || b || c look at the same operands in turn.
        return Chain(left.operator, (*left.operands, right), left.position)

    def _prefix(self) -> Node:
        token = self._advance()
        if token.kind in ("number", "text"):
            return Literal(token.value, token.start)
        if token.kind == "name":
            return self._name(token)
        match token.text:
            case "(":
                self._enter()
                node = self._expression()
                self._expect(")", "a `)` should stand")
                self._depth -= 1
                return node
            case "[":
                return self._list(token)
            case "{":
                return self._braces(token)
            case "!" | "-" | "+":
                return self._unary(token, _PREFIX)
            case _:
                pass
        self._token = token
        return self._fail_unexpected()

    def _unary(self, token: Token, power: int) -> Node:
        self._enter()
        literal = self._token
        operand = self._expression(power)
        self._depth -= 1
        operator = "!" if token.text == "not" else token.text
        if operator == "-" and literal.text == "9223372036854775808" and isinstance(operand, Literal):
            return Literal(-(1 << 63), token.start)
        if operator == "-" and isinstance(operand, Literal) and literal.kind == "number":
            return Literal(-operand.value, token.start)  # pyright: ignore
        return Unary(operator, operand, token.start)

    def _name(self, token: Token) -> Node:
        name = token.text
        if name in _CONSTANTS:
            return Literal(_CONSTANTS[name], token.start)
        if name == "not":
            return self._unary(token, _NOT)
        if self._at("("):
            return self._call(token, self._function(token), ())
        bound = self._bound.get(name)
        if bound is not None:
            return Bound(name, bound.variable, token.start)
        if name == "in":
            self._token = token
            self._fail_unexpected()
        if name in _MISSPELT:
            raise Problem(
                "syntax",
                f"`{name}` means nothing here",
                remedy=f"Write `{_MISSPELT[name]}`.",
                position=token.start,
            )
        return Root("nodes" if name == "steps" else name, token.start)

    def _function(self, token: Token) -> FunctionInfo:
        info = FUNCTIONS.get(token.text)
        if info is None or token.text in self._bound:
            problem = Problem(
                "unknown_function",
                f"there is no function `{token.text[:40]}`",
                remedy=nearest_function(token.text),
                position=token.start,
            )
            if self._unknown is None:
                raise problem
            self._unknown.append(problem)
            return FunctionInfo(token.text, token.text, "", "", 0, None, _ANYWHERE)
        return info

    def _call(self, token: Token, info: FunctionInfo, before: tuple[Node, ...]) -> Node:
        self._advance()
        self._enter()
        arguments = [*before]
        while not self._at(")"):
            arguments.append(self._argument(info, len(arguments)))
            if not self._at(")"):
                self._expect(",", "a `,` or `)` should stand")
        self._advance()
        self._depth -= 1
        return self._called(token, info, tuple(arguments))

    def _called(self, token: Token, info: FunctionInfo, arguments: tuple[Node, ...]) -> Node:
        wrong = len(arguments) < info.least or (info.most is not None and len(arguments) > info.most)
        if wrong:
            raise Problem(
                "bad_argument",
                f"`{info.name}` does not take {len(arguments)} argument{'s' * (len(arguments) != 1)}",
                remedy=f"It is {info.signature}.",
                position=token.start,
            )
        if info.name in ("default", "coalesce"):
            return arguments[0] if len(arguments) == 1 else Chain("??", arguments, token.start)
        return Call(info, arguments, token.start)

    def _argument(self, info: FunctionInfo, place: int) -> Node:
        token = self._token
        names: tuple[str, ...] = ()
        if token.kind == "name" and token.text not in _RESERVED:
            following = self._scanner.token(token.end)
            if following.kind == "sign" and following.text == "=>":
                names, end = (token.text,), following.end
        elif self._at("(") and (match := _LAMBDA_NAMES.match(self._source, token.start)):
            names, end = tuple(name.strip() for name in match.group(1).split(",")), match.end()
        if not names:
            return self._expression()
        if place not in info.lambdas:
            raise Problem(
                "bad_argument",
                f"`{info.name}` does not take a function here",
                remedy=f"It is {info.signature}.",
                position=token.start,
            )
        return self._lambda(token, names, end)  # pyright: ignore[reportPossiblyUnboundVariable]

    def _lambda(self, token: Token, names: tuple[str, ...], end: int) -> Lambda:
        if len(names) > 2 or len(set(names)) < len(names) or not _RESERVED.isdisjoint(names):
            raise Problem(
                "syntax",
                "a function takes the item and, if you like, its index",
                remedy="Write `x => …` or `(x, i) => …`.",
                position=token.start,
            )
        self._token = self._scanner.token(end)
        self._enter()
        before, variables = self._bound, list[str]()
        self._bound = dict(before)
        for name in names:
            self._variables += 1
            variables.append(f"v{self._variables}")
            self._bound[name] = Bound(name, variables[-1], token.start)
        body = self._expression()
        self._bound = before
        self._depth -= 1
        return Lambda(tuple(variables), body, token.start)

    def _pipe(self, left: Node) -> Node:
        token = self._advance()
        if token.kind != "name":
            self._token = token
            self._expect("", "a function's name should stand after `|`")
        info = self._function(token)
        if self._at("("):
            return self._call(token, info, (left,))
        return self._called(token, info, (left,))

    def _fail_call(self, left: Node, token: Token) -> NoReturn:
        remedy = "Functions are called by name: `upper(x)` or `x | upper`."
        if isinstance(left, Member) and left.key in FUNCTIONS:
            remedy = f"There are no methods. Write `value | {left.key}(…)`."
        raise Problem("syntax", "this cannot be called", remedy=remedy, position=token.start)

    def _member(self, base: Node, *, optional: bool) -> Node:
        if optional and self._at("["):
            return self._index(base, self._advance(), optional=True)
        token = self._token
        key = self._source[token.start : token.end]
        if token.kind != "name" and key not in ("and", "or"):
            raise Problem(
                "syntax",
                "a key should stand after the dot",
                remedy='Keys with other letters are read as x["key"].',
                position=token.start,
            )
        self._advance()
        return Member(base, key, optional, token.start)

    def _node(self, root: Root, *, optional: bool) -> Node:
        # Scanned apart, because only here a hyphen belongs to the name.
        token = self._scanner.node_id(self._token.end)
        self._token = self._scanner.token(token.end)
        return Member(root, token.text, optional, token.start)

    def _index(self, base: Node, token: Token, *, optional: bool) -> Node:
        self._enter()
        start = None if self._at(":") else self._expression()
        stop = None
        if start is None or self._at(":"):
            self._advance()
            if not self._at("]"):
                stop = self._expression()
            self._expect("]", "a `]` should stand")
            self._depth -= 1
            return Slice(base, start, stop, optional, token.start)
        self._expect("]", "a `]` should stand")
        self._depth -= 1
        if isinstance(start, Literal) and isinstance(start.value, str):
            return Member(base, start.value, optional, start.position)
        return Index(base, start, optional, token.start)

    def _list(self, token: Token) -> ListOf:
        self._enter()
        items: list[Node] = []
        while not self._at("]"):
            items.append(self._expression())
            if not self._at("]"):
                self._expect(",", "a `,` or `]` should stand")
        self._advance()
        self._depth -= 1
        return ListOf(tuple(items), token.start)

    def _braces(self, token: Token) -> Node:
        self._enter()
        if self._at("{") and self._token.start == token.end:
            # Where an expression is expected anyway, {{ x }} is (x).
            self._advance()
            node = self._expression()
            self._token = self._scanner.token(self._close_braces())
        else:
            node = self._object(token)
        self._depth -= 1
        return node

    def _close_braces(self) -> int:
        end = self._token.end
        if not self._at("}") or not self._source.startswith("}", end):
            self._expect("", "`}}` should stand")
        return end + 1

    def _object(self, token: Token) -> ObjectOf:
        keys: dict[str, Node] = {}
        while not self._at("}"):
            key = self._token
            written = self._source[key.start : key.end]
            name = key.text if key.kind == "text" else written
            if key.kind not in ("name", "text") and written not in ("and", "or"):
                raise Problem(
                    "syntax",
                    "a key should stand here",
                    remedy="Keys are names or texts in quotes: {a: 1, 'b c': 2}.",
                    position=key.start,
                )
            if name in keys:
                raise Problem("syntax", f"the key `{name[:40]}` stands here twice", position=key.start)
            self._advance()
            self._expect(":", "the `:` after a key should stand")
            keys[name] = self._expression()
            if not self._at("}"):
                self._expect(",", "a `,` or `}` should stand")
        # The brace is not passed over by the caller: `{a: {b: 1}}` must not look like a closing `}}`.
        self._advance()
        return ObjectOf(tuple(keys), tuple(keys.values()), token.start)
