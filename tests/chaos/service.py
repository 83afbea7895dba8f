"""A local HTTP service that counts what it is asked to do, by idempotency key, and is not always well."""

from __future__ import annotations

import json
import random
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

DELAYS = (0.0, 0.0, 0.002, 0.01, 0.03)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 512
    """Enough that a process which recovers much at once is never refused by the system."""


class CountingService:
    """`POST` or `PUT /do/<kind>` does something and answers `{"value": 2 * value}`; `GET /done/<key>` says whether it
    was done and what came of it; `/refuse` answers 400 always. Before and after doing it may take its time.

    `calls` counts what was asked by key, `effects` what was done, `asked` the questions.
    """

    def __init__(self, *, seed: int) -> None:
        self.calls: Counter[str] = Counter()
        self.effects: Counter[str] = Counter()
        self.kinds: dict[str, str] = {}
        self.asked = 0
        self.refused = 0
        self.unkeyed = 0
        self._values: dict[str, int] = {}
        self._busy = 0
        self._lock = threading.Lock()
        self._random = random.Random(seed)
        self._server = _Server(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def wait_until_idle(self) -> None:
        """Until whatever a killed process had asked for is done."""
        quiet = 0
        while quiet < 3:
            time.sleep(0.004)
            with self._lock:
                quiet = 0 if self._busy else quiet + 1

    def find_done(self, key: str) -> int | None:
        with self._lock:
            return self._values.get(key)

    def answer(self, method: str, target: str, key: str, body: Any) -> tuple[int, Any]:
        url = urlsplit(target)
        if method == "GET":
            with self._lock:
                self.asked += 1
                value = self._values.get(url.path.rpartition("/")[2])
            return 200, {"done": value is not None, "value": value}
        if url.path == "/refuse":
            with self._lock:
                self.refused += 1
            return 400, {"reason": "never"}
        fails = int(parse_qs(url.query).get("fails", ["0"])[0])
        with self._lock:
            before, after = self._random.choice(DELAYS), self._random.choice(DELAYS)
            self.unkeyed += not key
            self.calls[key] += 1
            self.kinds[key] = url.path.rpartition("/")[2]
            if self.calls[key] <= fails:
                return 503, {"reason": "not now"}
        time.sleep(before)
        with self._lock:
            self.effects[key] += 1
            value = self._values[key] = body["value"] * 2
        time.sleep(after)
        return 200, {"value": value}

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        service = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def handle_one_request(self) -> None:
                try:
                    super().handle_one_request()
                except OSError:
                    self.close_connection = True  # the process that asked is dead

            def _serve(self) -> None:
                with service._lock:
                    service._busy += 1
                try:
                    length = int(self.headers.get("Content-Length") or 0)
                    content = self.rfile.read(length)
                    if len(content) < length:
                        self.close_connection = True  # whoever asked was killed in the middle of asking
                        return
                    key = self.headers.get("Idempotency-Key") or ""
                    status, given = service.answer(self.command, self.path, key, json.loads(content or b"null"))
                finally:
                    with service._lock:
                        service._busy -= 1
                answer = json.dumps(given).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            do_GET = do_POST = do_PUT = _serve

            def log_message(self, format: str, *args: Any) -> None:
                pass

        return Handler
