"""What http.request makes of an answer: its kind, its size, its compression."""

from __future__ import annotations

import gzip
import zlib
from typing import Any

import pytest

from tests.packs.fake_context import FakeContext
from tests.packs.http.asking import ask, failure
from tests.packs.http.service import Service, answer


class TestAnswers:
    @pytest.mark.parametrize(
        ("kind", "as_", "body"),
        [
            ("application/problem+json; charset=utf-8", "auto", {"a": "é"}),
            ("text/html", "auto", '{"a": "é"}'),
            ("application/x-thing", "auto", '{"a": "é"}'.encode()),
            ("text/html", "json", {"a": "é"}),
            ("application/json", "text", '{"a": "é"}'),
            ("application/json", "bytes", '{"a": "é"}'.encode()),
        ],
    )
    async def test_the_body_is_read_as_asked(
        self, ctx: FakeContext, service: Service, kind: str, as_: str, body: Any
    ) -> None:
        service.handle = lambda _: answer(200, '{"a": "é"}', content_type=kind)

        assert (await ask(ctx, service.url, response_as=as_))["body"] == body

    async def test_text_is_read_in_its_charset(self, ctx: FakeContext, service: Service) -> None:
        service.handle = lambda _: answer(200, "é".encode("latin-1"), content_type='text/plain; charset="ISO-8859-1"')

        assert (await ask(ctx, service.url))["body"] == "é"

    async def test_an_empty_answer_is_null(self, ctx: FakeContext, service: Service) -> None:
        service.handle = lambda _: answer(200, b"", content_type="application/json")

        assert (await ask(ctx, service.url))["body"] is None

    async def test_head_has_no_body(self, ctx: FakeContext, service: Service) -> None:
        service.handle = lambda _: b"HTTP/1.1 200 OK\r\ncontent-length: 999999999\r\n\r\n"

        assert (await ask(ctx, service.url, method="HEAD"))["body"] is None

    async def test_what_is_not_json_is_an_error_that_shows_it(self, ctx: FakeContext, service: Service) -> None:
        service.handle = lambda _: answer(200, "<html>oops", content_type="application/json")

        error = await failure(ctx, service.url)

        assert error.code == "bad_response"
        assert "<html>oops" in error.message

    @pytest.mark.parametrize(
        ("encoding", "content"),
        [
            ("gzip", gzip.compress(b"hello", mtime=0)),
            ("deflate", zlib.compress(b"hello")),
            ("deflate", zlib.compress(b"hello", wbits=-15)),
        ],
    )
    async def test_compressed_answers_are_read(
        self, ctx: FakeContext, service: Service, encoding: str, content: bytes
    ) -> None:
        service.handle = lambda _: answer(200, content, content_encoding=encoding, content_type="text/plain")

        assert (await ask(ctx, service.url))["body"] == "hello"

    @pytest.mark.parametrize("encoding", ["identity", "gzip"])
    async def test_an_answer_that_is_too_large_is_stopped(
        self, ctx: FakeContext, service: Service, encoding: str
    ) -> None:
        content = b"x" * 2_000_000
        sent = gzip.compress(content) if encoding == "gzip" else content
        service.handle = lambda _: answer(200, sent, content_encoding=encoding)

        error = await failure(ctx, service.url, max_size=1_000_000)

        assert (error.code, error.retryable) == ("too_large", False)

    async def test_a_chunked_answer_is_counted_as_it_comes(self, ctx: FakeContext, service: Service) -> None:
        chunk = b"10000\r\n" + b"x" * 65_536 + b"\r\n"
        service.handle = lambda _: b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n" + chunk * 40

        assert (await failure(ctx, service.url, max_size=1_000_000)).code == "too_large"

    async def test_an_encoding_that_was_not_asked_for_is_refused(self, ctx: FakeContext, service: Service) -> None:
        service.handle = lambda _: answer(200, b"xx", content_encoding="zstd")

        assert (await failure(ctx, service.url)).code == "bad_response"

    async def test_a_compressed_answer_cut_short_is_an_error(self, ctx: FakeContext, service: Service) -> None:
        service.handle = lambda _: answer(200, gzip.compress(b"hello" * 100)[:-12], content_encoding="gzip")

        error = await failure(ctx, service.url)

        assert (error.code, error.retryable) == ("connection", True)
