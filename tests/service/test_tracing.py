"""Traces: run → node → effect, in one trace whatever process drove the run, and nothing secret in them."""

from __future__ import annotations

import asyncio
import gzip
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import httpx
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from tests.server.live_server import serving
from treadle.authoring.check.file import check_file
from treadle.model.run import ExecutionResult
from treadle.server.services import Services
from treadle.service.access.identities import Identities
from treadle.service.application import Application
from treadle.service.deployments import Deployments
from treadle.service.execution import ExecutionRequest
from treadle.service.settings import Settings
from treadle.service.tracing import Tracing, ids_of, is_wanted, make_provider, start_tracing

WRITING = """\
name: writing
nodes:
  - {id: text, type: data.template, config: {template: "hi"}}
  - {id: file, type: file.write, config: {path: out.txt}}
connections: [{from: text, to: file}]
"""

WAITING = """\
name: waiting
nodes:
  - {id: pause, type: flow.wait, config: {duration: 4s}}
"""

ASKING = """\
name: asking
inputs: {url: string}
nodes:
  - {id: ask, type: http.request, config: {url: "{{ workflow.input.url }}", AUTH}}
"""


class Traced:
    """An application, and the spans of what it did."""

    def __init__(self, folder: Path) -> None:
        settings = replace(Settings(), db=str(folder / "t.db"), workspace=str(folder), allow_private_network=True)
        self.application = Application(settings)
        self._spans = InMemorySpanExporter()
        self.tracing = Tracing(self.application, make_provider(self._spans, {}, at_once=True))

    async def run(self, text: str, **values: object) -> ExecutionResult:
        loaded = check_file(text, self.application.registry, source="test")
        return await self.application.execute(ExecutionRequest(loaded.workflows[0], input=values))

    def spans(self, beginning: str = "") -> list[ReadableSpan]:
        return [span for span in self._spans.get_finished_spans() if span.name.startswith(beginning)]

    def span(self, name: str) -> ReadableSpan:
        (found,) = self.spans(name)
        return found


class Echo:
    """A service that answers `/STATUS` with the headers it was sent. `seen` are their values."""

    def __init__(self) -> None:
        self.seen = seen = list[str]()

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                seen.extend(self.headers.values())
                content = str(self.headers).encode()
                self.send_response(int(self.path.strip("/")))
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"


@contextmanager
def _collecting() -> Iterator[tuple[str, list[bytes]]]:
    """A collector of traces by OTLP over HTTP: its address, and the bodies that it was sent."""
    received: list[bytes] = []

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            received.append(gzip.decompress(body) if self.headers.get("Content-Encoding") == "gzip" else body)
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Collector) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", received
        server.shutdown()


@pytest.fixture
def echo() -> Iterator[Echo]:
    echo = Echo()
    yield echo
    echo.server.shutdown()
    echo.server.server_close()


@pytest.fixture
async def traced(tmp_path: Path) -> AsyncIterator[Traced]:
    traced = Traced(tmp_path)
    async with traced.application:
        yield traced
    traced.tracing.close()


async def test_a_run_has_its_nodes_and_they_their_effects(traced: Traced) -> None:
    result = await traced.run(WRITING)

    run, node, effect = traced.span("run writing"), traced.span("node file"), traced.span("effect file.write")
    assert run.parent is None
    assert node.parent is not None
    assert effect.parent is not None
    assert (node.parent.span_id, effect.parent.span_id) == (run.context.span_id, node.context.span_id)
    assert run.attributes is not None
    assert (run.attributes["treadle.run.id"], run.attributes["treadle.run.status"]) == (result.run_id, "completed")
    assert node.attributes is not None
    assert (node.attributes["treadle.node"], node.attributes["treadle.attempt"]) == ("file", 1)


async def test_a_node_that_is_computed_has_a_span_too(traced: Traced) -> None:
    await traced.run(WRITING)

    node = traced.span("node text")
    assert node.parent is not None
    assert node.parent.span_id == traced.span("run writing").context.span_id


@pytest.mark.slow
async def test_what_happens_after_a_suspension_is_in_the_same_trace(traced: Traced) -> None:
    result = await traced.run(WAITING)
    await traced.application.wait(result.run_id)

    first, second = traced.spans("run waiting")
    own = ids_of(result.run_id)
    assert (first.context.trace_id, first.context.span_id) == own
    assert second.context.trace_id == own.trace
    assert second.parent is not None
    assert second.parent.span_id == own.span


