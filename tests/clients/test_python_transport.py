"""What the Python client does when a connection breaks, or a server asks it to wait."""

from __future__ import annotations

import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from itertools import pairwise
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from tests.server.live_server import serving
from treadle.server.services import Services

Answer = Callable[[int], Response]
ClientOf = Callable[[Answer], Awaitable[tuple[Any, list[dict[str, str]]]]]


@pytest.fixture
async def client_of(services: Services, treadle_client: ModuleType) -> AsyncIterator[ClientOf]:
    """`await client_of(answer)` is a client of a server that answers its nth request, from 0, with `answer(n)`; and
    the headers of the requests that came."""
    async with AsyncExitStack() as stack:

        async def make(answer: Answer) -> tuple[Any, list[dict[str, str]]]:
            seen: list[dict[str, str]] = []

            async def respond(request: Request) -> Response:
                await request.body()
                seen.append(dict(request.headers))
                return answer(len(seen) - 1)

            app = Starlette(routes=[Route("/{path:path}", respond, methods=["GET", "POST", "DELETE"])])
            url = await stack.enter_async_context(serving(services, app=app))
            retries = treadle_client.Retries(first=0.01, longest=1)
            client = treadle_client.AsyncTreadle(url, key="trk_x", retries=retries)
            return await stack.enter_async_context(client), seen

        yield make


def sent(*numbers: int, type: str = "text") -> str:
    return "".join(f"id: {number}\ndata: {written(number, type)}\n\n" for number in numbers)


def written(value: object, type: str = "text") -> str:
    told = {"type": type, "at": "2026-01-01T00:00:00Z", "path": "", "data": {"text": value}}
    return json.dumps(told, ensure_ascii=False)


def stream(text: str) -> Response:
    async def write() -> AsyncIterator[str]:
        yield text

    return StreamingResponse(write(), media_type="text/event-stream")


async def test_a_stream_goes_on_behind_the_last_whole_event(client_of: ClientOf) -> None:
    answers = [sent(1, 2) + "id: 3\nda", "", sent(3, 4), sent(5, type="run.finished")]
    treadle, seen = await client_of(lambda number: stream(answers[number]))

    events = [event async for event in treadle.runs.events("r1")]

    assert [event.data["text"] for event in events] == [1, 2, 3, 4, 5]
    assert [headers.get("last-event-id") for headers in seen] == [None, "2", "2", "4"]


async def test_a_stream_waits_for_a_server_that_restarts(client_of: ClientOf) -> None:
    def answer(number: int) -> Response:
        if number in (1, 2):
            return JSONResponse({"code": "draining", "title": "Soon."}, 503)
        return stream(sent(1) if number == 0 else sent(2, type="run.finished"))

    treadle, _ = await client_of(answer)

    assert [event.data["text"] async for event in treadle.runs.events("r1")] == [1, 2]


async def test_a_stream_that_may_not_be_watched_ends_with_the_reason(
    client_of: ClientOf, treadle_client: ModuleType
) -> None:
    treadle, seen = await client_of(lambda _: JSONResponse({"code": "unknown_run", "title": "No such run."}, 404))

    with pytest.raises(treadle_client.TreadleApiError, match="No such run"):
        _ = [event async for event in treadle.runs.events("r1")]

    assert len(seen) == 1


async def test_a_stream_is_taken_up_by_another_process(client_of: ClientOf) -> None:
    treadle, seen = await client_of(lambda _: stream(sent(42, type="run.finished")))

    _ = [event async for event in treadle.runs.events("r1", last_event_id="41")]

    assert seen[0]["last-event-id"] == "41"


async def test_a_stream_that_was_had_to_its_end_is_over(client_of: ClientOf) -> None:
    treadle, seen = await client_of(lambda _: Response(status_code=204))

    events = [event async for event in treadle.runs.events("r1", last_event_id="41")]

    assert (events, len(seen)) == ([], 1)


async def test_a_change_is_sent_again_under_the_same_key(client_of: ClientOf) -> None:
    def answer(number: int) -> Response:
        busy = JSONResponse({"code": "rate_limited", "title": "Slowly."}, 429, headers={"Retry-After": "0.01"})
        return busy if number < 2 else JSONResponse(None, 204)

    treadle, seen = await client_of(answer)

    await treadle.workflows.delete("orders")

    keys = {headers["idempotency-key"] for headers in seen}
    assert (len(seen), len(keys)) == (3, 1)


