"""The public face: what an expression says about itself, templates, limits and messages."""

from __future__ import annotations

import sys
import time
from typing import Any

import pytest

from treadle.expressions import ExpressionError, compile_expression, compile_template, render_caret


def failure_of(source: str, scope: dict[str, Any] | None = None, template: bool = False) -> ExpressionError:
    """The error that compiling or evaluating raises."""
    compiled = compile_template if template else compile_expression
    with pytest.raises(ExpressionError) as failure:
        compiled(source).evaluate(scope or {})  # type: ignore[union-attr]
    return failure.value


def test_references_name_node_and_port() -> None:
    """Both roots count, with hyphens, brackets and unknown ports."""
    found = compile_expression("nodes.a-b.price + steps.c.output.x + steps['d e']?.y + nodes.f[p]")

    assert found.references == {("a-b", "price"), ("c", "output"), ("d e", "y"), ("f", None)}
    assert found.roots == {"nodes", "p"}


def test_roots_leave_out_what_a_function_binds() -> None:
    """`x` is bound inside, `y` is not, and a bound name may hide a root outside."""
    found = compile_expression("map(items, x => x.a + y) + map(x.b, (x, i) => x + i)")

    assert found.roots == {"items", "y", "x"}
    assert ("x", "a") not in found.paths


def test_paths_go_as_far_as_they_are_written_out() -> None:
    """A calculated index ends a path; `.length` is not a key."""
    found = compile_expression("workflow.input.topic + a['b'].c[i.j].d + items.length")

    assert found.paths == {("workflow", "input", "topic"), ("a", "b", "c"), ("i", "j"), ("items",)}


def test_secrets_functions_and_volatility_are_told() -> None:
    """What checks need to know without evaluating."""
    found = compile_expression("secrets.token + secrets['other'] + upper(text(now()))")

    assert found.secrets == {"token", "other"}
    assert found.functions == {"upper", "text", "now"}
    assert found.volatile
    assert not compile_expression("1").volatile


def test_compiling_twice_gives_the_same_expression() -> None:
    """Cached by source."""
    assert compile_expression("cached + 1") is compile_expression("cached + 1")
    assert compile_template("a {{ cached }}") is compile_template("a {{ cached }}")


def test_an_expression_cannot_be_changed() -> None:
    """It is shared by everybody who wrote the same source."""
    with pytest.raises(AttributeError):
        compile_expression("1").source = "2"  # type: ignore[misc]


TEMPLATES = [
    ("{{ n }}", 5),
    ("{{n}}\n", 5),
    ("{{ list }}", [1, None]),
    ("n: {{ n }}", "n: 5"),
    ("{{ n }}{{ n }}", "55"),
    (" {{ n }}", " 5"),
    ("a {{ none }}b", "a b"),
    ("{{ list }}!", "[1,null]!"),
    ("{{ '}}' }}", "}}"),
    ("{{ '}}' }}x", "}}x"),
    ("{{ {a: {b: 1}}}}", {"a": {"b": 1}}),
    ("{{ {a: {b: n}} }}.", '{"a":{"b":5}}.'),
    ("{{ '{{' }} {{ yes }}", "{{ true"),
    ("{ {{ n }} }", "{ 5 }"),
    ("{{ f }} %", "1.5 %"),
    ("{{ x ?? 'none' }}!", "none!"),
    ("}} {{ n }}", "}} 5"),
]


@pytest.mark.parametrize(("value", "expected"), TEMPLATES)
def test_a_template_gives_this(value: str, expected: object) -> None:
    """One `{{ … }}` keeps its type; text around makes text."""
    scope = {"n": 5, "none": None, "list": [1, None], "yes": True, "f": 1.5}

    found = compile_template(value)

    assert found is not None
    assert found.evaluate(scope) == expected


def test_text_without_braces_is_no_template() -> None:
    """Also with single braces."""
    assert compile_template("plain { a } }}") is None


@pytest.mark.parametrize("value", ["{{ a", "{{ }}", "a {{ 'b }}", "{{ a }", "{{ a } }", "{{ a b }}"])
def test_a_broken_template_is_refused(value: str) -> None:
    """Rather than passed on as text."""
    assert failure_of(value, template=True).code == "syntax"


