"""What the server counts for Prometheus: plain numbers on the way of a request or an event, a text when it is asked.

Labels are bounded: routes by their template, statuses by what they are; no id, name or address is ever one.
"""

from __future__ import annotations

import asyncio
from bisect import bisect_left
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from treadle.model.event import (
    NodeCompleted,
    NodeFailed,
    NodeRetried,
    RunEvent,
    RunFinished,
    RunResumed,
    RunStarted,
    RunSuspended,
)

if TYPE_CHECKING:
    from treadle.server.services import Services
    from treadle.service.application import Application
    from treadle.service.system import StoreLoad

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0)
_LAG_EVERY = 0.25
_LAGS_KEPT = 60
"""Looks of the last quarter of a minute: what a scraper that comes every 15 seconds wants to know."""


class Durations:
    """A histogram: a search and two additions for each value."""

    __slots__ = ("counts", "total")

    def __init__(self) -> None:
        self.counts = [0] * (len(_SECONDS) + 1)
        self.total = 0.0

    def add(self, seconds: float) -> None:
        self.counts[bisect_left(_SECONDS, seconds)] += 1
        self.total += seconds

    def buckets(self) -> list[tuple[str, float]]:
        """Cumulated, as Prometheus wants them."""
        found: list[tuple[str, float]] = []
        so_far = 0
        for limit, count in zip((*map(str, _SECONDS), "+Inf"), self.counts, strict=True):
            so_far += count
            found.append((limit, so_far))
        return found


class HttpMetrics:
    """Requests, by method, route and status."""

    def __init__(self) -> None:
        self.requests: Counter[tuple[str, str, int]] = Counter()
        self.seconds: dict[str, Durations] = {}

    def add(self, method: str, route: str, status: int, seconds: float) -> None:
        # A method that no standard knows is a stranger's word, and no label.
        self.requests[method if method in _METHODS else "OTHER", route, status] += 1
        family = _family_of(route)
        durations = self.seconds.get(family)
        if durations is None:
            durations = self.seconds[family] = Durations()
        durations.add(seconds)

    def webhooks(self) -> Mapping[str, int]:
        """Calls of webhooks by the class of their status."""
        found: Counter[str] = Counter()
        for (_, route, status), count in self.requests.items():
            if _family_of(route) == "hooks":
                found[f"{status // 100}xx"] += count
        return found


