"""From the syntax tree of an expression to generated lines, and the value that they come to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from math import ceil, floor
from typing import Any, cast

from treadle.expressions import syntax
from treadle.service.backtests.program.constants import calculate, is_constant
from treadle.service.backtests.program.values import (
    ALWAYS,
    FAR,
    NEVER,
    ULP,
    Const,
    Flag,
    Items,
    Line,
    Listed,
    Mono,
    Num,
    Unknown,
    Val,
    both,
    number_of,
    surely,
)


class Lines:
    """Generated lines, at an indentation. What cannot be told is left by `leave`."""

    def __init__(self, depth: int) -> None:
        self.lines: list[str] = []
        self.depth = depth
        self.undoes = False
        """Something may have been done in this moment that has to be undone before the exact step takes it."""
        self._names = 0

    def add(self, text: str) -> None:
        self.lines.append("    " * self.depth + text)

    def set(self, code: str, hint: str = "t") -> str:
        name = self.fresh(hint)
        self.add(f"{name} = {code}")
        return name

    def fresh(self, hint: str = "t") -> str:
        self._names += 1
        return f"{hint}{self._names}"

    def leave(self, condition: str = ALWAYS) -> None:
        """Let the exact step decide."""
        if condition == NEVER:
            return
        if condition == ALWAYS:
            self.add(self.stop("EXACT"))
            return
        self.add(f"if {condition}:")
        self.add(f"    {self.stop('EXACT')}")

    def stop(self, status: str) -> str:
        """Code that ends before this moment."""
        undoing = f"back(io, i, {status}, acc, orders, sent, held)"
        return f"return {undoing if self.undoes else f'leave(io, i, {status})'}"

    def fail(self, code: str, condition: str) -> None:
        """The run fails for certain, with this code, and nothing was done yet. Once the exact step has said so, and
        why, it is counted here."""
        place = FAILURES.index(code)
        for text in (
            f"if {condition}:",
            f"    if fails[{place}] == 0:",
            f"        {self.stop('EXACT')}",
            f"    fails[{place}] += 1",
            "    i += 1",
            "    continue",
        ):
            self.add(text)


FAILURES = ("insufficient_balance", "risk_limit", "below_minimum")
"""What orders are refused for most."""


class Reader:
    """`read` says what a path of names is (`nodes.x.port`); it raises `Unknown`."""

    def __init__(
        self,
        lines: Lines,
        read: Callable[[tuple[str, ...]], Val],
        constants: Mapping[str, Any],
        *,
        is_rough: bool = False,
    ) -> None:
        self._lines, self._read, self._constants, self._is_rough = lines, read, constants, is_rough

    # Truth

    def truth(self, node: syntax.Node) -> str:
        """Lines that find out whether it is true; the name of that, or `True` or `False`."""
        match node:
            case syntax.Chain(operator="&&" | "||"):
                return self._chain(node)
            case syntax.Unary(operator="!"):
                found = self.truth(node.operand)
                return {ALWAYS: NEVER, NEVER: ALWAYS}.get(found) or self._lines.set(f"not {found}", "b")
            case _:
                return self.truth_of(self.value(node))

    def truth_of(self, value: Val) -> str:
        match value:
            case Const():
                return both(value.live, ALWAYS if value.value else NEVER)
            case Flag():
                return (
                    value.code if value.live == ALWAYS else self._lines.set(f"({value.live}) and ({value.code})", "b")
                )
            case Num():
                self._settle(value)
                if not value.exact:
                    self._near(value, number_of(0))
                return self._lines.set(both(value.live, f"{value.code} != 0.0"), "b")
            case _:
                raise Unknown

    def _chain(self, node: syntax.Chain) -> str:
        lines, name = self._lines, self._lines.fresh("b")
        first, *rest = node.operands
        lines.add(f"{name} = {self.truth(first)}")
        depth = lines.depth
        for operand in rest:
            lines.add(f"if {name}:" if node.operator == "&&" else f"if not {name}:")
            lines.depth += 1
            lines.add(f"{name} = {self.truth(operand)}")
        lines.depth = depth
        return name

    # Values

    def value(self, node: syntax.Node) -> Val:
        constant = self._constant(node)
        if constant is not None:
            return constant
        match node:
            case syntax.Root() | syntax.Member():
                return self._path(node)
            case syntax.Binary(operator="+" | "-" | "*" | "/"):
                return self.calculate(node.operator, self._number(node.left), self._number(node.right))
            case syntax.Binary(operator="==" | "!="):
                return self._equal(node)
            case syntax.Binary(operator="<" | "<=" | ">" | ">="):
                left, right = self._number(node.left), self._number(node.right)
                return Flag(self.compare(node.operator, left, right))
            case syntax.Chain(operator="&&" | "||") | syntax.Unary(operator="!"):
                if not all(_is_truth(one) for one in getattr(node, "operands", (node,))[1:]):
                    raise Unknown
                return Flag(self.truth(node))
            case syntax.Chain(operator="??"):
                return self._coalesce(node)
            case syntax.Ternary():
                return self._ternary(node)
            case syntax.Unary(operator="-"):
                return self.calculate("*", self._number(node.operand), number_of(-1))
            case syntax.Call():
                return self._call(node)
            case syntax.Slice():
                return self._part(node)
            case _:
                raise Unknown

    def _part(self, node: syntax.Slice) -> Items:
        base = self.value(node.base)
        found = base.value if isinstance(base, Const) else None
        if node.optional or not isinstance(found, list):
            raise Unknown
        items = tuple(cast("list[Any]", found))
        start, stop = (
            default if one is None else self._bound(self._number(one), len(items))
            for one, default in ((node.start, "0"), (node.stop, str(len(items))))
        )
        return Items(items, start, stop)

    def _bound(self, place: Num, count: int) -> str:
        place = self.exact(place)
        if not place.exact:
            raise Unknown
        self._lines.leave(f"not abs({place.code}) < 1e9 or {place.code} != floor({place.code})")
        return self._lines.set(f"bound_of({place.code}, {count})", "n")

    def _constant(self, node: syntax.Node) -> Const | None:
        if not is_constant(node, self._constants):
            return None
        try:
            return Const(calculate(node, self._constants))
        except Exception:
            raise Unknown from None

    def _path(self, node: syntax.Node) -> Val:
        keys: list[str] = []
        while isinstance(node, syntax.Member):
            if node.optional:
                raise Unknown
            keys.append(node.key)
            node = node.base
        if not isinstance(node, syntax.Root):
            raise Unknown
        return self._read((node.name, *reversed(keys)))

    def _number(self, node: syntax.Node) -> Num:
        return self.number(self.value(node))

    def number(self, value: Val) -> Num:
        """It is a number that is there; else the exact step says what becomes of it."""
        if isinstance(value, Const):
            return number_of(value.value)
        if not isinstance(value, Num):
            raise Unknown
        if value.live != ALWAYS:
            self._lines.leave(f"not ({value.live})")
        return replace(value, live=ALWAYS)

    def exact(self, value: Num) -> Num:
        """It can be calculated with to the last bit; roughly, as far as its column is known."""
        if value.column is not None and self._is_rough:
            size = self._lines.set(f"max(abs({value.code}), {value.mag} * 1e6)", "m")
            return replace(value, rel=1e-6, mag=size, column=None)
        self._settle(value)
        return replace(value, exact=True, column=None) if value.column is not None else value

    def _settle(self, value: Num) -> None:
        """Of a column that is known but nearly, have this place calculated."""
        if value.column is not None:
            self._lines.add(f"if {value.mag} > 0.0:")
            self._lines.add(f"    {self._lines.stop(column_status(value.column[0]))}")

    def calculate(self, sign: str, left: Num, right: Num) -> Num:
        left, right = self.exact(left), self.exact(right)
        lines = self._lines
        if sign == "/":
            lines.leave(f"{right.code} == 0.0")
        code = lines.set(f"{left.code} {sign} {right.code}")
        if left.exact and right.exact and not (left.dec or right.dec):
            lines.leave(f"not isfinite({code})")
            return Num(code)
        (one, mag), (other, size) = left.error(), right.error()
        mono = None
        if left.mono is not None and right.mono is not None and (left.dec or right.dec):
            mono = left.mono.times(right.mono) if sign == "*" else left.mono.by(right.mono) if sign == "/" else None
        if sign in "+-":
            found = lines.set(f"{mag} + {size}", "m")
            line = _sum_of(sign, left, right)
            return Num(code, exact=False, rel=max(one, other) + ULP, mag=found, dec=True, line=line)
        if sign == "/" and size != f"abs({right.code})":
            raise Unknown  # what it is divided by may be anything
        found = f"abs({code})"
        if mag != f"abs({left.code})" or size != f"abs({right.code})":
            found = lines.set(f"{mag} * {size}" if sign == "*" else f"{mag} / {size}", "m")
        return Num(code, exact=False, rel=one + other + 2 * ULP, mag=found, dec=True, mono=mono)

    def _near(self, left: Num, right: Num) -> None:
        """Leave where the two lie nearer to each other than they are known."""
        if left.exact and right.exact:
            return
        (one, mag), (other, size) = left.error(), right.error()
        parts = [f"{rel:.3g} * {of}" if rel != 1.0 else of for rel, of in ((one, mag), (other, size))]
        columns = [value for value in (left, right) if value.column is not None]
        self._lines.add(f"if not abs({left.code} - {right.code}) > 1.01 * ({' + '.join(parts)}):")
        for value in columns:
            self._lines.add(f"    if {value.mag} > 0.0:")
            self._lines.add(f"        {self._lines.stop(column_status((value.column or (0, ''))[0]))}")
        # Where columns are exact, nothing of them is left to doubt.
        if not (_is_plain(left) and _is_plain(right)):
            self._lines.add(f"    {self._lines.stop('EXACT')}")
        elif not columns:
            self._lines.add("    pass")

    def compare(self, sign: str, left: Num, right: Num) -> str:
        if left.mono is not None and right.code == "0.0" and left.mono.over and not left.mono.under:
            return self._sign(sign, left.mono)
        if not (left.exact and right.exact) and (found := self._place(sign, left, right)) is not None:
            return found
        self._near(left, right)
        return self._lines.set(f"{left.code} {sign} {right.code}", "b")

    def _place(self, sign: str, left: Num, right: Num) -> str | None:
        """What a whole number hangs on is compared with a constant: where that number is."""
        if right.straight is not None and left.constant is not None:
            sign, left, right = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}.get(sign, sign), right, left
        line, constant = left.straight, right.constant
        if line is None or constant is None:
            return None
        if line.factor < 0:
            sign = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}.get(sign, sign)
        edge = (constant - line.shift) / line.factor
        if abs(edge) >= FAR:
            return None
        if sign in ("==", "!=") and edge.denominator != 1:
            return self._lines.set(ALWAYS if sign == "!=" else NEVER, "b")
        self._lines.leave(f"not abs({line.name}) < {FAR}")
        whole = ceil(edge) if sign in ("<", ">=") else floor(edge)
        return self._lines.set(f"{line.name} {sign} {whole}", "b")

    def _sign(self, sign: str, mono: Mono) -> str:
        """Compared with 0: only what its parts are counts."""
        if len(mono.over) != 1 or mono.factor <= 0:
            raise Unknown
        return self._lines.set(f"{mono.over[0]} {sign} 0", "b")

    def _equal(self, node: syntax.Binary) -> Flag:
        left, right = self.value(node.left), self.value(node.right)
        for one, other in ((left, right), (right, left)):
            if isinstance(other, Const) and other.value is None and other.live == ALWAYS:
                if isinstance(one, Const):
                    raise Unknown
                return Flag(f"not ({one.live})" if node.operator == "==" else one.live)
        found = self.compare(node.operator, self.number(left), self.number(right))
        return Flag(found)

    def _coalesce(self, node: syntax.Chain) -> Val:
        values = [self.value(one) for one in node.operands]
        if not all(isinstance(one, Num | Const) for one in values):
            raise Unknown
        *before, last = values
        found = last
        for value in reversed(before):
            if value.live == ALWAYS:
                found = value if not (isinstance(value, Const) and value.value is None) else found
                continue
            one, other = self.exact(self._as_number(value)), self.exact(self.number(found))
            found = self._either(value.live, one, other)
        return found

    def _as_number(self, value: Val) -> Num:
        return number_of(value.value) if isinstance(value, Const) else self.number(surely(value))

    def _either(self, condition: str, one: Num, other: Num) -> Num:
        lines = self._lines
        code = lines.set(f"{one.code} if {condition} else {other.code}")
        if one.exact and other.exact:
            return Num(code, dec=one.dec or other.dec)
        (rel, mag), (more, size) = one.error(), other.error()
        return Num(code, exact=False, rel=max(rel, more), mag=lines.set(f"max({mag}, {size})", "m"), dec=True)

    def _ternary(self, node: syntax.Ternary) -> Val:
        lines, condition = self._lines, self.truth(node.condition)
        if condition in (ALWAYS, NEVER):
            return self.value(node.then if condition == ALWAYS else node.otherwise)
        code, mag, found = lines.fresh(), lines.fresh("m"), list[Num]()
        for place, (branch, head) in enumerate(((node.then, f"if {condition}:"), (node.otherwise, "else:"))):
            lines.add(head)
            lines.depth += 1
            value = self.exact(self._number(branch))
            found.append(value)
            rel, size = value.error()
            lines.add(f"{code} = {value.code}")
            lines.add(f"{mag} = {size}")
            lines.depth -= 1
            del place, rel
        one, other = found
        if one.exact and other.exact:
            return Num(code, dec=one.dec or other.dec)
        return Num(code, exact=False, rel=max(one.error()[0], other.error()[0]), mag=mag, dec=True)

    def _call(self, node: syntax.Call) -> Val:
        name = node.function.name
        if name in ("min", "max") and len(node.arguments) > 1:
            found, *rest = [self.exact(self._number(one)) for one in node.arguments]
            for other in rest:
                found = self._extreme(name, found, other)
            return found
        if name == "float" and len(node.arguments) == 1:
            return self._float(self.exact(self._number(node.arguments[0])))
        if name in ("floor", "round", "int") and len(node.arguments) == 1:
            return self._whole(name, self.exact(self._number(node.arguments[0])))
        if name == "len" and len(node.arguments) == 1:
            return self._length(self.value(node.arguments[0]))
        if name == "abs" and len(node.arguments) == 1:
            value = self.exact(self._number(node.arguments[0]))
            return replace(value, code=self._lines.set(f"abs({value.code})"), mono=None)
        raise Unknown

    def _float(self, value: Num) -> Num:
        if value.exact:
            return replace(value, dec=False, mono=None)
        mono, limit = value.mono, 1 << 53
        if mono is None or len(mono.over) != 1 or mono.under or mono.factor.denominator >= limit:
            return replace(value, rel=value.rel + ULP, mono=None)
        # A quotient of two floats that are whole numbers is the nearest float of it.
        over = self._lines.set(f"{mono.over[0]} * {mono.factor.numerator}.0")
        self._lines.leave(f"not abs({over}) < {float(limit)!r}")
        return Num(self._lines.set(f"{over} / {float(mono.factor.denominator)!r}"))

    def _whole(self, name: str, value: Num) -> Num:
        lines, code = self._lines, value.code
        lines.leave(f"not abs({code}) < {2.0**53!r}")
        if not value.exact:
            off = lines.set(f"{value.rel!r} * {value.mag}", "m")
            near = f"{code} + 0.5" if name == "round" else code
            lines.leave(f"abs({near} - round({near})) <= 2.0 * {off}")
        return Num(lines.set(f"float({name}({code}))"))

    def _length(self, value: Val) -> Num:
        found = value.value if isinstance(value, Const) else None
        if isinstance(found, list):
            return number_of(len(cast("list[Any]", found)))
        if not isinstance(value, Items | Listed):
            raise Unknown
        if value.live != ALWAYS:
            self._lines.leave(f"not ({value.live})")
        count = value.count if isinstance(value, Listed) else f"max(0, {value.stop} - {value.start})"
        return Num(self._lines.set(f"float({count})"))

    def _extreme(self, name: str, one: Num, other: Num) -> Num:
        code = self._lines.set(f"{name}({one.code}, {other.code})")
        if one.exact and other.exact:
            return Num(code, dec=one.dec or other.dec)
        (rel, mag), (more, size) = one.error(), other.error()
        return Num(code, exact=False, rel=max(rel, more), mag=self._lines.set(f"max({mag}, {size})", "m"), dec=True)


def _sum_of(sign: str, left: Num, right: Num) -> Line | None:
    line, constant, turn = left.straight, right.constant, 1
    if sign == "+" and (line is None or constant is None):
        line, constant = right.straight, left.constant
    elif sign == "-" and line is None:
        line, constant, turn = right.straight, left.constant, -1
    if line is None or constant is None:
        return None
    shift = turn * line.shift + (constant if sign == "+" or turn < 0 else -constant)
    found = replace(line, factor=turn * line.factor, shift=shift)
    return found if found.is_short else None


def column_status(index: int) -> str:
    return str(COLUMN + index)


COLUMN = 1_000
"""From here on: the column of this node is to be calculated exactly."""


def _is_plain(value: Num) -> bool:
    return value.exact or value.column is not None


def _is_truth(node: syntax.Node) -> bool:
    return isinstance(node, syntax.Binary | syntax.Unary | syntax.Chain)


def is_total(
    node: syntax.Node, has_port: Callable[[tuple[str, ...]], bool], is_list: Callable[[tuple[str, ...]], bool]
) -> bool:
    """Whether it comes to something whatever there is, and cannot fail. `is_list`: whether there always is one."""
    match node:
        case syntax.Literal():
            return True
        case syntax.Root() | syntax.Member():
            path = _path_of(node)
            return path is not None and has_port(path)
        case syntax.Call() if node.function.name == "len" and len(node.arguments) == 1:
            path = _path_of(node.arguments[0])
            return path is not None and is_list(path)
        case syntax.Chain(operator="??") | syntax.Template() | syntax.ListOf() | syntax.ObjectOf():
            return all(is_total(one, has_port, is_list) for one in syntax.children(node))
        case _:
            return False


def _path_of(node: syntax.Node) -> tuple[str, ...] | None:
    keys: list[str] = []
    while isinstance(node, syntax.Member):
        keys.append(node.key)
        node = node.base
    return (node.name, *reversed(keys)) if isinstance(node, syntax.Root) else None
