"""`run_javascript`: QuickJS in a locked process."""

from __future__ import annotations

import asyncio

import pytest

from treadle.errors import NodeError
from treadle.packs.code.sandbox import Limits, Outcome, run_javascript

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("source", "result"),
    [
        ("price * 2", 20),
        ("return price * 2", 20),
        ("const f = async () => price + 1; f()", 11),
        ("const p = await Promise.resolve(price);\nreturn {p}", {"p": 10}),
        ("let total = 0; for (const n of [1, 2, 3]) total += n; total", 6),
        ("inputs['order id']", 7),
        ("undefined", None),
        ("({a: [1, undefined], b: undefined, c: 'é☃'})", {"a": [1, None], "c": "é☃"}),
        ("new Date(0)", "1970-01-01T00:00:00.000Z"),
        ("JSON.stringify = () => 'forged'; ({a: 1})", {"a": 1}),
    ],
)
async def test_the_result_is_what_was_returned_or_the_last_expression(
    source: str, result: object, limits: Limits
) -> None:
    outcome = await run_javascript(source, {"price": 10, "order id": 7}, limits=limits)

    assert outcome.result == result


async def test_console_lines_are_logs(limits: Limits) -> None:
    outcome = await run_javascript("console.log('a', {b: 1}); console.error('c'); 3", {}, limits=limits)

    assert outcome == Outcome(3, ('a {"b":1}', "c"))


@pytest.mark.parametrize(
    ("source", "code", "line"),
    [
        ("let a = 1;\nlet b = (;", "code_syntax", 2),
        ("let a = 1;\na.b.c", "code_error", 2),
        ("await 1;\nlet a;\nreturn a.b", "code_error", 3),
        ("throw 'text'", "code_error", None),
        ("JSON.parse('{')", "code_error", 1),
        ("new Promise(() => {})", "code_error", None),
        ("let i = 0;\nwhile (true) i++;", "code_timeout", None),
        ("try { while (true); } catch (e) { 1 }", "code_timeout", None),
        ("const f = () => queueMicrotask(f); f(); new Promise(() => {})", "code_timeout", None),
        ("'y'.repeat(1e9)", "code_memory", 1),
        ("'y'.repeat(200000)", "code_output_too_large", None),
        ("for (;;) console.log('y'.repeat(1000))", "code_output_too_large", None),
        ("for (;;) try { console.log('y'.repeat(1000)) } catch (e) { break }", "code_output_too_large", None),
        ("NaN", "code_result", None),
        ("({a: [Infinity]})", "code_result", None),
        ("() => 1", "code_result", None),
        ("10n", "code_result", None),
        ("new Map([[1, 2]])", "code_result", None),
        ("const o = {}; o.o = o; o", "code_result", None),
        ("let x = {}; for (let i = 0; i < 150; i++) x = {x}; x", "code_result", None),
        ("'\\ud800'", "code_result", None),
    ],
)
async def test_a_program_that_gives_no_result_says_why_and_where(
    source: str, code: str, line: int | None, limits: Limits
) -> None:
    with pytest.raises(NodeError) as caught:
        await run_javascript(source, {}, limits=limits)

    assert caught.value.code == code
    assert caught.value.attributes.get("line") == line
    assert line is None or source.splitlines()[line - 1].strip() in caught.value.message


async def test_one_run_sees_nothing_of_another(limits: Limits) -> None:
    await run_javascript("globalThis.leak = 1; Array.prototype.leak = 2; Object.prototype.leak = 3", {}, limits=limits)

    outcome = await run_javascript("[typeof leak, typeof [].leak]", {}, limits=limits)

    assert outcome.result == ["undefined", "undefined"]


async def test_thirty_programs_at_once_each_get_their_own_result() -> None:
    outcomes = await asyncio.gather(*(run_javascript("n * n", {"n": n}, limits=Limits()) for n in range(30)))

    assert [outcome.result for outcome in outcomes] == [n * n for n in range(30)]
