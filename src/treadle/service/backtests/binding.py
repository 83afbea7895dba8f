"""A workflow bound to history: its providers trade on paper over the bars that there are, and nothing else is done."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from treadle.errors import InvalidWorkflow
from treadle.model.issue import Issue
from treadle.model.nearest import listed
from treadle.model.workflow import Graph, Node, Workflow
from treadle.node.definition import NodeDefinition
from treadle.node.registry import Registry
from treadle.packs.trading.venue.provider import read_provider, write_provider
from treadle.service.arming import is_armed
from treadle.service.backtests.enough import find_too_little
from treadle.service.backtests.going_on import find_going_on
from treadle.service.backtests.history import History
from treadle.service.backtests.request import ANY_SYMBOL, BacktestRequest
from treadle.service.backtests.stubs import with_stubs
from treadle.service.reporting.finding import Finding

PROVIDER = "market.provider"
_DONE_ANYWAY = frozenset({"market", "indicator", "order", "risk", "data", "flow", "trigger"})
"""Packs whose effects reach a paper account, or nothing but the deployment itself."""
_NEED_A_PERSON = frozenset({"flow.approval", "flow.signal"})
_SETTINGS = ("market", "account", "balance", "currency", "fees", "slippage", "spread", "latency", "volume_share",
             "leverage", "maintenance", "shorts", "path", "fill", "kind", "tick", "lot")  # fmt: skip
"""Of a paper provider, what says how it trades rather than where its prices come from."""


@dataclass(frozen=True, slots=True)
class Bound:
    """`providers` are those of its accounts, as its nodes name them. `warnings` are what to know of what it was bound
    to."""

    workflow: Workflow
    providers: tuple[Mapping[str, Any], ...]
    warnings: tuple[Finding, ...] = ()


def bind(request: BacktestRequest, history: History, registry: Registry) -> Bound:
    """Raises `InvalidWorkflow` (`cannot_simulate`) with everything that keeps it from being tested."""
    workflow = with_stubs(request.workflow, request.stubs, registry)
    feeds = Feeds(history.files, venues_of(workflow))
    issues = [*_find_effects(workflow, registry), *feeds.issues(), *_find_unknown_symbols(workflow, feeds)]
    issues += find_too_little(workflow, history, registry)
    if not any(is_armed(node, registry) and registry.get(node.type).type.kind == "trigger" for node in workflow.nodes):
        issues.append(
            Issue(
                "cannot_simulate",
                "Nothing in it says when it runs.",
                remedy="Give it a `trigger.interval`, a `trigger.schedule`, or a `trigger.stream` of candles.",
            )
        )
    if issues:
        raise InvalidWorkflow(
            f"`{workflow.name}` cannot be tested over these bars: {' '.join(issue.message for issue in issues)}",
            code="cannot_simulate",
            issues=tuple(issues),
        )
    binding = _Binding(request, history, feeds)
    content: dict[str, Any] = workflow.model_dump(by_alias=True, exclude_unset=True)
    binding.rewrite(content)
    warnings = [*feeds.warnings(), *find_going_on(workflow, binding.providers)]
    return Bound(Workflow.model_validate(content), tuple(binding.providers), tuple(warnings))


class _Binding:
    def __init__(self, request: BacktestRequest, history: History, feeds: Feeds) -> None:
        self._paper, self._feeds = dict(request.paper), feeds
        self._bars: dict[str, Any] = {"timeframe": _timeframe(history.length), "clock": "real"}
        if history.rates:
            self._bars["funding"] = dict(history.rate_files)
        self.providers: list[dict[str, Any]] = []

    def rewrite(self, graph: dict[str, Any]) -> None:
        ids = {node["id"] for node in graph.get("nodes", ()) if node["type"] == PROVIDER}
        for node in graph.get("nodes", ()):
            config = node.get("config", {})
            if node["type"] == PROVIDER:
                node["config"] = {**config, **self._provider(config)}
                node["config"].pop("profile", None)
            elif "provider" in config and not _stands_for_another(config["provider"], ids):
                node["config"] = {
                    **config,
                    "provider": self._provider(write_provider(read_provider(config["provider"]))),
                }
            for body in ("body", "catch", "finally"):
                if node.get(body):
                    self.rewrite(node[body])

    def _provider(self, given: Mapping[str, Any]) -> dict[str, Any]:
        own, venue = _paper_settings(given), _venue_of(given)
        kept = {name: own[name] for name in _SETTINGS if name in own}
        if venue:
            # The account is named after it, so that those of two venues are two, as they are live.
            kept["market"] = venue
        feed = self._feeds.of(venue)
        bound = {"venue": "paper", "settings": {**kept, **self._paper, "feed": feed, **self._bars}}
        for name in ("symbol", "limits"):
            if given.get(name):
                bound[name] = given[name]
        if bound not in self.providers:
            self.providers.append(bound)
        return bound


class Feeds:
    """Which bars each venue has: its own (`binance:BTC/USDT`), and those that are of no venue (`BTC/USDT`, `*`)."""

    def __init__(self, files: Mapping[str, str], venues: Sequence[str]) -> None:
        self.names, self._venues = tuple(files), venues
        self._files: dict[str, dict[str, str]] = {}
        for name, file in files.items():
            venue, symbol = self._split(name)
            self._files.setdefault(venue, {})[symbol] = file

    def of(self, venue: str) -> str | dict[str, str]:
        found = {**self._files.get("", {}), **self._files.get(venue, {})}
        return found[ANY_SYMBOL] if list(found) == [ANY_SYMBOL] else found

    def has(self, symbol: str, venue: str | None) -> bool:
        """Whether a venue has bars of it; None: whether any has."""
        asked = self._files if venue is None else ("", venue)
        return any(not {symbol, ANY_SYMBOL}.isdisjoint(self._files.get(one, ())) for one in asked)

    def issues(self) -> Iterator[Issue]:
        for name in self.names:
            prefix, mark, rest = name.partition(":")
            if mark and "/" not in prefix and "/" in rest and prefix not in self._venues:
                known = f"it trades at {listed(sorted(self._venues))}" if self._venues else "it names none"
                yield Issue(
                    "cannot_simulate",
                    f"The bars `{name}` are of a venue that the workflow does not trade at: {known}.",
                    remedy=f"Give them without a venue: `--data {rest}=FILE`.",
                )

    def warnings(self) -> Iterator[Finding]:
        """Of several venues, those that have no bars of their own."""
        without = [venue for venue in self._venues if venue not in self._files]
        if len(self._venues) > 1 and len(without) > 1:
            symbol = next((name for name in self._files.get("", ()) if name != ANY_SYMBOL), "SYMBOL")
            yield Finding(
                "same_bars",
                f"{listed(without)} trade over the same bars, so their prices never differ. Give each its own: "
                f"`--data {without[0]}:{symbol}=FILE`.",
            )

    def _split(self, name: str) -> tuple[str, str]:
        prefix, mark, rest = name.partition(":")
        return (prefix, rest) if mark and prefix in self._venues else ("", name)


def venues_of(workflow: Workflow) -> list[str]:
    """What its providers are called that are not just `paper`."""
    found: dict[str, None] = {}
    for _, node in _walk(workflow, ("nodes",)):
        provider = node.config if node.type == PROVIDER else node.config.get("provider")
        if isinstance(provider, str) and (_stands_for_another(provider, set()) or workflow.find_node(provider)):
            continue
        if isinstance(provider, str | Mapping) and provider:
            found[_venue_of(provider if isinstance(provider, Mapping) else {"venue": provider})] = None
    return [venue for venue in found if venue]


def _venue_of(provider: Mapping[str, Any]) -> str:
    """What it is called: by its venue, and by which of several simulated ones."""
    venue, market = provider.get("venue", "paper"), _paper_settings(provider).get("market")
    return "/".join(str(one) for one in ("" if venue == "paper" else venue, market) if one)


def _paper_settings(provider: Mapping[str, Any]) -> Mapping[str, Any]:
    own: Mapping[str, Any] = provider.get("settings") or {}
    return own if provider.get("venue", "paper") == "paper" else own.get("paper") or {}


def _stands_for_another(provider: Any, ids: set[str]) -> bool:
    return isinstance(provider, str) and ("{{" in provider or provider in ids)


def _timeframe(length: int) -> str:
    for unit, size in (("w", 604_800_000), ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000)):
        if length % size == 0:
            return f"{length // size}{unit}"
    return f"{max(1, length // 1000)}s"


def _find_effects(workflow: Workflow, registry: Registry) -> Iterator[Issue]:
    for place, node in _walk(workflow, ("nodes",)):
        definition = registry.find(node.type)
        if definition is None or node.disabled or definition.type.kind != "effect" or node.has_pin:
            continue
        if node.type.partition(".")[0] not in _DONE_ANYWAY or node.type in _NEED_A_PERSON:
            yield Issue(
                "cannot_simulate",
                f"The node `{node.id}` ({node.type}) would do something outside.",
                path=place,
                node=node.id,
                remedy=f"Say what it comes to instead: `--stub {node.id}={_example_of(definition)}`; or disable it.",
            )


def _example_of(definition: NodeDefinition) -> str:
    """What a stub of it looks like."""
    ports = [port.name for port in definition.type.outputs]
    return "JSON" if len(ports) <= 1 else "'{\"" + ports[0] + "\": …}'"


def require_simulated(request: BacktestRequest, registry: Registry) -> None:
    """What can be said without the bars. Raises `InvalidWorkflow` (`cannot_simulate`, `unknown_stub`,
    `invalid_stub`)."""
    issues = tuple(_find_effects(with_stubs(request.workflow, request.stubs, registry), registry))
    if issues:
        raise InvalidWorkflow(
            f"`{request.workflow.name}` cannot be tested: {' '.join(issue.message for issue in issues)}",
            code="cannot_simulate",
            issues=issues,
            remedy=issues[0].remedy if len(issues) == 1 else "Each of them says what can be done.",
        )


def _find_unknown_symbols(workflow: Workflow, feeds: Feeds) -> Iterator[Issue]:
    missing: dict[str, tuple[tuple[str | int, ...], str]] = {}
    for place, node in _walk(workflow, ("nodes",)):
        symbol = node.config.get("symbol")
        venue = _venue_of(node.config) if node.type == PROVIDER else None
        if isinstance(symbol, str) and "{{" not in symbol and not feeds.has(symbol, venue):
            missing.setdefault(symbol, (place, node.id))
    for symbol, (place, node) in missing.items():
        yield Issue(
            "cannot_simulate",
            f"There are no bars of {symbol}, which `{node}` names; there are of {listed(sorted(feeds.names))}.",
            path=place,
            node=node,
            remedy=f"Give them: `--data {symbol}=FILE`.",
        )


def _walk(graph: Graph, place: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], Node]]:
    for number, node in enumerate(graph.nodes):
        yield (*place, number), node
        for name in ("body", "catch", "finally_"):
            body = cast("Graph | None", getattr(node, name, None))
            if body is not None:
                yield from _walk(body, (*place, number, name.rstrip("_"), "nodes"))
