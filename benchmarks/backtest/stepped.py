"""Workflows whose every node needs the account or what was kept: each bar is stepped."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.backtest.market import SYMBOL, best, minutes, prepare, template, workflow
from benchmarks.row import Row

BARS = 301_000
"""As many as make it worth while to load compiled code."""
_HEAD = """\
nodes:
  - {id: when, type: trigger.interval, config: {seconds: 60, aligned: true}}
  - {id: exchange, type: market.provider, config: {venue: paper, symbol: BTC/USDT}}
  - {id: quote, type: market.quote}
  - {id: held, type: market.positions}
"""
_WIRES = """\
connections:
  - {from: when.at, to: exchange.trigger}
  - {from: exchange.provider, to: quote.provider}
  - {from: exchange.provider, to: held.provider}
  - {from: exchange.provider, to: buy.provider}
  - {from: exchange.provider, to: sell.provider}
"""
TRAILING_STOP = f"""\
name: trailing-stop
{_HEAD}\
  - {{id: before, type: data.variable, config: {{name: top, default: 0}}}}
  - id: top
    type: data.variable
    config:
      action: set
      name: top
      value: "{{{{ nodes.held.quantity > 0 ? max(nodes.before.output, nodes.quote.last) : 0 }}}}"
  - id: fallen
    type: flow.if
    config: {{condition: "nodes.held.quantity > 0 && nodes.quote.last < nodes.top.output * 0.99"}}
  - {{id: out, type: flow.if, config: {{condition: "nodes.held.quantity == 0"}}}}
  - {{id: buy, type: order.market, config: {{side: buy, size: 1000, size_in: quote}}}}
  - {{id: sell, type: order.close}}
{_WIRES}\
  - {{from: quote.last, to: fallen.a}}
  - {{from: quote.last, to: out.a}}
  - {{from: out.true, to: buy.trigger}}
  - {{from: fallen.true, to: sell.trigger}}
"""
"""Keeps the highest price since it bought, and sells where the price has fallen from that."""
GRID = f"""\
name: grid-of-steps
{_HEAD}\
  - {{id: before, type: data.variable, config: {{name: step, default: 0}}}}
  - id: lower
    type: flow.if
    config: {{condition: "nodes.quote.last < nodes.before.output - 100"}}
  - id: higher
    type: flow.if
    config: {{condition: "nodes.quote.last > nodes.before.output + 100"}}
  - id: step
    type: data.variable
    config:
      action: set
      name: step
      value: >-
        {{{{ nodes.quote.last > nodes.before.output + 100 || nodes.quote.last < nodes.before.output - 100
        ? nodes.quote.last : nodes.before.output }}}}
  - {{id: buy, type: order.market, config: {{side: buy, size: 0.1}}}}
  - {{id: sell, type: order.market, on_error: continue, when: "nodes.held.quantity >= 0.1",
      config: {{side: sell, size: 0.1}}}}
{_WIRES}\
  - {{from: quote.last, to: lower.a}}
  - {{from: quote.last, to: higher.a}}
  - {{from: lower.true, to: buy.trigger}}
  - {{from: higher.true, to: sell.trigger}}
"""
"""Buys a step of 100 below the last one, and sells a step above it, if there is something to sell."""


def measure(scale: float) -> Iterator[Row]:
    bars = minutes(max(10_000, int(BARS * scale)))
    low, high = float(bars.close.min()), float(bars.close.max())
    flows = {
        "trailing_stop": workflow(TRAILING_STOP),
        "grid": workflow(GRID),
        "grid_template": template("grid", symbol=SYMBOL, every="1m", lower=low, upper=high, levels=37, size=0.01),
        "market_making_template": template("market-making", symbol=SYMBOL, every="1m", spread_pct=0.4, size=0.02,
                                           target_inventory=0.05, max_inventory=0.2, skew_pct=0.005),
    }  # fmt: skip
    for name, flow in flows.items():
        seconds = best(lambda flow=flow: prepare(flow, bars).evaluate({}), times=3)
        yield Row(f"backtest_{name}_each_bar_stepped", len(bars) / seconds, "bars/s", "higher", must=300_000)
