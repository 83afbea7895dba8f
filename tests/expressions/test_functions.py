"""Every function: what it gives, and what it refuses."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from treadle.expressions import FUNCTIONS, ExpressionError, FunctionInfo, compile_expression
from treadle.expressions.functions.examples import EXAMPLES

NOW = datetime(2025, 1, 31, 23, 30, tzinfo=UTC)
MOMENT = datetime(2025, 1, 31, 14, 5, 9, tzinfo=UTC)
SCOPE: dict[str, Any] = {
    "n": None,
    "items": [{"k": "b", "v": 2}, {"k": "a", "v": 1}, {"k": "b", "v": 3}],
    "moment": MOMENT,
    "raw": b"ab",
}

ROWS: list[tuple[str, Any]] = [
    ("len('abc')", 3),
    ("len([1])", 1),
    ("len({a: 1})", 1),
    ("upper('aé')", "AÉ"),
    ("lower('AÉ')", "aé"),
    ("trim(' a ')", "a"),
    ("split('a,b', ',')", ["a", "b"]),
    ("split(' a  b ')", ["a", "b"]),
    ("join(['a', 1, null, true], '-')", "a-1--true"),
    ("join([1, 2])", "1,2"),
    ("replace('aXbX', 'X', '.')", "a.b."),
    ("replace('a1b22', '[0-9]+', '#', true)", "a#b#"),
    ("contains('abc', 'b')", True),
    ("contains([1], 1)", True),
    ("contains({a: 1}, 'b')", False),
    ("starts_with('abc', 'ab')", True),
    ("ends_with('abc', 'bc')", True),
    ("matches('order-12', '\\d+$')", True),
    ("matches('abc', '^b')", False),
    ("slice('abcd', 1, 3)", "bc"),
    ("slice([1, 2, 3], -2)", [2, 3]),
    ("int('12')", 12),
    ("int(12.9)", 12),
    ("int(-12.9)", -12),
    ("int(true)", 1),
    ("int('1e3')", 1000),
    ("float('1.5')", 1.5),
    ("float(2)", 2.0),
    ("text(1.0)", "1.0"),
    ("text(null)", ""),
    ("text([1, null])", "[1,null]"),
    ("text(true)", "true"),
    ("text(moment)", "2025-01-31T14:05:09+00:00"),
    ("bool('false')", False),
    ("bool('x')", True),
    ("bool([])", False),
    ("json({a: [1, 'é\"']})", '{"a":[1,"é\\""]}'),
    ("from_json('{\"a\": [1, 2.5, null]}')", {"a": [1, 2.5, None]}),
    ("from_json('18446744073709551616')", 2.0**64),
    ("abs(-2)", 2),
    ("abs(-2.5)", 2.5),
    ("round(2.567, 2)", 2.57),
    ("round(2.6)", 3),
    ("round(1234, -2)", 1200),
    ("floor(-1.5)", -2),
    ("ceil(1.2)", 2),
    ("min([3, 1, 2])", 1),
    ("max(3, 10, 2)", 10),
    ("min('b', 'a')", "a"),
    ("sum([1, 2.5])", 3.5),
    ("sum([])", 0),
    ("avg([1, 2])", 1.5),
    ("median([3, 1, 2])", 2),
    ("median([4, 1, 2, 3])", 2.5),
    ("keys({a: 1, b: 2})", ["a", "b"]),
    ("values({a: 1, b: 2})", [1, 2]),
    ("items({a: 1})", [["a", 1]]),
    ("has({a: null}, 'a')", True),
    ("has({}, 'a')", False),
    ("has(n, 'a')", False),
    ("get({a: 1}, 'a')", 1),
    ("get({a: 1}, 'b')", None),
    ("get({a: 1}, 'b', 5)", 5),
    ("get({a: [{b: 2}]}, ['a', 0, 'b'])", 2),
    ("pick({a: 1, b: 2, c: 3}, 'a', 'c')", {"a": 1, "c": 3}),
    ("pick({a: 1, b: 2}, ['b'])", {"b": 2}),
    ("merge({a: 1, b: 1}, {b: 2})", {"a": 1, "b": 2}),
    ("first([1, 2])", 1),
    ("last('ab')", "b"),
    ("sort([3, 1.5, 2])", [1.5, 2, 3]),
    ("sort(['b', 'a'])", ["a", "b"]),
    ("map(sort(items, 'v'), 'v')", [1, 2, 3]),
    ("map(sort(items, i => i.k), 'v')", [1, 2, 3]),
    ("sort([[2, 1], [1, 5]])", [[1, 5], [2, 1]]),
    ("reverse([1, 2])", [2, 1]),
    ("reverse('ab')", "ba"),
    ("unique([1, 1.0, '1', true, [1], [1.0]])", [1, "1", True, [1]]),
    ("flatten([[1], 2, [[3]]])", [1, 2, [3]]),
    ("flatten([[1, [2]]], 2)", [1, 2]),
    ("group_by(items, 'k') | keys", ["b", "a"]),
    ("group_by([1, 2, 3], i => i > 1)", {"false": [1], "true": [2, 3]}),
    ("map([1, 2], i => i * 2)", [2, 4]),
    ("filter([1, 2], i => i > 1)", [2]),
    ("find([1, 2], i => i > 1)", 2),
    ("find([1], i => i > 1)", None),
    ("any([0, 1])", True),
    ("any([1], i => i > 1)", False),
    ("all([])", True),
    ("all([1, 2], i => i > 0)", True),
    ("range(3)", [0, 1, 2]),
    ("range(1, 3)", [1, 2]),
    ("range(3, 0, -1)", [3, 2, 1]),
    ("range(0)", []),
    ("zip([1, 2], ['a', 'b', 'c'])", [[1, "a"], [2, "b"]]),
    ("now()", NOW),
    ("today()", date(2025, 1, 31)),
    ("date('2025-01-31T23:00:00Z')", date(2025, 1, 31)),
    ("date(moment)", date(2025, 1, 31)),
    ("parse_date('2025-01-31')", datetime(2025, 1, 31, tzinfo=UTC)),
    ("parse_date('2025-01-31T14:05:09Z')", MOMENT),
    ("parse_date('31.01.2025 14:05', '%d.%m.%Y %H:%M')", MOMENT.replace(second=0)),
    ("format_date(moment)", "2025-01-31"),
    ("format_date(moment, '%a %d %b %Y %I:%M %p %j %%')", "Fri 31 Jan 2025 02:05 PM 031 %"),
    ("format_date('2025-01-31', '%A %B %y')", "Friday January 25"),
    ("add_duration(date('2025-01-31'), '1d')", date(2025, 2, 1)),
    ("add_duration(moment, '1h 30m')", datetime(2025, 1, 31, 15, 35, 9, tzinfo=UTC)),
    ("add_duration('2025-01-31', -60)", datetime(2025, 1, 30, 23, 59, tzinfo=UTC)),
    ("diff_duration(moment, '2025-01-31')", 50709),
    ("diff_duration('2025-01-30', '2025-01-31')", -86400),
    ("default(n, 1)", 1),
    ("coalesce(n, n, 2)", 2),
    ("uuid()", "id-1"),
    ("hash_sha256('a')", "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"),
    ("base64('aé')", "YcOp"),
    ("base64(raw)", "YWI="),
    ("url_encode('a b/ü&')", "a%20b%2F%C3%BC%26"),
    ("url_encode(5)", "5"),
]

REFUSED = [
    ("len(5)", "bad_argument"),
    ("len(n)", "bad_argument"),
    ("upper(n)", "bad_argument"),
    ("upper(1)", "bad_argument"),
    ("split('a', '')", "bad_argument"),
    ("join(5)", "bad_argument"),
    ("replace('a', '', 'b')", "bad_argument"),
    ("matches('a', '(')", "bad_argument"),
    ("matches('a', '(?=a)')", "bad_argument"),
    ("matches('a', '(a{1000}){1000}')", "bad_argument"),
    ("int('1.5')", "bad_argument"),
    ("int('x')", "bad_argument"),
    ("int(n)", "bad_argument"),
    ("float('nan')", "bad_argument"),
    ("float('1_0')", "bad_argument"),
    ("from_json('{')", "bad_argument"),
    ("from_json('NaN')", "bad_argument"),
    ("from_json('1e999')", "bad_argument"),
    ("from_json('\"\\\\ud800\"')", "unreadable_value"),
    ("round('1')", "bad_argument"),
    ("round(1, 99)", "bad_argument"),
    ("abs(true)", "bad_argument"),
    ("min([])", "bad_argument"),
    ("min(['a', 1])", "type_mismatch"),
    ("sum(['a'])", "bad_argument"),
    ("avg([])", "bad_argument"),
    ("keys([1])", "bad_argument"),
    ("pick({a: 1}, 'b')", "missing_key"),
    ("merge({}, n)", "bad_argument"),
    ("first([])", "missing_key"),
    ("sort([1, null])", "type_mismatch"),
    ("sort([{}, {}])", "type_mismatch"),
    ("map(5, i => i)", "bad_argument"),
    ("map([1], 5)", "bad_argument"),
    ("range(1, 5, 0)", "bad_argument"),
    ("range(1.5)", "bad_argument"),
    ("range(10 ** 9)", "too_many_operations"),
    ("date('x')", "bad_argument"),
    ("date(n)", "bad_argument"),
    ("parse_date('x', '%d')", "bad_argument"),
    ("parse_date('x', '%Q')", "bad_argument"),
    ("format_date(moment, '%100000d')", "bad_argument"),
    ("add_duration(moment, 'soon')", "bad_argument"),
    ("add_duration(moment, '999999999999d')", "bad_argument"),
    ("url_encode(n)", "bad_argument"),
    ("hash_sha256(1)", "bad_argument"),
]


class Clock:
    def now(self) -> datetime:
        return NOW

    def uuid(self) -> str:
        return "id-1"


@pytest.mark.parametrize(("source", "expected"), [pytest.param(*row, id=row[0]) for row in ROWS])
def test_a_function_gives_this(source: str, expected: object) -> None:
    """Value and type are exactly these."""
    found = compile_expression(source).evaluate(SCOPE, clock=Clock())

    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(("source", "code"), [pytest.param(*row, id=row[0]) for row in REFUSED])
def test_a_function_refuses_this(source: str, code: str) -> None:
    """Each refusal has its code, and names the function where it is about an argument."""
    with pytest.raises(ExpressionError) as failure:
        compile_expression(source).evaluate(SCOPE, clock=Clock())

    assert failure.value.code == code


def test_every_function_is_tried_here() -> None:
    """A new function comes with a row above."""
    tried = set().union(*(compile_expression(source).functions for source, _ in ROWS))

    assert set(FUNCTIONS) - tried == {"default", "coalesce"}


def test_every_function_of_the_specification_exists() -> None:
    """The names are those of the workflow file's page, and there are no more."""
    names = (
        "len upper lower trim split join replace contains starts_with ends_with matches slice int "
        "float text bool json from_json abs round floor ceil min max sum avg median keys values "
        "items has get pick merge first last sort reverse unique flatten group_by map filter find "
        "any all range zip now today date parse_date format_date add_duration diff_duration default "
        "coalesce uuid hash_sha256 base64 url_encode "
    )

    assert set(FUNCTIONS) == set(names.split())


def test_every_function_is_documented() -> None:
    """Signature, one line and category are there for the docs and the editor."""
    for name, info in FUNCTIONS.items():
        assert info.signature.startswith(f"{name}(")
        assert info.doc.endswith(".")
        assert "\n" not in info.doc
        assert info.category


@pytest.mark.parametrize("source", ["now()", "today()", "uuid()"])
def test_time_and_ids_come_only_from_the_clock_given(source: str) -> None:
    """Without one they are refused, so that nothing unrecorded enters a run."""
    with pytest.raises(ExpressionError) as failure:
        compile_expression(source).evaluate({})

    assert failure.value.code == "no_clock"


@pytest.mark.parametrize("info", FUNCTIONS.values(), ids=lambda info: info.name)
def test_the_example_of_a_function_shows_what_it_gives(info: FunctionInfo) -> None:
    found = compile_expression(info.example).evaluate({}, clock=Clock())

    assert info.example.startswith(f"{info.name}(")
    assert found is not None


def test_there_are_examples_of_functions_that_there_are() -> None:
    assert EXAMPLES.keys() == FUNCTIONS.keys()
