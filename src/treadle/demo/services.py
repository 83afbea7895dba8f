"""The services the demo's workflows call: prices and alerts, and three agents that work on text.

They listen on the loopback interface only, in a thread of the demo's own process.
"""

from __future__ import annotations

import json
import math
import random
import threading
import time
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast

from treadle.demo.texts import ARTICLES, find_keywords, summarise

BUSY_SHARE = 0.25
"""How many of the requests are answered with 503, so that retries can be seen."""
_LARGEST_BODY = 1_000_000
_THINKING = (0.4, 1.2)
"""Seconds an agent takes for an answer, between the least and the most."""


class Refused(Exception):
    """Answered with `status` and the message."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class DemoServices:
    """Starts at once; `url` says where. `busy_share` of requests get 503; `alerts` counts each key once."""

    def __init__(self, *, busy_share: float = BUSY_SHARE, thinking: tuple[float, float] = _THINKING) -> None:
        self.busy_share = busy_share
        self.thinking = thinking
        self.alerts: dict[str, Any] = {}
        self.requests = 0
        self._lock = threading.Lock()
        self._chance = random.Random()
        services = self

        class Handler(_Handler):
            pass

        Handler.services = services
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, name="treadle-demo", daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def answer(self, method: str, path: str, body: Mapping[str, Any], key: str | None) -> Any:
        """What a request comes to. Raises `Refused`."""
        with self._lock:
            self.requests += 1
            if self._chance.random() < self.busy_share:
                raise Refused(503, "Busy, try again.")
        parts = [part for part in path.split("/") if part]
        if method == "GET" and len(parts) == 2 and parts[0] == "prices":
            return {"product": parts[1], "price": price_at(parts[1], time.time()), "currency": "EUR"}
        if method == "POST" and parts == ["alerts"]:
            with self._lock:
                self.alerts.setdefault(key or f"without key {len(self.alerts)}", body)
                return {"accepted": True, "alerts": len(self.alerts)}
        agent = _AGENTS.get(parts[1]) if method == "POST" and len(parts) == 2 and parts[0] == "agents" else None
        if agent is None:
            raise Refused(404, f"There is no {path} here.")
        time.sleep(self._chance.uniform(*self.thinking))
        return agent(body)


def price_at(product: str, at: float) -> float:
    """A price that swings around 100 in a few minutes and leaves the band of 92 to 108 now and then."""
    phase = sum(product.encode())
    return round(100 + 7 * math.sin(at / 23 + phase) + 3 * math.sin(at / 7 + phase), 2)


def _research(body: Mapping[str, Any]) -> dict[str, Any]:
    prompt = str(body.get("prompt", "")).lower()
    found = next((topic for topic in ARTICLES if topic in prompt), None)
    if found is None:
        raise Refused(404, f"Nothing is known about that. The topics are {', '.join(ARTICLES)}.")
    return {"topic": found, "text": ARTICLES[found]}


def _summarise(body: Mapping[str, Any]) -> dict[str, Any]:
    text = str(body.get("text", ""))
    return {"text": summarise(text, sentences=int(body.get("sentences", 2))), "characters": len(text)}


def _keywords(body: Mapping[str, Any]) -> dict[str, Any]:
    return {"keywords": find_keywords(str(body.get("text", "")), number=int(body.get("count", 5)))}


_AGENTS: dict[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = {
    "researcher": _research,
    "summariser": _summarise,
    "keywords": _keywords,
}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    services: DemoServices

    def do_GET(self) -> None:
        self._handle({})

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        if length > _LARGEST_BODY:
            self.close_connection = True
            self._send(413, {"error": "Too much."})
            return
        try:
            body: object = json.loads(self.rfile.read(length) or b"{}")
        except ValueError:
            self._send(400, {"error": "The body is not JSON."})
            return
        self._handle(cast("Mapping[str, Any]", body) if isinstance(body, dict) else {"text": body})

    def _handle(self, body: Mapping[str, Any]) -> None:
        try:
            key = self.headers.get("Idempotency-Key")
            self._send(200, self.services.answer(self.command, self.path, body, key))
        except Refused as refusal:
            self._send(refusal.status, {"error": str(refusal)})

    def _send(self, status: int, value: Any) -> None:
        content = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        """The workflows show what happens; a second log would only be noise."""