async def test_a_file_is_sent_again_as_what_it_is_and_under_the_same_key(client_of: ClientOf) -> None:
    def answer(number: int) -> Response:
        return (
            JSONResponse({"code": "rate_limited"}, 429, {"Retry-After": "0.01"})
            if number < 1
            else JSONResponse({}, 418)
        )

    client, seen = await client_of(answer)

    with contextlib.suppress(Exception):
        await client.bars.upload(b"PAR1", name="btc.parquet", content_type="application/vnd.apache.parquet")

    sent = {(one["content-type"], one["content-length"], one["idempotency-key"]) for one in seen}
    assert len(seen) == 2
    assert [one[:2] for one in sent] == [("application/vnd.apache.parquet", "4")]


async def test_two_changes_have_two_keys(client_of: ClientOf) -> None:
    treadle, seen = await client_of(lambda _: JSONResponse(None, 204))

    await treadle.workflows.delete("orders")
    await treadle.workflows.delete("orders")

    assert len({headers["idempotency-key"] for headers in seen}) == 2


async def test_what_is_refused_for_good_is_not_sent_again(client_of: ClientOf, treadle_client: ModuleType) -> None:
    treadle, seen = await client_of(lambda _: JSONResponse({"code": "deployed", "title": "No."}, 409))

    with pytest.raises(treadle_client.TreadleApiError):
        await treadle.workflows.delete("orders")

    assert len(seen) == 1


async def test_a_wait_that_is_too_long_is_left_to_the_caller(client_of: ClientOf, treadle_client: ModuleType) -> None:
    later = JSONResponse({"code": "quota", "title": "Tomorrow."}, 429, headers={"Retry-After": "3600"})
    treadle, seen = await client_of(lambda _: later)

    with pytest.raises(treadle_client.TreadleApiError) as refused:
        await treadle.workflows.delete("orders")

    assert (refused.value.code, len(seen)) == ("quota", 1)


async def test_an_answer_of_something_between_is_an_error_too(client_of: ClientOf, treadle_client: ModuleType) -> None:
    treadle, _ = await client_of(lambda _: Response("<h1>Forbidden</h1>", 403, media_type="text/html"))

    with pytest.raises(treadle_client.TreadleApiError) as refused:
        await treadle.info.get()

    assert (refused.value.code, refused.value.status) == ("http_403", 403)


TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)


@given(
    values=st.lists(TEXTS, max_size=5),
    cuts=st.lists(st.integers(0, 400), max_size=8),
    end=st.sampled_from(["\n", "\r\n"]),
)
def test_events_are_the_same_however_the_stream_was_cut(
    treadle_client: ModuleType, values: list[str], cuts: list[int], end: str
) -> None:
    from treadle_client.events import EventParser  # pyright: ignore[reportMissingImports]

    whole = "".join(
        f"id: {number}{end}data: {written(value)}{end}{end}" for number, value in enumerate(values)
    ).encode()
    places = sorted({0, *(cut for cut in cuts if cut < len(whole)), len(whole)})
    parser = EventParser()

    pieces = [whole[start:stop] for start, stop in pairwise(places)]
    events = [event for piece in pieces for event in parser.feed(piece)]

    assert [event.data["text"] for event in events] == values


@pytest.mark.parametrize(
    ("url", "key", "said"),
    [
        ("127.0.0.1:8765", "trk_x", "begins with `http://` or `https://`"),
        ("http://127.0.0.1:8765", " ", "`key` is empty"),
        (None, None, "`TREADLE_API_KEY` is empty"),
    ],
)
def test_what_leads_nowhere_is_told_before_anything_is_sent(
    treadle_client: ModuleType, monkeypatch: pytest.MonkeyPatch, url: str | None, key: str | None, said: str
) -> None:
    monkeypatch.setenv("TREADLE_API_KEY", "")
    monkeypatch.delenv("TREADLE_API_URL", raising=False)

    with pytest.raises(ValueError, match=said):
        treadle_client.Treadle(url, key=key)