async def test_a_failure_is_told_without_its_secret(traced: Traced, echo: Echo) -> None:
    """The service answers 400 and repeats what it was sent."""
    traced.application.world.secrets = {"canary": "hunter2hunter2"}

    result = await traced.run(
        ASKING.replace("AUTH", 'auth: bearer, secret: "{{ secrets.canary }}"'), url=f"{echo.url}/400"
    )

    node = traced.span("node ask")
    assert result.status == "failed"
    assert node.status.description is not None
    assert "400" in node.status.description
    assert "Bearer hunter2hunter2" in echo.seen
    assert not any("hunter2" in span.to_json() for span in traced.spans())


async def test_a_request_to_the_outside_carries_the_trace(traced: Traced, echo: Echo) -> None:
    result = await traced.run(ASKING.replace("AUTH", "auth: none"), url=f"{echo.url}/200")

    effect = traced.span("effect http.request")
    (header,) = [text for text in echo.seen if text.startswith("00-")]
    assert result.status == "completed"
    assert header[:52] == f"00-{effect.context.trace_id:032x}-{effect.context.span_id:016x}"


async def test_a_header_of_the_workflows_own_counts_before_ours(traced: Traced, echo: Echo) -> None:
    own = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

    await traced.run(ASKING.replace("AUTH", f'headers: {{TraceParent: "{own}"}}'), url=f"{echo.url}/200")

    assert [text for text in echo.seen if text.startswith("00-")] == [own]


async def test_a_run_that_a_traced_request_starts_is_part_of_its_trace(traced: Traced) -> None:
    above = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    with traced.tracing.request("POST", {"traceparent": above}) as answered:
        result = await traced.run(WRITING)
        answered("/hooks/{path}", 200)

    request, run = traced.span("POST /hooks/{path}"), traced.span("run writing")
    stored = await traced.application.store.get_run(result.run_id)
    assert {f"{span.context.trace_id:032x}" for span in traced.spans()} == {above[3:35]}
    assert run.parent is not None
    assert run.parent.span_id == request.context.span_id
    assert stored.origin is not None
    assert stored.origin.trace is not None


async def test_every_request_to_the_server_has_a_span_under_the_callers(traced: Traced) -> None:
    application = traced.application
    services = Services(application, Deployments(application), Identities(application))
    above = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    async with serving(services) as base_url, httpx.AsyncClient(base_url=base_url) as client:
        await client.get("/healthz", headers={"traceparent": above})

    span = traced.span("GET /healthz")
    assert f"{span.context.trace_id:032x}" == above[3:35]


async def test_without_a_tracer_nothing_is_kept_of_traces(tmp_path: Path) -> None:
    async with Application(replace(Settings(), db=str(tmp_path / "t.db"), workspace=str(tmp_path))) as application:
        loaded = check_file(WRITING, application.registry, source="test")
        result = await application.execute(ExecutionRequest(loaded.workflows[0]))
        stored = await application.store.get_run(result.run_id)

    assert stored.origin is None


async def test_spans_reach_a_collector_by_otlp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with _collecting() as (endpoint, received):
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint)
        async with Application(replace(Settings(), db=str(tmp_path / "t.db"), workspace=str(tmp_path))) as application:
            tracing = start_tracing(application, os.environ)
            assert tracing is not None
            loaded = check_file(WRITING, application.registry, source="test")
            await application.execute(ExecutionRequest(loaded.workflows[0]))
            await asyncio.to_thread(tracing.close)

    names = {
        span.name
        for body in received
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans
        for scope in resource.scope_spans
        for span in scope.spans
    }
    assert {"run writing", "node text", "node file"} <= names


@pytest.mark.parametrize(
    ("environment", "wanted"),
    [
        ({}, False),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4318"}, True),
        ({"OTEL_TRACES_EXPORTER": "console"}, True),
        ({"OTEL_TRACES_EXPORTER": "none", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4318"}, False),
        ({"OTEL_SDK_DISABLED": "true", "OTEL_TRACES_EXPORTER": "otlp"}, False),
    ],
)
def test_the_standard_variables_turn_traces_on(environment: dict[str, str], wanted: bool) -> None:
    assert is_wanted(environment) is wanted