class RunMetrics:
    """Runs and nodes, from their events; watches as long as it is entered."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self.started = 0
        self.resumed = 0
        self.recovered = 0
        self.suspended = 0
        self.finished: Counter[str] = Counter()
        self.nodes: Counter[str] = Counter()
        self.node_seconds = Durations()
        self.lags: deque[float] = deque(maxlen=_LAGS_KEPT)
        self._lagging: asyncio.Task[None] | None = None
        self._stop = application.dispatcher.watch(self._take)

    async def __aenter__(self) -> RunMetrics:
        self._lagging = asyncio.create_task(self._look_for_lag())
        return self

    async def __aexit__(self, *exception: object) -> None:
        self._stop()
        if self._lagging is not None:
            self._lagging.cancel()
            await asyncio.gather(self._lagging, return_exceptions=True)

    def _take(self, event: RunEvent) -> None:
        if type(event) is NodeCompleted:  # of all events by far the most
            self.nodes["completed"] += 1
            self.node_seconds.add(event.duration_ms / 1000)
            return
        match event:
            case RunStarted():
                self.started += 1
            case RunFinished():
                self.finished[event.status] += 1
            case RunSuspended():
                self.suspended += 1
            case RunResumed():
                self.resumed += 1
                self.recovered += event.recovered
            case NodeFailed():
                self.nodes["failed"] += 1
            case NodeRetried():
                self.nodes["retried"] += 1
            case _:
                pass

    async def _look_for_lag(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            before = loop.time()
            await asyncio.sleep(_LAG_EVERY)
            self.lags.append(max(0.0, loop.time() - before - _LAG_EVERY))


def render(services: Services, load: StoreLoad) -> tuple[str, bytes]:
    """Content type and text of everything there is to tell."""
    from prometheus_client import CollectorRegistry, generate_latest
    from prometheus_client.exposition import CONTENT_TYPE_LATEST
    from prometheus_client.process_collector import ProcessCollector

    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    registry.register(_Once(list(_families(services, load))))
    return CONTENT_TYPE_LATEST, generate_latest(registry)


class _Once:
    """A collector of what has been gathered already."""

    def __init__(self, families: list[Any]) -> None:
        self._families = families

    def collect(self) -> Iterable[Any]:
        return self._families


def _families(services: Services, load: StoreLoad) -> Iterator[Any]:
    from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

    def gauge(name: str, text: str, value: float) -> Any:
        return GaugeMetricFamily(f"treadle_{name}", text, value=value)

    def counter(name: str, text: str, value: float) -> Any:
        return CounterMetricFamily(f"treadle_{name}", text, value=value)

    def counters(name: str, text: str, label: str, values: Mapping[str, float]) -> Any:
        family = CounterMetricFamily(f"treadle_{name}", text, labels=[label])
        for key, value in sorted(values.items()):
            family.add_metric([key], value)
        return family

    yield gauge("ready", "Whether new work is taken: 1, or 0 while the process stops.", services.door.is_open)
    yield gauge("runs_active", "Runs that this process drives now.", services.application.dispatcher.active)
    runs = GaugeMetricFamily("treadle_runs_unfinished", "Runs in the store by status.", labels=["status"])
    for status, number in load.runs.items():
        runs.add_metric([status], number)
    yield runs
    yield counter("store_commits", "Transactions committed.", load.commits)
    yield counter("store_commit_seconds", "Seconds spent in writing and committing them.", load.commit_seconds)
    yield gauge("store_queue", "What waits to be written now.", load.queue)
    runs_seen = services.runs
    if runs_seen is not None:
        yield counter("runs_started", "Runs that began here.", runs_seen.started)
        yield counter("runs_resumed", "Runs that were driven on here.", runs_seen.resumed)
        yield counter("runs_recovered", "Of these, runs that a crash had left behind.", runs_seen.recovered)
        yield counter("runs_suspended", "Suspensions of runs.", runs_seen.suspended)
        yield counters("runs_finished", "Runs that ended here, by status.", "status", runs_seen.finished)
        yield counters("nodes", "Nodes that settled here, by what became of them.", "status", runs_seen.nodes)
        yield _histogram("node_seconds", "How long nodes took.", {(): runs_seen.node_seconds})
        if runs_seen.lags:
            yield gauge("loop_lag_seconds", "Longest delay of the event loop lately.", max(runs_seen.lags))
    yield gauge("streams_open", "Live streams that somebody reads now.", services.door.streams)
    yield gauge("http_inside", "Requests under way now.", len(services.door.inside))
    yield counter("http_turned_away", "Requests refused because the process stops.", services.door.turned_away)
    requests = CounterMetricFamily(
        "treadle_http_requests", "Requests by method, route and status.", labels=["method", "route", "status"]
    )
    for (method, route, status), count in sorted(services.http.requests.items()):
        requests.add_metric([method, route, str(status)], count)
    yield requests
    yield counters("webhooks", "Calls of webhooks by the class of their status.", "status", services.http.webhooks())
    by_family = {(family,): durations for family, durations in sorted(services.http.seconds.items())}
    yield _histogram("http_seconds", "How long requests took, streams aside.", by_family, ("family",))


def _histogram(name: str, text: str, values: Mapping[tuple[str, ...], Durations], labels: tuple[str, ...] = ()) -> Any:
    from prometheus_client.core import HistogramMetricFamily

    family = HistogramMetricFamily(f"treadle_{name}", text, labels=labels)
    for key, durations in values.items():
        family.add_metric(key, durations.buckets(), sum_value=durations.total)
    return family


_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_FAMILIES = (("/api/", "api"), ("/hooks", "hooks"), ("/forms", "forms"), ("/t/", "links"))


def _family_of(route: str) -> str:
    return next((family for prefix, family in _FAMILIES if route.startswith(prefix)), "pages")
