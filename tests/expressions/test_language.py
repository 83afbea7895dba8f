"""What expressions mean: one row a behaviour, its value or its error's code."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from treadle.expressions import ExpressionError, compile_expression

SCOPE: dict[str, Any] = {
    "workflow": {"input": {"topic": "tea", "size": 10, "note": None}, "name": "w"},
    "nodes": {"fetch": {"output": {"body": [1, 2, 3]}}, "my-node": {"price": 2.5, "output": {"price": 2.5}}},
    "items": [{"price": 1.5, "name": "b"}, {"price": 2, "name": "a"}],
    "x": "revise",
    "n": None,
    "a": {"b": {"c": 600}},
    "pair": (1, 2),
    "length_of": {"length": 7},
    "day": date(2025, 1, 31),
    "moment": datetime(2025, 1, 31, 12, tzinfo=UTC),
    "naive": datetime(2025, 1, 31, 12),
    "money": Decimal("0.1"),
    "raw": b"ab",
    "wait": timedelta(minutes=5),
    "huge": 2**70,
}

VALUES: dict[str, list[tuple[str, Any]]] = {
    "literals": [
        ("1", 1),
        ("-1", -1),
        ("1.5", 1.5),
        (".5", 0.5),
        ("1e3", 1000.0),
        ("'a\\n\\u0041\\x42'", "a\nAB"),
        ('"\\ud83d\\ude00"', "😀"),
        ("'\\d+'", "\\d+"),
        ("true", True),
        ("false", False),
        ("null", None),
        ("[1, 'a', [],]", [1, "a", []]),
        ("{a: 1, 'b c': {}, in: 2, and: 3,}", {"a": 1, "b c": {}, "in": 2, "and": 3}),
        ("9223372036854775807", 2**63 - 1),
        ("-9223372036854775808", -(2**63)),
        ("9223372036854775808", float(2**63)),
        ("--9223372036854775808", 2.0**63),
    ],
    "precedence": [
        ("1 + 2 * 3 ** 2", 19),
        ("-2 ** 2", -4),
        ("2 ** -1", 0.5),
        ("2 ** 3 ** 2", 512),
        ("7 - 2 - 1", 4),
        ("!x == 'revise'", False),
        ("!(x == 'no')", True),
        ("not x == 'no'", True),
        ("1 + 1 == 2 && 2 > 1", True),
        ("true || false && false", True),
        ("n ?? 1 == 1", True),
        ("n ?? 2 + 3", 5),
        ("1 + 2 | text", "3"),
        ("n | default(0) < 5", True),
        ("n ?? 'none' | upper", "NONE"),
        ("true ? 1 : false ? 2 : 3", 1),
        ("1 > 2 ? 'a' : 2 > 1 ? 'b' : 'c'", "b"),
        ("true?.5:1", 0.5),
        ("[x == 'revise' ? 1 : 2][0]", 1),
    ],
    "arithmetic": [
        ("7 / 2", 3.5),
        ("4 / 2", 2.0),
        ("-7 % 3", 2),
        ("7.5 % 2", 1.5),
        ("9223372036854775807 + 1", 2.0**63),
        ("3037000500 * 3037000500", 3037000500.0**2),
        ("2 ** 62", 2**62),
        ("2 ** 64", 2.0**64),
        ("'a' + 'b'", "ab"),
        ("[1] + [2]", [1, 2]),
        ("pair + [3]", [1, 2, 3]),
        ("money + 1", Decimal("1.1")),
        ("money * 3", Decimal("0.3")),
        ("money + 0.2", Decimal("0.3")),
        ("huge + 1", float(2**70)),
        ("+5", 5),
        ("-money", Decimal("-0.1")),
        ("0 ** 0", 1),
        ("(-1) ** 1000000001", -1),
    ],
    "equality": [
        ("1 == 1.0", True),
        ("1 === 1", True),
        ("1 == '1'", False),
        ("1 !== '1'", True),
        ("true == 1", False),
        ("null == false", False),
        ("n == null", True),
        ("x != null", True),
        ("[1, {a: 2}] == [1.0, {a: 2}]", True),
        ("[true] == [1]", False),
        ("{a: 1, b: 2} == {b: 2, a: 1}", True),
        ("money == 0.1", True),
        ("pair == [1, 2]", True),
        ("naive == moment", True),
        ("day == '2025-01-31'", False),
        ("x == 'revise'", True),
        ("1 == true", False),
    ],
    "order": [
        ("2 < 10", True),
        ("'2' < 10", True),
        ("'10' < '2'", True),
        ("10 >= ' 9.5 '", True),
        ("'a' < 'b'", True),
        ("false < true", True),
        ("day < date('2025-02-01')", True),
        ("naive <= moment", True),
        ("money < 0.2", True),
        ("[1, 2] < [1, 3]", True),
        ("[1] < [1, 0]", True),
        ("2 > money", True),
        ("huge > 1", True),
    ],
    "membership": [
        ("'ev' in x", True),
        ("1 in [1.0]", True),
        ("true in [1]", False),
        ("'b' in a", True),
        ("'z' not in a", True),
        ("3 not in pair", True),
        ("{a: 1} in [{a: 1}]", True),
    ],
    "choices": [
        ("0 || 'x'", "x"),
        ("'a' || 'x'", "a"),
        ("'a' && 'x'", "x"),
        ("0 && 'x'", 0),
        ("[] or {} or 3", 3),
        ("1 and 2 and 0 and 3", 0),
        ("n ?? 5", 5),
        ("0 ?? 5", 0),
        ("a.zz ?? 5", 5),
        ("a.zz.y.z ?? 5", 5),
        ("n.zz ?? 5", 5),
        ("nothing ?? 5", 5),
        ("a.zz || 5", 5),
        ("(a.zz + 1) ?? 5", 5),
        ("a.zz | default(5)", 5),
        ("coalesce(n, a.zz, 7, 8)", 7),
        ("default(n, n) ?? 1", 1),
        ("items[9] ?? 5", 5),
        ("first([]) ?? 5", 5),
        ("a.y ?? a.z ?? 3", 3),
        ("!''", True),
        ("!{a: 0}", False),
        ("n ? 1 : 2", 2),
        ("a.y ?? (a.z || 4)", 4),
    ],
    "reading": [
        ("a.b.c", 600),
        ("a['b']['c']", 600),
        ("workflow.input.note", None),
        ("steps.fetch.output.body[0]", 1),
        ("nodes.my-node.price - 1", 1.5),
        ("steps.my-node.output.price", 2.5),
        ("nodes['my-node'].price", 2.5),
        ("nodes.fetch.output.body[-1]", 3),
        ("nodes.fetch.output.body[0:2]", [1, 2]),
        ("x[1:]", "evise"),
        ("x[:-1]", "revis"),
        ("x[0]", "r"),
        ("x.length", 6),
        ("items.length", 2),
        ("pair.length", 2),
        ("length_of.length", 7),
        ("n?.a", None),
        ("a?.zz", None),
        ("a?.b.c", 600),
        ("a.zz?.y ?? 1", 1),
        ("a?.zz?.y", None),
        ("n?.[0]", None),
        ("items?.[7]", None),
        ("n?.[0:1]", None),
        ("a.b['c']", 600),
        ("items[4 / 2 - 1].name", "a"),
        ("{{ a.b.c }} > 500", True),
        ("{{ x }} === 'revise'", True),
        ("{{ n }} || {{ x }}", "revise"),
        ("{{ {a: {b: 1}} }}", {"a": {"b": 1}}),
        ("{a: {b: {c: 1}}}.a.b", {"c": 1}),
        ("pair", [1, 2]),
        ("[pair]", [[1, 2]]),
        ("moment", datetime(2025, 1, 31, 12, tzinfo=UTC)),
        ("raw", b"ab"),
        ("wait", timedelta(minutes=5)),
        ("huge", 2**70),
    ],
    "functions as arguments": [
        ("map(items, i => i.price * 2)", [3.0, 4]),
        ("items | map((i, k) => k)", [0, 1]),
        ("items | map('name')", ["b", "a"]),
        ("items | filter(i => i.price > 1.6) | map(i => i.name)", ["a"]),
        ("[1, 2] | map(x => x) ", [1, 2]),
        ("[1, 2] | map(i => [10, 20] | map(k => i + k))", [[11, 21], [12, 22]]),
        ("sort(items, i => i.name)[0].name", "a"),
        ("[[1, 2], [3]] | map(i => i | map(k => k * i.length)) | flatten", [2, 4, 3]),
        ("any([1], (i) => i > 0)", True),
        ("map([1], i => i > 0 ? (i && (n ?? (i || 9))) : 0)", [1]),
    ],
}

ERRORS: dict[str, list[tuple[str, str]]] = {
    "syntax": [
        (source, "syntax")
        for source in (
            "",
            "1 +",
            "(1",
            "[1",
            "{a: 1",
            "{1: 2}",
            "{a}",
            "'a",
            "1 2",
            "a b",
            "x = 1",
            "a;b",
            "`a`",
            "1a",
            "a..b",
            "x => 1",
            "[x => 1]",
            "1 < 2 < 3",
            "1 == 1 == true",
            "True",
            "None",
            "a.b()",
            "x.upper()",
            "a | 5",
            "a |",
            "{a: 1, a: 2}",
            "{{ a",
            "a }}",
            "'\\ud800'",
            "x[]",
            "a.1",
            "größe",
            "x.__ｃlass__",
            "а",
            "a &b",
            "# x",
            "map(items, (a, b, c) => 1)",
            "map(items, (a, a) => 1)",
            "map(items, () => 1)",
            "map(items, null => 1)",
            "a ? b",
            "nodes.",
            "in",
            "a ?? ",
            "\u00a0a",
            "lambda x: x",
            "...a",
            "a?",
            "@",
            "0x10",
        )
    ],
    "compilation": [
        ("nothing(1)", "unknown_function"),
        ("x | nothing", "unknown_function"),
        ("upper()", "bad_argument"),
        ("upper(x, x)", "bad_argument"),
        ("upper(i => i)", "bad_argument"),
        ("map(i => i, items)", "bad_argument"),
        ("map(items, f => f(1))", "unknown_function"),
        ("nodes", "dynamic_reference"),
        ("steps[x].y", "dynamic_reference"),
        ("secrets", "dynamic_reference"),
        ("keys(secrets)", "dynamic_reference"),
        ("secrets[x]", "dynamic_reference"),
        ("1" * 10_001, "too_long"),
        ("(" * 65 + "1" + ")" * 65, "too_deep"),
        ("!" * 65 + "1", "too_deep"),
        ("9" * 401, "syntax"),
        ("1e999", "too_large"),
    ],
    "reading": [
        ("a.zz", "missing_key"),
        ("a.b.c.d", "type_mismatch"),
        ("n.a", "null_access"),
        ("a.b['zz']", "missing_key"),
        ("nothing", "unknown_name"),
        ("items[2]", "missing_key"),
        ("items[-3]", "missing_key"),
        ("items.name", "type_mismatch"),
        ("items['name']", "type_mismatch"),
        ("a[0]", "type_mismatch"),
        ("x[true]", "type_mismatch"),
        ("n[0]", "null_access"),
        ("nodes.other.output", "missing_key"),
        ("a?.zz.y", "null_access"),
        ("nothing?.a", "unknown_name"),
        ("x['a':]", "type_mismatch"),
        ("a.length", "missing_key"),
        ("1.5.a", "type_mismatch"),
        ("x[0.5]", "type_mismatch"),
    ],
    "values": [
        ("1 + '1'", "type_mismatch"),
        ("n + 1", "type_mismatch"),
        ("true + 1", "type_mismatch"),
        ("x * 2", "type_mismatch"),
        ("x - 'a'", "type_mismatch"),
        ("-x", "type_mismatch"),
        ("[1] + 1", "type_mismatch"),
        ("1 / 0", "division_by_zero"),
        ("1.0 % 0", "division_by_zero"),
        ("money / 0", "division_by_zero"),
        ("0 ** -1", "division_by_zero"),
        ("x > 5", "type_mismatch"),
        ("n > 5", "type_mismatch"),
        ("true > 0", "type_mismatch"),
        ("a > a", "type_mismatch"),
        ("day > moment", "type_mismatch"),
        ("moment > '2025'", "type_mismatch"),
        ("1 in 5", "type_mismatch"),
        ("1 in x", "type_mismatch"),
        ("1 in n", "type_mismatch"),
        ("10.0 ** 400", "too_large"),
        ("2 ** 2 ** 60", "too_large"),
        ("1e308 * 10", "not_finite"),
        ("(-8) ** 0.5", "bad_argument"),
        ("map(items, i => i.zz)", "missing_key"),
        ("sort(['a', 1])", "type_mismatch"),
    ],
}


@pytest.mark.parametrize(
    ("source", "expected"), [pytest.param(*row, id=row[0]) for rows in VALUES.values() for row in rows]
)
def test_an_expression_has_this_value(source: str, expected: object) -> None:
    """Value and type are exactly these."""
    found = compile_expression(source).evaluate(SCOPE)

    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    ("source", "code"),
    [pytest.param(*row, id=row[0][:50]) for rows in ERRORS.values() for row in rows],
)
def test_an_expression_is_refused_with_this_code(source: str, code: str) -> None:
    """The code says which rule was broken."""
    with pytest.raises(ExpressionError) as failure:
        compile_expression(source).evaluate(SCOPE)

    assert failure.value.code == code


def test_a_right_side_that_is_not_needed_is_not_calculated() -> None:
    """`??`, `||`, `&&` and `? :` stop as soon as they know."""
    for source in (
        "x ?? 1 / 0",
        "x || 1 / 0",
        "n && 1 / 0",
        "true ? 1 : 1 / 0",
        "false ? 1 / 0 : 1",
        "default(x, 1 / 0)",
    ):
        compile_expression(source).evaluate(SCOPE)


def test_only_what_is_missing_is_caught() -> None:
    """A wrong type or a division by zero on the left of `??` stays an error."""
    for source in ("x * 2 ?? 1", "1 / 0 || 1", "default(x.a, 1)"):
        with pytest.raises(ExpressionError):
            compile_expression(source).evaluate(SCOPE)


def test_an_expression_changes_nothing_it_reads() -> None:
    """Functions make new lists and objects."""
    scope = {"list": [3, 1, 2], "object": {"b": 1}}

    for source in (
        "sort(list)",
        "reverse(list)",
        "list + [4]",
        "merge(object, {a: 2})",
        "list[0:2] + [9]",
        "flatten(list)",
    ):
        compile_expression(source).evaluate(scope)

    assert scope == {"list": [3, 1, 2], "object": {"b": 1}}
