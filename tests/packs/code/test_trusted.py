"""`run_python_trusted`: CPython in a locked process."""

from __future__ import annotations

import pytest

from treadle.errors import MissingCapability, NodeError
from treadle.packs.code.sandbox import Limits, Outcome, run_python_trusted

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("source", "result"),
    [
        ("price * 2", 20.0),
        ("result = price * 2", 20.0),
        ("if price > 5:\n    return 'high'\n'low'", "high"),
        ("class A: x = 1\nclass B(A): pass\nB.x", 1),
        ("def f():\n    yield from range(3)\nlist(f())", [0, 1, 2]),
        ("import statistics, decimal, uuid\nstatistics.mean([1, 2, 3])", 2),
        ("open('note', 'w').write('kept')\nopen('note').read()", "kept"),
        ("import os\n[dict(os.environ), os.listdir('.')]", [{}, []]),
        ("import asyncio\nasync def f():\n    await asyncio.sleep(0)\n    return 4\nasyncio.run(f())", 4),
    ],
)
async def test_the_whole_language_and_its_library_work(source: str, result: object, limits: Limits) -> None:
    outcome = await run_python_trusted(source, {"price": 10.0}, limits=limits, trusted=True)

    assert outcome.result == result


async def test_printed_lines_of_both_streams_are_logs(limits: Limits) -> None:
    source = "import sys\nprint('a')\nprint('b', file=sys.stderr)"

    outcome = await run_python_trusted(source, {}, limits=limits, trusted=True)

    assert outcome == Outcome(None, ("a", "b"))


@pytest.mark.parametrize(
    ("source", "code", "line"),
    [
        ("x = (\n", "code_syntax", 1),
        ("x = 1\nx / 0", "code_error", 2),
        ("while True: pass", "code_timeout", None),
        ("x = 'y' * 10**9", "code_memory", None),
        ("x = []\nwhile True: x.append(bytearray(1_000_000))", "code_memory", None),
        ("'y' * 200_000", "code_output_too_large", None),
        ("while True: print('y' * 1000)", "code_output_too_large", None),
        ("float('inf')", "code_result", None),
        ("object()", "code_result", None),
        ("import ctypes\nctypes.string_at(0)", "code_error", None),
        ("raise SystemExit(3)", "code_error", 1),
    ],
)
async def test_a_program_that_gives_no_result_says_why_and_where(
    source: str, code: str, line: int | None, limits: Limits
) -> None:
    with pytest.raises(NodeError) as caught:
        await run_python_trusted(source, {}, limits=limits, trusted=True)

    assert caught.value.code == code
    assert caught.value.attributes.get("line") == line


async def test_messages_do_not_say_where_the_library_lies(limits: Limits) -> None:
    with pytest.raises(NodeError) as caught:
        await run_python_trusted("from json import nothing", {}, limits=limits, trusted=True)

    assert "<python>/json/__init__.py" in caught.value.message


async def test_it_is_refused_where_the_installation_does_not_trust_its_authors(limits: Limits) -> None:
    with pytest.raises(MissingCapability, match="switched off"):
        await run_python_trusted("1", {}, limits=limits, trusted=False)
