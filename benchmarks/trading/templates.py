"""What the trading templates come to in a year of the simulated markets: `python -m benchmarks.trading.templates`.

Each is run as it is shipped, on paper, with its own parameters: every run goes through the engine and every order
through the order path to the paper venue, only that the clock is virtual and the journal in memory. With `--write` the
figures are kept in `src/treadle/templates/measured.json`, from where the gallery shows them.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from treadle.authoring.inputs import validate_input
from treadle.engine.plan import Plan
from treadle.model.duration import parse_duration
from treadle.model.record import RecordQuery
from treadle.model.workflow import Node, Workflow
from treadle.node import Permissions
from treadle.node.registry import Registry
from treadle.service.definition import check_text
from treadle.service.templates.filling import fill
from treadle.service.templates.measured import digest_of
from treadle.service.templates.reading import read_template
from treadle.service.templates.shipped import shipped_texts
from treadle.service.templates.template import Template
from treadle.testing import Harness, VirtualClock
from treadle.testing.memory_journal import MemoryJournal

START = datetime(2025, 1, 1, tzinfo=UTC)
BOT = "measured"
FILE = Path(__file__).parents[2] / "src" / "treadle" / "templates" / "measured.json"
PARAMETERS: Mapping[str, Mapping[str, Any]] = {
    "cross-exchange-arbitrage": {"every": "1h"},
    "prediction-market-mispricing": {"every": "1h"},
}
"""What is measured otherwise than it is shipped: a year of every ten seconds would take a day. It is told."""
REFUSALS = frozenset({
    "insufficient_balance", "below_minimum", "above_maximum", "slippage", "risk_limit", "market_closed", "would_trade",
    "price_out_of_bounds", "no_position", "halted",
})  # fmt: skip
"""A run that ends in one of these was told no, with the rule and the numbers: that is explained."""


@dataclass
class Measured:
    """What came of it. `profit_pct`, `max_drawdown_pct` are of the equity at the beginning, taken once a day;
    `market_pct` is what just holding the first market would have brought. `win_rate` is the share of the fills that
    closed something with a profit. `digest` is of what the template does: when that changes, it
    has to be measured anew."""

    template: str
    digest: str
    seed: int
    begins: str
    ends: str
    fees: str
    parameters: dict[str, Any] = field(default_factory=dict[str, Any])
    runs: int = 0
    skipped: int = 0
    refused: dict[str, int] = field(default_factory=dict[str, int])
    failed: dict[str, int] = field(default_factory=dict[str, int])
    orders: int = 0
    fills: int = 0
    win_rate: float | None = None
    profit_pct: float = 0.0
    max_drawdown_pct: float = 0.0
    market_pct: float | None = None
    currency: str = ""
    began_with: float = 0.0
    ended_with: float = 0.0
    equity: list[float] = field(default_factory=list[float])
    seconds: float = 0.0


def shipped_trading() -> Iterator[tuple[str, str]]:
    """(name, text) of the templates of the category `trading`."""
    for file, text in shipped_texts():
        if "category: trading" in text:
            yield file.removesuffix(".yaml"), text


async def read(text: str) -> Template:
    registry = Registry.installed()
    template, result = read_template(await check_text(text, registry, source="template"), registry)
    if template is None or not result.valid:
        raise SystemExit("\n".join(str(issue) for issue in result.issues))
    return template


class OfOne(Harness):
    """A workflow that is run again and again is planned once."""

    def plan(self, workflow: Workflow) -> Plan:
        known = self.__dict__.setdefault("plans", {})
        if id(workflow) not in known:
            known[id(workflow)] = super().plan(workflow), workflow
        return known[id(workflow)][0]


async def simulate(
    text: str,
    *,
    parameters: Mapping[str, Any] | None = None,
    days: float = 365,
    start: datetime = START,
    seed: int = 1,
    step: str = "1m",
    tell: Callable[[Measured], None] = lambda measured: None,
) -> Measured:
    """Run a template's workflow at its own times for so long. `step` is how finely orders that wait are matched."""
    template = await read(text)
    filled = await check_text(fill(template, parameters or {}, name=template.name), Registry.installed(), source="made")
    workflow = filled.workflows[0]
    workflow = workflow.model_copy(update={"nodes": tuple(_on(node, seed, step) for node in workflow.nodes)})
    measured = Measured(
        template.name, digest_of(template), seed, start.date().isoformat(),
        (start + timedelta(days=days)).date().isoformat(), _fees(workflow), dict(parameters or {}),
    )  # fmt: skip
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        harness = OfOne(clock=VirtualClock(start), permissions=Permissions(workspace=Path(folder)))
        try:
            await _simulate(harness, workflow, start, start + timedelta(days=days), measured, tell)
        finally:
            await harness.aclose()
    measured.seconds = round(time.perf_counter() - began, 1)
    return measured


