"""Traces with OpenTelemetry: a span for each time a run is driven, for each attempt at a node, for each effect.

All spans of a run are in one trace, whatever process drove it and however long it slept: a run's trace and the first
span in it are named by the run's own id, so that nothing has to be remembered for them to meet again.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, NamedTuple

from treadle.engine.tracing import DOING, Answered, Doing, Failed, RunEnded
from treadle.model.event import NodeCompleted, RunEvent
from treadle.model.ids import RunId
from treadle.model.run import ExecutionResult, Failure, RunRecord
from treadle.service import logs

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SpanExporter

    from treadle.service.application import Application

log = logging.getLogger("treadle.service")

_ASKED_BY = ("OTEL_TRACES_EXPORTER", "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")


class _Ids(NamedTuple):
    trace: int
    span: int


_wanted: ContextVar[_Ids | None] = ContextVar("the ids of the span that is made now", default=None)


def ids_of(run_id: RunId) -> _Ids:
    """The trace of a run that began in no other, and the span of the first time that it was driven."""
    digest = hashlib.sha256(f"treadle run {run_id}".encode()).digest()
    return _Ids(int.from_bytes(digest[:16]) or 1, int.from_bytes(digest[16:24]) or 1)


def is_wanted(environment: Mapping[str, str]) -> bool:
    """Whether the standard `OTEL_*` variables ask for traces."""
    if environment.get("OTEL_SDK_DISABLED", "").strip().lower() == "true":
        return False
    if environment.get("OTEL_TRACES_EXPORTER", "").strip().lower() == "none":
        return False
    return any(environment.get(name, "").strip() for name in _ASKED_BY)


def start_tracing(application: Application, environment: Mapping[str, str]) -> Tracing | None:
    """Trace what `application` does, should the environment ask for it; close what this returns."""
    if not is_wanted(environment):
        return None
    try:
        exporter = _make_exporter(environment)
        provider = make_provider(exporter, environment)
    except ImportError as error:
        log.warning("Nothing is traced, `%s` is not installed. Install it: pip install 'treadle[otel]'.", error.name)
        return None
    return Tracing(application, provider)


def _make_exporter(environment: Mapping[str, str]) -> SpanExporter:
    kind = environment.get("OTEL_TRACES_EXPORTER", "otlp").strip().lower() or "otlp"
    if kind == "console":
        import sys

        from opentelemetry.sdk.trace.export import ConsoleSpanExporter

        return ConsoleSpanExporter(out=sys.stderr)
    if kind != "otlp":
        log.warning("OTEL_TRACES_EXPORTER is %r; traces go out by OTLP over HTTP.", kind)
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

    return OTLPSpanExporter()


def make_provider(exporter: SpanExporter, environment: Mapping[str, str], *, at_once: bool = False) -> TracerProvider:
    """A provider that gives a span the ids that are wanted for it. `at_once`: each span is exported as it ends."""
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor, SimpleSpanProcessor
    from opentelemetry.sdk.trace.id_generator import RandomIdGenerator

    class Ids(RandomIdGenerator):
        def generate_trace_id(self) -> int:
            wanted = _wanted.get()
            return super().generate_trace_id() if wanted is None else wanted.trace

        def generate_span_id(self) -> int:
            wanted = _wanted.get()
            return super().generate_span_id() if wanted is None else wanted.span

    named = "OTEL_SERVICE_NAME" in environment or "service.name" in environment.get("OTEL_RESOURCE_ATTRIBUTES", "")
    resource = Resource.create({} if named else {"service.name": "treadle"})
    provider = TracerProvider(resource=resource, id_generator=Ids(), shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(exporter) if at_once else BatchSpanProcessor(exporter))
    return provider


class Tracing:
    """A `Tracer` on OpenTelemetry. From when it is made until it is closed it is the application's."""

    def __init__(self, application: Application, provider: TracerProvider) -> None:
        from importlib.metadata import version

        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        self._application = application
        self._provider = provider
        self._tracer = provider.get_tracer("treadle", version("treadle"))
        self._propagator = TraceContextTextMapPropagator()
        application.world.tracer = self
        logs.trace_ids = _current_ids
        self._stop = application.dispatcher.watch(self._take)

    def close(self) -> None:
        """Trace nothing more, and send out what has been."""
        self._stop()
        self._application.world.tracer = None
        logs.trace_ids = None
        self._provider.shutdown()

    @contextmanager
    def drive(self, run: RunRecord, *, goes_on: bool) -> Generator[RunEnded]:
        attributes: dict[str, Any] = {
            "treadle.run.id": run.id,
            "treadle.workflow": run.workflow,
            "treadle.version": run.version,
            "treadle.mode": run.mode,
            "treadle.goes_on": goes_on,
        }
        if run.deployment is not None:
            attributes["treadle.deployment"] = run.deployment
        context, wanted = self._context_of(run, goes_on=goes_on)
        with self._span(f"run {run.workflow}", context=context, attributes=attributes, wanted=wanted) as span:

            def ended(result: ExecutionResult) -> None:
                span.set_attribute("treadle.run.status", result.status)
                if result.status == "failed" and result.error is not None:
                    _blame(span, result.error)

            yield ended

    @contextmanager
    def attempt(self, doing: Doing, node_type: str) -> Generator[Failed]:
        with self._span(f"node {doing.node}", attributes=_about(doing, node_type)) as span:
            yield lambda failure: _blame(span, failure)

    @contextmanager
    def effect(self, doing: Doing, node_type: str) -> Generator[None]:
        from opentelemetry.trace import SpanKind

        with self._span(f"effect {node_type}", kind=SpanKind.CLIENT, attributes=_about(doing, node_type)):
            yield

    @contextmanager
    def request(self, method: str, headers: Mapping[str, str]) -> Generator[Answered]:
        from opentelemetry.context import Context
        from opentelemetry.trace import SpanKind, StatusCode

        context = self._propagator.extract(headers, context=Context())
        with self._span(f"HTTP {method}", context=context, kind=SpanKind.SERVER, attributes={}) as span:

            def answered(route: str, status: int) -> None:
                span.update_name(f"{method} {route}")
                span.set_attributes(
                    {"http.request.method": method, "http.route": route, "http.response.status_code": status}
                )
                if status >= 500:
                    span.set_status(StatusCode.ERROR)

            yield answered

    def headers(self) -> Mapping[str, str]:
        carrier: dict[str, str] = {}
        self._propagator.inject(carrier)
        return carrier

    def parent(self) -> str | None:
        return self.headers().get("traceparent")

    @contextmanager
    def _span(self, name: str, *, attributes: Mapping[str, Any], wanted: _Ids | None = None, **more: Any) -> Any:
        from opentelemetry.trace import StatusCode, use_span

        token = _wanted.set(wanted)
        try:
            span = self._tracer.start_span(name, attributes=attributes, **more)
        finally:
            _wanted.reset(token)
        # What an exception says may hold a secret; what is said of failures has been redacted.
        with use_span(span, end_on_exit=True, record_exception=False, set_status_on_exception=False):
            try:
                yield span
            except Exception as error:
                span.set_status(StatusCode.ERROR)
                span.set_attribute("error.type", type(error).__name__)
                raise

    def _context_of(self, run: RunRecord, *, goes_on: bool) -> tuple[Any, _Ids | None]:
        """What the span of a run belongs to, and the ids that it is to have."""
        from opentelemetry.context import Context
        from opentelemetry.trace import (
            NonRecordingSpan,
            SpanContext,
            TraceFlags,
            get_current_span,
            set_span_in_context,
        )

        own, given = ids_of(run.id), run.origin.trace if run.origin is not None else None
        above = self._propagator.extract({"traceparent": given} if given else {}, context=Context())
        if not goes_on:
            return above, own
        began_in = get_current_span(above).get_span_context()
        trace = began_in.trace_id if began_in.is_valid else own.trace
        sampled = began_in.trace_flags.sampled if began_in.is_valid else self._samples(trace)
        flags = TraceFlags(TraceFlags.SAMPLED if sampled else TraceFlags.DEFAULT)
        first = SpanContext(trace, own.span, is_remote=True, trace_flags=flags)
        return set_span_in_context(NonRecordingSpan(first), Context()), None

    def _samples(self, trace: int) -> bool:
        """Whether the first span of a trace was sampled: whoever drove it decided as we would."""
        return self._provider.sampler.should_sample(None, trace, "run").decision.is_sampled()

    def _take(self, event: RunEvent) -> None:
        """Nodes that are computed in the loop itself have no task: they are told of when they are over."""
        doing = DOING.get()
        if not isinstance(event, NodeCompleted) or doing is None or doing.node:
            return
        end = int(event.at.timestamp() * 1e9)
        span = self._tracer.start_span(
            f"node {event.path}",
            start_time=end - int(event.duration_ms * 1e6),
            attributes={"treadle.run.id": event.run_id, "treadle.workflow": doing.workflow, "treadle.node": event.path},
        )
        span.end(end)


def _about(doing: Doing, node_type: str) -> dict[str, Any]:
    return {
        "treadle.run.id": doing.run_id,
        "treadle.workflow": doing.workflow,
        "treadle.node": doing.node,
        "treadle.node.type": node_type,
        "treadle.attempt": doing.attempt,
    }


def _blame(span: Any, failure: Failure) -> None:
    from opentelemetry.trace import StatusCode

    span.set_status(StatusCode.ERROR, failure.message)
    span.set_attribute("error.type", failure.type)


def _current_ids() -> tuple[str, str] | None:
    from opentelemetry.trace import get_current_span

    found = get_current_span().get_span_context()
    return (f"{found.trace_id:032x}", f"{found.span_id:016x}") if found.is_valid else None
