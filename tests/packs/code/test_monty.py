"""`run_python`: Python in the sandboxed interpreter."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from treadle.errors import NodeError
from treadle.packs.code.sandbox import Limits, Outcome, close_interpreters, run_python

if TYPE_CHECKING:
    from conftest import Processes

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("source", "result"),
    [
        ("price * 2", 20.0),
        ("result = price * 2", 20.0),
        ("return price * 2", 20.0),
        ("result = [1]\nresult.append(2)\nlen(result)", [1, 2]),
        ("(1, 'two', None, True)", [1, "two", None, True]),
        ("inputs['order id']", 7),
        ("pass", None),
        ("def result_of(x):\n    return x\nresult_of(3)", 3),
        ("import json\njson.loads('{\"a\": [1]}')", {"a": [1]}),
    ],
)
async def test_the_result_is_the_variable_or_what_was_returned_or_the_last_expression(
    source: str, result: object, limits: Limits
) -> None:
    outcome = await run_python(source, {"price": 10.0, "order id": 7}, limits=limits)

    assert outcome.result == result


async def test_an_input_called_result_is_not_taken_for_the_result(limits: Limits) -> None:
    outcome = await run_python("inputs['result'] + 1", {"result": 1}, limits=limits)

    assert outcome.result == 2


async def test_printed_lines_are_logs(limits: Limits) -> None:
    outcome = await run_python("print('a', 1)\nprint('b')\n3", {}, limits=limits)

    assert outcome == Outcome(3, ("a 1", "b"))


@pytest.mark.parametrize(
    ("source", "code", "line"),
    [
        ("x = 1\nif x:\ny = 2", "code_syntax", 3),
        ("a = 1\na / 0", "code_error", 2),
        ("def f(x):\n    return [][x]\nf(1)", "code_error", 2),
        ("import numpy", "code_unsupported", 1),
        ("class A:\n    pass\nclass B(A):\n    pass", "code_unsupported", 3),
        ("def f():\n    yield 1\nf()", "code_unsupported", 2),
        ("while True:\n    pass", "code_timeout", None),
        ("import time\ntime.sleep(60)", "code_timeout", None),
        ("import asyncio\nwhile True:\n    await asyncio.sleep(0.01)", "code_timeout", None),
        ("raise BaseException", "code_error", 1),
        ("x = 'y' * 10**9", "code_memory", 1),
        ("'y' * 200_000", "code_output_too_large", None),
        ("while True:\n    print('y' * 1000)", "code_output_too_large", None),
        ("a = ['y' * 1000] * 50\n[a] * 50", "code_output_too_large", None),
        ("float('nan')", "code_result", None),
        ("{1, 2}", "code_result", None),
        ("{1: 2}", "code_result", None),
        ("len", "code_result", None),
        ("lambda: 1", "code_result", None),
        ("x = []\nfor i in range(500):\n    x = [x]\nx", "code_result", None),
        ("2 ** 100000", "code_result", None),
    ],
)
async def test_a_program_that_gives_no_result_says_why_and_where(
    source: str, code: str, line: int | None, limits: Limits
) -> None:
    with pytest.raises(NodeError) as caught:
        await run_python(source, {}, limits=limits)

    assert caught.value.code == code
    assert caught.value.attributes.get("line") == line
    assert line is None or source.splitlines()[line - 1].strip() in caught.value.message


async def test_an_exception_gives_its_type_and_message_and_the_last_lines_printed(limits: Limits) -> None:
    with pytest.raises(NodeError) as caught:
        await run_python("print('before')\nraise ValueError('bad price')", {}, limits=limits)

    assert caught.value.message.startswith("The program failed: ValueError: bad price (line 2:")
    assert caught.value.attributes["type"] == "ValueError"
    assert caught.value.attributes["logs"] == ["before"]


@pytest.mark.parametrize("name", ["TimeoutError", "MemoryError", "NotImplementedError"])
async def test_a_program_cannot_pass_its_own_exception_off_as_a_limit(name: str, limits: Limits) -> None:
    with pytest.raises(NodeError) as caught:
        await run_python(f"raise {name}('mine')", {}, limits=limits)

    assert caught.value.code == "code_error"


async def test_inputs_that_json_cannot_carry_are_refused(limits: Limits) -> None:
    with pytest.raises(NodeError) as caught:
        await run_python("1", {"a": [float("inf")]}, limits=limits)

    assert caught.value.code == "code_input"
    assert "inputs.a[0]" in caught.value.message


async def test_one_run_sees_nothing_of_another(limits: Limits) -> None:
    await run_python("leak = 1", {}, limits=limits)

    with pytest.raises(NodeError, match="leak"):
        await run_python("leak", {}, limits=limits)


async def test_the_event_loop_keeps_its_pace_while_a_program_spins(limits: Limits) -> None:
    spinning = asyncio.create_task(run_python("while True: pass", {}, limits=limits))
    turns = 0

    while not spinning.done():
        await asyncio.sleep(0.005)
        turns += 1

    assert isinstance(spinning.exception(), NodeError)
    assert turns >= 10


async def test_cancelling_kills_the_worker_before_it_returns(processes: Processes) -> None:
    close_interpreters()
    idle = processes.below()
    running = asyncio.create_task(run_python("while True: pass", {}, limits=Limits(seconds=30)))
    busy = await processes.wait_until_more_than(idle)

    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running

    assert busy
    assert not busy & processes.below()


async def test_fifty_programs_at_once_each_get_their_own_result(limits: Limits) -> None:
    outcomes = await asyncio.gather(*(run_python("n * n", {"n": n}, limits=Limits()) for n in range(50)))

    assert [outcome.result for outcome in outcomes] == [n * n for n in range(50)]