async def _simulate(
    harness: Harness, workflow: Workflow, start: datetime, end: datetime, measured: Measured,
    tell: Callable[[Measured], None],
) -> None:  # fmt: skip
    watch, (given, _) = _watch(workflow), validate_input(workflow, {})
    first = await _worth(harness, watch, given, measured)
    day, failed, refused = start, Counter[str](), Counter[str]()
    for at, fired in _times(harness.registry, workflow, start, end):
        while day + timedelta(days=1) <= at:
            day += timedelta(days=1)
            harness.clock.set(day)
            await _worth(harness, watch, given, measured)
            tell(measured)
        harness.clock.set(max(at, harness.clock.now()))
        run = await harness.run(workflow, input=given, mode="paper", deployment=BOT, **fired, due_at=at)
        measured.runs += 1
        if run.status != "completed":
            code = run.error.type if run.error is not None else run.status
            (refused if code in REFUSALS else failed)[code] += 1
            if code not in REFUSALS and failed[code] == 1:
                print(f"{workflow.name} at {at}: {run.error}", file=sys.stderr)
        _forget(harness, run.id)
    harness.clock.set(max(end, harness.clock.now()))
    last = await _worth(harness, watch, given, measured)
    measured.failed, measured.refused = dict(failed), dict(refused)
    await _count(harness, measured)
    measured.began_with, measured.ended_with = measured.equity[0], measured.equity[-1]
    measured.profit_pct = round((measured.ended_with / measured.began_with - 1) * 100, 2)
    peak = 0.0
    for equity in measured.equity:
        peak = max(peak, equity)
        measured.max_drawdown_pct = max(measured.max_drawdown_pct, round((1 - equity / peak) * 100, 2))
    if first is not None and last is not None:
        measured.market_pct = round((last / first - 1) * 100, 2)


def _on(node: Node, seed: int, step: str) -> Node:
    """A paper provider with this seed, whose waiting orders are matched by these steps."""
    if node.type != "market.provider" or node.config.get("venue", "paper") != "paper":
        return node
    settings = {**(node.config.get("settings") or {}), "seed": seed, "step": step}
    return node.model_copy(update={"config": {**node.config, "settings": settings}})


def _fees(workflow: Workflow) -> str:
    given = [one.config["settings"].get("fees", "of the market") for one in _providers(workflow)]
    found = {json.dumps(one, sort_keys=True) for one in given}
    return ", ".join(sorted(found)).replace('"', "")


def _providers(workflow: Workflow) -> list[Node]:
    return [node for node in workflow.nodes if node.type == "market.provider"]


def _watch(workflow: Workflow) -> Workflow:
    """A workflow that looks at the accounts of another, and at what its first market costs."""
    nodes: list[Node] = []
    for provider in _providers(workflow):
        nodes.append(provider)
        given = {"provider": f"{{{{ nodes.{provider.id}.provider }}}}"}
        nodes.append(Node(id=f"{provider.id}-account", type="market.account", config=given))
    symbol = next((one.config["symbol"] for one in _providers(workflow) if one.config.get("symbol")), None)
    if symbol is not None:
        given = {"provider": f"{{{{ nodes.{_providers(workflow)[0].id}.provider }}}}", "symbol": symbol}
        nodes.append(Node(id="price", type="market.quote", config=given, on_error="continue"))
    return Workflow(name=f"{workflow.name}-watch", nodes=tuple(nodes), inputs=workflow.inputs)


