"""A workflow bound to history: its providers trade on paper over the bars that there are, and nothing else is done."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from treadle.errors import InvalidWorkflow
from treadle.model.issue import Issue
from treadle.model.nearest import listed
from treadle.model.workflow import Graph, Node, Workflow
from treadle.node.registry import Registry
from treadle.packs.trading.venue.provider import read_provider, write_provider
from treadle.service.arming import is_armed
from treadle.service.backtests.history import History
from treadle.service.backtests.request import ANY_SYMBOL, BacktestRequest

PROVIDER = "market.provider"
_DONE_ANYWAY = frozenset({"market", "indicator", "order", "risk", "data", "flow", "trigger"})
"""Packs whose effects reach a paper account, or nothing but the deployment itself."""
_NEED_A_PERSON = frozenset({"flow.approval", "flow.signal"})
_SETTINGS = ("market", "account", "balance", "currency", "fees", "slippage", "spread", "latency", "volume_share",
             "leverage", "maintenance", "shorts", "path", "kind", "tick", "lot")  # fmt: skip
"""Of a paper provider, what says how it trades rather than where its prices come from."""


@dataclass(frozen=True, slots=True)
class Bound:
    """`providers` are those of its accounts, as its nodes name them."""

    workflow: Workflow
    providers: tuple[Mapping[str, Any], ...]


def bind(request: BacktestRequest, history: History, registry: Registry) -> Bound:
    """Raises `InvalidWorkflow` (`cannot_simulate`) with everything that keeps it from being tested."""
    workflow = request.workflow
    issues = [*_find_effects(workflow, registry), *_find_unknown_symbols(workflow, history)]
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
    binding = _Binding(request, history)
    content: dict[str, Any] = workflow.model_dump(by_alias=True, exclude_unset=True)
    binding.rewrite(content)
    return Bound(Workflow.model_validate(content), tuple(binding.providers))


class _Binding:
    def __init__(self, request: BacktestRequest, history: History) -> None:
        self._paper = dict(request.paper)
        feed: Any = history.files[ANY_SYMBOL] if ANY_SYMBOL in history.files else dict(history.files)
        self._feed = {"feed": feed, "timeframe": _timeframe(history.length), "clock": "real"}
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
        own: Mapping[str, Any] = given.get("settings") or {}
        if given.get("venue", "paper") != "paper":
            own = own.get("paper") or {}
        kept = {name: own[name] for name in _SETTINGS if name in own}
        bound = {"venue": "paper", "settings": {**kept, **self._paper, **self._feed}}
        for name in ("symbol", "limits"):
            if given.get(name):
                bound[name] = given[name]
        if bound not in self.providers:
            self.providers.append(bound)
        return bound


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
        if definition is None or node.disabled or definition.type.kind != "effect":
            continue
        if node.type.partition(".")[0] not in _DONE_ANYWAY or node.type in _NEED_A_PERSON:
            yield Issue(
                "cannot_simulate",
                f"The node `{node.id}` ({node.type}) would do something outside.",
                path=place,
                node=node.id,
                remedy="Disable it for the backtest, or move it behind the part that trades.",
            )


def _find_unknown_symbols(workflow: Workflow, history: History) -> Iterator[Issue]:
    if ANY_SYMBOL in history.files:
        return
    missing: dict[str, tuple[str | int, ...]] = {}
    for place, node in _walk(workflow, ("nodes",)):
        symbol = node.config.get("symbol")
        if isinstance(symbol, str) and "{{" not in symbol and symbol not in history.files:
            missing.setdefault(symbol, place)
    for symbol, place in missing.items():
        yield Issue(
            "cannot_simulate",
            f"There are no bars of {symbol}; there are of {listed(sorted(history.files))}.",
            path=place,
            remedy=f"Give them: `--data {symbol}=FILE`.",
        )


def _walk(graph: Graph, place: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], Node]]:
    for number, node in enumerate(graph.nodes):
        yield (*place, number), node
        for name in ("body", "catch", "finally_"):
            body = cast("Graph | None", getattr(node, name, None))
            if body is not None:
                yield from _walk(body, (*place, number, name.rstrip("_"), "nodes"))