def test_a_long_text_may_hold_short_expressions() -> None:
    """The limit on the source is about expressions."""
    found = compile_template("a" * 50_000 + "{{ n }}")

    assert found is not None
    assert found.evaluate({"n": 1}) == "a" * 50_000 + "1"
    assert failure_of("{{ n }}" * 6000, template=True).code == "too_long"


BIG = {"text": "y" * 900_000, "list": list(range(1000)), "deep": None}
LIMITS = [
    ("map(list, a => map(list, b => map(list, c => 1)))", "too_many_operations"),
    ("map(list, a => text)", "too_large"),
    ("text + text", "too_large"),
    ("[text, text]", "too_large"),
    ("join(map(list, a => text))", "too_large"),
    ("replace(text, 'y', 'yyy')", "too_large"),
    ("json(map(list, a => list))", "too_many_operations"),
    ("map(range(0, 11), a => upper(text)) | len", "too_large"),
    ("range(100001)", "too_many_operations"),
    ("[1]" + " | map(x => [x, x])" * 40, "too_many_operations"),
    ("[[1]]" + " | map(x => [x, x]) | flatten | map(x => [x, x])" * 12, "too_many_operations"),
    ("map(list, a => map(list, b => matches(text, 'x.*z')))", "too_many_operations"),
    ("map(range(100), a => sort(list, b => -b))", "too_many_operations"),
]


@pytest.mark.parametrize(("source", "code"), [pytest.param(*row, id=row[0][:60]) for row in LIMITS])
def test_growth_hits_its_limit(source: str, code: str) -> None:
    """One budget over the whole evaluation, before the memory is taken."""
    assert failure_of(source, BIG).code in (code, "too_slow")


def test_time_is_bounded() -> None:
    """Work that is few operations but much time ends after 50 ms of processor time."""
    scope = {"text": "y" * 900_000, "list": list(range(20_000)), "other": "".join(["y"] * 900_000)}

    error = failure_of("map(list, i => text == other)", scope)

    assert error.code == "too_slow"


@pytest.mark.parametrize("source", ["matches(text, '[ab]*a[ab]{400}c')", "replace(text, 'a*c|a', '', true)"])
def test_patterns_are_bounded(source: str) -> None:
    """Linear time can still be long: a pattern pays for the slowest way it may take."""
    started = time.thread_time()

    error = failure_of(source, {"text": "a" * 300_000})

    assert error.code in ("too_many_operations", "too_slow")
    assert time.thread_time() - started < 0.5


def test_shared_parts_count_each_time() -> None:
    """A value that shares structure explodes in the next JSON dump; so it does not get out."""
    shared: list[object] = [1]
    for _ in range(30):
        shared = [shared, shared]

    for source in ("shared", "shared == other", "json(shared)", "unique(shared)", "text(shared)"):
        other = [shared[0], shared[1]]
        assert failure_of(source, {"shared": shared, "other": other}).code in (
            "too_many_operations",
            "too_large",
            "too_slow",
        )


def test_values_are_bounded_in_depth() -> None:
    """Deeper than any JSON reader takes is refused, not a crash."""
    deep: list[object] = []
    for _ in range(5000):
        deep = [deep]
    other: list[object] = []
    for _ in range(5000):
        other = [other]

    for source in ("deep", "deep == other", "json(deep)", "unique(deep)", "deep < other", "from_json(text)"):
        assert failure_of(source, {"deep": deep, "other": other, "text": "[" * 5000 + "]" * 5000}).code == "too_deep"


def test_a_long_flat_expression_is_fine() -> None:
    """Nesting is about brackets, not about length."""
    assert compile_expression("1" + "+1" * 4000).evaluate({}) == 4001
    assert compile_expression("a" + ".a" * 60 + " ?? 1").evaluate({"a": {}}) == 1
    assert compile_expression("null" + " ?? null" * 1000 + " ?? 7").evaluate({}) == 7
    assert compile_expression("(" * 64 + "1" + ")" * 64).evaluate({}) == 1