async def _worth(harness: Harness, watch: Workflow, given: Mapping[str, Any], measured: Measured) -> float | None:
    """Notes the equity; gives the price."""
    run = await harness.run(watch, input=given, mode="paper", deployment=BOT)
    if run.status != "completed":
        raise SystemExit(f"{watch.name}: {run.error}")
    found = run.outputs()
    accounts = [ports for path, ports in found.items() if path.endswith("-account")]
    measured.equity.append(float(sum((Decimal(str(one["equity"])) for one in accounts), Decimal(0))))
    measured.currency = accounts[0]["currency"] if accounts else ""
    _forget(harness, run.id)
    price = found.get("price", {}).get("mid")
    return None if price is None else float(price)


async def _count(harness: Harness, measured: Measured) -> None:
    orders = await harness.exchange.list_records(RecordQuery("order"))  # type: ignore[attr-defined]
    fills = await harness.exchange.list_records(RecordQuery("fill"))  # type: ignore[attr-defined]
    measured.orders, measured.fills = len(orders), len(fills)
    profits = [Decimal(str(one.value["profit"])) for one in fills if one.value.get("profit") not in (None, "0")]
    measured.win_rate = round(sum(one > 0 for one in profits) / len(profits), 3) if profits else None


def _times(
    registry: Registry, workflow: Workflow, start: datetime, end: datetime
) -> Iterator[tuple[datetime, dict[str, Any]]]:
    """When the workflow would be started by itself, and by what."""
    trigger = next(node for node in workflow.nodes if node.type in ("trigger.interval", "trigger.schedule"))
    given = {key: value for key, value in trigger.config.items() if key not in ("catch_up", "jitter")}
    if "seconds" in given:
        given["seconds"] = parse_duration(given["seconds"])
    definition = registry.get(trigger.type)
    assert definition.next_fire is not None
    at, tick = definition.next_fire(start, **given), 0
    while at is not None and at <= end:
        yield at, {"trigger": trigger.id, "fired": tick if trigger.type == "trigger.interval" else None}
        at, tick = definition.next_fire(at, **given), tick + 1


def _forget(harness: Harness, run: Any) -> None:
    """What a run has journaled is not kept: a year of them would not fit."""
    journal = harness.journal
    if isinstance(journal, MemoryJournal):
        journal._runs.pop(run, None)  # pyright: ignore[reportPrivateUsage]


def main(arguments: Sequence[str] | None = None) -> int:
    """1 where a run has failed with what is no refusal."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.trading.templates", description=__doc__)
    parser.add_argument("templates", nargs="*", help="default: all")
    parser.add_argument("--days", type=float, default=365)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--write", action="store_true", help="keep the figures beside the templates")
    asked = parser.parse_args(arguments)
    is_bad = False
    for name, text in shipped_trading():
        if asked.templates and name not in asked.templates:
            continue
        if not any(trigger in text for trigger in ("trigger.interval", "trigger.schedule")):
            print(f"{name} has no times of its own, so nothing is measured.", file=sys.stderr)
            continue

        def tell(measured: Measured) -> None:
            print(f"\r{measured.template}: day {len(measured.equity) - 1}", end="", file=sys.stderr)

        measured = asyncio.run(
            simulate(text, parameters=PARAMETERS.get(name), days=asked.days, seed=asked.seed, tell=tell)
        )
        shown = {key: value for key, value in asdict(measured).items() if key not in ("equity", "digest")}
        print("\r" + json.dumps(shown))
        is_bad = is_bad or bool(measured.failed)
        if asked.write:
            write(measured)
    return 1 if is_bad else 0


def write(measured: Measured, file: Path = FILE) -> None:
    """Put it beside those of the other templates. Equity is kept once a week."""
    known = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    kept = {key: value for key, value in asdict(measured).items() if key != "seconds"}
    kept["equity"] = [round(value, 2) for value in measured.equity[::7]]
    known[measured.template] = kept
    file.write_text(json.dumps(dict(sorted(known.items())), indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
