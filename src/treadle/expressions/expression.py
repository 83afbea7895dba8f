"""An expression, compiled once and evaluated as often as needed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import cast

from treadle.errors import ExpressionError
from treadle.expressions import limits
from treadle.expressions.emitter import FILE, Emitter
from treadle.expressions.explanation import error_of, is_private, problem_of
from treadle.expressions.limits import Draws
from treadle.expressions.parser import Parser
from treadle.expressions.problem import Problem
from treadle.expressions.references import reads_of
from treadle.expressions.scanner import is_writable, too_long
from treadle.expressions.syntax import Literal, Node, Template
from treadle.expressions.value import Value

_CACHED = 2048
Run = Callable[[Mapping[str, object], Draws | None], object]


@dataclass(frozen=True, slots=True, eq=False)
class Expression:
    """A compiled expression, or a template, and what it reads. Safe to share between threads."""

    source: str
    references: frozenset[tuple[str, str | None]]
    """Every `nodes.<id>` and `steps.<id>` with its port, or None when the port is not named outright."""
    roots: frozenset[str]
    """Every name looked up in the scope; `steps` is called `nodes` here."""
    paths: frozenset[tuple[str, ...]]
    """Dotted paths from a root, as far as they are written out: ("workflow", "input", "topic")."""
    secrets: frozenset[str]
    """Names read as `secrets.<name>`."""
    functions: frozenset[str]
    volatile: bool
    """Whether it uses `now`, `today` or `uuid`."""
    _run: Run = field(repr=False)
    _positions: tuple[int, ...] = field(repr=False)

    def evaluate(self, scope: Mapping[str, object], *, clock: Draws | None = None) -> Value:
        """The value, with each root looked up in `scope`, which is never changed.

        The result may share lists and objects with `scope`. Raises only `ExpressionError`; its message
        never holds more than short forms of the values involved, and none when secrets or env are read.
        """
        try:
            return self._run(scope, clock)
        except Exception as error:
            problem = problem_of(error, FILE, self._positions)
        raise error_of(problem, self.source, hidden=is_private(self.roots))


def compile_expression(source: str) -> Expression:
    """Compile text that is an expression as a whole, such as a condition; `{{ x }}` in it is `(x)`.

    Cached by source. Raises `ExpressionError` with the position and a remedy.
    """
    _check_text(source)
    if len(source) > limits.SOURCE:
        raise error_of(too_long(), source)
    return _expression(source)


def compile_template(value: str) -> Expression | None:
    """Compile an ordinary config field; None when there is no `{{ … }}` in it.

    A field that is one `{{ … }}` (line breaks at its end aside) keeps the type of its value. Otherwise
    the result is text: texts as they are, null as nothing, other values as JSON, times as ISO 8601.
    Raises `ExpressionError`.
    """
    if "{{" not in value:
        return None
    _check_text(value)
    return _template(value) if len(value) <= limits.SOURCE else _compile(value, _parse_template)


@lru_cache(_CACHED)
def _expression(source: str) -> Expression:
    return _compile(source, lambda text: Parser(text).whole())


@lru_cache(_CACHED)
def _template(source: str) -> Expression:
    return _compile(source, _parse_template)


def _check_text(source: str) -> None:
    if not is_writable(source):
        position = next(place for place, letter in enumerate(source) if "\ud800" <= letter <= "\udfff")
        shown = source.encode(errors="replace").decode()
        raise error_of(Problem("syntax", "half a surrogate pair is no character", position=position), shown)


def find_problems(text: str, *, template: bool) -> tuple[list[ExpressionError], Expression | None]:
    """Everything wrong with an expression or a template that can be told at once, and what it reads all the same.

    Unknown functions are read over, so that what stands behind them is seen too; the expression is for its
    `references`, `roots` and `paths`, and has no value where there are problems.
    """
    unknown: list[Problem] = []

    def parse(source: str) -> Node:
        return _parse_template(source, unknown) if template else Parser(source, unknown=unknown).whole()

    found: list[ExpressionError] = []
    expression: Expression | None = None
    try:
        expression = _compile(text, parse)
    except ExpressionError as error:
        found.append(error)
    return [*(error_of(problem, text) for problem in unknown), *found], expression


def parse_tree(value: str, *, template: bool) -> Node:
    """The parts of an expression, or of a field with `{{ … }}` in it. Raises `ExpressionError`."""
    try:
        return _parse_template(value) if template else Parser(value).whole()
    except Problem as problem:
        raise error_of(problem, value) from None


def _parse_template(source: str, unknown: list[Problem] | None = None) -> Node:
    if len(source) > limits.RESULT:
        raise Problem("too_long", f"the text is longer than {limits.RESULT:,} characters")
    parts: list[Node] = []
    end, allowance = 0, limits.SOURCE
    while (start := source.find("{{", end)) >= 0:
        if start > end:
            parts.append(Literal(source[end:start], end))
        node, end = Parser(source, start + 2, allowance, unknown).until_braces()
        allowance -= end - start - 2
        parts.append(node)
    rest = source[end:]
    if len(parts) == 1 and not rest.strip("\r\n"):
        return parts[0]
    return Template((*parts, Literal(rest, end)) if rest else tuple(parts), 0)


def _compile(source: str, parse: Callable[[str], Node]) -> Expression:
    try:
        node = parse(source)
        reads = reads_of(node)
    except Problem as problem:
        failure = problem
    except (RecursionError, MemoryError):
        failure = Problem("too_deep", "this nests too deep", remedy="Split it over several nodes.")
    else:
        expression = Expression(
            source=source,
            references=reads.references,
            roots=reads.roots,
            paths=reads.paths,
            secrets=reads.secrets,
            functions=reads.functions,
            volatile=reads.volatile,
            _run=_nothing,
            _positions=(),
        )
        _put_off(expression, node)
        return expression
    raise error_of(failure, source)


def _put_off(expression: Expression, node: Node) -> None:
    """Make code of `node` when it is first evaluated: checking a workflow needs only what its expressions read."""

    def first_run(scope: Mapping[str, object], clock: Draws | None) -> object:
        emitter = Emitter()
        try:
            code, positions = emitter.module(node)
            exec(code, emitter.names)
        except (RecursionError, MemoryError):
            raise Problem("too_deep", "this nests too deep", remedy="Split it over several nodes.") from None
        run = cast(Run, emitter.names["run"])
        object.__setattr__(expression, "_positions", positions)
        object.__setattr__(expression, "_run", run)
        return run(scope, clock)

    object.__setattr__(expression, "_run", first_run)


def _nothing(scope: Mapping[str, object], clock: Draws | None) -> object:
    raise LookupError("the expression has no code")


__all__ = [
    "Expression",
    "ExpressionError",
    "compile_expression",
    "compile_template",
    "find_problems",
    "parse_tree",
]