def test_deep_choices_are_fine() -> None:
    """Python's limit on nested blocks is not ours."""
    source = "(x && (a.b ?? (true ? " * 15 + "7" + " : 8)))" * 15

    assert compile_expression(source).evaluate({"x": 1, "a": {}}) == 7


def test_a_message_shows_the_spot_the_values_and_a_remedy() -> None:
    """What was wrong, where, and what to do."""
    error = failure_of("workflow.input.topc | upper", {"workflow": {"input": {"topic": "tea"}}})

    assert error.code == "missing_key"
    assert "`workflow.input` has no key `topc`" in error.message
    assert "    workflow.input.topc | upper\n                   ^" in error.message
    assert "`topic`" in str(error.remedy)
    assert error.attributes["position"] == 15
    assert error.attributes["source"] == "workflow.input.topc | upper"


@pytest.mark.parametrize(
    ("source", "position"),
    [
        ("1 + 2 * x", 6),
        ("map(l, i => i.a)", 14),
        ("a.b.c", 4),
        ("[1, upper(5)]", 4),
        ("(1 ?? 2) && (x ? y : z < 5)", 23),
        ("1 +\n 2 / 0", 7),
    ],
)
def test_a_position_is_that_of_the_part_that_failed(source: str, position: int) -> None:
    """Also inside functions, choices and on later lines."""
    error = failure_of(source, {"x": "t" if "*" in source else 0, "l": [{}], "a": {"b": 1}, "z": "q", "y": 1})

    assert error.attributes["position"] == position


def test_both_values_of_a_comparison_are_shown() -> None:
    """In short forms."""
    error = failure_of("x > 5", {"x": "a" * 500})

    assert '"' + "a" * 40 + "…" in error.message
    assert "the number 5" in error.message
    assert len(error.message) < 300


@pytest.mark.parametrize(
    "source",
    [
        "secrets.k * 2",
        "secrets.k > 5",
        "upper([secrets.k])",
        "{a: 1}[secrets.k]",
        "from_json(secrets.j).tokem",
        "[1][secrets.k]",
        "pick({}, secrets.k)",
        "matches('', secrets.k + '(')",
        "secrets.k.x",
        "int(secrets.k)",
        "date(secrets.k)",
        "env.K * 2",
    ],
)
def test_no_message_shows_a_secret(source: str) -> None:
    """Neither its value nor what an object made of it is keyed by."""
    scope = {"secrets": {"k": "S3CR3T", "j": '{"token": 1}'}, "env": {"K": "S3CR3T"}}

    error = failure_of(source, scope)

    assert "S3CR3T" not in str(error) + repr(error.to_dict()) + repr(error.__context__) + repr(error.__cause__)
    assert "token" not in str(error)


def test_a_message_names_the_nearest_function() -> None:
    """Misspelt, or known by another name elsewhere."""
    assert "sort(list, key?)" in str(failure_of("sortt(x)").remedy)
    assert "avg(list)" in str(failure_of("mean(x)").remedy)


def test_the_caret_stands_under_the_spot_of_a_long_line() -> None:
    """The line is cut around it."""
    first, second = render_caret("a" * 500 + "!" + "b" * 500, 500).splitlines()

    assert first[second.index("^")] == "!"
    assert len(first) < 120
    assert render_caret("a\nbc", 3) == "    bc\n     ^"


def test_a_huge_source_is_refused_before_it_is_read() -> None:
    """And the message does not repeat it."""
    error = failure_of("x" * 5_000_000)

    assert error.code == "too_long"
    assert len(str(error)) < 500
    assert len(error.attributes["source"]) < 500


def test_recursion_of_the_caller_is_survived() -> None:
    """Near the end of the stack it is our error, too."""

    def dive(left: int) -> object:
        if left:
            return dive(left - 1)
        try:
            return compile_expression("[[[[[[[[[[1]]]]]]]]]] == [[[[[[[[[[2]]]]]]]]]]").evaluate({})
        except ExpressionError as error:
            return error.code

    depth = 0
    frame = sys._getframe()
    while (frame := frame.f_back) is not None:  # type: ignore[assignment]
        depth += 1

    assert dive(sys.getrecursionlimit() - depth - 40) in (False, "too_deep")
