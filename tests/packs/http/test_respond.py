"""`http.respond`: who waits is answered once, and where nobody waits it says so."""

from __future__ import annotations

import pytest

from tests.packs.binding import perform
from tests.packs.fake_context import FakeContext
from treadle.errors import NodeError
from treadle.node import Permissions
from treadle.packs.http.respond import Answer, Answers, respond


async def test_who_waits_is_answered_once() -> None:
    answers = Answers(Permissions())
    ctx = FakeContext(resources={Answers: answers})
    waiting = answers.expect(ctx.run_id)

    first = await perform(respond, ctx, {"status": 201, "headers": {"X-A": "b"}}, body={"n": 1})
    second = await perform(respond, ctx, {}, body=2)

    assert (first["answered"], second["answered"]) == (True, False)
    assert waiting.result() == Answer({"n": 1}, 201, {"X-A": "b"})


async def test_who_has_gone_is_not_waited_for() -> None:
    answers = Answers(Permissions())
    ctx = FakeContext(resources={Answers: answers})
    answers.expect(ctx.run_id).cancel()

    said = await perform(respond, ctx, {}, body=1)

    assert said == {"answered": False, "reason": "No request waits for this run."}


@pytest.mark.parametrize("header", [{"X-A": "b\r\nSet-Cookie: c"}, {"X A": "b"}, {"": "b"}, {"X": "\u20ac"}])
async def test_a_header_that_would_break_the_answer_is_refused(header: dict[str, str]) -> None:
    ctx = FakeContext(resources={Answers: Answers(Permissions())})

    with pytest.raises(NodeError, match="cannot be sent"):
        await perform(respond, ctx, {"headers": header}, body=1)
