"""A small HTTP service on loopback whose answers a test writes, byte by byte where it matters."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True)
class Received:
    method: str
    path: str
    query: list[tuple[str, str]]
    headers: Mapping[str, str]
    body: bytes


def answer(status: int = 200, body: bytes | str | Any = b"", **headers: str) -> bytes:
    """An answer on the wire; `content_type="…"` becomes `content-type`. What is not text or bytes is sent
    as JSON.
    """
    if not isinstance(body, bytes | str):
        body = json.dumps(body)
        headers = {"content_type": "application/json", **headers}
    content = body.encode() if isinstance(body, str) else body
    lines = [f"HTTP/1.1 {status} X", f"content-length: {len(content)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + content


Handler = Callable[[Received], bytes | None]


@dataclass
class Service:
    """`handle` gives the bytes to send, or None to say nothing and keep the caller waiting."""

    port: int = 0
    handle: Handler = lambda request: answer()
    received: list[Received] = field(default_factory=list)
    connections: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while True:
                request = await self._read(reader)
                self.received.append(request)
                sent = self.handle(request)
                if sent is None:
                    await asyncio.sleep(30)
                    return
                writer.write(sent)
                await writer.drain()
                if b"connection: close" in sent[:1000]:
                    return
        except (asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _read(self, reader: asyncio.StreamReader) -> Received:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        method, target, _ = head[0].split(" ")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        parts = urlsplit(target)
        return Received(method, parts.path, parse_qsl(parts.query, keep_blank_values=True), headers, body)


@asynccontextmanager
async def running(
    handle: Handler = lambda request: answer(), *, host: str = "127.0.0.1", port: int = 0
) -> AsyncIterator[Service]:
    service = Service(handle=handle)
    server = await asyncio.start_server(service._serve, host, port)
    service.port = server.sockets[0].getsockname()[1]
    try:
        yield service
    finally:
        server.close()
