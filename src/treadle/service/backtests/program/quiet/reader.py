"""Expressions over many moments at once: what they may come to, and where they may fail."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from typing import Any

from treadle.expressions import syntax
from treadle.expressions.expression import parse_tree
from treadle.service.backtests.program.constants import calculate, is_constant
from treadle.service.backtests.program.quiet.values import (
    ANYTHING,
    NULL,
    ULP,
    Choice,
    Fields,
    Null,
    Number,
    Truth,
    Val,
    value_of,
)

_ARITHMETIC, _ORDER = ("+", "-", "*", "/"), ("<", "<=", ">", ">=")
Path = tuple[str, ...]


class Trees:
    """Expressions by how they are written, parsed once, and what parts of them always come to."""

    def __init__(self, constants: Mapping[str, Any]) -> None:
        self._constants = constants
        self._trees: dict[tuple[str, bool], syntax.Node] = {}
        self._known: dict[int, Val | None] = {}

    def of(self, text: str, *, template: bool) -> syntax.Node:
        """Raises `ExpressionError`."""
        if (text, template) not in self._trees:
            self._trees[text, template] = parse_tree(text, template=template)
        return self._trees[text, template]

    def constant(self, node: syntax.Node) -> Val | None:
        """What a part of one of them is in every run; None where that is not known, or it fails."""
        if id(node) not in self._known:
            self._known[id(node)] = self._calculate(node)
        return self._known[id(node)]

    def _calculate(self, node: syntax.Node) -> Val | None:
        if not is_constant(node, self._constants):
            return None
        try:
            return value_of(calculate(node, self._constants))
        except Exception:
            return None


class QuietReader:
    """`read` says what a path of names (`nodes.x.port`) is. `fails` is where something may have failed."""

    def __init__(self, count: int, read: Callable[[Path], Val], trees: Trees) -> None:
        import numpy

        self._numpy: Any = numpy
        self.all, self.none = numpy.ones(count, dtype=bool), numpy.zeros(count, dtype=bool)
        self._read, self.trees = read, trees
        self._where: Any = self.all
        self.fails: Any = self.none

    @contextmanager
    def within(self, mask: Any) -> Generator[None]:
        """Nothing is asked elsewhere."""
        before, self._where = self._where, self._where & mask
        try:
            yield
        finally:
            self._where = before

    def fail(self, mask: Any = True) -> None:
        self.fails = self.fails | (self._where & mask)

    # Truth

    def truth(self, node: syntax.Node) -> Truth:
        match node:
            case syntax.Chain(operator="&&" | "||"):
                return self._chain(node)
            case syntax.Unary(operator="!"):
                found = self.truth(node.operand)
                return Truth(found.false, found.true)
            case _:
                return self.truth_of(self.value(node))

    def truth_of(self, value: Val) -> Truth:
        numpy = self._numpy
        match value:
            case Truth():
                return Truth(self.all & value.true, self.all & value.false)
            case Null():
                return Truth(self.none, self.all)
            case Number():
                sure = numpy.abs(value.value) > value.off
                true = numpy.logical_not((value.value == 0) & (numpy.asarray(value.off) == 0))
                return Truth(self.all & true & value.there, self.all & (numpy.logical_not(sure) | value.null))
            case _:
                return Truth(self.all, self.all)

    def _chain(self, node: syntax.Chain) -> Truth:
        is_and = node.operator == "&&"
        going, out = self.all, self.none
        for operand in node.operands:
            with self.within(going):
                found = self.truth(operand)
            stay, leave = (found.true, found.false) if is_and else (found.false, found.true)
            out, going = out | (going & leave), going & stay
        return Truth(going, out) if is_and else Truth(out, going)

    # Values

    def value(self, node: syntax.Node) -> Val:
        constant = self.trees.constant(node)
        if constant is not None:
            return constant
        match node:
            case syntax.Root() | syntax.Member() | syntax.Index():
                path = path_of(node)
                return self._unknown() if path is None else self._read(path)
            case syntax.Binary(operator=sign) if sign in _ARITHMETIC:
                return self.calculate(sign, self.value(node.left), self.value(node.right))
            case syntax.Binary(operator=sign) if sign in _ORDER:
                return self.compare(sign, self.value(node.left), self.value(node.right))
            case syntax.Binary(operator="==" | "!="):
                found = self.equal(self.value(node.left), self.value(node.right))
                return found if node.operator == "==" else Truth(found.false, found.true)
            case syntax.Chain(operator="??"):
                return self._coalesce(node)
            case syntax.Chain():
                found = self.truth(node)
                return found if all(_is_truth(one) for one in node.operands[1:]) else ANYTHING
            case syntax.Unary(operator="!"):
                return self.truth(node)
            case syntax.Unary(operator="-"):
                return self.calculate("*", self.value(node.operand), Number(-1.0))
            case syntax.Ternary():
                return self._ternary(node)
            case syntax.Call():
                return self._call(node)
            case syntax.Template():
                for part in syntax.children(node):
                    self.value(part)
                return ANYTHING
            case _:
                return self._unknown()

    def _unknown(self) -> Val:
        self.fail()
        return ANYTHING

    def number(self, value: Val) -> Number:
        """Where it is none, that fails."""
        if isinstance(value, Number):
            self.fail(value.null)
            return value
        self.fail()
        return Number(0.0, float("inf"))

    def calculate(self, sign: str, left: Val, right: Val) -> Number:
        numpy, one, other = self._numpy, self.number(left), self.number(right)
        x, y = one.value, other.value
        size, more = numpy.abs(x), numpy.abs(y)
        with numpy.errstate(all="ignore"):
            if sign == "*":
                value = numpy.multiply(x, y)
                off = size * other.off + more * one.off + one.off * other.off
            elif sign == "/":
                self.fail(numpy.logical_not(more > other.off))
                value = numpy.divide(x, y)
                off = (one.off + numpy.abs(value) * other.off) / (more - other.off)
            else:
                value = numpy.add(x, y) if sign == "+" else numpy.subtract(x, y)
                off = one.off + other.off + ULP * (size + more)
            off = 1.000001 * off + 6 * ULP * numpy.abs(value)
        is_known = numpy.isfinite(value) & numpy.isfinite(off)
        self.fail(numpy.logical_not(is_known))
        return Number(numpy.where(is_known, value, 0.0), numpy.where(is_known, off, numpy.inf))

    def compare(self, sign: str, left: Val, right: Val) -> Truth:
        less, equal, more = self._order(self.number(left), self.number(right))
        match sign:
            case "<":
                return Truth(less, equal | more)
            case "<=":
                return Truth(less | equal, more)
            case ">":
                return Truth(more, less | equal)
            case _:
                return Truth(more | equal, less)

    def _order(self, left: Number, right: Number) -> tuple[Any, Any, Any]:
        """Where the one may be less than the other, the same, and more."""
        numpy = self._numpy
        with numpy.errstate(all="ignore"):
            apart, near = numpy.subtract(left.value, right.value), numpy.add(left.off, right.off)
            less = self.all & numpy.logical_not(apart - near >= 0)
            more = self.all & numpy.logical_not(apart + near <= 0)
            equal = self.all & numpy.logical_not(numpy.abs(apart) > near)
        return less, equal, more

    def equal(self, left: Val, right: Val) -> Truth:
        """It never fails."""
        for one, other in ((left, right), (right, left)):
            if isinstance(other, Null):
                if isinstance(one, Null):
                    return Truth(self.all, self.none)
                if isinstance(one, Number):
                    return Truth(self.all & one.null, self.all & one.there)
            if isinstance(one, Choice) and isinstance(other, Choice) and len(other.texts) == 1:
                (text,) = other.texts
                rest = [self.all & mask for known, mask in one.texts.items() if known != text]
                found = self.all & one.texts.get(text, False)
                return Truth(found, self._numpy.logical_or.reduce(rest) if rest else self.none)
        if isinstance(left, Number) and isinstance(right, Number):
            less, equal, more = self._order(left, right)
            missing = self._numpy.logical_or(left.null, right.null)
            return Truth(equal, less | more | (self.all & missing))
        return Truth(self.all, self.all)

    def _coalesce(self, node: syntax.Chain) -> Val:
        found: Val = NULL
        for operand in node.operands:
            value = self.value(operand)
            if isinstance(found, Null):
                found = value
            elif isinstance(found, Number) and isinstance(value, Number):
                found = self._instead(found, value)
            else:
                found = ANYTHING
        return found

    def _instead(self, one: Number, other: Number) -> Number:
        numpy = self._numpy
        gone, unsure = numpy.logical_not(one.there), numpy.logical_and(one.null, one.there)
        off = numpy.where(unsure, numpy.inf, numpy.where(gone, other.off, one.off))
        null, there = numpy.logical_and(one.null, other.null), numpy.logical_or(one.there, other.there)
        return Number(numpy.where(gone, other.value, one.value), off, null, there)

    def _ternary(self, node: syntax.Ternary) -> Val:
        numpy, asked = self._numpy, self.truth(node.condition)
        with self.within(asked.true):
            then = self.value(node.then)
        with self.within(asked.false):
            otherwise = self.value(node.otherwise)
        if isinstance(then, Choice) and isinstance(otherwise, Choice):
            texts = {text: asked.true & mask for text, mask in then.texts.items()}
            for text, mask in otherwise.texts.items():
                texts[text] = texts.get(text, self.none) | (asked.false & mask)
            return Choice(texts)
        if isinstance(then, Number) and isinstance(otherwise, Number):
            is_open = asked.true & asked.false
            off = numpy.where(is_open, numpy.inf, numpy.where(asked.true, then.off, otherwise.off))
            null = (asked.true & then.null) | (asked.false & otherwise.null)
            there = (asked.true & then.there) | (asked.false & otherwise.there)
            return Number(numpy.where(asked.true, then.value, otherwise.value), off, null, there)
        return ANYTHING

    def _call(self, node: syntax.Call) -> Val:
        numpy, name = self._numpy, node.function.name
        if name not in ("abs", "float", "min", "max") or not node.arguments:
            return self._unknown()
        first, *rest = [self.number(self.value(one)) for one in node.arguments]
        if name in ("min", "max"):
            if not rest:
                return self._unknown()  # of a list
            for other in rest:
                value = getattr(numpy, f"{name}imum")(first.value, other.value)
                first = Number(value, numpy.maximum(first.off, other.off))
            return first
        if name == "abs":
            return Number(numpy.abs(first.value), first.off)
        return Number(first.value, first.off + ULP * numpy.abs(first.value))


def path_of(node: syntax.Node) -> Path | None:
    """As names are written one after the other; None where one is calculated."""
    keys: list[str] = []
    while isinstance(node, syntax.Member | syntax.Index):
        if node.optional:
            return None
        if isinstance(node, syntax.Member):
            keys.append(node.key)
        elif isinstance(node.index, syntax.Literal) and isinstance(node.index.value, str):
            keys.append(node.index.value)
        else:
            return None
        node = node.base
    return (node.name, *reversed(keys)) if isinstance(node, syntax.Root) else None


def member(value: Val, keys: tuple[str, ...], reader: QuietReader) -> Val:
    for key in keys:
        if not isinstance(value, Fields) or key not in value.fields:
            reader.fail()
            return ANYTHING
        value = value.fields[key]
    return value


def _is_truth(node: syntax.Node) -> bool:
    return isinstance(node, syntax.Binary | syntax.Unary | syntax.Chain)
