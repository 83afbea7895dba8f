"""http.request against a real service."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.packs.fake_context import FakeContext
from tests.packs.http.asking import ask, failure
from tests.packs.http.service import Service, answer, running
from treadle.node import NodeError, Registry
from treadle.packs import http
from treadle.packs.http.request import request


class TestAsking:
    async def test_status_headers_and_json_body_are_the_ports(self, ctx: FakeContext, service: Service) -> None:
        service.handle = lambda _: answer(201, {"a": [1]}, x_kind="Test")

        found = await ask(ctx, service.url)

        assert (found["status"], found["headers"]["x-kind"], found["body"]) == (201, "Test", {"a": [1]})

    async def test_query_fields_are_added_to_the_urls_own(self, ctx: FakeContext, service: Service) -> None:
        query = {"tag": ["a b", "c"], "open": True, "none": None, "n": 1.5}

        await ask(ctx, f"{service.url}/x?keep=1", query=query)

        assert service.received[0].query == [
            ("keep", "1"),
            ("tag", "a b"),
            ("tag", "c"),
            ("open", "true"),
            ("n", "1.5"),
        ]

    @pytest.mark.parametrize(
        ("body", "config", "sent", "kind"),
        [
            ({"a": 1}, {}, b'{"a":1}', "application/json"),
            ("text", {}, b"text", "text/plain; charset=utf-8"),
            ("text", {"send_as": "json"}, b'"text"', "application/json"),
            (b"\x00", {}, b"\x00", "application/octet-stream"),
            (
                {"a": [1, "x y"], "b": None},
                {"send_as": "form"},
                b"a=1&a=x+y",
                "application/x-www-form-urlencoded",
            ),
            ({"a": 1}, {"headers": {"content-type": "application/x-own"}}, b'{"a":1}', "application/x-own"),
        ],
    )
    async def test_the_body_goes_out_in_its_form(
        self, ctx: FakeContext, service: Service, body: Any, config: dict[str, Any], sent: bytes, kind: str
    ) -> None:
        await ask(ctx, service.url, body, method="POST", **config)

        assert (service.received[0].body, service.received[0].headers["content-type"]) == (sent, kind)

    async def test_get_sends_neither_body_nor_key(self, ctx: FakeContext, service: Service) -> None:
        await ask(ctx, service.url, {"previous": "output"})

        assert service.received[0].body == b""
        assert "idempotency-key" not in service.received[0].headers

    async def test_a_change_carries_the_idempotency_key_unless_one_is_given(
        self, ctx: FakeContext, service: Service
    ) -> None:
        await ask(ctx, service.url, method="POST")
        await ask(ctx, service.url, method="DELETE", headers={"idempotency-key": "mine"})

        assert [r.headers["idempotency-key"] for r in service.received] == ["key-1", "mine"]

    @pytest.mark.parametrize(
        ("config", "header", "value"),
        [
            ({"auth": "bearer", "secret": "t"}, "authorization", "Bearer t"),
            ({"auth": "header", "secret": "k", "auth_header": "X-Key"}, "x-key", "k"),
            (
                {"auth": "basic", "username": "ü", "secret": "p:w"},
                "authorization",
                "Basic " + base64.b64encode("ü:p:w".encode()).decode(),
            ),
        ],
    )
    async def test_who_asks_is_said_in_a_header(
        self, ctx: FakeContext, service: Service, config: dict[str, Any], header: str, value: str
    ) -> None:
        await ask(ctx, service.url, **config)

        assert service.received[0].headers[header] == value

    async def test_connections_are_kept_open_and_cookies_are_not_kept(self, ctx: FakeContext, service: Service) -> None:
        service.handle = lambda _: answer(set_cookie="sid=1; Path=/")

        await ask(ctx, service.url)
        await ask(ctx, service.url)

        assert service.connections == 1
        assert "cookie" not in service.received[1].headers

    @pytest.mark.parametrize(
        "headers",
        [
            {"X": "a\r\nY: b"},
            {"X Y": "1"},
            {"Content-Length": "5"},
            {"transfer-encoding": "chunked"},
            {"X": "é"},
        ],
    )
    async def test_a_header_that_would_break_the_message_is_refused(
        self, ctx: FakeContext, service: Service, headers: dict[str, str]
    ) -> None:
        error = await failure(ctx, service.url, headers=headers)

        assert (error.code, service.received) == ("invalid_header", [])


class TestFailures:
    @pytest.mark.parametrize(
        ("status", "retryable"),
        [(404, False), (400, False), (408, True), (425, True), (429, True), (500, True), (503, True)],
    )
    async def test_a_status_that_is_not_expected_is_an_error(
        self, ctx: FakeContext, service: Service, status: int, retryable: bool
    ) -> None:
        service.handle = lambda _: answer(status, "no " * 1_000)

        error = await failure(ctx, f"{service.url}/x?token=s3cret")

        assert (error.code, error.retryable, error.attributes["status"]) == ("http_status", retryable, status)
        assert len(error.attributes["body"]) == 500
        assert error.attributes["url"] == f"{service.url}/x"
        assert "s3cret" not in str(error)

    async def test_expected_statuses_are_chosen(self, ctx: FakeContext, service: Service) -> None:
        service.handle = lambda _: answer(404, "none")

        assert (await ask(ctx, service.url, expect=[200, "404-409"]))["status"] == 404
        service.handle = lambda _: answer(204)
        assert (await failure(ctx, service.url, expect=[200])).code == "http_status"

    @pytest.mark.parametrize(
        ("text", "seconds"),
        [
            ("7", 7.0),
            ("Wed, 01 May 2024 12:01:30 GMT", 90.0),
            ("Wed, 01 May 2024 11:00:00 GMT", 0.0),
            ("soon", None),
            ("nan", None),
        ],
    )
    async def test_retry_after_is_seconds_or_a_date(
        self, ctx: FakeContext, service: Service, text: str, seconds: float | None
    ) -> None:
        ctx.clock = datetime(2024, 5, 1, 12, tzinfo=UTC)
        service.handle = lambda _: answer(429, retry_after=text)

        assert (await failure(ctx, service.url)).retry_after == seconds

    async def test_a_secret_in_an_answer_is_not_repeated(self, ctx: FakeContext, service: Service) -> None:
        ctx.secrets = ("s3cret",)
        service.handle = lambda r: answer(401, f"bad token {r.headers['authorization']}")

        error = await failure(ctx, service.url, auth="bearer", secret="s3cret")

        assert "s3cret" not in str(error) + str(error.attributes)

    async def test_a_server_that_says_nothing_is_a_timeout(self, ctx: FakeContext, service: Service) -> None:
        service.handle = lambda _: None

        error = await failure(ctx, service.url, timeout="200ms")

        assert (error.code, error.retryable) == ("timeout", True)
        assert error.message.endswith("no answer within 200 ms, the `timeout` in the config.")

    async def test_a_server_that_drips_is_a_timeout_too(self, ctx: FakeContext) -> None:
        async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n")
            try:
                for _ in range(100):
                    writer.write(b"x")
                    await writer.drain()
                    await asyncio.sleep(0.05)
            except ConnectionError:
                pass
            finally:
                writer.close()

        server = await asyncio.start_server(drip, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]

        error = await failure(ctx, f"http://127.0.0.1:{port}", timeout=0.3)

        server.close()
        assert error.code == "timeout"

    async def test_a_server_that_is_not_there_is_a_connection_error(self, ctx: FakeContext) -> None:
        async with running() as gone:
            url = gone.url

        error = await failure(ctx, url)

        assert (error.code, error.retryable) == ("connection", True)

    async def test_a_name_that_does_not_exist_is_a_connection_error(self, ctx: FakeContext) -> None:
        error = await failure(ctx, "http://no-such-host.invalid/")

        assert (error.code, error.retryable) == ("connection", True)
        assert "no-such-host.invalid" in error.message

    @pytest.mark.parametrize(("says", "code"), [(b"220 mail ready\r\n", "connection"), (b"", "timeout")])
    async def test_a_server_that_speaks_no_tls_fails_and_its_connection_is_closed(
        self, ctx: FakeContext, says: bytes, code: str
    ) -> None:
        closed = asyncio.Event()

        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(says)
            with contextlib.suppress(ConnectionError):
                while await reader.read(65536):
                    pass
            writer.close()
            closed.set()

        server = await asyncio.start_server(talk, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]

        error = await failure(ctx, f"https://127.0.0.1:{port}", timeout=0.5)

        async with asyncio.timeout(5):
            await closed.wait()
        server.close()
        assert error.code == code

    async def test_a_server_that_hangs_up_is_a_connection_error(self, ctx: FakeContext, service: Service) -> None:
        service.handle = lambda _: b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\nconnection: close\r\n\r\nabc"

        assert (await failure(ctx, service.url)).code == "connection"

    @pytest.mark.parametrize(
        ("url", "code"),
        [
            ("ftp://example.com/x", "invalid_url"),
            ("file:///etc/hostname", "invalid_url"),
            ("example.com/x", "invalid_url"),
            ("http://", "invalid_url"),
            ("http://[::1", "invalid_url"),
            ("http://①②⑦.⓪.⓪.①/", "invalid_url"),
            ("http://user:pw@example.com/", "credentials_in_url"),
        ],
    )
    async def test_a_url_that_cannot_be_asked_is_refused_and_a_config_problem(
        self, ctx: FakeContext, url: str, code: str
    ) -> None:
        with pytest.raises(NodeError) as caught:
            await request(ctx, url=url)

        assert caught.value.code == code
        assert request.config_problems({"url": url}, frozenset())
        assert "pw@" not in str(caught.value)


class TestDeclaration:
    @pytest.mark.parametrize(
        ("config", "how"),
        [
            ({}, "repeat"),
            ({"method": "PUT"}, "repeat"),
            ({"method": "POST"}, "ask"),
            ({"method": "PATCH"}, "ask"),
            ({"method": "{{ params.method }}"}, "ask"),
            ({"method": "POST", "safe_to_repeat": True}, "repeat"),
            ({"method": "GET", "safe_to_repeat": False}, "ask"),
        ],
    )
    def test_in_doubt_depends_on_the_method(self, config: dict[str, Any], how: str) -> None:
        assert request.type.in_doubt_of(config) == how

    def test_every_field_is_described_and_secrets_are_marked(self) -> None:
        fields = request.type.config

        assert [field.name for field in fields if not field.description] == []
        assert {field.name for field in fields if field.kind == "secret"} == {"username", "secret"}
        json.dumps(request.type.config_schema)

    def test_the_pack_is_found_and_its_example_fits(self) -> None:
        definition = Registry({"http": http}).get("http.request")
        example: Any = definition.type.example

        assert definition.name == "http.request"
        assert definition.config_problems(example["config"], frozenset()) == []
        assert set(example["outputs"]) == {port.name for port in definition.type.outputs}

    @pytest.mark.parametrize(
        "config", [{"auth": "bearer"}, {"auth": "basic", "secret": "x"}, {"expect": ["ok"]}, {"expect": [42]}]
    )
    def test_what_cannot_work_is_a_config_problem(self, config: dict[str, Any]) -> None:
        assert request.config_problems({"url": "https://example.com", **config}, frozenset())
